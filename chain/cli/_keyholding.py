"""What the commands of key holders share: where they stand, and the words in which they say what they see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import typer

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import one_line, state
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.tenders.holding import Announcement, Ceremony, announcement_of
from chain.tenders.holding.destruction import Destroyed
from chain.tenders.holding.papers import SeenBoard
from chain.tenders.holding.places import Place
from chain.tenders.holding.releasing import ReadyRelease
from chain.tenders.holding.roll_call import Roll
from chain.tenders.holding.rounds import Holder, Report
from chain.tenders.holding.store import ShareStore

ACCOUNT = "account"
"""Name of a key holder's account, as ``yinxin init keyholder`` makes it."""

_CONVENERS = {"authority": "authority", "procurement": "anchor"}


@dataclass(frozen=True)
class Desk:
    """Where a key holder's command works.

    Attributes:
        place: ledger, accounts, keys of the home.
        store: seeds, cards' keys and shares.
        board: the shared board; papers that were seen stay in the home.
    """

    place: TenderPlace
    store: ShareStore
    board: SeenBoard

    @property
    def ledger(self) -> TenderLedger:
        """As this home's endpoints tell it."""
        return self.place.ledger

    @cached_property
    def acts(self) -> TenderActs:
        """Of this home's account."""
        return self.place.acts(ACCOUNT)

    @cached_property
    def holder(self) -> Holder:
        """The key holder of this home at work."""
        return Holder(self.ledger, self.acts, self.board, self.store)


@contextmanager
def key_desk(ctx: typer.Context) -> Iterator[Desk]:
    """The desk of a command in a key holder's home. Raises InvalidInput in other homes."""
    home = state(ctx).home
    if home.settings.role != "keyholder":
        raise InvalidInput(
            f"{home.path} is not a key holder's home", code="holding.home", field="--home",
            fix="yinxin --home FOLDER init keyholder",
        )  # fmt: skip
    with tender_place(home) as place:
        store = ShareStore(home / "holding", place.keys, Place.of(place.ledger))
        yield Desk(place, store, SeenBoard(home / "holding" / "papers", place.board))


def convener(ctx: typer.Context) -> tuple[str, str]:
    """Name of the account that convenes in this home, and its bureau (empty for the authority). Raises InvalidInput."""
    home = state(ctx).home
    role, bureau = home.settings.role, home.settings.bureau
    if role not in _CONVENERS:
        raise InvalidInput(
            "only the authority and procuring entities convene key holders", code="holding.convener", field="--home",
            fix="use the home of the authority, or one made with yinxin init procurement",
        )  # fmt: skip
    return _CONVENERS[role], "" if role == "authority" else bureau.acts_as or bureau.uscc


def names_of(announcement: Announcement | None, count: int) -> list[str]:
    """Members' names by number; their numbers where no announcement is to be had."""
    if announcement is None:
        return [f"member {number}" for number in range(1, count + 1)]
    return [card.name for card in announcement.cards]


def scope_words(ceremony: Ceremony) -> str:
    """What the key is for."""
    plan = ceremony.state.plan
    until = rfc3339(plan.usable_until)
    if plan.tender:
        return f"tender {plan.tender} alone 仅限该项目, opening by {until}"
    return f"every tender that names it 任期内各项目, opening by {until}"


def ceremony_data(desk: Desk, ceremony: Ceremony) -> dict[str, Any]:
    """A ceremony as plain data."""
    announcement = announcement_of(desk.ledger, desk.board, ceremony)
    plan = ceremony.state.plan
    names = names_of(announcement, ceremony.roster.size)
    return {
        "ceremony": ceremony.number, "title": announcement.title if announcement else None,
        "genesis": hex0x(desk.ledger.genesis), "book": hex0x(desk.ledger.book), "tender": plan.tender or None,
        "threshold": plan.threshold, "round": str(ceremony.round), "dealsUntil": plan.deals_until,
        "complaintsUntil": plan.complaints_until, "answersUntil": plan.answers_until,
        "confirmUntil": plan.confirm_until, "usableUntil": plan.usable_until,
        "key": hex0x(ceremony.state.key) if ceremony.state.key else None, "rollCalls": ceremony.roll_calls,
        "you": ceremony.member_of(desk.acts.address), "share": desk.store.has(ceremony.number),
        "members": [
            {
                "number": number, "name": name, "address": hex0x(ceremony.state.members[number - 1]),
                "destroyed": number in ceremony.destroyed,
            }
            for number, name in enumerate(names, 1)
        ],
    }  # fmt: skip


def ceremony_words(data: dict[str, Any], ceremony: Ceremony) -> str:
    """The same for people."""
    others = ", ".join(f"{one['number']} {one['name']}" for one in data["members"])
    key = "in force 已生效" if data["key"] else f"not in force 未生效 ({data['round']})"
    kept = "kept here, encrypted 已加密存于本机" if data["share"] else "none here 本机没有"
    return (
        f"[bold]ceremony {data['ceremony']}[/] {one_line(data['title'] or '')}\n"
        f"  ledger 账本    {data['genesis'][:18]}…, book {data['book']}\n"
        f"  for 用途       {scope_words(ceremony)}\n"
        f"  you 你         member {data['you'] or '–'} of {len(data['members'])}; {data['threshold']} open together\n"
        f"  members 成员   {others}\n"
        f"  key 密钥       {key}; roll calls 点名: {data['rollCalls']}\n"
        f"  share 份额     {kept}"
    )


def report_data(report: Report) -> dict[str, Any]:
    """A report as plain data."""
    return {
        "ceremony": report.ceremony, "member": report.member, "standing": str(report.standing), "done": report.done,
        "notes": report.notes, "due": report.due or None,
    }  # fmt: skip


_STANDINGS = {
    "going_on": "goes on 进行中",
    "ready": "[green]ready[/] 密钥已生效,份额已存: the key is in force, your share is kept",
    "left_out": "[bold yellow]left out[/] 已被排除: you hold no share of this key",
    "failed": "[bold red]failed[/] 未成功: no key came of it; a new ceremony is to be convened",
    "destroyed": "destroyed 份额已销毁",
}


def report_words(report: Report) -> str:
    """The same for people."""
    due = f"; the round ends at {rfc3339(report.due)}" if report.due else ""
    lines = [f"ceremony {report.ceremony}, member {report.member}: {_STANDINGS[str(report.standing)]}{due}"]
    lines += [f"  [green]✓[/] {done}" for done in report.done]
    lines += [f"  {note}" for note in report.notes]
    return "\n".join(lines)


def roll_data(roll: Roll) -> dict[str, Any]:
    """A roll call as plain data."""
    return {
        "ceremony": roll.ceremony, "counter": roll.counter, "threshold": roll.threshold, "present": list(roll.present),
        "wrong": list(roll.wrong), "absent": list(roll.absent), "complete": roll.complete,
    }  # fmt: skip


def roll_words(roll: Roll) -> str:
    """The same for people."""

    def listed(numbers: tuple[int, ...]) -> str:
        return ", ".join(map(str, numbers)) or "nobody"

    ledger = "on the ledger 已上链" if roll.complete else f"not on the ledger yet; {roll.threshold} are needed"
    wrong = f"\n  [bold red]wrong 签名有误[/]   {listed(roll.wrong)}" if roll.wrong else ""
    return (
        f"roll call 点名 {roll.counter} of ceremony {roll.ceremony}: {ledger}\n"
        f"  present 到   {listed(roll.present)}{wrong}\n  absent 未到  {listed(roll.absent)}"
    )


def release_data(ready: ReadyRelease) -> dict[str, Any]:
    """What is signed, as plain data."""
    return {
        "tender": ready.tender, "title": {"zh": ready.title.zh, "en": ready.title.en}, "lot": ready.lot,
        "lotTitle": {"zh": ready.lot_title.zh, "en": ready.lot_title.en}, "envelope": ready.envelope,
        "bids": ready.count, "liveSet": hex0x(ready.digest), "openAt": ready.open_at,
        "custodians": [hex0x(one) for one in ready.custodians], "ceremony": ready.ceremony,
        "keyHolder": ready.key_holder,
    }  # fmt: skip


def one_voice(desk: Desk) -> str:
    """A warning where a single endpoint is believed; empty where several must agree."""
    if desk.place.home.settings.ledger.quorum > 1:
        return ""
    return (
        "[yellow]![/] One endpoint alone is believed about the ledger 仅采信一个节点: name several of different\n"
        "  operators in config.toml, and a quorum of two or more (docs/keyholders.md)\n"
    )


def release_words(ready: ReadyRelease) -> str:
    """The same for people, in both languages: what the key holder puts a name to."""
    envelope = "1: technical, or everything 技术标或全部" if ready.envelope == 1 else "2: price 报价"
    return (
        f"You sign for the opening of 你将为以下开标签名:\n"
        f"  tender 项目      {ready.tender}  {one_line(ready.title.zh)} / {one_line(ready.title.en)}\n"
        f"  lot 标段         {ready.lot}  {one_line(ready.lot_title.zh)} / {one_line(ready.lot_title.en)}\n"
        f"  envelope 信封    {envelope}\n"
        f"  bids 有效投标    {ready.count}\n"
        f"  live set 清单    {hex0x(ready.digest)}\n"
        f"  opens 开标时间   {rfc3339(ready.open_at)}\n"
        f"  custodians 保管方 {len(ready.custodians)} state that every file is there 已确认文件齐全\n"
        f"  as 身份          key holder {ready.key_holder} of ceremony {ready.ceremony}"
    )


def destroyed_data(done: Destroyed) -> dict[str, Any]:
    """A destruction as plain data."""
    record = done.record
    return {
        "ceremony": record.ceremony, "keyHolder": record.key_holder, "time": record.time,
        "record": hex0x(sha256(record.to_bytes())),
        "backups": {"cleared": list(done.backups.cleared), "unreached": list(done.backups.unreached)},
    }  # fmt: skip


def destroyed_words(done: Destroyed) -> str:
    """The same for people."""
    lines = [
        f"[green]✓[/] the share of ceremony {done.record.ceremony} is destroyed and reported 份额已销毁并上链",
        "  With it went the seed and the key on your card 成员卡私钥一并销毁: the public deals give it to nobody.",
    ]
    lines += [f"  backup cleared 备份已清除: {one_line(path)}" for path in done.backups.cleared]
    lines += [
        f"  [yellow]![/] backup not reached 备份未清除: {one_line(path)}\n"
        "    destroy it by hand, or make it reachable and run this command again"
        for path in done.backups.unreached
    ]
    lines.append("  Copies of this home that it does not know of are yours to destroy, each with its file of secrets.")
    return "\n".join(lines)
