"""What a bidder fills in (``yinxin-bid-draft-1``): figures, files, certificates, as JSON for people and programs.

A draft is made from the notice with everything in it that must be filled in. It is read leniently in spaces and order
and strictly in names: a misspelt member would silently be left out of a bid.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.kernel.errors import InvalidInput
from chain.kernel.json_reader import read_json
from chain.sealing import Source
from chain.tenders.bidding.members import exactly, fault, listed, number, text
from chain.tenders.notice import Notice

DRAFT_FORMAT = "yinxin-bid-draft-1"
_LARGEST = 4 * 2**20
_FIX = "see docs/bidding.md, or write a new draft: yinxin bid start --draft"


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate to be attached.

    Attributes:
        path: its SD-JWT or evidence bundle.
        rule: name of the notice's rule that it answers; empty for what is shown besides.
        fields: which fields are disclosed besides those that the rule looks at.
    """

    path: Path
    rule: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvelopeDraft:
    """What goes into one envelope: ``form`` name to value, ``documents`` in order."""

    number: int
    form: Mapping[str, str]
    documents: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole draft.

    Attributes:
        tender: its number.
        lot: 1, 2, 3 …
        envelopes: in order, 1 or 2 of them.
        certificates: shown in envelope 1.
        guarantee: file of the guarantee 保函: an SD-JWT or bundle, or None.
    """

    tender: int
    lot: int
    envelopes: tuple[EnvelopeDraft, ...]
    certificates: tuple[Shown, ...] = ()
    guarantee: Path | None = None
    folder: Path = field(default_factory=Path)


def blank(notice: Notice, lot: int) -> bytes:
    """A draft with every figure of the notice's forms, empty; for people, so indented."""
    value = {
        "format": DRAFT_FORMAT,
        "tender": notice.tender,
        "lot": lot,
        "envelopes": [
            {"number": one.number, "form": {line.name: "" for line in one.form}, "documents": []}
            for one in notice.envelopes
        ],
        "certificates": [
            {"path": "", "rule": rule.name, "fields": []} for rule in notice.qualification if rule.required
        ],
        "guarantee": None,
    }
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def read_draft(data: bytes, folder: Path) -> Draft:
    """Read a draft; paths are taken from ``folder``.

    Raises:
        InvalidInput: not JSON, or other members; names the member.
    """
    try:
        value = read_json(data) if len(data) <= _LARGEST else None
    except ValueError as error:
        raise InvalidInput(f"the draft is not JSON ({error})", code="bidding.draft", field="draft", fix=_FIX) from error
    names = {"format", "tender", "lot", "envelopes", "certificates", "guarantee"}
    if not isinstance(value, dict) or value.get("format") != DRAFT_FORMAT:
        raise fault("format", f"only {DRAFT_FORMAT} is known", fix=_FIX)
    members = exactly(value, names, "draft")
    envelopes = tuple(
        _envelope(item, folder, f"envelopes[{at}]", at + 1)
        for at, item in enumerate(listed(members["envelopes"], "envelopes", least=1, most=2))
    )
    guarantee = members["guarantee"]
    return Draft(
        number(members["tender"], "tender", least=1),
        number(members["lot"], "lot", least=1, most=2**32 - 1),
        envelopes,
        tuple(
            _shown(item, folder, f"certificates[{at}]")
            for at, item in enumerate(listed(members["certificates"], "certificates", most=200))
            if not (isinstance(item, dict) and item.get("path") == "")
        ),
        None if guarantee in (None, "") else folder / text(guarantee, "guarantee", most=1000),
        folder,
    )


def _envelope(item: Any, folder: Path, at: str, wanted: int) -> EnvelopeDraft:
    members = exactly(item, {"number", "form", "documents"}, at)
    if members["number"] != wanted:
        raise fault(f"{at}.number", f"{wanted}: envelopes stand in order")
    form = members["form"]
    if not isinstance(form, dict) or not all(isinstance(one, str) for one in form.values()):
        raise fault(f"{at}.form", "an object of texts; amounts as text, too", fix='write "1234567.00" with quotes')
    documents = []
    for place, one in enumerate(listed(members["documents"], f"{at}.documents", most=10_000)):
        where = f"{at}.documents[{place}]"
        parts = exactly(one, {"name", "mediaType", "path"}, where)
        documents.append(
            Source(
                text(parts["name"], f"{where}.name", most=200),
                text(parts["mediaType"], f"{where}.mediaType", most=100),
                folder / text(parts["path"], f"{where}.path", most=1000),
            )
        )
    return EnvelopeDraft(wanted, {name: value for name, value in form.items() if value != ""}, tuple(documents))


def _shown(item: Any, folder: Path, at: str) -> Shown:
    members = exactly(item, {"path", "rule", "fields"}, at)
    fields = [text(one, f"{at}.fields", most=100) for one in listed(members["fields"], f"{at}.fields", most=100)]
    rule = members["rule"]
    if not isinstance(rule, str):
        raise fault(f"{at}.rule", "name of a rule of the notice, or empty")
    return Shown(folder / text(members["path"], f"{at}.path", most=1000), rule, tuple(fields))
