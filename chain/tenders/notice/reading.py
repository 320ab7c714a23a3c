"""From bytes to a notice, with exactly the members of docs/formats/notice.md; everything else is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import LAST
from chain.kernel.errors import InvalidInput
from chain.sealing import curve
from chain.sealing.manifest import check_name
from chain.tenders.notice.evaluation import read_evaluation
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.form import MOST_FIELDS, read_field
from chain.tenders.notice.members import Members
from chain.tenders.notice.model import (
    CATEGORIES,
    FORMAT,
    PROFILES,
    Committee,
    Custodian,
    Envelope,
    Lot,
    Notice,
    Organisation,
    Previous,
    Supervisor,
    TenderDocument,
)
from chain.tenders.notice.qualification import read_guarantee, read_rule
from chain.tenders.notice.rules import rule_findings

LARGEST = 4 * 2**20
"""Most bytes of a notice."""

MOST_LOTS, MOST_CUSTODIANS, MOST_DOCUMENTS = 256, 16, 1_000
LARGEST_DOCUMENT = 64 * 2**20
"""Most bytes of a document: what a board takes."""

_UINT32 = 2**32 - 1
_OCID = re.compile(r"ocds-[a-z0-9]{6}-[A-Za-z0-9._-]{1,100}\Z")
_MEDIA_TYPE = re.compile(r"[!-~]{1,100}\Z")

MEMBERS = (
    "format", "profile", "genesis", "chainId", "book", "tender", "number", "amends", "changes", "previous", "ocid",
    "bureau", "agent", "contact", "title", "description", "category", "mandatory", "lots", "envelopes", "consortium",
    "evaluation", "committee", "qualification", "guarantee", "bidValidity", "minimumBids", "questionsUntil", "deadline",
    "openAt", "gap", "grace", "revealWindow", "amendmentMargin", "standstill", "complaintPeriod", "ceremony",
    "openingKey", "custodians", "supervisor", "documents",
)  # fmt: skip
"""All members of a notice."""


def read_notice(data: bytes) -> Notice:
    """The notice that these bytes are.

    Raises:
        InvalidInput: not in its one form, or a rule is broken; names the first member at fault.
    """
    value = read_canonical(data, what="notice", limit=LARGEST)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise InvalidInput(
            f"format: only {FORMAT} is known", code="notice.format", field="format", fix="a newer program may read it"
        )
    notice, findings = look_at(value)
    findings.raise_first("notice")
    assert notice is not None
    return notice


def look_at(value: Any) -> tuple[Notice | None, Findings]:
    """Everything that is wrong with what may become a notice; the notice itself only if no error was found.

    Args:
        value: as read from JSON.
    """
    findings = Findings()
    members = Members(value, "", MEMBERS, findings)
    notice = _read(members)
    findings.add(rule_findings(notice))
    if findings.errors:
        return None, findings
    data = canonical(value)
    if len(data) > LARGEST:
        findings.error("notice", "size", (f"more than {LARGEST} bytes", f"超过 {LARGEST} 字节"))
        return None, findings
    return _read(members, data), findings


def _read(members: Members, data: bytes = b"") -> Notice:
    findings = members.findings
    members.choice("format", (FORMAT,))

    def listed(name: str, reader: Callable[[Any, str, Findings], Any], least: int, most: int) -> tuple[Any, ...]:
        return members.items(name, lambda value, path: reader(value, path, findings), least=least, most=most)

    def time(name: str) -> int:
        return members.integer(name, 1, LAST)

    def period(name: str, least: int) -> int:
        return members.integer(name, least, _UINT32)

    return Notice(
        data=data,
        profile=members.choice("profile", PROFILES),  # type: ignore[arg-type]  # one of PROFILES
        genesis=members.hex("genesis", 32),
        chain_id=members.integer("chainId", 1),
        book=members.hex("book", 20),
        tender=members.integer("tender", 1),
        number=members.integer("number", 0, _UINT32),
        amends=members.optional("amends", lambda name: members.hex(name, 32)),
        changes=members.optional("changes", lambda name: members.words(name, most=5_000, lines=True)),
        previous=members.optional("previous", lambda name: _previous(members, name)),
        ocid=_ocid(members),
        bureau=_organisation(members, "bureau"),
        agent=members.optional("agent", lambda name: _organisation(members, name)),
        contact=members.text("contact", least=0, most=500, lines=True),
        title=members.words("title", most=200),
        description=members.words("description", most=10_000, lines=True),
        category=members.choice("category", CATEGORIES),  # type: ignore[arg-type]  # one of CATEGORIES
        mandatory=members.boolean("mandatory"),
        lots=listed("lots", _lot, 1, MOST_LOTS),
        envelopes=listed("envelopes", _envelope, 1, 2),
        consortium=members.integer("consortium", 0, 20),
        evaluation=read_evaluation(members),
        committee=_committee(members),
        qualification=listed("qualification", read_rule, 0, 100),
        guarantee=members.optional("guarantee", lambda name: read_guarantee(members, name)),
        bid_validity=members.integer("bidValidity", 1, 3_650),
        minimum_bids=members.integer("minimumBids", 1, _UINT32),
        questions_until=time("questionsUntil"),
        deadline=time("deadline"),
        open_at=time("openAt"),
        gap=period("gap", 1),
        grace=period("grace", 1),
        reveal_window=period("revealWindow", 0),
        amendment_margin=period("amendmentMargin", 0),
        standstill=period("standstill", 0),
        complaint_period=period("complaintPeriod", 0),
        ceremony=members.integer("ceremony", 1),
        opening_key=_opening_key(members),
        custodians=listed("custodians", _custodian, 1, MOST_CUSTODIANS),
        supervisor=_supervisor(members),
        documents=listed("documents", _document, 0, MOST_DOCUMENTS),
    )


def _organisation(members: Members, name: str) -> Organisation:
    inner = members.object(name, ("uscc", "name"))
    return Organisation(inner.uscc("uscc"), inner.text("name", most=200))


def _previous(members: Members, name: str) -> Previous:
    inner = members.object(name, ("book", "tender", "notice"))
    return Previous(inner.hex("book", 20), inner.integer("tender", 1), inner.hex("notice", 32))


def _committee(members: Members) -> Committee:
    inner = members.object("committee", ("members", "experts"))
    return Committee(inner.integer("members", 1, 1_000), inner.integer("experts", 0, 1_000))


def _supervisor(members: Members) -> Supervisor:
    inner = members.object("supervisor", ("name", "account"))
    return Supervisor(inner.text("name", most=200), inner.hex("account", 20))


def _lot(value: Any, path: str, findings: Findings) -> Lot:
    names = ("number", "title", "description", "quantity", "unit", "ceiling")
    members = Members(value, path, names, findings)
    return Lot(
        members.integer("number", 1, MOST_LOTS),
        members.words("title", most=200),
        members.optional("description", lambda name: members.words(name, most=5_000, lines=True)),
        members.decimal("quantity"),
        members.words("unit", most=20),
        members.optional("ceiling", members.money),
    )


def _envelope(value: Any, path: str, findings: Findings) -> Envelope:
    members = Members(value, path, ("number", "officer", "supervisor", "form"), findings)
    return Envelope(
        members.integer("number", 1, 2),
        members.base64("officer", 32),
        members.base64("supervisor", 32),
        members.items("form", lambda item, at: read_field(item, at, findings), least=0, most=MOST_FIELDS),
    )


def _custodian(value: Any, path: str, findings: Findings) -> Custodian:
    members = Members(value, path, ("account", "name", "url"), findings)
    return Custodian(members.hex("account", 20), members.text("name", most=200), members.url("url"))


def _document(value: Any, path: str, findings: Findings) -> TenderDocument:
    members = Members(value, path, ("name", "mediaType", "size", "digest"), findings)
    name = members.text("name", most=200)
    try:
        if name:
            check_name(name)
    except InvalidInput as error:
        findings.error(members.at("name"), "file_name", (error.message, "应为普通文件名"), ("rename it", "请改名"))
    media_type = members.text("mediaType", most=100)
    if media_type and not _MEDIA_TYPE.match(media_type):
        findings.error(members.at("mediaType"), "media_type", ("such as application/pdf", "如 application/pdf"))
    return TenderDocument(
        name, media_type, members.integer("size", 1, LARGEST_DOCUMENT), members.base64("digest", 32)
    )  # fmt: skip


def _ocid(members: Members) -> str:
    found = members.text("ocid", most=120)
    if found and not _OCID.match(found):
        members.findings.error(
            "ocid",
            "ocid",
            ("an OCDS id", "应为 OCDS 编号"),
            ("ocds-, the publisher's prefix, -, and a number of yours", "ocds- 加发布方前缀、“-” 与自编号"),
        )
    return found


def _opening_key(members: Members) -> bytes:
    key = members.base64("openingKey", 96)
    if not any(one.field == "openingKey" for one in members.findings):
        try:
            curve.read_g2(key, field="openingKey")
        except InvalidInput:
            members.findings.error(
                "openingKey", "opening_key", ("no key of the curve", "不是曲线上的公钥"),
                ("copy it from the ceremony", "请从密钥仪式结果复制"),
            )  # fmt: skip
    return key
