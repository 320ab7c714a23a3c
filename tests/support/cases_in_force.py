"""Cases: genuine certificates, in force or not, now and on past days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chain.credentials.credential import parse_credential
from chain.credentials.stamp import parse_stamp
from chain.credentials.status_list import AUTHORITY as AUTHORITY_ACTOR
from chain.credentials.status_list import Status
from tests.support.cases import Case
from tests.support.memory_ledger import AUTHORITY, MemoryIndex
from tests.support.stage import DAY, POLICY, UNREAD, VALID, Stage, ended
from tests.support.world import LICENCE, LIST, OTHER_USCC, USCC


def genuine() -> Iterator[Case]:
    """What must be found valid."""
    s = Stage.fresh()
    yield s.case("bundle_valid", "A bundle, checked against a live chain.", VALID)
    yield s.case("stamp_valid", "A stamp; an index answers where it is anchored.", VALID, kind="stamp")
    yield s.case("credential_valid", "An SD-JWT with all disclosures.", VALID, kind="credential")
    few = parse_credential(s.one.credential.text).present(["certificateHolderName"]).encode()
    yield s.case("presentation_of_one_field_valid", "Only the name is shown.", VALID, kind="credential", data=few)
    none = parse_credential(s.one.credential.text).present([]).encode()
    yield s.case(
        "presentation_of_nothing_valid", "Even the identifier is withheld.", VALID, kind="credential", data=none
    )
    snapshot = s.world.snapshot()
    yield s.case("bundle_valid_offline", "Snapshot only; its stamp set knows the anchor.", VALID, trust=snapshot)
    bare = replace(snapshot, stamps={}, anchors={})
    yield s.case(
        "bundle_valid_by_witnesses_offline", "The snapshot knows no anchors; the witnessed checkpoint proves it.",
        VALID, trust=bare, pitfalls=(16, 22),
    )  # fmt: skip
    yield s.case(
        "stamp_valid_offline", "The snapshot's stamp set answers; places are not needed.", VALID, kind="stamp",
        trust=snapshot, index=replace(s.world.index, stamps={}, jwts={}), pitfalls=(16,),
    )  # fmt: skip
    endless = s.world.issue(count=1, content={"expires": None}, witnesses=s.witnesses)[0]
    yield s.case("bundle_without_end_valid", "No exp.", VALID, data=endless.data, at=s.world.now + 3600)


def gone() -> Iterator[Case]:
    """Later events that must not touch earlier certificates."""
    s = Stage.fresh()
    s.world.ledger.mine()
    s.world.ledger.suspend(USCC)
    s.world.ledger.mine()
    yield s.case("bureau_suspended_later_valid", "Issued before the suspension.", VALID)
    s = Stage.fresh()
    s.world.ledger.mine()
    s.world.ledger.end_accreditation(USCC, LICENCE)
    s.world.ledger.retire_key(USCC, s.signer.thumbprint)
    s.world.ledger.mine()
    yield s.case("accreditation_and_key_ended_later_valid", "Issued while both were in force.", VALID)
    s = Stage.fresh()
    s.world.add_bureau(OTHER_USCC, "示例市行政审批局", 2)
    s.world.ledger.succeed(USCC, OTHER_USCC)
    s.world.ledger.mine()
    s.world.ledger.suspend(USCC)
    s.world.anchor_status(actor=OTHER_USCC)
    trust = replace(s.world.snapshot(), anchors={}, stamps={})
    lists = MemoryIndex(lists=s.world.index.lists)
    yield s.case(
        "issuer_gone_bundle_stands_alone_valid", "The bureau and its servers are gone; bundle and snapshot remain.",
        VALID, trust=trust, index=lists, pitfalls=(22,),
    )  # fmt: skip
    s.world.anchor_status({s.one.slot: Status.REVOKED}, actor=OTHER_USCC)
    yield s.case("revoked_by_successor", "The successor's act counts.", ended("REVOKED"))
    s = Stage.fresh()
    s.world.anchor_status({s.one.slot: Status.REVOKED}, actor=AUTHORITY_ACTOR, address=AUTHORITY)
    yield s.case("revoked_by_authority", "The authority's act counts.", ended("REVOKED"), pitfalls=(21,))
    s = Stage.fresh()
    s.world.add_bureau(OTHER_USCC, "示例市行政审批局", 2)
    s.world.ledger.succeed(USCC, OTHER_USCC)
    old = s.one.identifier
    heir = s.world.issue(uscc=OTHER_USCC, count=1, content={"identifier": old}, witnesses=s.witnesses)[0]
    s.world.anchor_status(uscc=OTHER_USCC)
    yield s.case("identifier_of_predecessor_valid", "A successor may renew under the old name.", VALID, data=heir.data)


def time() -> Iterator[Case]:
    """Validity against the time passed in."""
    s = Stage.fresh()
    expires = parse_stamp(s.one.stamp).content.expires
    assert expires is not None
    fresh = replace(s.world.source(), block=replace(s.world.ledger.block, time=expires))
    yield s.case("expired", "One second too late.", ended("EXPIRED"), trust=fresh, at=expires, pitfalls=(1,))
    before = replace(s.world.source(), block=replace(s.world.ledger.block, time=expires - 1))
    yield s.case(
        "last_second_valid", "The last moment of validity.", VALID, trust=before, at=expires - 1, pitfalls=(1,)
    )
    yield s.case("expired_stamp", "As expired, for a stamp.", ended("EXPIRED"), kind="stamp", trust=fresh, at=expires)
    deaf = replace(fresh, unavailable=frozenset({"status_head"}))
    yield s.case(
        "expired_status_unavailable", "Expired, whatever the status.", ended("EXPIRED"), trust=deaf, at=expires
    )
    later = s.world.now + 30 * DAY
    early = s.world.issue(count=1, content={"not_before": later}, witnesses=s.witnesses)[0]
    yield s.case("not_yet_valid", "Begins in a month.", ended("NOT_YET_VALID"), data=early.data)
    snapshot = s.world.snapshot()
    slow = snapshot.block.time - 3600
    yield s.case(
        "device_clock_behind_ledger", "A clock set back must not revive what has expired.", UNREAD, trust=snapshot,
        at=slow, step="time=ERROR",
    )  # fmt: skip
    yield s.case(
        "device_clock_slightly_behind_valid",
        "Clocks differ a little.",
        VALID,
        trust=snapshot,
        at=snapshot.block.time - 60,
    )


def states() -> Iterator[Case]:
    """Each state of a status list, and what it is called."""
    named = {
        Status.SUSPENDED: "SUSPENDED", Status.REVOKED: "REVOKED", Status.PENALTY: "REVOKED",
        Status.CANCELLED: "CANCELLED", Status.OTHER: "CANCELLED", Status.LAPSED: "LAPSED",
        Status.TRANSFERRED: "TRANSFERRED", Status.SUPERSEDED: "SUPERSEDED",
    }  # fmt: skip
    for status, verdict in named.items():
        s = Stage.fresh()
        s.with_status(status)
        pitfalls = (8,) if status is Status.REVOKED else (6,)
        yield s.case(f"status_{status.name.lower()}", "By the bureau's list.", ended(verdict), pitfalls=pitfalls)
    s = Stage.fresh()
    s.with_status(Status.SUSPENDED)
    s.with_status(Status.VALID)
    yield s.case("status_reinstated_valid", "Suspended, then given back.", VALID)
    s = Stage.fresh()
    s.world.anchor_status({s.one.slot + 1: Status.REVOKED, s.one.slot - 1: Status.PENALTY})
    yield s.case("status_of_neighbours_valid", "Only its own entry counts.", VALID, pitfalls=(6, 7))
    s = Stage.fresh()
    s.with_status(Status.REVOKED)
    yield s.case("status_revoked_stamp", "A revoked stamp, online.", ended("REVOKED"), kind="stamp", pitfalls=(8,))
    expires = parse_stamp(s.one.stamp).content.expires
    assert expires is not None
    late = replace(s.world.source(), block=replace(s.world.ledger.block, time=expires))
    yield s.case("revoked_and_expired", "Revoked says more.", ended("REVOKED"), trust=late, at=expires)
    s = Stage.fresh()
    s.with_status(Status.SUSPENDED)
    late = replace(s.world.source(), block=replace(s.world.ledger.block, time=expires))
    yield s.case("suspended_and_expired", "It cannot be given back any more.", ended("EXPIRED"), trust=late, at=expires)


def past() -> Iterator[Case]:
    """State on a past day."""
    s = Stage.fresh()
    then = replace(POLICY, past=True)
    day1 = s.world.now
    s.world.ledger.mine(10 * DAY)
    s.with_status(Status.SUSPENDED)
    day2 = s.world.now
    s.world.ledger.mine(10 * DAY)
    s.with_status(Status.VALID)
    day3 = s.world.now
    s.world.ledger.mine(10 * DAY)
    s.with_status(Status.REVOKED)
    day4 = s.world.now
    yield s.case("past_before_suspension_valid", "Day 1.", VALID, at=day1 + DAY, policy=then)
    yield s.case("past_second_before_suspension_valid", "To the second.", VALID, at=day2 - 1, policy=then)
    yield s.case("past_suspended", "Day 2.", ended("SUSPENDED"), at=day2, policy=then)
    yield s.case("past_reinstated_valid", "Day 3.", VALID, at=day3 + DAY, policy=then)
    yield s.case("past_revoked", "Day 4, at the head's own second.", ended("REVOKED"), at=day4, policy=then)
    issued = s.one.anchor.block.time
    yield s.case("past_before_issue", "Not issued yet.", ended("NOT_YET_VALID"), at=issued - 1, policy=then)
    gap = s.world.source()
    del gap.statuses[USCC, LIST][1]
    yield s.case(
        "past_history_with_gap", "A history with a hole proves nothing.", UNREAD, trust=gap, at=day2, policy=then
    )
    yield s.case("past_future", "Nobody knows next year.", UNREAD, at=day4 + 300 * DAY, policy=then)
    deaf = s.world.source(unavailable=["status_history"])
    yield s.case("past_history_unavailable", "No answer is no verdict.", UNREAD, trust=deaf, at=day2, policy=then)
