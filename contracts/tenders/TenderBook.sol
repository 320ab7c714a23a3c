// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bids} from "./Bids.sol";
import {IKeyHolderRegistry} from "./IKeyHolderRegistry.sol";
import {Notices} from "./Notices.sol";
import {Openings} from "./Openings.sol";
import {Outcomes} from "./Outcomes.sol";
import {TenderStore} from "./TenderStore.sol";

/// @title TenderBook
/// @notice See {ITenderBook}; one file for each part of a tender's life.
contract TenderBook is Notices, Bids, Openings, Outcomes {
    /// @param keyHolders_ where opening keys are looked up; its registry of bureaus, its genesis and the delay of its
    /// retirement hold here too.
    /// @param proceedings_ address at which TenderProceedings will be created next; it checks that this book names it.
    constructor(IKeyHolderRegistry keyHolders_, address proceedings_) TenderStore(keyHolders_, proceedings_) {}
}
