// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRetirable} from "./IRetirable.sol";

/// @title IBureauRegistry
/// @notice Who may issue which certificates, since when, and with which keys: the issuer list every verifier reads.
///
/// Words. A *bureau* is named by its unified social credit code, 18 ASCII characters (GB 32100). A *lane* is the code
/// of a certificate type, ASCII padded with zeros on the right, or a *service lane* that begins with `$` and needs no
/// accreditation. A *key* is known by its thumbprint: of a P-256 key the RFC 7638 SHA-256 thumbprint, of an anchor
/// key its address, padded with zeros on the left.
///
/// Time. Seconds since 1970 UTC by the chain's clock. Periods are half-open, [from, until); `until` 0 has no end.
/// A period begins at the block's own second or later (pass 0 for "now") and can be ended only from the next second
/// on (pass 0 for "as soon as possible"). What was true at a second that has passed therefore stays true: no call
/// rewrites it, with one deliberate exception, {markCompromised}.
///
/// Only the authority writes, except where stated. The authority changes hands in two steps with a delay
/// (OpenZeppelin AccessControlDefaultAdminRules). Nothing is ever deleted.
interface IBureauRegistry is IRetirable {
    /// @notice What a key is for.
    enum Purpose {
        /// P-256: signs credentials, stamps and status lists.
        Credential,
        /// P-256: signs PDF seals.
        Seal,
        /// secp256k1: signs anchors; never kept where credentials are signed.
        Anchor
    }

    /// @notice A span [from, until) in seconds; `until` 0 has no end.
    struct Period {
        uint64 from;
        uint64 until;
    }

    /// @notice What is known of a bureau.
    struct BureauView {
        /// legal name, the only one a verifier shows.
        string name;
        /// SHA-256 of the bureau's public metadata document.
        bytes32 metadataDigest;
        /// second of registration.
        uint64 registeredAt;
        /// true while suspended, and for ever after a succession.
        bool suspended;
        /// bureau that answers for it now, or zero.
        bytes18 successor;
    }

    /// @notice What is known of a key.
    struct Key {
        Purpose purpose;
        uint64 from;
        /// 0 if open.
        uint64 until;
        /// nothing anchored at or after this second by it counts; 0 if never marked.
        uint64 compromisedSince;
        /// SEC 1 compressed point, 33 bytes, for P-256; empty for an anchor key.
        bytes publicKey;
    }

    /// @notice A bureau was entered.
    event BureauRegistered(bytes18 indexed bureau, string name, bytes32 metadataDigest);
    /// @notice Name or metadata of a bureau changed.
    event BureauUpdated(bytes18 indexed bureau, string name, bytes32 metadataDigest);
    /// @notice A bureau may issue in a lane during [from, until).
    event Accredited(bytes18 indexed bureau, bytes32 indexed lane, uint64 from, uint64 until);
    /// @notice The newest accreditation of a lane now ends at `until`.
    event AccreditationEnded(bytes18 indexed bureau, bytes32 indexed lane, uint64 until);
    /// @notice The bureau may not issue from `from` on; statuses stay changeable.
    event BureauSuspended(bytes18 indexed bureau, bytes32 reasonDigest, uint64 from);
    /// @notice The suspension ends at `until`.
    event BureauReinstated(bytes18 indexed bureau, uint64 until);
    /// @notice A key may sign during [from, until).
    event KeyAdded(
        bytes18 indexed bureau, bytes32 indexed thumbprint, Purpose purpose, bytes publicKey, uint64 from, uint64 until
    );
    /// @notice The key's period now ends at `until`.
    event KeyRetired(bytes18 indexed bureau, bytes32 indexed thumbprint, uint64 until);
    /// @notice Nothing anchored by this key at or after `since` counts.
    event KeyCompromised(bytes18 indexed bureau, bytes32 indexed thumbprint, uint64 since);
    /// @notice From `from` on `next` answers for `old`, which issues and signs nothing more.
    event Succeeded(bytes18 indexed old, bytes18 indexed next, uint64 from);

    /// @notice The code is no unified social credit code (alphabet or check character).
    error BadCreditCode(bytes18 bureau);
    /// @notice A name must have 1 to 256 bytes.
    error BadNameLength(uint256 length);
    /// @notice A digest must not be zero.
    error ZeroDigest();
    /// @notice The lane is no ASCII name padded with zeros, or it is a service lane, which needs no accreditation.
    error BadLane(bytes32 lane);
    /// @notice The bureau has as many lanes as one suspension can stop in a block.
    error TooManyLanes(bytes18 bureau, uint256 limit);
    /// @notice No such bureau.
    error UnknownBureau(bytes18 bureau);
    /// @notice The bureau was registered before.
    error BureauExists(bytes18 bureau);
    /// @notice The bureau has been succeeded; its entry is closed.
    error BureauClosed(bytes18 bureau, bytes18 successor);
    /// @notice The bureau is suspended already.
    error AlreadySuspended(bytes18 bureau);
    /// @notice The bureau is not suspended.
    error NotSuspended(bytes18 bureau);
    /// @notice A bureau cannot succeed itself.
    error SelfSuccession(bytes18 bureau);
    /// @notice Only a bureau accredited at least once has statuses to take over or to change.
    error NeverAccredited(bytes18 bureau, bytes32 lane);
    /// @notice The period would begin in the past; pass 0 for now.
    error PeriodInPast(uint64 from, uint64 time);
    /// @notice The period would end before it begins.
    error PeriodEmpty(uint64 from, uint64 until);
    /// @notice The period would begin before the newest one ends.
    error PeriodOverlaps(uint64 from, uint64 newestUntil);
    /// @notice The end must lie after the present second; pass 0 for as soon as possible.
    error EndInPast(uint64 until, uint64 time);
    /// @notice The period ends no later already; an end only ever moves earlier.
    error AlreadyEnds(uint64 until, uint64 requested);
    /// @notice No such key in this bureau.
    error UnknownKey(bytes18 bureau, bytes32 thumbprint);
    /// @notice The bureau had this key before; a key is never entered twice.
    error KeyExists(bytes18 bureau, bytes32 thumbprint);
    /// @notice The public key is no compressed point of P-256, or an anchor key came with one.
    error BadPublicKey(bytes publicKey);
    /// @notice The thumbprint does not belong to the public key, or is no left-padded address.
    error BadThumbprint(bytes32 given, bytes32 expected);
    /// @notice Another key of this bureau has the same first 8 bytes, by which stamps name their key.
    error PrefixTaken(bytes8 prefix, bytes32 thumbprint);
    /// @notice A key is known to be compromised since a second in the past or the present one.
    error BadCompromiseTime(uint64 since, uint64 time);
    /// @notice The mark only moves earlier.
    error AlreadyCompromised(uint64 since, uint64 requested);
    /// @notice Neither the authority nor an anchor key of this bureau in force.
    error MayNotMark(address caller);
    /// @notice A bureau's own key reaches back only so far; the authority may go further.
    error MarkTooFarBack(uint64 since, uint64 earliest);
    /// @notice The registry cannot be left without an authority.
    error AuthorityNeeded();

    // ------------------------------------------------------------------ bureaus

    /// @notice Enters a bureau.
    /// @param uscc unified social credit code.
    /// @param name legal name, UTF-8, 1 to 256 bytes.
    /// @param metadataDigest SHA-256 of its public metadata document.
    function registerBureau(bytes18 uscc, string calldata name, bytes32 metadataDigest) external;

    /// @notice Changes name and metadata; earlier ones stay in the events.
    function updateBureau(bytes18 uscc, string calldata name, bytes32 metadataDigest) external;

    /// @notice Stops issuing from the next second on. Statuses and service lanes stay open.
    /// @param reasonDigest SHA-256 of the decision.
    function suspendBureau(bytes18 uscc, bytes32 reasonDigest) external;

    /// @notice Ends the suspension from the next second on.
    function reinstateBureau(bytes18 uscc) external;

    /// @notice Lets `next` answer for `old` from the next second on, for ever.
    /// @dev `old` is closed: suspended without return, no new keys or lanes, and its keys sign nothing more. Only a
    /// bureau that is not succeeded itself can be `next`, so the links form no circle.
    function succeed(bytes18 old, bytes18 next) external;

    // ------------------------------------------------------------------ lanes

    /// @notice Lets a bureau issue in a lane during [from, until).
    /// @param lane code of a certificate type.
    /// @param from first second, not in the past; 0 for now.
    /// @param until first second after it; 0 if open.
    function accredit(bytes18 uscc, bytes32 lane, uint64 from, uint64 until) external;

    /// @notice Ends the newest accreditation of a lane earlier.
    /// @param until first second without it, after the present one; 0 for the next second. A period that has not begun
    /// by then becomes empty.
    function endAccreditation(bytes18 uscc, bytes32 lane, uint64 until) external;

    // ------------------------------------------------------------------ keys

    /// @notice Enters a key.
    /// @param thumbprint for P-256 the RFC 7638 thumbprint of `publicKey`, checked here; else the padded address.
    /// @param publicKey compressed P-256 point; empty for an anchor key.
    /// @param from first second, not in the past; 0 for now.
    /// @param until first second after it; 0 if open.
    function addKey(
        bytes18 uscc,
        bytes32 thumbprint,
        Purpose purpose,
        bytes calldata publicKey,
        uint64 from,
        uint64 until
    ) external;

    /// @notice Ends a key's period earlier. What it signed before stays good.
    /// @param until first second without it, after the present one; 0 for the next second.
    function retireKey(bytes18 uscc, bytes32 thumbprint, uint64 until) external;

    /// @notice Marks a key as in a thief's hands: what it signed and what was anchored at or after `since` is void.
    /// @dev The one call that reaches into the past. The mark can only move earlier. The authority may reach back to
    /// any time; an anchor key in force of the same bureau only {SELF_REPORT_WINDOW}, so that a stolen one cannot void
    /// everything its bureau ever issued.
    function markCompromised(bytes18 uscc, bytes32 thumbprint, uint64 since) external;

    // ------------------------------------------------------------------ answers

    /// @notice Account that writes here.
    function authority() external view returns (address);

    /// @notice Seconds a bureau's own key may reach back with {markCompromised}.
    function SELF_REPORT_WINDOW() external view returns (uint64);

    /// @notice Most lanes one bureau can have; bounds the cost of a suspension, which touches each.
    function MAX_LANES() external view returns (uint256);

    /// @notice Facts of a bureau. Reverts if it is not registered.
    function bureau(bytes18 uscc) external view returns (BureauView memory);

    /// @notice Every bureau, in the order of registration.
    function bureaus() external view returns (bytes18[] memory);

    /// @notice Lanes the bureau was ever accredited for, in order.
    function lanes(bytes18 uscc) external view returns (bytes32[] memory);

    /// @notice Accreditations for a lane, oldest first.
    function accreditations(bytes18 uscc, bytes32 lane) external view returns (Period[] memory);

    /// @notice Suspensions, oldest first; the last one is open while suspended or succeeded.
    function suspensions(bytes18 uscc) external view returns (Period[] memory);

    /// @notice Thumbprints of every key the bureau ever had, in order.
    function keyThumbprints(bytes18 uscc) external view returns (bytes32[] memory);

    /// @notice Facts of a key. Reverts if the bureau never had it.
    function key(bytes18 uscc, bytes32 thumbprint) external view returns (Key memory);

    /// @notice Thumbprint of the P-256 key with these first 8 bytes, or zero.
    function thumbprintOf(bytes18 uscc, bytes8 prefix) external view returns (bytes32);

    /// @notice Bureau that answers for this one, or zero.
    function successorOf(bytes18 uscc) external view returns (bytes18);

    /// @notice Was the bureau accredited for the lane, and not suspended, at that second? Service lanes: registered?
    function wasAccredited(bytes18 uscc, bytes32 lane, uint64 time) external view returns (bool);

    /// @notice May the key have signed what was anchored at that second?
    function keyUsable(bytes18 uscc, bytes32 thumbprint, uint64 time) external view returns (bool);

    /// @notice May this anchor key anchor in that lane at that second? The one question AnchorLog asks for a batch.
    function mayAnchor(bytes18 uscc, bytes32 lane, address anchorKey, uint64 time) external view returns (bool);

    /// @notice May `actor`, with this anchor key, change statuses of the bureau at that second?
    /// @dev The bureau itself while it has no successor; then the bureau at the end of the line of successors. Zero
    /// stands for the authority. False for a bureau that was never accredited for anything.
    function mayAnchorStatus(bytes18 uscc, bytes18 actor, address anchorKey, uint64 time) external view returns (bool);
}
