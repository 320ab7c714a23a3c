// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "../support/Test.sol";
import {CeremonyHandler} from "./CeremonyHandler.sol";

/// @notice What holds of a ceremony after any sequence of calls; the sentences are in INVARIANTS.md.
contract CeremonyInvariantsTest is Test {
    CeremonyHandler private _handler;

    function setUp() public {
        _handler = new CeremonyHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[10] memory chosen = [
            CeremonyHandler.wait_.selector,
            CeremonyHandler.deal.selector,
            CeremonyHandler.deal.selector,
            CeremonyHandler.complain.selector,
            CeremonyHandler.answer.selector,
            CeremonyHandler.answer.selector,
            CeremonyHandler.confirm.selector,
            CeremonyHandler.confirm.selector,
            CeremonyHandler.rollCall.selector,
            CeremonyHandler.destroy.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(_handler);
        targets[0].selectors = new bytes4[](chosen.length);
        for (uint256 i = 0; i < chosen.length; ++i) {
            targets[0].selectors[i] = chosen[i];
        }
    }

    /// C1 to C3
    function invariant_TheKeyIsThatOfThreeWhoAgree() public view {
        assertEq(_handler.registry_().publicKeyOf(1), _handler.inForce(), "C1: key");
        assertEq(_handler.registry_().eligible(1), _handler.modelEligible(), "C2: eligible");
        if (_handler.inForce().length != 0) assertTrue(_handler.supportersInForce() >= 3, "C3: supporters");
    }

    /// @dev The random runs are worth something only if the handler can go all the way.
    function test_TheHandlerReachesARollCall() public {
        for (uint256 who = 0; who < 6; ++who) {
            _handler.deal(who, 1);
        }
        _waits(4);
        _handler.complain(0, 1);
        _handler.complain(0, 2);
        _waits(3);
        _handler.answer(1, 0);
        _waits(3);
        assertEq(_handler.modelEligible(), 0x3b, "all but one");
        _handler.confirm(0, 2);
        _handler.confirm(1, 2);
        _handler.confirm(3, 1);
        _handler.confirm(0, 1);
        assertEq(_handler.inForce().length, 0, "in force");
        _handler.confirm(4, 1);
        assertEq(_handler.inForce().length, 256, "in force");
        _handler.confirm(0, 2);
        _handler.rollCall(1);
        invariant_TheKeyIsThatOfThreeWhoAgree();
    }

    function _waits(uint256 times) private {
        for (uint256 i = 0; i < times; ++i) {
            _handler.wait_(3);
        }
    }

    function afterInvariant() public view {
        assertTrue(_handler.accepted() > 0, "a run in which nothing happened proves nothing");
    }
}
