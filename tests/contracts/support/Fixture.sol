// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorHashes} from "../../../contracts/anchoring/AnchorHashes.sol";
import {AnchorLog} from "../../../contracts/anchoring/AnchorLog.sol";
import {BureauRegistry} from "../../../contracts/governance/BureauRegistry.sol";
import {IBureauRegistry} from "../../../contracts/governance/IBureauRegistry.sol";
import {Test} from "./Test.sol";

/// @notice Actors, contracts and shorthands shared by the tests.
abstract contract Fixture is Test {
    uint48 internal constant DELAY = 2 days;
    uint64 internal constant START = 1_767_225_600; // 2026-01-01T00:00:00Z

    bytes18 internal constant MARKET = "11440100000000001F";
    bytes18 internal constant HEALTH = "11440100000000002J";
    bytes32 internal constant LICENCE = "11100000MB0143028R001";
    bytes32 internal constant PERMIT = "11100000MB0143028R002";
    bytes32 internal constant EVENTS = "$events";
    bytes32 internal constant LIST = "list-1";

    uint256 internal constant MARKET_PK = 0xA1;
    uint256 internal constant HEALTH_PK = 0xA2;
    uint256 internal constant AUTHORITY_PK = 0xA3;

    address internal authority = vm.addr(AUTHORITY_PK);
    address internal stranger = address(0x5744);

    BureauRegistry internal registry;
    AnchorLog internal log;

    function setUp() public virtual {
        vm.warp(START);
        registry = new BureauRegistry(authority, DELAY);
        log = new AnchorLog(registry);
    }

    // ------------------------------------------------------------------ shorthands

    /// @notice Registers MARKET and HEALTH, each with an anchor key; MARKET accredited for LICENCE. Ends a second later.
    function _populate() internal {
        vm.startPrank(authority);
        registry.registerBureau(MARKET, unicode"示例市市场监督管理局", keccak256("market"));
        registry.registerBureau(HEALTH, unicode"示例市卫生健康委员会", keccak256("health"));
        registry.accredit(MARKET, LICENCE, 0, 0);
        registry.addKey(MARKET, _thumb(MARKET_PK), IBureauRegistry.Purpose.Anchor, "", 0, 0);
        registry.addKey(HEALTH, _thumb(HEALTH_PK), IBureauRegistry.Purpose.Anchor, "", 0, 0);
        vm.stopPrank();
        _pass(1);
    }

    function _pass(uint256 secs) internal {
        vm.warp(block.timestamp + secs);
    }

    function _now() internal view returns (uint64) {
        return uint64(block.timestamp);
    }

    function _thumb(uint256 pk) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(vm.addr(pk))));
    }

    function _asAuthority() internal {
        vm.prank(authority);
    }

    // ------------------------------------------------------------------ signatures

    function _separator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Yinxin AnchorLog"),
                keccak256("1"),
                block.chainid,
                address(log)
            )
        );
    }

    function _sign(uint256 pk, bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(pk, keccak256(abi.encodePacked(hex"1901", _separator(), structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _signAnchor(uint256 pk, bytes18 uscc, bytes32 lane, uint64 sequence, bytes32 root)
        internal
        view
        returns (bytes memory)
    {
        return _sign(pk, AnchorHashes.anchorHash(uscc, lane, sequence, root, 7, keccak256("manifest")));
    }

    /// @notice Anchors `root` with 7 leaves, signed by `pk`.
    function _anchor(uint256 pk, bytes18 uscc, bytes32 lane, uint64 sequence, bytes32 root) internal {
        log.anchor(uscc, lane, sequence, root, 7, keccak256("manifest"), _signAnchor(pk, uscc, lane, sequence, root));
    }

    function _status(uint256 pk, bytes18 uscc, bytes32 list, bytes32 previous, bytes32 digest, bytes18 actor) internal {
        bytes memory signature = _sign(pk, AnchorHashes.statusHash(uscc, list, previous, digest, actor));
        log.anchorStatus(uscc, list, previous, digest, actor, signature);
    }

    // ------------------------------------------------------------------ made-up values

    /// @notice A P-256 key: its compressed public key and thumbprint, computed apart from the contract.
    function _p256(uint256 secret) internal pure returns (bytes memory publicKey, bytes32 thumbprint) {
        (uint256 x, uint256 y) = vm.publicKeyP256(secret);
        publicKey = abi.encodePacked(y & 1 == 0 ? bytes1(0x02) : bytes1(0x03), x);
        thumbprint =
            sha256(abi.encodePacked('{"crv":"P-256","kty":"EC","x":"', _base64url(x), '","y":"', _base64url(y), '"}'));
    }

    /// @notice base64url of 32 bytes without padding, character by character (RFC 4648, 5).
    function _base64url(uint256 value) private pure returns (bytes memory text) {
        bytes memory alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        text = new bytes(43);
        // 256 bits are 42 characters of 6 bits and one of the last 4, filled with two zero bits.
        for (uint256 i = 0; i < 42; ++i) {
            text[i] = alphabet[(value >> (250 - 6 * i)) & 63];
        }
        text[42] = alphabet[(value & 15) << 2];
    }

    /// @notice A well-formed credit code of our own region for any number.
    function _uscc(uint256 seed) internal pure returns (bytes18) {
        bytes memory alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        bytes memory code = "11440100000000000";
        uint256 sum = 0;
        uint256 weight = 1;
        for (uint256 i = 0; i < 17; ++i) {
            if (i >= 8) {
                code[i] = alphabet[seed % 31];
                seed /= 31;
            }
            for (uint256 value = 0; value < 31; ++value) {
                if (alphabet[value] == code[i]) sum += value * weight;
            }
            weight = weight * 3 % 31;
        }
        return bytes18(abi.encodePacked(code, alphabet[(31 - sum % 31) % 31]));
    }
}
