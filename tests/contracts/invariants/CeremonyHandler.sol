// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {KeyHolderRegistry} from "../../../contracts/tenders/KeyHolderRegistry.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {BlsSigner} from "../support/BlsSigner.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice Runs one ceremony of six (three open together) at random and says beforehand what the rules allow.
contract CeremonyHandler is TenderFixture {
    uint256 internal constant MEMBERS = 6;
    uint256 internal constant THRESHOLD = 3;

    uint64 public ceremony;
    uint64 internal _from;
    bool[6] internal _dealt;
    bool[6][6] internal _complained;
    bool[6][6] internal _answered;
    bytes32[6] internal _confirmed;
    bool[6] internal _destroyed;
    bytes[2] internal _keys;
    uint32 internal _rollCalls;
    /// @dev Key that the model has in force, and what its supporters confirmed.
    bytes public inForce;
    bytes32 public outcomeInForce;
    uint256 public accepted;

    constructor() {
        vm.warp(START);
        setUp();
        _keys = [BlsSigner.publicKey(GROUP_SECRET), BlsSigner.publicKey(GROUP_SECRET + 1)];
        _from = _now();
        vm.prank(officer);
        holders.convene(1, _plan(0), _members(MEMBERS));
        ceremony = 1;
    }

    function registry_() external view returns (KeyHolderRegistry) {
        return holders;
    }

    function wait_(uint256 secs) external {
        _pass(bound(secs, 1, 4));
    }

    function deal(uint256 who, uint256 luck) external {
        who %= MEMBERS;
        bytes32 word = luck % 9 == 0 ? bytes32(0) : digest;
        bool allowed = word != 0 && _round(0, 10) && !_dealt[who];
        if (_call(who, abi.encodeCall(holders.deal, (1, word)), allowed)) _dealt[who] = true;
    }

    function complain(uint256 who, uint256 accused) external {
        who %= MEMBERS;
        accused %= MEMBERS + 1;
        bool allowed = accused < MEMBERS && accused != who && _round(10, 20) && !_complained[who][accused];
        if (_call(who, abi.encodeCall(holders.complain, (1, accused, digest)), allowed)) {
            _complained[who][accused] = true;
        }
    }

    function answer(uint256 who, uint256 complainant) external {
        who %= MEMBERS;
        complainant %= MEMBERS;
        bool allowed = _complained[complainant][who] && _round(20, 30) && !_answered[who][complainant];
        if (_call(who, abi.encodeCall(holders.answer, (1, complainant, digest)), allowed)) {
            _answered[who][complainant] = true;
        }
    }

    /// @dev One of two keys, and all eligible or everybody as the qualified.
    function confirm(uint256 who, uint256 luck) external {
        who %= MEMBERS;
        bytes memory key = _keys[luck % 2];
        uint256 eligible = modelEligible();
        uint256 qualified = luck % 5 == 0 ? 63 : eligible;
        bytes32 outcome = keccak256(abi.encode(digest, qualified, key));
        bool fits = qualified & ~eligible == 0 && qualified & (1 << who) != 0 && _count(qualified) >= THRESHOLD;
        bool stays = _confirmed[who] == outcome || (_confirmed[who] != 0 && _supporters(_confirmed[who]) >= THRESHOLD);
        bool allowed = fits && !stays && _round(30, 40);
        if (!_call(who, abi.encodeCall(holders.confirm, (1, digest, qualified, key)), allowed)) return;
        _confirmed[who] = outcome;
        if (_supporters(outcome) == THRESHOLD && inForce.length == 0) (inForce, outcomeInForce) = (key, outcome);
    }

    function rollCall(uint256 luck) external {
        uint32 counter = luck % 4 == 0 ? _rollCalls : _rollCalls + 1;
        bytes32 message = TenderHashes.rollCallMessage(GENESIS, address(holders), 1, counter);
        uint256 secret = GROUP_SECRET + luck % 2;
        bool right = inForce.length != 0 && keccak256(inForce) == keccak256(_keys[luck % 2]);
        bytes memory data = abi.encodeCall(holders.rollCall, (1, counter, BlsSigner.sign(secret, message)));
        if (_call(0, data, right && counter == _rollCalls + 1)) _rollCalls = counter;
    }

    function destroy(uint256 who) external {
        who %= MEMBERS;
        uint64 until = inForce.length == 0 ? _from + 40 : _from + 100_000;
        bool allowed = _now() > until && !_destroyed[who];
        if (_call(who, abi.encodeCall(holders.reportDestruction, (1, digest)), allowed)) _destroyed[who] = true;
    }

    // ------------------------------------------------------------------ the naive rules

    function modelEligible() public view returns (uint256 set) {
        for (uint256 who = 0; who < MEMBERS; ++who) {
            bool clean = _dealt[who];
            for (uint256 other = 0; other < MEMBERS; ++other) {
                if (_complained[other][who] && !_answered[who][other]) clean = false;
            }
            if (clean) set += 2 ** who;
        }
    }

    function supportersInForce() external view returns (uint256) {
        return _supporters(outcomeInForce);
    }

    function _supporters(bytes32 outcome) private view returns (uint256 count) {
        for (uint256 who = 0; who < MEMBERS; ++who) {
            if (_confirmed[who] == outcome) ++count;
        }
    }

    function _count(uint256 set) private pure returns (uint256 count) {
        for (uint256 who = 0; who < MEMBERS; ++who) {
            if (set & (1 << who) != 0) ++count;
        }
    }

    function _round(uint64 after_, uint64 until) private view returns (bool) {
        return _now() > (after_ == 0 ? 0 : _from + after_) && _now() <= _from + until;
    }

    function _call(uint256 who, bytes memory data, bool allowed) private returns (bool done) {
        vm.prank(_member(who));
        (done,) = address(holders).call(data);
        assertTrue(done == allowed, allowed ? "refused what the rules allow" : "accepted what the rules forbid");
        if (done) ++accepted;
    }
}
