"""The page itself, put together from first.html and first.css."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from string import Template

from api.service.health import Ready

_HERE = files("api.service.pages")
_STYLE = _HERE.joinpath("first.css").read_text(encoding="utf-8")
_FRAME = Template(_HERE.joinpath("first.html").read_text(encoding="utf-8"))
_TRUST = _HERE.joinpath("trust.html").read_text(encoding="utf-8")

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
"""Content-Security-Policy: this one style, and nothing else."""

_PARTS = (
    ("database", "服务数据库", "service database"),
    ("registers", "各机关登记簿", "the bureaus' registers"),
    ("ledger", "账本", "ledger"),
)


def first_page(found: Ready, *, local: bool) -> str:
    """The page.

    Args:
        found: which parts answer.
        local: the service runs with a certificate authority of its own, which a phone has to be told to trust.
    """
    whole = ("ok", "运行正常", "All parts answer") if found.ready else ("bad", "部分停止应答", "A part does not answer")
    return _FRAME.substitute(
        style=_STYLE,
        state=whole[0],
        state_zh=whole[1],
        state_en=whole[2],
        parts="\n".join(_part(zh, en, getattr(found, name)) for name, zh, en in _PARTS),
        trust=_TRUST if local else "",
    )


def _part(zh: str, en: str, answers: bool) -> str:
    state, word_zh, word_en = ("ok", "正常", "answers") if answers else ("bad", "无应答", "no answer")
    return (
        f'<li class="{state}"><span class="name">{zh} <span lang="en">{escape(en)}</span></span>'
        f'<span class="word">{word_zh} <span lang="en">{word_en}</span></span></li>'
    )
