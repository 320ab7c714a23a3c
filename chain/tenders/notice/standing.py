"""What the ledger says of a notice before it is published: where it will stand, and whether the chain would take it."""

from __future__ import annotations

from datetime import datetime

from chain.kernel.clock import CHINA, rfc3339
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import Phase, TenderState
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.notice.draft import Place
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.model import Notice

SLACK = 2
"""Seconds between reading the chain's clock and the block that holds what is sent."""


def place_of(ledger: TenderLedger, tender: int) -> Place:
    """Where tender number ``tender`` stands, or would stand, on this ledger."""

    def opening_key(number: int) -> bytes:
        ceremony = ledger.ceremony(number)
        return ceremony.key if ceremony is not None else b""

    def notice_of(number: int) -> bytes | None:
        return newest_digest(ledger, number)

    return Place(ledger.genesis, ledger.chain_id, ledger.book, tender, ledger.block.time, opening_key, notice_of)


def newest_digest(ledger: TenderLedger, tender: int) -> bytes | None:
    """SHA-256 of the newest notice of a tender; None if there is no such tender."""
    found: bytes | None = None
    for event in ledger.tender_events(tender):
        if event.name == "Published":
            found = event.values["notice"].digest
        elif event.name == "Amended":
            found = event.values["digest"]
    return found


def ledger_findings(notice: Notice, ledger: TenderLedger) -> Findings:
    """Why the chain would not take a first notice, or what it repeats cannot be repeated."""
    findings = Findings()
    _ceremony(notice, ledger, findings)
    if notice.deadline <= ledger.block.time + SLACK:
        findings.error(
            "deadline", "past",
            (f"is not after the chain's clock, {rfc3339(ledger.block.time)}", "不晚于链上时钟"),
            ("a later second", "请改为更晚的时间"),
        )  # fmt: skip
    if notice.previous is not None and notice.previous.book == ledger.book and not _ended(notice, ledger):
        findings.error(
            "previous", "previous",
            (f"no lot of tender {notice.previous.tender} failed, and it is not cancelled",
             f"第 {notice.previous.tender} 号招标没有标段流标，也未终止"),
            ("name the tender that this one repeats", "请填写被重新招标的项目编号"),
        )  # fmt: skip
    return findings


def _ceremony(notice: Notice, ledger: TenderLedger, findings: Findings) -> None:
    ceremony = ledger.ceremony(notice.ceremony)
    if ceremony is None or not ceremony.key:
        return  # a notice with the key of no ceremony does not come to be
    plan = ceremony.plan
    if plan.book != ledger.book:
        findings.error("ceremony", "ceremony", ("its key is for another book", "该公钥用于另一合约"))
    if plan.tender not in (0, notice.tender):
        findings.error(
            "ceremony", "ceremony",
            (f"its key is for tender {plan.tender} alone; this will be {notice.tender}",
             f"该公钥仅用于第 {plan.tender} 号招标，本次为第 {notice.tender} 号"),
            ("a ceremony of the term, or of this tender", "请使用本任期或本项目的密钥"),
        )  # fmt: skip
    if notice.open_at > plan.usable_until:
        findings.error(
            "openAt", "ceremony",
            (f"the opening key ends with {rfc3339(plan.usable_until)}", "晚于开标密钥的使用期限"),
            ("open earlier, or hold a new ceremony", "请提前开标，或举行新的密钥仪式"),
        )  # fmt: skip


def _ended(notice: Notice, ledger: TenderLedger) -> bool:
    assert notice.previous is not None
    state = ledger.tender(notice.previous.tender)
    if state is None:
        return False
    lots = range(1, state.lots + 1)
    return state.cancelled or any(ledger.lot(notice.previous.tender, lot).phase == Phase.FAILED for lot in lots)


def earliest_deadline(state: TenderState, margin: int, now: int) -> int:
    """The first deadline that an amendment may have now, seconds: not before the present one, and the margin away."""
    return max(state.deadline, now + margin + SLACK)


def state_of(ledger: TenderLedger, tender: int) -> TenderState:
    """Where a tender stands. Raises NotFound."""
    state = ledger.tender(tender)
    if state is None:
        raise NotFound(
            f"there is no tender {tender} on this ledger",
            code="tender.unknown",
            field="tender",
            fix="yinxin tender list",
        )
    return state


def civil(seconds: int) -> str:
    """A second in civil time of China, as people read it: ``2026-01-31 09:00:00``."""
    return datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S")
