// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A registry of bureaus that allows everybody everything: the proofs hold whoever the officer is.
contract AnyBureau {
    function mayAnchor(bytes18, bytes32, address, uint64) external pure returns (bool) {
        return true;
    }

    function mayAnchorStatus(bytes18, bytes18, address, uint64) external pure returns (bool) {
        return true;
    }

    function successorOf(bytes18) external pure returns (bytes18) {
        return 0;
    }

    function authority() external view returns (address) {
        return msg.sender;
    }
}

/// @notice A registry of key holders whose keys are always usable and who sign whatever they are shown.
contract AnyKeyHolders {
    address public immutable registry;
    bytes32 public constant genesis = keccak256("genesis");
    uint48 public constant retirementDelay = 1;

    constructor(address registry_) {
        registry = registry_;
    }

    function usable(uint64, address, uint64, uint64) external pure returns (bool) {
        return true;
    }

    function verify(uint64, bytes32, bytes calldata) external pure returns (bool) {
        return true;
    }
}
