// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRetirable} from "./IRetirable.sol";

/// @title Retirable
/// @notice Shared end of life of our contracts: announced, delayed, one-way.
abstract contract Retirable is IRetirable {
    /// @dev One slot, so that every write pays for a single read of it.
    struct Retirement {
        address successor;
        uint64 notBefore;
        bool done;
    }

    /// @inheritdoc IRetirable
    uint48 public immutable override retirementDelay;

    Retirement private _retirement;

    constructor(uint48 delay) {
        retirementDelay = delay;
    }

    /// @dev Admits only the authority.
    modifier onlyAuthority() {
        _checkAuthority();
        _;
    }

    /// @dev Admits a call only while this contract takes writes.
    modifier whileOpen() {
        _checkOpen();
        _;
    }

    /// @inheritdoc IRetirable
    function proposeRetirement(address successor) external onlyAuthority whileOpen {
        if (successor == address(this) || successor.code.length == 0) revert BadSuccessorContract(successor);
        uint64 notBefore = uint64(block.timestamp) + retirementDelay;
        _retirement = Retirement({successor: successor, notBefore: notBefore, done: false});
        emit RetirementProposed(successor, notBefore);
    }

    /// @inheritdoc IRetirable
    function cancelRetirement() external onlyAuthority whileOpen {
        address successor = _retirement.successor;
        if (successor == address(0)) revert NoRetirementProposed();
        delete _retirement;
        emit RetirementCancelled(successor);
    }

    /// @inheritdoc IRetirable
    function retire() external onlyAuthority whileOpen {
        Retirement memory plan = _retirement;
        if (plan.successor == address(0)) revert NoRetirementProposed();
        if (block.timestamp < plan.notBefore) {
            revert RetirementTooEarly(plan.notBefore, uint64(block.timestamp));
        }
        _retirement.done = true;
        emit Retired(plan.successor);
    }

    /// @inheritdoc IRetirable
    function retiredTo() public view returns (address) {
        return _retirement.done ? _retirement.successor : address(0);
    }

    /// @inheritdoc IRetirable
    function pendingRetirement() external view returns (address successor, uint64 notBefore) {
        if (_retirement.done) return (address(0), 0);
        return (_retirement.successor, _retirement.notBefore);
    }

    /// @dev Who may close this contract.
    function _authority() internal view virtual returns (address);

    function _checkAuthority() private view {
        if (msg.sender != _authority()) revert NotAuthority(msg.sender);
    }

    function _checkOpen() private view {
        if (_retirement.done) revert AlreadyRetired(_retirement.successor);
    }
}
