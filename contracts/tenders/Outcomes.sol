// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "./ITenderBook.sol";
import {TenderStore} from "./TenderStore.sol";

/// @title Outcomes
/// @notice The part of a TenderBook between and after the openings: the technical result, failing, going on.
abstract contract Outcomes is TenderStore {
    /// @inheritdoc ITenderBook
    function review(uint64 tender, uint32 lot, bytes32 digest, uint32[] calldata dropped) external {
        (Tender storage entry, Lot storage line) = _mineLot(tender, lot);
        _checkDigest(digest);
        Phase phase = _phase(entry, line);
        if (phase != Phase.Opened || entry.envelopes != 2) revert WrongPhase(phase);
        uint32 last = 0;
        for (uint256 i = 0; i < dropped.length; ++i) {
            uint32 place = dropped[i];
            if (place <= last || place > line.commitments.length || line.commitments[place - 1] == 0) {
                revert BadPlace(place);
            }
            line.commitments[place - 1] = 0;
            last = place;
        }
        _enter(line, Phase.Reviewed);
        emit Reviewed(tender, lot, digest, dropped);
    }

    /// @inheritdoc ITenderBook
    function fail(uint64 tender, uint32 lot, bytes32 digest) external {
        (Tender storage entry, Lot storage line) = _mineLot(tender, lot);
        _checkDigest(digest);
        Phase phase = _phase(entry, line);
        if (phase < Phase.Closed || phase > Phase.Candidates) revert WrongPhase(phase);
        _endLot(entry, line, Phase.Failed);
        emit LotFailed(tender, lot, digest);
    }

    /// @inheritdoc ITenderBook
    function advance(uint64 tender, uint32 lot, Phase phase) external {
        if (msg.sender != proceedings) revert NotProceedings(msg.sender);
        (Tender storage entry, Lot storage line) = _knownLot(tender, lot);
        Phase present = _phase(entry, line);
        // The last opening comes first; from there on phases stay or grow, and a contract needs an award.
        if (
            present < (entry.envelopes == 1 ? Phase.Opened : Phase.PriceOpened) || present > Phase.Awarded
                || (entry.envelopes == 1 && present > Phase.Opened && present < Phase.Candidates) || phase < present
                || phase < Phase.Candidates || phase > Phase.Contracted
                || (phase > Phase.Candidates && uint8(phase) > uint8(present) + 1)
        ) revert WrongPhase(present);
        if (phase == Phase.Contracted) {
            _endLot(entry, line, phase);
        } else {
            if (phase == Phase.Awarded && present != phase) ++entry.awardedLots;
            _enter(line, phase);
        }
        emit LotAdvanced(tender, lot, phase);
    }
}
