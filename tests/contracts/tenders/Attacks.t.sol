// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../../../contracts/governance/IBureauRegistry.sol";
import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {BlsSigner} from "../support/BlsSigner.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice What somebody with an interest would try.
contract TenderAttacksTest is TenderFixture {
    uint256 private constant _DAI = 0xB004;
    uint256 private constant _EVE = 0xB005;

    /// @dev It enters keys, so it can make itself officer in everybody's sight; what no officer can do, it can't either.
    function test_TheAuthorityAsOfficerSkipsNoDeadline() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        uint256 pk = 0xA07;
        _asAuthority();
        registry.addKey(MARKET, bytes32(uint256(uint160(vm.addr(pk)))), IBureauRegistry.Purpose.Anchor, "", 0, 0);
        _pass(1);
        vm.warp(deadline + 1);
        bytes memory over = abi.encodeWithSelector(ITenderBook.DeadlineOver.selector, deadline, deadline + 1);
        vm.startPrank(vm.addr(pk));
        assertTrue(book.isOfficer(tender, vm.addr(pk)), "officer");
        vm.expectRevert(over);
        book.extend(tender, deadline + 100, openAt + 100);
        vm.expectRevert(over);
        book.amend(tender, 1, digest, deadline + 200, openAt + 200);
        vm.expectRevert(over);
        this.bid(tender, _DAI, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Bidding));
        book.fail(tender, 1, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSettled.selector, tender));
        book.close(tender, 1, 1, 100);
        vm.stopPrank();
        _settle(tender);
        book.close(tender, 1, 1, 100);
        bytes32 message = _message(tender, 1);
        bytes memory signature = BlsSigner.sign(GROUP_SECRET, message);
        vm.warp(openAt - 1);
        vm.startPrank(vm.addr(pk));
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.TooEarly.selector, openAt, openAt - 1));
        book.open(tender, 1, 1, signature, digest);
        vm.stopPrank();
    }

    /// @dev The signature of another lot, envelope, tender or count opens nothing here.
    function test_ASignatureFromElsewhereOpensNothing() public {
        uint64 tender = _publish(2);
        _threeBids(tender, 2);
        _settle(tender);
        book.close(tender, 1, 1, 100);
        vm.warp(openAt);
        ITenderBook.LiveSet memory set = book.liveSetOf(tender, 1, 1);
        bytes32[5] memory messages = [
            TenderHashes.liveSetMessage(GENESIS, address(book), tender, 2, 1, set.count, set.digest),
            TenderHashes.liveSetMessage(GENESIS, address(book), tender, 1, 2, set.count, set.digest),
            TenderHashes.liveSetMessage(GENESIS, address(book), tender + 1, 1, 1, set.count, set.digest),
            TenderHashes.liveSetMessage(GENESIS, address(book), tender, 1, 1, set.count - 1, set.digest),
            TenderHashes.liveSetMessage(keccak256("another chain"), address(book), tender, 1, 1, set.count, set.digest)
        ];
        bytes memory refused = abi.encodeWithSelector(ITenderBook.BadOpening.selector, _message(tender, 1));
        for (uint256 i = 0; i < messages.length; ++i) {
            bytes memory signature = BlsSigner.sign(GROUP_SECRET, messages[i]);
            vm.expectRevert(refused);
            book.open(tender, 1, 1, signature, digest);
        }
        bytes memory other = BlsSigner.sign(GROUP_SECRET, TenderHashes.rollCallMessage(GENESIS, address(holders), 1, 1));
        vm.expectRevert(refused);
        book.open(tender, 1, 1, other, digest);
        _open(tender, 1);
    }

    /// @dev From hand to hand: one place, one bid, the last address acts, no earlier one does.
    function test_AChainOfMovesIsOnePlace() public {
        uint64 tender = _publish(1);
        _bid(tender, ANN, 1, 1);
        _move(tender, ANN, BO, 2);
        _move(tender, BO, CAI, 3);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AddressTaken.selector, vm.addr(ANN)));
        this.moved(tender, CAI, ANN, 4);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotLive.selector, vm.addr(BO)));
        this.moved(tender, BO, _DAI, 4);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AddressTaken.selector, vm.addr(RECOVERY_PK)));
        this.moved(tender, CAI, RECOVERY_PK, 4);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AddressTaken.selector, vm.addr(CAI)));
        this.moved(tender, CAI, CAI, 4);
        _bid(tender, CAI, 4, 1);
        _withdraw(tender, CAI, 5, RECOVERY_PK);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotLive.selector, vm.addr(CAI)));
        this.moved(tender, CAI, _DAI, 6);
        assertEq(book.lotOf(tender, 1).places, 1, "places");
    }

    function test_AReplacedOrMovedDecoyIsRevealedNoMore() public {
        uint64 tender = _publish(1);
        bytes32 salt = keccak256("salt");
        ITenderBook.Commitment memory replaced = _decoy(tender, _DAI, salt);
        _submit(replaced, _DAI);
        _bid(tender, _DAI, 2, 1);
        ITenderBook.Commitment memory away = _decoy(tender, _EVE, salt);
        _submit(away, _EVE);
        _move(tender, _EVE, ANN, 2);
        vm.warp(deadline + 1);
        _tick(tender, deadline, deadline + 1);
        vm.startPrank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotDecoy.selector, vm.addr(_DAI)));
        book.revealDecoy(replaced, salt);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotLive.selector, vm.addr(_EVE)));
        book.revealDecoy(away, salt);
        vm.stopPrank();
    }

    /// @dev Bound, not deduplicated: whoever saw the file's digest under way and is first with it blocks nobody.
    function test_AFrontRunnerWithTheSameFileBlocksNobody() public {
        uint64 tender = _publish(1);
        ITenderBook.Commitment memory mine = _commitment(tender, ANN, 1, 1);
        ITenderBook.Commitment memory copied = _commitment(tender, BO, 1, 1);
        (copied.file1, copied.form1, copied.kindDigest) = (mine.file1, mine.form1, mine.kindDigest);
        _submit(copied, BO);
        _submit(mine, ANN);
        assertEq(book.lotOf(tender, 1).places, 2, "places");
        assertTrue(book.entryOf(tender, 1, vm.addr(ANN)).live, "the rightful bidder's is in");
    }

    /// @dev Whoever has the signature may be first and name another blob of keys: the opening stands all the same.
    function test_AFalseDigestOfKeysStopsNoOpening() public {
        uint64 tender = _publish(1);
        _threeBids(tender, 1);
        _settle(tender);
        book.close(tender, 1, 1, 100);
        vm.warp(openAt);
        bytes memory signature = BlsSigner.sign(GROUP_SECRET, _message(tender, 1));
        vm.prank(stranger);
        book.open(tender, 1, 1, signature, keccak256("nothing anybody has"));
        _assertPhase(tender, ITenderBook.Phase.Opened);
        vm.prank(officer);
        proceedings.record(tender, 1, "keys", digest);
    }

    function test_CancellingAfterOneLotEndedCountsOnce() public {
        uint64 tender = _opened(1);
        uint64 ceremony = book.tenderOf(tender).ceremony;
        assertEq(book.running(ceremony), 1, "running");
        book.close(tender, 2, 1, 1); // no bids: it fails
        assertEq(book.running(ceremony), 1, "one lot is still running");
        vm.startPrank(officer);
        book.cancel(tender, digest);
        assertEq(book.running(ceremony), 0, "none");
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Cancelled));
        book.fail(tender, 1, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.WrongPhase.selector, ITenderBook.Phase.Failed));
        book.fail(tender, 2, digest);
        vm.stopPrank();
        assertEq(book.running(ceremony), 0, "still none");
    }

    /// @dev A thousand bids close in pages that fit any block, and in whatever pages the same live set comes out.
    function test_AThousandBidsCloseInPagesOfOneHundred() public {
        uint64 tender = _publish(1);
        for (uint256 i = 0; i < 1000; ++i) {
            _bid(tender, 0xE0000 + i, 1, 1);
        }
        _settle(tender);
        uint256 most = 0;
        for (uint256 page = 0; page < 10; ++page) {
            _assertPhase(tender, ITenderBook.Phase.Bidding);
            uint256 before = gasleft();
            book.close(tender, 1, 1, 100);
            uint256 used = before - gasleft();
            if (used > most) most = used;
        }
        assertEq(book.liveSetOf(tender, 1, 1).count, 1000, "count");
        _assertPhase(tender, ITenderBook.Phase.Closed);
        assertTrue(most < 1_000_000, "a page of 100");
    }

    // ------------------------------------------------------------------ shorthands

    function bid(uint64 tender, uint256 pk, uint32 version) external {
        _bid(tender, pk, version, 1);
    }

    function moved(uint64 tender, uint256 from, uint256 to, uint32 version) external {
        _move(tender, from, to, version);
    }

    function _move(uint64 tender, uint256 from, uint256 to, uint32 version) private {
        bytes32 hash = TenderHashes.moveHash(tender, 1, vm.addr(from), vm.addr(to), version, type(uint64).max);
        bytes memory byRecovery = _signBook(RECOVERY_PK, hash);
        bytes memory bySuccessor = _signBook(to, hash);
        book.move(tender, 1, vm.addr(from), vm.addr(to), version, type(uint64).max, byRecovery, bySuccessor);
    }

    function _decoy(uint64 tender, uint256 pk, bytes32 salt)
        private
        view
        returns (ITenderBook.Commitment memory decoy)
    {
        decoy = _commitment(tender, pk, 1, 1);
        decoy.kindDigest =
            TenderHashes.kindDigest(address(book), tender, 1, vm.addr(pk), TenderHashes.KIND_DECOY, custodian, salt);
    }
}
