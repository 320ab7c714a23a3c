// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "./ITenderBook.sol";

/// @title TenderHashes
/// @notice What key holders, bidders and custodians sign: docs/formats/tender-digests.md, for contracts and tests.
library TenderHashes {
    /// @dev Lane of BureauRegistry whose accreditation allows a bureau to publish tenders.
    bytes32 internal constant LANE = "tenders";

    bytes32 internal constant TAG_BID = "yinxin-bid-v1";
    bytes32 internal constant TAG_LIVE_SET = "yinxin-live-set-v1";
    bytes32 internal constant TAG_ROLL_CALL = "yinxin-roll-call-v1";
    bytes32 internal constant TAG_KIND = "yinxin-kind-v1";

    uint8 internal constant KIND_BID = 1;
    uint8 internal constant KIND_DECOY = 2;

    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant DOMAIN_NAME = keccak256("Yinxin TenderBook");
    bytes32 internal constant DOMAIN_VERSION = keccak256("1");
    bytes32 internal constant COMMITMENT_TYPEHASH = keccak256(
        "Commitment(uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,bytes32 kindDigest,bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2)"
    );
    bytes32 internal constant CUSTODY_TYPEHASH = keccak256("Custody(bytes32 commitment)");
    bytes32 internal constant WITHDRAWAL_TYPEHASH =
        keccak256("Withdrawal(uint64 tender,uint32 lot,address bidder,uint32 version,uint64 notAfter)");
    bytes32 internal constant MOVE_TYPEHASH =
        keccak256("Move(uint64 tender,uint32 lot,address bidder,address successor,uint32 version,uint64 notAfter)");

    // ------------------------------------------------------------------ threshold signatures

    /// @notice Identity of a sealed bid: what lock 1 encrypts to, and what the holders sign to open it.
    function bidMessage(
        bytes32 genesis,
        address book,
        uint64 tender,
        uint32 lot,
        uint8 envelope,
        address bidder,
        uint32 version
    ) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(TAG_BID, genesis, book, tender, lot, envelope, bidder, version));
    }

    /// @notice What the holders sign to open a live set.
    function liveSetMessage(
        bytes32 genesis,
        address book,
        uint64 tender,
        uint32 lot,
        uint8 envelope,
        uint32 count,
        bytes32 digest
    ) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(TAG_LIVE_SET, genesis, book, tender, lot, envelope, count, digest));
    }

    /// @notice What the holders sign at a roll call.
    function rollCallMessage(bytes32 genesis, address keyHolders, uint64 ceremony, uint32 counter)
        internal
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked(TAG_ROLL_CALL, genesis, keyHolders, ceremony, counter));
    }

    // ------------------------------------------------------------------ digests

    /// @notice Digest of a live set with one more commitment; that of the empty set is zero.
    function liveSetWith(bytes32 digest, bytes32 commitment) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(digest, commitment));
    }

    /// @notice Salted digest of what a commitment is, a bid or a decoy.
    function kindDigest(
        address book,
        uint64 tender,
        uint32 lot,
        address bidder,
        uint8 kind,
        address custodian,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(TAG_KIND, book, tender, lot, bidder, kind, custodian, salt));
    }

    // ------------------------------------------------------------------ EIP-712

    /// @notice Domain separator of a book on this chain. Computed each time: the chain's id may change at a fork.
    function separator(address book) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, book));
    }

    /// @notice Commitment hash: what custodians sign and live sets are made of.
    function commitmentHash(ITenderBook.Commitment memory commitment) internal pure returns (bytes32) {
        return keccak256(abi.encode(COMMITMENT_TYPEHASH, commitment));
    }

    /// @notice Struct hash of a Custody.
    function custodyHash(bytes32 commitment) internal pure returns (bytes32) {
        return keccak256(abi.encode(CUSTODY_TYPEHASH, commitment));
    }

    /// @notice Struct hash of a Withdrawal.
    function withdrawalHash(uint64 tender, uint32 lot, address bidder, uint32 version, uint64 notAfter)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(WITHDRAWAL_TYPEHASH, tender, lot, bidder, version, notAfter));
    }

    /// @notice Struct hash of a Move.
    function moveHash(uint64 tender, uint32 lot, address bidder, address successor, uint32 version, uint64 notAfter)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(MOVE_TYPEHASH, tender, lot, bidder, successor, version, notAfter));
    }
}
