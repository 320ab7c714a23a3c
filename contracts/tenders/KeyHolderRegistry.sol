// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";
import {Retirable} from "../governance/Retirable.sol";
import {Bls12381} from "../libraries/Bls12381.sol";
import {IKeyHolderRegistry} from "./IKeyHolderRegistry.sol";
import {ITenderEnds} from "./ITenderEnds.sol";
import {TenderHashes} from "./TenderHashes.sol";

/// @title KeyHolderRegistry
/// @notice See {IKeyHolderRegistry}.
contract KeyHolderRegistry is IKeyHolderRegistry, Retirable {
    /// @dev Sets of members are bit sets: bit i for member i.
    struct Ceremony {
        Plan plan;
        address[] members;
        mapping(address account => uint256) placeOf; // place + 1
        uint256 dealt;
        mapping(uint256 member => bytes32 outcome) confirmed;
        uint256 destroyed;
        mapping(uint256 accused => uint256) complaints;
        mapping(uint256 accused => uint256) answered;
        mapping(bytes32 outcome => uint256) supporters;
        uint32 rollCalls;
        bool active;
        uint256[8] publicKey;
    }

    /// @inheritdoc IKeyHolderRegistry
    IBureauRegistry public immutable override registry;
    /// @inheritdoc IKeyHolderRegistry
    bytes32 public immutable override genesis;
    /// @inheritdoc IKeyHolderRegistry
    uint64 public override ceremonies;

    mapping(uint64 ceremony => Ceremony) private _ceremonies;

    /// @param registry_ where bureaus and keys are looked up; its authority and delay govern this contract too.
    /// @param genesis_ hash of block 0; compared with the chain's where the chain still knows it.
    constructor(IBureauRegistry registry_, bytes32 genesis_) Retirable(registry_.retirementDelay()) {
        bytes32 known = blockhash(0);
        if (genesis_ == 0 || (known != 0 && known != genesis_)) revert BadGenesis(genesis_);
        registry = registry_;
        genesis = genesis_;
    }

    // ------------------------------------------------------------------ rounds

    /// @inheritdoc IKeyHolderRegistry
    function convene(uint64 ceremony, Plan calldata plan, address[] calldata members) external whileOpen {
        if (ceremony != ceremonies + 1) revert NotNextCeremony(ceremonies + 1, ceremony);
        bool may = plan.bureau == 0
            ? msg.sender == _authority()
            : registry.mayAnchor(plan.bureau, TenderHashes.LANE, msg.sender, _now());
        if (!may) revert MayNotConvene(plan.bureau, msg.sender);
        _checkPlan(plan, members.length);
        ceremonies = ceremony;
        Ceremony storage entry = _ceremonies[ceremony];
        entry.plan = plan;
        for (uint256 i = 0; i < members.length; ++i) {
            address member = members[i];
            if (member == address(0) || entry.placeOf[member] != 0) revert BadMembers(members.length, plan.threshold);
            entry.placeOf[member] = i + 1;
            entry.members.push(member);
        }
        emit Convened(ceremony, plan.bureau, plan, members);
    }

    /// @inheritdoc IKeyHolderRegistry
    function deal(uint64 ceremony, bytes32 digest) external {
        (Ceremony storage entry, uint256 member) = _member(ceremony);
        _checkRound(0, entry.plan.dealsUntil);
        if (digest == 0) revert ZeroValue();
        entry.dealt = _add(ceremony, entry.dealt, member, member);
        emit Dealt(ceremony, member, digest);
    }

    /// @inheritdoc IKeyHolderRegistry
    function complain(uint64 ceremony, uint256 accused, bytes32 digest) external {
        (Ceremony storage entry, uint256 member) = _member(ceremony);
        _checkRound(entry.plan.dealsUntil, entry.plan.complaintsUntil);
        if (accused == member || accused >= entry.members.length) revert BadAccused(accused);
        if (digest == 0) revert ZeroValue();
        entry.complaints[accused] = _add(ceremony, entry.complaints[accused], member, member);
        emit Complained(ceremony, member, accused, digest);
    }

    /// @inheritdoc IKeyHolderRegistry
    function answer(uint64 ceremony, uint256 complainant, bytes32 digest) external {
        (Ceremony storage entry, uint256 member) = _member(ceremony);
        _checkRound(entry.plan.complaintsUntil, entry.plan.answersUntil);
        if (complainant > 255 || entry.complaints[member] & _bit(complainant) == 0) {
            revert NoComplaint(complainant, member);
        }
        if (digest == 0) revert ZeroValue();
        entry.answered[member] = _add(ceremony, entry.answered[member], complainant, member);
        emit Answered(ceremony, member, complainant, digest);
    }

    /// @inheritdoc IKeyHolderRegistry
    function confirm(uint64 ceremony, bytes32 transcript, uint256 qualified, bytes calldata publicKey) external {
        (Ceremony storage entry, uint256 member) = _member(ceremony);
        _checkRound(entry.plan.answersUntil, entry.plan.confirmUntil);
        if (transcript == 0) revert ZeroValue();
        uint256 allowed = eligible(ceremony);
        if (qualified & ~allowed != 0 || qualified & _bit(member) == 0 || _count(qualified) < entry.plan.threshold) {
            revert BadQualified(qualified, allowed);
        }
        if (!Bls12381.isPublicKey(publicKey)) revert DegenerateKey();
        bytes32 outcome = keccak256(abi.encode(transcript, qualified, publicKey));
        bytes32 former = entry.confirmed[member];
        // Whoever supports an outcome that has enough supporters stays with it, so that those of a key in force stay t.
        if (former == outcome || entry.supporters[former] >= entry.plan.threshold) {
            revert AlreadySaid(ceremony, member);
        }
        if (former != 0) --entry.supporters[former];
        entry.confirmed[member] = outcome;
        uint256 supporters = ++entry.supporters[outcome];
        emit Confirmed(ceremony, member, transcript, qualified, publicKey);
        if (supporters == entry.plan.threshold && !entry.active) {
            entry.active = true;
            entry.publicKey = abi.decode(publicKey, (uint256[8]));
            emit Activated(ceremony, transcript, qualified, publicKey);
        }
    }

    // ------------------------------------------------------------------ afterwards

    /// @inheritdoc IKeyHolderRegistry
    function rollCall(uint64 ceremony, uint32 counter, bytes calldata signature) external {
        Ceremony storage entry = _known(ceremony);
        if (!entry.active) revert NotActive(ceremony);
        if (counter != entry.rollCalls + 1) revert NotNextCounter(entry.rollCalls + 1, counter);
        bytes32 message = TenderHashes.rollCallMessage(genesis, address(this), ceremony, counter);
        if (!verify(ceremony, message, signature)) revert BadSignature(ceremony);
        entry.rollCalls = counter;
        emit RollCalled(ceremony, counter, signature);
    }

    /// @inheritdoc IKeyHolderRegistry
    function reportDestruction(uint64 ceremony, bytes32 digest) external {
        (Ceremony storage entry, uint256 member) = _member(ceremony);
        if (digest == 0) revert ZeroValue();
        Plan storage plan = entry.plan;
        if (entry.active ? _needed(ceremony, plan) : _now() <= plan.confirmUntil) revert StillNeeded(ceremony);
        entry.destroyed = _add(ceremony, entry.destroyed, member, member);
        emit ShareDestroyed(ceremony, member, digest);
    }

    // ------------------------------------------------------------------ answers

    /// @inheritdoc IKeyHolderRegistry
    function verify(uint64 ceremony, bytes32 message, bytes calldata signature) public view returns (bool) {
        Ceremony storage entry = _ceremonies[ceremony];
        return entry.active && Bls12381.verify(abi.encode(entry.publicKey), message, signature);
    }

    /// @inheritdoc IKeyHolderRegistry
    function usable(uint64 ceremony, address book, uint64 tender, uint64 openAt) external view returns (bool) {
        Ceremony storage entry = _ceremonies[ceremony];
        Plan storage plan = entry.plan;
        return
            entry.active && plan.book == book && (plan.tender == 0 || plan.tender == tender)
                && openAt <= plan.usableUntil;
    }

    /// @inheritdoc IKeyHolderRegistry
    function eligible(uint64 ceremony) public view returns (uint256 set) {
        Ceremony storage entry = _known(ceremony);
        uint256 count = entry.members.length;
        set = entry.dealt;
        for (uint256 i = 0; i < count; ++i) {
            if (entry.complaints[i] != entry.answered[i]) set &= ~_bit(i);
        }
    }

    /// @inheritdoc IKeyHolderRegistry
    function planOf(uint64 ceremony) external view returns (Plan memory) {
        return _known(ceremony).plan;
    }

    /// @inheritdoc IKeyHolderRegistry
    function membersOf(uint64 ceremony) external view returns (address[] memory) {
        return _known(ceremony).members;
    }

    /// @inheritdoc IKeyHolderRegistry
    function publicKeyOf(uint64 ceremony) external view returns (bytes memory) {
        Ceremony storage entry = _known(ceremony);
        return entry.active ? abi.encode(entry.publicKey) : bytes("");
    }

    // ------------------------------------------------------------------ checks

    function _authority() internal view override returns (address) {
        return registry.authority();
    }

    function _checkPlan(Plan calldata plan, uint256 members) private view {
        if (plan.book == address(0) || plan.term == 0 || plan.rosterDigest == 0) revert ZeroValue();
        if (members > 255 || plan.threshold == 0 || members + 1 < 2 * uint256(plan.threshold)) {
            revert BadMembers(members, plan.threshold);
        }
        if (
            plan.dealsUntil <= _now() || plan.complaintsUntil <= plan.dealsUntil
                || plan.answersUntil <= plan.complaintsUntil || plan.confirmUntil <= plan.answersUntil
                || plan.usableUntil <= plan.confirmUntil
        ) revert BadRounds();
    }

    /// @dev A key in force is needed while a tender that uses it runs, and while another could begin to use it.
    function _needed(uint64 ceremony, Plan storage plan) private view returns (bool) {
        ITenderEnds book = ITenderEnds(plan.book);
        if (book.running(ceremony) != 0) return true;
        return _now() <= plan.usableUntil && (plan.tender == 0 || !book.ended(plan.tender));
    }

    function _checkRound(uint64 from, uint64 until) private view {
        uint64 time = _now();
        if (time <= from || time > until) revert NotInRound(from, until, time);
    }

    /// @dev The set with that element; refuses one that is in it.
    function _add(uint64 ceremony, uint256 set, uint256 element, uint256 member) private pure returns (uint256) {
        if (set & _bit(element) != 0) revert AlreadySaid(ceremony, member);
        return set | _bit(element);
    }

    function _member(uint64 ceremony) private view returns (Ceremony storage entry, uint256 member) {
        entry = _known(ceremony);
        uint256 place = entry.placeOf[msg.sender];
        if (place == 0) revert NotMember(ceremony, msg.sender);
        member = place - 1;
    }

    function _known(uint64 ceremony) private view returns (Ceremony storage entry) {
        if (ceremony == 0 || ceremony > ceremonies) revert UnknownCeremony(ceremony);
        entry = _ceremonies[ceremony];
    }

    function _bit(uint256 member) private pure returns (uint256) {
        // forge-lint: disable-next-line(incorrect-shift)
        return 1 << member;
    }

    function _count(uint256 set) private pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) {
            ++count;
        }
    }

    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }
}
