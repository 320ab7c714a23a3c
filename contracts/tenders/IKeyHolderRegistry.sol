// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";
import {IRetirable} from "../governance/IRetirable.sol";

/// @title IKeyHolderRegistry
/// @notice Ceremonies by which key holders make the opening key of tenders, without a dealer.
///
/// The ceremony itself (Joint-Feldman with proofs of possession) runs between the holders' machines. The chain keeps
/// the digest of every message, once and in time, so that nobody is shown another story; and the outcome:
///
///     deals          until dealsUntil        each member's digest of its deals
///     complaints     until complaintsUntil   against a member whose deal is wrong or missing
///     answers        until answersUntil      by the accused, one for each complaint
///     confirmations  until confirmUntil      transcript, group key, and who is qualified
///
/// A round begins with the second after the one before it ended; every end is inclusive. The key is in force as soon as
/// `threshold` qualified members confirm the same transcript, key and qualified set, and then for ever. Until the round
/// ends a member may confirm another outcome instead, as when a paper that somebody held back was found: its newest one
/// counts, so nobody is bound to what the others did not see. Only an outcome with enough supporters keeps them. A member
/// that did not deal, or left a complaint unanswered, cannot be qualified. n members need n ≥ 2·threshold - 1, so that
/// those who stay away cannot be waited for in vain.
///
/// A key counts for one genesis (that of this registry), one book, and one term of it or one single tender. What its
/// holders sign carries a tag of its own for each kind of message: docs/formats/tender-digests.md.
///
/// Once retired, this contract takes no new ceremonies; those under way go on, and keys keep their force.
interface IKeyHolderRegistry is IRetirable {
    /// @notice What a ceremony is for, and when.
    /// @param bureau that convenes it (accredited for tenders), or zero for the authority.
    /// @param book TenderBook the key is for.
    /// @param tender number of the one tender it is for, or zero: any tender of the book that opens by `usableUntil`.
    /// @param term digest that names the term or the occasion.
    /// @param rosterDigest SHA-256 of the roster: names, encryption keys and proofs of possession of the members.
    /// @param threshold how many open together.
    /// @param dealsUntil last second for deals.
    /// @param complaintsUntil last second for complaints.
    /// @param answersUntil last second for answers.
    /// @param confirmUntil last second for confirmations.
    /// @param usableUntil last second at which a tender may open with this key.
    struct Plan {
        bytes18 bureau;
        address book;
        uint64 tender;
        bytes32 term;
        bytes32 rosterDigest;
        uint8 threshold;
        uint64 dealsUntil;
        uint64 complaintsUntil;
        uint64 answersUntil;
        uint64 confirmUntil;
        uint64 usableUntil;
    }

    /// @notice A ceremony was convened.
    event Convened(uint64 indexed ceremony, bytes18 indexed bureau, Plan plan, address[] members);
    /// @notice A member committed to its deals.
    event Dealt(uint64 indexed ceremony, uint256 indexed member, bytes32 digest);
    /// @notice A member complained of another's deal.
    event Complained(uint64 indexed ceremony, uint256 indexed member, uint256 indexed accused, bytes32 digest);
    /// @notice The accused answered a complaint.
    event Answered(uint64 indexed ceremony, uint256 indexed member, uint256 indexed complainant, bytes32 digest);
    /// @notice A member confirmed an outcome, in the place of one that it confirmed before.
    /// @param qualified bit i stands for member i.
    event Confirmed(
        uint64 indexed ceremony, uint256 indexed member, bytes32 transcript, uint256 qualified, bytes publicKey
    );
    /// @notice The key is in force.
    event Activated(uint64 indexed ceremony, bytes32 transcript, uint256 qualified, bytes publicKey);
    /// @notice The holders proved that enough of them can still sign.
    event RollCalled(uint64 indexed ceremony, uint32 indexed counter, bytes signature);
    /// @notice A member reports that its share is destroyed.
    event ShareDestroyed(uint64 indexed ceremony, uint256 indexed member, bytes32 digest);

    /// @notice The number must be the next one, so that a retry convenes nothing twice.
    error NotNextCeremony(uint64 expected, uint64 given);
    /// @notice The sender is neither the authority nor an anchor key of that bureau, accredited for tenders.
    error MayNotConvene(bytes18 bureau, address sender);
    /// @notice Members: 1 to 255, none zero, none twice; threshold at least 1 and n ≥ 2·threshold - 1.
    error BadMembers(uint256 members, uint256 threshold);
    /// @notice The rounds must follow each other, the first ending after now, and the key be usable after the last.
    error BadRounds();
    /// @notice A digest or address that must not be zero is zero.
    error ZeroValue();
    /// @notice There is no such ceremony.
    error UnknownCeremony(uint64 ceremony);
    /// @notice The sender is no member.
    error NotMember(uint64 ceremony, address sender);
    /// @notice It is not that round's time: (from, until] in seconds.
    error NotInRound(uint64 from, uint64 until, uint64 time);
    /// @notice The member said this already; nothing is said twice. (Only a confirmation may be followed by another one.)
    error AlreadySaid(uint64 ceremony, uint256 member);
    /// @notice A complaint is against another member.
    error BadAccused(uint256 accused);
    /// @notice No such complaint is open.
    error NoComplaint(uint256 complainant, uint256 accused);
    /// @notice The qualified set has a member that may not be in it, is smaller than the threshold, or lacks the sender.
    error BadQualified(uint256 qualified, uint256 eligible);
    /// @notice The key is no point of the group, or is infinity.
    error DegenerateKey();
    /// @notice The key is not in force.
    error NotActive(uint64 ceremony);
    /// @notice The signature is not the holders'.
    error BadSignature(uint64 ceremony);
    /// @notice The counter must be the next one.
    error NotNextCounter(uint32 expected, uint32 given);
    /// @notice Shares may not be destroyed yet: a tender uses their key, or may come to use it.
    error StillNeeded(uint64 ceremony);
    /// @notice The genesis hash given is not that of this chain.
    error BadGenesis(bytes32 genesis);

    /// @notice Convenes a ceremony. By the authority, or by an anchor key of a bureau accredited for "tenders".
    /// @param ceremony the last number plus 1.
    /// @param plan what for and when.
    /// @param members accounts of the invited, in the order of the roster.
    function convene(uint64 ceremony, Plan calldata plan, address[] calldata members) external;

    /// @notice Commits to the sender's deals: SHA-256 of the broadcast file. Once, in the round of deals.
    function deal(uint64 ceremony, bytes32 digest) external;

    /// @notice Complains of a member's deal. Once for each accused, in the round of complaints.
    function complain(uint64 ceremony, uint256 accused, bytes32 digest) external;

    /// @notice Answers a complaint against the sender. Once, in the round of answers.
    function answer(uint64 ceremony, uint256 complainant, bytes32 digest) external;

    /// @notice Confirms the outcome, in the round of confirmations; the sender must be qualified. Another outcome may
    /// follow while the former one lacks supporters.
    /// @param transcript SHA-256 of the transcript.
    /// @param qualified bit i for member i.
    /// @param publicKey group key, G2 in the encoding of EIP-2537, 256 bytes.
    function confirm(uint64 ceremony, bytes32 transcript, uint256 qualified, bytes calldata publicKey) external;

    /// @notice Shows that enough holders can sign: a threshold signature over the roll call's message. From anybody.
    function rollCall(uint64 ceremony, uint32 counter, bytes calldata signature) external;

    /// @notice Reports that the sender's share is destroyed: when no tender with its key runs, and none can begin to
    /// use it (its one tender has ended, or `usableUntil` is past).
    /// @param digest SHA-256 of the member's record of it.
    function reportDestruction(uint64 ceremony, bytes32 digest) external;

    /// @notice True if `signature` (G1, 128 bytes) is the holders' over `message`. False for a key not in force.
    function verify(uint64 ceremony, bytes32 message, bytes calldata signature) external view returns (bool);

    /// @notice True if the key is in force and made for that book, that tender, and an opening at that second.
    function usable(uint64 ceremony, address book, uint64 tender, uint64 openAt) external view returns (bool);

    /// @notice Members who dealt and left no complaint unanswered; bit i for member i.
    function eligible(uint64 ceremony) external view returns (uint256);

    /// @notice The plan as convened.
    function planOf(uint64 ceremony) external view returns (Plan memory);

    /// @notice The invited, in the order of the roster.
    function membersOf(uint64 ceremony) external view returns (address[] memory);

    /// @notice Group key in force (256 bytes), or nothing.
    function publicKeyOf(uint64 ceremony) external view returns (bytes memory);

    /// @notice How many ceremonies there are; their numbers are 1 to this.
    function ceremonies() external view returns (uint64);

    /// @notice Hash of block 0 of this chain.
    function genesis() external view returns (bytes32);

    /// @notice Where bureaus and keys are looked up.
    function registry() external view returns (IBureauRegistry);
}
