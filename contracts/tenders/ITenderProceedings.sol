// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "./ITenderBook.sol";

/// @title ITenderProceedings
/// @notice What is put on record of a tender, and what follows the last opening of a lot: candidates, objections, award, complaints, contract, in this order.
///
/// *Officer* and phases are those of {ITenderBook}. The contract holds the order and the clocks; documents stay outside,
/// with their digests here.
interface ITenderProceedings {
    /// @notice What may be filed: an objection 异议 (the officer answers), a complaint 投诉 (the supervisor decides).
    enum CaseKind {
        None,
        Objection,
        Complaint
    }

    /// @notice How far a lot has come.
    /// @param openCases objections and complaints that wait for an answer.
    /// @param cases how many were filed; their numbers are 1 to this.
    /// @param rankings how often candidates were named.
    /// @param awards how often the lot was awarded.
    struct Progress {
        uint32 openCases;
        uint32 cases;
        uint32 rankings;
        uint32 awards;
    }

    /// @notice The officer put a document on record, such as answers to questions or the opening record.
    event Recorded(uint64 indexed tender, uint32 indexed lot, bytes32 indexed kind, bytes32 digest);
    /// @notice A custodian states that it has every live file of a closed envelope, hashed anew.
    event CustodyAttested(
        uint64 indexed tender, uint32 indexed lot, uint8 indexed envelope, address custodian, bytes32 digest
    );
    /// @notice Candidates are public.
    event CandidatesNamed(uint64 indexed tender, uint32 indexed lot, uint32 indexed number, bytes32 digest);
    /// @notice An objection or complaint was filed.
    event CaseFiled(
        uint64 indexed tender, uint32 indexed lot, uint32 indexed number, CaseKind kind, address by, bytes32 digest
    );
    /// @notice It was answered or decided.
    event CaseSettled(uint64 indexed tender, uint32 indexed lot, uint32 indexed number, address by, bytes32 digest);
    /// @notice The lot is awarded.
    event LotAwarded(uint64 indexed tender, uint32 indexed lot, uint32 indexed number, bytes32 digest);
    /// @notice The contract is signed.
    event LotContracted(uint64 indexed tender, uint32 indexed lot, bytes32 digest);

    /// @notice The book does not name this contract as its proceedings.
    error BadBook(address book);
    /// @notice The sender is not the officer of the tender.
    error NotTheOfficer(uint64 tender, address sender);
    /// @notice A digest that must not be zero is zero.
    error DigestMissing();
    /// @notice Not in this phase.
    error NotInPhase(ITenderBook.Phase phase);
    /// @notice The number must be the next one, so that a retry does nothing twice.
    error NotNextRound(uint32 expected, uint32 given);
    /// @notice Objections or complaints wait for an answer.
    error CasesOpen(uint32 count);
    /// @notice The period runs until that second.
    error PeriodRunning(uint64 until, uint64 time);
    /// @notice The period ended with that second.
    error PeriodEnded(uint64 until, uint64 time);
    /// @notice The sender is no custodian of the tender.
    error NotACustodian(address sender);
    /// @notice The sender has no part in the lot.
    error NotParty(address sender);
    /// @notice There is no such open case, or the sender may not settle it.
    error NotYourCase(uint32 number);

    /// @notice Puts a document on record, at any time; lot 0 for the whole tender. By the officer.
    /// @param kind short name of the document, such as "answers" or "opening".
    function record(uint64 tender, uint32 lot, bytes32 kind, bytes32 digest) external;

    /// @notice States that the sender has every live file of a closed envelope. By a custodian, before the opening.
    /// @param digest SHA-256 of the statement.
    function attestCustody(uint64 tender, uint32 lot, uint8 envelope, bytes32 digest) external;

    /// @notice Names candidates, or names them anew, which restarts the standstill. By the officer.
    /// @param number the last one plus 1.
    function nameCandidates(uint64 tender, uint32 lot, uint32 number, bytes32 digest) external;

    /// @notice Files an objection or complaint: from the opening on, within the standstill of the phase; after the
    /// award within the complaint period.
    /// @dev By an address with a place in the lot that was not moved away, the officer (for others who are concerned) or the supervisor.
    function file(uint64 tender, uint32 lot, CaseKind kind, bytes32 digest) external;

    /// @notice Answers an objection (officer) or decides a complaint (supervisor).
    function settleCase(uint64 tender, uint32 lot, uint32 number, bytes32 digest) external;

    /// @notice Awards the lot after the standstill, or to another candidate afterwards. By the officer.
    /// @param number the last one plus 1.
    function award(uint64 tender, uint32 lot, uint32 number, bytes32 digest) external;

    /// @notice Records the contract, after the complaint period. By the officer.
    function recordContract(uint64 tender, uint32 lot, bytes32 digest) external;

    /// @notice How far a lot has come.
    function progressOf(uint64 tender, uint32 lot) external view returns (Progress memory);

    /// @notice Kind of an open case; None if it is settled or was never filed.
    function openCase(uint64 tender, uint32 lot, uint32 number) external view returns (CaseKind);

    /// @notice The book whose tenders these are.
    function book() external view returns (ITenderBook);
}
