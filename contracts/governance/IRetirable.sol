// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IRetirable
/// @notice A contract that can be closed for ever and names the contract that carries on.
/// @dev Closing takes two steps with a delay between them, so that everyone sees it coming. It cannot be undone.
/// What the contract recorded stays readable; only writing stops.
interface IRetirable {
    /// @notice The authority announced the retirement.
    /// @param successor contract that shall carry on.
    /// @param notBefore first second at which it may be carried out.
    event RetirementProposed(address indexed successor, uint64 notBefore);

    /// @notice The announced retirement was withdrawn.
    /// @param successor contract that had been announced.
    event RetirementCancelled(address indexed successor);

    /// @notice The contract takes no writes any more.
    /// @param successor contract that carries on.
    event Retired(address indexed successor);

    /// @notice The caller is not the authority.
    error NotAuthority(address caller);
    /// @notice The contract is closed; write to `successor` instead.
    error AlreadyRetired(address successor);
    /// @notice The successor must be another contract.
    error BadSuccessorContract(address successor);
    /// @notice No retirement is announced.
    error NoRetirementProposed();
    /// @notice The delay is not over.
    error RetirementTooEarly(uint64 notBefore, uint64 time);

    /// @notice Announces that this contract will be closed; replaces an earlier announcement and restarts the delay.
    /// @dev Only the authority.
    /// @param successor contract that shall carry on; it must have code and differ from this one.
    function proposeRetirement(address successor) external;

    /// @notice Withdraws the announcement. Only the authority.
    function cancelRetirement() external;

    /// @notice Closes this contract for ever, once the delay is over. Only the authority.
    function retire() external;

    /// @notice Contract that carries on, or zero while this one takes writes.
    function retiredTo() external view returns (address);

    /// @notice The announced successor and the first second at which it may take over; zeros if none is announced.
    function pendingRetirement() external view returns (address successor, uint64 notBefore);

    /// @notice Seconds between the announcement and the closing.
    function retirementDelay() external view returns (uint48);
}
