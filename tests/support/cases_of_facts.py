"""Cases: what the registry, the ledger and the status lists say, or fail to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from chain.credentials.status_list import AUTHORITY as AUTHORITY_ACTOR
from chain.credentials.status_list import Status, StatusList, issue_status_token
from chain.kernel.ports import Period
from tests.support import forge
from tests.support.cases import Case
from tests.support.memory_ledger import MemoryIndex, pad
from tests.support.stage import DAY, FORGED, OPEN, UNREAD, UNTRUSTED, VALID, Expect, Stage
from tests.support.world import LICENCE, LIST, OTHER_USCC, USCC, YEAR, signer


def issuers() -> Iterator[Case]:
    """Who issued it, and was it entitled."""
    s = Stage.fresh()
    nobody = replace(s.world.source(), bureaus={}, keys={})
    yield s.case("bureau_not_registered", "Nobody registered it.", UNTRUSTED, trust=nobody, pitfalls=(3,))
    yield s.case("bureau_not_registered_offline", "Not registered when it was anchored.", UNTRUSTED, pitfalls=(3,),
                 trust=replace(s.world.snapshot(), bureaus={}, keys={}))  # fmt: skip
    facts = s.world.ledger.bureaus[USCC]
    anchored = s.one.anchor.block.time

    def judged(name: str, why: str, expect: Expect, **changes: Any) -> Case:
        trust = s.world.source()
        trust.bureaus[USCC] = replace(facts, **changes)
        return s.case(name, why, expect, trust=trust)

    yield judged("never_accredited", "No accreditation for this type.", UNTRUSTED, accreditations={})
    yield judged("accreditation_ended_before", "It had ended a second before.", UNTRUSTED,
                 accreditations={LICENCE: (Period(0, anchored),)})  # fmt: skip
    yield judged("accreditation_ended_just_after_valid", "It ended a second later.", VALID,
                 accreditations={LICENCE: (Period(0, anchored + 1),)})  # fmt: skip
    yield judged("suspended_when_anchored", "Suspended at that time.", UNTRUSTED,
                 suspensions=(Period(anchored - 5, anchored + 5),))  # fmt: skip
    s.world.ledger.mine()
    key = s.signer.thumbprint

    def with_key(name: str, why: str, expect: Expect, pitfalls: tuple[int, ...] = (), **changes: Any) -> Case:
        trust = s.world.source()
        trust.keys[USCC, key] = replace(trust.keys[USCC, key], **changes)
        return s.case(name, why, expect, trust=trust, pitfalls=pitfalls)

    yield with_key("leaked_key_after_compromised_since", "Anchored at the very second.", FORGED, (10,),
                   compromised_since=anchored)  # fmt: skip
    yield with_key("leaked_key_before_compromised_since_valid", "Anchored a second earlier.", VALID, (10,),
                   compromised_since=anchored + 1)  # fmt: skip
    yield with_key("key_of_another_purpose", "A seal key signs no credentials.", FORGED, purpose="seal")
    yield with_key("key_out_of_span", "The key had ended.", FORGED, valid=Period(0, anchored))
    anchor_key = pad(s.world.addresses[USCC])
    trust = s.world.source()
    trust.keys[USCC, anchor_key] = replace(trust.keys[USCC, anchor_key], compromised_since=anchored)
    yield s.case("anchor_key_compromised", "The anchor does not count.", FORGED, trust=trust, pitfalls=(10,))
    yield from _backdated(Stage.fresh())
    yield from _others(Stage.fresh())


def _backdated(s: Stage) -> Iterator[Case]:
    leak = s.world.now
    s.world.ledger.mine(DAY)
    past_dates = {"not_before": leak - 90 * DAY, "expires": leak + YEAR}
    fake = s.world.issue(count=1, content=past_dates, witnesses=s.witnesses)[0]
    s.world.ledger.mark_compromised(USCC, s.signer.thumbprint, leak + 1)
    yield s.case("backdated_with_leaked_key", "Its dates are old, its anchor is not.", FORGED, data=fake.data,
                 pitfalls=(10,))  # fmt: skip
    yield s.case("leaked_key_earlier_batch_valid", "What was anchored before stays good.", VALID, pitfalls=(10,))


def _others(s: Stage) -> Iterator[Case]:
    world = s.world
    world.add_bureau(OTHER_USCC, "示例市行政审批局", 2)
    world.anchor_status(uscc=OTHER_USCC)
    fake = world.issue(uscc=OTHER_USCC, count=1, content={"identifier": s.one.identifier}, witnesses=s.witnesses)[0]
    yield s.case(
        "identifier_of_another_bureau", "Issued by one, named for another.", FORGED, data=fake.data, pitfalls=(3,)
    )
    thief = world.issue(
        uscc=OTHER_USCC, count=1, content={"bureau": USCC, "identifier": s.one.identifier},
        with_signer=world.signers[USCC], witnesses=s.witnesses,
    )[0]  # fmt: skip
    yield s.case("anchored_by_another_bureau", "A stolen signing key, anchored by a friend.", FORGED, data=thief.data,
                 step="anchor=INVALID", pitfalls=(3, 10))  # fmt: skip
    yield s.case("anchored_by_another_bureau_stamp", "An index points into a friend's lane.", OPEN, kind="stamp",
                 data=thief.stamp, pitfalls=(3, 10))  # fmt: skip
    yield s.case("anchored_by_another_bureau_stamp_offline", "The stamp set names the friend.", FORGED, kind="stamp",
                 data=thief.stamp, trust=world.snapshot(), pitfalls=(3, 10))  # fmt: skip
    lane = world.issue(count=1, lane="$claims", witnesses=s.witnesses)[0]
    yield s.case("anchored_in_another_lane", "Lanes that need no accreditation prove no certificate.", FORGED,
                 data=lane.data, step="anchor=INVALID")  # fmt: skip
    cross = world.issue(count=1, with_signer=world.signers[OTHER_USCC], witnesses=s.witnesses)[0]
    yield s.case("key_of_another_bureau", "A registered key, of somebody else.", FORGED, data=cross.data, pitfalls=(3,))
    named = world.issue(count=1, content={"fields": {"certificateIssuingAuthorityName": "国家示例总局"}},
                        witnesses=s.witnesses)[0]  # fmt: skip
    yield s.case("self_claimed_issuer_name", "VALID, but the name shown is the registry's.", VALID, data=named.data,
                 pitfalls=(3,))  # fmt: skip


def unreachable() -> Iterator[Case]:
    """What could not be checked: never valid, never revoked."""
    s = Stage.fresh()
    s.with_status(Status.REVOKED)
    s.with_status(Status.VALID)
    for method, expect in {
        "bureau": OPEN, "key": OPEN, "status_head": UNREAD,
    }.items():  # fmt: skip
        trust = s.world.source(unavailable=[method])
        yield s.case(f"ledger_silent_about_{method}", "No answer is no verdict.", expect, trust=trust, pitfalls=(9,))
    silent = s.world.source(unavailable=["bureau", "key", "anchor", "status_head", "status_history", "stamp_anchor"])
    yield s.case("ledger_silent", "Nothing answers.", OPEN, trust=silent, pitfalls=(9, 16))
    yield s.case("ledger_silent_stamp", "Nothing answers.", OPEN, kind="stamp", trust=silent, pitfalls=(9,))
    yield s.case("anchor_silent_witnesses_vouch_valid", "The bundle's own evidence suffices.", VALID,
                 trust=s.world.source(unavailable=["anchor", "stamp_anchor"]), pitfalls=(16,))  # fmt: skip
    yield s.case("stamp_without_index", "Signature genuine, ledger not checked.", OPEN, kind="stamp", index=None,
                 pitfalls=(9,), step="integrity=VALID")  # fmt: skip
    yield s.case("stamp_unknown_to_index", "Signature genuine, ledger not checked.", OPEN, kind="stamp",
                 index=MemoryIndex(lists=s.world.index.lists), pitfalls=(9,))  # fmt: skip
    yield s.case("index_silent", "An index that does not answer.", OPEN, kind="stamp",
                 index=replace(s.world.index, unavailable=frozenset({"by_stamp"})), pitfalls=(9,))  # fmt: skip
    lost = replace(s.world.index, lists={})
    yield s.case("status_list_missing", "Unavailable is not revoked.", UNREAD, index=lost, pitfalls=(9,))
    yield s.case("status_list_without_index", "No source of lists.", UNREAD, index=None, pitfalls=(9,))
    yield s.case("status_list_silent", "No answer.", UNREAD, pitfalls=(9,),
                 index=replace(s.world.index, unavailable=frozenset({"status_list"})))  # fmt: skip
    head = s.world.ledger.statuses[USCC, LIST][-1]
    older = s.world.index.lists[s.world.ledger.statuses[USCC, LIST][0].digest]
    swapped = replace(s.world.index, lists={head.digest: older})
    yield s.case("status_list_replaced", "Yesterday's list under today's digest.", UNREAD, index=swapped, pitfalls=(8,))
    stale = s.world.now + DAY + 1
    yield s.case("stale_head", "The ledger was last read a day and a second ago.", UNREAD, at=stale, pitfalls=(8,),
                 step="status=ERROR")  # fmt: skip
    yield s.case("day_old_head_valid", "Just fresh enough.", VALID, at=stale - 1, pitfalls=(8,))
    snapshot = s.world.snapshot(lasting=3600)
    yield s.case("snapshot_expired", "It proves issue only.", UNREAD, trust=snapshot, at=snapshot.block.time + 3601,
                 pitfalls=(8,))  # fmt: skip
    newer = s.world.issue(count=1)[0]
    yield s.case("stamp_newer_than_snapshot", "Issued after the snapshot was made.", OPEN, kind="stamp",
                 data=newer.stamp, trust=snapshot, index=None, pitfalls=(9,))  # fmt: skip
    s.world.ledger.mine(DAY)
    late = s.world.issue(count=1, witnesses=s.witnesses)[0]
    yield s.case("bundle_newer_than_snapshot", "What the snapshot knows ends before the anchor.", OPEN, data=late.data,
                 trust=snapshot, index=MemoryIndex(lists=s.world.index.lists))  # fmt: skip


def lists() -> Iterator[Case]:
    """Anchored lists that must not count."""

    def anchored(name: str, why: str, make: Callable[[Stage, StatusList, bytes], bytes], **options: Any) -> Case:
        s = Stage.fresh()
        s.world.add_bureau(OTHER_USCC, "示例市行政审批局", 2)
        states = StatusList()
        states.set(s.one.slot, Status.REVOKED)
        previous = s.world.ledger.statuses[USCC, LIST][-1].head
        s.world.anchor_status(token=make(s, states, previous))
        return s.case(name, why, UNREAD, pitfalls=(5,), step="status=ERROR", **options)

    yield anchored("status_list_of_another_bureau", "A list that is named for somebody else.", lambda s, states, head:
                   issue_status_token(OTHER_USCC, LIST, states, head, s.world.now, s.signer))  # fmt: skip
    yield anchored("status_list_of_another_name", "Another list of the same bureau.", lambda s, states, head:
                   issue_status_token(USCC, "other-list", states, head, s.world.now, s.signer))  # fmt: skip
    yield anchored("status_list_signed_by_stranger", "A key nobody registered.", lambda s, states, head:
                   issue_status_token(USCC, LIST, states, head, s.world.now, signer(99)))  # fmt: skip
    yield anchored("status_list_signed_by_impostor", "A false signature.", lambda s, states, head:
                   issue_status_token(USCC, LIST, states, head, s.world.now,
                                      forge.Impostor(signer(99), s.signer)))  # fmt: skip
    yield anchored("status_list_claims_authority", "The bureau's key in the authority's name.", lambda s, states, head:
                   issue_status_token(USCC, LIST, states, head, s.world.now, s.signer,
                                      actor=AUTHORITY_ACTOR))  # fmt: skip
    yield anchored("status_list_replayed", "It follows another head.", lambda s, states, head:
                   issue_status_token(USCC, LIST, states, bytes(32), s.world.now, s.signer))  # fmt: skip
    yield anchored("status_list_malformed", "Not a list.", lambda s, states, head: b"not a token")
    s = Stage.fresh()
    far = s.world.issue(count=1, content={"status_index": 2**22 - 1}, witnesses=s.witnesses)[0]
    yield s.case("status_entry_beyond_list", "No such entry.", UNREAD, data=far.data, pitfalls=(13,))
    lost = s.world.issue(count=1, content={"status_list": "never-anchored"}, witnesses=s.witnesses)[0]
    yield s.case(
        "status_list_never_anchored", "A slot that was never opened.", UNREAD, data=lost.data, pitfalls=(5, 13)
    )
    trust = s.world.source()
    head = trust.statuses[USCC, LIST][-1]
    trust.statuses[USCC, LIST][-1] = replace(head, head=bytes(32))
    yield s.case("status_head_does_not_recompute", "A source that made something up.", UNREAD, trust=trust)
    s.world.ledger.mine()
    s.with_status(Status.REVOKED)
    s.world.ledger.mark_compromised(USCC, pad(s.world.addresses[USCC]), s.one.anchor.block.time + 1)
    yield s.case(
        "status_anchored_with_compromised_key", "A thief's revocation is no revocation.", UNREAD, pitfalls=(10,)
    )
    s = Stage.fresh()
    s.world.ledger.mine()
    s.with_status(Status.REVOKED)
    s.world.ledger.mark_compromised(USCC, s.signer.thumbprint, s.one.anchor.block.time + 1)
    yield s.case("status_list_signed_with_compromised_key", "Nor is one that its key signed.", UNREAD, pitfalls=(10,))
