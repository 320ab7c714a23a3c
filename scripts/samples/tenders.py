"""Sample tenders of organisations that belong to nobody: school desks in one lot, road works in two.

Each is a draft, as ``yinxin tender publish`` takes it. Whoever uses one says whose keys and accounts stand in it and
how long its periods are; the documents are written beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.kernel.encoding import b64url, hex0x
from chain.tenders.notice.template import render

BUREAU = "11440100000000001F"
BUREAU_NAME = "示例市教育局"
QUALIFICATION = "11440100000000001FT01"
LICENCE = "11100000MB0143028R001"

Draft = dict[str, Any]


@dataclass(frozen=True, slots=True)
class People:
    """Whose keys and accounts stand in a sample.

    Attributes:
        officer: X25519 key of the procuring officer; supervisor: of the supervisor; 32 bytes each.
        supervisor_account: 20 bytes.
        custodians: account (20 bytes), name, address of the server.
        ceremony: number of the ceremony whose key bids are sealed to.
        bureau: USCC; bureau_name: legal name.
    """

    officer: bytes
    supervisor: bytes
    supervisor_account: bytes
    custodians: Sequence[tuple[bytes, str, str]]
    ceremony: int = 1
    bureau: str = BUREAU
    bureau_name: str = BUREAU_NAME


@dataclass(frozen=True, slots=True)
class Periods:
    """Times as a draft writes them; these are a demonstration's."""

    profile: str = "demo"
    questions: str = "+20s"
    deadline: str = "+30s"
    opening: str = "+36s"
    gap: int | str = 60
    grace: int | str = 30
    reveal: int | str = 3
    margin: int | str = 5
    standstill: int | str = 5
    complaints: int | str = 5


STATUTORY = Periods(
    "statutory", "+12d", "+21d", "+22d", "10m", "2h", "30m", "15d", "3d", "10d"
)  # fmt: skip
"""Periods as the law asks for them."""


def _words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _head(people: People, periods: Periods, category: str, title: dict[str, str], text: dict[str, str]) -> Draft:
    return {
        "profile": periods.profile,
        "title": title,
        "description": text,
        "category": category,
        "mandatory": True,
        "contact": "示例市示例路1号 教育局采购办公室",
        "bureau": {"uscc": people.bureau, "name": people.bureau_name},
        "questionsUntil": periods.questions,
        "deadline": periods.deadline,
        "openAt": periods.opening,
        "minimumBids": 3,
        "bidValidity": 90,
        "consortium": 0,
        "gap": periods.gap,
        "grace": periods.grace,
        "revealWindow": periods.reveal,
        "amendmentMargin": periods.margin,
        "standstill": periods.standstill,
        "complaintPeriod": periods.complaints,
        "ceremony": people.ceremony,
        "supervisor": {"name": "示例市公共资源交易监督办公室", "account": hex0x(people.supervisor_account)},
        "custodians": [
            {"account": hex0x(account), "name": name, "url": url} for account, name, url in people.custodians
        ],
        "committee": {"members": 5, "experts": 4},
    }


def _envelope(people: People, number: int, form: list[Draft]) -> Draft:
    return {
        "number": number,
        "officer": b64url(people.officer),
        "supervisor": b64url(people.supervisor),
        "form": form,
    }


def _price() -> Draft:
    return {
        "name": "price", "label": _words("投标总价", "total price"), "kind": "money", "unit": "CNY", "least": "1",
        "required": True, "scored": True,
    }  # fmt: skip


def _licence() -> Draft:
    return {
        "name": "licence", "label": _words("有效的营业执照", "a business licence in force"), "certificateType": LICENCE,
        "holder": "every-member",
    }  # fmt: skip


def desks(people: People, periods: Periods | None = None) -> Draft:
    """Goods, one lot, one envelope, weighted points: desks and chairs for schools."""
    return {
        **_head(
            people,
            periods or Periods(),
            "goods",
            _words("中小学课桌椅采购", "Desks and chairs for schools"),
            _words("为全市中小学采购课桌椅一批。", "Desks and chairs for the schools of the city."),
        ),
        "lots": [
            {
                "number": 1,
                "title": _words("课桌椅", "desks and chairs"),
                "quantity": "12000",
                "unit": _words("套", "sets"),
                "ceiling": {"amount": "3600000.00", "currency": "CNY"},
            }
        ],
        "envelopes": [
            _envelope(
                people,
                1,
                [
                    _price(),
                    {
                        "name": "delivery.days",
                        "label": _words("交货期", "days to delivery"),
                        "kind": "days",
                        "least": "1",
                        "most": "90",
                        "scored": True,
                    },
                    {
                        "name": "warranty",
                        "label": _words("质保期", "warranty"),
                        "kind": "choice",
                        "scored": True,
                        "choices": [
                            {"value": "1y", "label": _words("一年", "one year")},
                            {"value": "3y", "label": _words("三年", "three years")},
                            {"value": "5y", "label": _words("五年", "five years")},
                        ],
                    },
                    {"name": "brand", "label": _words("品牌型号", "make and model"), "kind": "text", "required": False},
                ],
            )
        ],
        "evaluation": {
            "method": "weighted-points",
            "price": "price",
            "rounding": {"places": 2, "mode": "half-up"},
            "ties": ["price", "draw"],
            "candidates": 3,
            "abnormallyLow": {"percent": "70"},
            "criteria": [
                {
                    "name": "price",
                    "label": _words("价格", "price"),
                    "weight": "50",
                    "source": {"kind": "lowest", "field": "price"},
                },
                {
                    "name": "delivery",
                    "label": _words("交货期", "delivery"),
                    "weight": "10",
                    "source": {"kind": "linear", "field": "delivery.days", "zero": "90", "full": "30"},
                },
                {
                    "name": "warranty",
                    "label": _words("质保", "warranty"),
                    "weight": "10",
                    "source": {"kind": "choice", "field": "warranty", "points": {"1y": "2", "3y": "6", "5y": "10"}},
                },
                {
                    "name": "quality",
                    "label": _words("样品质量", "quality of samples"),
                    "weight": "30",
                    "source": {"kind": "expert", "step": "0.5", "combine": "trimmed-mean"},
                },
            ],
        },
        "qualification": [_licence()],
        "guarantee": {"percent": "2.00", "days": 30},
        "documents": [{"path": "课桌椅技术要求.txt", "mediaType": "text/plain"}],
    }


def roads(people: People, periods: Periods | None = None) -> Draft:
    """Works, two lots, two envelopes, reference price with a drawn float point: repairs of roads."""

    def lot(number: int, zh: str, en: str, ceiling: str) -> Draft:
        return {
            "number": number,
            "title": _words(zh, en),
            "quantity": "1",
            "unit": _words("项", "works"),
            "ceiling": {"amount": ceiling, "currency": "CNY"},
        }

    return {
        **_head(
            people,
            periods or Periods(),
            "works",
            _words("市政道路修缮工程", "Repairs of municipal roads"),
            _words("东、西两片区道路修缮。", "Repairs of roads in the east and the west of the city."),
        ),
        "consortium": 3,
        "lots": [
            lot(1, "东片区道路修缮", "roads in the east", "18500000.00"),
            lot(2, "西片区道路修缮", "roads in the west", "9200000.00"),
        ],
        "envelopes": [
            _envelope(
                people,
                1,
                [
                    {
                        "name": "period.days",
                        "label": _words("工期", "days of construction"),
                        "kind": "days",
                        "least": "30",
                        "most": "365",
                        "scored": True,
                    },
                    {
                        "name": "crew",
                        "label": _words("投入人员", "people on site"),
                        "kind": "integer",
                        "unit": "人",
                        "least": "1",
                        "most": "10000",
                        "scored": False,
                    },
                ],
            ),
            _envelope(people, 2, [_price()]),
        ],
        "evaluation": {
            "method": "reference-price",
            "price": "price",
            "rounding": {"places": 2, "mode": "half-up"},
            "ties": ["price", "plan", "draw"],
            "candidates": 3,
            "abnormallyLow": {"percent": "80"},
            "reference": {
                "leaveOut": {"from": 5, "highest": 1, "lowest": 1},
                "ceilingShare": "0",
                "floats": ["0", "0.5", "1", "1.5", "2", "2.5", "3"],
                "places": 2,
            },
            "criteria": [
                {
                    "name": "price",
                    "label": _words("报价", "price"),
                    "weight": "60",
                    "source": {"kind": "reference", "field": "price", "above": "1", "below": "0.5"},
                },
                {
                    "name": "plan",
                    "label": _words("施工组织设计", "plan of the works"),
                    "weight": "30",
                    "source": {"kind": "expert", "step": "0.5", "combine": "mean"},
                },
                {
                    "name": "period",
                    "label": _words("工期", "period"),
                    "weight": "10",
                    "source": {"kind": "lowest", "field": "period.days"},
                },
            ],
        },
        "qualification": [
            _licence(),
            {
                "name": "contractor",
                "label": _words("市政公用工程施工总承包二级及以上", "general contractor of grade 2 or above"),
                "certificateType": QUALIFICATION,
                "holder": "one-member",
                "validUntil": "bid-validity",
                "conditions": [
                    {
                        "field": "KZ_qualificationGrade",
                        "rule": "at-least:二级",
                        "label": _words("二级及以上", "grade 2 or above"),
                    }
                ],
            },
        ],
        "guarantee": {"percent": "1.50", "days": 30},
        "documents": [
            {"path": "道路修缮招标文件.txt", "mediaType": "text/plain"},
            {"path": "工程量清单.csv", "mediaType": "text/csv"},
        ],
    }


SAMPLES: Mapping[str, Callable[[People, Periods | None], Draft]] = {"desks": desks, "roads": roads}
_TEXTS = {
    "课桌椅技术要求.txt": "课桌椅技术要求(示例)\n桌面高度可调,符合国家标准。\n" * 20,
    "道路修缮招标文件.txt": "道路修缮招标文件(示例)\n" * 40,
    "工程量清单.csv": "编号,项目,单位,数量\n1,沥青面层,平方米,12000\n2,路缘石,米,3400\n",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A sample on disk: the draft's file, and its documents."""

    draft: Path
    documents: tuple[Path, ...] = field(default=())


def write(folder: Path, draft: Draft, name: str = "draft.toml") -> Written:
    """Write a draft and its documents into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = []
    for document in draft["documents"]:
        if "path" in document:
            path = folder / document["path"]
            path.write_text(_TEXTS[document["path"]], encoding="utf-8")
            documents.append(path)
    file = folder / name
    file.write_text(render(draft), encoding="utf-8")
    return Written(file, tuple(documents))
