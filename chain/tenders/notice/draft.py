"""From a draft that a person fills in to the members of a notice.

A draft is a notice written more easily: times as text or as a distance from now, periods as ``3d``, sums as
``500万元``, one text where Chinese alone will do, documents as paths, absent members for none. What a machine knows
better (ledger, number, opening key, digests) it fills in. Nothing is guessed: what cannot be read is a finding.
"""

from __future__ import annotations

import mimetypes
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chain.catalogue.amounts import read_amount
from chain.catalogue.problems import Problem
from chain.kernel.clock import parse_time
from chain.kernel.encoding import b64url, hex0x, sha256_file
from chain.kernel.errors import InvalidInput
from chain.kernel.json_reader import read_json
from chain.sealing import curve
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.model import FORMAT, Notice
from chain.tenders.notice.reading import LARGEST_DOCUMENT, look_at

LARGEST_DRAFT = 4 * 2**20
OCID_PREFIX = "ocds-yinxin"
FILLED = ("format", "genesis", "chainId", "book", "tender", "number", "amends", "openingKey")
"""Members that a draft leaves to the program."""

_DISTANCE = re.compile(r"\+([0-9]{1,9})([smhd])\Z")
_DAY = re.compile(r"\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\s*\Z")
_PERIOD = re.compile(r"([0-9]{1,9})([smhd])\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_TIMES = ("questionsUntil", "deadline", "openAt")
_PERIODS = ("gap", "grace", "revealWindow", "amendmentMargin", "standstill", "complaintPeriod")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice will stand, and what is known there.

    Attributes:
        genesis: of the ledger, 32 bytes; chain_id: EIP-155; book: TenderBook, 20 bytes.
        tender: the number it will have.
        now: the chain's clock, seconds.
        opening_key: gives the key in force of a ceremony, 96 bytes, empty if there is none.
        notice_of: gives the digest of the newest notice of a tender of this book, for a re-tender; None if unknown.
    """

    genesis: bytes
    chain_id: int
    book: bytes
    tender: int
    now: int
    opening_key: Callable[[int], bytes]
    notice_of: Callable[[int], bytes | None]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of a draft.

    Attributes:
        notice: if nothing must be mended, else None.
        findings: of every kind but the law's.
        files: digest of a document to the file that has it; documents kept from an earlier version are not among them.
    """

    notice: Notice | None
    findings: Findings
    files: Mapping[bytes, Path] = field(default_factory=dict)


def read_draft(path: Path) -> dict[str, Any]:
    """A draft as plain data, from TOML or JSON. Raises InvalidInput."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{path}: cannot be read", code="draft.file", field="draft", fix="name the draft's file"
        ) from error  # fmt: skip
    try:
        if len(data) > LARGEST_DRAFT:
            raise ValueError(f"more than {LARGEST_DRAFT} bytes")
        value = read_json(data) if path.suffix == ".json" else tomllib.loads(data.decode("utf-8"))
        if not isinstance(value, dict):
            raise ValueError("no object")
    except ValueError as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise InvalidInput(
            f"{path}: not {kind}: {error}", code="draft.form", field="draft",
            fix="text stands in quotation marks; begin with: yinxin tender draft goods",
        ) from error  # fmt: skip
    return value


def make_notice(draft: Mapping[str, Any], folder: Path, place: Place, before: Notice | None = None) -> Drafted:
    """The notice that a draft gives, or everything that is wrong with it.

    Args:
        draft: as :func:`read_draft` gives it.
        folder: from which paths of documents count.
        place: where it will stand.
        before: the version in force, for an amendment.
    """
    return _Maker(draft, folder, place, before).make()


class _Maker:
    def __init__(self, draft: Mapping[str, Any], folder: Path, place: Place, before: Notice | None) -> None:
        self._draft, self._folder, self._place, self._before = draft, folder, place, before
        self._findings = Findings()
        self._files: dict[bytes, Path] = {}

    def make(self) -> Drafted:
        value = {name: part for name, part in self._draft.items() if name not in FILLED}
        for name in sorted(set(self._draft) & set(FILLED)):
            self._findings.error(
                name,
                "filled",
                ("is filled in by the program", "此项由程序填写"),
                ("take it out of the draft", "请从草稿中删去"),
            )
        place, before = self._place, self._before
        value |= {
            "format": FORMAT, "genesis": hex0x(place.genesis), "chainId": place.chain_id, "book": hex0x(place.book),
            "tender": place.tender, "number": before.number + 1 if before else 0,
            "amends": hex0x(before.digest) if before else None,
        }  # fmt: skip
        value["ocid"] = value.get("ocid") or self._ocid()
        for name in ("agent", "guarantee", "changes"):
            value.setdefault(name, None)
        for name, default in (("contact", ""), ("consortium", 0), ("qualification", []), ("documents", [])):
            value.setdefault(name, default)
        self._previous(value)
        for name in ("title", "description", "changes"):
            self._words(value, name)
        for name in _TIMES:
            if name in value:
                value[name] = self._time(value[name], name)
        for name in _PERIODS:
            if name in value:
                value[name] = self._period(value[name], name)
        self._each(value, "lots", self._lot)
        self._each(value, "envelopes", self._envelope)
        self._each(value, "qualification", self._rule)
        self._each(value, "documents", self._document)
        self._evaluation(value)
        self._guarantee(value)
        self._key(value)
        notice, found = look_at(value)
        self._findings.add(found)
        return Drafted(None if self._findings.errors else notice, self._findings, self._files)

    # --------------------------------------------------------------- what the program knows

    def _ocid(self) -> str:
        if self._before is not None:
            return self._before.ocid
        return f"{OCID_PREFIX}-{self._place.book.hex()[:12]}-{self._place.tender}"

    def _key(self, value: dict[str, Any]) -> None:
        number = value.get("ceremony")
        key = b""
        if isinstance(number, int) and number >= 1:
            key = self._place.opening_key(number)
        if isinstance(number, int) and number >= 1 and not key:
            self._findings.error(
                "ceremony",
                "ceremony",
                (f"ceremony {number} has no key in force", f"第 {number} 次密钥仪式没有生效的公钥"),
                ("hold it first: yinxin keyholder", "请先完成密钥生成仪式"),
            )
        # Without a key the ceremony is the finding, and this only keeps the rest readable.
        value["openingKey"] = b64url(key or curve.GENERATOR.to_compressed_bytes())

    def _previous(self, value: dict[str, Any]) -> None:
        number = value.setdefault("previous", None)
        if type(number) is not int:
            return
        digest = self._place.notice_of(number)
        if digest is None:
            self._findings.error(
                "previous", "previous", (f"there is no tender {number} in this book", f"没有第 {number} 号招标"),
                ("the number of the tender that failed", "请填写流标项目的编号"),
            )  # fmt: skip
        value["previous"] = {
            "book": hex0x(self._place.book), "tender": number, "notice": hex0x(digest or bytes(32))
        }  # fmt: skip

    # --------------------------------------------------------------- easier ways to write

    def _each(self, value: dict[str, Any], name: str, change: Callable[[dict[str, Any], str], None]) -> None:
        items = value.get(name)
        if isinstance(items, list):
            value[name] = [dict(item) if isinstance(item, dict) else item for item in items]
            for place, item in enumerate(value[name]):
                if isinstance(item, dict):
                    change(item, f"{name}[{place}]")

    def _words(self, value: dict[str, Any], name: str) -> None:
        said = value.get(name)
        if isinstance(said, str):
            value[name] = {"zh": said.strip(), "en": ""}
        elif isinstance(said, dict):
            value[name] = {"zh": "", "en": "", **said}

    def _lot(self, lot: dict[str, Any], path: str) -> None:
        for name in ("title", "description", "unit"):
            self._words(lot, name)
        lot.setdefault("description", None)
        lot.setdefault("ceiling", None)
        self._decimals(lot, "quantity")
        self._money(lot, "ceiling", path)

    def _envelope(self, envelope: dict[str, Any], path: str) -> None:
        def one(item: dict[str, Any], _path: str) -> None:
            self._words(item, "label")
            for name, default in (
                ("unit", ""), ("least", None), ("most", None), ("choices", []), ("required", True), ("scored", False),
            ):  # fmt: skip
                item.setdefault(name, default)
            self._decimals(item, "least", "most")
            self._each(item, "choices", lambda choice, _: self._words(choice, "label"))

        self._each(envelope, "form", one)

    def _rule(self, rule: dict[str, Any], _path: str) -> None:
        self._words(rule, "label")
        for name, default in (
            ("issuers", []), ("conditions", []), ("holder", "bidder"), ("validUntil", "deadline"), ("required", True),
        ):  # fmt: skip
            rule.setdefault(name, default)
        self._each(rule, "conditions", lambda condition, _: self._words(condition, "label"))

    def _evaluation(self, value: dict[str, Any]) -> None:
        said = value.get("evaluation")
        if not isinstance(said, dict):
            return
        value["evaluation"] = said = dict(said)
        for name, default in (
            ("criteria", []),
            ("reference", None),
            ("abnormallyLow", None),
            ("rounding", {"places": 2, "mode": "half-up"}),
        ):
            said.setdefault(name, default)

        def one(item: dict[str, Any], _path: str) -> None:
            self._words(item, "label")
            self._decimals(item, "weight")
            if isinstance(item.get("source"), dict):
                item["source"] = dict(item["source"])
                self._decimals(item["source"], "step", "zero", "full", "above", "below")
                if isinstance(item["source"].get("points"), dict):
                    points = dict(item["source"]["points"])
                    self._decimals(points, *points)
                    item["source"]["points"] = points

        self._each(said, "criteria", one)
        for name in ("reference", "abnormallyLow"):
            if isinstance(said.get(name), dict):
                said[name] = dict(said[name])
                self._decimals(said[name], "ceilingShare", "percent")
        if isinstance(said["reference"], dict) and isinstance(said["reference"].get("floats"), list):
            floats = said["reference"]["floats"]
            said["reference"]["floats"] = [str(one) if type(one) is int else one for one in floats]

    def _guarantee(self, value: dict[str, Any]) -> None:
        said = value["guarantee"]
        if not isinstance(said, dict):
            return
        value["guarantee"] = said = dict(said)
        for name, default in (("amount", None), ("percent", None), ("certificateType", ""), ("issuers", [])):
            said.setdefault(name, default)
        self._decimals(said, "percent")
        self._money(said, "amount", "guarantee")

    def _decimals(self, value: dict[str, Any], *names: str) -> None:
        for name in names:
            if type(value.get(name)) is int:
                value[name] = str(value[name])

    def _money(self, value: dict[str, Any], name: str, path: str) -> None:
        said = value.get(name)
        if not isinstance(said, str):
            return
        notes: list[Problem] = []
        found = read_amount(said, notes)
        if found is None:
            problem = notes[0]
            self._findings.error(
                f"{path}.{name}", "money", (problem.message, problem.message_zh), (problem.fix, problem.fix_zh)
            )  # fmt: skip
            found = "CNY 1.00"
        value[name] = {"amount": found[4:], "currency": found[:3]}

    def _time(self, said: Any, name: str) -> Any:
        if isinstance(said, date):  # a datetime is one, too
            said = said.isoformat()
        if not isinstance(said, str):
            return said
        if _DAY.match(said):
            self._findings.error(
                name, "time_day",
                (f"{said} names no time of day; it would mean 00:00", f"{said} 未写时刻，会被当作当日 00:00"),
                (f"{said}T09:00:00+08:00, say", f"如 {said}T09:00:00+08:00"),
            )  # fmt: skip
            return 1
        if (found := _DISTANCE.match(said)) is not None:
            return self._place.now + int(found[1]) * _SECONDS[found[2]]
        try:
            return parse_time(said, field=name)
        except InvalidInput:
            self._findings.error(
                name,
                "time",
                (f"{said!r} is no time", f"“{said}”不是时间"),
                (
                    "such as 2026-01-31T09:00:00+08:00, or +20d from now",
                    "如 2026-01-31T09:00:00+08:00，或自现在起 +20d",
                ),
            )
            return 1

    def _period(self, said: Any, name: str) -> Any:
        if not isinstance(said, str):
            return said
        if (found := _PERIOD.match(said)) is not None:
            return int(found[1]) * _SECONDS[found[2]]
        self._findings.error(
            name,
            "period",
            (f"{said!r} is no period", f"“{said}”不是时长"),
            ("such as 3d, 12h, 30m, 90s", "如 3d、12h、30m、90s"),
        )
        return 1

    def _document(self, document: dict[str, Any], path: str) -> None:
        if "path" not in document:
            return
        name = document.pop("path")
        file = self._folder / name if isinstance(name, str) else self._folder
        try:
            digest, size = sha256_file(file)
        except OSError:
            self._findings.error(
                f"{path}.path", "document", (f"{name}: cannot be read", f"{name}：无法读取"),
                ("a path from the draft's folder", "请写相对于草稿所在目录的路径"),
            )  # fmt: skip
            digest, size = bytes(32), 1
        if not 0 < size <= LARGEST_DOCUMENT:
            self._findings.error(
                f"{path}.path", "document_size",
                (f"{name}: {size} bytes; 1 to {LARGEST_DOCUMENT} can be stored", f"{name}：{size} 字节，超出可存范围"),
                ("split or compress it", "请拆分或压缩"),
            )  # fmt: skip
            size = 1
        self._files[digest] = file
        document.setdefault("name", file.name)
        document.setdefault("mediaType", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        document.update(digest=b64url(digest), size=size)
