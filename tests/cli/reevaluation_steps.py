"""Between a price opening and the candidates that stay: a low price, an objection, an expert who is ill, a tie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chain.contracting.award import object_in_time
from chain.evaluation.report.clarifying import answer
from chain.evaluation.report.gathering import Scene
from chain.tenders.opening import LotPlace
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage

HOLDERS = ("holder-1", "holder-2", "holder-3")
LOW = "13000000.00"
"""Below 80 percent of what the other two ask."""


def filled(text: str, *points: str) -> str:
    """A sheet that passes every bid, with points for the plan in the order of the places."""
    text = text.replace('formal = ""', 'formal = "pass"').replace('qualification = ""', 'qualification = "pass"')
    for one in points:
        text = text.replace('"plan" = ""', f'"plan" = "{one}"', 1)
    return text


def qualified_again(case: OpeningCase) -> None:
    """The certificates of the bids are looked at once more, as of the block that opened the prices."""
    stage, tender = case.stage, str(case.tender)
    words = ("tender", "qualify", tender, "--envelope", "2")
    found = stage.ok("officer", *words)
    assert (found["envelope"], [(one["place"], one["result"]) for one in found["bids"]]) == (
        2, [(1, "pass"), (2, "pass"), (3, "pass")],
    )  # fmt: skip
    assert found["opening"]["block"] == case.story.lots[1].openings[2].event.block.number
    again = stage.ok("officer", *words)
    assert (again["recorded"], again["same"], again["differs"]) == (found["recorded"], [1, 2, 3], [])
    late = stage.run("officer", "tender", "qualify", tender)
    assert late.code == 1, "that of the first envelope is over"


def low_price_is_answered(case: OpeningCase, members: tuple[str, ...]) -> None:
    """The report waits for the low price of place 3: it is asked, answers, and does not convince the members."""
    stage, tender = case.stage, str(case.tender)
    waits = stage.run("officer", "tender", "evaluate", tender)
    assert (waits.code, waits.data["openLow"], waits.data["low"], waits.data["paper"]) == (2, [3], [3], None)
    asked = stage.ok("officer", "tender", "clarify", tender, "3", "--text", "请说明报价构成。", "--within", "1h")
    scene = Scene(stage.ledger, stage.board, case.story, case.notice, 1)
    answer(scene, 3, "自有设备与班组。", stage.bidder_key(3))
    early = stage.run("officer", "tender", "candidates", tender)
    assert (early.code, early.data["error"]["code"]) == (1, "candidates.report")
    stage.ok(members[0], "expert", "vote", tender, "3", "--accept", "--reason", "说明充分")
    undecided = stage.run("officer", "tender", "record-clarification", tender, "3")
    assert (undecided.code, undecided.data["decision"]) == (2, None), "one of three members decides nothing"
    for name in members[1:]:
        stage.ok(name, "expert", "vote", tender, "3", "--refuse", "--reason", "未提供成本测算")
    decided = stage.ok("officer", "tender", "record-clarification", tender, "3")
    assert (decided["decision"], decided["answer"]) == (False, "自有设备与班组。")
    assert decided["question"] == asked["question"]


def objection_is_upheld(case: OpeningCase) -> None:
    """The bidder behind the candidates objects to them, and is right: the result does not stand."""
    stage, tender = case.stage, str(case.tender)
    acts = stage.acts_of(stage.bidder_key(1))
    place = LotPlace(case.notice.genesis, case.notice.book, case.tender, 1)
    object_in_time(acts, stage.board, case.story, place, "评分汇总有误", stage.now(), officer=False)
    again = stage.run("officer", "tender", "evaluate", tender)
    assert again.code == 0, "nothing has changed yet: the same report stands"
    stage.ok("officer", "tender", "answer-objection", tender, "1", "--text", "异议成立，重新评审", "--upheld")
    assert stage.ok("holder-1", "tender", "cases", tender)["toReconsider"] == [1]
    waiting = stage.run("officer", "tender", "award", tender)
    assert waiting.code == 1


def draw(stage: TenderStage, tender: str, *kind: str) -> dict[str, Any]:
    """Three key holders sign the draw that is next; the officer combines it."""
    for name in HOLDERS:
        stage.ok(name, "keyholder", "draw", tender, *kind, "--yes")
    return stage.ok("officer", "tender", "drawn", tender, *kind, "--wait", "60")


def expert_is_replaced(case: OpeningCase, seats: list[dict[str, Any]], spare: str, owner: Path, folder: Path) -> None:
    """Who sits on seat 1 is ill; the spare one is drawn, seated, and reads the bids."""
    stage, tender = case.stage, str(case.tender)
    for name in HOLDERS:
        stage.ok(name, "keyholder", "run", "--ceremony", "1")
    ill = seats[0]["place"]
    stage.ok("officer", "tender", "draw", tender, "--replace", f"{ill}=病假")
    (drawn,) = draw(stage, tender)["seats"]
    own = stage.ok(spare, "expert", "show", tender)
    assert drawn == own["place"]
    assert drawn not in {one["place"] for one in seats}
    made = stage.ok("officer", "tender", "committee", tender, "--owner-member", str(owner))
    assert [one["place"] for one in made["members"]] == [drawn, seats[1]["place"], None]
    assert made["members"][0]["account"] == own["account"]
    keys = folder / f"{spare}.age"
    stage.ok("officer", "tender", "grant-keys", tender, str(keys), "--to", made["members"][0]["box"])
    stage.ok(spare, "expert", "read", tender, "--keys", str(keys))


def evaluated_anew(case: OpeningCase, members: tuple[str, ...], gone: str, folder: Path) -> None:
    """A second round by the committee as it is now; it ends in a tie, which key holders' draw parts."""
    stage, tender = case.stage, str(case.tender)
    why = ("--reason", "异议成立", "--case", "1")
    for name in members:
        sheet = folder / f"{name}-2.toml"
        stage.ok(name, "expert", "sheet", tender, "-o", str(sheet), "--round", "2")
        sheet.write_text(filled(sheet.read_text("utf-8"), "24", "24", "20"), "utf-8")
        stage.ok(name, "expert", "commit", tender, str(sheet))
    replaced = stage.run(gone, "expert", "commit", tender, str(folder / f"{gone}.toml"))
    assert replaced.code == 1, "who was replaced commits to nothing"
    stage.ok("officer", "tender", "commitments", tender, "--round", "2", *why)
    for name in members:
        stage.ok(name, "expert", "reveal", tender)
    silent = stage.run("officer", "tender", "evaluate", tender, "--envelope", "1")
    assert (silent.code, silent.data["error"]["code"]) == (1, "evaluation.again"), "another result needs a reason"
    technical = stage.ok("officer", "tender", "evaluate", tender, "--envelope", "1", *why)
    assert (technical["case"], technical["reason"]) == (1, "异议成立")
    tied = stage.run("officer", "tender", "evaluate", tender, *why)
    assert (tied.code, tied.data["openTies"], tied.data["paper"]) == (2, [[1, 2]], None)
    stage.ok("officer", "tender", "tie", tender, "1", "2")
    order = draw(stage, tender, "--kind", "tie")["order"]
    assert sorted(order) == [1, 2]
    report = stage.ok("officer", "tender", "evaluate", tender, *why)
    assert [(one["place"], one["rank"]) for one in report["bids"]] == [(order[0], 1), (order[1], 2)]
    assert [(one["place"], one["step"]) for one in report["dropped"]] == [(3, "low-price")], "decided before, and stays"
    named = stage.ok("officer", "tender", "candidates", tender)
    assert (named["number"], [one["place"] for one in named["candidates"]]) == (2, order)
    assert stage.ok("officer", "tender", "candidates", tender)["number"] == 2, "named once"
