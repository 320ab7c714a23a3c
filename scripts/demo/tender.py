"""The tender in the demo: from the key holders' ceremony to openings that an auditor recomputes.

Repairs of a road in two envelopes: what is offered is opened and judged before anybody, key holders included, can see a
price.

Everybody has a home, a passphrase and a process of their own; they share the ledger, a board of public papers and the
custodians' servers, and nothing else. Seconds are real: the deadline falls by the chain's clock.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from api.service.server import free_port
from chain.catalogue import SHIPPED
from chain.credentials.bundle import read_bundle
from chain.credentials.credential import parse_credential
from chain.kernel.clock import CHINA
from chain.kernel.encoding import unb64url, unhex0x
from scripts.demo.bureau import Bureau
from scripts.demo.stage import PATIENCE, Role, Stage, Unexpected
from scripts.samples.kinds import SAMPLE_KINDS
from scripts.samples.tenders import People, Periods, roads, write

ENTITY = "11440100000000002J"
ENTITY_NAME = "示例市公共资源采购中心"
HOLDERS = 5
THRESHOLD = 3
ROUND = 30
"""Seconds of each of the four rounds of the ceremony, on a machine that answers a command in :data:`USUAL`."""
TO_BID = 130
"""Seconds from notice to deadline, on such a machine."""
USUAL = 1.0
"""Seconds that a small command takes on two free cores; on a slower machine people are given more time."""
BANK, BANK_NAME = "914401009999000110", "示例银行股份有限公司"
SLOWEST = 3.5
"""At most so many times the usual; nobody waits for hours because of one slow command."""
BIDDERS = 6
"""Five submit in time, the sixth is late."""
PRICES = ("17180000.00", "17340000.00", "16990000.00", "17605000.00", "17020000.00", "15500000.00")
REPLACED = "16895000.00"
GUARANTEED = "300000.00元"
SUSPENDED = 4
"""Bidder, from 0, whose qualification is suspended between its bid and the deadline."""


class TenderDay:
    """The story.

    Args:
        stage: where it plays.
        authority: who has deployed the contracts.
        bureau: which issues licences and qualifications.
        where: options of ``init`` that say where records and status lists are read.
    """

    def __init__(self, stage: Stage, authority: Role, bureau: Bureau, where: Sequence[str]) -> None:
        self.stage = stage
        self.authority, self.bureau, self.where = authority, bureau, where
        self.officer, self.approver = bureau.officer, bureau.approver
        self.tender = 0
        self.ceremony = 0

    # ------------------------------------------------------------------ before

    def people(self) -> None:
        """Homes of everybody; the ceremony begins and goes on beside the rest of the day."""
        stage = self.stage
        stage.chapter("A tender: key holders begin to make a key that nobody holds whole")
        shared = ("--node", "../ledger", "--board", "../board", *self.where)
        kinds = {
            "procurement": ("procurement", "--bureau", ENTITY, "--operator", "CG-0301"),
            "supervisor": ("supervisor",),
            **{f"custodian-{number}": ("custodian",) for number in (1, 2)},
            **{f"holder-{number}": ("keyholder",) for number in range(1, HOLDERS + 1)},
            "auditor": ("clerk",),
            **{f"bidder-{number}": ("bidder",) for number in range(1, BIDDERS + 1)},
        }
        roles = self.stage.together(partial(settle, stage, name, *words, *shared) for name, words in kinds.items())
        home = dict(zip(kinds, roles, strict=True))
        self.procurement, self.supervisor, self.auditor = home["procurement"], home["supervisor"], home["auditor"]
        self.custodians = [home[f"custodian-{number}"] for number in (1, 2)]
        self.holders = [home[f"holder-{number}"] for number in range(1, HOLDERS + 1)]
        self.bidders = [home[f"bidder-{number}"] for number in range(1, BIDDERS + 1)]
        self.stage.together(role_pins(self.everybody, stage.out / "trust-root.json"))
        self.authority.run("authority", "register", ENTITY, "--name", ENTITY_NAME)
        self.authority.run("authority", "accredit", ENTITY, "--type", "tenders")
        self.authority.run("authority", "enter", self.procurement.home / "card.json")
        self.pace = self._pace()
        for holder in self.holders:
            holder.run(
                "keyholder", "join", "--name", f"示例保管人{holder.name[-1]}", quiet=holder is not self.holders[0]
            )
            holder.start("keyholder", "run", "--every", "2")
        cards = [holder.home / "member-card.json" for holder in self.holders]
        until = str(int(time.time()) + 30 * 86_400)
        made = self.procurement.run(
            "keyholder", "convene", *cards, "--threshold", str(THRESHOLD), "--until", until, "--title", "示例任期",
            "--round", str(int(ROUND * self.pace)),
        )  # fmt: skip
        self.ceremony = made.data["ceremony"]
        stage.say(f"{HOLDERS} key holders, {THRESHOLD} open together; each runs the ceremony on a machine of its own")

    def _pace(self) -> float:
        """How many times slower than usual this machine is just now; 1 to :data:`SLOWEST`."""
        took: float = self.auditor.run("keys", "list", quiet=True).seconds
        return min(SLOWEST, max(1.0, took / USUAL))

    @property
    def everybody(self) -> list[Role]:
        """All roles of the tender."""
        return [self.procurement, self.supervisor, *self.custodians, *self.holders, self.auditor, *self.bidders]

    def companies(self, identifiers: list[str], bundles: Path) -> None:
        """Six companies claim their licences."""
        stage = self.stage
        stage.chapter("Six companies bind a device of theirs to the business licence just issued")
        self.licences = [bundles / f"{identifier}.json" for identifier in identifiers]
        self.officer.run("activation", "request", *identifiers, "--wait", PATIENCE)
        letters = self.approver.run("activation", "letters", "--print").data["letters"]
        codes = {}
        for letter in letters:
            found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,}", letter["text"])
            named = next((one for one in identifiers if one in letter["text"]), None)
            if found is None or named is None:
                raise Unexpected("a letter without code or identifier")
            codes[named] = found[0]

        def claim(number: int) -> None:
            bidder, identifier = self.bidders[number], identifiers[number]
            code, file = bidder.home / "code.txt", bidder.home / "claim.json"
            code.write_text(codes[identifier] + "\n")
            bidder.run(
                "claim",
                "make",
                identifier,
                "--bureau",
                self.bureau.code,
                "--out",
                file,
                "--code-file",
                code,
                quiet=True,
            )
            code.unlink()

        self.stage.together(partial(claim, number) for number in range(BIDDERS))
        for bidder in self.bidders:
            self.officer.run(
                "claims", "submit", bidder.home / "claim.json", "--wait", "0", expect=(0, 2),
                quiet=bidder is not self.bidders[0],
            )  # fmt: skip
        self.officer.run("claims", "resume", "--wait", PATIENCE)
        self.stage.together(
            partial(self.officer.run, "claims", "show", identifier, "--out", bidder.home, quiet=True)
            for identifier, bidder in zip(identifiers, self.bidders, strict=True)
        )
        self.bindings = [next(iter(bidder.home.glob("binding-*.json"))) for bidder in self.bidders]
        stage.say("bound: from now on the company is whoever has that device, and nobody bids in another's name")
        self._qualify(bundles)
        self._bureaus()

    def _bureaus(self) -> None:
        """A bank that guarantees bids, and the buyer's own desk for letters of award: each with two pairs of eyes."""
        stage, node = self.stage, ("--node", "../ledger")
        self.bank = Bureau(stage, BANK, BANK_NAME, officer="bank", approver="bank-approver", desk="bank-desk")
        self.office = Bureau(
            stage, ENTITY, ENTITY_NAME, officer="office", approver="office-approver", desk="office-desk"
        )
        root = stage.out / "trust-root.json"
        self.stage.together(
            partial(bureau.settle, staff, root, node, self.where, quiet=True)
            for bureau, staff in ((self.bank, "BK"), (self.office, "CG"))
        )
        self.bank.accredit(self.authority, ("bid-guarantee",))
        self.office.accredit(self.authority, ("award-letter", "performance-record"), known=True)
        stage.say("a bank is accredited for bid guarantees, the buyer for letters of award and records of performance")

    def _qualify(self, bundles: Path) -> None:
        """The bureau qualifies the six as builders, whom they are by their licences."""
        kind = SAMPLE_KINDS["construction-qualification"]
        self.names = []
        rows = []
        for number, licence in enumerate(self.licences):
            fields = parse_credential(read_bundle(licence.read_bytes()).credential).fields
            self.names.append((str(fields["certificateHolderName"]), str(fields["certificateHolderCode"])))
            sample = list(kind.rows(1, first=7_001 + number)[0])
            sample[1:3] = self.names[-1]
            sample[7:10] = ("施工总承包", "市政公用工程", "一级")
            sample[11:14] = ("2025-01-06", "2032-01-05", "2025-01-06")
            rows.append(sample)
        file = self.stage.out / "lists" / "builders.csv"
        table(file, kind.standard, rows)
        out = self.stage.out / "builders"
        self.bureau.issue(file, kind.slug, out, quiet=True)
        self.qualifications = [by_holder(out / "bundles")[code] for _, code in self.names]
        self.stage.say("all six hold a qualification as builders, grade one, from the same bureau")

    # ------------------------------------------------------------------ the notice

    def notice(self) -> None:
        """The key is there; the notice goes out."""
        stage = self.stage
        stage.chapter("The key is in force; the notice goes out")
        while True:
            shown = [self._shown(holder) for holder in self.holders]
            kept = sum(one["share"] for one in shown)
            if shown[0]["key"] and kept == HOLDERS:
                break
            if time.time() > shown[0]["confirmUntil"] + 20:
                raise Unexpected(f"the ceremony came to nothing: {shown[0]}")
            time.sleep(1)
        stage.say(f"ceremony {self.ceremony}: the key is in force; {kept} of {HOLDERS} keep a share, encrypted")
        self.addresses = []
        for custodian in self.custodians:
            port = free_port("127.0.0.1")
            custodian.start("custodian", "run", "--port", str(port))
            self.addresses.append(f"http://127.0.0.1:{port}")
        self.pace = max(self.pace, self._pace())
        to_bid = int(TO_BID * self.pace)
        draft = roads(
            People(
                officer=public(self.procurement, "envelope"),
                supervisor=public(self.supervisor, "envelope"),
                supervisor_account=address(self.supervisor, "account"),
                custodians=[
                    (address(custodian, "account"), f"示例保管方{number}", url)
                    for number, (custodian, url) in enumerate(zip(self.custodians, self.addresses, strict=True), 1)
                ],
                ceremony=self.ceremony,
                bureau=ENTITY,
                bureau_name=ENTITY_NAME,
            ),
            Periods(
                questions=f"+{to_bid - 30}s",
                deadline=f"+{to_bid}s",
                opening=f"+{to_bid + 14}s",
                gap=120,
                reveal=8,
                standstill=int(14 * self.pace),
                complaints=int(8 * self.pace),
            ),
        )
        draft["lots"] = draft["lots"][:1]
        draft["guarantee"] |= {"certificateType": SHIPPED.find("bid-guarantee").code, "issuers": [BANK]}
        file = write(self.procurement.home / "drafts", draft).draft
        self.procurement.run("tender", "check", file)
        made = self.procurement.run("tender", "publish", file, "--yes").data
        self.tender, self.ocid, self.title = made["tender"], made["ocid"], draft["title"]["zh"]
        stage.say(f"tender {self.tender}: bids until {made['deadline']['time']}, by the chain's clock")

    def _shown(self, holder: Role) -> dict[str, Any]:
        shown: dict[str, Any] = holder.run("keyholder", "show", str(self.ceremony), quiet=True).data["ceremonies"][0]
        return shown

    # ------------------------------------------------------------------ bids

    def bids(self) -> None:
        """A question, an answer, five bids."""
        stage, number = self.stage, str(self.tender)
        stage.chapter("Five bids, each sealed on the bidder's own machine")
        self.auditor.run("tender", "ask", number, "--text", "沥青面层是否可用再生料？")
        self._guarantees()
        self.stage.together([partial(self._bid, place) for place in range(5)], workers=2)
        self._prepare(5)
        self.bureau.act("suspend", self.qualifications[SUSPENDED].stem, "--reason", "安全生产许可暂扣", quiet=True)
        stage.say(f"the qualification of bidder {SUSPENDED + 1} is suspended, after its bid and before the deadline")
        replacing, withdrawing = self.bidders[1], self.bidders[2]
        self._fill(1, REPLACED)
        replacing.run("bid", "seal", number)
        replacing.run("bid", "replace", number, "--wait", PATIENCE)
        withdrawing.run("bid", "withdraw", number, "--wait", PATIENCE)
        receipt = stage.out / "receipts" / "bidder-1.json"
        receipt.parent.mkdir()
        self.bidders[0].run("bid", "receipt", number, "--out", receipt, "--pdf", receipt.with_suffix(".pdf"))
        self.auditor.run("bid", "verify-receipt", receipt, "--ledger")
        stage.say(
            "one replaced its bid, one withdrew; a receipt proves by itself that a bid is on the ledger, not whose"
        )
        self._secrets()

    def _guarantees(self) -> None:
        """The bank guarantees six bids, and knows nothing of their prices."""
        kind = SAMPLE_KINDS["bid-guarantee"]
        today = datetime.now(CHINA).date()
        rows = [
            (
                f"BH2026{place:06d}", name, code, GUARANTEED, "见索即付", ENTITY_NAME, ENTITY, self.title, self.ocid,
                "1", "", today.isoformat(), (today + timedelta(days=200)).isoformat(), today.isoformat(),
            )
            for place, (name, code) in enumerate(self.names, 1)
        ]  # fmt: skip
        file, out = self.stage.out / "lists" / "guarantees.csv", self.stage.out / "guarantees"
        table(file, kind.standard, rows)
        self.bank.issue(file, kind.slug, out)
        self.guarantees = [by_holder(out / "bundles")[code] for _, code in self.names]

    def _bid(self, place: int) -> None:
        self._prepare(place)
        self.bidders[place].run("bid", "submit", str(self.tender), "--wait", PATIENCE, quiet=place > 0)

    def _prepare(self, place: int) -> None:
        bidder, number, quiet = self.bidders[place], str(self.tender), place > 0
        bidder.run("bid", "start", number, quiet=quiet)
        self._fill(place, PRICES[place])
        papers = ("--licence", self.licences[place], "--binding", self.bindings[place])
        bidder.run("bid", "state", number, *papers, quiet=quiet)
        bidder.run("bid", "seal", number, quiet=quiet)
        if place == 0:
            bidder.run("bid", "rehearse", number)

    def _fill(self, place: int, price: str) -> None:
        folder = self.bidders[place].home / "bids" / f"{self.tender}-1"
        file = folder / "draft.json"
        draft = json.loads(file.read_text(encoding="utf-8"))
        draft["envelopes"][0]["form"] |= {"period.days": str(120 + 5 * place), "crew": str(40 + place)}
        draft["envelopes"][1]["form"] |= {"price": price}
        for number, title in enumerate(("技术标", "商务标")):
            paper = folder / f"{title}.txt"
            paper.write_text(f"{title} {place + 1}\n" * 2_000, encoding="utf-8")
            file_of = {"name": paper.name, "mediaType": "text/plain", "path": paper.name}
            draft["envelopes"][number]["documents"] = [file_of]
        draft["certificates"] = [
            {"path": str(path), "rule": rule, "fields": []}
            for rule, path in (("licence", self.licences[place]), ("contractor", self.qualifications[place]))
        ]
        draft["guarantee"] = str(self.guarantees[place])
        file.write_text(json.dumps(draft, ensure_ascii=False), encoding="utf-8")

    def _secrets(self) -> None:
        """Before the opening no price of a bid, and nobody's passphrase, lies anywhere but in its owner's home."""
        searched = 0
        words = {role: [(role.home / "passphrase").read_bytes().strip()] for role in self.everybody}
        for place, bidder in enumerate(self.bidders):
            words[bidder].append(PRICES[place].encode())
        words[self.bidders[1]].append(REPLACED.encode())
        for file in self.stage.out.rglob("*"):
            if not file.is_file() or file.is_symlink():
                continue
            content = file.read_bytes()
            searched += 1
            for owner, secrets in words.items():
                if not file.is_relative_to(owner.home) and any(secret in content for secret in secrets):
                    raise Unexpected(f"{file}: holds a secret of {owner.name}")
        self.stage.say(f"{searched} files searched: no price and no passphrase lies outside its owner's home")

    # ------------------------------------------------------------------ the opening

    def opening(self) -> None:
        """The deadline, a late bid, and the first envelope."""
        stage, number = self.stage, str(self.tender)
        stage.chapter("The deadline falls by the chain's clock")
        due = self._tender()
        until, opens = due["deadline"]["seconds"], due["openAt"]["seconds"]
        stage.say(f"waiting for the deadline, {max(0, until - int(time.time()))} seconds more")
        while time.time() <= until + 1:
            time.sleep(0.2)
        late = self.bidders[5].run("bid", "submit", number, "--wait", "10", expect=(1,)).data
        stage.say(f"the sixth bid is late and refused: {late['error']['message']}")
        self.procurement.run("tender", "close", number, "--wait", PATIENCE)
        stage.chapter("Three of five key holders open what is offered; the prices stay shut")
        while time.time() <= opens + 1:
            time.sleep(0.2)
        self.keys = [self._open(1, self.holders[:THRESHOLD])]
        for place in (0, 1, 3, 4):
            self.bidders[place].run("bid", "check", number, quiet=place > 0)
        stage.say(
            "each bidder finds its own figures in the record; the withdrawn and the replaced bid stay shut for ever"
        )

    def prices(self) -> None:
        """The second envelope, of those who are still in it, by three other key holders."""
        number = str(self.tender)
        self.procurement.run("tender", "close", number, "--envelope", "2", "--wait", PATIENCE)
        self.keys.append(self._open(2, self.holders[HOLDERS - THRESHOLD :]))

    def _open(self, envelope: int, holders: Sequence[Role]) -> str:
        number, which = str(self.tender), ("--envelope", str(envelope))
        for holder in holders:
            holder.run("keyholder", "release", number, *which, "--yes")
        opened = self.procurement.run("tender", "open", number, *which, "--wait", PATIENCE).data
        signed, companies = opened["signed"], opened["organisations"]
        self.stage.say(f"opened by key holders {signed}: bids of {companies} companies, {opened['minimum']} are needed")
        self.supervisor.run("tender", "witness-opening", number, *which)
        self.procurement.run("tender", "finish-opening", number, *which)
        return str(opened["keys"].removeprefix("0x"))

    def _tender(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.auditor.run("tender", "show", str(self.tender), quiet=True).data
        return shown

    def audit(self) -> None:
        """Everything recomputed, from chain and papers alone."""
        stage = self.stage
        stage.chapter("An auditor recomputes the tender, trusting no server")
        number = str(self.tender)
        found = self.auditor.run("audit", "--tender", number).data
        looks = sum(found["looked"].values())
        stage.say(f"{found['verdict']}: {len(found['looked'])} rules, {looks} looks at ledger and papers")
        keys = self.keys[0]
        paper = self.stage.out / "board" / "papers" / keys[:2] / keys
        genuine = paper.read_bytes()
        paper.write_bytes(genuine.replace(b"0", b"1", 1))
        spoilt = self.auditor.run("audit", "--tender", number, expect=(1,)).data
        paper.write_bytes(genuine)
        first = spoilt["findings"][0]
        stage.say(f"one letter changed in one stored paper: {first['rule']}, {first['subject']}: {first['detail']}")

    def summary(self) -> str:
        """One line."""
        bids = "five bids, one replaced, one withdrawn, a sixth too late"
        return f"tender {self.tender}: {bids}; four opened by three of five key holders"


def settle(stage: Stage, name: str, kind: str, *options: str) -> Role:
    """Somebody's home of that kind, made now."""
    role = Role(stage, name)
    role.run("init", kind, *options, quiet=kind not in ("procurement", "supervisor"))
    return role


def role_pins(roles: Iterable[Role], root: Path) -> list[Callable[[], Any]]:
    """One act a role: it pins the trust root."""
    return [partial(role.run, "trust", "pin", root, quiet=True) for role in roles]


def public(role: Role, name: str) -> bytes:
    """Public part of a role's X25519 key, 32 bytes."""
    return unb64url(_card(role, name)["public"])


def address(role: Role, name: str) -> bytes:
    """Address of a role's account, 20 bytes."""
    return unhex0x(_card(role, name)["public"].lower(), size=20)


def _card(role: Role, name: str) -> dict[str, str]:
    cards: list[dict[str, str]] = role.run("keys", "list", quiet=True).data["keys"]
    return next(card for card in cards if card["name"] == name)


def table(file: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A list as offices send them: CSV in UTF-8."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target).writerows([heading, *rows])


def by_holder(bundles: Path) -> dict[str, Path]:
    """Evidence bundles of a folder by the code of their holder."""
    found = {}
    for path in bundles.glob("*.json"):
        fields = parse_credential(read_bundle(path.read_bytes()).credential).fields
        found[str(fields["certificateHolderCode"])] = path
    return found
