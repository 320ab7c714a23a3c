// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorHashes} from "../../../contracts/anchoring/AnchorHashes.sol";
import {AnchorLog} from "../../../contracts/anchoring/AnchorLog.sol";
import {IAnchorLog} from "../../../contracts/anchoring/IAnchorLog.sol";
import {BureauRegistry} from "../../../contracts/governance/BureauRegistry.sol";
import {IBureauRegistry} from "../../../contracts/governance/IBureauRegistry.sol";
import {Fixture} from "../support/Fixture.sol";
import {Vm} from "../support/Vm.sol";
import {Model} from "./Model.sol";

/// @notice Acts at random, rightly and wrongly; each outcome must be the one the model foresees (A1 to A6).
contract Handler is Fixture {
    struct AnchorEvent {
        bytes18 bureau;
        bytes32 lane;
        uint64 sequence;
        bytes32 root;
        uint32 size;
        bytes32 manifestDigest;
        bytes32 head;
        uint64 time;
    }

    struct StatusEvent {
        bytes18 bureau;
        bytes32 list;
        bytes32 previousHead;
        bytes32 head;
        bytes32 digest;
        uint64 time;
    }

    struct Note {
        bytes18 bureau;
        bytes32 lane;
        address key;
        uint64 time;
        uint64 notedAt;
        bool accredited;
        bool usable;
    }

    uint48 internal constant HAND_OVER = 100;

    Model public model = new Model();
    bytes18[4] public bureaus = [_uscc(1), _uscc(2), _uscc(3), _uscc(4)];
    bytes32[3] public lanes = [bytes32("11100000MB0143028R001"), bytes32("11100000MB0143028R002"), bytes32("$events")];
    bytes32[2] public lists = [bytes32("list-1"), bytes32("list-2")];
    uint256[5] internal _pks = [uint256(0xB1), 0xB2, 0xB3, 0xB4, 0xB5];
    uint256[2] internal _authorityPks = [uint256(0xC1), 0xC2];
    uint256 internal _authorityIndex;

    AnchorEvent[] private _anchors;
    StatusEvent[] private _statuses;
    Note[] private _notes;
    bool public logRetired;
    bool public registryRetired;
    mapping(bytes18 => mapping(bytes32 => bytes32)) public lastStatusHead;
    mapping(bytes18 => mapping(bytes32 => uint64)) public lastSequence;
    mapping(bytes18 => mapping(address => uint64)) public lowestMark;
    mapping(bytes18 => bytes18) public firstSuccessor;
    uint256 public keyCount;
    mapping(string => uint256) public done;

    constructor() {
        vm.warp(START);
        authority = vm.addr(_authorityPks[0]);
        registry = new BureauRegistry(authority, HAND_OVER);
        log = new AnchorLog(registry);
        for (uint256 i = 0; i < bureaus.length; ++i) {
            _asAuthority();
            registry.registerBureau(bureaus[i], "bureau", keccak256("m"));
            // Half the runs would otherwise spend their calls on a first accreditation and a first key.
            if (i < 2) {
                _act(abi.encodeCall(registry.accredit, (bureaus[i], lanes[0], 0, 0)), true);
                assertTrue(model.accredit(bureaus[i], lanes[0], 0, 0, _now()), "seed");
                _enterKey(i, i, 0, 0);
            }
        }
        _pass(1);
    }

    function theRegistry() external view returns (BureauRegistry) {
        return registry;
    }

    function theLog() external view returns (AnchorLog) {
        return log;
    }

    function anchors() external view returns (AnchorEvent[] memory) {
        return _anchors;
    }

    function statuses() external view returns (StatusEvent[] memory) {
        return _statuses;
    }

    function notes() external view returns (Note[] memory) {
        return _notes;
    }

    function signer(uint256 index) public view returns (address) {
        return vm.addr(_pks[index % 5]);
    }

    // ------------------------------------------------------------------ time

    function wait_(uint256 secs) external {
        _pass(bound(secs, 1, 12));
    }

    function waitLong(uint256 secs) external {
        if (secs % 4 != 0) return;
        _pass(bound(secs, 1, 10 days));
    }

    // ------------------------------------------------------------------ authority's acts

    function accredit(uint256 who, uint256 which, uint256 from, uint256 length) external {
        bytes18 bureau = _bureau(who);
        bytes32 lane = lanes[which % 2];
        (uint64 begin, uint64 end) = _period(from, length);
        bool allowed = !registryRetired && model.accredit(bureau, lane, begin, end, _now());
        _act(abi.encodeCall(registry.accredit, (bureau, lane, begin, end)), allowed);
    }

    function endAccreditation(uint256 who, uint256 which, uint256 until) external {
        bytes18 bureau = _bureau(who);
        bytes32 lane = lanes[which % 2];
        uint64 end = _moment(until);
        bool allowed = !registryRetired && model.endAccreditation(bureau, lane, end, _now());
        _act(abi.encodeCall(registry.endAccreditation, (bureau, lane, end)), allowed);
    }

    function suspend(uint256 who) external {
        bytes18 bureau = _bureau(who);
        bool allowed = !registryRetired && model.suspend(bureau, _now());
        _act(abi.encodeCall(registry.suspendBureau, (bureau, keccak256("reason"))), allowed);
    }

    function reinstate(uint256 who) external {
        bytes18 bureau = _bureau(who);
        bool allowed = !registryRetired && model.reinstate(bureau, _now());
        _act(abi.encodeCall(registry.reinstateBureau, (bureau)), allowed);
    }

    function succeed(uint256 who, uint256 next, uint256 luck) external {
        if (luck % 8 != 0) return; // there are few bureaus, and it is for ever
        bytes18 old = _bureau(who);
        bytes18 heir = _bureau(next);
        bool allowed = !registryRetired && model.succeed(old, heir, _now());
        _act(abi.encodeCall(registry.succeed, (old, heir)), allowed);
        if (allowed) firstSuccessor[old] = heir;
    }

    function addKey(uint256 who, uint256 which, uint256 from, uint256 length) external {
        (uint64 begin, uint64 end) = _period(from, length);
        _enterKey(who, which, begin, end);
    }

    function retireKey(uint256 who, uint256 which, uint256 until) external {
        bytes18 bureau = _bureau(who);
        uint64 end = _moment(until);
        bool allowed = !registryRetired && model.retireKey(bureau, signer(which), end, _now());
        _act(abi.encodeCall(registry.retireKey, (bureau, _thumb(_pks[which % 5]), end)), allowed);
    }

    function markCompromised(uint256 who, uint256 which, uint256 by, uint256 back) external {
        bytes18 bureau = _bureau(who);
        address key = signer(which);
        // Mostly the last minute, so that a bureau's own key may; at times the future, at times too far back.
        uint64 since = back % 9 == 0 ? _now() + 1 : _now() - uint64(bound(back >> 8, 0, back % 3 == 0 ? 9 days : 60));
        address caller = by % 3 == 0 ? authority : by % 3 == 1 ? signer(by) : key;
        bool allowed =
            !registryRetired && model.markCompromised(bureau, key, since, caller, caller == authority, _now());
        vm.prank(caller);
        _expect(
            address(registry),
            abi.encodeCall(registry.markCompromised, (bureau, _thumb(_pks[which % 5]), since)),
            allowed
        );
        if (allowed) lowestMark[bureau][key] = since;
    }

    function handOver(uint256 luck) external {
        if (luck % 8 != 0) return;
        address former = authority;
        address next = vm.addr(_authorityPks[1 - _authorityIndex]);
        _asAuthority();
        registry.beginDefaultAdminTransfer(next);
        _pass(HAND_OVER + 1);
        vm.prank(next);
        registry.acceptDefaultAdminTransfer();
        _authorityIndex = 1 - _authorityIndex;
        authority = next;
        vm.prank(former);
        _expect(address(registry), abi.encodeCall(registry.suspendBureau, (bureaus[0], keccak256("r"))), false);
    }

    function retire(uint256 which, uint256 luck) external {
        if (luck % 64 != 0) return;
        bool ofLog = which % 4 != 0;
        if (ofLog ? logRetired : registryRetired) return;
        _asAuthority();
        if (ofLog) log.proposeRetirement(address(registry));
        else registry.proposeRetirement(address(log));
        _pass(HAND_OVER);
        _asAuthority();
        if (ofLog) log.retire();
        else registry.retire();
        if (ofLog) logRetired = true;
        else registryRetired = true;
    }

    // ------------------------------------------------------------------ bureaus' acts

    function anchor(uint256 who, uint256 which, uint256 by, uint256 slip, uint256 salt) external {
        bytes18 bureau = _bureau(who);
        bytes32 lane = lanes[which % 3];
        uint64 sequence = lastSequence[bureau][lane] + 1;
        if (slip % 8 == 0) sequence -= 1;
        if (slip % 8 == 1) sequence += uint64(bound(salt, 1, type(uint32).max));
        bytes32 root = slip % 32 == 2 ? bytes32(0) : keccak256(abi.encode(salt));
        _tryAnchor(bureau, lane, sequence, root, _likelyKey(bureau, by));
    }

    function _tryAnchor(bytes18 bureau, bytes32 lane, uint64 sequence, bytes32 root, uint256 pk) private {
        bool allowed = !logRetired && sequence == lastSequence[bureau][lane] + 1 && root != 0
            && model.mayAnchor(bureau, lane, vm.addr(pk), _now());
        bytes memory signature = _signAnchor(pk, bureau, lane, sequence, root);
        bytes memory call =
            abi.encodeCall(log.anchor, (bureau, lane, sequence, root, 7, keccak256("manifest"), signature));
        vm.recordLogs();
        _expect(address(log), call, allowed);
        _readEvents(allowed ? 1 : 0);
        if (allowed) {
            lastSequence[bureau][lane] = sequence;
            ++done["anchor"];
        }
    }

    function changeStatus(uint256 who, uint256 which, uint256 by, uint256 slip, uint256 salt) external {
        bytes18 bureau = _bureau(who);
        bytes32 list = lists[which % 2];
        bytes32 previous = lastStatusHead[bureau][list];
        if (slip % 6 == 0) previous = slip % 12 == 0 ? bytes32(0) : keccak256(abi.encode(slip));
        bytes18 actor = by % 8 == 0 ? bytes18(0) : by % 3 == 0 ? _bureau(salt) : _endOfLine(bureau);
        uint256 pk = by % 16 == 0 ? _authorityPks[_authorityIndex] : _likelyKey(actor, by >> 8);
        bytes32 digest = keccak256(abi.encode(salt, slip));
        _tryStatus(bureau, list, previous, digest, actor, pk);
    }

    function _tryStatus(bytes18 bureau, bytes32 list, bytes32 previous, bytes32 digest, bytes18 actor, uint256 pk)
        private
    {
        bool allowed = !logRetired && previous == lastStatusHead[bureau][list] && _mayChange(bureau, actor, pk);
        bytes memory signature = _sign(pk, AnchorHashes.statusHash(bureau, list, previous, digest, actor));
        bytes memory call = abi.encodeCall(log.anchorStatus, (bureau, list, previous, digest, actor, signature));
        vm.recordLogs();
        _expect(address(log), call, allowed);
        _readEvents(allowed ? 1 : 0);
        if (allowed) {
            lastStatusHead[bureau][list] = log.statusHead(bureau, list);
            ++done["status"];
        }
    }

    function _mayChange(bytes18 bureau, bytes18 actor, uint256 pk) private view returns (bool) {
        if (actor == 0) return model.everAccredited(bureau) && vm.addr(pk) == authority;
        return model.mayAnchorStatus(bureau, actor, vm.addr(pk), _now());
    }

    // ------------------------------------------------------------------ journal of the past

    /// @notice Notes what the registry answers about some second, to be asked again at the end (S4).
    function note(uint256 who, uint256 which, uint256 whose, uint256 back) external {
        if (_notes.length >= 40) return;
        bytes18 bureau = _bureau(who);
        uint64 time = _now() - uint64(bound(back, 0, back % 3 == 0 ? 10 days : 60));
        bytes32 lane = lanes[which % 3];
        _notes.push(
            Note({
                bureau: bureau,
                lane: lane,
                key: signer(whose),
                time: time,
                notedAt: _now(),
                accredited: registry.wasAccredited(bureau, lane, time),
                usable: registry.keyUsable(bureau, _thumb(_pks[whose % 5]), time)
            })
        );
    }

    // ------------------------------------------------------------------ parts

    function _enterKey(uint256 who, uint256 which, uint64 begin, uint64 end) private {
        bytes18 bureau = _bureau(who);
        bool allowed = !registryRetired && model.addKey(bureau, signer(which), begin, end, _now());
        bytes memory call = abi.encodeCall(
            registry.addKey, (bureau, _thumb(_pks[which % 5]), IBureauRegistry.Purpose.Anchor, "", begin, end)
        );
        _act(call, allowed);
        if (allowed) ++keyCount;
    }

    /// @dev By the authority; first a stranger tries the same and must fail.
    function _act(bytes memory call, bool allowed) private {
        vm.prank(stranger);
        _expect(address(registry), call, false);
        _asAuthority();
        _expect(address(registry), call, allowed);
    }

    function _expect(address target, bytes memory call, bool allowed) private {
        (bool accepted, bytes memory answer) = target.call(call);
        if (accepted == allowed) return;
        if (!accepted) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
        assertTrue(false, "accepted against the rules");
    }

    function _bureau(uint256 who) private view returns (bytes18) {
        return bureaus[who % 4];
    }

    /// @dev Three times in four a key in force of that bureau, if it has one.
    function _likelyKey(bytes18 bureau, uint256 seed) private view returns (uint256) {
        for (uint256 i = 0; i < 5 && seed % 4 != 0; ++i) {
            uint256 pk = _pks[(seed / 4 + i) % 5];
            if (model.keyInForce(bureau, vm.addr(pk), _now())) return pk;
        }
        return _pks[(seed / 4) % 5];
    }

    function _endOfLine(bytes18 bureau) private view returns (bytes18) {
        while (model.successor(bureau) != 0) bureau = model.successor(bureau);
        return bureau;
    }

    /// @dev Zero, a little before, or somewhat after now.
    function _moment(uint256 seed) private view returns (uint64) {
        if (seed % 3 == 0) return 0;
        return _now() - 3 + uint64(bound(seed >> 8, 0, seed % 3 == 1 ? 10 : 60));
    }

    function _period(uint256 seed, uint256 length) private view returns (uint64 begin, uint64 end) {
        begin = _moment(seed);
        uint64 start = begin == 0 ? _now() : begin;
        end = length % 3 == 0 ? 0 : start + uint64(bound(length >> 8, 0, length % 3 == 1 ? 8 : 200));
    }

    /// @dev Takes the log's events into the journal; there must be exactly `count`.
    function _readEvents(uint256 count) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, count, "events");
        for (uint256 i = 0; i < count; ++i) {
            bytes32[] memory topics = logs[i].topics;
            if (topics[0] == IAnchorLog.Anchored.selector) {
                (bytes32 root, uint32 size, bytes32 manifest, bytes32 head,) =
                    abi.decode(logs[i].data, (bytes32, uint32, bytes32, bytes32, address));
                _anchors.push(
                    AnchorEvent(
                        bytes18(topics[1]), topics[2], uint64(uint256(topics[3])), root, size, manifest, head, _now()
                    )
                );
            } else {
                assertEq(topics[0], IAnchorLog.StatusAnchored.selector, "event");
                (bytes32 previous, bytes32 head, bytes32 digest,) =
                    abi.decode(logs[i].data, (bytes32, bytes32, bytes32, address));
                _statuses.push(StatusEvent(bytes18(topics[1]), topics[2], previous, head, digest, _now()));
            }
        }
    }
}
