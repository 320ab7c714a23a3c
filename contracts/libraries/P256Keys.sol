// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title P256Keys
/// @notice Checks a compressed P-256 public key (SEC 1, 2.3.4) and computes its JWK thumbprint (RFC 7638).
library P256Keys {
    /// @dev Field prime and curve coefficients of NIST P-256 (FIPS 186-4, D.1.2.3).
    uint256 private constant _P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;
    uint256 private constant _A = _P - 3;
    uint256 private constant _B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b;

    /// @notice Thumbprint of the key.
    /// @param publicKey 33 bytes: 0x02 or 0x03, then x.
    /// @return thumbprint SHA-256 of the canonical JWK, or zero if the bytes are no point of the curve.
    function thumbprintOf(bytes memory publicKey) internal view returns (bytes32 thumbprint) {
        if (publicKey.length != 33) return 0;
        bytes1 prefix = publicKey[0];
        if (prefix != 0x02 && prefix != 0x03) return 0;
        uint256 x;
        assembly ("memory-safe") {
            x := mload(add(publicKey, 33))
        }
        if (x >= _P) return 0;
        uint256 ySquared = addmod(mulmod(addmod(mulmod(x, x, _P), _A, _P), x, _P), _B, _P);
        // P = 3 mod 4, so this power is a square root if there is one.
        uint256 y = Math.modExp(ySquared, (_P + 1) / 4, _P);
        if (mulmod(y, y, _P) != ySquared) return 0;
        if (y & 1 != uint8(prefix) & 1) y = _P - y;
        return sha256(
            abi.encodePacked(
                '{"crv":"P-256","kty":"EC","x":"',
                Base64.encodeURL(abi.encode(x)),
                '","y":"',
                Base64.encodeURL(abi.encode(y)),
                '"}'
            )
        );
    }
}
