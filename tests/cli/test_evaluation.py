"""An evaluation of two envelopes by commands, each role in a home of its own, killed at its steps and gone on with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chain.evaluation.committee import FloatPointDrawn
from chain.evaluation.committee.completing import record_result
from chain.evaluation.committee.standing import float_message
from chain.evaluation.draw import draw_point, seed_of
from chain.tenders.opening import LotPlace
from tests.cli.evaluation_steps import (
    CANDIDATES,
    CLARIFICATION,
    COMMIT,
    COMMITMENTS,
    EVALUATE,
    QUESTION,
    READ,
    REVEAL,
    REVIEW,
    VOTE,
    killed,
)
from tests.cli.reevaluation_steps import (
    LOW,
    evaluated_anew,
    expert_is_replaced,
    filled,
    low_price_is_answered,
    objection_is_upheld,
    qualified_again,
)
from tests.support.opening_stage import OpeningCase
from tests.support.seating import enrolled, names_of, opened, seat
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import TenderStage

__all__ = ["tender_stage", "tender_template"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]
ANEW = {"A1005", "A1101", "A1105", "A1107"}
"""What the audit notes: somebody was replaced, all committed again, a report and candidates followed anew."""
EXPERTS, OWNER = ("expert-1", "expert-2", "expert-3"), "owner-1"


def test_from_the_sheets_to_candidates_and_again_after_an_objection(tender_stage: TenderStage, tmp_path: Path) -> None:
    stage = tender_stage
    for name in (*EXPERTS, OWNER):
        stage.add_home(name, "expert", pin=True)
    case = OpeningCase.publish(
        stage, tmp_path / "tender", envelopes=2, deadline=12, minimumBids=2, qualification=[], guarantee=None,
        committee={"members": 3, "experts": 2},
    )  # fmt: skip
    case.prices[3] = LOW
    tender, owner = str(case.tender), enrolled(case, EXPERTS, OWNER, tmp_path)
    for bidder in (1, 2, 3):
        case.bid(bidder)
    case.close()
    opened(case, 1)
    seats = seat(case, owner)["members"]
    members, spare = names_of(case, seats, EXPERTS, OWNER)

    # Everybody reads in a home of its own; prices stay shut.
    boxes = {one["account"]: one["box"] for one in seats}
    for name in members:
        box = boxes[stage.ok(name, "expert", "show", tender)["account"]]
        file = tmp_path / f"{name}.age"
        stage.ok("officer", "tender", "grant-keys", tender, str(file), "--to", box)
        if name == members[0]:
            killed(stage, name, READ, "expert", "read", tender, "--keys", str(file))
        read = stage.ok(name, "expert", "read", tender, "--keys", str(file))
        assert [(one["place"], one["problem"], one["differs"]) for one in read["bids"]] == [
            (1, "", []), (2, "", []), (3, "", []),
        ]  # fmt: skip
        offer = Path(read["folder"]) / "1" / "documents" / "offer.txt"
        assert offer.read_text() == "offer of bidder 1, envelope 1"
    stranger = stage.run(members[0], "expert", "read", tender, "--keys", str(tmp_path / f"{members[1]}.age"))
    assert stranger.code == 1, "the keys are granted to one box"

    sheets = {}
    for name, points in zip(members, (("20", "25", "18"), ("22", "24.5", "18"), ("21", "26", "18")), strict=True):
        sheets[name] = tmp_path / f"{name}.toml"
        stage.ok(name, "expert", "sheet", tender, "-o", str(sheets[name]))
        text = sheets[name].read_text("utf-8")
        assert "price" not in text
        assert "period.days: 120" in text
        faults = stage.run(name, "expert", "commit", tender, str(sheets[name]))
        assert (faults.code, len(faults.data["faults"])) == (1, 9)
        sheets[name].write_text(filled(text, *points), "utf-8")
    killed(stage, members[0], COMMIT, "expert", "commit", tender, str(sheets[members[0]]))
    for name in members[:2]:
        stage.ok(name, "expert", "commit", tender, str(sheets[name]))
    missing = stage.run("officer", "tender", "commitments", tender)
    assert (missing.code, missing.data["missing"]) == (2, [seats[-1]["seat"]])
    early = stage.run(members[0], "expert", "reveal", tender)
    assert (early.code, early.data["error"]["code"]) == (1, "sheet.early")
    stage.ok(members[2], "expert", "commit", tender, str(sheets[members[2]]))
    killed(stage, "officer", COMMITMENTS, "tender", "commitments", tender)
    assert stage.ok("officer", "tender", "commitments", tender)["notShown"] == [one["seat"] for one in seats]
    unseen = stage.run("officer", "tender", "evaluate", tender)
    assert (unseen.code, unseen.data["error"]["code"]) == (1, "evaluation.sheets")
    killed(stage, members[0], REVEAL, "expert", "reveal", tender)
    for name in members:
        stage.ok(name, "expert", "reveal", tender)

    # A question that is not answered in time is voted on all the same.
    asked = ("tender", "clarify", tender, "1", "--matter", "formal", "--text", "请说明签章。", "--within", "1s")
    killed(stage, "officer", QUESTION, *asked)
    question = stage.ok("officer", *asked)
    stage.wait_until(question["until"])
    undecided = stage.run("officer", "tender", "record-clarification", tender, "1")
    assert (undecided.code, undecided.data["votes"]) == (2, [])
    killed(stage, members[1], VOTE, "expert", "vote", tender, "1", "--accept", "--reason", "签章齐全")
    for name in members[1:]:
        stage.ok(name, "expert", "vote", tender, "1", "--accept", "--reason", "签章齐全")
    killed(stage, "officer", CLARIFICATION, "tender", "record-clarification", tender, "1")
    assert stage.ok("officer", "tender", "record-clarification", tender, "1")["decision"] is True
    (listed,) = stage.ok("holder-1", "tender", "clarifications", tender)["clarifications"]
    assert (listed["answer"], listed["decision"], len(listed["votes"])) == (None, True, 2)

    # The technical result stands before anybody knows a price.
    technical = stage.ok("officer", "tender", "evaluate", tender)
    assert [(one["place"], one["points"]["plan"], one["price"]) for one in technical["bids"]] == [
        (1, "21.00", None), (2, "25.17", None), (3, "18.00", None),
    ]  # fmt: skip
    killed(stage, "officer", REVIEW, "tender", "review", tender)
    assert stage.ok("officer", "tender", "review", tender)["paper"] == technical["paper"]
    stage.ok("officer", "tender", "close", tender, "--envelope", "2", "--wait", "60")
    unopened = stage.run("officer", "tender", "qualify", tender, "--envelope", "2")
    assert (unopened.code, unopened.data["error"]["code"]) == (1, "qualification.early")
    opened(case, 2)
    qualified_again(case)
    waits = stage.run("officer", "tender", "evaluate", tender)
    assert (waits.code, waits.data["error"]["code"]) == (1, "evaluation.float")
    message = float_message(case.notice, 1)
    signed = stage.key.sign(message)
    assert case.notice.evaluation.reference is not None
    point = draw_point(case.notice.evaluation.reference.floats, seed_of(signed))
    place = LotPlace(case.notice.genesis, case.notice.book, case.tender, 1)
    drawn = FloatPointDrawn(place, case.notice.digest, message.counter, signed, point)
    record_result(stage.acts("officer"), stage.board, drawn)

    low_price_is_answered(case, members)
    killed(stage, "officer", EVALUATE, "tender", "evaluate", tender)
    report = stage.ok("officer", "tender", "evaluate", tender)
    assert [(one["place"], one["rank"], one["price"]) for one in report["bids"]] == [
        (2, 1, "17000000.00"), (1, 2, "17000000.00"),
    ]  # fmt: skip
    killed(stage, "officer", CANDIDATES, "tender", "candidates", tender)
    named = stage.ok("officer", "tender", "candidates", tender)
    assert (named["number"], [one["place"] for one in named["candidates"]]) == (1, [2, 1])
    assert named["candidates"][0]["organisation"]["code"] == case.by_bidder[2].code
    told = stage.run("officer", "tender", "candidates", tender, as_json=False)
    assert "中标候选人" in told.out

    counted = Counter(event.values.get("kind", event.name) for event in case.story.events)
    once = ("sheets-committed", "Reviewed", "evaluation", "CandidatesNamed")
    assert [counted[name] for name in once] == [1, 1, 1, 1]
    assert stage.ok("holder-1", "tender", "ranking", tender)["same"] is True
    words = stage.run("holder-1", "tender", "ranking", tender, as_json=False)
    assert "评标基准价" in words.out
    assert "与复算一致" in words.out

    objection_is_upheld(case)
    expert_is_replaced(case, seats, spare, owner, tmp_path)
    evaluated_anew(case, (spare, *members[1:]), members[0], tmp_path)
    assert stage.ok("holder-1", "tender", "ranking", tender)["same"] is True
    audit = stage.run("holder-1", "audit", "--tender", tender)
    assert {one["result"] for one in audit.data["findings"]} == {"note"}
    assert ANEW <= {one["rule"] for one in audit.data["findings"]} <= ANEW | {"A909", "A1006"}
    assert {"A1201", "A1203", "A1204"} <= set(audit.data["looked"])
    assert audit.data["looked"]["A1104"] == 6, "of each round both reports, and the candidates"

    # One changed digit of a sheet on the board, and nobody finds the report borne out.
    shown = Path(stage.folder / "board" / "papers")
    marks = (b"yinxin-score-sheet-1", b'"round":2', b'"24"')
    files = (path for path in shown.rglob("*") if path.is_file())
    sheet = next(path for path in files if all(mark in path.read_bytes() for mark in marks))
    kept = sheet.read_bytes()
    sheet.write_bytes(kept.replace(b'"24"', b'"28"', 1))
    assert stage.run("holder-1", "tender", "ranking", tender).code != 0
    broken = stage.run("holder-1", "audit", "--tender", tender)
    assert {"A1102", "A1104"} <= {one["rule"] for one in broken.data["findings"] if one["result"] == "broken"}
    sheet.write_bytes(kept)
