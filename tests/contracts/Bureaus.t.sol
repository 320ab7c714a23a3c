// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../../contracts/governance/IBureauRegistry.sol";
import {IRetirable} from "../../contracts/governance/IRetirable.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice BureauRegistry: entering, describing, suspending and succeeding bureaus.
contract BureausTest is Fixture {
    function setUp() public override {
        super.setUp();
        _populate();
    }

    function test_RegisteredBureauIsReadable() public view {
        IBureauRegistry.BureauView memory entry = registry.bureau(MARKET);
        assertEq(bytes(entry.name), bytes(unicode"示例市市场监督管理局"), "name");
        assertEq(entry.metadataDigest, keccak256("market"), "metadata");
        assertEq(entry.registeredAt, START, "registered at");
        assertFalse(entry.suspended, "suspended");
        assertEq(entry.successor, 0, "successor");
        assertEq(registry.bureaus().length, 2, "count");
        assertEq(registry.bureaus()[1], HEALTH, "order");
    }

    function test_RegistrationIsAnnounced() public {
        bytes18 uscc = _uscc(1);
        vm.expectEmit(address(registry));
        emit IBureauRegistry.BureauRegistered(uscc, "x", keccak256("m"));
        _asAuthority();
        registry.registerBureau(uscc, "x", keccak256("m"));
    }

    function testFuzz_AnyWellFormedCodeIsTaken(uint256 seed) public {
        bytes18 uscc = _uscc(seed);
        _asAuthority();
        registry.registerBureau(uscc, "x", keccak256("m"));
        assertEq(registry.bureau(uscc).registeredAt, block.timestamp, "registered at");
    }

    function testFuzz_OneWrongCharacterIsRefused(uint256 seed, uint256 place, bytes1 wrong) public {
        bytes18 uscc = _uscc(seed);
        place = bound(place, 0, 17);
        vm.assume(uscc[place] != wrong);
        uint144 mask = uint144(0xFF) << uint144(8 * (17 - place));
        bytes18 broken = bytes18((uint144(uscc) & ~mask) | (uint144(uint8(wrong)) << uint144(8 * (17 - place))));
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadCreditCode.selector, broken));
        _asAuthority();
        registry.registerBureau(broken, "x", keccak256("m"));
    }

    function test_RevertWhen_BureauExists() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BureauExists.selector, MARKET));
        _asAuthority();
        registry.registerBureau(MARKET, "x", keccak256("m"));
    }

    function test_RevertWhen_NameIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadNameLength.selector, 0));
        _asAuthority();
        registry.registerBureau(_uscc(1), "", keccak256("m"));
    }

    function test_RevertWhen_NameIsTooLong() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.BadNameLength.selector, 257));
        _asAuthority();
        registry.updateBureau(MARKET, string(new bytes(257)), keccak256("m"));
    }

    function test_RevertWhen_MetadataDigestIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.ZeroDigest.selector));
        _asAuthority();
        registry.registerBureau(_uscc(1), "x", 0);
    }

    function test_UpdateChangesDescriptionOnly() public {
        vm.expectEmit(address(registry));
        emit IBureauRegistry.BureauUpdated(MARKET, unicode"示例市监局", keccak256("new"));
        _asAuthority();
        registry.updateBureau(MARKET, unicode"示例市监局", keccak256("new"));
        IBureauRegistry.BureauView memory entry = registry.bureau(MARKET);
        assertEq(bytes(entry.name), bytes(unicode"示例市监局"), "name");
        assertEq(entry.registeredAt, START, "registered at");
    }

    function test_UnknownBureauHasNoFacts() public {
        bytes18 nobody = _uscc(9);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.UnknownBureau.selector, nobody));
        registry.bureau(nobody);
        assertFalse(registry.wasAccredited(nobody, EVENTS, _now()), "service lane");
        assertFalse(registry.mayAnchor(nobody, EVENTS, vm.addr(MARKET_PK), _now()), "anchor");
        assertFalse(registry.mayAnchorStatus(nobody, 0, authority, _now()), "status");
    }

    function test_RevertWhen_StrangerWrites() public {
        bytes memory refusal = abi.encodeWithSelector(IRetirable.NotAuthority.selector, stranger);
        bytes[] memory calls = new bytes[](10);
        calls[0] = abi.encodeCall(registry.registerBureau, (_uscc(1), "x", keccak256("m")));
        calls[1] = abi.encodeCall(registry.updateBureau, (MARKET, "x", keccak256("m")));
        calls[2] = abi.encodeCall(registry.suspendBureau, (MARKET, keccak256("r")));
        calls[3] = abi.encodeCall(registry.reinstateBureau, (MARKET));
        calls[4] = abi.encodeCall(registry.succeed, (MARKET, HEALTH));
        calls[5] = abi.encodeCall(registry.accredit, (HEALTH, LICENCE, 0, 0));
        calls[6] = abi.encodeCall(registry.endAccreditation, (MARKET, LICENCE, 0));
        calls[7] = abi.encodeCall(registry.addKey, (MARKET, _thumb(9), IBureauRegistry.Purpose.Anchor, "", 0, 0));
        calls[8] = abi.encodeCall(registry.retireKey, (MARKET, _thumb(MARKET_PK), 0));
        calls[9] = abi.encodeCall(registry.proposeRetirement, (address(log)));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done, bytes memory answer) = address(registry).call(calls[i]);
            assertFalse(done, "stranger wrote");
            assertEq(answer, refusal, "reason");
        }
    }

    // ------------------------------------------------------------------ suspension

    function test_SuspensionBeginsWithTheNextSecond() public {
        uint64 time = _now();
        vm.expectEmit(address(registry));
        emit IBureauRegistry.BureauSuspended(MARKET, keccak256("reason"), time + 1);
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        assertTrue(registry.bureau(MARKET).suspended, "suspended");
        assertTrue(registry.wasAccredited(MARKET, LICENCE, time), "still in that second");
        assertFalse(registry.wasAccredited(MARKET, LICENCE, time + 1), "no more");
        assertTrue(registry.wasAccredited(MARKET, EVENTS, time + 1), "service lanes stay");
        assertTrue(registry.mayAnchor(MARKET, EVENTS, vm.addr(MARKET_PK), time + 1), "service lanes stay open");
        assertFalse(registry.mayAnchor(MARKET, LICENCE, vm.addr(MARKET_PK), time + 1), "issuing stops");
        assertTrue(registry.mayAnchorStatus(MARKET, MARKET, vm.addr(MARKET_PK), time + 1), "statuses stay open");
    }

    function test_ReinstatementKeepsTheGap() public {
        uint64 from = _now() + 1;
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        _pass(100);
        uint64 until = _now() + 1;
        vm.expectEmit(address(registry));
        emit IBureauRegistry.BureauReinstated(MARKET, until);
        _asAuthority();
        registry.reinstateBureau(MARKET);
        assertFalse(registry.bureau(MARKET).suspended, "suspended");
        assertTrue(registry.wasAccredited(MARKET, LICENCE, from - 1), "before");
        assertFalse(registry.wasAccredited(MARKET, LICENCE, from), "first second");
        assertFalse(registry.wasAccredited(MARKET, LICENCE, until - 1), "last second");
        assertTrue(registry.wasAccredited(MARKET, LICENCE, until), "after");
        IBureauRegistry.Period[] memory spans = registry.suspensions(MARKET);
        assertEq(spans.length, 1, "one span");
        assertEq(spans[0].from, from, "from");
        assertEq(spans[0].until, until, "until");
    }

    function test_EarlierSuspensionsAreRemembered() public {
        uint64[3] memory starts;
        for (uint256 i = 0; i < 3; ++i) {
            starts[i] = _now() + 1;
            _asAuthority();
            registry.suspendBureau(MARKET, keccak256("reason"));
            _pass(10);
            _asAuthority();
            registry.reinstateBureau(MARKET);
            _pass(10);
        }
        assertEq(registry.suspensions(MARKET).length, 3, "count");
        for (uint256 i = 0; i < 3; ++i) {
            assertTrue(registry.wasAccredited(MARKET, LICENCE, starts[i] - 1), "before");
            assertFalse(registry.wasAccredited(MARKET, LICENCE, starts[i] + 5), "within");
            assertTrue(registry.wasAccredited(MARKET, LICENCE, starts[i] + 10), "after");
        }
    }

    function test_LaneAddedDuringSuspensionIsStoppedToo() public {
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        _pass(1);
        _asAuthority();
        registry.accredit(MARKET, PERMIT, 0, 0);
        assertFalse(registry.mayAnchor(MARKET, PERMIT, vm.addr(MARKET_PK), _now()), "issuing stops");
        _asAuthority();
        registry.reinstateBureau(MARKET);
        assertTrue(registry.mayAnchor(MARKET, PERMIT, vm.addr(MARKET_PK), _now() + 1), "issuing goes on");
    }

    function test_RevertWhen_SuspendedTwice() public {
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AlreadySuspended.selector, MARKET));
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
    }

    function test_RevertWhen_SuspendedWithoutReason() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.ZeroDigest.selector));
        _asAuthority();
        registry.suspendBureau(MARKET, 0);
    }

    function test_RevertWhen_ReinstatedWithoutSuspension() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.NotSuspended.selector, MARKET));
        _asAuthority();
        registry.reinstateBureau(MARKET);
    }

    // ------------------------------------------------------------------ succession

    function test_SuccessionClosesTheOldBureau() public {
        uint64 time = _now();
        vm.expectEmit(address(registry));
        emit IBureauRegistry.Succeeded(MARKET, HEALTH, time + 1);
        _asAuthority();
        registry.succeed(MARKET, HEALTH);
        assertEq(registry.successorOf(MARKET), HEALTH, "successor");
        assertTrue(registry.bureau(MARKET).suspended, "suspended");
        assertTrue(registry.mayAnchor(MARKET, LICENCE, vm.addr(MARKET_PK), time), "that second stands");
        assertFalse(registry.mayAnchor(MARKET, LICENCE, vm.addr(MARKET_PK), time + 1), "issuing");
        assertFalse(registry.mayAnchor(MARKET, EVENTS, vm.addr(MARKET_PK), time + 1), "service lanes");
        assertFalse(registry.mayAnchorStatus(MARKET, MARKET, vm.addr(MARKET_PK), time + 1), "old key");
        assertTrue(registry.mayAnchorStatus(MARKET, HEALTH, vm.addr(HEALTH_PK), time + 1), "successor's key");
        assertFalse(registry.mayAnchorStatus(MARKET, HEALTH, vm.addr(MARKET_PK), time + 1), "mixed up");
        assertFalse(registry.mayAnchorStatus(MARKET, MARKET, vm.addr(HEALTH_PK), time + 1), "mixed up too");
    }

    function test_SuccessionIsForEver() public {
        _asAuthority();
        registry.succeed(MARKET, HEALTH);
        bytes memory closed = abi.encodeWithSelector(IBureauRegistry.BureauClosed.selector, MARKET, HEALTH);
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(registry.updateBureau, (MARKET, "x", keccak256("m")));
        calls[1] = abi.encodeCall(registry.suspendBureau, (MARKET, keccak256("r")));
        calls[2] = abi.encodeCall(registry.reinstateBureau, (MARKET));
        calls[3] = abi.encodeCall(registry.succeed, (MARKET, HEALTH));
        calls[4] = abi.encodeCall(registry.succeed, (HEALTH, MARKET));
        calls[5] = abi.encodeCall(registry.accredit, (MARKET, PERMIT, 0, 0));
        calls[6] = abi.encodeCall(registry.addKey, (MARKET, _thumb(9), IBureauRegistry.Purpose.Anchor, "", 0, 0));
        for (uint256 i = 0; i < calls.length; ++i) {
            _asAuthority();
            (bool done, bytes memory answer) = address(registry).call(calls[i]);
            assertFalse(done, "closed entry changed");
            assertEq(answer, closed, "reason");
        }
    }

    function test_LineOfSuccessorsEndsAtTheLivingOne() public {
        bytes18 third = _uscc(3);
        vm.startPrank(authority);
        registry.registerBureau(third, "third", keccak256("m"));
        registry.addKey(third, _thumb(0xA9), IBureauRegistry.Purpose.Anchor, "", 0, 0);
        registry.succeed(MARKET, HEALTH);
        registry.succeed(HEALTH, third);
        vm.stopPrank();
        uint64 time = _now() + 1;
        assertTrue(registry.mayAnchorStatus(MARKET, third, vm.addr(0xA9), time), "third for first");
        assertFalse(registry.mayAnchorStatus(MARKET, HEALTH, vm.addr(HEALTH_PK), time), "second for first");
        assertFalse(registry.mayAnchorStatus(HEALTH, MARKET, vm.addr(MARKET_PK), time), "backwards");
        assertFalse(registry.mayAnchorStatus(third, MARKET, vm.addr(MARKET_PK), time), "first for third");
    }

    function test_SuccessionEndsARunningSuspension() public {
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        _pass(10);
        _asAuthority();
        registry.succeed(MARKET, HEALTH);
        IBureauRegistry.Period[] memory spans = registry.suspensions(MARKET);
        assertEq(spans.length, 2, "two spans");
        assertEq(spans[0].until, spans[1].from, "seamless");
        assertEq(spans[1].until, 0, "open");
        assertFalse(registry.wasAccredited(MARKET, LICENCE, spans[0].from), "suspended then");
    }

    function test_RevertWhen_SucceededByItself() public {
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.SelfSuccession.selector, MARKET));
        _asAuthority();
        registry.succeed(MARKET, MARKET);
    }

    function test_RevertWhen_SucceededByNobody() public {
        bytes18 nobody = _uscc(9);
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.UnknownBureau.selector, nobody));
        _asAuthority();
        registry.succeed(MARKET, nobody);
    }
}
