// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {ITenderProceedings} from "../../../contracts/tenders/ITenderProceedings.sol";
import {TenderBook} from "../../../contracts/tenders/TenderBook.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {BlsSigner} from "../support/BlsSigner.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice Runs one tender at random, rightly and wrongly, and keeps the story that its accepted calls tell.
contract TenderHandler is TenderFixture {
    uint256 internal constant BIDDERS = 5;

    uint64 public tender;
    /// @dev The story: commitment hash by place as the events tell it, zero where none is live.
    bytes32[] private _told;
    mapping(address bidder => uint256 place) private _placeOf;
    mapping(address bidder => uint32) private _version;
    mapping(address bidder => bool) private _gone;
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
    bytes32 public closedStory;
    uint256 public accepted;

    constructor() {
        vm.warp(START);
        setUp();
        tender = _publish(1);
        _deadline = deadline;
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

    function submit(uint256 who, uint256 luck) external watched {
        uint256 pk = 0xD000 + who % BIDDERS;
        address bidder = vm.addr(pk);
        uint32 version = _version[bidder] + (luck % 7 == 0 ? 2 : 1);
        ITenderBook.Commitment memory commitment = _commitment(tender, pk, version, 1);
        commitment.file1 = keccak256(abi.encode(luck));
        bytes32 hash = TenderHashes.commitmentHash(commitment);
        bool forged = luck % 11 == 0;
        bytes memory signature = _signBook(forged ? 0xF00 : pk, hash);
        bytes memory custody = _signBook(CUSTODIAN_PK, TenderHashes.custodyHash(hash));
        bool allowed = _bidding() && !forged && version == _version[bidder] + 1;
        _call(address(book), abi.encodeCall(book.submit, (commitment, signature, custody)), allowed);
        if (!allowed) return;
        if (_placeOf[bidder] == 0) {
            _told.push(hash);
            _placeOf[bidder] = _told.length;
        } else {
            _told[_placeOf[bidder] - 1] = hash;
        }
        _changed(bidder, version);
        _gone[bidder] = false;
    }

    function withdraw(uint256 who, uint256 luck) external watched {
        uint256 pk = 0xD000 + who % BIDDERS;
        address bidder = vm.addr(pk);
        uint32 version = _version[bidder] + 1;
        uint256 signer = luck % 3 == 0 ? RECOVERY_PK : luck % 7 == 0 ? 0xF00 : pk;
        bytes32 hash = TenderHashes.withdrawalHash(tender, 1, bidder, version, type(uint64).max);
        bool allowed = _bidding() && signer != 0xF00 && _version[bidder] != 0 && !_gone[bidder];
        bytes memory signature = _signBook(signer, hash);
        _call(
            address(book),
            abi.encodeCall(book.withdraw, (tender, 1, bidder, version, type(uint64).max, signature)),
            allowed
        );
        if (!allowed) return;
        _told[_placeOf[bidder] - 1] = 0;
        _gone[bidder] = true;
        _changed(bidder, version);
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
        if (allowed && _phase(tender) != ITenderBook.Phase.Bidding) closedStory = _story();
    }

    function open(uint256 luck) external watched {
        bytes32 message = _message(tender, 1);
        bool right = luck % 3 != 0;
        bytes memory signature = BlsSigner.sign(right ? GROUP_SECRET : luck % 1000 + 1, message);
        bool allowed = right && _phase(tender) == ITenderBook.Phase.Closed && _now() >= book.tenderOf(tender).openAt;
        openAtWhenOpened = allowed ? book.tenderOf(tender).openAt : openAtWhenOpened;
        _call(address(book), abi.encodeCall(book.open, (tender, 1, 1, signature, digest)), allowed);
        if (allowed) firstOpenedAt = _now();
    }

    function goOn(uint256 luck) external watched {
        ITenderProceedings.Progress memory progress = proceedings.progressOf(tender, 1);
        ITenderBook.LotView memory line = book.lotOf(tender, 1);
        vm.prank(officer);
        if (luck % 3 == 0) {
            bool named = line.phase == ITenderBook.Phase.Opened || line.phase == ITenderBook.Phase.Candidates;
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

    function _changed(address bidder, uint32 version) private {
        _version[bidder] = version;
        lastBidAt = _now();
        deadlineAtLastBid = _deadline;
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
    }
}
