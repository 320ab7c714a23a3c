// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {AnyState} from "./AnyState.sol";

/// @notice T3 as proofs: every function that writes a phase takes the lot from the right one to a later one.
contract Phases is AnyState {
    function check_close(uint64 tender, uint32 lot, uint8 envelope) public {
        _begin();
        ITenderBook.Phase before = _phase(tender, lot);
        if (!_step(abi.encodeCall(book.close, (tender, lot, envelope, 1)))) return;
        ITenderBook.Phase later = _phase(tender, lot);
        assert(before == (envelope == 1 ? ITenderBook.Phase.Bidding : ITenderBook.Phase.Reviewed));
        assert(
            later == before || later == ITenderBook.Phase.Failed
                || later == (envelope == 1 ? ITenderBook.Phase.Closed : ITenderBook.Phase.PriceClosed)
        );
    }

    function check_open(uint64 tender, uint32 lot, uint8 envelope, bytes32 keysDigest) public {
        bytes memory signature = svm.createBytes(128, "signature");
        _begin();
        ITenderBook.Phase before = _phase(tender, lot);
        if (!_step(abi.encodeCall(book.open, (tender, lot, envelope, signature, keysDigest)))) return;
        ITenderBook.Phase later = _phase(tender, lot);
        assert(before == (envelope == 1 ? ITenderBook.Phase.Closed : ITenderBook.Phase.PriceClosed));
        assert(later == (envelope == 1 ? ITenderBook.Phase.Opened : ITenderBook.Phase.PriceOpened));
    }

    function check_review(uint64 tender, uint32 lot, bytes32 digest, uint32 place) public {
        uint32[] memory dropped = new uint32[](1);
        dropped[0] = place;
        _begin();
        ITenderBook.Phase before = _phase(tender, lot);
        if (!_step(abi.encodeCall(book.review, (tender, lot, digest, dropped)))) return;
        assert(before == ITenderBook.Phase.Opened);
        assert(_phase(tender, lot) == ITenderBook.Phase.Reviewed);
    }

    function check_fail(uint64 tender, uint32 lot, bytes32 digest) public {
        _begin();
        ITenderBook.Phase before = _phase(tender, lot);
        if (!_step(abi.encodeCall(book.fail, (tender, lot, digest)))) return;
        assert(before >= ITenderBook.Phase.Closed && before <= ITenderBook.Phase.Candidates);
        assert(_phase(tender, lot) == ITenderBook.Phase.Failed);
    }

    function check_cancel(uint64 tender, uint32 lot, bytes32 reason) public {
        _begin();
        ITenderBook.Phase before = _phase(tender, lot);
        if (!_step(abi.encodeCall(book.cancel, (tender, reason)))) return;
        assert(_phase(tender, lot) >= before);
    }

    function check_advance(uint64 tender, uint32 lot, uint8 to) public {
        vm.assume(to <= uint8(type(ITenderBook.Phase).max));
        _begin();
        ITenderBook.Phase before = _phase(tender, lot);
        (bool done,) = address(book).call(abi.encodeCall(book.advance, (tender, lot, ITenderBook.Phase(to))));
        if (!done) return;
        assert(uint8(before) <= to && to >= uint8(ITenderBook.Phase.Candidates));
        assert(before >= ITenderBook.Phase.Opened && before <= ITenderBook.Phase.Awarded);
        assert(uint8(_phase(tender, lot)) == to);
    }

    function check_advanceByOthers(uint64 tender, uint32 lot, uint8 to) public {
        vm.assume(to <= uint8(type(ITenderBook.Phase).max));
        _begin();
        address sender = svm.createAddress("other");
        vm.assume(sender != address(this));
        vm.prank(sender);
        (bool done,) = address(book).call(abi.encodeCall(book.advance, (tender, lot, ITenderBook.Phase(to))));
        assert(!done);
    }

    function _phase(uint64 tender, uint32 lot) private view returns (ITenderBook.Phase) {
        return book.lotOf(tender, lot).phase;
    }
}
