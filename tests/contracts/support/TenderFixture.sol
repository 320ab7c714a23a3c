// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyHolderRegistry} from "../../../contracts/tenders/IKeyHolderRegistry.sol";
import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {KeyHolderRegistry} from "../../../contracts/tenders/KeyHolderRegistry.sol";
import {TenderBook} from "../../../contracts/tenders/TenderBook.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {TenderProceedings} from "../../../contracts/tenders/TenderProceedings.sol";
import {BlsSigner} from "./BlsSigner.sol";
import {Fixture} from "./Fixture.sol";

/// @notice A town with five key holders, a procuring bureau, a custodian and bidders.
abstract contract TenderFixture is Fixture {
    bytes32 internal constant GENESIS = keccak256("genesis");
    uint256 internal constant GROUP_SECRET = 0x5ec2e7;
    uint256 internal constant CUSTODIAN_PK = 0xCC;
    uint256 internal constant ANN = 0xB001;
    uint256 internal constant BO = 0xB002;
    uint256 internal constant CAI = 0xB003;
    uint256 internal constant RECOVERY_PK = 0xB0FF;
    uint32 internal constant GAP = 60;
    uint32 internal constant GRACE = 600;
    uint32 internal constant REVEAL = 30;
    uint32 internal constant MARGIN = 100;
    uint32 internal constant STANDSTILL = 300;
    uint32 internal constant COMPLAINTS = 200;

    address internal officer = vm.addr(MARKET_PK);
    address internal supervisor = address(0x50BE);
    address internal custodian = vm.addr(CUSTODIAN_PK);
    bytes32 internal digest = keccak256("some document");

    KeyHolderRegistry internal holders;
    TenderBook internal book;
    TenderProceedings internal proceedings;
    uint64 internal deadline;
    uint64 internal openAt;

    function setUp() public virtual override {
        super.setUp();
        _town();
    }

    function _town() internal {
        _populate();
        vm.roll(1000);
        _asAuthority();
        registry.accredit(MARKET, TenderHashes.LANE, 0, 0);
        _pass(1);
        holders = new KeyHolderRegistry(registry, GENESIS);
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        book = new TenderBook(holders, next);
        proceedings = new TenderProceedings(book);
    }

    // ------------------------------------------------------------------ key holders

    function _member(uint256 index) internal pure returns (address) {
        return address(uint160(0x4E1D00 + index));
    }

    function _members(uint256 count) internal pure returns (address[] memory members) {
        members = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            members[i] = _member(i);
        }
    }

    function _plan(uint64 tender) internal view returns (IKeyHolderRegistry.Plan memory plan) {
        plan.bureau = MARKET;
        plan.book = address(book);
        plan.tender = tender;
        plan.term = keccak256("term");
        plan.rosterDigest = keccak256("roster");
        plan.threshold = 3;
        plan.dealsUntil = _now() + 10;
        plan.complaintsUntil = _now() + 20;
        plan.answersUntil = _now() + 30;
        plan.confirmUntil = _now() + 40;
        plan.usableUntil = _now() + 100_000;
    }

    /// @notice Five members make a key without complaints.
    function _ceremony(uint64 tender) internal returns (uint64 ceremony) {
        ceremony = holders.ceremonies() + 1;
        IKeyHolderRegistry.Plan memory plan = _plan(tender);
        vm.prank(officer);
        holders.convene(ceremony, plan, _members(5));
        for (uint256 i = 0; i < 5; ++i) {
            vm.prank(_member(i));
            holders.deal(ceremony, keccak256(abi.encode("deal", i)));
        }
        _pass(31);
        bytes memory key = BlsSigner.publicKey(GROUP_SECRET);
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(_member(i));
            holders.confirm(ceremony, keccak256("transcript"), 31, key);
        }
    }

    // ------------------------------------------------------------------ notices

    function _notice(uint64 ceremony, uint8 envelopes) internal returns (ITenderBook.Notice memory notice) {
        deadline = _now() + 1000;
        openAt = deadline + 100;
        notice.bureau = MARKET;
        notice.digest = keccak256("notice");
        notice.lots = 2;
        notice.envelopes = envelopes;
        notice.minimumBids = 3;
        notice.deadline = deadline;
        notice.openAt = openAt;
        notice.ceremony = ceremony;
        notice.supervisor = supervisor;
        notice.gap = GAP;
        notice.grace = GRACE;
        notice.revealWindow = REVEAL;
        notice.amendmentMargin = MARGIN;
        notice.standstill = STANDSTILL;
        notice.complaintPeriod = COMPLAINTS;
    }

    function _custodians() internal view returns (address[] memory list) {
        list = new address[](1);
        list[0] = custodian;
    }

    /// @notice Publishes a tender with two lots, after a ceremony of its own.
    function _publish(uint8 envelopes) internal returns (uint64 tender) {
        uint64 ceremony = _ceremony(0);
        tender = book.tenders() + 1;
        ITenderBook.Notice memory notice = _notice(ceremony, envelopes);
        vm.prank(officer);
        book.publish(tender, notice, _custodians());
    }

    // ------------------------------------------------------------------ bids

    function _commitment(uint64 tender, uint256 pk, uint32 version, uint8 envelopes)
        internal
        pure
        returns (ITenderBook.Commitment memory commitment)
    {
        bool two = envelopes == 2;
        commitment.tender = tender;
        commitment.lot = 1;
        commitment.bidder = vm.addr(pk);
        commitment.version = version;
        commitment.recovery = vm.addr(RECOVERY_PK);
        commitment.notAfter = type(uint64).max;
        commitment.kindDigest = keccak256(abi.encode("kind", pk));
        commitment.file1 = keccak256(abi.encode("file1", pk, version));
        commitment.size1 = 4096;
        commitment.form1 = keccak256("form1");
        commitment.file2 = two ? keccak256(abi.encode("file2", pk, version)) : bytes32(0);
        commitment.size2 = two ? 2048 : 0;
        commitment.form2 = two ? keccak256("form2") : bytes32(0);
    }

    function _signBook(uint256 pk, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 hash = keccak256(abi.encodePacked(hex"1901", TenderHashes.separator(address(book)), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(pk, hash);
        return abi.encodePacked(r, s, v);
    }

    function _submit(ITenderBook.Commitment memory commitment, uint256 pk) internal {
        bytes32 hash = TenderHashes.commitmentHash(commitment);
        bytes memory signature = _signBook(pk, hash);
        bytes memory custody = _signBook(CUSTODIAN_PK, TenderHashes.custodyHash(hash));
        book.submit(commitment, signature, custody);
    }

    function _bid(uint64 tender, uint256 pk, uint32 version, uint8 envelopes) internal {
        _submit(_commitment(tender, pk, version, envelopes), pk);
    }

    function _threeBids(uint64 tender, uint8 envelopes) internal {
        _bid(tender, ANN, 1, envelopes);
        _bid(tender, BO, 1, envelopes);
        _bid(tender, CAI, 1, envelopes);
    }

    function _withdraw(uint64 tender, uint256 bidderPk, uint32 version, uint256 signerPk) internal {
        bytes32 hash = TenderHashes.withdrawalHash(tender, 1, vm.addr(bidderPk), version, type(uint64).max);
        bytes memory signature = _signBook(signerPk, hash);
        book.withdraw(tender, 1, vm.addr(bidderPk), version, type(uint64).max, signature);
    }

    // ------------------------------------------------------------------ the deadline and the opening

    /// @notice A header as Prague has them, with only what matters filled in.
    function _header(bytes32 parent, uint256 number, uint256 time) internal pure returns (bytes memory) {
        bytes memory word = abi.encodePacked(bytes1(0xa0), bytes32(0));
        bytes memory body = bytes.concat(abi.encodePacked(bytes1(0xa0), parent), word, hex"94", new bytes(20));
        body = bytes.concat(body, word, word, word, hex"b90100", new bytes(256), hex"80");
        body = bytes.concat(body, hex"88", bytes8(uint64(number)), hex"8080", hex"84", bytes4(uint32(time)));
        body = bytes.concat(body, hex"80", word, hex"88", new bytes(8), hex"80", word);
        return abi.encodePacked(bytes1(0xf9), uint16(body.length), body);
    }

    /// @notice Shows the chain two blocks, the later of them its newest, and ticks.
    function _tick(uint64 tender, uint256 before, uint256 later) internal {
        bytes memory first = _header(keccak256("parent"), block.number - 2, before);
        bytes memory second = _header(keccak256(first), block.number - 1, later);
        vm.setBlockhash(block.number - 1, keccak256(second));
        book.tick(tender, first, second);
    }

    /// @notice Goes to the moment at which closing is allowed, without an outage.
    function _settle(uint64 tender) internal {
        vm.warp(deadline + 1);
        _tick(tender, deadline, deadline + 1);
        vm.warp(deadline + 2 + REVEAL);
    }

    function _message(uint64 tender, uint8 envelope) internal view returns (bytes32) {
        ITenderBook.LiveSet memory set = book.liveSetOf(tender, 1, envelope);
        return TenderHashes.liveSetMessage(GENESIS, address(book), tender, 1, envelope, set.count, set.digest);
    }

    function _open(uint64 tender, uint8 envelope) internal {
        book.open(tender, 1, envelope, BlsSigner.sign(GROUP_SECRET, _message(tender, envelope)), digest);
    }

    function _phase(uint64 tender) internal view returns (ITenderBook.Phase) {
        return book.lotOf(tender, 1).phase;
    }

    function _assertPhase(uint64 tender, ITenderBook.Phase phase) internal view {
        assertEq(uint256(_phase(tender)), uint256(phase), "phase");
    }

    /// @notice A tender of which lot 1 is opened.
    function _opened(uint8 envelopes) internal returns (uint64 tender) {
        tender = _publish(envelopes);
        _threeBids(tender, envelopes);
        _settle(tender);
        book.close(tender, 1, 1, 100);
        vm.warp(openAt);
        _open(tender, 1);
    }
}
