// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {Test} from "../support/Test.sol";
import {TenderHandler} from "./TenderHandler.sol";

/// @notice What holds of a tender after any sequence of calls; the sentences are in INVARIANTS.md.
abstract contract TenderInvariants is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    TenderHandler internal _handler;

    function setUp() public {
        _handler = new TenderHandler(_envelopes());
    }

    function _envelopes() internal pure virtual returns (uint8);

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[18] memory chosen = [
            TenderHandler.wait_.selector,
            TenderHandler.toTheDeadline.selector,
            TenderHandler.extend.selector,
            TenderHandler.cancel.selector,
            TenderHandler.submit.selector,
            TenderHandler.submit.selector,
            TenderHandler.submit.selector,
            TenderHandler.withdraw.selector,
            TenderHandler.move.selector,
            TenderHandler.tick.selector,
            TenderHandler.reveal.selector,
            TenderHandler.close.selector,
            TenderHandler.open.selector,
            TenderHandler.open.selector,
            TenderHandler.review.selector,
            TenderHandler.closePrices.selector,
            TenderHandler.goOn.selector,
            TenderHandler.goOn.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(_handler);
        targets[0].selectors = new bytes4[](chosen.length);
        for (uint256 i = 0; i < chosen.length; ++i) {
            targets[0].selectors[i] = chosen[i];
        }
    }

    /// @dev One campaign for all sentences: each would else run the same random calls once more.
    function invariant_EverySentenceHolds() public view {
        _noBidChangesAfterTheDeadline();
        _nothingOpensEarlyOrWithoutClosing();
        _phasesNeverGoBack();
        _eventsTellTheLiveSets();
        _anOutageMovesTheDeadlineOnce();
        _decoysGoBetweenDeadlineAndClosing();
    }

    /// T1
    function _noBidChangesAfterTheDeadline() private view {
        assertTrue(_handler.lastBidAt() <= _handler.deadlineAtLastBid(), "T1");
        assertTrue(
            _handler.firstClosedAt() == 0 || _handler.lastBidAt() < _handler.firstClosedAt(), "T1: after closing"
        );
    }

    /// T2
    function _nothingOpensEarlyOrWithoutClosing() private view {
        uint64 opened = _handler.firstOpenedAt();
        if (opened == 0) return;
        assertTrue(opened >= _handler.openAtWhenOpened(), "T2");
        assertTrue(_handler.firstClosedAt() != 0 && _handler.firstClosedAt() <= opened, "T2: not closed");
    }

    /// T3
    function _phasesNeverGoBack() private view {
        assertFalse(_handler.fellBack(), "T3");
    }

    /// T4
    function _eventsTellTheLiveSets() private view {
        ITenderBook.Phase phase = _handler.theBook().lotOf(_handler.tender(), 1).phase;
        if (phase < ITenderBook.Phase.Closed || phase >= ITenderBook.Phase.Failed) return;
        assertEq(_digest(1), _handler.closedStory(1), "T4");
        bool priced = _envelopes() == 2 && phase >= ITenderBook.Phase.PriceClosed;
        if (priced) assertEq(_digest(2), _handler.closedStory(2), "T4: prices");
        if (phase == ITenderBook.Phase.Reviewed) return; // dropped since, and not closed again
        bytes32 story;
        bytes32[] memory told = _handler.told();
        for (uint256 i = 0; i < told.length; ++i) {
            if (told[i] != 0) story = sha256(abi.encodePacked(story, told[i]));
        }
        assertEq(_digest(priced ? 2 : 1), story, "T4: changed since");
    }

    function _digest(uint8 envelope) private view returns (bytes32) {
        return _handler.theBook().liveSetOf(_handler.tender(), 1, envelope).digest;
    }

    /// T6
    function _decoysGoBetweenDeadlineAndClosing() private view {
        uint64 last = _handler.lastRevealAt();
        if (last == 0) return;
        assertTrue(last > _handler.deadlineAtLastBid(), "T6: before the deadline");
        assertTrue(_handler.firstClosedAt() == 0 || last < _handler.firstClosedAt(), "T6: after closing");
    }

    /// T5
    function _anOutageMovesTheDeadlineOnce() private view {
        assertTrue(_handler.moves() <= 1, "T5");
    }

    /// @dev The random runs are worth something only if the handler can go all the way.
    function test_TheHandlerReachesTheContract() public {
        for (uint256 i = 0; i < 4; ++i) {
            _handler.submit(i, i == 3 ? 5 : 1 + i);
        }
        _handler.submit(4, 8);
        _handler.withdraw(0, 1);
        _handler.move(1, 1);
        assertEq(_handler.handed(), 1, "moved");
        for (uint256 i = 0; i < 4; ++i) {
            _handler.wait_(399);
        }
        _handler.tick(1, 0);
        _handler.reveal(3, 1);
        _handler.reveal(4, 1);
        assertEq(_handler.revealed(), 1, "revealed");
        _handler.wait_(60);
        _handler.close(3);
        _handler.close(3);
        _handler.wait_(399);
        _handler.open(2);
        assertTrue(_handler.firstOpenedAt() != 0, "opened");
        if (_envelopes() == 2) {
            _handler.review(1);
            _handler.closePrices(3);
            _handler.closePrices(3);
            _handler.open(1);
        }
        _handler.goOn(0);
        _handler.wait_(399);
        _handler.goOn(1);
        _handler.wait_(399);
        _handler.goOn(2);
        assertEq(_handler.highest(), uint8(ITenderBook.Phase.Contracted), "phase");
    }

    function afterInvariant() public view {
        assertTrue(_handler.accepted() > 0, "a run in which nothing happened proves nothing");
    }
}

contract TenderInvariantsTest is TenderInvariants {
    function _envelopes() internal pure override returns (uint8) {
        return 1;
    }
}

contract TwoEnvelopesInvariantsTest is TenderInvariants {
    function _envelopes() internal pure override returns (uint8) {
        return 2;
    }
}
