// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ITenderEnds
/// @notice What the registry of key holders asks a book before a share may be destroyed.
interface ITenderEnds {
    /// @notice True once nothing of the tender can be opened any more: each lot is contracted or failed, or all is cancelled.
    function ended(uint64 tender) external view returns (bool);

    /// @notice How many tenders of the book that use this ceremony's key have not ended.
    function running(uint64 ceremony) external view returns (uint256);
}
