"""A committee by commands, on a tender that is opened anyway: pool by the deadline, draw, replacement, committee."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

from chain.evaluation import Expert, ExpertLine
from chain.evaluation.committee.shares import draws_topic
from chain.kernel.encoding import sha256
from chain.keys.signatures import address_of
from tests.api.town import cheap_keys
from tests.api.walk import run_until
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage

DRAW = ("draw-planned", "draw-requested")
SHARE = ("draw-signed", "draw-released")
RESULT = ("draw-put", "draw-recorded")
DRAWING = (*DRAW, *SHARE, *RESULT)
"""Where a draw dies; a process killed with SIGKILL each."""

EXPERT = ("--number", "ZJ-0001", "--name", "示例专家一", "--specialty", "A08")


def line(case: OpeningCase, folder: Path, number: int, employer: str = "") -> Path:
    """An expert's line, made without a home."""
    key = sha256(b"expert %d" % number)
    expert = Expert.new(f"ZJ-{number:04}", f"示例专家{number}", employer, "A08", address_of(key), sha256(b"box" + key))
    made = ExpertLine.sign(case.notice.genesis, case.notice.book, case.tender, expert, key)
    path = folder / f"line-{number}.json"
    path.write_bytes(made.to_bytes())
    return path


def pool_on_the_ledger(case: OpeningCase, folder: Path) -> None:
    """One expert enrols by command; the officer records a pool of seven, once."""
    stage, tender = case.stage, str(case.tender)
    own = folder / "own.json"
    with cheap_keys():
        enrolled = stage.ok("expert", "expert", "enrol", tender, *EXPERT, "-o", str(own))
    assert stage.ok("expert", "expert", "enrol", tender, *EXPERT)["leaf"] == enrolled["leaf"], "the same line again"
    other = stage.run("expert", "expert", "enrol", tender, *EXPERT[:-1], "B01")
    assert (other.code, other.data["error"]["code"]) == (1, "expert.enrolled")
    # The employer of expert 9 is the first bidder's company.
    lines = [str(own), *(str(line(case, folder, number)) for number in range(2, 9))]
    lines.append(str(line(case, folder, 9, case.by_bidder[1].code)))
    made = stage.ok("officer", "tender", "pool", tender, *lines)
    assert (made["experts"], made["new"], made["specialties"]) == (9, True, {"A08": 9})
    assert stage.ok("officer", "tender", "pool", tender, *lines)["new"] is False
    fewer = stage.run("officer", "tender", "pool", tender, *lines[1:])
    assert (fewer.code, fewer.data["error"]["code"]) == (1, "pool.recorded")
    assert stage.ok("expert", "expert", "show", tender)["place"] is not None


def committee_on_the_ledger(case: OpeningCase, folder: Path) -> dict[str, Any]:
    """Draw four, replace one, seat them with a representative; the audit of the committee is clean."""
    stage, tender = case.stage, str(case.tender)
    nothing = stage.run("holder-1", "keyholder", "draw", tender, "--yes")
    assert (nothing.code, nothing.data["error"]["code"]) == (1, "draw.none")
    wrong = stage.run("officer", "tender", "draw", tender, "--seat", "A08=3")
    assert (wrong.code, wrong.data["error"]["code"]) == (1, "draw.seats")
    drawing = ("tender", "draw", tender, "--seat", "A08=4", "--exclude", "0=absent")
    draw = stage.ok("officer", *drawing)
    assert (draw["counter"], draw["new"], draw["seats"]) == (1, True, {"A08": 4})
    rules = {one["place"]: one["rule"] for one in draw["excluded"]}
    conflicts = stage.ok("officer", "tender", "conflicts", tender)["excluded"]
    assert rules == {0: "absent"} | {one["place"]: one["rule"] for one in conflicts}
    again = stage.ok("officer", *drawing)
    assert (again["new"], again["draw"]) == (False, draw["draw"])
    other = stage.run("officer", "tender", "draw", tender, "--seat", "A08=4", "--exclude", "5=absent")
    assert (other.code, other.data["error"]["code"]) == (1, "draw.waits")

    asked = stage.run("holder-1", "keyholder", "draw", tender)
    assert asked.data["error"]["code"] == "release.unasked"
    words = stage.run("holder-1", "keyholder", "draw", tender, "--yes", as_json=False)
    assert words.code == 0, words
    assert "4 × A08" in words.out
    assert "抽取评标专家" in words.out
    stage.ok("holder-2", "keyholder", "draw", tender, "--yes")
    topic = draws_topic(case.tender, 1, "draw", 1)
    ((_, shown), *_) = stage.board.notes(topic)
    stage.board.post(topic, "holder-3", shown.replace(b'"keyHolder":1', b'"keyHolder":3'))
    few = stage.run("officer", "tender", "drawn", tender)
    assert (few.code, few.data["missing"], few.data["waitingFor"]) == (2, 1, [3, 4, 5])
    assert [one["keyHolder"] for one in few.data["refused"]] == [3]
    stage.ok("holder-3", "keyholder", "draw", tender, "--yes")
    drawn = stage.ok("officer", "tender", "drawn", tender, "--wait", "60")
    assert len(drawn["seats"]) == 4
    assert 0 not in drawn["seats"]
    assert stage.ok("officer", "tender", "drawn", tender)["drawn"] == drawn["drawn"]

    free = stage.run("officer", "tender", "draw", tender, "--seat", "A08=4", "--exclude", "1=absent")
    assert (free.code, free.data["error"]["code"]) == (1, "draw.replace")
    ill = drawn["seats"][1]
    _killed(stage, "officer", DRAW, "tender", "draw", tender, "--replace", f"{ill}=病假")
    redraw = stage.ok("officer", "tender", "draw", tender, "--replace", f"{ill}=病假")
    assert (redraw["counter"], redraw["seats"], redraw["new"]) == (2, {"A08": 1}, False)
    _killed(stage, "holder-1", SHARE, "keyholder", "draw", tender, "--yes")
    for name in ("holder-1", "holder-2", "holder-3"):
        stage.ok(name, "keyholder", "draw", tender, "--yes")
    _killed(stage, "officer", RESULT, "tender", "drawn", tender, "--wait", "60")
    new = stage.ok("officer", "tender", "drawn", tender)["seats"]
    counted = Counter(event.values["kind"] for event in case.story.lots[1].records)
    assert (counted["draw"], counted["drawn"]) == (2, 2), "nothing is there twice"
    assert set(new).isdisjoint(drawn["seats"])

    short = stage.run("officer", "tender", "committee", tender)
    assert (short.code, short.data["error"]["code"]) == (1, "committee.size")
    owner = line(case, folder, 50)
    made = stage.ok("officer", "tender", "committee", tender, "--owner-member", str(owner))
    assert [one["place"] for one in made["members"]] == [drawn["seats"][0], *new, *drawn["seats"][2:], None]
    assert stage.ok("officer", "tender", "committee", tender, "--owner-member", str(owner))["new"] is False
    early = stage.run("officer", "tender", "committee-names", tender)
    assert (early.code, early.data["error"]["code"]) == (1, "committee.early")
    audit = stage.run("holder-1", "audit", "--tender", tender)
    found = [one for one in audit.data["findings"] if one["rule"].startswith("A10")]
    assert {(one["rule"], one["result"]) for one in found} == {("A1005", "note")}
    assert audit.data["looked"]["A1004"] == 2
    return made


def _killed(stage: TenderStage, name: str, steps: tuple[str, ...], *arguments: str) -> None:
    for step in steps:
        run = run_until(["--home", str(stage.home(name)), "--json", *arguments], step)
        assert (run.steps[-1:], run.code) == ((step,), -signal.SIGKILL), (step, run)


def expert_home(stage: TenderStage) -> None:
    """An expert's home beside the others, and three key holders that have taken their shares."""
    stage.add_home("expert", "expert", pin=True)
    for name in ("holder-1", "holder-2", "holder-3"):
        stage.ok(name, "keyholder", "run", "--ceremony", "1")
