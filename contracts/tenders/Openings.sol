// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "./ITenderBook.sol";
import {TenderHashes} from "./TenderHashes.sol";
import {TenderStore} from "./TenderStore.sol";

/// @title Openings
/// @notice The part of a TenderBook that fixes what is live and checks that exactly that is opened.
abstract contract Openings is TenderStore {
    /// @inheritdoc ITenderBook
    function close(uint64 tender, uint32 lot, uint8 envelope, uint32 most) external {
        (Tender storage entry, Lot storage line) = _knownLot(tender, lot);
        _checkClosable(entry, line, tender, lot, envelope);
        LiveSet memory set = line.liveSets[envelope];
        uint256 places = line.commitments.length;
        for (; most != 0 && set.cursor < places; --most) {
            bytes32 hash = line.commitments[set.cursor++];
            if (hash == 0) continue;
            ++set.count;
            set.digest = TenderHashes.liveSetWith(set.digest, hash);
        }
        line.liveSets[envelope] = set;
        if (set.cursor < places) return;
        emit EnvelopeClosed(tender, lot, envelope, set.digest, set.count);
        if (set.count < (envelope == 1 ? entry.minimumBids : 1)) {
            _endLot(entry, line, Phase.Failed);
            emit LotFailed(tender, lot, 0);
        } else {
            _enter(line, envelope == 1 ? Phase.Closed : Phase.PriceClosed);
        }
    }

    /// @inheritdoc ITenderBook
    function open(uint64 tender, uint32 lot, uint8 envelope, bytes calldata signature, bytes32 keysDigest) external {
        (Tender storage entry, Lot storage line) = _knownLot(tender, lot);
        _checkDigest(keysDigest);
        _checkClosed(entry, line, tender, lot, envelope);
        if (_now() < entry.openAt) revert TooEarly(entry.openAt, _now());
        bytes32 message = _message(line, tender, lot, envelope);
        if (!keyHolders.verify(entry.ceremony, message, signature)) revert BadOpening(message);
        _enter(line, envelope == 1 ? Phase.Opened : Phase.PriceOpened);
        emit EnvelopeOpened(tender, lot, envelope, signature, keysDigest);
    }

    function _message(Lot storage line, uint64 tender, uint32 lot, uint8 envelope) private view returns (bytes32) {
        LiveSet storage set = line.liveSets[envelope];
        return TenderHashes.liveSetMessage(genesis, address(this), tender, lot, envelope, set.count, set.digest);
    }

    /// @dev The first envelope once bids can change no more in any way; the second once the review is known.
    function _checkClosable(Tender storage entry, Lot storage line, uint64 tender, uint32 lot, uint8 envelope)
        private
        view
    {
        Phase phase = _phase(entry, line);
        if (envelope == 2 && entry.envelopes == 2) {
            if (phase != Phase.Reviewed) revert WrongPhase(phase);
            return;
        }
        if (envelope != 1) revert UnknownLot(tender, lot, envelope);
        if (phase != Phase.Bidding) revert WrongPhase(phase);
        if (_now() <= entry.deadline) revert DeadlineNotOver(entry.deadline, _now());
        uint64 settled = _settledAt(entry);
        if (settled == 0) revert NotSettled(tender);
        if (_now() <= settled + entry.revealWindow) revert TooEarly(settled + entry.revealWindow + 1, _now());
    }

    function _checkClosed(Tender storage entry, Lot storage line, uint64 tender, uint32 lot, uint8 envelope)
        private
        view
    {
        if (envelope == 0 || envelope > entry.envelopes) revert UnknownLot(tender, lot, envelope);
        Phase phase = _phase(entry, line);
        if (phase != (envelope == 1 ? Phase.Closed : Phase.PriceClosed)) revert WrongPhase(phase);
    }
}
