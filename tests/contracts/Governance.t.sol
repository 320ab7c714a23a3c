// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {AnchorLog} from "../../contracts/anchoring/AnchorLog.sol";
import {BureauRegistry} from "../../contracts/governance/BureauRegistry.sol";
import {IBureauRegistry} from "../../contracts/governance/IBureauRegistry.sol";
import {IRetirable} from "../../contracts/governance/IRetirable.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice Hand-over of the authority, and the end of a contract's life.
contract GovernanceTest is Fixture {
    address internal heir = address(0x4E12);
    AnchorLog internal nextLog;

    function setUp() public override {
        super.setUp();
        _populate();
        nextLog = new AnchorLog(registry);
    }

    // ------------------------------------------------------------------ hand-over

    function test_HandOverTakesTwoStepsAndTheDelay() public {
        _asAuthority();
        registry.beginDefaultAdminTransfer(heir);
        assertEq(registry.authority(), authority, "not yet");
        vm.prank(heir);
        vm.expectRevert();
        registry.acceptDefaultAdminTransfer();
        _pass(DELAY + 1);
        assertEq(registry.authority(), authority, "only by acceptance");
        vm.prank(heir);
        registry.acceptDefaultAdminTransfer();
        assertEq(registry.authority(), heir, "handed over");
        vm.expectRevert(abi.encodeWithSelector(IRetirable.NotAuthority.selector, authority));
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        vm.prank(heir);
        registry.suspendBureau(MARKET, keccak256("reason"));
    }

    function test_HandOverCanBeCalledOff() public {
        vm.startPrank(authority);
        registry.beginDefaultAdminTransfer(heir);
        registry.cancelDefaultAdminTransfer();
        vm.stopPrank();
        _pass(DELAY + 1);
        vm.prank(heir);
        vm.expectRevert();
        registry.acceptDefaultAdminTransfer();
    }

    function test_RevertWhen_RegistryWouldBeLeftWithoutAuthority() public {
        bytes32 role = registry.DEFAULT_ADMIN_ROLE();
        vm.expectRevert(abi.encodeWithSelector(IBureauRegistry.AuthorityNeeded.selector));
        _asAuthority();
        registry.beginDefaultAdminTransfer(address(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector, uint48(0)
            )
        );
        _asAuthority();
        registry.renounceRole(role, authority);
    }

    function test_RevertWhen_StrangerBeginsAHandOver() public {
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, stranger, bytes32(0))
        );
        vm.prank(stranger);
        registry.beginDefaultAdminTransfer(stranger);
    }

    function test_RevertWhen_BuiltWithoutAuthority() public {
        vm.expectRevert();
        new BureauRegistry(address(0), DELAY);
    }

    // ------------------------------------------------------------------ retirement

    function _retireLog() private {
        _asAuthority();
        log.proposeRetirement(address(nextLog));
        _pass(DELAY);
        _asAuthority();
        log.retire();
    }

    function test_RetirementIsAnnouncedDelayedAndFinal() public {
        _anchor(MARKET_PK, MARKET, LICENCE, 1, keccak256("root"));
        uint64 notBefore = _now() + DELAY;
        vm.expectEmit(address(log));
        emit IRetirable.RetirementProposed(address(nextLog), notBefore);
        _asAuthority();
        log.proposeRetirement(address(nextLog));
        (address successor, uint64 time) = log.pendingRetirement();
        assertEq(successor, address(nextLog), "successor");
        assertEq(time, notBefore, "not before");
        assertEq(log.retiredTo(), address(0), "still open");
        _anchor(MARKET_PK, MARKET, LICENCE, 2, keccak256("root"));
        _pass(DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.RetirementTooEarly.selector, notBefore, notBefore - 1));
        _asAuthority();
        log.retire();
        _pass(1);
        vm.expectEmit(address(log));
        emit IRetirable.Retired(address(nextLog));
        _asAuthority();
        log.retire();
        assertEq(log.retiredTo(), address(nextLog), "retired");
        (successor, time) = log.pendingRetirement();
        assertEq(successor, address(0), "nothing pending");
        (uint64 last,) = log.laneHead(MARKET, LICENCE);
        assertEq(last, 2, "still readable");
    }

    function test_RetiredLogTakesNoWrites() public {
        _retireLog();
        bytes memory closed = abi.encodeWithSelector(IRetirable.AlreadyRetired.selector, address(nextLog));
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(log.anchor, (MARKET, LICENCE, 1, keccak256("root"), 7, keccak256("m"), ""));
        calls[1] = abi.encodeCall(log.anchorStatus, (MARKET, LIST, 0, keccak256("d"), MARKET, ""));
        calls[2] = abi.encodeCall(log.proposeRetirement, (address(registry)));
        calls[3] = abi.encodeCall(log.cancelRetirement, ());
        calls[4] = abi.encodeCall(log.retire, ());
        _refuseAll(address(log), calls, closed);
    }

    function test_RetiredRegistryTakesNoWrites() public {
        BureauRegistry next = new BureauRegistry(authority, DELAY);
        _asAuthority();
        registry.proposeRetirement(address(next));
        _pass(DELAY);
        _asAuthority();
        registry.retire();
        bytes memory closed = abi.encodeWithSelector(IRetirable.AlreadyRetired.selector, address(next));
        bytes[] memory calls = new bytes[](13);
        calls[0] = abi.encodeCall(registry.registerBureau, (_uscc(1), "x", keccak256("m")));
        calls[1] = abi.encodeCall(registry.updateBureau, (MARKET, "x", keccak256("m")));
        calls[2] = abi.encodeCall(registry.suspendBureau, (MARKET, keccak256("r")));
        calls[3] = abi.encodeCall(registry.reinstateBureau, (MARKET));
        calls[4] = abi.encodeCall(registry.succeed, (MARKET, HEALTH));
        calls[5] = abi.encodeCall(registry.accredit, (HEALTH, LICENCE, 0, 0));
        calls[6] = abi.encodeCall(registry.endAccreditation, (MARKET, LICENCE, 0));
        calls[7] = abi.encodeCall(registry.addKey, (MARKET, _thumb(9), IBureauRegistry.Purpose.Anchor, "", 0, 0));
        calls[8] = abi.encodeCall(registry.retireKey, (MARKET, _thumb(MARKET_PK), 0));
        calls[9] = abi.encodeCall(registry.markCompromised, (MARKET, _thumb(MARKET_PK), _now()));
        calls[10] = abi.encodeCall(registry.proposeRetirement, (address(log)));
        calls[11] = abi.encodeCall(registry.cancelRetirement, ());
        calls[12] = abi.encodeCall(registry.retire, ());
        _refuseAll(address(registry), calls, closed);
        assertTrue(registry.wasAccredited(MARKET, LICENCE, _now()), "still readable");
    }

    function test_RetirementCanBeCalledOff() public {
        _asAuthority();
        log.proposeRetirement(address(nextLog));
        vm.expectEmit(address(log));
        emit IRetirable.RetirementCancelled(address(nextLog));
        _asAuthority();
        log.cancelRetirement();
        _pass(DELAY + 1);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.NoRetirementProposed.selector));
        _asAuthority();
        log.retire();
        vm.expectRevert(abi.encodeWithSelector(IRetirable.NoRetirementProposed.selector));
        _asAuthority();
        log.cancelRetirement();
    }

    function test_NewAnnouncementRestartsTheDelay() public {
        _asAuthority();
        log.proposeRetirement(address(nextLog));
        _pass(DELAY);
        _asAuthority();
        log.proposeRetirement(address(registry));
        vm.expectRevert(abi.encodeWithSelector(IRetirable.RetirementTooEarly.selector, _now() + DELAY, _now()));
        _asAuthority();
        log.retire();
    }

    function test_RevertWhen_SuccessorIsNoOtherContract() public {
        address[3] memory successors = [address(0), stranger, address(log)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRetirable.BadSuccessorContract.selector, successors[i]));
            _asAuthority();
            log.proposeRetirement(successors[i]);
        }
    }

    function test_LogFollowsTheRegistrysAuthority() public {
        assertEq(log.retirementDelay(), DELAY, "same delay");
        _asAuthority();
        registry.beginDefaultAdminTransfer(heir);
        _pass(DELAY + 1);
        vm.prank(heir);
        registry.acceptDefaultAdminTransfer();
        vm.expectRevert(abi.encodeWithSelector(IRetirable.NotAuthority.selector, authority));
        _asAuthority();
        log.proposeRetirement(address(nextLog));
        vm.prank(heir);
        log.proposeRetirement(address(nextLog));
    }

    function _refuseAll(address target, bytes[] memory calls, bytes memory reason) private {
        for (uint256 i = 0; i < calls.length; ++i) {
            _asAuthority();
            (bool done, bytes memory answer) = target.call(calls[i]);
            assertFalse(done, "a retired contract was written");
            assertEq(answer, reason, "reason");
        }
    }
}
