"""Drafts as text for people: TOML with a comment at every member, blank for a kind of tender or from a notice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chain.kernel.clock import CHINA
from chain.kernel.json_reader import read_json
from chain.tenders.notice.comments import COMMENTS, HEAD
from chain.tenders.notice.draft import FILLED
from chain.tenders.notice.model import Category, Notice

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_TABLES = ("bureau", "agent", "evaluation", "committee", "guarantee", "supervisor")
_LISTS = (
    "lots", "envelopes", "envelopes.form", "evaluation.criteria", "qualification", "custodians", "documents", "answers",
)  # fmt: skip
_TIMES = ("questionsUntil", "deadline", "openAt")


def render(draft: Mapping[str, Any], language: str = "") -> str:
    """A draft as TOML.

    Args:
        draft: as a draft is read; None stands for an absent member.
        language: ``zh`` or ``en`` for comments, empty for none.
    """
    lines = [f"# {line}" for line in HEAD.get(language, ())]
    _table(dict(draft), "", lines, language)
    return "\n".join(lines).strip("\n") + "\n"


def draft_of(notice: Notice, *, deadline: int = 0, open_at: int = 0) -> dict[str, Any]:
    """The draft that gives this notice again, to be changed for an amendment.

    Args:
        notice: the version in force.
        deadline: the one that holds now, if an extension moved it; open_at: the opening that holds now.
    """
    value = read_json(notice.data)
    draft = {name: part for name, part in value.items() if name not in (*FILLED, "changes")}
    previous = draft.pop("previous")
    if previous is not None:
        draft["previous"] = previous["tender"]
    draft["deadline"], draft["openAt"] = deadline or notice.deadline, open_at or notice.open_at
    for name in _TIMES:
        draft[name] = _time(draft[name])
    draft["changes"] = {"zh": "", "en": ""}
    return draft


def blank(category: Category, *, lots: int = 1, envelopes: int = 1, demo: bool = False) -> dict[str, Any]:
    """A draft to fill in; what must be written is empty, the rest is usual.

    Args:
        category: what is bought.
        lots: how many.
        envelopes: 1, or 2 with the price in the second.
        demo: periods of seconds, for trying it out.
    """
    words = {"zh": "", "en": ""}
    price = {
        "name": "price", "label": {"zh": "投标总价", "en": "total price"}, "kind": "money", "unit": "CNY",
        "least": "0.01", "required": True, "scored": True,
    }  # fmt: skip
    days = {
        "name": "period.days", "label": _PERIOD_LABELS[category], "kind": "days", "least": "1", "most": "365",
        "required": True, "scored": True,
    }  # fmt: skip
    forms = [[price, days]] if envelopes == 1 else [[days], [price]]
    periods = (
        {"questionsUntil": "+60s", "deadline": "+120s", "openAt": "+150s"}
        if demo
        else {"questionsUntil": "+10d", "deadline": "+21d", "openAt": "+22d"}
    )
    lengths = ("60s", "30s", "10s", "10s", "10s", "10s") if demo else ("10m", "2h", "30m", "15d", "3d", "10d")
    names = ("gap", "grace", "revealWindow", "amendmentMargin", "standstill", "complaintPeriod")
    return {
        "profile": "demo" if demo else "statutory",
        "title": words, "description": words, "category": category, "mandatory": True, "contact": "", **periods,
        "minimumBids": 3, "bidValidity": 90, "consortium": 0, **dict(zip(names, lengths, strict=True)), "ceremony": 0,
        "bureau": {"uscc": "", "name": ""},
        "lots": [
            {"number": number, "title": words, "quantity": "1", "unit": _UNITS[category], "ceiling": "CNY 0.00"}
            for number in range(1, lots + 1)
        ],
        "envelopes": [
            {"number": number, "officer": "", "supervisor": "", "form": form} for number, form in enumerate(forms, 1)
        ],
        "evaluation": {
            "method": "weighted-points", "price": "price", "rounding": {"places": 2, "mode": "half-up"},
            "ties": ["price", "draw"], "candidates": 3,
            "criteria": [
                {"name": "price", "label": {"zh": "价格", "en": "price"}, "weight": "50",
                 "source": {"kind": "lowest", "field": "price"}},
                {"name": "period", "label": _PERIOD_LABELS[category], "weight": "10",
                 "source": {"kind": "lowest", "field": "period.days"}},
                {"name": "quality", "label": {"zh": "质量与方案", "en": "quality and plan"}, "weight": "40",
                 "source": {"kind": "expert", "step": "0.5", "combine": "mean"}},
            ],
        },
        "committee": {"members": 5, "experts": 4},
        "qualification": [
            {"name": "licence", "label": {"zh": "有效的营业执照", "en": "a business licence in force"},
             "certificateType": "11100000MB0143028R001", "holder": "every-member"},
        ],
        "guarantee": {"percent": "2.00", "days": 30},
        "supervisor": {"name": "", "account": ""},
        "custodians": [{"account": "", "name": "", "url": ""}],
        "documents": [{"path": ""}],
    }  # fmt: skip


_PERIOD_LABELS: Mapping[str, dict[str, str]] = {
    "goods": {"zh": "交货期", "en": "days to delivery"},
    "works": {"zh": "工期", "en": "days of construction"},
    "services": {"zh": "服务准备期", "en": "days to begin"},
}
_UNITS: Mapping[str, dict[str, str]] = {
    "goods": {"zh": "套", "en": "sets"},
    "works": {"zh": "项", "en": "works"},
    "services": {"zh": "项", "en": "services"},
}


def _table(table: dict[str, Any], path: str, lines: list[str], language: str) -> None:
    """One table: first what fits a line, then the tables and lists of tables in it."""
    below: list[tuple[str, Any]] = []
    for key, value in table.items():
        inner = f"{path}.{key}" if path else key
        if value is None:
            continue
        if (inner in _TABLES and isinstance(value, dict)) or (inner in _LISTS and isinstance(value, list) and value):
            below.append((inner, value))
            continue
        comment = COMMENTS.get(inner, {}).get(language)
        if comment:
            lines.append(f"# {comment}")
        lines.append(f"{_key(key)} = {_inline(value)}")
    for inner, value in below:
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            lines.append("")
            comment = COMMENTS.get(inner, {}).get(language)
            if comment and number == 0:
                lines.append(f"# {comment}")
            lines.append(f"[[{inner}]]" if isinstance(value, list) else f"[{inner}]")
            _table(item, inner, lines, language if number == 0 else "")


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        parts = [f"{_key(key)} = {_inline(part)}" for key, part in value.items() if part is not None]
        return "{ " + ", ".join(parts) + " }" if parts else "{}"
    return "[" + ", ".join(_inline(part) for part in value) + "]"


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(text: str) -> str:
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}" for char in out) + '"'


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, CHINA).isoformat()
