// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";
import {Retirable} from "../governance/Retirable.sol";
import {IKeyHolderRegistry} from "./IKeyHolderRegistry.sol";
import {ITenderBook} from "./ITenderBook.sol";
import {ITenderEnds} from "./ITenderEnds.sol";

/// @title TenderStore
/// @notice What a TenderBook keeps, who may act, and what it answers.
abstract contract TenderStore is ITenderBook, Retirable {
    /// @dev Second slot: what a bid and an opening need to know of their tender, beside the first.
    struct Tender {
        bytes18 bureau;
        uint32 lots;
        uint32 amendments;
        uint8 envelopes;
        bool cancelled;
        bool graceUsed;
        uint64 deadline;
        uint64 openAt;
        uint64 settledAt;
        uint64 ceremony;
        uint32 minimumBids;
        uint32 gap;
        uint32 grace;
        uint32 revealWindow;
        uint32 amendmentMargin;
        uint32 standstill;
        uint32 complaintPeriod;
        uint32 endedLots;
        address supervisor;
        uint64 seenAtBlock;
        uint32 awardedLots;
        mapping(address account => bool) custodians;
        mapping(uint32 lot => Lot) lot;
    }

    /// @dev `commitments` holds a hash for each place, zero where no bid is live.
    struct Lot {
        Phase phase;
        uint64 since;
        bytes32[] commitments;
        mapping(address bidder => Entry) entries;
        mapping(uint8 envelope => LiveSet) liveSets;
    }

    /// @inheritdoc ITenderBook
    IBureauRegistry public immutable override registry;
    /// @inheritdoc ITenderBook
    IKeyHolderRegistry public immutable override keyHolders;
    /// @inheritdoc ITenderBook
    bytes32 public immutable override genesis;
    /// @inheritdoc ITenderBook
    address public immutable override proceedings;
    /// @inheritdoc ITenderBook
    uint64 public override tenders;

    mapping(uint64 tender => Tender) internal _tenders;
    mapping(uint64 ceremony => uint256) private _running;

    constructor(IKeyHolderRegistry keyHolders_, address proceedings_) Retirable(keyHolders_.retirementDelay()) {
        keyHolders = keyHolders_;
        registry = keyHolders_.registry();
        genesis = keyHolders_.genesis();
        proceedings = proceedings_;
    }

    // ------------------------------------------------------------------ answers

    /// @inheritdoc ITenderBook
    function tenderOf(uint64 tender) external view returns (TenderView memory) {
        Tender storage entry = _known(tender);
        return TenderView({
            bureau: entry.bureau,
            lots: entry.lots,
            envelopes: entry.envelopes,
            minimumBids: entry.minimumBids,
            amendments: entry.amendments,
            deadline: entry.deadline,
            openAt: entry.openAt,
            settledAt: _settledAt(entry),
            ceremony: entry.ceremony,
            supervisor: entry.supervisor,
            standstill: entry.standstill,
            complaintPeriod: entry.complaintPeriod,
            graceUsed: entry.graceUsed,
            cancelled: entry.cancelled
        });
    }

    /// @inheritdoc ITenderBook
    function lotOf(uint64 tender, uint32 lot) external view returns (LotView memory) {
        (Tender storage entry, Lot storage line) = _knownLot(tender, lot);
        return LotView({phase: _phase(entry, line), places: uint32(line.commitments.length), since: line.since});
    }

    /// @inheritdoc ITenderBook
    function liveSetOf(uint64 tender, uint32 lot, uint8 envelope) external view returns (LiveSet memory) {
        (, Lot storage line) = _knownLot(tender, lot);
        return line.liveSets[envelope];
    }

    /// @inheritdoc ITenderBook
    function entryOf(uint64 tender, uint32 lot, address bidder) external view returns (Entry memory) {
        (, Lot storage line) = _knownLot(tender, lot);
        return line.entries[bidder];
    }

    /// @inheritdoc ITenderBook
    function isCustodian(uint64 tender, address account) external view returns (bool) {
        return _known(tender).custodians[account];
    }

    /// @inheritdoc ITenderBook
    function isOfficer(uint64 tender, address account) external view returns (bool) {
        return _isOfficer(_known(tender), account);
    }

    /// @inheritdoc ITenderEnds
    function ended(uint64 tender) external view returns (bool) {
        return _ended(_known(tender));
    }

    /// @inheritdoc ITenderEnds
    function running(uint64 ceremony) external view returns (uint256) {
        return _running[ceremony];
    }

    // ------------------------------------------------------------------ for the parts of the book

    function _authority() internal view override returns (address) {
        return registry.authority();
    }

    function _known(uint64 tender) internal view returns (Tender storage entry) {
        entry = _tenders[tender];
        if (entry.lots == 0) revert UnknownTender(tender);
    }

    function _knownLot(uint64 tender, uint32 lot) internal view returns (Tender storage entry, Lot storage line) {
        entry = _known(tender);
        if (lot == 0 || lot > entry.lots) revert UnknownLot(tender, lot, 0);
        line = entry.lot[lot];
    }

    /// @dev The tender, for its officer only.
    function _mine(uint64 tender) internal view returns (Tender storage entry) {
        entry = _known(tender);
        if (!_isOfficer(entry, msg.sender)) revert NotOfficer(entry.bureau, msg.sender);
    }

    /// @dev The lot, for its officer only.
    function _mineLot(uint64 tender, uint32 lot) internal view returns (Tender storage entry, Lot storage line) {
        (entry, line) = _knownLot(tender, lot);
        if (!_isOfficer(entry, msg.sender)) revert NotOfficer(entry.bureau, msg.sender);
    }

    /// @dev The bureau that answers is the one at the end of the line of successors, which has an end.
    function _isOfficer(Tender storage entry, address account) internal view returns (bool) {
        bytes18 bureau = entry.bureau;
        bytes18 actor = bureau;
        for (bytes18 next = registry.successorOf(actor); next != 0; next = registry.successorOf(actor)) {
            actor = next;
        }
        return registry.mayAnchorStatus(bureau, actor, account, _now());
    }

    /// @dev A lot begins with Bidding; a cancelled tender's lots are Cancelled unless they ended before.
    function _phase(Tender storage entry, Lot storage line) internal view returns (Phase phase) {
        phase = line.phase;
        if (phase == Phase.None) phase = Phase.Bidding;
        if (entry.cancelled && phase < Phase.Contracted) phase = Phase.Cancelled;
    }

    function _enter(Lot storage line, Phase phase) internal {
        line.phase = phase;
        line.since = _now();
    }

    /// @dev Second at which the deadline became final, or zero. One that an outage moved does not move again: it is final
    /// with its end, or, if the outage was shown even later, with that, so that custodians have their whole window.
    function _settledAt(Tender storage entry) internal view returns (uint64) {
        return entry.graceUsed && entry.deadline > entry.settledAt ? entry.deadline : entry.settledAt;
    }

    function _begin(Tender storage entry) internal {
        ++_running[entry.ceremony];
    }

    function _endLot(Tender storage entry, Lot storage line, Phase phase) internal {
        _enter(line, phase);
        if (++entry.endedLots == entry.lots) --_running[entry.ceremony];
    }

    function _endAll(Tender storage entry) internal {
        entry.cancelled = true;
        --_running[entry.ceremony];
    }

    function _ended(Tender storage entry) internal view returns (bool) {
        return entry.cancelled || entry.endedLots == entry.lots;
    }

    function _checkDigest(bytes32 digest) internal pure {
        if (digest == 0) revert ZeroDigest();
    }

    /// @dev Bids, and the deadline itself, change until the deadline inclusive and not a second longer.
    function _checkBidding(Tender storage entry, uint64 tender) internal view {
        if (entry.cancelled) revert AlreadyEnded(tender);
        if (_now() > entry.deadline) revert DeadlineOver(entry.deadline, _now());
    }

    function _now() internal view returns (uint64) {
        return uint64(block.timestamp);
    }
}
