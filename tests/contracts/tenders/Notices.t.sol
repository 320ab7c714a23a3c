// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BlockHeaders} from "../../../contracts/libraries/BlockHeaders.sol";
import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {TenderProceedings} from "../../../contracts/tenders/TenderProceedings.sol";
import {ITenderProceedings} from "../../../contracts/tenders/ITenderProceedings.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice Publishing, amending, and the deadline by the chain's clock.
contract NoticesTest is TenderFixture {
    function test_OnlyAnAccreditedBureauPublishesAndNumbersFollow() public {
        uint64 ceremony = _ceremony(0);
        ITenderBook.Notice memory notice = _notice(ceremony, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotOfficer.selector, MARKET, address(this)));
        book.publish(1, notice, _custodians());
        vm.prank(authority);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotOfficer.selector, MARKET, authority));
        book.publish(1, notice, _custodians());
        notice.bureau = HEALTH; // has a key, but no accreditation for tenders
        address stranger_ = vm.addr(HEALTH_PK);
        vm.prank(stranger_);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotOfficer.selector, HEALTH, stranger_));
        book.publish(1, notice, _custodians());
        notice.bureau = MARKET;
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotNextNumber.selector, 1, 2));
        book.publish(2, notice, _custodians());
        book.publish(1, notice, _custodians());
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotNextNumber.selector, 2, 1));
        book.publish(1, notice, _custodians());
        vm.stopPrank();
        assertTrue(book.isCustodian(1, custodian), "custodian");
        _assertPhase(1, ITenderBook.Phase.Bidding);
    }

    function test_AKeyOfAnotherTenderOrOutOfItsTermIsRefused() public {
        uint64 ceremony = _ceremony(9);
        ITenderBook.Notice memory notice = _notice(ceremony, 1);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.KeyNotUsable.selector, ceremony));
        book.publish(1, notice, _custodians());
        vm.stopPrank();
        ceremony = _ceremony(0);
        notice = _notice(ceremony, 1);
        notice.openAt = _now() + 200_000;
        vm.prank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.KeyNotUsable.selector, ceremony));
        book.publish(1, notice, _custodians());
    }

    function test_BadNoticesAreRefused() public {
        uint64 ceremony = _ceremony(0);
        bytes32[9] memory members = [
            bytes32("lots"),
            "envelopes",
            "minimumBids",
            "deadline",
            "openAt",
            "supervisor",
            "gap",
            "grace",
            "custodians"
        ];
        for (uint256 i = 0; i < members.length; ++i) {
            ITenderBook.Notice memory notice = _notice(ceremony, i == 1 ? 3 : 1);
            if (i == 0) notice.lots = 257;
            if (i == 2) notice.minimumBids = 0;
            if (i == 3) notice.deadline = _now();
            if (i == 4) notice.openAt = notice.deadline;
            if (i == 5) notice.supervisor = address(0);
            if (i == 6) notice.gap = 0;
            if (i == 7) notice.grace = 0;
            vm.prank(officer);
            vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadNotice.selector, members[i]));
            book.publish(1, notice, i == 8 ? new address[](0) : _custodians());
        }
    }

    function test_AnAmendmentNearTheDeadlineMustExtendIt() public {
        uint64 tender = _publish(1);
        vm.startPrank(officer);
        book.amend(tender, 1, digest, deadline, openAt);
        vm.warp(deadline - MARGIN);
        book.amend(tender, 2, digest, deadline, openAt);
        vm.warp(deadline - MARGIN + 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadDeadline.selector, deadline + 1, deadline, openAt));
        book.amend(tender, 3, digest, deadline, openAt);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotNextNumber.selector, 3, 2));
        book.amend(tender, 2, digest, deadline + 1, openAt);
        book.amend(tender, 3, digest, deadline + 1, openAt);
        vm.stopPrank();
        assertEq(book.tenderOf(tender).deadline, deadline + 1, "deadline");
    }

    function test_ExtendingGoesForwardAndOnlyUntilTheDeadline() public {
        uint64 tender = _publish(1);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadDeadline.selector, deadline + 1, deadline, openAt));
        book.extend(tender, deadline, openAt);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadDeadline.selector, deadline + 1, deadline + 200, openAt));
        book.extend(tender, deadline + 200, openAt);
        vm.warp(deadline);
        book.extend(tender, deadline + 10, openAt);
        vm.warp(deadline + 11);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineOver.selector, deadline + 10, deadline + 11));
        book.extend(tender, deadline + 100, openAt + 100);
        vm.stopPrank();
        vm.prank(authority);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotOfficer.selector, MARKET, authority));
        book.extend(tender, deadline + 100, openAt + 100);
    }

    function test_TwoBlocksThatSpanTheDeadlineMakeItFinal() public {
        uint64 tender = _publish(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineNotOver.selector, deadline, _now()));
        this.ticked(tender, deadline, deadline + 1);
        vm.warp(deadline + 5);
        _tick(tender, deadline, deadline + GAP);
        assertEq(book.tenderOf(tender).settledAt, deadline + 5, "settled");
        assertEq(book.tenderOf(tender).deadline, deadline, "deadline");
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AlreadySettled.selector, tender));
        this.ticked(tender, deadline, deadline + GAP);
    }

    function test_AnOutageMovesTheDeadlineOnce() public {
        uint64 tender = _publish(1);
        uint64 back = deadline + GAP + 5;
        vm.warp(back);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineOver.selector, deadline, back));
        this.bid(tender, ANN, 1);
        _tick(tender, deadline - 1, back);
        assertEq(book.tenderOf(tender).deadline, back + GRACE, "deadline");
        assertEq(book.tenderOf(tender).openAt, openAt + (back + GRACE - deadline), "opening");
        _bid(tender, ANN, 1, 1);
        vm.warp(back + GRACE);
        _bid(tender, BO, 1, 1);
        vm.warp(back + GRACE + 1000);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineOver.selector, back + GRACE, _now()));
        this.bid(tender, CAI, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AlreadySettled.selector, tender));
        this.ticked(tender, back + GRACE, back + GRACE + 1000);
        book.close(tender, 1, 1, 100);
    }

    function test_AnOutageShownLateLeavesCustodiansTheirWholeWindow() public {
        uint64 tender = _publish(1);
        _bid(tender, ANN, 1, 1);
        uint64 back = deadline + GAP + 5;
        uint64 shown = back + GRACE + REVEAL + 1;
        vm.warp(shown);
        _tick(tender, deadline - 1, back);
        assertEq(book.tenderOf(tender).settledAt, shown, "settled");
        vm.warp(shown + REVEAL);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.TooEarly.selector, shown + REVEAL + 1, _now()));
        book.close(tender, 1, 1, 100);
        vm.warp(shown + REVEAL + 1);
        book.close(tender, 1, 1, 100);
    }

    function test_AnExtensionDuringTheGraceIsFinalWithItsNewEnd() public {
        uint64 tender = _publish(1);
        uint64 back = deadline + GAP + 5;
        vm.warp(back);
        _tick(tender, deadline - 1, back);
        uint64 later = back + GRACE + 50;
        vm.prank(officer);
        book.extend(tender, later, later + 1000);
        assertEq(book.tenderOf(tender).settledAt, later, "settled");
        vm.warp(later + REVEAL);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.TooEarly.selector, later + REVEAL + 1, _now()));
        book.close(tender, 1, 1, 100);
    }

    function test_HeadersMustBeTwoOfThisChainThatSpanTheDeadline() public {
        uint64 tender = _publish(1);
        vm.warp(deadline + 100);
        bytes memory first = _header(keccak256("parent"), block.number - 2, deadline);
        bytes memory second = _header(keccak256(first), block.number - 1, deadline + 90);
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, first, second); // the chain has another block there
        vm.setBlockhash(block.number - 1, keccak256(second));
        bytes memory other = _header(keccak256("parent"), block.number - 2, deadline - 1);
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, other, second); // not its parent
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, second, first);
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, "", "");
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        this.ticked(tender, deadline + 1, deadline + 90); // both after the deadline
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        this.ticked(tender, deadline - 10, deadline); // both before it
        this.ticked(tender, deadline, deadline + 90);
        assertTrue(book.tenderOf(tender).graceUsed, "moved");
    }

    function test_OlderHashesComeFromTheHistoryContract() public {
        uint64 tender = _publish(1);
        vm.warp(deadline + 100);
        bytes memory first = _header(keccak256("parent"), block.number - 2, deadline);
        bytes memory second = _header(keccak256(first), block.number - 1, deadline + 1);
        vm.setBlockhash(block.number - 1, keccak256(second));
        vm.roll(block.number + 4000);
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, first, second);
        // PUSH32 hash, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: a history that knows one block.
        vm.etch(BlockHeaders.HISTORY, bytes.concat(hex"7f", keccak256(second), hex"5f5260205ff3"));
        book.tick(tender, first, second);
        assertEq(book.tenderOf(tender).settledAt, _now(), "settled");
    }

    function test_RecentHashesThatTheNodeHasLostComeFromTheHistoryContract() public {
        uint64 tender = _publish(1);
        vm.warp(deadline + 100);
        bytes memory first = _header(keccak256("parent"), block.number - 2, deadline);
        bytes memory second = _header(keccak256(first), block.number - 1, deadline + 1);
        vm.setBlockhash(block.number - 1, 0);
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, first, second);
        vm.etch(BlockHeaders.HISTORY, hex"5f5f5260205ff3"); // a history that answers zero
        vm.expectRevert(ITenderBook.BadHeaders.selector);
        book.tick(tender, first, second);
        vm.etch(BlockHeaders.HISTORY, bytes.concat(hex"7f", keccak256(second), hex"5f5260205ff3"));
        book.tick(tender, first, second);
        assertEq(book.tenderOf(tender).settledAt, _now(), "settled");
    }

    function test_WithoutProofTheDeadlineIsFinalAfterTheLookBack() public {
        uint64 tender = _publish(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineNotOver.selector, deadline, _now()));
        book.settle(tender);
        vm.warp(deadline + 1);
        book.settle(tender);
        vm.roll(1000 + BlockHeaders.lookBack());
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.StillLookingBack.selector, block.number, block.number));
        book.settle(tender);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSettled.selector, tender));
        book.close(tender, 1, 1, 100);
        vm.roll(block.number + 1);
        book.settle(tender);
        assertEq(book.tenderOf(tender).settledAt, _now(), "settled");
    }

    function test_CancellingEndsATenderBeforeItsAward() public {
        uint64 tender = _opened(1);
        vm.startPrank(officer);
        book.cancel(tender, digest);
        _assertPhase(tender, ITenderBook.Phase.Cancelled);
        assertTrue(book.ended(tender), "ended");
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AlreadyEnded.selector, tender));
        book.cancel(tender, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Cancelled));
        proceedings.nameCandidates(tender, 1, 1, digest);
        vm.stopPrank();
    }

    function test_ASuspendedBureauFinishesAndItsSuccessorToo() public {
        uint64 tender = _publish(1);
        vm.prank(authority);
        registry.suspendBureau(MARKET, digest);
        _pass(1);
        vm.prank(officer);
        book.amend(tender, 1, digest, deadline, openAt);
        vm.prank(authority);
        registry.succeed(MARKET, HEALTH);
        _pass(1);
        vm.prank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotOfficer.selector, MARKET, officer));
        book.amend(tender, 2, digest, deadline, openAt);
        vm.prank(vm.addr(HEALTH_PK));
        book.amend(tender, 2, digest, deadline, openAt);
    }

    function test_RetiredTakesNoNewTenderAndTheOldOnesRunOn() public {
        vm.startPrank(authority);
        book.proposeRetirement(address(registry));
        _pass(DELAY);
        vm.stopPrank();
        uint64 tender = _publish(1);
        vm.prank(authority);
        book.retire();
        uint64 ceremony = _ceremony(0);
        uint64 before = deadline;
        ITenderBook.Notice memory notice = _notice(ceremony, 1);
        vm.prank(officer);
        vm.expectRevert();
        book.publish(tender + 1, notice, _custodians());
        deadline = before;
        _threeBids(tender, 1);
        _settle(tender);
        book.close(tender, 1, 1, 100);
        _assertPhase(tender, ITenderBook.Phase.Closed);
    }

    function test_ProceedingsBelongToOneBook() public {
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.BadBook.selector, address(book)));
        new TenderProceedings(book);
    }

    // ------------------------------------------------------------------ as calls, so that a refusal can be expected

    function bid(uint64 tender, uint256 pk, uint32 version) external {
        _bid(tender, pk, version, 1);
    }

    function ticked(uint64 tender, uint256 before, uint256 later) external {
        _tick(tender, before, later);
    }
}
