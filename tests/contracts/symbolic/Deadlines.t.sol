// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {AnyState} from "./AnyState.sol";

/// @notice T1 and T2 as proofs: what is accepted was in time, whoever sends what.
contract Deadlines is AnyState {
    // ------------------------------------------------------------------ until the deadline and not a second longer

    function check_submit(ITenderBook.Commitment calldata commitment) public {
        bytes memory signature = svm.createBytes(65, "signature");
        bytes memory custody = svm.createBytes(65, "custody");
        _begin();
        uint64 deadline = book.tenderOf(commitment.tender).deadline;
        bool done = _step(abi.encodeCall(book.submit, (commitment, signature, custody)));
        assert(!done || time <= deadline);
    }

    function check_withdraw(uint64 tender, uint32 lot, address bidder, uint32 version, uint64 notAfter) public {
        bytes memory signature = svm.createBytes(65, "signature");
        _begin();
        uint64 deadline = book.tenderOf(tender).deadline;
        bool done = _step(abi.encodeCall(book.withdraw, (tender, lot, bidder, version, notAfter, signature)));
        assert(!done || time <= deadline);
    }

    function check_move(uint64 tender, uint32 lot, address from, address to, uint32 version, uint64 notAfter) public {
        bytes memory one = svm.createBytes(65, "byRecovery");
        bytes memory two = svm.createBytes(65, "bySuccessor");
        _begin();
        uint64 deadline = book.tenderOf(tender).deadline;
        bool done = _step(abi.encodeCall(book.move, (tender, lot, from, to, version, notAfter, one, two)));
        assert(!done || time <= deadline);
    }

    function check_amend(uint64 tender, uint32 number, bytes32 digest, uint64 deadline, uint64 openAt) public {
        _begin();
        uint64 present = book.tenderOf(tender).deadline;
        bool done = _step(abi.encodeCall(book.amend, (tender, number, digest, deadline, openAt)));
        assert(!done || time <= present);
    }

    function check_extend(uint64 tender, uint64 deadline, uint64 openAt) public {
        _begin();
        uint64 present = book.tenderOf(tender).deadline;
        bool done = _step(abi.encodeCall(book.extend, (tender, deadline, openAt)));
        assert(!done || (time <= present && deadline > present));
    }

    // ------------------------------------------------------------------ after it

    function check_settle(uint64 tender) public {
        _begin();
        vm.roll(svm.createUint(64, "block"));
        ITenderBook.TenderView memory before = book.tenderOf(tender);
        bool done = _step(abi.encodeCall(book.settle, (tender)));
        assert(!done || (time > before.deadline && before.settledAt == 0));
    }

    function check_revealDecoy(ITenderBook.Commitment calldata commitment, bytes32 salt) public {
        _begin();
        ITenderBook.TenderView memory before = book.tenderOf(commitment.tender);
        bool done = _step(abi.encodeCall(book.revealDecoy, (commitment, salt)));
        assert(!done || (time > before.deadline && before.settledAt != 0));
    }

    /// @dev A page of one place; as far as this sentence goes, longer ones are several of these.
    function check_close(uint64 tender, uint32 lot) public {
        _begin();
        ITenderBook.TenderView memory before = book.tenderOf(tender);
        bool done = _step(abi.encodeCall(book.close, (tender, lot, 1, 1)));
        assert(!done || (time > before.deadline && before.settledAt != 0 && time > before.settledAt));
    }

    function check_open(uint64 tender, uint32 lot, uint8 envelope, bytes32 keysDigest) public {
        bytes memory signature = svm.createBytes(128, "signature");
        _begin();
        ITenderBook.TenderView memory before = book.tenderOf(tender);
        bool done = _step(abi.encodeCall(book.open, (tender, lot, envelope, signature, keysDigest)));
        assert(!done || (time >= before.openAt && !before.cancelled));
    }
}
