// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";
import {IRetirable} from "../governance/IRetirable.sol";

/// @title IAnchorLog
/// @notice Roots of certificate batches in order, and the newest state of each status list.
///
/// Any account may send a call; what counts is the EIP-712 signature inside it, made by an anchor key of the bureau.
/// Storage holds one chained head a lane and a list; the rest is in the events, and the heads prove that no event is
/// missing:
///
///     lane:   head' = keccak256(abi.encode(head, bureau, lane, sequence, root, size, manifestDigest, time))
///     status: head' = keccak256(abi.encode(previousHead, bureau, list, digest, time))
///
/// with `time` the block's timestamp as uint64 and the first head zero.
///
/// EIP-712 domain: name "Yinxin AnchorLog", version "1", chain id, this contract.
interface IAnchorLog is IRetirable {
    /// @notice A batch was anchored.
    /// @param bureau whose batch it is.
    /// @param lane certificate type, or a service lane.
    /// @param sequence 1, 2, 3 … in that lane.
    /// @param root RFC 9162 root over the leaves (SHA-256).
    /// @param size number of leaves.
    /// @param manifestDigest SHA-256 of the batch's public manifest.
    /// @param head of the lane after this batch.
    /// @param key that signed.
    event Anchored(
        bytes18 indexed bureau,
        bytes32 indexed lane,
        uint64 indexed sequence,
        bytes32 root,
        uint32 size,
        bytes32 manifestDigest,
        bytes32 head,
        address key
    );

    /// @notice A status list changed.
    /// @param bureau whose list it is.
    /// @param list name of the list.
    /// @param previousHead head that the change builds on.
    /// @param head after it.
    /// @param digest SHA-256 of the status list token.
    /// @param key that signed.
    event StatusAnchored(
        bytes18 indexed bureau, bytes32 indexed list, bytes32 previousHead, bytes32 head, bytes32 digest, address key
    );

    /// @notice A root must not be zero.
    error ZeroRoot();
    /// @notice A batch has at least one leaf.
    error EmptyBatch();
    /// @notice A digest must not be zero: batches of certificates carry a manifest, status lists a token.
    error ZeroDigest();
    /// @notice The name is not 1 to 32 printable ASCII characters padded with zeros.
    error BadName(bytes32 name);
    /// @notice Another sequence is next in that lane.
    error NotNext(bytes18 bureau, bytes32 lane, uint64 expected, uint64 given);
    /// @notice The list changed since; build on `current`.
    error StaleHead(bytes18 bureau, bytes32 list, bytes32 current, bytes32 given);
    /// @notice The bureau is not accredited for the lane now, or the signer is no anchor key of it in force.
    error MayNotAnchor(bytes18 bureau, bytes32 lane, address key);
    /// @notice The signer may not change statuses of the bureau now.
    error MayNotAnchorStatus(bytes18 bureau, bytes18 actor, address key);
    /// @notice The signature is not the authority's.
    error NotSignedByAuthority(address authority);
    /// @notice The address answers as no BureauRegistry.
    error BadRegistry(address registry);

    /// @notice Anchors a batch.
    /// @param bureau whose batch it is; accredited for the lane now, not suspended (service lanes: registered).
    /// @param lane certificate type, or a service lane.
    /// @param sequence the last one of the lane plus 1, so that no retry anchors twice.
    /// @param root RFC 9162 root over the leaves.
    /// @param size number of leaves, at least 1.
    /// @param manifestDigest SHA-256 of the public manifest; zero only in a service lane.
    /// @param signature EIP-712 over Anchor(bytes18 bureau,bytes32 lane,uint64 sequence,bytes32 root,uint32 size,
    /// bytes32 manifestDigest), 65 bytes r ‖ s ‖ v with low s.
    function anchor(
        bytes18 bureau,
        bytes32 lane,
        uint64 sequence,
        bytes32 root,
        uint32 size,
        bytes32 manifestDigest,
        bytes calldata signature
    ) external;

    /// @notice Replaces the state of a status list, if nobody else did meanwhile.
    /// @param bureau whose list it is.
    /// @param list name of the list.
    /// @param previousHead head the change builds on; zero for a new list.
    /// @param digest SHA-256 of the new status list token.
    /// @param actor who signs: the bureau; once it is succeeded, the bureau that answers for it; or zero for the
    /// authority, which may be a contract (ERC-1271).
    /// @param signature EIP-712 over Status(bytes18 bureau,bytes32 list,bytes32 previousHead,bytes32 digest,
    /// bytes18 actor).
    function anchorStatus(
        bytes18 bureau,
        bytes32 list,
        bytes32 previousHead,
        bytes32 digest,
        bytes18 actor,
        bytes calldata signature
    ) external;

    /// @notice Last sequence and head of a lane; zeros if nothing is anchored there.
    function laneHead(bytes18 bureau, bytes32 lane) external view returns (uint64 sequence, bytes32 head);

    /// @notice Head of a status list; zero if it has no state yet.
    function statusHead(bytes18 bureau, bytes32 list) external view returns (bytes32 head);

    /// @notice Where bureaus and keys are looked up.
    function registry() external view returns (IBureauRegistry);
}
