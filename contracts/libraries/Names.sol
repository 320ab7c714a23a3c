// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Names
/// @notice Form of the short ASCII names that travel in fixed bytes: lanes, status lists, bureau codes.
library Names {
    /// @dev Alphabet of the unified social credit code: digits and capitals without I, O, S, V, Z (GB 32100-2015, 4).
    bytes31 private constant _USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// @notice True if `name` is one to 32 printable ASCII characters without space, then only zero bytes.
    function isName(bytes32 name) internal pure returns (bool) {
        if (name == 0) return false;
        bool ended = false;
        for (uint256 i = 0; i < 32; ++i) {
            uint8 c = uint8(name[i]);
            if (c == 0) {
                if (i == 0) return false;
                ended = true;
            } else if (ended || c < 0x21 || c > 0x7E) {
                return false;
            }
        }
        return true;
    }

    /// @notice True if the lane begins with `$`: open to every registered bureau, without accreditation.
    function isServiceLane(bytes32 lane) internal pure returns (bool) {
        return lane[0] == "$";
    }

    /// @notice True if `code` is a unified social credit code with its right check character (GB 32100-2015, 5).
    /// @dev Weights are powers of 3 modulo 31; the weighted sum of all 18 characters is 0 modulo 31.
    function isCreditCode(bytes18 code) internal pure returns (bool) {
        uint256 sum = 0;
        uint256 weight = 1;
        for (uint256 i = 0; i < 18; ++i) {
            (bool known, uint256 value) = _creditValue(code[i]);
            if (!known) return false;
            sum += value * weight;
            weight = (weight * 3) % 31;
            // The last character is added with weight 1, whatever the power would be.
            if (i == 16) weight = 1;
        }
        return sum % 31 == 0;
    }

    function _creditValue(bytes1 c) private pure returns (bool, uint256) {
        for (uint256 value = 0; value < 31; ++value) {
            if (_USCC_ALPHABET[value] == c) return (true, value);
        }
        return (false, 0);
    }
}
