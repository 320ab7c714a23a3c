// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {AnchorHashes} from "../../contracts/anchoring/AnchorHashes.sol";
import {AnchorLog} from "../../contracts/anchoring/AnchorLog.sol";
import {IAnchorLog} from "../../contracts/anchoring/IAnchorLog.sol";
import {IBureauRegistry} from "../../contracts/governance/IBureauRegistry.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice AnchorLog: batches in order.
contract AnchorLogTest is Fixture {
    bytes32 internal constant ROOT = keccak256("root");
    bytes32 internal constant MANIFEST = keccak256("manifest");

    function setUp() public override {
        super.setUp();
        _populate();
    }

    function _refused(address key) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAnchorLog.MayNotAnchor.selector, MARKET, LICENCE, key);
    }

    function test_AnchorsChain() public {
        bytes32 head = 0;
        for (uint64 sequence = 1; sequence <= 3; ++sequence) {
            head = keccak256(
                abi.encode(head, MARKET, LICENCE, sequence, ROOT, uint32(7), MANIFEST, uint64(block.timestamp))
            );
            bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, sequence, ROOT);
            vm.expectEmit(address(log));
            emit IAnchorLog.Anchored(MARKET, LICENCE, sequence, ROOT, 7, MANIFEST, head, vm.addr(MARKET_PK));
            vm.prank(stranger); // anyone may relay
            log.anchor(MARKET, LICENCE, sequence, ROOT, 7, MANIFEST, signature);
            (uint64 last, bytes32 stored) = log.laneHead(MARKET, LICENCE);
            assertEq(last, sequence, "sequence");
            assertEq(stored, head, "head");
            _pass(60);
        }
    }

    function test_LanesAreSeparate() public {
        _anchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        _anchor(MARKET_PK, MARKET, EVENTS, 1, ROOT);
        _anchor(HEALTH_PK, HEALTH, EVENTS, 1, ROOT);
        (uint64 last,) = log.laneHead(MARKET, EVENTS);
        assertEq(last, 1, "events");
        (last,) = log.laneHead(HEALTH, LICENCE);
        assertEq(last, 0, "untouched");
    }

    function test_RevertWhen_RetriedAfterSuccess() public {
        _anchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.NotNext.selector, MARKET, LICENCE, 2, 1));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function testFuzz_RevertWhen_SequenceIsNotNext(uint64 sequence) public {
        vm.assume(sequence != 2);
        _anchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, sequence, ROOT);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.NotNext.selector, MARKET, LICENCE, 2, sequence));
        log.anchor(MARKET, LICENCE, sequence, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_RootIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ZeroRoot.selector));
        log.anchor(MARKET, LICENCE, 1, 0, 7, MANIFEST, "");
    }

    function test_RevertWhen_BatchIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.EmptyBatch.selector));
        log.anchor(MARKET, LICENCE, 1, ROOT, 0, MANIFEST, "");
    }

    function test_ManifestMayBeMissingOnlyInAServiceLane() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ZeroDigest.selector));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, 0, "");
        bytes memory signature = _sign(MARKET_PK, AnchorHashes.anchorHash(MARKET, EVENTS, 1, ROOT, 7, 0));
        log.anchor(MARKET, EVENTS, 1, ROOT, 7, 0, signature);
    }

    function test_RevertWhen_ServiceLaneIsNoName() public {
        bytes32 lane = bytes32(hex"2400410000000000000000000000000000000000000000000000000000000000");
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, lane, 1, ROOT);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.BadName.selector, lane));
        log.anchor(MARKET, lane, 1, ROOT, 7, MANIFEST, signature);
    }

    // ------------------------------------------------------------------ who may not

    function test_RevertWhen_NotAccredited() public {
        bytes memory signature = _signAnchor(HEALTH_PK, HEALTH, LICENCE, 1, ROOT);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.MayNotAnchor.selector, HEALTH, LICENCE, vm.addr(HEALTH_PK)));
        log.anchor(HEALTH, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_SignedByAnotherBureausKey() public {
        bytes memory signature = _signAnchor(HEALTH_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(_refused(vm.addr(HEALTH_PK)));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_SignedByTheAuthority() public {
        bytes memory signature = _signAnchor(AUTHORITY_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(_refused(authority));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_Suspended() public {
        _asAuthority();
        registry.suspendBureau(MARKET, keccak256("reason"));
        _pass(1);
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(_refused(vm.addr(MARKET_PK)));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
        _anchor(MARKET_PK, MARKET, EVENTS, 1, ROOT);
        _asAuthority();
        registry.reinstateBureau(MARKET);
        _pass(1);
        _anchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
    }

    function test_RevertWhen_AccreditationEnded() public {
        _asAuthority();
        registry.endAccreditation(MARKET, LICENCE, 0);
        _anchor(MARKET_PK, MARKET, LICENCE, 1, ROOT); // that second still counts, for the registry too
        assertTrue(registry.wasAccredited(MARKET, LICENCE, _now()), "judged as it was");
        _pass(1);
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 2, ROOT);
        vm.expectRevert(_refused(vm.addr(MARKET_PK)));
        log.anchor(MARKET, LICENCE, 2, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_KeyRetired() public {
        _asAuthority();
        registry.retireKey(MARKET, _thumb(MARKET_PK), 0);
        _pass(1);
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(_refused(vm.addr(MARKET_PK)));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_KeyCompromised() public {
        _asAuthority();
        registry.markCompromised(MARKET, _thumb(MARKET_PK), _now());
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(_refused(vm.addr(MARKET_PK)));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_KeyIsForCredentials() public {
        // An address that is also entered as the thumbprint of a credential key cannot exist by the checks of addKey;
        // a P-256 key simply has no address. What remains is a key of another purpose under the same bureau.
        (bytes memory publicKey, bytes32 thumbprint) = _p256(77);
        _asAuthority();
        registry.addKey(MARKET, thumbprint, IBureauRegistry.Purpose.Credential, publicKey, 0, 0);
        address low = address(uint160(uint256(thumbprint)));
        assertFalse(registry.mayAnchor(MARKET, LICENCE, low, _now()), "cut thumbprint");
    }

    // ------------------------------------------------------------------ what was signed

    function testFuzz_SignatureBindsEveryMember(uint8 which) public {
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        which = uint8(bound(which, 0, 3));
        vm.expectRevert();
        if (which == 0) log.anchor(MARKET, EVENTS, 1, ROOT, 7, MANIFEST, signature);
        else if (which == 1) log.anchor(MARKET, LICENCE, 1, keccak256("other"), 7, MANIFEST, signature);
        else if (which == 2) log.anchor(MARKET, LICENCE, 1, ROOT, 8, MANIFEST, signature);
        else log.anchor(MARKET, LICENCE, 1, ROOT, 7, keccak256("other"), signature);
    }

    function test_SignatureBindsContractAndChain() public {
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        AnchorLog other = new AnchorLog(registry);
        vm.expectRevert();
        other.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        vm.expectRevert();
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
        vm.chainId(here);
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, signature);
    }

    function test_RevertWhen_SignatureHasItsSecondForm() public {
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        (bytes32 r, bytes32 s, uint8 v) = _split(signature);
        bytes32 mirrored = bytes32(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, mirrored));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, abi.encodePacked(r, mirrored, v == 27 ? 28 : 27));
    }

    function test_RevertWhen_SignatureHasAnotherLength() public {
        bytes memory signature = _signAnchor(MARKET_PK, MARKET, LICENCE, 1, ROOT);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 66));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, abi.encodePacked(signature, hex"00"));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 0));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, "");
    }

    function test_RevertWhen_SignatureRecoversNobody() public {
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
        log.anchor(MARKET, LICENCE, 1, ROOT, 7, MANIFEST, new bytes(65));
    }

    function test_RevertWhen_BuiltOnNoRegistry() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.BadRegistry.selector, stranger));
        new AnchorLog(IBureauRegistry(stranger));
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}
