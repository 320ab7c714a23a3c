// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITenderBook} from "../../../contracts/tenders/ITenderBook.sol";
import {Test} from "../support/Test.sol";
import {TenderHandler} from "./TenderHandler.sol";

/// @notice What holds of a tender after any sequence of calls; the sentences are in INVARIANTS.md.
contract TenderInvariantsTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    TenderHandler private _handler;

    function setUp() public {
        _handler = new TenderHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[12] memory chosen = [
            TenderHandler.wait_.selector,
            TenderHandler.toTheDeadline.selector,
            TenderHandler.extend.selector,
            TenderHandler.cancel.selector,
            TenderHandler.submit.selector,
            TenderHandler.submit.selector,
            TenderHandler.submit.selector,
            TenderHandler.withdraw.selector,
            TenderHandler.tick.selector,
            TenderHandler.close.selector,
            TenderHandler.open.selector,
            TenderHandler.goOn.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(_handler);
        targets[0].selectors = new bytes4[](chosen.length);
        for (uint256 i = 0; i < chosen.length; ++i) {
            targets[0].selectors[i] = chosen[i];
        }
    }

    /// T1
    function invariant_NoBidChangesAfterTheDeadline() public view {
        assertTrue(_handler.lastBidAt() <= _handler.deadlineAtLastBid(), "T1");
        assertTrue(
            _handler.firstClosedAt() == 0 || _handler.lastBidAt() < _handler.firstClosedAt(), "T1: after closing"
        );
    }

    /// T2
    function invariant_NothingOpensEarlyOrWithoutClosing() public view {
        uint64 opened = _handler.firstOpenedAt();
        if (opened == 0) return;
        assertTrue(opened >= _handler.openAtWhenOpened(), "T2");
        assertTrue(_handler.firstClosedAt() != 0 && _handler.firstClosedAt() <= opened, "T2: not closed");
    }

    /// T3
    function invariant_PhasesNeverGoBack() public view {
        assertFalse(_handler.fellBack(), "T3");
    }

    /// T4
    function invariant_EventsTellTheLiveSet() public view {
        ITenderBook.Phase phase = _handler.theBook().lotOf(_handler.tender(), 1).phase;
        if (phase < ITenderBook.Phase.Closed || phase == ITenderBook.Phase.Cancelled) return;
        bytes32 digest = _handler.theBook().liveSetOf(_handler.tender(), 1, 1).digest;
        assertEq(digest, _handler.closedStory(), "T4");
        bytes32 story;
        bytes32[] memory told = _handler.told();
        for (uint256 i = 0; i < told.length; ++i) {
            if (told[i] != 0) story = sha256(abi.encodePacked(story, told[i]));
        }
        assertEq(digest, story, "T4: changed since");
    }

    /// T5
    function invariant_AnOutageMovesTheDeadlineOnce() public view {
        assertTrue(_handler.moves() <= 1, "T5");
    }

    /// @dev The random runs are worth something only if the handler can go all the way.
    function test_TheHandlerReachesTheContract() public {
        for (uint256 i = 0; i < 4; ++i) {
            _handler.submit(i, 1 + i);
        }
        _handler.withdraw(0, 1);
        for (uint256 i = 0; i < 4; ++i) {
            _handler.wait_(399);
        }
        _handler.tick(1, 0);
        _handler.wait_(60);
        _handler.close(3);
        _handler.close(3);
        _handler.wait_(399);
        _handler.open(1);
        assertTrue(_handler.firstOpenedAt() != 0, "opened");
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
