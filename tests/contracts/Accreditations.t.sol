// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../../contracts/governance/IBureauRegistry.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice BureauRegistry: which lanes a bureau may issue in, and when.
contract AccreditationsTest is Fixture {
    function setUp() public override {
        super.setUp();
        _populate();
    }

    function _accredit(uint64 from, uint64 until) private {
        _asAuthority();
        registry.accredit(HEALTH, PERMIT, from, until);
    }

    function _end(uint64 until) private {
        _asAuthority();
        registry.endAccreditation(HEALTH, PERMIT, until);
    }

    function test_ZeroMeansNowAndOpen() public {
        vm.expectEmit(address(registry));
        emit IBureauRegistry.Accredited(HEALTH, PERMIT, _now(), 0);
        _accredit(0, 0);
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, _now()), "now");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, type(uint64).max), "open");
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, _now() - 1), "before");
        assertFalse(registry.wasAccredited(HEALTH, LICENCE, _now()), "another lane");
        assertEq(registry.lanes(HEALTH)[0], PERMIT, "lane is listed");
    }

    function testFuzz_PeriodIsHalfOpen(uint64 from, uint64 length, uint64 time) public {
        from = uint64(bound(from, _now(), _now() + 1e9));
        length = uint64(bound(length, 1, 1e9));
        time = uint64(bound(time, START, START + 3e9));
        _accredit(from, from + length);
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, from), "first second");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, from + length - 1), "last second");
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, from + length), "end");
        bool within = time >= from && time < from + length;
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, time) == within, "any second");
    }

    function test_GapsBetweenPeriodsAreKept() public {
        uint64 t = _now();
        _accredit(t, t + 10);
        _accredit(t + 10, t + 20);
        _accredit(t + 50, 0);
        IBureauRegistry.Period[] memory spans = registry.accreditations(HEALTH, PERMIT);
        assertEq(spans.length, 3, "count");
        assertEq(spans[1].from, t + 10, "order");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, t), "first");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, t + 10), "second");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, t + 19), "end of second");
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, t + 20), "gap");
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, t + 49), "end of gap");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, t + 50), "third");
        assertEq(registry.lanes(HEALTH).length, 1, "one lane");
    }

    function test_EndTakesEffectNextSecond() public {
        _accredit(0, 0);
        _pass(5);
        vm.expectEmit(address(registry));
        emit IBureauRegistry.AccreditationEnded(HEALTH, PERMIT, _now() + 1);
        _end(0);
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, _now()), "this second stands");
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, _now() + 1), "no more");
    }

    function test_EndOfAPeriodThatHasNotBegunEmptiesIt() public {
        uint64 t = _now();
        _accredit(t, t + 10);
        _accredit(t + 100, 0);
        _end(0);
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, t + 100), "never held");
        // A new one may begin before the emptied one would have, but not within the first.
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodOverlaps.selector, t + 5, t + 10));
        _accredit(t + 5, 0);
        _accredit(t + 20, 0);
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, t + 5), "first");
        assertFalse(registry.wasAccredited(HEALTH, PERMIT, t + 15), "gap");
        assertTrue(registry.wasAccredited(HEALTH, PERMIT, t + 20), "new one");
        assertEq(registry.accreditations(HEALTH, PERMIT).length, 2, "the empty one is gone");
    }

    function testFuzz_EndOfAPeriodNeverLiesBeforeItsBeginning(uint64 from, uint64 until) public {
        from = uint64(bound(from, _now(), _now() + 20));
        until = uint64(bound(until, _now() + 1, _now() + 40));
        _accredit(from, 0);
        _end(until);
        IBureauRegistry.Period[] memory spans = registry.accreditations(HEALTH, PERMIT);
        assertEq(spans[0].until, until < from ? from : until, "until");
    }

    function test_RevertWhen_PeriodBeginsInThePast() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodInPast.selector, _now() - 1, _now()));
        _accredit(_now() - 1, 0);
    }

    function test_RevertWhen_PeriodIsEmptyOrBackward() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodEmpty.selector, _now() + 5, _now() + 5));
        _accredit(_now() + 5, _now() + 5);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodEmpty.selector, _now() + 5, _now() + 4));
        _accredit(_now() + 5, _now() + 4);
    }

    function test_RevertWhen_PeriodOverlapsAnOpenOne() public {
        _accredit(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodOverlaps.selector, _now() + 9, 0));
        _accredit(_now() + 9, 0);
    }

    function test_RevertWhen_PeriodOverlapsABoundedOne() public {
        uint64 t = _now();
        _accredit(t, t + 10);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.PeriodOverlaps.selector, t + 9, t + 10));
        _accredit(t + 9, 0);
    }

    function test_RevertWhen_EndIsNotAfterThisSecond() public {
        _accredit(0, 0);
        _pass(10);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.EndInPast.selector, _now(), _now()));
        _end(_now());
    }

    function test_RevertWhen_EndMovesLater() public {
        uint64 t = _now();
        _accredit(0, t + 10);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AlreadyEnds.selector, t + 10, t + 11));
        _end(t + 11);
    }

    function test_RevertWhen_EndedAgainAfterTheEnd() public {
        uint64 t = _now();
        _accredit(0, t + 10);
        _pass(20);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AlreadyEnds.selector, t + 10, t + 21));
        _end(0);
    }

    function test_RevertWhen_EndingWhatNeverWas() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.NeverAccredited.selector, HEALTH, PERMIT));
        _end(0);
    }

    function testFuzz_RevertWhen_LaneIsNoName(bytes32 lane) public {
        bool named = _wellFormed(lane);
        if (!named || lane[0] == "$") {
            vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadLane.selector, lane));
        }
        _asAuthority();
        registry.accredit(HEALTH, lane, 0, 0);
    }

    function test_RevertWhen_LaneIsMalformed() public {
        bytes32[6] memory lanes = [
            bytes32(0),
            bytes32("$events"),
            bytes32("two words"),
            bytes32(hex"4100420000000000000000000000000000000000000000000000000000000000"),
            bytes32(hex"0041000000000000000000000000000000000000000000000000000000000000"),
            bytes32(hex"c3a4000000000000000000000000000000000000000000000000000000000000")
        ];
        for (uint256 i = 0; i < lanes.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadLane.selector, lanes[i]));
            _asAuthority();
            registry.accredit(HEALTH, lanes[i], 0, 0);
        }
        _asAuthority();
        registry.accredit(HEALTH, "12345678901234567890123456789012", 0, 0);
    }

    function test_RevertWhen_LanesRunOut() public {
        uint256 limit = registry.MAX_LANES();
        vm.startPrank(authority);
        for (uint256 i = 0; i < limit; ++i) {
            registry.accredit(HEALTH, bytes32(bytes(string.concat("L", vm.toString(i)))), 0, 0);
        }
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.TooManyLanes.selector, HEALTH, limit));
        registry.accredit(HEALTH, "one-more", 0, 0);
        vm.stopPrank();
    }

    function test_SuspendingAFullBureauFitsInABlock() public {
        uint256 limit = registry.MAX_LANES();
        vm.startPrank(authority);
        for (uint256 i = 0; i < limit; ++i) {
            registry.accredit(HEALTH, bytes32(bytes(string.concat("L", vm.toString(i)))), 0, 0);
        }
        uint256 before = gasleft();
        registry.suspendBureau(HEALTH, keccak256("reason"));
        // Each lane is warm here; a transaction of its own adds 2 × 2,100 a lane.
        assertTrue(before - gasleft() + limit * 4200 < 15_000_000, "half a block of 30 million");
        vm.stopPrank();
    }

    function _wellFormed(bytes32 lane) private pure returns (bool) {
        uint256 length = 0;
        while (length < 32 && lane[length] != 0) {
            if (lane[length] < 0x21 || lane[length] > 0x7E) return false;
            ++length;
        }
        for (uint256 i = length; i < 32; ++i) {
            if (lane[i] != 0) return false;
        }
        return length != 0;
    }
}
