// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorLog} from "../../../contracts/anchoring/AnchorLog.sol";
import {BureauRegistry} from "../../../contracts/governance/BureauRegistry.sol";
import {IBureauRegistry} from "../../../contracts/governance/IBureauRegistry.sol";
import {Test} from "../support/Test.sol";
import {Handler} from "./Handler.sol";
import {Model} from "./Model.sol";

/// @notice What holds after any sequence of calls; the sentences are in INVARIANTS.md.
contract InvariantsTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant _BUREAUS = 4;
    uint256 private constant _LANES = 3;
    uint256 private constant _LISTS = 2;
    uint256 private constant _KEYS = 5;

    Handler private _handler;
    Model private _model;
    BureauRegistry private _registry;
    AnchorLog private _log;

    function setUp() public {
        _handler = new Handler();
        _model = _handler.model();
        _registry = _handler.theRegistry();
        _log = _handler.theLog();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[16] memory chosen = [
            Handler.wait_.selector,
            Handler.waitLong.selector,
            Handler.accredit.selector,
            Handler.endAccreditation.selector,
            Handler.suspend.selector,
            Handler.reinstate.selector,
            Handler.succeed.selector,
            Handler.addKey.selector,
            Handler.retireKey.selector,
            Handler.markCompromised.selector,
            Handler.handOver.selector,
            Handler.retire.selector,
            // twice as often
            Handler.anchor.selector,
            Handler.changeStatus.selector,
            Handler.note.selector,
            Handler.anchor.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0].addr = address(_handler);
        targets[0].selectors = new bytes4[](chosen.length);
        for (uint256 i = 0; i < chosen.length; ++i) {
            targets[0].selectors[i] = chosen[i];
        }
    }

    /// @notice Each call was compared with the model as it was made (A1 to A6); a failure there fails the run.
    /// After each call: S11, there is always an authority.
    function invariant_CallsGoAsTheModelForesees() public view {
        assertTrue(_registry.authority() != address(0), "S11: authority");
    }

    /// @notice At the end of every sequence of calls: S1 to S11, over journals that hold every step.
    function afterInvariant() external view {
        _checkLanes();
        _checkStatusLists();
        _checkPast();
        _checkFacts();
        _checkGovernance();
        _checkAnswers();
    }

    /// @notice S1, S2: no gaps, and replaying a lane's events gives its head.
    function _checkLanes() private view {
        Handler.AnchorEvent[] memory events = _handler.anchors();
        for (uint256 b = 0; b < _BUREAUS; ++b) {
            for (uint256 l = 0; l < _LANES; ++l) {
                _replayLane(events, _handler.bureaus(b), _handler.lanes(l));
            }
        }
    }

    function _replayLane(Handler.AnchorEvent[] memory events, bytes18 bureau, bytes32 lane) private view {
        bytes32 head = 0;
        uint64 count = 0;
        for (uint256 i = 0; i < events.length; ++i) {
            Handler.AnchorEvent memory e = events[i];
            if (e.bureau != bureau || e.lane != lane) continue;
            ++count;
            assertEq(e.sequence, count, "S1: sequence of the event");
            head = keccak256(abi.encode(head, e.bureau, e.lane, e.sequence, e.root, e.size, e.manifestDigest, e.time));
            assertEq(e.head, head, "S2: head of the event");
        }
        (uint64 last, bytes32 stored) = _log.laneHead(bureau, lane);
        assertEq(last, count, "S1: sequence");
        assertEq(stored, head, "S2: head");
    }

    /// @notice S2, S3: each change builds on the one before it; no update is lost.
    function _checkStatusLists() private view {
        Handler.StatusEvent[] memory events = _handler.statuses();
        for (uint256 b = 0; b < _BUREAUS; ++b) {
            for (uint256 l = 0; l < _LISTS; ++l) {
                bytes18 bureau = _handler.bureaus(b);
                bytes32 list = _handler.lists(l);
                bytes32 head = 0;
                for (uint256 i = 0; i < events.length; ++i) {
                    Handler.StatusEvent memory e = events[i];
                    if (e.bureau != bureau || e.list != list) continue;
                    assertEq(e.previousHead, head, "S3: previous head");
                    head = keccak256(abi.encode(head, bureau, list, e.digest, e.time));
                    assertEq(e.head, head, "S2: head of the event");
                }
                assertEq(_log.statusHead(bureau, list), head, "S2: head");
            }
        }
    }

    /// @notice S4: answers about the past stay, but for marks of compromise.
    function _checkPast() private view {
        Handler.Note[] memory notes = _handler.notes();
        for (uint256 i = 0; i < notes.length; ++i) {
            Handler.Note memory n = notes[i];
            bool accredited = _registry.wasAccredited(n.bureau, n.lane, n.time);
            bytes32 thumbprint = bytes32(uint256(uint160(n.key)));
            bool usable = _registry.keyUsable(n.bureau, thumbprint, n.time);
            uint64 mark = _handler.lowestMark(n.bureau, n.key);
            bool marked = mark != 0 && mark <= n.time;
            if (n.accredited) assertTrue(accredited, "S4: was accredited");
            if (n.usable) assertTrue(usable != marked, "S4: key was usable");
            if (n.time < n.notedAt) {
                if (!n.accredited) assertFalse(accredited, "S4: was not accredited");
                if (!n.usable) assertFalse(usable, "S4: key was not usable");
            }
        }
    }

    /// @notice S5, S6, S8, S9: marks, successors, lists and spans.
    function _checkFacts() private view {
        assertEq(_registry.bureaus().length, _BUREAUS, "S8: bureaus");
        uint256 keys = 0;
        for (uint256 b = 0; b < _BUREAUS; ++b) {
            bytes18 bureau = _handler.bureaus(b);
            keys += _registry.keyThumbprints(bureau).length;
            for (uint256 k = 0; k < _KEYS; ++k) {
                address key = _handler.signer(k);
                (bool known,,, uint64 since) = _model.keys(bureau, key);
                if (!known) continue;
                uint64 mark = _registry.key(bureau, bytes32(uint256(uint160(key)))).compromisedSince;
                assertEq(mark, since, "S5: mark");
                assertEq(mark, _handler.lowestMark(bureau, key), "S5: lowest mark");
            }
            assertEq(_registry.successorOf(bureau), _handler.firstSuccessor(bureau), "S6: successor");
            _checkLine(bureau);
            _checkSpans(_registry.suspensions(bureau));
            bytes32[] memory lanes = _registry.lanes(bureau);
            for (uint256 l = 0; l < lanes.length; ++l) {
                _checkSpans(_registry.accreditations(bureau, lanes[l]));
            }
        }
        assertEq(keys, _handler.keyCount(), "S8: keys");
    }

    function _checkLine(bytes18 bureau) private view {
        uint256 steps = 0;
        while (_registry.successorOf(bureau) != 0) {
            bureau = _registry.successorOf(bureau);
            assertTrue(++steps < _BUREAUS, "S6: a circle");
        }
    }

    function _checkSpans(IBureauRegistry.Period[] memory spans) private pure {
        for (uint256 i = 0; i < spans.length; ++i) {
            assertTrue(spans[i].until == 0 || spans[i].from <= spans[i].until, "S9: backward");
            if (i == 0) continue;
            assertTrue(spans[i - 1].until != 0 && spans[i - 1].until <= spans[i].from, "S9: overlap");
        }
    }

    /// @notice S7: retired stays retired.
    function _checkGovernance() private view {
        assertEq(_log.retiredTo(), _handler.logRetired() ? address(_registry) : address(0), "S7: log");
        assertEq(_registry.retiredTo(), _handler.registryRetired() ? address(_log) : address(0), "S7: registry");
        for (uint256 b = 0; b < _BUREAUS; ++b) {
            for (uint256 l = 0; l < _LANES; ++l) {
                (uint64 last,) = _log.laneHead(_handler.bureaus(b), _handler.lanes(l));
                assertEq(last, _handler.lastSequence(_handler.bureaus(b), _handler.lanes(l)), "S7: sequence");
            }
        }
    }

    /// @notice S10: contract and model answer alike about any second, near or far, past or future.
    function _checkAnswers() private view {
        uint64 time = uint64(block.timestamp);
        uint64[8] memory times =
            [time - 5 days, time - 30, time - 1, time, time + 1, time + 2, time + 30, time + 5 days];
        for (uint256 b = 0; b < _BUREAUS; ++b) {
            for (uint256 t = 0; t < times.length; ++t) {
                _compare(_handler.bureaus(b), times[t]);
            }
            _compareAtEdges(_handler.bureaus(b), _registry.suspensions(_handler.bureaus(b)));
            for (uint256 l = 0; l < 2; ++l) {
                bytes18 bureau = _handler.bureaus(b);
                _compareAtEdges(bureau, _registry.accreditations(bureau, _handler.lanes(l)));
            }
        }
    }

    /// @dev The seconds around the edges of each span, where mistakes live.
    function _compareAtEdges(bytes18 bureau, IBureauRegistry.Period[] memory spans) private view {
        for (uint256 i = 0; i < spans.length; ++i) {
            uint64[4] memory edges = [spans[i].from - 1, spans[i].from, spans[i].until, spans[i].until + 1];
            for (uint256 e = 0; e < 4; ++e) {
                for (uint256 l = 0; l < 2; ++l) {
                    bytes32 lane = _handler.lanes(l);
                    bool same =
                        _registry.wasAccredited(bureau, lane, edges[e]) == _model.accreditedAt(bureau, lane, edges[e]);
                    assertTrue(same, "S10: edge");
                }
            }
        }
    }

    function _compare(bytes18 bureau, uint64 time) private view {
        for (uint256 l = 0; l < 2; ++l) {
            bytes32 lane = _handler.lanes(l);
            assertTrue(
                _registry.wasAccredited(bureau, lane, time) == _model.accreditedAt(bureau, lane, time), "S10: lane"
            );
        }
        for (uint256 k = 0; k < _KEYS; ++k) {
            address key = _handler.signer(k);
            assertTrue(
                _registry.keyUsable(bureau, bytes32(uint256(uint160(key))), time)
                    == _model.keyUsable(bureau, key, time),
                "S10: key"
            );
            for (uint256 l = 0; l < _LANES; ++l) {
                bytes32 lane = _handler.lanes(l);
                assertTrue(
                    _registry.mayAnchor(bureau, lane, key, time) == _model.mayAnchor(bureau, lane, key, time),
                    "S10: anchor"
                );
            }
            for (uint256 a = 0; a < _BUREAUS; ++a) {
                bytes18 actor = _handler.bureaus(a);
                assertTrue(
                    _registry.mayAnchorStatus(bureau, actor, key, time)
                        == _model.mayAnchorStatus(bureau, actor, key, time),
                    "S10: status"
                );
            }
        }
    }
}
