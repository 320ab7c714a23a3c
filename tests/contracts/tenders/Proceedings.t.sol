// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {ITenderProceedings} from "../../../contracts/tenders/ITenderProceedings.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice What follows the last opening: the clocks to the second, cases, and who may file them.
contract ProceedingsTest is TenderFixture {
    function test_NewCandidatesBeginANewStandstill() public {
        uint64 tender = _opened(1);
        vm.startPrank(officer);
        proceedings.nameCandidates(tender, 1, 1, digest);
        _pass(STANDSTILL);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.PeriodRunning.selector, _now(), _now()));
        proceedings.award(tender, 1, 1, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotNextRound.selector, 2, 1));
        proceedings.nameCandidates(tender, 1, 1, digest);
        proceedings.nameCandidates(tender, 1, 2, digest);
        _pass(STANDSTILL);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.PeriodRunning.selector, _now(), _now()));
        proceedings.award(tender, 1, 1, digest);
        _pass(1);
        proceedings.award(tender, 1, 1, digest);
        vm.stopPrank();
    }

    function test_AnotherAwardBeginsANewPeriodForComplaints() public {
        uint64 tender = _awarded();
        _pass(COMPLAINTS);
        vm.startPrank(officer);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.PeriodRunning.selector, _now(), _now()));
        proceedings.recordContract(tender, 1, digest);
        proceedings.award(tender, 1, 2, digest);
        _pass(COMPLAINTS);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.PeriodRunning.selector, _now(), _now()));
        proceedings.recordContract(tender, 1, digest);
        _pass(1);
        proceedings.recordContract(tender, 1, digest);
        vm.stopPrank();
    }

    function test_CasesAreFiledWithinThePeriodOfThePhase() public {
        uint64 tender = _opened(1);
        _pass(STANDSTILL);
        _file(tender, ANN, ITenderProceedings.CaseKind.Objection);
        _pass(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.PeriodEnded.selector, _now() - 1, _now()));
        this.filed(tender, BO, ITenderProceedings.CaseKind.Objection);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotInPhase.selector, ITenderBook.Phase.Opened));
        this.filed(tender, BO, ITenderProceedings.CaseKind.None);
        vm.prank(officer);
        proceedings.settleCase(tender, 1, 1, digest);
        vm.startPrank(officer);
        proceedings.nameCandidates(tender, 1, 1, digest);
        vm.stopPrank();
        _file(tender, BO, ITenderProceedings.CaseKind.Complaint);
        ITenderProceedings.Progress memory progress = proceedings.progressOf(tender, 1);
        assertEq(progress.cases, 2, "cases");
        assertEq(progress.openCases, 1, "open cases");
        assertEq(uint256(proceedings.openCase(tender, 1, 1)), 0, "the settled one");
        assertEq(uint256(proceedings.openCase(tender, 1, 2)), 2, "the open one");
    }

    function test_AnOpenCaseHoldsUpEveryNextStep() public {
        uint64 tender = _opened(1);
        _file(tender, ANN, ITenderProceedings.CaseKind.Objection);
        bytes memory held = abi.encodeWithSelector(ITenderProceedings.CasesOpen.selector, 1);
        vm.startPrank(officer);
        vm.expectRevert(held);
        proceedings.nameCandidates(tender, 1, 1, digest);
        proceedings.settleCase(tender, 1, 1, digest);
        proceedings.nameCandidates(tender, 1, 1, digest);
        vm.stopPrank();
        _file(tender, ANN, ITenderProceedings.CaseKind.Complaint);
        _pass(STANDSTILL + 1);
        vm.startPrank(officer);
        vm.expectRevert(held);
        proceedings.award(tender, 1, 1, digest);
        vm.expectRevert(held);
        proceedings.recordContract(tender, 1, digest);
        vm.stopPrank();
    }

    function test_NobodyWithoutAPlaceFiles() public {
        uint64 tender = _opened(1);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotParty.selector, stranger));
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, digest);
        vm.prank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotParty.selector, custodian));
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, digest);
        vm.prank(supervisor);
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, digest);
        vm.prank(officer);
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, digest);
    }

    /// @dev Whoever holds the lost key of a bid that was moved away speaks for nobody.
    function test_AMovedAddressFilesNothingItsSuccessorDoes() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        uint256 next = 0xB004;
        bytes32 hash = TenderHashes.moveHash(tender, 1, vm.addr(ANN), vm.addr(next), 2, type(uint64).max);
        book.move(
            tender,
            1,
            vm.addr(ANN),
            vm.addr(next),
            2,
            type(uint64).max,
            _signBook(RECOVERY_PK, hash),
            _signBook(next, hash)
        );
        _settle(tender);
        book.close(tender, 1, 1, 100);
        vm.warp(openAt);
        _open(tender, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotParty.selector, vm.addr(ANN)));
        this.filed(tender, ANN, ITenderProceedings.CaseKind.Objection);
        _file(tender, next, ITenderProceedings.CaseKind.Objection);
    }

    function test_NothingFollowsAnEnd() public {
        uint64 tender = _opened(1);
        vm.startPrank(officer);
        book.fail(tender, 1, digest);
        bytes memory failed = abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Failed);
        vm.expectRevert(failed);
        proceedings.nameCandidates(tender, 1, 1, digest);
        vm.expectRevert(failed);
        proceedings.award(tender, 1, 1, digest);
        _pass(COMPLAINTS + 1);
        vm.expectRevert(failed);
        proceedings.recordContract(tender, 1, digest);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ITenderProceedings.NotInPhase.selector, ITenderBook.Phase.Failed));
        this.filed(tender, ANN, ITenderProceedings.CaseKind.Objection);
    }

    function test_NothingWithoutADigest() public {
        uint64 tender = _opened(1);
        bytes memory missing = abi.encodeWithSelector(ITenderProceedings.DigestMissing.selector);
        vm.startPrank(officer);
        vm.expectRevert(missing);
        proceedings.record(tender, 1, "opening", 0);
        vm.expectRevert(missing);
        proceedings.nameCandidates(tender, 1, 1, 0);
        vm.expectRevert(missing);
        proceedings.file(tender, 1, ITenderProceedings.CaseKind.Objection, 0);
        vm.expectRevert(missing);
        proceedings.settleCase(tender, 1, 1, 0);
        vm.stopPrank();
        vm.prank(custodian);
        vm.expectRevert(missing);
        proceedings.attestCustody(tender, 1, 1, 0);
    }

    // ------------------------------------------------------------------ shorthands

    function filed(uint64 tender, uint256 pk, ITenderProceedings.CaseKind kind) external {
        _file(tender, pk, kind);
    }

    function _file(uint64 tender, uint256 pk, ITenderProceedings.CaseKind kind) private {
        vm.prank(vm.addr(pk));
        proceedings.file(tender, 1, kind, digest);
    }

    function _awarded() private returns (uint64 tender) {
        tender = _opened(1);
        vm.startPrank(officer);
        proceedings.nameCandidates(tender, 1, 1, digest);
        _pass(STANDSTILL + 1);
        proceedings.award(tender, 1, 1, digest);
        vm.stopPrank();
    }
}
