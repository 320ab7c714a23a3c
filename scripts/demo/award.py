"""The tender in the demo, from the pool of experts to a contract that is carried out and public data about it.

Six experts enrol before the deadline; four of them, drawn by a seed that nobody could choose, and a representative of
the buyer judge what is offered. Only then are the prices opened.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from chain.kernel.clock import CHINA
from chain.kernel.encoding import b64url
from scripts.demo.stage import PATIENCE, Role, Unexpected
from scripts.demo.tender import ENTITY, THRESHOLD, TenderDay, public, role_pins, settle

EXPERTS = 6
SPECIALTY = "A0803"
SEATS = 4
POINTS = (24.0, 27.0, 20.0, 22.5, 21.0)
"""Points for the plan of the works, by the order of places, before each member's own half point."""


class AwardDay:
    """The story goes on.

    Args:
        day: the tender so far; its notice is about to go out.
    """

    def __init__(self, day: TenderDay) -> None:
        self.day, self.stage = day, day.stage
        self.officer, self.auditor = day.procurement, day.auditor

    @property
    def number(self) -> str:
        """Number of the tender, as commands take it."""
        return str(self.day.tender)

    # ------------------------------------------------------------------ before the deadline

    def people(self) -> None:
        """Homes of six experts and of a representative of the buyer."""
        shared = ("--node", "../ledger", "--board", "../board", *self.day.where)
        names = [*(f"expert-{place}" for place in range(1, EXPERTS + 1)), "owner"]
        self.members: list[Role] = self.stage.together(
            partial(settle, self.stage, name, "expert", *shared) for name in names
        )
        self.stage.together(role_pins(self.members, self.stage.out / "trust-root.json"))

    def enrol(self) -> None:
        """Experts and a representative of the buyer enrol; the pool goes on record before anybody knows who bids."""
        employers = ["", self.day.names[0][1], "", "", "", "", ENTITY]
        enrolled = self.stage.together(
            partial(
                one.run, "expert", "enrol", self.number, "--number", f"ZJ{place:04d}", "--name", f"示例专家{place}",
                "--specialty", SPECIALTY, *(("--employer", employer) if employer else ()), quiet=place > 1,
            )
            for place, (one, employer) in enumerate(zip(self.members, employers, strict=True), 1)
        )  # fmt: skip
        self.lines = [Path(one.data["file"]) for one in enrolled]
        made = self.officer.run("tender", "pool", self.number, *self.lines[:EXPERTS]).data
        self.stage.say(f"a pool of {made['experts']} experts is on the ledger before the deadline, without a name")

    # ------------------------------------------------------------------ what is offered

    def committee(self) -> None:
        """Drawn after the opening."""
        stage, number = self.stage, self.number
        stage.chapter("The committee is drawn by a seed that nobody could know or choose")
        found = self.officer.run("tender", "conflicts", number).data["excluded"]
        stage.say(f"{len(found)} of the pool is excluded: {found[0]['rule']}")
        self.officer.run("tender", "draw", number, "--seat", f"{SPECIALTY}={SEATS}")
        self._drawn("draw")
        self.officer.run("tender", "committee", number, "--owner-member", self.lines[-1])
        seats = self.stage.together(
            partial(one.run, "expert", "show", number, expect=(0, 1), quiet=True) for one in self.members
        )
        self.seated = [one for one, shown in zip(self.members, seats, strict=True) if shown.data["seats"]]
        if len(self.seated) != SEATS + 1:
            raise Unexpected(f"{len(self.seated)} members instead of {SEATS + 1}")
        stage.say(f"{SEATS} experts are drawn, a representative of the buyer joins; who they are stays secret for now")

    def _drawn(self, kind: str) -> dict[str, Any]:
        for holder in self.day.holders[:THRESHOLD]:
            holder.run(
                "keyholder", "draw", self.number, "--kind", kind, "--yes", quiet=holder is not self.day.holders[0]
            )
        drawn: dict[str, Any] = self.officer.run(
            "tender", "drawn", self.number, "--kind", kind, "--wait", PATIENCE
        ).data
        return drawn

    def judge(self) -> None:
        """Qualification by certificates, then sheets that nobody sees before all are committed."""
        stage, number = self.stage, self.number
        stage.chapter("Qualification by certificates; five members judge, each on a sheet that nobody else sees")
        judged = self.officer.run("tender", "qualify", number).data
        for bid in judged["bids"]:
            if bid["result"] != "pass":
                why = next(said for one in bid["rules"] if one["result"] == "fail" for said in one["findings"])
                stage.say(f"place {bid['place']} does not qualify: {why['zh']}")
        stage.together(partial(self._read, one) for one in self.seated)
        self.officer.run("tender", "commitments", number)
        stage.together(partial(one.run, "expert", "reveal", number, quiet=True) for one in self.seated)
        self.officer.run("tender", "evaluate", number)
        self.officer.run("tender", "review", number)
        stage.say("the technical result is on the ledger before anybody can see a price")

    def _read(self, member: Role) -> None:
        """Read the bids, fill in the sheet, commit to it."""
        number, quiet = self.number, member is not self.seated[0]
        keys, sheet = member.home / "granted.age", member.home / "sheet.toml"
        box = b64url(public(member, f"box-{number}"))
        self.officer.run("tender", "grant-keys", number, keys, "--to", box, quiet=quiet)
        member.run("expert", "read", number, "--keys", keys, quiet=quiet)
        member.run("expert", "sheet", number, "--out", sheet, quiet=quiet)
        text = filled(sheet.read_text(encoding="utf-8"), int(member is self.seated[1]))
        sheet.write_text(text, encoding="utf-8")
        member.run("expert", "commit", number, sheet, quiet=quiet)

    # ------------------------------------------------------------------ the prices

    def rank(self) -> None:
        """The price envelope, the float point, the order."""
        stage, number = self.stage, self.number
        stage.chapter("Now the prices; the reference price moves by a drawn point; anybody computes the order again")
        self.day.prices()
        self._drawn("float")
        report = self.officer.run("tender", "evaluate", number).data
        named = self.officer.run("tender", "candidates", number).data
        codes = [code for _, code in self.day.names]
        best, *_, last = [codes.index(one["organisation"]["code"]) for one in named["candidates"]]
        self.winner, self.loser = best, last
        again = self.auditor.run("tender", "ranking", number).data
        stage.say(f"reference price {report['reference']}; the auditor's own ranking: {again['same']}")

    def object(self) -> None:
        """A loser objects to the candidates, and is answered."""
        stage, number = self.stage, self.number
        stage.chapter("Candidates are public; a loser objects and is answered; the lot is awarded")
        loser = self.day.bidders[self.loser]
        loser.run("tender", "object", number, "--text", "第一中标候选人的工期与公示不一致，请核实。")
        self.officer.run("tender", "award", number, expect=(1,), quiet=True)
        self.officer.run(
            "tender", "answer-objection", number, "1", "--rejected", "--text", "经核实，工期与开标记录一致。"
        )
        cases = self.auditor.run("tender", "cases", number).data
        stage.say(f"objection answered; {len(cases['cases'])} case on the ledger, with its paper")

    def award(self) -> None:
        """Award, letter, contract, guarantees."""
        stage, number = self.stage, self.number
        awarded = self._after_period("tender", "award", number)
        self.awarded = winner = awarded["organisation"]["name"]
        letter = self.stage.out / "award" / "letter.csv"
        letter.parent.mkdir()
        self.officer.run("tender", "letter", number, "--out", letter)
        issued = self._issue(letter, "award-letter")
        self.officer.run("tender", "letter", number, "--issued", issued)
        seen = self.auditor.run("verify", issued).data
        stage.say(f"the letter of award is a certificate of our own ledger: {seen['verdict']}, to {winner}")
        self.officer.run("tender", "committee-names", number)
        self._contract()

    def _issue(self, file: Path, kind: str) -> Path:
        out = self.stage.out / "award" / kind
        self.day.office.issue(file, kind, out)
        return next((out / "bundles").glob("*.json"))

    def _contract(self) -> None:
        stage, number = self.stage, self.number
        stage.chapter("The contract, signed by both; the guarantees go back; the work is done and put on record")
        winner = self.day.bidders[self.winner]
        draft = self.officer.home / "contract.toml"
        self.officer.run("tender", "contract", number, "--draft", draft)
        text = self.officer.home / "contract.txt"
        text.write_text("道路修缮施工合同（示例）\n" * 20, encoding="utf-8")
        until = (datetime.now(CHINA).date() + timedelta(days=125)).isoformat()
        filled_in = draft.read_text(encoding="utf-8")
        for name, value in {"number": "HT-2026-0001", "title": "市政道路修缮施工合同", "until": until}.items():
            filled_in = filled_in.replace(f'{name} = ""', f'{name} = "{value}"')
        draft.write_text(filled_in.replace("contract.pdf", text.name), encoding="utf-8")
        self.officer.run("tender", "contract", number, draft, expect=(2,))
        winner.run("bid", "sign-contract", number, "--document", text, "--yes")
        self._after_period("tender", "contract", number, codes=(0, 2))
        self.officer.run("tender", "guarantees", number, "--lot", "1", "--release")
        due = self.day.bank.officer.run("tender", "guarantees", number).data
        stage.say(f"the bank sees {len(due['due'])} guarantees that it may end")
        self.day.bank.act("cancel", self.day.guarantees[self.loser].stem, "--reason", "保函解除")
        record = self.stage.out / "award" / "performance.csv"
        day = datetime.now(CHINA).date().isoformat()
        self.officer.run("tender", "performance", number, "--grade", "优秀", "--completed", day, "--out", record)
        self.officer.run("tender", "performance", number, "--issued", self._issue(record, "performance-record"))

    def _after_period(self, *words: str, codes: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        """Run a command of the officer again until the period that runs on the ledger is over."""
        end = time.monotonic() + 120
        while True:
            answer = self.officer.run(*words, expect=codes, quiet=True)
            if answer.code == 0:
                done: dict[str, Any] = answer.data
                return done
            if time.monotonic() > end:
                raise Unexpected(f"{' '.join(words)}: {answer.data}")
            time.sleep(1)

    # ------------------------------------------------------------------ for everybody

    def publish(self) -> None:
        """OCDS, statistics, signals."""
        stage, number = self.stage, self.number
        stage.chapter("For everybody: Open Contracting data, statistics")
        out = stage.out / "ocds"
        made = self.auditor.run("tender", "ocds", number, "--out", out).data
        self.releases = made["tenders"][0]["releases"]
        stage.say(f"{self.releases} releases of OCDS 1.1.5 and a record, each valid")
        self.auditor.run("tender", "statistics")
        signals = self.day.supervisor.run("tender", "signals", number).data
        stage.say(f"the supervisor sees {len(signals['signals'])} signals, as advice")

    def summary(self) -> str:
        """One line."""
        return (
            f"judged by a drawn committee, awarded to {self.awarded}, letter of award and contract on the ledger; "
            f"{self.releases} releases of open data"
        )


def filled(sheet: str, half: int) -> str:
    """A score sheet with a member's opinion: all pass, points by the order of places."""
    out, place = [], -1
    for line in sheet.splitlines():
        place += line == "[[bids]]"
        if line in ('formal = ""', 'qualification = ""'):
            line = line.replace('""', '"pass"')
        elif line.startswith('"plan" = ""'):
            line = f'"plan" = "{POINTS[place] + half / 2}"'
        out.append(line)
    return "\n".join(out) + "\n"
