// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title AnchorHashes
/// @notice What anchor keys sign and how heads chain. One definition for the contract and its tests.
library AnchorHashes {
    bytes32 internal constant ANCHOR_TYPEHASH = keccak256(
        "Anchor(bytes18 bureau,bytes32 lane,uint64 sequence,bytes32 root,uint32 size,bytes32 manifestDigest)"
    );
    bytes32 internal constant STATUS_TYPEHASH =
        keccak256("Status(bytes18 bureau,bytes32 list,bytes32 previousHead,bytes32 digest,bytes18 actor)");

    /// @notice EIP-712 struct hash of an Anchor.
    function anchorHash(
        bytes18 bureau,
        bytes32 lane,
        uint64 sequence,
        bytes32 root,
        uint32 size,
        bytes32 manifestDigest
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANCHOR_TYPEHASH, bureau, lane, sequence, root, size, manifestDigest));
    }

    /// @notice EIP-712 struct hash of a Status.
    function statusHash(bytes18 bureau, bytes32 list, bytes32 previousHead, bytes32 digest, bytes18 actor)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(STATUS_TYPEHASH, bureau, list, previousHead, digest, actor));
    }

    /// @notice Head of a lane after an anchor.
    function laneHead(
        bytes32 head,
        bytes18 bureau,
        bytes32 lane,
        uint64 sequence,
        bytes32 root,
        uint32 size,
        bytes32 manifestDigest,
        uint64 time
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(head, bureau, lane, sequence, root, size, manifestDigest, time));
    }

    /// @notice Head of a status list after a change.
    function statusHead(bytes32 previousHead, bytes18 bureau, bytes32 list, bytes32 digest, uint64 time)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(previousHead, bureau, list, digest, time));
    }
}
