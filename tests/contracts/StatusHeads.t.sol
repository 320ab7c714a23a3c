// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {AnchorHashes} from "../../contracts/anchoring/AnchorHashes.sol";
import {AnchorLog} from "../../contracts/anchoring/AnchorLog.sol";
import {IAnchorLog} from "../../contracts/anchoring/IAnchorLog.sol";
import {BureauRegistry} from "../../contracts/governance/BureauRegistry.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice AnchorLog: status lists, changed by compare-and-swap.
contract StatusHeadsTest is Fixture {
    bytes32 internal constant ONE = keccak256("one");
    bytes32 internal constant TWO = keccak256("two");

    function setUp() public override {
        super.setUp();
        _populate();
    }

    function _signStatus(uint256 pk, bytes32 previous, bytes32 digest, bytes18 actor)
        private
        view
        returns (bytes memory)
    {
        return _sign(pk, AnchorHashes.statusHash(MARKET, LIST, previous, digest, actor));
    }

    function _refused(bytes18 actor, address key) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAnchorLog.MayNotAnchorStatus.selector, MARKET, actor, key);
    }

    function test_ChangesChain() public {
        bytes32 first = keccak256(abi.encode(bytes32(0), MARKET, LIST, ONE, uint64(block.timestamp)));
        bytes memory signature = _signStatus(MARKET_PK, 0, ONE, MARKET);
        vm.expectEmit(address(log));
        emit IAnchorLog.StatusAnchored(MARKET, LIST, 0, first, ONE, vm.addr(MARKET_PK));
        vm.prank(stranger);
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
        assertEq(log.statusHead(MARKET, LIST), first, "first");
        _pass(1);
        _status(MARKET_PK, MARKET, LIST, first, TWO, MARKET);
        bytes32 second = keccak256(abi.encode(first, MARKET, LIST, TWO, uint64(block.timestamp)));
        assertEq(log.statusHead(MARKET, LIST), second, "second");
    }

    function test_RevertWhen_TwoWritersBuildOnTheSameHead() public {
        _status(MARKET_PK, MARKET, LIST, 0, ONE, MARKET);
        bytes32 head = log.statusHead(MARKET, LIST);
        bytes memory revocation = _signStatus(MARKET_PK, head, TWO, MARKET);
        bytes memory stale = _signStatus(MARKET_PK, head, ONE, MARKET);
        log.anchorStatus(MARKET, LIST, head, TWO, MARKET, revocation);
        bytes32 current = log.statusHead(MARKET, LIST);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.StaleHead.selector, MARKET, LIST, current, head));
        log.anchorStatus(MARKET, LIST, head, ONE, MARKET, stale);
    }

    function test_RevertWhen_Replayed() public {
        bytes memory signature = _signStatus(MARKET_PK, 0, ONE, MARKET);
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
        bytes32 current = log.statusHead(MARKET, LIST);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.StaleHead.selector, MARKET, LIST, current, bytes32(0)));
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
    }

    function test_RevertWhen_DigestIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ZeroDigest.selector));
        log.anchorStatus(MARKET, LIST, 0, 0, MARKET, "");
    }

    function test_RevertWhen_ListIsNoName() public {
        bytes32 list = bytes32(hex"00ff000000000000000000000000000000000000000000000000000000000000");
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.BadName.selector, list));
        log.anchorStatus(MARKET, list, 0, ONE, MARKET, "");
    }

    function test_RevertWhen_BureauWasNeverAccredited() public {
        bytes memory signature = _sign(HEALTH_PK, AnchorHashes.statusHash(HEALTH, LIST, 0, ONE, HEALTH));
        vm.expectRevert(
            abi.encodeWithSelector(IAnchorLog.MayNotAnchorStatus.selector, HEALTH, HEALTH, vm.addr(HEALTH_PK))
        );
        log.anchorStatus(HEALTH, LIST, 0, ONE, HEALTH, signature);
    }

    function test_RevertWhen_AnotherBureauActs() public {
        bytes memory signature = _signStatus(HEALTH_PK, 0, ONE, HEALTH);
        vm.expectRevert(_refused(HEALTH, vm.addr(HEALTH_PK)));
        log.anchorStatus(MARKET, LIST, 0, ONE, HEALTH, signature);
        signature = _signStatus(HEALTH_PK, 0, ONE, MARKET);
        vm.expectRevert(_refused(MARKET, vm.addr(HEALTH_PK)));
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
    }

    function test_RevertWhen_ActorIsNotTheOneSignedFor() public {
        bytes memory signature = _signStatus(MARKET_PK, 0, ONE, HEALTH);
        vm.expectRevert();
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
    }

    function test_SuspendedBureauStillRevokes() public {
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        _pass(1);
        _status(MARKET_PK, MARKET, LIST, 0, ONE, MARKET);
    }

    function test_BureauWithEndedAccreditationStillRevokes() public {
        _asAuthority();
        registry.endAccreditation(MARKET, LICENCE, 0);
        _pass(1);
        _status(MARKET_PK, MARKET, LIST, 0, ONE, MARKET);
    }

    function test_SuccessorRevokesAndPredecessorDoesNot() public {
        _asAuthority();
        registry.succeed(MARKET, HEALTH);
        _pass(1);
        bytes memory signature = _signStatus(MARKET_PK, 0, ONE, MARKET);
        vm.expectRevert(_refused(MARKET, vm.addr(MARKET_PK)));
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
        _status(HEALTH_PK, MARKET, LIST, 0, ONE, HEALTH);
        assertTrue(log.statusHead(MARKET, LIST) != 0, "changed");
        assertEq(log.statusHead(HEALTH, LIST), 0, "the predecessor's list, not its own");
    }

    function test_RevertWhen_KeyCompromised() public {
        _asAuthority();
        registry.markCompromised(MARKET, _thumb(MARKET_PK), _now());
        bytes memory signature = _signStatus(MARKET_PK, 0, ONE, MARKET);
        vm.expectRevert(_refused(MARKET, vm.addr(MARKET_PK)));
        log.anchorStatus(MARKET, LIST, 0, ONE, MARKET, signature);
    }

    // ------------------------------------------------------------------ the authority

    function test_AuthorityRevokes() public {
        bytes memory signature = _signStatus(AUTHORITY_PK, 0, ONE, 0);
        bytes32 head = keccak256(abi.encode(bytes32(0), MARKET, LIST, ONE, uint64(block.timestamp)));
        vm.expectEmit(address(log));
        emit IAnchorLog.StatusAnchored(MARKET, LIST, 0, head, ONE, authority);
        log.anchorStatus(MARKET, LIST, 0, ONE, 0, signature);
    }

    function test_RevertWhen_SomebodyActsAsTheAuthority() public {
        bytes memory signature = _signStatus(MARKET_PK, 0, ONE, 0);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.NotSignedByAuthority.selector, authority));
        log.anchorStatus(MARKET, LIST, 0, ONE, 0, signature);
    }

    function test_AuthorityMayBeAContract() public {
        Committee committee = new Committee();
        registry = new BureauRegistry(address(committee), DELAY);
        authority = address(committee);
        log = new AnchorLog(registry);
        _populate();
        committee.approve(keccak256("not this"));
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.NotSignedByAuthority.selector, authority));
        log.anchorStatus(MARKET, LIST, 0, ONE, 0, "");
        bytes32 structHash = AnchorHashes.statusHash(MARKET, LIST, 0, ONE, 0);
        committee.approve(keccak256(abi.encodePacked(hex"1901", _separator(), structHash)));
        log.anchorStatus(MARKET, LIST, 0, ONE, 0, "");
        assertTrue(log.statusHead(MARKET, LIST) != 0, "changed");
    }
}

/// @dev An authority that is a contract: approves one digest.
contract Committee is IERC1271 {
    bytes32 private _approved;

    function approve(bytes32 digest) external {
        _approved = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == _approved ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
