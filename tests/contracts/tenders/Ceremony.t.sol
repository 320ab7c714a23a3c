// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyHolderRegistry} from "../../../contracts/tenders/IKeyHolderRegistry.sol";
import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {KeyHolderRegistry} from "../../../contracts/tenders/KeyHolderRegistry.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {BlsSigner} from "../support/BlsSigner.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice Key holders make a key in rounds; who cheats or stays away is left out.
contract CeremonyTest is TenderFixture {
    bytes private _key;

    function setUp() public override {
        super.setUp();
        _key = BlsSigner.publicKey(GROUP_SECRET);
    }

    function test_ThreeOfFiveConfirmAndTheKeyIsInForce() public {
        uint64 ceremony = _ceremony(0);
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
        assertTrue(holders.usable(ceremony, address(book), 1, _now()), "usable");
        assertFalse(holders.usable(ceremony, address(this), 1, _now()), "usable for another book");
        assertFalse(holders.usable(ceremony, address(book), 1, _now() + 200_000), "usable after its term");
        bytes32 message = keccak256("message");
        assertTrue(holders.verify(ceremony, message, BlsSigner.sign(GROUP_SECRET, message)), "signature");
        assertFalse(holders.verify(ceremony, message, BlsSigner.sign(GROUP_SECRET + 1, message)), "other signature");
    }

    function test_TwoConfirmationsAreTooFew() public {
        uint64 ceremony = _confirming(31);
        _confirm(ceremony, 0, 31, _key);
        _confirm(ceremony, 1, 31, _key);
        _confirmOther(ceremony, 2);
        assertEq(holders.publicKeyOf(ceremony), bytes(""), "key");
        assertFalse(holders.usable(ceremony, address(book), 1, _now()), "usable");
        _confirm(ceremony, 3, 31, _key);
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
    }

    function test_ALaterOtherConfirmationChangesNothing() public {
        uint64 ceremony = _ceremony(0);
        _confirmOther(ceremony, 3);
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
    }

    function test_AKeyForOneTenderIsForNoOther() public {
        uint64 ceremony = _ceremony(7);
        assertTrue(holders.usable(ceremony, address(book), 7, _now()), "its tender");
        assertFalse(holders.usable(ceremony, address(book), 1, _now()), "another");
    }

    function test_WhoDidNotDealIsLeftOut() public {
        uint64 ceremony = _confirming(0x1b); // all but member 2
        assertEq(holders.eligible(ceremony), 0x1b, "eligible");
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadQualified.selector, 31, 0x1b));
        holders.confirm(ceremony, digest, 31, _key);
        vm.prank(_member(2));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadQualified.selector, 0x1b, 0x1b));
        holders.confirm(ceremony, digest, 0x1b, _key);
        _confirm(ceremony, 0, 0x1b, _key);
        _confirm(ceremony, 1, 0x1b, _key);
        _confirm(ceremony, 4, 0x1b, _key);
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
    }

    function test_AnUnansweredComplaintLeavesOutAnAnsweredOneDoesNot() public {
        uint64 ceremony = _dealt(31);
        _pass(11);
        vm.prank(_member(0));
        holders.complain(ceremony, 1, digest);
        vm.prank(_member(0));
        holders.complain(ceremony, 2, digest);
        _pass(10);
        vm.prank(_member(1));
        holders.answer(ceremony, 0, digest);
        assertEq(holders.eligible(ceremony), 31 - 4, "eligible");
    }

    function test_EachThingIsSaidOnceAndByMembers() public {
        uint64 ceremony = _dealt(31);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.AlreadySaid.selector, ceremony, 0));
        holders.deal(ceremony, keccak256("another story"));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NotMember.selector, ceremony, address(this)));
        holders.deal(ceremony, digest);
        _pass(11);
        vm.prank(_member(0));
        holders.complain(ceremony, 1, digest);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.AlreadySaid.selector, ceremony, 0));
        holders.complain(ceremony, 1, digest);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadAccused.selector, 0));
        holders.complain(ceremony, 0, digest);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadAccused.selector, 5));
        holders.complain(ceremony, 5, digest);
        _pass(10);
        vm.prank(_member(1));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NoComplaint.selector, 2, 1));
        holders.answer(ceremony, 2, digest);
        vm.prank(_member(1));
        holders.answer(ceremony, 0, digest);
        vm.prank(_member(1));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.AlreadySaid.selector, ceremony, 1));
        holders.answer(ceremony, 0, digest);
        _pass(10);
        _confirm(ceremony, 0, 31, _key);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.AlreadySaid.selector, ceremony, 0));
        holders.confirm(ceremony, keccak256("transcript"), 31, _key);
    }

    /// @dev One of five held a paper back from half of the others: they confirm two outcomes, and then agree.
    function test_WhoSawAnotherStoryConfirmsAnewAndTheCeremonyIsNotStranded() public {
        uint64 ceremony = _confirming(31);
        _confirm(ceremony, 0, 31, _key);
        _confirm(ceremony, 1, 31, _key);
        _confirmOther(ceremony, 2);
        _confirmOther(ceremony, 3);
        assertEq(holders.publicKeyOf(ceremony), bytes(""), "key");
        _confirm(ceremony, 2, 31, _key);
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
        // What is in force stays, with its supporters; who confirmed the other outcome may still join them.
        bytes memory other = BlsSigner.publicKey(GROUP_SECRET + 1);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.AlreadySaid.selector, ceremony, 0));
        holders.confirm(ceremony, keccak256("transcript"), 31, other);
        _confirm(ceremony, 3, 31, _key);
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
    }

    function test_AMemberCountsForItsNewestOutcomeOnly() public {
        uint64 ceremony = _confirming(31);
        _confirm(ceremony, 0, 31, _key);
        _confirm(ceremony, 1, 31, _key);
        _confirmOther(ceremony, 0);
        _confirm(ceremony, 2, 31, _key);
        assertEq(holders.publicKeyOf(ceremony), bytes(""), "two support it");
        _confirmOther(ceremony, 1);
        assertEq(holders.publicKeyOf(ceremony), bytes(""), "one supports it");
        _confirm(ceremony, 0, 31, _key);
        _confirm(ceremony, 3, 31, _key);
        assertEq(holders.publicKeyOf(ceremony), _key, "three support it");
    }

    /// @dev Rounds end inclusively; the next begins a second later.
    function test_RoundsAreKeptToTheSecond() public {
        uint64 ceremony = _convene(0);
        uint64 from = _now();
        vm.warp(from + 10);
        vm.prank(_member(0));
        holders.deal(ceremony, digest);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NotInRound.selector, from + 10, from + 20, from + 10));
        holders.complain(ceremony, 1, digest);
        vm.warp(from + 11);
        vm.prank(_member(1));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NotInRound.selector, 0, from + 10, from + 11));
        holders.deal(ceremony, digest);
        vm.warp(from + 41);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NotInRound.selector, from + 30, from + 40, from + 41));
        holders.confirm(ceremony, digest, 1, _key);
    }

    function test_DegenerateKeysAreRefused() public {
        uint64 ceremony = _confirming(31);
        bytes[5] memory keys = [
            new bytes(256), // infinity
            bytes.concat(_key, hex"00"), // too long
            _mangled(255), // off the curve
            _onCurveOutsideGroup(),
            _notReduced()
        ];
        for (uint256 i = 0; i < keys.length; ++i) {
            vm.prank(_member(0));
            vm.expectRevert(IKeyHolderRegistry.DegenerateKey.selector);
            holders.confirm(ceremony, digest, 31, keys[i]);
        }
    }

    function test_ConveningNeedsRightMembersRoundsAndSender() public {
        IKeyHolderRegistry.Plan memory plan = _plan(0);
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.MayNotConvene.selector, MARKET, address(this)));
        holders.convene(1, plan, _members(5));
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NotNextCeremony.selector, 1, 2));
        holders.convene(2, plan, _members(5));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadMembers.selector, 4, 3));
        holders.convene(1, plan, _members(4));
        address[] memory twice = _members(5);
        twice[4] = twice[0];
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadMembers.selector, 5, 3));
        holders.convene(1, plan, twice);
        plan.answersUntil = plan.complaintsUntil;
        vm.expectRevert(IKeyHolderRegistry.BadRounds.selector);
        holders.convene(1, plan, _members(5));
        vm.stopPrank();
        plan = _plan(0);
        plan.bureau = 0;
        _asAuthority();
        holders.convene(1, plan, _members(5));
    }

    function test_RollCallNeedsTheHoldersSignatureAndCounts() public {
        uint64 ceremony = _ceremony(0);
        bytes32 message = TenderHashes.rollCallMessage(GENESIS, address(holders), ceremony, 1);
        bytes memory wrong = BlsSigner.sign(GROUP_SECRET + 1, message);
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadSignature.selector, ceremony));
        holders.rollCall(ceremony, 1, wrong);
        bytes memory signature = BlsSigner.sign(GROUP_SECRET, message);
        holders.rollCall(ceremony, 1, signature);
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.NotNextCounter.selector, 2, 1));
        holders.rollCall(ceremony, 1, signature);
    }

    function test_SharesAreDestroyedOnlyAfterTheTenderAndTheTerm() public {
        uint64 tender = _publish(1);
        uint64 ceremony = holders.ceremonies();
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.StillNeeded.selector, ceremony));
        vm.prank(_member(0));
        holders.reportDestruction(ceremony, digest);
        _pass(200_000);
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.StillNeeded.selector, ceremony));
        vm.prank(_member(0));
        holders.reportDestruction(ceremony, digest);
        vm.prank(officer);
        book.cancel(tender, digest);
        vm.prank(_member(0));
        holders.reportDestruction(ceremony, digest);
    }

    /// @dev A number of a tender is first come, first served: the tender a key was made for may never begin.
    function test_SharesForATenderThatNeverBeganAreDestroyedAfterTheTerm() public {
        uint64 ceremony = _ceremony(7);
        uint64 until = holders.planOf(ceremony).usableUntil;
        vm.prank(_member(0));
        vm.expectRevert();
        holders.reportDestruction(ceremony, digest);
        vm.warp(until + 1);
        vm.prank(_member(0));
        holders.reportDestruction(ceremony, digest);
    }

    function test_SharesForOneTenderAreDestroyedOnceItHasEnded() public {
        uint64 ceremony = _ceremony(1);
        ITenderBook.Notice memory notice = _notice(ceremony, 1);
        vm.prank(officer);
        book.publish(1, notice, _custodians());
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.StillNeeded.selector, ceremony));
        holders.reportDestruction(ceremony, digest);
        vm.warp(holders.planOf(ceremony).usableUntil + 1);
        vm.prank(_member(0));
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.StillNeeded.selector, ceremony));
        holders.reportDestruction(ceremony, digest);
        vm.prank(officer);
        book.cancel(1, digest);
        vm.prank(_member(0));
        holders.reportDestruction(ceremony, digest);
    }

    function test_RetiredTakesNoNewCeremonyAndKeepsTheOldKeys() public {
        uint64 ceremony = _ceremony(0);
        vm.startPrank(authority);
        holders.proposeRetirement(address(registry));
        _pass(DELAY);
        holders.retire();
        vm.stopPrank();
        IKeyHolderRegistry.Plan memory plan = _plan(0);
        vm.prank(officer);
        vm.expectRevert();
        holders.convene(ceremony + 1, plan, _members(5));
        assertEq(holders.publicKeyOf(ceremony), _key, "key");
    }

    function test_GenesisIsComparedWhereTheChainKnowsIt() public {
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadGenesis.selector, bytes32(0)));
        new KeyHolderRegistry(registry, 0);
        vm.roll(200);
        vm.setBlockhash(0, GENESIS);
        vm.expectRevert(abi.encodeWithSelector(IKeyHolderRegistry.BadGenesis.selector, bytes32(uint256(1))));
        new KeyHolderRegistry(registry, bytes32(uint256(1)));
        new KeyHolderRegistry(registry, GENESIS);
    }

    // ------------------------------------------------------------------ shorthands

    function _convene(uint64 tender) private returns (uint64 ceremony) {
        ceremony = holders.ceremonies() + 1;
        IKeyHolderRegistry.Plan memory plan = _plan(tender);
        vm.prank(officer);
        holders.convene(ceremony, plan, _members(5));
    }

    function _dealt(uint256 set) private returns (uint64 ceremony) {
        ceremony = _convene(0);
        for (uint256 i = 0; i < 5; ++i) {
            if (set & (1 << i) == 0) continue;
            vm.prank(_member(i));
            holders.deal(ceremony, digest);
        }
    }

    function _confirming(uint256 set) private returns (uint64 ceremony) {
        ceremony = _dealt(set);
        _pass(31);
    }

    function _confirm(uint64 ceremony, uint256 member, uint256 qualified, bytes memory key) private {
        vm.prank(_member(member));
        holders.confirm(ceremony, keccak256("transcript"), qualified, key);
    }

    function _confirmOther(uint64 ceremony, uint256 member) private {
        _confirm(ceremony, member, 31, BlsSigner.publicKey(GROUP_SECRET + 1));
    }

    function _mangled(uint256 place) private view returns (bytes memory key) {
        key = bytes.concat(_key);
        key[place] = bytes1(uint8(key[place]) ^ 1);
    }

    /// @dev A point of the twist outside the subgroup, found by scripts/vectors/tender.py.
    function _onCurveOutsideGroup() private view returns (bytes memory) {
        return vm.parseJsonBytes(vm.readFile("tests/vectors/tender.json"), ".outsideGroup");
    }

    /// @dev A right key with the prime added to x.c0.
    function _notReduced() private view returns (bytes memory) {
        return vm.parseJsonBytes(vm.readFile("tests/vectors/tender.json"), ".notReduced");
    }
}
