// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";
import {Retirable} from "../governance/Retirable.sol";
import {Names} from "../libraries/Names.sol";
import {AnchorHashes} from "./AnchorHashes.sol";
import {IAnchorLog} from "./IAnchorLog.sol";

/// @title AnchorLog
/// @notice See {IAnchorLog}.
contract AnchorLog is IAnchorLog, Retirable, EIP712 {
    struct Lane {
        uint64 sequence;
        bytes32 head;
    }

    /// @inheritdoc IAnchorLog
    IBureauRegistry public immutable override registry;

    mapping(bytes18 bureau => mapping(bytes32 lane => Lane)) private _lanes;
    mapping(bytes18 bureau => mapping(bytes32 list => bytes32 head)) private _statusHeads;

    /// @param registry_ where bureaus and keys are looked up; its authority and delay govern this log too.
    constructor(IBureauRegistry registry_) Retirable(_delayOf(registry_)) EIP712("Yinxin AnchorLog", "1") {
        registry = registry_;
    }

    /// @inheritdoc IAnchorLog
    function anchor(
        bytes18 bureau,
        bytes32 lane,
        uint64 sequence,
        bytes32 root,
        uint32 size,
        bytes32 manifestDigest,
        bytes calldata signature
    ) external whileOpen {
        if (root == 0) revert ZeroRoot();
        if (size == 0) revert EmptyBatch();
        if (manifestDigest == 0 && !Names.isServiceLane(lane)) revert ZeroDigest();
        Lane storage line = _lanes[bureau][lane];
        uint64 next = line.sequence + 1;
        if (sequence != next) revert NotNext(bureau, lane, next, sequence);
        if (sequence == 1 && !Names.isName(lane)) revert BadName(lane);
        address key = ECDSA.recoverCalldata(
            _hashTypedDataV4(AnchorHashes.anchorHash(bureau, lane, sequence, root, size, manifestDigest)), signature
        );
        if (!registry.mayAnchor(bureau, lane, key, uint64(block.timestamp))) revert MayNotAnchor(bureau, lane, key);

        bytes32 head = AnchorHashes.laneHead(
            line.head, bureau, lane, sequence, root, size, manifestDigest, uint64(block.timestamp)
        );
        line.sequence = sequence;
        line.head = head;
        emit Anchored(bureau, lane, sequence, root, size, manifestDigest, head, key);
    }

    /// @inheritdoc IAnchorLog
    function anchorStatus(
        bytes18 bureau,
        bytes32 list,
        bytes32 previousHead,
        bytes32 digest,
        bytes18 actor,
        bytes calldata signature
    ) external whileOpen {
        if (digest == 0) revert ZeroDigest();
        bytes32 current = _statusHeads[bureau][list];
        if (previousHead != current) revert StaleHead(bureau, list, current, previousHead);
        if (current == 0 && !Names.isName(list)) revert BadName(list);
        address key = _statusSigner(
            _hashTypedDataV4(AnchorHashes.statusHash(bureau, list, previousHead, digest, actor)), actor, signature
        );
        if (!registry.mayAnchorStatus(bureau, actor, key, uint64(block.timestamp))) {
            revert MayNotAnchorStatus(bureau, actor, key);
        }

        bytes32 head = AnchorHashes.statusHead(previousHead, bureau, list, digest, uint64(block.timestamp));
        _statusHeads[bureau][list] = head;
        emit StatusAnchored(bureau, list, previousHead, head, digest, key);
    }

    /// @inheritdoc IAnchorLog
    function laneHead(bytes18 bureau, bytes32 lane) external view returns (uint64 sequence, bytes32 head) {
        Lane storage line = _lanes[bureau][lane];
        return (line.sequence, line.head);
    }

    /// @inheritdoc IAnchorLog
    function statusHead(bytes18 bureau, bytes32 list) external view returns (bytes32 head) {
        return _statusHeads[bureau][list];
    }

    function _authority() internal view override returns (address) {
        return registry.authority();
    }

    /// @dev A bureau's key is recovered from the signature; the authority is known and may be a contract.
    function _statusSigner(bytes32 digest, bytes18 actor, bytes calldata signature) private view returns (address) {
        if (actor != 0) return ECDSA.recoverCalldata(digest, signature);
        address authority = registry.authority();
        if (!SignatureChecker.isValidSignatureNowCalldata(authority, digest, signature)) {
            revert NotSignedByAuthority(authority);
        }
        return authority;
    }

    function _delayOf(IBureauRegistry registry_) private view returns (uint48) {
        if (address(registry_).code.length == 0) revert BadRegistry(address(registry_));
        return registry_.retirementDelay();
    }
}
