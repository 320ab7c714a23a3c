// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What halmos adds to the cheat codes, at its fixed address.
interface Svm {
    function createAddress(string memory name) external pure returns (address);
    function createBytes(uint256 size, string memory name) external pure returns (bytes memory);
    function createUint(uint256 bits, string memory name) external pure returns (uint256);
    function enableSymbolicStorage(address target) external;
}
