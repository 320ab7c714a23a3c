// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockHeaders} from "../libraries/BlockHeaders.sol";
import {ITenderBook} from "./ITenderBook.sol";
import {TenderHashes} from "./TenderHashes.sol";
import {TenderStore} from "./TenderStore.sol";

/// @title Notices
/// @notice The part of a TenderBook about the notice and its deadline.
abstract contract Notices is TenderStore {
    uint256 private constant _MAX_LOTS = 256;
    uint256 private constant _MAX_CUSTODIANS = 16;

    /// @inheritdoc ITenderBook
    function publish(uint64 tender, Notice calldata notice, address[] calldata custodians) external whileOpen {
        if (tender != tenders + 1) revert NotNextNumber(tenders + 1, tender);
        if (!registry.mayAnchor(notice.bureau, TenderHashes.LANE, msg.sender, _now())) {
            revert NotOfficer(notice.bureau, msg.sender);
        }
        _checkNotice(notice, custodians.length);
        _checkKey(notice.ceremony, tender, notice.openAt);
        tenders = tender;
        Tender storage entry = _tenders[tender];
        _keep(entry, notice);
        for (uint256 i = 0; i < custodians.length; ++i) {
            if (custodians[i] == address(0) || entry.custodians[custodians[i]]) revert BadNotice("custodians");
            entry.custodians[custodians[i]] = true;
        }
        _begin(entry);
        emit Published(tender, notice.bureau, notice, custodians);
    }

    /// @inheritdoc ITenderBook
    function amend(uint64 tender, uint32 number, bytes32 digest, uint64 deadline, uint64 openAt) external {
        Tender storage entry = _mine(tender);
        _checkDigest(digest);
        if (number != entry.amendments + 1) revert NotNextNumber(entry.amendments + 1, number);
        uint64 least = _now() + entry.amendmentMargin;
        _postpone(entry, tender, least > entry.deadline ? least : entry.deadline, deadline, openAt);
        entry.amendments = number;
        emit Amended(tender, number, digest, deadline, openAt);
    }

    /// @inheritdoc ITenderBook
    function extend(uint64 tender, uint64 deadline, uint64 openAt) external {
        Tender storage entry = _mine(tender);
        _postpone(entry, tender, entry.deadline + 1, deadline, openAt);
        emit Extended(tender, deadline, openAt);
    }

    /// @inheritdoc ITenderBook
    function cancel(uint64 tender, bytes32 reasonDigest) external {
        Tender storage entry = _mine(tender);
        _checkDigest(reasonDigest);
        if (_ended(entry)) revert AlreadyEnded(tender);
        if (entry.awardedLots != 0) revert AlreadyAwarded(tender);
        _endAll(entry);
        emit TenderCancelled(tender, reasonDigest);
    }

    /// @inheritdoc ITenderBook
    function tick(uint64 tender, bytes calldata headerBefore, bytes calldata headerAfter) external {
        Tender storage entry = _pending(tender);
        BlockHeaders.Header memory first = BlockHeaders.parse(headerBefore);
        BlockHeaders.Header memory second = BlockHeaders.parse(headerAfter);
        uint64 deadline = entry.deadline;
        if (
            second.hash == 0 || first.hash == 0 || second.hash != BlockHeaders.hashOf(second.number)
                || second.parentHash != first.hash || first.time > deadline || second.time <= deadline
        ) revert BadHeaders();
        // Both are blocks of this chain, whose times fit.
        uint64 before = uint64(first.time);
        uint64 later = uint64(second.time);
        entry.settledAt = _now();
        if (later - before <= entry.gap) {
            emit DeadlineSettled(tender, before, later);
        } else {
            uint64 moved = later + entry.grace;
            entry.graceUsed = true;
            entry.openAt += moved - deadline;
            entry.deadline = moved;
            emit DeadlineMoved(tender, before, later, moved, entry.openAt);
        }
    }

    /// @inheritdoc ITenderBook
    function settle(uint64 tender) external {
        Tender storage entry = _pending(tender);
        uint64 number = uint64(block.number);
        uint64 seen = entry.seenAtBlock;
        if (seen == 0) {
            entry.seenAtBlock = number;
            emit DeadlineSeen(tender, number);
            return;
        }
        uint64 until = seen + uint64(BlockHeaders.lookBack());
        if (number <= until) revert StillLookingBack(until, number);
        entry.settledAt = _now();
        emit DeadlineSettled(tender, 0, 0);
    }

    /// @dev A tender whose deadline is over and not final.
    function _pending(uint64 tender) private view returns (Tender storage entry) {
        entry = _known(tender);
        if (entry.cancelled) revert AlreadyEnded(tender);
        if (_settledAt(entry) != 0) revert AlreadySettled(tender);
        if (_now() <= entry.deadline) revert DeadlineNotOver(entry.deadline, _now());
    }

    function _postpone(Tender storage entry, uint64 tender, uint64 earliest, uint64 deadline, uint64 openAt) private {
        _checkBidding(entry, tender);
        if (deadline < earliest || openAt <= deadline || openAt < entry.openAt) {
            revert BadDeadline(earliest, deadline, openAt);
        }
        _checkKey(entry.ceremony, tender, openAt);
        entry.deadline = deadline;
        entry.openAt = openAt;
    }

    function _checkKey(uint64 ceremony, uint64 tender, uint64 openAt) private view {
        if (!keyHolders.usable(ceremony, address(this), tender, openAt)) revert KeyNotUsable(ceremony);
    }

    function _checkNotice(Notice calldata notice, uint256 custodians) private view {
        _checkDigest(notice.digest);
        if (notice.lots == 0 || notice.lots > _MAX_LOTS) revert BadNotice("lots");
        if (notice.envelopes == 0 || notice.envelopes > 2) revert BadNotice("envelopes");
        if (notice.minimumBids == 0) revert BadNotice("minimumBids");
        if (notice.deadline <= _now()) revert BadNotice("deadline");
        if (notice.openAt <= notice.deadline) revert BadNotice("openAt");
        if (notice.supervisor == address(0)) revert BadNotice("supervisor");
        if (notice.gap == 0) revert BadNotice("gap");
        if (notice.grace == 0) revert BadNotice("grace");
        if (custodians == 0 || custodians > _MAX_CUSTODIANS) revert BadNotice("custodians");
    }

    function _keep(Tender storage entry, Notice calldata notice) private {
        entry.bureau = notice.bureau;
        entry.lots = notice.lots;
        entry.envelopes = notice.envelopes;
        entry.minimumBids = notice.minimumBids;
        entry.deadline = notice.deadline;
        entry.openAt = notice.openAt;
        entry.ceremony = notice.ceremony;
        entry.supervisor = notice.supervisor;
        entry.gap = notice.gap;
        entry.grace = notice.grace;
        entry.revealWindow = notice.revealWindow;
        entry.amendmentMargin = notice.amendmentMargin;
        entry.standstill = notice.standstill;
        entry.complaintPeriod = notice.complaintPeriod;
    }
}
