// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title BlockHeaders
/// @notice Reads what we need of an RLP block header, and asks the chain for hashes of recent blocks.
library BlockHeaders {
    struct Header {
        bytes32 hash;
        bytes32 parentHash;
        uint256 number;
        uint256 time;
    }

    /// @notice Where EIP-2935 keeps the hashes of the last 8,191 blocks.
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @dev Places of members in a header (Yellow Paper, 4.4.3).
    uint256 private constant _NUMBER = 8;
    uint256 private constant _TIME = 11;

    /// @notice How many blocks back a hash can be had on this chain.
    function lookBack() internal view returns (uint256) {
        return HISTORY.code.length == 0 ? 256 : 8191;
    }

    /// @notice Hash of a recent block; zero if it is too old or not there yet.
    /// @dev The history contract is asked first: what it keeps is state, so a node that was started anew from a snapshot
    /// still has it, while BLOCKHASH may have lost the blocks before.
    function hashOf(uint256 number) internal view returns (bytes32) {
        if (number >= block.number) return 0;
        (bool done, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
        bytes32 kept = done && answer.length == 32 ? abi.decode(answer, (bytes32)) : bytes32(0);
        return kept == 0 ? blockhash(number) : kept;
    }

    /// @notice Parses a header.
    /// @dev Reads no more than it needs: the caller compares the hash with the chain's, and only a true header has it.
    /// @return header all zero if the bytes are no header.
    function parse(bytes calldata rlp) internal pure returns (Header memory header) {
        // A list of 256 to 65,535 bytes, then the parent's hash as a string of 32.
        if (rlp.length < 36 || rlp[0] != 0xf9 || rlp[3] != 0xa0) return header;
        uint256 cursor = 3;
        uint256 number;
        for (uint256 i = 0; i <= _TIME; ++i) {
            if (cursor >= rlp.length) return header;
            uint256 first = uint8(rlp[cursor]);
            uint256 start = cursor;
            uint256 length = 1;
            if (first >= 0xc0) return header;
            if (first >= 0xb8) {
                uint256 width = first - 0xb7;
                if (cursor + 1 + width > rlp.length) return header;
                length = _integer(rlp[cursor + 1:cursor + 1 + width]);
                start = cursor + 1 + width;
            } else if (first >= 0x80) {
                length = first - 0x80;
                start = cursor + 1;
            }
            if (length > rlp.length || start + length > rlp.length) return header;
            if ((i == _NUMBER || i == _TIME) && length > 8) return header;
            if (i == _NUMBER) number = _integer(rlp[start:start + length]);
            if (i == _TIME) header.time = _integer(rlp[start:start + length]);
            cursor = start + length;
        }
        header.hash = keccak256(rlp);
        header.parentHash = bytes32(rlp[4:36]);
        header.number = number;
    }

    function _integer(bytes calldata digits) private pure returns (uint256 value) {
        for (uint256 i = 0; i < digits.length; ++i) {
            value = (value << 8) | uint8(digits[i]);
        }
    }
}
