// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {ITenderProceedings} from "../../../contracts/tenders/ITenderProceedings.sol";
import {TenderBook} from "../../../contracts/tenders/TenderBook.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {BlsSigner} from "../support/BlsSigner.sol";
import {TenderFixture} from "../support/TenderFixture.sol";
import {Vm} from "../support/Vm.sol";

/// @notice Runs one tender at random, rightly and wrongly, and keeps the story that its accepted calls tell.
contract TenderHandler is TenderFixture {
    uint256 internal constant BIDDERS = 5;

    bytes32 internal constant SALT = keccak256("salt");

    /// @dev One bidder: the keys that acted for it, newest last, and what the accepted acts made of its bid.
    struct Seat {
        uint256[] hands;
        uint32 version;
        bool live;
        bool decoy;
        ITenderBook.Commitment newest;
    }

    uint64 public tender;
    uint8 public envelopes;
    /// @dev The story: commitment hash by place as the book's events tell it, zero where none is live.
    bytes32[] private _told;
    mapping(uint256 who => Seat) private _seats;
    uint256 private _fresh = 0xDD00;
    uint256 public handed;
    uint256 public revealed;
    uint64 public lastRevealAt;
    uint64 private _deadline;
    uint64 public lastBidAt;
    uint64 public deadlineAtLastBid;
    uint64 public firstOpenedAt;
    uint64 public openAtWhenOpened;
    uint64 public firstClosedAt;
    uint8 public highest;
    bool public fellBack;
    bool public graceUsed;
    uint256 public moves;
    mapping(uint8 envelope => bytes32) public closedStory;
    uint256 public accepted;

    constructor(uint8 envelopes_) {
        vm.warp(START);
        setUp();
        envelopes = envelopes_;
        tender = _publish(envelopes_);
        _deadline = deadline;
        for (uint256 who = 0; who < BIDDERS; ++who) {
            _seats[who].hands.push(0xD000 + who);
        }
        vm.recordLogs();
    }

    function theBook() external view returns (TenderBook) {
        return book;
    }

    function told() external view returns (bytes32[] memory) {
        return _told;
    }

    // ------------------------------------------------------------------ time

    function wait_(uint256 secs) external watched {
        _pass(bound(secs, 1, 400));
    }

    function toTheDeadline(uint256 luck) external watched {
        uint64 end = book.tenderOf(tender).deadline;
        if (luck % 3 == 0 && _now() < end) vm.warp(end + luck % 2);
    }

    // ------------------------------------------------------------------ the officer

    function extend(uint256 by, uint256 luck) external watched {
        ITenderBook.TenderView memory entry = book.tenderOf(tender);
        uint64 later = entry.deadline + uint64(by % 200);
        uint64 opening = entry.openAt + 200;
        bool right = luck % 5 != 0;
        bool allowed = right && !entry.cancelled && _now() <= entry.deadline && later > entry.deadline;
        allowed = allowed && opening > later;
        vm.prank(right ? officer : authority);
        _call(address(book), abi.encodeCall(book.extend, (tender, later, opening)), allowed);
        if (allowed) _deadline = later;
    }

    function cancel(uint256 luck) external watched {
        if (luck % 40 != 0) return;
        ITenderBook.Phase phase = _phase(tender);
        bool allowed = !book.ended(tender) && (phase < ITenderBook.Phase.Awarded || phase == ITenderBook.Phase.Failed);
        vm.prank(officer);
        _call(address(book), abi.encodeCall(book.cancel, (tender, digest)), allowed);
    }

    // ------------------------------------------------------------------ bids

    /// @dev A bid, a replacement, or a decoy of the custodian's; by who acts for the seat, or by a forger.
    function submit(uint256 who, uint256 luck) external watched {
        Seat storage seat = _seats[who % BIDDERS];
        uint256 pk = seat.hands[seat.hands.length - 1];
        uint32 version = seat.version + (luck % 7 == 0 ? 2 : 1);
        ITenderBook.Commitment memory commitment = _commitment(tender, pk, version, envelopes);
        commitment.file1 = keccak256(abi.encode(luck));
        bool decoy = luck % 4 == 0;
        if (decoy) commitment.kindDigest = _decoyDigest(vm.addr(pk));
        bool forged = luck % 11 == 0;
        bool allowed = _bidding() && !forged && version == seat.version + 1;
        _call(address(book), _submitting(commitment, forged ? 0xF00 : pk), allowed);
        if (!allowed) return;
        seat.live = true;
        seat.decoy = decoy;
        seat.newest = commitment;
        _changed(seat);
    }

    function withdraw(uint256 who, uint256 luck) external watched {
        Seat storage seat = _seats[who % BIDDERS];
        uint256 pk = _handOf(seat, luck);
        bool current = pk == seat.hands[seat.hands.length - 1];
        uint256 signer = luck % 3 == 0 ? RECOVERY_PK : luck % 7 == 0 ? 0xF00 : pk;
        uint32 version = seat.version + 1;
        bytes32 hash = TenderHashes.withdrawalHash(tender, 1, vm.addr(pk), version, type(uint64).max);
        bool allowed = _bidding() && current && signer != 0xF00 && seat.live;
        bytes memory signature = _signBook(signer, hash);
        _call(
            address(book),
            abi.encodeCall(book.withdraw, (tender, 1, vm.addr(pk), version, type(uint64).max, signature)),
            allowed
        );
        if (!allowed) return;
        seat.live = false;
        _changed(seat);
    }

    /// @dev To a new hand, or onto another bidder, with one signature of two, or from a hand that has no say any more.
    function move(uint256 who, uint256 luck) external watched {
        Seat storage seat = _seats[who % BIDDERS];
        uint256 from = _handOf(seat, luck);
        bool current = from == seat.hands[seat.hands.length - 1];
        bool taken = luck % 5 == 0;
        uint256 to = taken ? seat.hands[0] : _fresh + 1;
        bool half = luck % 7 == 0;
        bool allowed = _bidding() && current && seat.live && !taken && !half;
        _call(address(book), _moving(from, to, seat.version + 1, half), allowed);
        if (!allowed) return;
        ++_fresh;
        seat.hands.push(to);
        ++handed;
        _changed(seat);
    }

    /// @dev By its custodian or the authority; a decoy that was moved is nobody's to reveal.
    function reveal(uint256 who, uint256 luck) external watched {
        Seat storage seat = _seats[who % BIDDERS];
        ITenderBook.TenderView memory entry = book.tenderOf(tender);
        bool right = luck % 4 != 0;
        bool allowed = right && !entry.cancelled && _now() > entry.deadline && entry.settledAt != 0
            && _now() <= entry.settledAt + REVEAL && seat.live && seat.decoy
            && seat.newest.bidder == vm.addr(seat.hands[seat.hands.length - 1]);
        vm.prank(right ? custodian : authority);
        _call(address(book), abi.encodeCall(book.revealDecoy, (seat.newest, SALT)), allowed);
        if (!allowed) return;
        seat.live = false;
        ++revealed;
        lastRevealAt = _now();
    }

    // ------------------------------------------------------------------ the deadline and the opening

    function tick(uint256 gap, uint256 luck) external watched {
        uint64 end = book.tenderOf(tender).deadline;
        bool pending = !book.tenderOf(tender).cancelled && book.tenderOf(tender).settledAt == 0 && _now() > end;
        gap = bound(gap, 1, 2 * GAP);
        uint256 later = end + 1 + (luck % gap);
        uint256 before = later - gap;
        bool allowed = pending && before <= end;
        vm.roll(block.number + 3);
        bytes memory first = _header(keccak256("parent"), block.number - 2, before);
        bytes memory second = _header(keccak256(first), block.number - 1, later);
        vm.setBlockhash(block.number - 1, keccak256(second));
        _call(address(book), abi.encodeCall(book.tick, (tender, first, second)), allowed);
        if (!allowed || gap <= GAP) return;
        graceUsed = true;
        ++moves;
        _deadline = uint64(later) + GRACE;
    }

    function close(uint256 most) external watched {
        ITenderBook.TenderView memory entry = book.tenderOf(tender);
        bool allowed = _phase(tender) == ITenderBook.Phase.Bidding && _now() > _deadline && entry.settledAt != 0
            && _now() > entry.settledAt + REVEAL;
        _call(address(book), abi.encodeCall(book.close, (tender, 1, 1, uint32(bound(most, 1, 4)))), allowed);
        if (allowed && firstClosedAt == 0) firstClosedAt = _now();
        if (allowed && _phase(tender) != ITenderBook.Phase.Bidding) closedStory[1] = _story();
    }

    function closePrices(uint256 most) external watched {
        bool allowed = _phase(tender) == ITenderBook.Phase.Reviewed;
        _call(address(book), abi.encodeCall(book.close, (tender, 1, 2, uint32(bound(most, 1, 4)))), allowed);
        if (allowed && _phase(tender) != ITenderBook.Phase.Reviewed) closedStory[2] = _story();
    }

    function open(uint256 luck) external watched {
        uint8 envelope = luck % 2 == 0 ? 1 : 2;
        ITenderBook.Phase due = envelope == 1 ? ITenderBook.Phase.Closed : ITenderBook.Phase.PriceClosed;
        bytes32 message = _message(tender, envelope);
        bool right = luck % 3 != 0;
        bytes memory signature = BlsSigner.sign(right ? GROUP_SECRET : luck % 1000 + 1, message);
        bool allowed = right && _phase(tender) == due && _now() >= book.tenderOf(tender).openAt;
        openAtWhenOpened = allowed ? book.tenderOf(tender).openAt : openAtWhenOpened;
        _call(address(book), abi.encodeCall(book.open, (tender, 1, envelope, signature, digest)), allowed);
        if (allowed && envelope == 1) firstOpenedAt = _now();
    }

    /// @dev Drops one place, if any: a live one, a dead one, or one that is not there.
    function review(uint256 luck) external watched {
        uint32[] memory dropped = new uint32[](luck % 3 == 0 ? 1 : 0);
        if (dropped.length == 1) dropped[0] = uint32(luck % (_told.length + 2));
        bool live = dropped.length == 0 || (dropped[0] != 0 && dropped[0] <= _told.length && _told[dropped[0] - 1] != 0);
        bool right = luck % 5 != 0;
        bool allowed = right && live && envelopes == 2 && _phase(tender) == ITenderBook.Phase.Opened;
        vm.prank(right ? officer : authority);
        _call(address(book), abi.encodeCall(book.review, (tender, 1, digest, dropped)), allowed);
    }

    function goOn(uint256 luck) external watched {
        ITenderProceedings.Progress memory progress = proceedings.progressOf(tender, 1);
        ITenderBook.LotView memory line = book.lotOf(tender, 1);
        vm.prank(officer);
        if (luck % 3 == 0) {
            ITenderBook.Phase last = envelopes == 1 ? ITenderBook.Phase.Opened : ITenderBook.Phase.PriceOpened;
            bool named = line.phase == last || line.phase == ITenderBook.Phase.Candidates;
            bytes memory data = abi.encodeCall(proceedings.nameCandidates, (tender, 1, progress.rankings + 1, digest));
            _call(address(proceedings), data, named);
        } else if (luck % 3 == 1) {
            bool awarded = line.phase == ITenderBook.Phase.Awarded
                || (line.phase == ITenderBook.Phase.Candidates && _now() > line.since + STANDSTILL);
            _call(
                address(proceedings),
                abi.encodeCall(proceedings.award, (tender, 1, progress.awards + 1, digest)),
                awarded
            );
        } else {
            bool signed = line.phase == ITenderBook.Phase.Awarded && _now() > line.since + COMPLAINTS;
            _call(address(proceedings), abi.encodeCall(proceedings.recordContract, (tender, 1, digest)), signed);
        }
    }

    // ------------------------------------------------------------------ inside

    /// @dev Notes whether a phase ever fell back.
    modifier watched() {
        _;
        uint8 phase = uint8(_phase(tender));
        if (phase < highest) fellBack = true;
        highest = phase;
    }

    function _bidding() private view returns (bool) {
        return !book.tenderOf(tender).cancelled && _now() <= _deadline;
    }

    function _changed(Seat storage seat) private {
        ++seat.version;
        lastBidAt = _now();
        deadlineAtLastBid = _deadline;
    }

    function _submitting(ITenderBook.Commitment memory commitment, uint256 pk) private view returns (bytes memory) {
        bytes32 hash = TenderHashes.commitmentHash(commitment);
        bytes memory custody = _signBook(CUSTODIAN_PK, TenderHashes.custodyHash(hash));
        return abi.encodeCall(book.submit, (commitment, _signBook(pk, hash), custody));
    }

    function _moving(uint256 from, uint256 to, uint32 version, bool half) private view returns (bytes memory) {
        bytes32 hash = TenderHashes.moveHash(tender, 1, vm.addr(from), vm.addr(to), version, type(uint64).max);
        bytes memory one = _signBook(half ? from : RECOVERY_PK, hash);
        bytes memory two = _signBook(to, hash);
        return abi.encodeCall(book.move, (tender, 1, vm.addr(from), vm.addr(to), version, type(uint64).max, one, two));
    }

    function _handOf(Seat storage seat, uint256 luck) private view returns (uint256) {
        return luck % 6 == 0 ? seat.hands[0] : seat.hands[seat.hands.length - 1];
    }

    function _decoyDigest(address bidder) private view returns (bytes32) {
        return TenderHashes.kindDigest(address(book), tender, 1, bidder, TenderHashes.KIND_DECOY, custodian, SALT);
    }

    function _story() private view returns (bytes32 story) {
        for (uint256 i = 0; i < _told.length; ++i) {
            if (_told[i] != 0) story = sha256(abi.encodePacked(story, _told[i]));
        }
    }

    function _call(address target, bytes memory data, bool allowed) private {
        (bool done,) = target.call(data);
        assertTrue(done == allowed, allowed ? "refused what the rules allow" : "accepted what the rules forbid");
        if (done) ++accepted;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(book)) _tell(logs[i].topics[0], logs[i].data);
        }
    }

    /// @dev What an outsider makes of the book's events, and of nothing else.
    function _tell(bytes32 topic, bytes memory data) private {
        if (topic == ITenderBook.BidCommitted.selector) {
            (uint32 place, bytes32 hash,,) = abi.decode(data, (uint32, bytes32, ITenderBook.Commitment, address));
            if (place > _told.length) _told.push(hash);
            _told[place - 1] = hash;
        } else if (topic == ITenderBook.BidWithdrawn.selector) {
            (uint32 place,,) = abi.decode(data, (uint32, uint32, address));
            _told[place - 1] = 0;
        } else if (topic == ITenderBook.DecoyRevealed.selector) {
            (uint32 place,,) = abi.decode(data, (uint32, address, bytes32));
            _told[place - 1] = 0;
        } else if (topic == ITenderBook.Reviewed.selector) {
            (, uint32[] memory dropped) = abi.decode(data, (bytes32, uint32[]));
            for (uint256 i = 0; i < dropped.length; ++i) {
                _told[dropped[i] - 1] = 0;
            }
        }
    }
}
