// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "./ITenderBook.sol";
import {ITenderProceedings} from "./ITenderProceedings.sol";

/// @title TenderProceedings
/// @notice See {ITenderProceedings}.
contract TenderProceedings is ITenderProceedings {
    struct File {
        Progress progress;
        mapping(uint32 number => CaseKind) open;
    }

    /// @inheritdoc ITenderProceedings
    ITenderBook public immutable override book;

    mapping(uint64 tender => mapping(uint32 lot => File)) private _files;

    /// @param book_ the book that names the address of this contract as its proceedings.
    constructor(ITenderBook book_) {
        if (book_.proceedings() != address(this)) revert BadBook(address(book_));
        book = book_;
    }

    /// @inheritdoc ITenderProceedings
    function record(uint64 tender, uint32 lot, bytes32 kind, bytes32 digest) external {
        if (digest == 0) revert DigestMissing();
        if (!book.isOfficer(tender, msg.sender)) revert NotTheOfficer(tender, msg.sender);
        // Refuses a lot that is not there.
        if (lot != 0) book.lotOf(tender, lot);
        emit Recorded(tender, lot, kind, digest);
    }

    /// @inheritdoc ITenderProceedings
    function attestCustody(uint64 tender, uint32 lot, uint8 envelope, bytes32 digest) external {
        if (digest == 0) revert DigestMissing();
        if (!book.isCustodian(tender, msg.sender)) revert NotACustodian(msg.sender);
        ITenderBook.Phase phase = book.lotOf(tender, lot).phase;
        if (
            !(envelope == 1 && phase == ITenderBook.Phase.Closed)
                && !(envelope == 2 && phase == ITenderBook.Phase.PriceClosed)
        ) revert NotInPhase(phase);
        emit CustodyAttested(tender, lot, envelope, msg.sender, digest);
    }

    /// @inheritdoc ITenderProceedings
    function nameCandidates(uint64 tender, uint32 lot, uint32 number, bytes32 digest) external {
        Progress storage progress = _settled(tender, lot, digest);
        if (number != progress.rankings + 1) revert NotNextRound(progress.rankings + 1, number);
        progress.rankings = number;
        book.advance(tender, lot, ITenderBook.Phase.Candidates);
        emit CandidatesNamed(tender, lot, number, digest);
    }

    /// @inheritdoc ITenderProceedings
    function file(uint64 tender, uint32 lot, CaseKind kind, bytes32 digest) external {
        if (digest == 0) revert DigestMissing();
        ITenderBook.LotView memory line = book.lotOf(tender, lot);
        ITenderBook.TenderView memory entry = book.tenderOf(tender);
        ITenderBook.Entry memory place = book.entryOf(tender, lot, msg.sender);
        // Who moved a bid away from an address had lost its key: whoever has it now speaks for nobody.
        if (
            (place.version == 0 || place.moved) && msg.sender != entry.supervisor && !book.isOfficer(tender, msg.sender)
        ) revert NotParty(msg.sender);
        if (line.phase < ITenderBook.Phase.Opened || line.phase > ITenderBook.Phase.Awarded || kind == CaseKind.None) {
            revert NotInPhase(line.phase);
        }
        // Each phase has an end for new cases, so that nobody keeps the next one away for ever.
        uint64 until = line.since + (line.phase == ITenderBook.Phase.Awarded ? entry.complaintPeriod : entry.standstill);
        if (_now() > until) revert PeriodEnded(until, _now());
        File storage papers = _files[tender][lot];
        uint32 number = ++papers.progress.cases;
        ++papers.progress.openCases;
        papers.open[number] = kind;
        emit CaseFiled(tender, lot, number, kind, msg.sender, digest);
    }

    /// @inheritdoc ITenderProceedings
    function settleCase(uint64 tender, uint32 lot, uint32 number, bytes32 digest) external {
        if (digest == 0) revert DigestMissing();
        File storage papers = _files[tender][lot];
        CaseKind kind = papers.open[number];
        bool mine = kind == CaseKind.Objection
            ? book.isOfficer(tender, msg.sender)
            : kind == CaseKind.Complaint && msg.sender == book.tenderOf(tender).supervisor;
        if (!mine) revert NotYourCase(number);
        papers.open[number] = CaseKind.None;
        --papers.progress.openCases;
        emit CaseSettled(tender, lot, number, msg.sender, digest);
    }

    /// @inheritdoc ITenderProceedings
    function award(uint64 tender, uint32 lot, uint32 number, bytes32 digest) external {
        Progress storage progress = _settled(tender, lot, digest);
        ITenderBook.LotView memory line = book.lotOf(tender, lot);
        if (line.phase == ITenderBook.Phase.Candidates) _checkOver(line.since, book.tenderOf(tender).standstill);
        if (number != progress.awards + 1) revert NotNextRound(progress.awards + 1, number);
        progress.awards = number;
        book.advance(tender, lot, ITenderBook.Phase.Awarded);
        emit LotAwarded(tender, lot, number, digest);
    }

    /// @inheritdoc ITenderProceedings
    function recordContract(uint64 tender, uint32 lot, bytes32 digest) external {
        _settled(tender, lot, digest);
        _checkOver(book.lotOf(tender, lot).since, book.tenderOf(tender).complaintPeriod);
        book.advance(tender, lot, ITenderBook.Phase.Contracted);
        emit LotContracted(tender, lot, digest);
    }

    /// @inheritdoc ITenderProceedings
    function progressOf(uint64 tender, uint32 lot) external view returns (Progress memory) {
        return _files[tender][lot].progress;
    }

    /// @inheritdoc ITenderProceedings
    function openCase(uint64 tender, uint32 lot, uint32 number) external view returns (CaseKind) {
        return _files[tender][lot].open[number];
    }

    /// @dev The lot's progress, for the officer, with no case open.
    function _settled(uint64 tender, uint32 lot, bytes32 digest) private view returns (Progress storage progress) {
        if (digest == 0) revert DigestMissing();
        if (!book.isOfficer(tender, msg.sender)) revert NotTheOfficer(tender, msg.sender);
        progress = _files[tender][lot].progress;
        if (progress.openCases != 0) revert CasesOpen(progress.openCases);
    }

    function _checkOver(uint64 since, uint32 period) private view {
        uint64 until = since + period;
        if (_now() <= until) revert PeriodRunning(until, _now());
    }

    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }
}
