// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ITenderBook} from "./ITenderBook.sol";
import {TenderHashes} from "./TenderHashes.sol";
import {TenderStore} from "./TenderStore.sol";

/// @title Bids
/// @notice The part of a TenderBook about bids until the deadline, and decoys after it.
abstract contract Bids is TenderStore {
    /// @inheritdoc ITenderBook
    function submit(Commitment calldata commitment, bytes calldata signature, bytes calldata custody) external {
        (Tender storage tender, Lot storage line) = _bidding(commitment.tender, commitment.lot, commitment.notAfter);
        _checkCommitment(commitment, tender.envelopes);
        bytes32 hash = TenderHashes.commitmentHash(commitment);
        _checkSigner(commitment.bidder, hash, signature);
        address custodian = _signer(TenderHashes.custodyHash(hash), custody);
        if (!tender.custodians[custodian]) revert NotCustodian(custodian);
        uint32 place = _enterBid(line, commitment, hash);
        emit BidCommitted(commitment.tender, commitment.lot, commitment.bidder, place, hash, commitment, custodian);
    }

    /// @inheritdoc ITenderBook
    function withdraw(
        uint64 tender,
        uint32 lot,
        address bidder,
        uint32 version,
        uint64 notAfter,
        bytes calldata signature
    ) external {
        (, Lot storage line) = _bidding(tender, lot, notAfter);
        Entry storage entry = _live(line, bidder);
        _checkVersion(entry.version, version);
        address signer = _signer(TenderHashes.withdrawalHash(tender, lot, bidder, version, notAfter), signature);
        if (signer != bidder && signer != entry.recovery) revert NotSignedBy(bidder, signer);
        entry.version = version;
        _remove(line, entry);
        emit BidWithdrawn(tender, lot, bidder, entry.place, version, signer);
    }

    /// @inheritdoc ITenderBook
    function move(
        uint64 tender,
        uint32 lot,
        address bidder,
        address successor,
        uint32 version,
        uint64 notAfter,
        bytes calldata byRecovery,
        bytes calldata bySuccessor
    ) external {
        (, Lot storage line) = _bidding(tender, lot, notAfter);
        Entry storage entry = _live(line, bidder);
        _checkVersion(entry.version, version);
        if (line.entries[successor].version != 0 || successor == entry.recovery) revert AddressTaken(successor);
        bytes32 hash = TenderHashes.moveHash(tender, lot, bidder, successor, version, notAfter);
        _checkSigner(entry.recovery, hash, byRecovery);
        _checkSigner(successor, hash, bySuccessor);
        line.entries[successor] =
            Entry({recovery: entry.recovery, version: version, place: entry.place, live: true, moved: false});
        entry.version = version;
        entry.live = false;
        entry.moved = true;
        emit BidMoved(tender, lot, bidder, successor, entry.place, version);
    }

    /// @inheritdoc ITenderBook
    function revealDecoy(Commitment calldata commitment, bytes32 salt) external {
        (Tender storage tender, Lot storage line) = _knownLot(commitment.tender, commitment.lot);
        if (tender.cancelled) revert AlreadyEnded(commitment.tender);
        if (_now() <= tender.deadline) revert DeadlineNotOver(tender.deadline, _now());
        uint64 settled = _settledAt(tender);
        if (settled == 0) revert NotSettled(commitment.tender);
        if (_now() > settled + tender.revealWindow) revert TooLate(settled + tender.revealWindow, _now());
        if (!tender.custodians[msg.sender]) revert NotCustodian(msg.sender);

        Entry storage entry = _live(line, commitment.bidder);
        if (
            line.commitments[entry.place - 1] != TenderHashes.commitmentHash(commitment)
                || commitment.kindDigest
                    != TenderHashes.kindDigest(
                        address(this),
                        commitment.tender,
                        commitment.lot,
                        commitment.bidder,
                        TenderHashes.KIND_DECOY,
                        msg.sender,
                        salt
                    )
        ) revert NotDecoy(commitment.bidder);
        _remove(line, entry);
        emit DecoyRevealed(commitment.tender, commitment.lot, commitment.bidder, entry.place, msg.sender, salt);
    }

    /// @dev A new place, or the bidder's old one.
    function _enterBid(Lot storage line, Commitment calldata commitment, bytes32 hash) private returns (uint32 place) {
        Entry memory entry = line.entries[commitment.bidder];
        if (entry.moved) revert AddressTaken(commitment.bidder);
        _checkVersion(entry.version, commitment.version);
        if (entry.place == 0) {
            line.commitments.push(hash);
            entry.place = uint32(line.commitments.length);
            entry.recovery = commitment.recovery;
        } else {
            if (commitment.recovery != entry.recovery) revert BadCommitment("recovery");
            line.commitments[entry.place - 1] = hash;
        }
        entry.version = commitment.version;
        entry.live = true;
        line.entries[commitment.bidder] = entry;
        return entry.place;
    }

    // ------------------------------------------------------------------ checks

    function _bidding(uint64 tender, uint32 lot, uint64 notAfter)
        private
        view
        returns (Tender storage entry, Lot storage line)
    {
        (entry, line) = _knownLot(tender, lot);
        _checkBidding(entry, tender);
        if (_now() > notAfter) revert MessageExpired(notAfter, _now());
    }

    function _checkCommitment(Commitment calldata commitment, uint8 envelopes) private pure {
        if (commitment.recovery == address(0) || commitment.recovery == commitment.bidder) {
            revert BadCommitment("recovery");
        }
        if (commitment.kindDigest == 0) revert BadCommitment("kindDigest");
        if (commitment.file1 == 0 || commitment.size1 == 0 || commitment.form1 == 0) revert BadCommitment("file1");
        bool some = commitment.file2 != 0 || commitment.size2 != 0 || commitment.form2 != 0;
        bool whole = commitment.file2 != 0 && commitment.size2 != 0 && commitment.form2 != 0;
        if (envelopes == 2 ? !whole : some) revert BadCommitment("file2");
    }

    function _checkVersion(uint32 last, uint32 given) private pure {
        if (given != last + 1) revert NotNextVersion(last + 1, given);
    }

    function _live(Lot storage line, address bidder) private view returns (Entry storage entry) {
        entry = line.entries[bidder];
        if (!entry.live) revert NotLive(bidder);
    }

    function _remove(Lot storage line, Entry storage entry) private {
        entry.live = false;
        line.commitments[entry.place - 1] = 0;
    }

    function _checkSigner(address expected, bytes32 structHash, bytes calldata signature) private view {
        address signer = _signer(structHash, signature);
        if (signer != expected) revert NotSignedBy(expected, signer);
    }

    function _signer(bytes32 structHash, bytes calldata signature) private view returns (address) {
        return ECDSA.recoverCalldata(
            MessageHashUtils.toTypedDataHash(TenderHashes.separator(address(this)), structHash), signature
        );
    }
}
