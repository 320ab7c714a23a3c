// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {ITenderProceedings} from "../../../contracts/tenders/ITenderProceedings.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {BlsSigner} from "../support/BlsSigner.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice What is live is fixed, and exactly that is opened; then candidates, objections, award and contract.
contract OpeningsTest is TenderFixture {
    function test_NothingClosesBeforeTheDeadlineIsFinalAndTheRevealWindowOver() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineNotOver.selector, deadline, deadline));
        book.close(tender, 1, 1, 100);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSettled.selector, tender));
        book.close(tender, 1, 1, 100);
        _tick(tender, deadline, deadline + 1);
        vm.warp(deadline + 1 + REVEAL);
        vm.expectRevert(
            abi.encodeWithSelector(ITenderBook.TooEarly.selector, deadline + 2 + REVEAL, deadline + 1 + REVEAL)
        );
        book.close(tender, 1, 1, 100);
        vm.warp(deadline + 2 + REVEAL);
        book.close(tender, 1, 1, 100);
        _assertPhase(tender, ITenderBook.Phase.Closed);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Closed));
        book.close(tender, 1, 1, 100);
    }

    function testFuzz_PagesGiveTheSameLiveSet(uint256 page, uint8 gone) public {
        uint64 tender = _publish(1);
        bytes32 expected;
        for (uint256 i = 0; i < 7; ++i) {
            _bid(tender, 0xD000 + i, 1, 1);
        }
        uint256 count;
        for (uint256 i = 0; i < 7; ++i) {
            if (i < 3 && gone & (1 << i) != 0) {
                _withdraw(tender, 0xD000 + i, 2, 0xD000 + i);
                continue;
            }
            ++count;
            expected =
                sha256(abi.encodePacked(expected, TenderHashes.commitmentHash(_commitment(tender, 0xD000 + i, 1, 1))));
        }
        _settle(tender);
        page = bound(page, 1, 8);
        for (uint256 pages = 0; _phase(tender) == ITenderBook.Phase.Bidding; ++pages) {
            assertTrue(pages < 8, "pages");
            book.close(tender, 1, 1, uint32(page));
        }
        ITenderBook.LiveSet memory set = book.liveSetOf(tender, 1, 1);
        assertEq(set.digest, expected, "digest");
        assertEq(set.count, count, "count");
    }

    function test_FewerLiveBidsThanTheRuleFail() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        _withdraw(tender, ANN, 2, ANN);
        _settle(tender);
        book.close(tender, 1, 1, 100);
        _assertPhase(tender, ITenderBook.Phase.Failed);
        book.close(tender, 2, 1, 100);
        assertTrue(book.ended(tender), "ended");
        assertEq(book.running(book.tenderOf(tender).ceremony), 0, "running");
        vm.warp(openAt);
        bytes memory signature = BlsSigner.sign(GROUP_SECRET, _message(tender, 1));
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Failed));
        book.open(tender, 1, 1, signature, digest);
    }

    function test_OnlyTheHoldersSignatureOverThisLiveSetOpensAndNotEarly() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        _settle(tender);
        bytes memory early = BlsSigner.sign(GROUP_SECRET, _message(tender, 1));
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Bidding));
        book.open(tender, 1, 1, early, digest);
        book.close(tender, 1, 1, 100);
        bytes32 message = _message(tender, 1);
        bytes memory right = BlsSigner.sign(GROUP_SECRET, message);
        vm.warp(openAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.TooEarly.selector, openAt, openAt - 1));
        book.open(tender, 1, 1, right, digest);
        vm.warp(openAt);
        bytes[4] memory wrong = [
            BlsSigner.sign(GROUP_SECRET + 1, message), // other holders
            early, // an unfinished live set
            BlsSigner.sign(
                GROUP_SECRET, TenderHashes.bidMessage(GENESIS, address(book), tender, 1, 1, vm.addr(ANN), 1)
            ), // a bid's key
            new bytes(128)
        ];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadOpening.selector, message));
            book.open(tender, 1, 1, wrong[i], digest);
        }
        vm.expectRevert(ITenderBook.ZeroDigest.selector);
        book.open(tender, 1, 1, right, 0);
        vm.prank(stranger);
        book.open(tender, 1, 1, right, digest);
        _assertPhase(tender, ITenderBook.Phase.Opened);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Opened));
        book.open(tender, 1, 1, right, digest);
    }

    function test_ThePriceComesAfterTheReviewWithoutWhatItDrops() public {
        uint64 tender = _opened(2);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Opened));
        book.close(tender, 1, 2, 100);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Opened));
        proceedings.nameCandidates(tender, 1, 1, digest);
        uint32[] memory dropped = new uint32[](2);
        (dropped[0], dropped[1]) = (2, 2);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadPlace.selector, 2));
        book.review(tender, 1, digest, dropped);
        dropped[1] = 4;
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadPlace.selector, 4));
        book.review(tender, 1, digest, dropped);
        dropped = new uint32[](1);
        dropped[0] = 2;
        book.review(tender, 1, digest, dropped);
        vm.stopPrank();
        book.close(tender, 1, 2, 2);
        book.close(tender, 1, 2, 2);
        _assertPhase(tender, ITenderBook.Phase.PriceClosed);
        bytes32 first = TenderHashes.commitmentHash(_commitment(tender, ANN, 1, 2));
        bytes32 third = TenderHashes.commitmentHash(_commitment(tender, CAI, 1, 2));
        assertEq(
            book.liveSetOf(tender, 1, 2).digest,
            TenderHashes.liveSetWith(TenderHashes.liveSetWith(0, first), third),
            "live set"
        );
        bytes memory again = BlsSigner.sign(GROUP_SECRET, _message(tender, 1));
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadOpening.selector, _message(tender, 2)));
        book.open(tender, 1, 2, again, digest);
        _open(tender, 2);
        _assertPhase(tender, ITenderBook.Phase.PriceOpened);
    }

    function test_NoBidLeftForThePriceFailsTheLot() public {
        uint64 tender = _opened(2);
        uint32[] memory dropped = new uint32[](3);
        (dropped[0], dropped[1], dropped[2]) = (1, 2, 3);
        vm.prank(officer);
        book.review(tender, 1, digest, dropped);
        book.close(tender, 1, 2, 100);
        _assertPhase(tender, ITenderBook.Phase.Failed);
    }

    function test_CustodiansAttestAClosedEnvelope() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        vm.prank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotInPhase.selector, ITenderBook.Phase.Bidding));
        proceedings.attestCustody(tender, 1, 1, digest);
        _settle(tender);
        book.close(tender, 1, 1, 100);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotACustodian.selector, address(this)));
        proceedings.attestCustody(tender, 1, 1, digest);
        vm.prank(custodian);
        proceedings.attestCustody(tender, 1, 1, digest);
    }

    function test_FromCandidatesToTheContractInOrderAndWithClocks() public {
        uint64 tender = _opened(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotTheOfficer.selector, tender, address(this)));
        proceedings.nameCandidates(tender, 1, 1, digest);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Opened));
        proceedings.award(tender, 1, 1, digest);
        proceedings.nameCandidates(tender, 1, 1, digest);
        uint64 since = _now();
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.PeriodRunning.selector, since + STANDSTILL, since));
        proceedings.award(tender, 1, 1, digest);
        vm.stopPrank();

        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotParty.selector, address(this)));
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, digest);
        vm.prank(vm.addr(BO));
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, digest);
        vm.warp(since + STANDSTILL + 1);
        vm.prank(vm.addr(BO));
        vm.expectRevert(
            abi.encodeWithSelector(ITenderProceedings.PeriodEnded.selector, since + STANDSTILL, since + STANDSTILL + 1)
        );
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Complaint, digest);
        vm.prank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.CasesOpen.selector, 1));
        proceedings.award(tender, 1, 1, digest);
        vm.prank(supervisor);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotYourCase.selector, 1));
        proceedings.settleCase(tender, 1, 1, digest);
        vm.startPrank(officer);
        proceedings.settleCase(tender, 1, 1, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotYourCase.selector, 1));
        proceedings.settleCase(tender, 1, 1, digest);
        proceedings.award(tender, 1, 1, digest);
        vm.stopPrank();
        _fromAwardToContract(tender);
    }

    function _fromAwardToContract(uint64 tender) private {
        uint64 since = _now();
        vm.prank(vm.addr(CAI));
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Complaint, digest);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotYourCase.selector, 2));
        proceedings.settleCase(tender, 1, 2, digest);
        vm.warp(since + COMPLAINTS + 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.CasesOpen.selector, 1));
        proceedings.recordContract(tender, 1, digest);
        vm.stopPrank();
        vm.prank(supervisor);
        proceedings.settleCase(tender, 1, 2, digest);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AlreadyAwarded.selector, tender));
        book.cancel(tender, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Awarded));
        book.fail(tender, 1, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Awarded));
        proceedings.nameCandidates(tender, 1, 2, digest);
        proceedings.recordContract(tender, 1, digest);
        _assertPhase(tender, ITenderBook.Phase.Contracted);
        assertFalse(book.ended(tender), "ended while lot 2 is not");
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Contracted));
        proceedings.award(tender, 1, 2, digest);
        vm.stopPrank();
        book.close(tender, 2, 1, 1);
        assertTrue(book.ended(tender), "ended");
    }

    function test_OnlyTheProceedingsAdvanceALot() public {
        uint64 tender = _opened(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotProceedings.selector, officer));
        vm.prank(officer);
        book.advance(tender, 1, ITenderBook.Phase.Candidates);
    }

    /// @dev The clock of the phases itself, tried with every pair of phases.
    function test_PhasesOnlyGrow() public {
        uint64 tender = _opened(1);
        vm.startPrank(address(proceedings));
        for (uint8 phase = 0; phase <= uint8(ITenderBook.Phase.Cancelled); ++phase) {
            if (phase == uint8(ITenderBook.Phase.Candidates)) continue;
            vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Opened));
            book.advance(tender, 1, ITenderBook.Phase(phase));
        }
        book.advance(tender, 1, ITenderBook.Phase.Candidates);
        for (uint8 phase = 0; phase < uint8(ITenderBook.Phase.Candidates); ++phase) {
            vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Candidates));
            book.advance(tender, 1, ITenderBook.Phase(phase));
        }
        vm.stopPrank();
    }

    function test_TheOfficerLetsALotFailWithReasons() public {
        uint64 tender = _opened(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotOfficer.selector, MARKET, address(this)));
        book.fail(tender, 1, digest);
        vm.startPrank(officer);
        book.fail(tender, 1, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Failed));
        proceedings.nameCandidates(tender, 1, 1, digest);
        vm.stopPrank();
    }

    function test_DocumentsGoOnRecordByTheOfficer() public {
        uint64 tender = _publish(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotTheOfficer.selector, tender, address(this)));
        proceedings.record(tender, 0, "answers", digest);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.UnknownLot.selector, tender, 3, 0));
        proceedings.record(tender, 3, "answers", digest);
        proceedings.record(tender, 0, "answers", digest);
        vm.stopPrank();
    }
}
