// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {AnyState} from "./AnyState.sol";

/// @notice False sentences: each must be refuted, or the proofs beside them prove nothing.
contract Canaries is AnyState {
    function check_nobodyOpens(uint64 tender, uint32 lot, bytes32 keysDigest) public {
        bytes memory signature = svm.createBytes(128, "signature");
        _begin();
        assert(!_step(abi.encodeCall(book.open, (tender, lot, 1, signature, keysDigest))));
    }

    function check_opensOnlyLater(uint64 tender, uint32 lot, bytes32 keysDigest) public {
        bytes memory signature = svm.createBytes(128, "signature");
        _begin();
        uint64 openAt = book.tenderOf(tender).openAt;
        bool done = _step(abi.encodeCall(book.open, (tender, lot, 1, signature, keysDigest)));
        assert(!done || time > openAt);
    }

    function check_extendsOnlyBefore(uint64 tender, uint64 deadline, uint64 openAt) public {
        _begin();
        uint64 present = book.tenderOf(tender).deadline;
        bool done = _step(abi.encodeCall(book.extend, (tender, deadline, openAt)));
        assert(!done || time < present);
    }

    function check_nothingFails(uint64 tender, uint32 lot, bytes32 digest) public {
        _begin();
        _step(abi.encodeCall(book.fail, (tender, lot, digest)));
        assert(book.lotOf(tender, lot).phase != ITenderBook.Phase.Failed);
    }
}
