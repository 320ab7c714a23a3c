// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {TenderHashes} from "../../../contracts/tenders/TenderHashes.sol";
import {TenderFixture} from "../support/TenderFixture.sol";

/// @notice Submitting, replacing, withdrawing and moving bids; decoys.
contract BidsTest is TenderFixture {
    uint64 private _tender;

    function setUp() public override {
        super.setUp();
        _tender = _publish(1);
    }

    function test_ABidIsInUntilTheLastSecondAndNotAfter() public {
        vm.warp(deadline);
        _bid(_tender, ANN, 1, 1);
        vm.warp(deadline + 1);
        bytes memory over = abi.encodeWithSelector(ITenderBook.DeadlineOver.selector, deadline, deadline + 1);
        vm.expectRevert(over);
        this.bid(BO, 1);
        vm.expectRevert(over);
        this.bid(ANN, 2);
        vm.expectRevert(over);
        this.withdrawn(ANN, 2, ANN);
        vm.expectRevert(over);
        this.moved(ANN, BO, 2, RECOVERY_PK, BO);
    }

    function testFuzz_NobodySubmitsAfterTheDeadline(address sender, uint32 late) public {
        vm.warp(deadline + 1 + uint64(late));
        ITenderBook.Commitment memory commitment = _commitment(_tender, ANN, 1, 1);
        bytes32 hash = TenderHashes.commitmentHash(commitment);
        bytes memory signature = _signBook(ANN, hash);
        bytes memory custody = _signBook(CUSTODIAN_PK, TenderHashes.custodyHash(hash));
        vm.prank(sender);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineOver.selector, deadline, _now()));
        book.submit(commitment, signature, custody);
    }

    function test_ReplacingKeepsThePlaceAndCountsOn() public {
        _bid(_tender, ANN, 1, 1);
        _bid(_tender, BO, 1, 1);
        _bid(_tender, ANN, 2, 1);
        assertEq(book.entryOf(_tender, 1, vm.addr(ANN)).place, 1, "place");
        assertEq(book.entryOf(_tender, 1, vm.addr(ANN)).version, 2, "version");
        assertEq(book.lotOf(_tender, 1).places, 2, "places");
    }

    function test_AReplayedOrSkippedVersionIsRefusedAndTheOldBidStands() public {
        _bid(_tender, ANN, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotNextVersion.selector, 2, 1));
        this.bid(ANN, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotNextVersion.selector, 2, 3));
        this.bid(ANN, 3);
        assertTrue(book.entryOf(_tender, 1, vm.addr(ANN)).live, "live");
    }

    function test_OnlyTheBiddersSignatureAndACustodiansCount() public {
        ITenderBook.Commitment memory commitment = _commitment(_tender, ANN, 1, 1);
        bytes32 hash = TenderHashes.commitmentHash(commitment);
        bytes memory mine = _signBook(ANN, hash);
        bytes memory custody = _signBook(CUSTODIAN_PK, TenderHashes.custodyHash(hash));
        bytes memory others = _signBook(BO, hash);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSignedBy.selector, vm.addr(ANN), vm.addr(BO)));
        book.submit(commitment, others, custody);
        bytes memory noCustody = _signBook(BO, TenderHashes.custodyHash(hash));
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotCustodian.selector, vm.addr(BO)));
        book.submit(commitment, mine, noCustody);
        // The same signatures over another file, or by the relay for itself, are worth nothing.
        commitment.file1 = keccak256("another");
        vm.expectRevert();
        book.submit(commitment, mine, custody);
        commitment = _commitment(_tender, ANN, 1, 1);
        vm.prank(stranger);
        book.submit(commitment, mine, custody);
    }

    function test_ASignedMessageExpires() public {
        ITenderBook.Commitment memory commitment = _commitment(_tender, ANN, 1, 1);
        commitment.notAfter = _now();
        _pass(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.MessageExpired.selector, commitment.notAfter, _now()));
        this.submitted(commitment, ANN);
    }

    function test_MalformedCommitmentsAreRefused() public {
        bytes32[7] memory members = [bytes32("recovery"), "recovery", "kindDigest", "file1", "file1", "file1", "file2"];
        for (uint256 i = 0; i < members.length; ++i) {
            ITenderBook.Commitment memory commitment = _commitment(_tender, ANN, 1, 1);
            if (i == 0) commitment.recovery = address(0);
            if (i == 1) commitment.recovery = commitment.bidder;
            if (i == 2) commitment.kindDigest = 0;
            if (i == 3) commitment.file1 = 0;
            if (i == 4) commitment.size1 = 0;
            if (i == 5) commitment.form1 = 0;
            if (i == 6) commitment.size2 = 1;
            vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadCommitment.selector, members[i]));
            this.submitted(commitment, ANN);
        }
        ITenderBook.Commitment memory elsewhere = _commitment(_tender, ANN, 1, 1);
        elsewhere.lot = 3;
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.UnknownLot.selector, _tender, 3, 0));
        this.submitted(elsewhere, ANN);
        elsewhere.tender = 9;
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.UnknownTender.selector, 9));
        this.submitted(elsewhere, ANN);
    }

    function test_BidderOrRecoveryAddressWithdrawsAndTheBidderMayReturn() public {
        _bid(_tender, ANN, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSignedBy.selector, vm.addr(ANN), vm.addr(BO)));
        this.withdrawn(ANN, 2, BO);
        _withdraw(_tender, ANN, 2, RECOVERY_PK);
        assertFalse(book.entryOf(_tender, 1, vm.addr(ANN)).live, "live");
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotLive.selector, vm.addr(ANN)));
        this.withdrawn(ANN, 3, ANN);
        _bid(_tender, ANN, 3, 1);
        assertEq(book.entryOf(_tender, 1, vm.addr(ANN)).place, 1, "place");
        _withdraw(_tender, ANN, 4, ANN);
    }

    function test_TheRecoveryAddressMovesABidToAnAddressThatAgrees() public {
        _bid(_tender, ANN, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSignedBy.selector, vm.addr(RECOVERY_PK), vm.addr(ANN)));
        this.moved(ANN, BO, 2, ANN, BO);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSignedBy.selector, vm.addr(BO), vm.addr(ANN)));
        this.moved(ANN, BO, 2, RECOVERY_PK, ANN);
        this.moved(ANN, BO, 2, RECOVERY_PK, BO);
        assertTrue(book.entryOf(_tender, 1, vm.addr(ANN)).moved, "moved");
        // The lost key can do nothing any more; the new one goes on.
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotLive.selector, vm.addr(ANN)));
        this.withdrawn(ANN, 3, ANN);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AddressTaken.selector, vm.addr(ANN)));
        this.bid(ANN, 3);
        _bid(_tender, BO, 3, 1);
        assertEq(book.entryOf(_tender, 1, vm.addr(BO)).place, 1, "place");
        assertEq(book.lotOf(_tender, 1).places, 1, "places");
    }

    function test_ABidIsNotMovedOntoAnotherBidder() public {
        _bid(_tender, ANN, 1, 1);
        _bid(_tender, BO, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AddressTaken.selector, vm.addr(BO)));
        this.moved(ANN, BO, 2, RECOVERY_PK, BO);
    }

    function test_TheRecoveryAddressStaysTheSame() public {
        _bid(_tender, ANN, 1, 1);
        ITenderBook.Commitment memory commitment = _commitment(_tender, ANN, 2, 1);
        commitment.recovery = vm.addr(CAI);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.BadCommitment.selector, bytes32("recovery")));
        this.submitted(commitment, ANN);
    }

    function test_ACancelledTenderTakesNothing() public {
        vm.prank(officer);
        book.cancel(_tender, digest);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.AlreadyEnded.selector, _tender));
        this.bid(ANN, 1);
    }

    function test_CustodiansRevealTheirDecoysAfterTheDeadlineAndBeforeClosing() public {
        bytes32 salt = keccak256("salt");
        ITenderBook.Commitment memory decoy = _decoy(salt);
        _submit(decoy, CAI);
        vm.prank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.DeadlineNotOver.selector, deadline, _now()));
        book.revealDecoy(decoy, salt);
        vm.warp(deadline + 1);
        vm.prank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotSettled.selector, _tender));
        book.revealDecoy(decoy, salt);
        _tick(_tender, deadline, deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotCustodian.selector, address(this)));
        book.revealDecoy(decoy, salt);
        vm.prank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotDecoy.selector, vm.addr(CAI)));
        book.revealDecoy(decoy, keccak256("another salt"));
        vm.warp(deadline + 1 + REVEAL);
        vm.prank(custodian);
        book.revealDecoy(decoy, salt);
        assertFalse(book.entryOf(_tender, 1, vm.addr(CAI)).live, "live");
    }

    function test_ATooLateRevealAndARealBidAreRefused() public {
        bytes32 salt = keccak256("salt");
        ITenderBook.Commitment memory decoy = _decoy(salt);
        _submit(decoy, CAI);
        _bid(_tender, ANN, 1, 1);
        vm.warp(deadline + 1);
        _tick(_tender, deadline, deadline + 1);
        vm.startPrank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ITenderBook.NotDecoy.selector, vm.addr(ANN)));
        book.revealDecoy(_commitment(_tender, ANN, 1, 1), salt);
        vm.warp(deadline + 2 + REVEAL);
        vm.expectRevert(
            abi.encodeWithSelector(ITenderBook.TooLate.selector, deadline + 1 + REVEAL, deadline + 2 + REVEAL)
        );
        book.revealDecoy(decoy, salt);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ as calls, so that a refusal can be expected

    function bid(uint256 pk, uint32 version) external {
        _bid(_tender, pk, version, 1);
    }

    function submitted(ITenderBook.Commitment memory commitment, uint256 pk) external {
        _submit(commitment, pk);
    }

    function withdrawn(uint256 bidderPk, uint32 version, uint256 signerPk) external {
        _withdraw(_tender, bidderPk, version, signerPk);
    }

    function moved(uint256 fromPk, uint256 toPk, uint32 version, uint256 recoveryPk, uint256 successorPk) external {
        address bidder = vm.addr(fromPk);
        address successor = vm.addr(toPk);
        bytes32 hash = TenderHashes.moveHash(_tender, 1, bidder, successor, version, type(uint64).max);
        book.move(
            _tender,
            1,
            bidder,
            successor,
            version,
            type(uint64).max,
            _signBook(recoveryPk, hash),
            _signBook(successorPk, hash)
        );
    }

    function _decoy(bytes32 salt) private view returns (ITenderBook.Commitment memory decoy) {
        decoy = _commitment(_tender, CAI, 1, 1);
        decoy.kindDigest =
            TenderHashes.kindDigest(address(book), _tender, 1, vm.addr(CAI), TenderHashes.KIND_DECOY, custodian, salt);
    }
}
