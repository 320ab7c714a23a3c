// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "../../../contracts/libraries/Bls12381.sol";
import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {Test} from "../support/Test.sol";

/// @notice The golden vectors that Python reads too, made by other libraries: tests/vectors/tender.json.
contract TenderVectorsTest is Test {
    string private _json;
    bytes32 private _genesis;
    address private _book;
    bytes private _publicKey;

    function setUp() public {
        _json = vm.readFile("tests/vectors/tender.json");
        _genesis = _word("", "genesis");
        _book = _account("", "book");
        _publicKey = _bytes("", "publicKey");
        vm.chainId(_number("", "chainId"));
    }

    function test_MessagesAreThoseOfTheFormat() public view {
        assertEq(
            TenderHashes.bidMessage(
                _genesis,
                _book,
                uint64(_number(".messages[0]", "tender")),
                uint32(_number(".messages[0]", "lot")),
                uint8(_number(".messages[0]", "envelope")),
                _account(".messages[0]", "bidder"),
                uint32(_number(".messages[0]", "version"))
            ),
            _word(".messages[0]", "message"),
            "bid"
        );
        assertEq(
            TenderHashes.liveSetMessage(
                _genesis,
                _book,
                uint64(_number(".messages[1]", "tender")),
                uint32(_number(".messages[1]", "lot")),
                uint8(_number(".messages[1]", "envelope")),
                uint32(_number(".messages[1]", "count")),
                _word(".messages[1]", "digest")
            ),
            _word(".messages[1]", "message"),
            "live set"
        );
        assertEq(
            TenderHashes.rollCallMessage(
                _genesis,
                _account("", "keyHolders"),
                uint64(_number(".messages[2]", "ceremony")),
                uint32(_number(".messages[2]", "counter"))
            ),
            _word(".messages[2]", "message"),
            "roll call"
        );
    }

    function test_ThresholdSignaturesVerifyAndOthersDoNot() public view {
        assertTrue(Bls12381.isPublicKey(_publicKey), "key");
        for (uint256 i = 0; i < 3; ++i) {
            string memory place = string.concat(".messages[", vm.toString(i), "]");
            bytes32 message = _word(place, "message");
            bytes memory signature = _bytes(place, "signature");
            assertEq(Bls12381.hashToG1(message), _bytes(place, "point"), "hash to curve");
            assertTrue(Bls12381.verify(_publicKey, message, signature), "signature");
            assertFalse(Bls12381.verify(_publicKey, message, _bytes(place, "tooFew")), "two holders");
            assertFalse(Bls12381.verify(_publicKey, message, _bytes(place, "point")), "the point itself");
            assertFalse(Bls12381.verify(_publicKey, keccak256("other"), signature), "another message");
            assertFalse(
                Bls12381.verify(_publicKey, _word(".messages[0]", "message"), signature) && i != 0, "another kind"
            );
        }
    }

    function test_WhatIsNoPointVerifiesNothingAndCostsLittle() public view {
        bytes32 message = _word(".messages[1]", "message");
        bytes memory signature = _bytes(".messages[1]", "signature");
        assertFalse(Bls12381.verify(_publicKey, message, new bytes(128)), "infinity");
        assertFalse(Bls12381.verify(new bytes(256), message, new bytes(128)), "both infinity");
        assertFalse(Bls12381.verify(_publicKey, message, bytes.concat(signature, hex"00")), "too long");
        assertFalse(Bls12381.verify(_publicKey, message, ""), "empty");
        assertFalse(Bls12381.verify(_bytes("", "outsideGroup"), message, signature), "key outside the group");
        signature[127] ^= 0x01;
        uint256 before = gasleft();
        assertFalse(Bls12381.verify(_publicKey, message, signature), "off the curve");
        assertTrue(before - gasleft() < 160_000, "gas");
    }

    function testFuzz_AnyChangedByteOfASignatureIsRefused(uint256 place, uint8 change) public view {
        bytes memory signature = _bytes(".messages[1]", "signature");
        place = bound(place, 0, 127);
        signature[place] ^= bytes1(change == 0 ? 1 : change);
        assertFalse(Bls12381.verify(_publicKey, _word(".messages[1]", "message"), signature), "changed");
    }

    function test_KeysOutsideTheGroupAreNone() public view {
        assertFalse(Bls12381.isPublicKey(_bytes("", "outsideGroup")), "outside the subgroup");
        assertFalse(Bls12381.isPublicKey(_bytes("", "notReduced")), "not reduced");
        assertFalse(Bls12381.isPublicKey(new bytes(256)), "infinity");
        assertFalse(Bls12381.isPublicKey(new bytes(255)), "too short");
    }

    function test_LiveSetIsAChain() public view {
        bytes32 digest;
        for (uint256 i = 0; i < 4; ++i) {
            string memory key = string.concat(".liveSet.commitments[", vm.toString(i), "]");
            digest = TenderHashes.liveSetWith(digest, vm.parseJsonBytes32(_json, key));
        }
        assertEq(digest, _word(".liveSet", "digest"), "digest");
    }

    function test_KindDigest() public view {
        assertEq(
            TenderHashes.kindDigest(
                _book,
                uint64(_number(".kindDigest", "tender")),
                uint32(_number(".kindDigest", "lot")),
                _account(".kindDigest", "bidder"),
                uint8(_number(".kindDigest", "kind")),
                _account(".kindDigest", "custodian"),
                _word(".kindDigest", "salt")
            ),
            _word(".kindDigest", "digest"),
            "digest"
        );
    }

    function test_TypedData() public view {
        string memory m = ".typed[0].message";
        ITenderBook.Commitment memory commitment;
        commitment.tender = uint64(_number(m, "tender"));
        commitment.lot = uint32(_number(m, "lot"));
        commitment.bidder = _account(m, "bidder");
        commitment.version = uint32(_number(m, "version"));
        commitment.recovery = _account(m, "recovery");
        commitment.notAfter = uint64(_number(m, "notAfter"));
        commitment.kindDigest = _word(m, "kindDigest");
        commitment.file1 = _word(m, "file1");
        commitment.size1 = uint64(_number(m, "size1"));
        commitment.form1 = _word(m, "form1");
        commitment.file2 = _word(m, "file2");
        commitment.size2 = uint64(_number(m, "size2"));
        commitment.form2 = _word(m, "form2");
        _checkTyped(0, TenderHashes.commitmentHash(commitment));
        _checkTyped(1, TenderHashes.custodyHash(TenderHashes.commitmentHash(commitment)));
        m = ".typed[2].message";
        (uint32 version, uint64 notAfter) = (uint32(_number(m, "version")), uint64(_number(m, "notAfter")));
        _checkTyped(2, TenderHashes.withdrawalHash(7, 2, _account(m, "bidder"), version, notAfter));
        m = ".typed[3].message";
        address successor = _account(m, "successor");
        _checkTyped(3, TenderHashes.moveHash(7, 2, _account(m, "bidder"), successor, version, notAfter));
    }

    function _checkTyped(uint256 index, bytes32 structHash) private view {
        string memory place = string.concat(".typed[", vm.toString(index), "]");
        assertEq(structHash, _word(place, "structHash"), "struct hash");
        assertEq(TenderHashes.separator(_book), _word(place, "separator"), "separator");
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", TenderHashes.separator(_book), structHash));
        assertEq(digest, _word(place, "digest"), "digest");
    }

    function _word(string memory place, string memory member) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, string.concat(place, ".", member));
    }

    function _bytes(string memory place, string memory member) private view returns (bytes memory) {
        return vm.parseJsonBytes(_json, string.concat(place, ".", member));
    }

    function _number(string memory place, string memory member) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(place, ".", member));
    }

    function _account(string memory place, string memory member) private view returns (address) {
        return vm.parseJsonAddress(_json, string.concat(place, ".", member));
    }
}
