// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBureauRegistry} from "../governance/IBureauRegistry.sol";

/// @title Periods
/// @notice Half-open spans [from, until) in whole seconds; `until` 0 has no end, `from` 0 means no span at all.
library Periods {
    /// @notice True if `time` lies in [from, until).
    function contains(uint64 from, uint64 until, uint64 time) internal pure returns (bool) {
        return from != 0 && from <= time && (until == 0 || time < until);
    }

    /// @notice True if `time` lies in the newest span or in an earlier one.
    /// @dev The newest is passed by value, the earlier ones lie oldest first and none overlap. Spans are ordered, so the last one that began by `time` decides alone: one read in the usual case.
    function holds(uint64 from, uint64 until, IBureauRegistry.Period[] storage earlier, uint64 time)
        internal
        view
        returns (bool)
    {
        if (from <= time) return contains(from, until, time);
        for (uint256 i = earlier.length; i > 0; --i) {
            IBureauRegistry.Period storage span = earlier[i - 1];
            if (span.from <= time) return contains(span.from, span.until, time);
        }
        return false;
    }

    /// @notice Every span, oldest first.
    function all(uint64 from, uint64 until, IBureauRegistry.Period[] storage earlier)
        internal
        view
        returns (IBureauRegistry.Period[] memory spans)
    {
        uint256 count = earlier.length;
        spans = new IBureauRegistry.Period[](from == 0 ? count : count + 1);
        for (uint256 i = 0; i < count; ++i) {
            spans[i] = earlier[i];
        }
        if (from != 0) spans[count] = IBureauRegistry.Period({from: from, until: until});
    }
}
