// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";
import {IRetirable} from "../governance/IRetirable.sol";
import {IKeyHolderRegistry} from "./IKeyHolderRegistry.sol";
import {ITenderEnds} from "./ITenderEnds.sol";

/// @title ITenderBook
/// @notice Tenders from notice to contract: deadlines by the chain's clock, commitments to sealed bids, openings.
///
/// No role skips a deadline, the authority neither: it has no function here but the end of life of the whole book.
/// *Officer* below means the sender is an anchor key in force of the tender's bureau or, once that is succeeded, of the
/// bureau that answers for it. Phases belong to a lot and only ever grow:
///
///     Bidding → Closed → Opened → (two envelopes: Reviewed → PriceClosed → PriceOpened →) Candidates → Awarded →
///     Contracted, or Failed (流标), or Cancelled
///
/// Everything that happened is in the events; a commitment is never removed from them.
///
/// What is signed and hashed, byte by byte: docs/formats/tender-digests.md. EIP-712 domain: name "Yinxin TenderBook",
/// version "1", chain id, this contract.
///
/// Once retired, the book takes no new tenders; those in it run to their end, because ending them would void sealed
/// bids.
interface ITenderBook is IRetirable, ITenderEnds {
    /// @notice Where a lot stands.
    enum Phase {
        None,
        Bidding,
        Closed,
        Opened,
        Reviewed,
        PriceClosed,
        PriceOpened,
        Candidates,
        Awarded,
        Contracted,
        Failed,
        Cancelled
    }

    /// @notice Rules of a tender, fixed when it is published.
    /// @param bureau procuring entity, accredited for "tenders".
    /// @param digest SHA-256 of the notice.
    /// @param lots number of lots, 1 to 256.
    /// @param envelopes 1, or 2 with the price in the second.
    /// @param minimumBids fewer live bids in a lot and it fails, at least 1.
    /// @param deadline last second for bids.
    /// @param openAt first second for opening, after the deadline.
    /// @param ceremony whose key the bids are sealed to.
    /// @param supervisor who decides complaints.
    /// @param gap seconds between two blocks across the deadline above which there was an outage.
    /// @param grace seconds of bidding after the block that ended the outage.
    /// @param revealWindow seconds for custodians to reveal decoys, before anything closes.
    /// @param amendmentMargin least seconds between an amendment and the deadline.
    /// @param standstill seconds for objections, from the naming of candidates to the award.
    /// @param complaintPeriod seconds for complaints, from the award to the contract.
    struct Notice {
        bytes18 bureau;
        bytes32 digest;
        uint32 lots;
        uint8 envelopes;
        uint32 minimumBids;
        uint64 deadline;
        uint64 openAt;
        uint64 ceremony;
        address supervisor;
        uint32 gap;
        uint32 grace;
        uint32 revealWindow;
        uint32 amendmentMargin;
        uint32 standstill;
        uint32 complaintPeriod;
    }

    /// @notice A sealed bid, as its bidder signs it; see docs/formats/tender-digests.md.
    struct Commitment {
        uint64 tender;
        uint32 lot;
        address bidder;
        uint32 version;
        address recovery;
        uint64 notAfter;
        bytes32 kindDigest;
        bytes32 file1;
        uint64 size1;
        bytes32 form1;
        bytes32 file2;
        uint64 size2;
        bytes32 form2;
    }

    /// @notice Where a tender stands.
    /// @param settledAt second at which the deadline became final; zero before. Once an outage moved it: the deadline, or
    /// the second at which the outage was shown, whichever is later.
    /// @param graceUsed true once an outage moved the deadline; it does not move again.
    /// @param cancelled true for ever once cancelled.
    struct TenderView {
        bytes18 bureau;
        uint32 lots;
        uint8 envelopes;
        uint32 minimumBids;
        uint32 amendments;
        uint64 deadline;
        uint64 openAt;
        uint64 settledAt;
        uint64 ceremony;
        address supervisor;
        uint32 standstill;
        uint32 complaintPeriod;
        bool graceUsed;
        bool cancelled;
    }

    /// @notice Where a lot stands.
    /// @param places how many places bids ever took.
    /// @param since second at which the newest phase, ranking or award began.
    struct LotView {
        Phase phase;
        uint32 places;
        uint64 since;
    }

    /// @notice A live set.
    /// @param digest chain over the live commitments; partial while pages are missing.
    /// @param cursor places looked at.
    /// @param count live bids among them.
    struct LiveSet {
        bytes32 digest;
        uint32 cursor;
        uint32 count;
    }

    /// @notice A bidder's place in a lot.
    /// @param recovery may withdraw or move the bid.
    /// @param version of the bidder's last act.
    /// @param place 1, 2, 3 … in the order in which places were first taken; zero: never there.
    /// @param live false once withdrawn, revealed as a decoy, or moved.
    /// @param moved true once another address acts for the bid.
    struct Entry {
        address recovery;
        uint32 version;
        uint32 place;
        bool live;
        bool moved;
    }

    // ------------------------------------------------------------------ events

    /// @notice A tender was published.
    event Published(uint64 indexed tender, bytes18 indexed bureau, Notice notice, address[] custodians);
    /// @notice The notice was amended.
    event Amended(uint64 indexed tender, uint32 indexed number, bytes32 digest, uint64 deadline, uint64 openAt);
    /// @notice The deadline was extended.
    event Extended(uint64 indexed tender, uint64 deadline, uint64 openAt);
    /// @notice The tender was cancelled; what was not opened stays sealed.
    event TenderCancelled(uint64 indexed tender, bytes32 reasonDigest);
    /// @notice An outage across the deadline moved it.
    event DeadlineMoved(uint64 indexed tender, uint64 timeBefore, uint64 timeAfter, uint64 deadline, uint64 openAt);
    /// @notice First block seen after the deadline; after the look-back from here it is final without proof.
    event DeadlineSeen(uint64 indexed tender, uint64 blockNumber);
    /// @notice The deadline is final: two blocks without an outage span it, or nobody showed an outage in time (zeros).
    event DeadlineSettled(uint64 indexed tender, uint64 timeBefore, uint64 timeAfter);
    /// @notice A bid was submitted (version 1, or again after a withdrawal) or replaced.
    event BidCommitted(
        uint64 indexed tender,
        uint32 indexed lot,
        address indexed bidder,
        uint32 place,
        bytes32 commitmentHash,
        Commitment commitment,
        address custodian
    );
    /// @notice A bid was withdrawn, by its bidder or the recovery address.
    event BidWithdrawn(
        uint64 indexed tender, uint32 indexed lot, address indexed bidder, uint32 place, uint32 version, address by
    );
    /// @notice From now on the successor acts for the bid.
    event BidMoved(
        uint64 indexed tender,
        uint32 indexed lot,
        address indexed bidder,
        address successor,
        uint32 place,
        uint32 version
    );
    /// @notice A custodian revealed a decoy; it is live no more.
    event DecoyRevealed(
        uint64 indexed tender, uint32 indexed lot, address indexed bidder, uint32 place, address custodian, bytes32 salt
    );
    /// @notice The live set of an envelope is fixed.
    event EnvelopeClosed(
        uint64 indexed tender, uint32 indexed lot, uint8 indexed envelope, bytes32 digest, uint32 count
    );
    /// @notice The envelope is opened: the threshold signature over its live set was shown.
    event EnvelopeOpened(
        uint64 indexed tender, uint32 indexed lot, uint8 indexed envelope, bytes signature, bytes32 keysDigest
    );
    /// @notice The technical result is known; the bids in these places (ascending) are dropped.
    event Reviewed(uint64 indexed tender, uint32 indexed lot, bytes32 digest, uint32[] dropped);
    /// @notice The proceedings took the lot a phase further.
    event LotAdvanced(uint64 indexed tender, uint32 indexed lot, Phase phase);
    /// @notice The lot failed 流标: too few live bids (digest zero), or the officer's reasons.
    event LotFailed(uint64 indexed tender, uint32 indexed lot, bytes32 digest);

    // ------------------------------------------------------------------ errors

    /// @notice The address is no contract of the right kind, or belongs to another registry.
    error BadContract(address contract_);
    /// @notice The number must be the next one, so that a retry does nothing twice.
    error NotNextNumber(uint64 expected, uint64 given);
    /// @notice The sender is no anchor key in force of the bureau, or it is not accredited for tenders.
    error NotOfficer(bytes18 bureau, address sender);
    /// @notice A rule of the notice is out of its bounds.
    error BadNotice(bytes32 member);
    /// @notice The key of that ceremony is not in force for this tender and opening time.
    error KeyNotUsable(uint64 ceremony);
    /// @notice A digest that must not be zero is zero.
    error ZeroDigest();
    /// @notice There is no such tender.
    error UnknownTender(uint64 tender);
    /// @notice There is no such lot, or envelope.
    error UnknownLot(uint64 tender, uint32 lot, uint8 envelope);
    /// @notice The tender is cancelled or has ended.
    error AlreadyEnded(uint64 tender);
    /// @notice A lot is awarded: it is too late to cancel.
    error AlreadyAwarded(uint64 tender);
    /// @notice The deadline is over. Nobody changes a bid, or the deadline, any more.
    error DeadlineOver(uint64 deadline, uint64 time);
    /// @notice The deadline is not over.
    error DeadlineNotOver(uint64 deadline, uint64 time);
    /// @notice Deadline and opening only move forward, keep the margin, and stay in order.
    error BadDeadline(uint64 earliest, uint64 deadline, uint64 openAt);
    /// @notice The deadline is final already.
    error AlreadySettled(uint64 tender);
    /// @notice The deadline is not final: show the two blocks that span it (`tick`), or wait for the look-back to end.
    error NotSettled(uint64 tender);
    /// @notice The headers are not two consecutive ones of this chain, recent enough, that span the deadline.
    error BadHeaders();
    /// @notice The look-back has not ended.
    error StillLookingBack(uint64 untilBlock, uint64 blockNumber);
    /// @notice The signed message was good until then.
    error MessageExpired(uint64 notAfter, uint64 time);
    /// @notice The version must be the next one of that bidder.
    error NotNextVersion(uint32 expected, uint32 given);
    /// @notice A member of the commitment is zero where it must not be, or the reverse.
    error BadCommitment(bytes32 member);
    /// @notice Another account signed.
    error NotSignedBy(address expected, address signer);
    /// @notice The signer is no custodian of the tender.
    error NotCustodian(address account);
    /// @notice There is no live bid of that bidder.
    error NotLive(address bidder);
    /// @notice The address has a place in the lot already, or may not have one.
    error AddressTaken(address account);
    /// @notice The commitment is not the newest of its bidder, or no decoy of that custodian.
    error NotDecoy(address bidder);
    /// @notice Not in this phase.
    error WrongPhase(Phase phase);
    /// @notice Not before that second.
    error TooEarly(uint64 notBefore, uint64 time);
    /// @notice Not after that second.
    error TooLate(uint64 notAfter, uint64 time);
    /// @notice The threshold signature is not over this live set.
    error BadOpening(bytes32 message);
    /// @notice Places must ascend and hold live bids.
    error BadPlace(uint32 place);
    /// @notice Only the proceedings of this book do that.
    error NotProceedings(address sender);

    // ------------------------------------------------------------------ the notice

    /// @notice Publishes a tender. By an anchor key of a bureau accredited for "tenders" now.
    /// @param tender the last number plus 1.
    /// @param custodians 1 to 16 accounts that store sealed files and sign so.
    function publish(uint64 tender, Notice calldata notice, address[] calldata custodians) external;

    /// @notice Amends the notice, until the deadline; near it, the amendment must extend it. By the officer.
    /// @param number the last amendment's plus 1.
    /// @param deadline the old one or later, and at least `amendmentMargin` away.
    /// @param openAt the old one or later, after the deadline.
    function amend(uint64 tender, uint32 number, bytes32 digest, uint64 deadline, uint64 openAt) external;

    /// @notice Extends the deadline, until the deadline. By the officer.
    function extend(uint64 tender, uint64 deadline, uint64 openAt) external;

    /// @notice Cancels the tender, while no lot is awarded. By the officer.
    function cancel(uint64 tender, bytes32 reasonDigest) external;

    // ------------------------------------------------------------------ the deadline

    /// @notice Settles the deadline by the two consecutive blocks that span it. From anybody.
    /// @dev More than `gap` apart: an outage; the deadline moves, once, to the second block's time plus `grace`, and the
    /// opening by as much. Otherwise it is final. The second header's hash must be known to the chain: BLOCKHASH, or
    /// EIP-2935 where the chain has it.
    /// @param headerBefore RLP of the last header with a time of at most the deadline.
    /// @param headerAfter RLP of the next one.
    function tick(uint64 tender, bytes calldata headerBefore, bytes calldata headerAfter) external;

    /// @notice Without such proof: notes the block, and after the look-back from there makes the deadline final.
    function settle(uint64 tender) external;

    // ------------------------------------------------------------------ bids

    /// @notice Submits or replaces a bid, until the deadline inclusive. From any sender.
    /// @param signature the bidder's, over the Commitment.
    /// @param custody a custodian's, over Custody of the commitment's hash.
    function submit(Commitment calldata commitment, bytes calldata signature, bytes calldata custody) external;

    /// @notice Withdraws a bid, until the deadline inclusive. From any sender.
    /// @param signature the bidder's or the recovery address's, over the Withdrawal.
    function withdraw(
        uint64 tender,
        uint32 lot,
        address bidder,
        uint32 version,
        uint64 notAfter,
        bytes calldata signature
    ) external;

    /// @notice Lets another address act for a bid, until the deadline inclusive. From any sender.
    /// @param byRecovery the recovery address's signature over the Move.
    /// @param bySuccessor the successor's, so that nobody is moved onto an address that others want to bid from.
    function move(
        uint64 tender,
        uint32 lot,
        address bidder,
        address successor,
        uint32 version,
        uint64 notAfter,
        bytes calldata byRecovery,
        bytes calldata bySuccessor
    ) external;

    /// @notice Reveals the sender's decoy, once the deadline is final and within `revealWindow`. By that custodian.
    /// @param commitment the decoy's newest.
    /// @param salt of its kind digest.
    function revealDecoy(Commitment calldata commitment, bytes32 salt) external;

    // ------------------------------------------------------------------ the opening

    /// @notice Fixes the live set of an envelope, page by page. From anybody.
    /// @dev Envelope 1: once the deadline is final and the reveal window over. Envelope 2: once the review is known.
    /// With the last page the lot is Closed (PriceClosed), or Failed if too few bids are live.
    /// @param most how many places to look at now.
    function close(uint64 tender, uint32 lot, uint8 envelope, uint32 most) external;

    /// @notice Opens a closed envelope, from `openAt` on. From anybody.
    /// @param signature threshold signature over the live set's message: G1, 128 bytes (EIP-2537).
    /// @param keysDigest SHA-256 of the blob with the key of every live bid, as the sender says. Nobody checks it here, and
    /// whoever has the signature may be first: readers check each key by one pairing, and know the one right blob.
    function open(uint64 tender, uint32 lot, uint8 envelope, bytes calldata signature, bytes32 keysDigest) external;

    // ------------------------------------------------------------------ afterwards

    /// @notice Records the technical result and drops bids from the price envelope. By the officer.
    /// @param dropped places, ascending.
    function review(uint64 tender, uint32 lot, bytes32 digest, uint32[] calldata dropped) external;

    /// @notice Lets a closed lot fail, with reasons, before it is awarded. By the officer.
    function fail(uint64 tender, uint32 lot, bytes32 digest) external;

    /// @notice Takes an opened lot to Candidates, Awarded or Contracted, or sets the clock of its phase anew. Only by
    /// the proceedings.
    function advance(uint64 tender, uint32 lot, Phase phase) external;

    // ------------------------------------------------------------------ answers

    /// @notice How many tenders there are; their numbers are 1 to this.
    function tenders() external view returns (uint64);

    /// @notice Where a tender stands.
    function tenderOf(uint64 tender) external view returns (TenderView memory);

    /// @notice Where a lot stands.
    function lotOf(uint64 tender, uint32 lot) external view returns (LotView memory);

    /// @notice Live set of an envelope; whole once its phase says so.
    function liveSetOf(uint64 tender, uint32 lot, uint8 envelope) external view returns (LiveSet memory);

    /// @notice A bidder's place.
    function entryOf(uint64 tender, uint32 lot, address bidder) external view returns (Entry memory);

    /// @notice True if the account is a custodian of the tender.
    function isCustodian(uint64 tender, address account) external view returns (bool);

    /// @notice True if the account is the officer of the tender now.
    function isOfficer(uint64 tender, address account) external view returns (bool);

    /// @notice Hash of block 0 of this chain.
    function genesis() external view returns (bytes32);

    /// @notice Where bureaus and keys are looked up.
    function registry() external view returns (IBureauRegistry);

    /// @notice Where opening keys are looked up.
    function keyHolders() external view returns (IKeyHolderRegistry);

    /// @notice What follows the opening: the only contract that may call {advance}.
    function proceedings() external view returns (address);
}
