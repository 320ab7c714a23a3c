// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Bls12381
/// @notice BLS signatures on G1 with public keys on G2, by the precompiles of EIP-2537 (fork Prague or later).
///
/// Ciphersuite BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_: hash to curve as in RFC 9380, section 8.8.1. Points are
/// encoded as in EIP-2537: a field element is 64 bytes, the first 16 of them zero.
library Bls12381 {
    uint256 internal constant G1_LENGTH = 128;
    uint256 internal constant G2_LENGTH = 256;

    /// @dev Domain separation tag and its length, as expand_message_xmd appends them (RFC 9380, 5.3.1).
    bytes private constant _DST_PRIME = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_\x2b";

    uint256 private constant _MODEXP = 0x05;
    uint256 private constant _G1_ADD = 0x0b;
    uint256 private constant _G2_MSM = 0x0e;
    uint256 private constant _PAIRING = 0x0f;
    uint256 private constant _MAP_FP_TO_G1 = 0x10;

    /// @dev A precompile that refuses its input keeps all gas it was given: the price of two pairings, and of the rest.
    uint256 private constant _PAIRING_GAS = 102_900;
    uint256 private constant _OTHER_GAS = 22_500;

    /// @dev Base field prime, in the 16 high bytes that are used and the 32 low ones.
    bytes private constant _P =
        hex"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    /// @dev The generator of G2 with y negated.
    bytes private constant _NEGATED_G2 = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @notice True if `signature` is the BLS signature of `message` by `publicKey`.
    /// @dev False, never a revert, for whatever is no point of its group; infinity counts as none.
    /// @param publicKey point of G2, 256 bytes; checked before with {isPublicKey}.
    /// @param message what was signed, 32 bytes.
    /// @param signature point of G1, 128 bytes.
    function verify(bytes memory publicKey, bytes32 message, bytes memory signature) internal view returns (bool) {
        if (publicKey.length != G2_LENGTH || signature.length != G1_LENGTH) return false;
        if (_isZero(signature) || _isZero(publicKey)) return false;
        // e(signature, -G2) · e(H(message), publicKey) = 1; the precompile checks curve, subgroup and encoding.
        return _pairing(bytes.concat(signature, _NEGATED_G2, hashToG1(message), publicKey));
    }

    /// @notice True if `publicKey` is a point of the right subgroup of G2 and not infinity.
    function isPublicKey(bytes memory publicKey) internal view returns (bool) {
        if (publicKey.length != G2_LENGTH || _isZero(publicKey)) return false;
        // Of the operations on G2 only the multiplications check the subgroup (EIP-2537, "Subgroup check").
        (bool done, bytes memory same) =
            _call(_G2_MSM, _OTHER_GAS, bytes.concat(publicKey, bytes32(uint256(1))), G2_LENGTH);
        return done && keccak256(same) == keccak256(publicKey);
    }

    /// @notice hash_to_curve of a message of 32 bytes (RFC 9380, section 3): a point of G1, 128 bytes.
    function hashToG1(bytes32 message) internal view returns (bytes memory point) {
        (bytes memory first, bytes memory second) = _hashToField(message);
        bool done;
        (done, first) = _call(_MAP_FP_TO_G1, _OTHER_GAS, first, G1_LENGTH);
        assert(done);
        (done, second) = _call(_MAP_FP_TO_G1, _OTHER_GAS, second, G1_LENGTH);
        assert(done);
        // The precompile clears the cofactor of each; their sum needs no further clearing.
        (done, point) = _call(_G1_ADD, _OTHER_GAS, bytes.concat(first, second), G1_LENGTH);
        assert(done);
    }

    /// @dev hash_to_field with count 2, m 1, L 64 (RFC 9380, 5.2), over expand_message_xmd of 128 bytes (5.3.1).
    function _hashToField(bytes32 message) private view returns (bytes memory first, bytes memory second) {
        bytes32 b0 = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(128), uint8(0), _DST_PRIME));
        bytes32 b1 = sha256(abi.encodePacked(b0, uint8(1), _DST_PRIME));
        bytes32 b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), _DST_PRIME));
        bytes32 b3 = sha256(abi.encodePacked(b0 ^ b2, uint8(3), _DST_PRIME));
        bytes32 b4 = sha256(abi.encodePacked(b0 ^ b3, uint8(4), _DST_PRIME));
        first = _reduce(b1, b2);
        second = _reduce(b3, b4);
    }

    /// @dev 64 bytes modulo the field's prime, encoded in 64 bytes: a power with exponent 1 (EIP-198).
    function _reduce(bytes32 high, bytes32 low) private view returns (bytes memory) {
        (bool done, bytes memory remainder) = _call(
            _MODEXP, _OTHER_GAS, abi.encodePacked(uint256(64), uint256(1), uint256(48), high, low, uint8(1), _P), 48
        );
        assert(done);
        return bytes.concat(bytes16(0), remainder);
    }

    function _pairing(bytes memory input) private view returns (bool) {
        (bool done, bytes memory output) = _call(_PAIRING, _PAIRING_GAS, input, 32);
        return done && abi.decode(output, (uint256)) == 1;
    }

    /// @dev Calls a precompile; false if it refuses the input or is not there.
    function _call(uint256 precompile, uint256 price, bytes memory input, uint256 length)
        private
        view
        returns (bool done, bytes memory output)
    {
        output = new bytes(length);
        assembly ("memory-safe") {
            done := staticcall(price, precompile, add(input, 32), mload(input), add(output, 32), length)
            done := and(done, eq(returndatasize(), length))
        }
    }

    function _isZero(bytes memory data) private pure returns (bool) {
        return keccak256(data) == keccak256(new bytes(data.length));
    }
}
