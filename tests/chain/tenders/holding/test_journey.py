"""Key holders on a real chain, each with a home and processes of its own: a ceremony with a cheat and an absent one.

Holder 1 is killed with SIGKILL at each named step and started again; 2 and 3 run on; 4 deals a wrong box to 1 and
complains falsely of it; 5 never comes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import CeremonyPlan
from chain.sealing import combine, verify
from chain.sealing.ceremony import Member, Roster, box_word, make_deal
from chain.sealing.ceremony.deal import box_for
from chain.tenders.holding import opening_key, read_ceremony, scope_of, term_of
from chain.tenders.holding.roll_call import roll_message
from tests.api.town import ROOT, YINXIN, cheap_keys
from tests.api.walk import Run, run_until
from tests.chain.tenders.holding.steps import ROUNDS
from tests.support.tender_stage import HOLDERS, TenderStage, card_of

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]

DEALS, STEP = 90, 30
"""Seconds of the round of deals, in which three processes start; and of the others."""


@contextmanager
def running(stage: TenderStage, names: tuple[str, ...], number: int) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """``yinxin keyholder run``, a process each."""
    processes = {
        name: subprocess.Popen(
            [YINXIN, "--home", str(stage.home(name)), "--json", *command(number)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for name in names
    }  # fmt: skip
    try:
        yield processes
    finally:
        for process in processes.values():
            if process.poll() is None:
                process.kill()
            process.communicate()


def command(number: int) -> list[str]:
    return ["keyholder", "run", "--ceremony", str(number), "--every", "0.5"]


def convene(stage: TenderStage) -> int:
    """Three of five, by the authority, with rounds of different lengths."""
    ledger = stage.ledger
    number = ledger.ceremonies() + 1
    members = tuple(Member(stage.address(name), card_of(stage, name)) for name in HOLDERS)
    roster = Roster(scope_of(ledger, number, 0), 3, members)
    stage.board.put(roster.to_bytes())
    now = max(stage.now(), int(time.time()))
    ends = [now + DEALS + STEP * place for place in (0, 1, 2, 4)]
    plan = CeremonyPlan("", ledger.book, 0, term_of("a term"), roster.digest(), 3, *ends, now + 10**6)
    stage.acts("authority").convene(number, plan, [member.address for member in members])
    return number


def test_a_ceremony_with_a_cheat_an_absent_member_and_one_that_dies_at_every_step(tender_stage: TenderStage) -> None:
    stage = tender_stage
    number = convene(stage)
    roster = read_ceremony(stage.ledger, stage.board, number).roster
    plan = read_ceremony(stage.ledger, stage.board, number).state.plan
    ran: list[tuple[str, Run]] = []

    def dies(step: str) -> None:
        run = run_until(["--home", str(stage.home("holder-1")), "--json", *command(number)], step)
        assert (run.code, run.steps[-1:]) == (-signal.SIGKILL, (step,)), run
        ran.append((step, run))

    with running(stage, ("holder-2", "holder-3"), number) as others:
        deal = make_deal(roster, 4, sha256(b"seed of the cheat"))
        boxes = list(deal.boxes)
        boxes[0] = box_for(roster.digest(), 4, 1, roster.members[0].key, bytes(31) + b"\7")
        wrong = replace(deal, boxes=tuple(boxes)).to_bytes()
        stage.board.put(wrong)
        stage.acts("holder-4").deal(number, sha256(wrong))
        for step in ROUNDS[:3]:
            dies(step)
        stage.wait_until(plan.deals_until)
        stage.acts("holder-4").complain(number, 1, box_word(roster, 4, 1))
        for step in ROUNDS[3:]:
            dies(step)
        last = run_until(["--home", str(stage.home("holder-1")), "--json", *command(number)])
        assert last.code == 0, last
        ends = {name: process.communicate(timeout=60) for name, process in others.items()}
        assert {name: process.returncode for name, process in others.items()} == {"holder-2": 0, "holder-3": 0}, ends

    for step, run in ran:
        print(f"{step:<18} {' '.join(run.steps)}")
    (report,) = json.loads(last.out)["ceremonies"]
    assert (report["standing"], report["done"]) == ("ready", [])
    ceremony = read_ceremony(stage.ledger, stage.board, number)
    # Nothing was said twice, nothing is missing.
    names = [event.name for event in stage.ledger.ceremony_events(number)]
    assert {name: names.count(name) for name in set(names)} == {
        "Convened": 1, "Dealt": 4, "Complained": 2, "Answered": 1, "Confirmed": 3, "Activated": 1,
    }  # fmt: skip
    assert set(ceremony.dealt) == {1, 2, 3, 4}
    assert ceremony.complaints == {1: {4: box_word(roster, 1, 4)}, 4: {1: box_word(roster, 4, 1)}}
    left_out = {fault.member: str(fault.offence) for fault in ceremony.judge().faults}
    assert left_out == {4: "false_complaint", 5: "absent"}
    key = opening_key(stage.ledger, stage.board, number)
    assert tuple(key.key_holders) == (1, 2, 3)
    message = roll_message(stage.ledger, ceremony, 1)
    shares = {one: stage.shares(HOLDERS[one - 1]).share(number) for one in (1, 2, 3)}
    made = combine(key, message.digest(), {one: share.sign(message) for one, share in shares.items()})
    assert verify(key.key, message.digest(), made.signature)
    late = stage.run("holder-5", "keyholder", "run", "--once")
    assert [one["standing"] for one in late.data["ceremonies"]] == ["ready", "left_out"]
    for one, share in shares.items():
        others_homes = [stage.home(name) for name in HOLDERS if name != HOLDERS[one - 1]]
        found = b"".join(
            path.read_bytes() for home in (*others_homes, stage.folder / "board") for path in home.rglob("*")
            if path.is_file() and not path.name.endswith(".sock")
        )  # fmt: skip
        assert share.secret not in found
    assert os.environ["YINXIN_PASSPHRASE"], "every home has its own keys; the passphrase is the stage's"


def test_convene_by_command_once_and_a_ceremony_nobody_comes_to_fails_loudly(tender_stage: TenderStage) -> None:
    stage = tender_stage
    for name in HOLDERS:  # a card that was used is known as such by the tool that runs after it, the cheat's, too
        stage.run(name, "keyholder", "run", "--once")
    cards = [stage.ok(name, "keyholder", "join", "--name", f"示例{name}")["file"] for name in HOLDERS]
    arguments = ("keyholder", "convene", *cards, "--threshold", "3", "--round", "10", "--tender", "99")
    made = stage.ok("officer", *arguments)
    again = stage.ok("officer", *arguments)
    assert (made["new"], again["new"], again["ceremony"]) == (True, False, made["ceremony"])
    assert [member["name"] for member in made["members"]] == [f"示例{name}" for name in HOLDERS]
    stage.wait_until(made["confirmUntil"])
    said = stage.run("holder-1", "keyholder", "run", "--ceremony", str(made["ceremony"]))
    assert said.code == 1
    assert "0 of 5 qualified, 3 are needed" in said.data["ceremonies"][0]["notes"][0]
    again_with = ("keyholder", "replace", str(made["ceremony"]), *(word for card in cards for word in ("--card", card)))
    assert stage.run("officer", *again_with).data["error"]["code"] == "holding.card_used"
    with cheap_keys():
        for name in HOLDERS:
            stage.run(name, "keyholder", "run", "--once")
            stage.ok(name, "keyholder", "join", "--name", f"示例{name}")
    anew = stage.ok("officer", *again_with)
    assert anew["ceremony"] == made["ceremony"] + 1
    shown = stage.ok("holder-2", "keyholder", "show", str(anew["ceremony"]))["ceremonies"][0]
    assert (shown["title"], shown["tender"], shown["you"]) == (anew["title"], 99, 2)
    text = stage.run("holder-2", "keyholder", "show", str(anew["ceremony"]), as_json=False).out
    assert "tender 99 alone" in text
    assert "3 open together" in text
    refused = stage.run("supervisor", *arguments)
    assert refused.data["error"]["code"] == "holding.convener"
