// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The rules once more, as plainly as they can be put: lists searched from end to end, no cleverness.
/// Each write returns whether it is allowed and, if so, takes it in.
contract Model {
    struct Span {
        uint64 from;
        uint64 until;
    }

    struct AnchorKey {
        bool known;
        uint64 from;
        uint64 until;
        uint64 since;
    }

    mapping(bytes18 => mapping(bytes32 => Span[])) public accreditations;
    mapping(bytes18 => Span[]) public suspensions;
    mapping(bytes18 => bytes18) public successor;
    mapping(bytes18 => uint64) public closedFrom;
    mapping(bytes18 => bool) public everAccredited;
    mapping(bytes18 => mapping(address => AnchorKey)) public keys;

    uint64 private constant _WEEK = 7 days;

    // ------------------------------------------------------------------ writes

    function accredit(bytes18 bureau, bytes32 lane, uint64 from, uint64 until, uint64 time) external returns (bool) {
        if (from == 0) from = time;
        if (successor[bureau] != 0 || from < time || (until != 0 && until <= from)) return false;
        Span[] storage spans = accreditations[bureau][lane];
        for (uint256 i = 0; i < spans.length; ++i) {
            if (_empty(spans[i])) continue;
            if (spans[i].until == 0 || from < spans[i].until) return false;
        }
        spans.push(Span(from, until));
        everAccredited[bureau] = true;
        return true;
    }

    function endAccreditation(bytes18 bureau, bytes32 lane, uint64 until, uint64 time) external returns (bool) {
        Span[] storage spans = accreditations[bureau][lane];
        if (spans.length == 0) return false;
        return _end(spans[spans.length - 1], until, time);
    }

    function suspend(bytes18 bureau, uint64 time) external returns (bool) {
        if (successor[bureau] != 0 || _suspended(bureau)) return false;
        suspensions[bureau].push(Span(time + 1, 0));
        return true;
    }

    function reinstate(bytes18 bureau, uint64 time) external returns (bool) {
        if (successor[bureau] != 0 || !_suspended(bureau)) return false;
        suspensions[bureau][suspensions[bureau].length - 1].until = time + 1;
        return true;
    }

    function succeed(bytes18 old, bytes18 next, uint64 time) external returns (bool) {
        if (old == next || successor[old] != 0 || successor[next] != 0) return false;
        if (!_suspended(old)) suspensions[old].push(Span(time + 1, 0));
        successor[old] = next;
        closedFrom[old] = time + 1;
        return true;
    }

    function addKey(bytes18 bureau, address account, uint64 from, uint64 until, uint64 time) external returns (bool) {
        if (from == 0) from = time;
        if (successor[bureau] != 0 || keys[bureau][account].known) return false;
        if (from < time || (until != 0 && until <= from)) return false;
        keys[bureau][account] = AnchorKey(true, from, until, 0);
        return true;
    }

    function retireKey(bytes18 bureau, address account, uint64 until, uint64 time) external returns (bool) {
        AnchorKey storage key = keys[bureau][account];
        if (!key.known) return false;
        Span storage span;
        // The period of a key ends by the same rule as an accreditation.
        _scratch = Span(key.from, key.until);
        span = _scratch;
        if (!_end(span, until, time)) return false;
        key.until = span.until;
        return true;
    }

    function markCompromised(bytes18 bureau, address account, uint64 since, address by, bool authority, uint64 time)
        external
        returns (bool)
    {
        AnchorKey storage key = keys[bureau][account];
        if (!key.known || since == 0 || since > time || (key.since != 0 && since >= key.since)) return false;
        if (!authority && (!keyInForce(bureau, by, time) || time - since > _WEEK)) return false;
        key.since = since;
        return true;
    }

    // ------------------------------------------------------------------ answers

    function accreditedAt(bytes18 bureau, bytes32 lane, uint64 time) public view returns (bool) {
        return _any(accreditations[bureau][lane], time) && !_any(suspensions[bureau], time);
    }

    function keyUsable(bytes18 bureau, address account, uint64 time) public view returns (bool) {
        AnchorKey storage key = keys[bureau][account];
        return key.known && _holds(Span(key.from, key.until), time) && (key.since == 0 || time < key.since);
    }

    function closedAt(bytes18 bureau, uint64 time) public view returns (bool) {
        return closedFrom[bureau] != 0 && closedFrom[bureau] <= time;
    }

    function keyInForce(bytes18 bureau, address account, uint64 time) public view returns (bool) {
        return keyUsable(bureau, account, time) && !closedAt(bureau, time);
    }

    function mayAnchor(bytes18 bureau, bytes32 lane, address account, uint64 time) external view returns (bool) {
        return keyInForce(bureau, account, time) && (lane[0] == "$" || accreditedAt(bureau, lane, time));
    }

    function mayAnchorStatus(bytes18 bureau, bytes18 actor, address account, uint64 time) external view returns (bool) {
        if (!everAccredited[bureau]) return false;
        bool inLine = actor == bureau;
        for (bytes18 next = successor[bureau]; next != 0; next = successor[next]) {
            if (next == actor) inLine = true;
        }
        return inLine && keyInForce(actor, account, time);
    }

    // ------------------------------------------------------------------ parts

    Span private _scratch;

    function _end(Span storage span, uint64 until, uint64 time) private returns (bool) {
        if (until == 0) until = time + 1;
        if (until <= time) return false;
        if (until < span.from) until = span.from;
        if (span.until != 0 && until >= span.until) return false;
        span.until = until;
        return true;
    }

    function _suspended(bytes18 bureau) private view returns (bool) {
        uint256 count = suspensions[bureau].length;
        return count != 0 && suspensions[bureau][count - 1].until == 0;
    }

    function _any(Span[] storage spans, uint64 time) private view returns (bool) {
        for (uint256 i = 0; i < spans.length; ++i) {
            if (_holds(spans[i], time)) return true;
        }
        return false;
    }

    function _holds(Span memory span, uint64 time) private pure returns (bool) {
        return span.from <= time && (span.until == 0 || time < span.until);
    }

    function _empty(Span memory span) private pure returns (bool) {
        return span.from == span.until;
    }
}
