// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyHolderRegistry} from "../../../contracts/tenders/IKeyHolderRegistry.sol";
import {TenderBook} from "../../../contracts/tenders/TenderBook.sol";
import {Vm} from "../support/Vm.sol";
import {AnyBureau, AnyKeyHolders} from "./Stubs.sol";
import {Svm} from "./Svm.sol";

/// @notice A book of which halmos knows nothing: any storage, any second, any sender; everybody is officer, and whatever is
/// shown counts as the key holders' signature. What holds after one step from there holds after any number of steps.
///
/// Forge compiles these proofs and runs none of them; `scripts/prove` does.
abstract contract AnyState {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    Svm internal constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

    TenderBook internal book;
    uint64 internal time;

    function setUp() public {
        AnyKeyHolders holders = new AnyKeyHolders(address(new AnyBureau()));
        book = new TenderBook(IKeyHolderRegistry(address(holders)), address(this));
    }

    function _begin() internal {
        svm.enableSymbolicStorage(address(book));
        time = uint64(svm.createUint(64, "time"));
        vm.warp(time);
    }

    /// @dev True if the book accepted that call from anybody.
    function _step(bytes memory data) internal returns (bool done) {
        vm.prank(svm.createAddress("sender"));
        (done,) = address(book).call(data);
    }
}
