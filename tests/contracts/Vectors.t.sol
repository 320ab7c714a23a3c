// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {AnchorHashes} from "../../contracts/anchoring/AnchorHashes.sol";
import {Names} from "../../contracts/libraries/Names.sol";
import {P256Keys} from "../../contracts/libraries/P256Keys.sol";
import {Test} from "./support/Test.sol";

/// @notice The golden vectors that Python and TypeScript read too: tests/vectors/ledger.json.
contract VectorsTest is Test {
    string private _json;

    function setUp() public {
        _json = vm.readFile("tests/vectors/ledger.json");
    }

    function test_Anchors() public view {
        uint256 count = 0;
        for (; _has(".anchors", count); ++count) {
            string memory place = _at(".anchors", count);
            _checkSigned(
                place,
                AnchorHashes.anchorHash(
                    bytes18(bytes(_text(place, "bureau"))),
                    bytes32(bytes(_text(place, "lane"))),
                    uint64(_number(place, "sequence")),
                    _word(place, "root"),
                    uint32(_number(place, "size")),
                    _word(place, "manifestDigest")
                )
            );
            bytes32 head = AnchorHashes.laneHead(
                _word(place, "previousHead"),
                bytes18(bytes(_text(place, "bureau"))),
                bytes32(bytes(_text(place, "lane"))),
                uint64(_number(place, "sequence")),
                _word(place, "root"),
                uint32(_number(place, "size")),
                _word(place, "manifestDigest"),
                uint64(_number(place, "time"))
            );
            assertEq(head, _word(place, "head"), "head");
        }
        assertEq(count, 5, "vectors read");
    }

    function test_Statuses() public view {
        uint256 count = 0;
        for (; _has(".statuses", count); ++count) {
            string memory place = _at(".statuses", count);
            bytes18 bureau = bytes18(bytes(_text(place, "bureau")));
            bytes32 list = bytes32(bytes(_text(place, "list")));
            bytes32 previous = _word(place, "previousHead");
            bytes32 digest = _word(place, "listDigest");
            bytes18 actor = bytes18(bytes(_text(place, "actor")));
            _checkSigned(place, AnchorHashes.statusHash(bureau, list, previous, digest, actor));
            bytes32 head = AnchorHashes.statusHead(previous, bureau, list, digest, uint64(_number(place, "time")));
            assertEq(head, _word(place, "head"), "head");
        }
        assertEq(count, 4, "vectors read");
    }

    function test_Names() public view {
        uint256 count = 0;
        for (; _has(".names", count); ++count) {
            string memory place = _at(".names", count);
            bytes32 word = _word(place, "word");
            assertEq(word, bytes32(bytes(_text(place, "text"))), "word");
            assertTrue(Names.isName(word), "name");
        }
        assertEq(count, 5, "names read");
        for (count = 0; _has(".badNames", count); ++count) {
            assertFalse(Names.isName(vm.parseJsonBytes32(_json, _at(".badNames", count))), "bad name");
        }
        assertEq(count, 8, "bad names read");
    }

    function test_CreditCodes() public view {
        uint256 count = 0;
        for (; _has(".creditCodes", count); ++count) {
            bytes memory code = bytes(vm.parseJsonString(_json, _at(".creditCodes", count)));
            assertTrue(Names.isCreditCode(bytes18(code)), "code");
        }
        assertEq(count, 3, "codes read");
        for (count = 0; _has(".badCreditCodes", count); ++count) {
            bytes memory code = bytes(vm.parseJsonString(_json, _at(".badCreditCodes", count)));
            assertFalse(Names.isCreditCode(bytes18(code)), "bad code");
        }
        assertEq(count, 4, "bad codes read");
    }

    function test_P256Keys() public view {
        uint256 count = 0;
        for (; _has(".p256Keys", count); ++count) {
            string memory place = _at(".p256Keys", count);
            bytes memory key = vm.parseJsonBytes(_json, string.concat(place, ".publicKey"));
            assertEq(P256Keys.thumbprintOf(key), _word(place, "thumbprint"), "thumbprint");
        }
        assertEq(count, 5, "keys read");
        for (count = 0; _has(".badP256Keys", count); ++count) {
            bytes memory key = vm.parseJsonBytes(_json, _at(".badP256Keys", count));
            assertEq(P256Keys.thumbprintOf(key), 0, "bad key");
        }
        assertEq(count, 5, "bad keys read");
    }

    /// @dev Digest by OpenZeppelin, from our struct hash; the signature must recover the vectors' address.
    function _checkSigned(string memory place, bytes32 structHash) private view {
        assertEq(structHash, _word(place, "structHash"), "struct hash");
        bytes32 digest = MessageHashUtils.toTypedDataHash(_word(place, "separator"), structHash);
        assertEq(digest, _word(place, "digest"), "digest");
        bytes memory signature = vm.parseJsonBytes(_json, string.concat(place, ".signature"));
        assertEq(signature.length, 65, "signature length");
        (bytes32 r, bytes32 s) = (_load(signature, 32), _load(signature, 64));
        address signer = ecrecover(digest, uint8(signature[64]), r, s);
        assertEq(signer, vm.parseJsonAddress(_json, ".address"), "signer");
    }

    function _load(bytes memory data, uint256 offset) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(data, offset))
        }
    }

    function _at(string memory list, uint256 index) private pure returns (string memory) {
        return string.concat(list, "[", vm.toString(index), "]");
    }

    function _has(string memory list, uint256 index) private view returns (bool) {
        return vm.keyExistsJson(_json, _at(list, index));
    }

    function _text(string memory place, string memory member) private view returns (string memory) {
        return vm.parseJsonString(_json, string.concat(place, ".", member));
    }

    function _word(string memory place, string memory member) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, string.concat(place, ".", member));
    }

    function _number(string memory place, string memory member) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(place, ".", member));
    }
}
