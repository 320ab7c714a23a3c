// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";

import {Names} from "../libraries/Names.sol";
import {P256Keys} from "../libraries/P256Keys.sol";
import {Periods} from "../libraries/Periods.sol";
import {IBureauRegistry} from "./IBureauRegistry.sol";
import {Retirable} from "./Retirable.sol";

/// @title BureauRegistry
/// @notice See {IBureauRegistry}.
contract BureauRegistry is IBureauRegistry, Retirable, AccessControlDefaultAdminRules {
    /// @dev First slot: what a status change needs to know of its bureau, in one read.
    struct Bureau {
        uint64 registeredAt;
        uint64 suspendedFrom;
        uint64 suspendedUntil;
        bool succeeded;
        bool everAccredited;
        bytes18 successor;
        bytes32 metadataDigest;
        string name;
        Period[] earlierSuspensions;
        bytes32[] lanes;
        bytes32[] thumbprints;
        mapping(bytes32 lane => Lane) accreditations;
        mapping(bytes32 thumbprint => KeyRecord) keys;
        mapping(bytes8 prefix => bytes32 thumbprint) thumbprintOf;
    }

    /// @dev First slot: what an anchor needs to know of its lane, in one read. The newest accreditation, and a copy of
    /// the bureau's newest suspension, which {_setSuspension} keeps equal in every lane. `from` is 0 before the first.
    struct Lane {
        uint64 from;
        uint64 until;
        uint64 suspendedFrom;
        uint64 suspendedUntil;
        Period[] earlier;
    }

    /// @dev First slot: what an anchor needs to know of its key, in one read. `from` is 0 where there is no key.
    struct KeyRecord {
        uint64 from;
        uint64 until;
        uint64 compromisedSince;
        Purpose purpose;
        bytes publicKey;
    }

    /// @inheritdoc IBureauRegistry
    uint64 public constant override SELF_REPORT_WINDOW = 7 days;

    /// @inheritdoc IBureauRegistry
    uint256 public constant override MAX_LANES = 512;

    uint256 private constant _MAX_NAME_LENGTH = 256;

    mapping(bytes18 uscc => Bureau) private _bureaus;
    bytes18[] private _codes;

    /// @param firstAuthority account that may write.
    /// @param handOverDelay seconds between the two steps of a hand-over, and of a retirement.
    constructor(address firstAuthority, uint48 handOverDelay)
        Retirable(handOverDelay)
        AccessControlDefaultAdminRules(handOverDelay, firstAuthority)
    {}

    // ------------------------------------------------------------------ bureaus

    /// @inheritdoc IBureauRegistry
    function registerBureau(bytes18 uscc, string calldata name, bytes32 metadataDigest)
        external
        onlyAuthority
        whileOpen
    {
        if (!Names.isCreditCode(uscc)) revert BadCreditCode(uscc);
        Bureau storage entry = _bureaus[uscc];
        if (entry.registeredAt != 0) revert BureauExists(uscc);
        _checkDescription(name, metadataDigest);
        entry.registeredAt = _now();
        entry.name = name;
        entry.metadataDigest = metadataDigest;
        _codes.push(uscc);
        emit BureauRegistered(uscc, name, metadataDigest);
    }

    /// @inheritdoc IBureauRegistry
    function updateBureau(bytes18 uscc, string calldata name, bytes32 metadataDigest) external onlyAuthority whileOpen {
        Bureau storage entry = _openBureau(uscc);
        _checkDescription(name, metadataDigest);
        entry.name = name;
        entry.metadataDigest = metadataDigest;
        emit BureauUpdated(uscc, name, metadataDigest);
    }

    /// @inheritdoc IBureauRegistry
    function suspendBureau(bytes18 uscc, bytes32 reasonDigest) external onlyAuthority whileOpen {
        Bureau storage entry = _openBureau(uscc);
        if (reasonDigest == 0) revert ZeroDigest();
        if (_isSuspended(entry)) revert AlreadySuspended(uscc);
        uint64 from = _now() + 1;
        _beginSuspension(entry, from);
        emit BureauSuspended(uscc, reasonDigest, from);
    }

    /// @inheritdoc IBureauRegistry
    function reinstateBureau(bytes18 uscc) external onlyAuthority whileOpen {
        Bureau storage entry = _openBureau(uscc);
        if (!_isSuspended(entry)) revert NotSuspended(uscc);
        uint64 until = _now() + 1;
        _setSuspension(entry, entry.suspendedFrom, until);
        emit BureauReinstated(uscc, until);
    }

    /// @inheritdoc IBureauRegistry
    function succeed(bytes18 old, bytes18 next) external onlyAuthority whileOpen {
        if (old == next) revert SelfSuccession(old);
        Bureau storage entry = _openBureau(old);
        _openBureau(next);
        uint64 from = _now() + 1;
        // A running suspension gives way to the last one, so that each tells its own story.
        if (_isSuspended(entry)) entry.suspendedUntil = from;
        _beginSuspension(entry, from);
        entry.succeeded = true;
        entry.successor = next;
        emit Succeeded(old, next, from);
    }

    // ------------------------------------------------------------------ lanes

    /// @inheritdoc IBureauRegistry
    function accredit(bytes18 uscc, bytes32 lane, uint64 from, uint64 until) external onlyAuthority whileOpen {
        Bureau storage entry = _openBureau(uscc);
        if (!Names.isName(lane) || Names.isServiceLane(lane)) revert BadLane(lane);
        from = _checkPeriod(from, until);
        Lane storage line = entry.accreditations[lane];
        if (line.from == 0) {
            if (entry.lanes.length == MAX_LANES) revert TooManyLanes(uscc, MAX_LANES);
            entry.lanes.push(lane);
            entry.everAccredited = true;
            line.suspendedFrom = entry.suspendedFrom;
            line.suspendedUntil = entry.suspendedUntil;
        } else if (line.from != line.until) {
            if (line.until == 0 || from < line.until) revert PeriodOverlaps(from, line.until);
            line.earlier.push(Period({from: line.from, until: line.until}));
        } else {
            // The newest period was ended before it began and never held: the new one takes its place.
            uint256 count = line.earlier.length;
            if (count != 0 && from < line.earlier[count - 1].until) {
                revert PeriodOverlaps(from, line.earlier[count - 1].until);
            }
        }
        line.from = from;
        line.until = until;
        emit Accredited(uscc, lane, from, until);
    }

    /// @inheritdoc IBureauRegistry
    function endAccreditation(bytes18 uscc, bytes32 lane, uint64 until) external onlyAuthority whileOpen {
        Lane storage line = _known(uscc).accreditations[lane];
        if (line.from == 0) revert NeverAccredited(uscc, lane);
        until = _checkEnd(line.from, line.until, until);
        line.until = until;
        emit AccreditationEnded(uscc, lane, until);
    }

    // ------------------------------------------------------------------ keys

    /// @inheritdoc IBureauRegistry
    function addKey(
        bytes18 uscc,
        bytes32 thumbprint,
        Purpose purpose,
        bytes calldata publicKey,
        uint64 from,
        uint64 until
    ) external onlyAuthority whileOpen {
        Bureau storage entry = _openBureau(uscc);
        KeyRecord storage record = entry.keys[thumbprint];
        if (record.from != 0) revert KeyExists(uscc, thumbprint);
        if (purpose == Purpose.Anchor) {
            _checkAnchorKey(thumbprint, publicKey);
        } else {
            _checkP256Key(thumbprint, publicKey);
            // Cut on purpose: stamps name their key by these bytes.
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes8 prefix = bytes8(thumbprint);
            bytes32 holder = entry.thumbprintOf[prefix];
            if (holder != 0) revert PrefixTaken(prefix, holder);
            entry.thumbprintOf[prefix] = thumbprint;
        }
        from = _checkPeriod(from, until);
        record.from = from;
        record.until = until;
        record.purpose = purpose;
        record.publicKey = publicKey;
        entry.thumbprints.push(thumbprint);
        emit KeyAdded(uscc, thumbprint, purpose, publicKey, from, until);
    }

    /// @inheritdoc IBureauRegistry
    function retireKey(bytes18 uscc, bytes32 thumbprint, uint64 until) external onlyAuthority whileOpen {
        KeyRecord storage record = _knownKey(uscc, thumbprint);
        until = _checkEnd(record.from, record.until, until);
        record.until = until;
        emit KeyRetired(uscc, thumbprint, until);
    }

    /// @inheritdoc IBureauRegistry
    function markCompromised(bytes18 uscc, bytes32 thumbprint, uint64 since) external whileOpen {
        KeyRecord storage record = _knownKey(uscc, thumbprint);
        uint64 time = _now();
        if (since == 0 || since > time) revert BadCompromiseTime(since, time);
        uint64 marked = record.compromisedSince;
        if (marked != 0 && since >= marked) revert AlreadyCompromised(marked, since);
        if (msg.sender != authority()) {
            Bureau storage entry = _bureaus[uscc];
            if (_closedAt(entry, time) || !_usableAnchorKey(entry, msg.sender, time)) revert MayNotMark(msg.sender);
            if (since + SELF_REPORT_WINDOW < time) revert MarkTooFarBack(since, time - SELF_REPORT_WINDOW);
        }
        record.compromisedSince = since;
        emit KeyCompromised(uscc, thumbprint, since);
    }

    // ------------------------------------------------------------------ answers

    /// @inheritdoc IBureauRegistry
    function authority() public view returns (address) {
        return defaultAdmin();
    }

    /// @inheritdoc IBureauRegistry
    function bureau(bytes18 uscc) external view returns (BureauView memory) {
        Bureau storage entry = _known(uscc);
        return BureauView({
            name: entry.name,
            metadataDigest: entry.metadataDigest,
            registeredAt: entry.registeredAt,
            suspended: _isSuspended(entry),
            successor: entry.successor
        });
    }

    /// @inheritdoc IBureauRegistry
    function bureaus() external view returns (bytes18[] memory) {
        return _codes;
    }

    /// @inheritdoc IBureauRegistry
    function lanes(bytes18 uscc) external view returns (bytes32[] memory) {
        return _bureaus[uscc].lanes;
    }

    /// @inheritdoc IBureauRegistry
    function accreditations(bytes18 uscc, bytes32 lane) external view returns (Period[] memory) {
        Lane storage line = _bureaus[uscc].accreditations[lane];
        return Periods.all(line.from, line.until, line.earlier);
    }

    /// @inheritdoc IBureauRegistry
    function suspensions(bytes18 uscc) external view returns (Period[] memory) {
        Bureau storage entry = _bureaus[uscc];
        return Periods.all(entry.suspendedFrom, entry.suspendedUntil, entry.earlierSuspensions);
    }

    /// @inheritdoc IBureauRegistry
    function keyThumbprints(bytes18 uscc) external view returns (bytes32[] memory) {
        return _bureaus[uscc].thumbprints;
    }

    /// @inheritdoc IBureauRegistry
    function key(bytes18 uscc, bytes32 thumbprint) external view returns (Key memory) {
        KeyRecord storage record = _knownKey(uscc, thumbprint);
        return Key({
            purpose: record.purpose,
            from: record.from,
            until: record.until,
            compromisedSince: record.compromisedSince,
            publicKey: record.publicKey
        });
    }

    /// @inheritdoc IBureauRegistry
    function thumbprintOf(bytes18 uscc, bytes8 prefix) external view returns (bytes32) {
        return _bureaus[uscc].thumbprintOf[prefix];
    }

    /// @inheritdoc IBureauRegistry
    function successorOf(bytes18 uscc) external view returns (bytes18) {
        return _bureaus[uscc].successor;
    }

    /// @inheritdoc IBureauRegistry
    function wasAccredited(bytes18 uscc, bytes32 lane, uint64 time) external view returns (bool) {
        Bureau storage entry = _bureaus[uscc];
        if (entry.registeredAt == 0 || time < entry.registeredAt) return false;
        return Names.isServiceLane(lane) || _mayIssue(entry, entry.accreditations[lane], time);
    }

    /// @inheritdoc IBureauRegistry
    function keyUsable(bytes18 uscc, bytes32 thumbprint, uint64 time) external view returns (bool) {
        return _usable(_bureaus[uscc].keys[thumbprint], time);
    }

    /// @inheritdoc IBureauRegistry
    function mayAnchor(bytes18 uscc, bytes32 lane, address anchorKey, uint64 time) external view returns (bool) {
        Bureau storage entry = _bureaus[uscc];
        if (!_usableAnchorKey(entry, anchorKey, time)) return false;
        // A succession suspends for ever, so that only a service lane must look for it.
        if (Names.isServiceLane(lane)) return !_closedAt(entry, time);
        return _mayIssue(entry, entry.accreditations[lane], time);
    }

    /// @inheritdoc IBureauRegistry
    function mayAnchorStatus(bytes18 uscc, bytes18 actor, address anchorKey, uint64 time) external view returns (bool) {
        if (!_bureaus[uscc].everAccredited) return false;
        if (actor == 0) return anchorKey == authority();
        // The links form no circle, see {succeed}.
        while (uscc != actor) {
            uscc = _bureaus[uscc].successor;
            if (uscc == 0) return false;
        }
        Bureau storage signer = _bureaus[actor];
        return !_closedAt(signer, time) && _usableAnchorKey(signer, anchorKey, time);
    }

    // ------------------------------------------------------------------ authority

    /// @dev A registry without an authority could never stop a thief again.
    function _beginDefaultAdminTransfer(address newAdmin) internal override {
        if (newAdmin == address(0)) revert AuthorityNeeded();
        super._beginDefaultAdminTransfer(newAdmin);
    }

    function _authority() internal view override returns (address) {
        return authority();
    }

    // ------------------------------------------------------------------ rules

    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }

    function _known(bytes18 uscc) private view returns (Bureau storage entry) {
        entry = _bureaus[uscc];
        if (entry.registeredAt == 0) revert UnknownBureau(uscc);
    }

    function _openBureau(bytes18 uscc) private view returns (Bureau storage entry) {
        entry = _known(uscc);
        if (entry.succeeded) revert BureauClosed(uscc, entry.successor);
    }

    function _knownKey(bytes18 uscc, bytes32 thumbprint) private view returns (KeyRecord storage record) {
        record = _known(uscc).keys[thumbprint];
        if (record.from == 0) revert UnknownKey(uscc, thumbprint);
    }

    function _isSuspended(Bureau storage entry) private view returns (bool) {
        return entry.suspendedFrom != 0 && entry.suspendedUntil == 0;
    }

    function _beginSuspension(Bureau storage entry, uint64 from) private {
        if (entry.suspendedFrom != 0) {
            entry.earlierSuspensions.push(Period({from: entry.suspendedFrom, until: entry.suspendedUntil}));
        }
        _setSuspension(entry, from, 0);
    }

    /// @dev Replaces the newest suspension, in the bureau and in each of its lanes. {MAX_LANES} bounds the cost.
    function _setSuspension(Bureau storage entry, uint64 from, uint64 until) private {
        entry.suspendedFrom = from;
        entry.suspendedUntil = until;
        uint256 count = entry.lanes.length;
        for (uint256 i = 0; i < count; ++i) {
            Lane storage line = entry.accreditations[entry.lanes[i]];
            line.suspendedFrom = from;
            line.suspendedUntil = until;
        }
    }

    function _mayIssue(Bureau storage entry, Lane storage line, uint64 time) private view returns (bool) {
        (uint64 from, uint64 until, uint64 suspendedFrom, uint64 suspendedUntil) =
            (line.from, line.until, line.suspendedFrom, line.suspendedUntil);
        return Periods.holds(from, until, line.earlier, time)
            && !Periods.holds(suspendedFrom, suspendedUntil, entry.earlierSuspensions, time);
    }

    /// @dev Has the bureau been succeeded at that second? Its last suspension tells since when.
    function _closedAt(Bureau storage entry, uint64 time) private view returns (bool) {
        return entry.succeeded && entry.suspendedFrom <= time;
    }

    function _usable(KeyRecord storage record, uint64 time) private view returns (bool) {
        // Read side by side, the members of one slot cost one read.
        (uint64 from, uint64 until, uint64 since) = (record.from, record.until, record.compromisedSince);
        return _inForce(from, until, since, time);
    }

    function _usableAnchorKey(Bureau storage entry, address anchorKey, uint64 time) private view returns (bool) {
        KeyRecord storage record = entry.keys[bytes32(uint256(uint160(anchorKey)))];
        (uint64 from, uint64 until, uint64 since, Purpose purpose) =
            (record.from, record.until, record.compromisedSince, record.purpose);
        return purpose == Purpose.Anchor && _inForce(from, until, since, time);
    }

    function _inForce(uint64 from, uint64 until, uint64 compromisedSince, uint64 time) private pure returns (bool) {
        return Periods.contains(from, until, time) && (compromisedSince == 0 || time < compromisedSince);
    }

    function _checkDescription(string calldata name, bytes32 metadataDigest) private pure {
        uint256 length = bytes(name).length;
        if (length == 0 || length > _MAX_NAME_LENGTH) revert BadNameLength(length);
        if (metadataDigest == 0) revert ZeroDigest();
    }

    function _checkPeriod(uint64 from, uint64 until) private view returns (uint64) {
        uint64 time = _now();
        if (from == 0) from = time;
        if (from < time) revert PeriodInPast(from, time);
        if (until != 0 && until <= from) revert PeriodEmpty(from, until);
        return from;
    }

    function _checkEnd(uint64 from, uint64 until, uint64 requested) private view returns (uint64) {
        uint64 time = _now();
        if (requested == 0) requested = time + 1;
        if (requested <= time) revert EndInPast(requested, time);
        if (requested < from) requested = from;
        if (until != 0 && requested >= until) revert AlreadyEnds(until, requested);
        return requested;
    }

    function _checkAnchorKey(bytes32 thumbprint, bytes calldata publicKey) private pure {
        if (publicKey.length != 0) revert BadPublicKey(publicKey);
        bytes32 expected = bytes32(uint256(uint160(uint256(thumbprint))));
        if (thumbprint == 0 || thumbprint != expected) revert BadThumbprint(thumbprint, expected);
    }

    function _checkP256Key(bytes32 thumbprint, bytes calldata publicKey) private view {
        bytes32 expected = P256Keys.thumbprintOf(publicKey);
        if (expected == 0) revert BadPublicKey(publicKey);
        if (thumbprint != expected) revert BadThumbprint(thumbprint, expected);
    }
}
