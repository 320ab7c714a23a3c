"""Reading the members of an object strictly, with every fault noted instead of the first one raised.

A reader gives a harmless value for what is at fault, so that the rest can be looked at; whoever reads must ask the
findings before using what came out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from chain.identifiers import uscc
from chain.kernel.encoding import unb64url, unhex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.findings import Findings, Text

Part = TypeVar("Part")

LONGEST = 10_000
"""Most characters of any text."""

MOST = 2**53 - 1
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?\Z")
_MONEY = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*\Z")
_TYPE = re.compile(r"[0-9A-Z]{18}[0-9A-Z]{3}\Z")
_URL = re.compile(r"https?://[^\s/?#]+(?::[0-9]+)?(?:/[^\s?#]*)?\Z")


@dataclass(frozen=True, slots=True)
class Words:
    """The same text in Chinese and in English; one of them may be empty, not both."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """In the language asked for (``zh`` or ``en``), or in the other if it is missing."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: exact, two places, with its currency (ISO 4217)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.2f}"


class Members:
    """The members of one object.

    Args:
        value: what was read from JSON.
        path: where it stands, such as ``lots[0]``; empty for the whole document.
        names: all members; each must be there, and no other.
        findings: where faults go.
        missing: the object itself is missing, which was said already.
    """

    def __init__(
        self, value: Any, path: str, names: Iterable[str], findings: Findings, *, missing: bool = False
    ) -> None:
        self.path = path
        self.findings = findings
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        wanted = tuple(names)
        if not isinstance(value, dict):
            listed = ", ".join(wanted)
            if not missing:
                self._fault("", "object", (f"an object with the members {listed}", f"应为含 {listed} 的对象"))
            self._missing = set(wanted)
            return
        self._missing = set(wanted) - set(value)
        for name in wanted:
            if name in self._missing:
                self._fault(name, "missing", ("is missing", "缺少此项"), ("write it down", "请填写"))
        for name in sorted(set(value) - set(wanted)):
            self._fault(
                str(name), "unknown", ("is not a member here", "此处没有这一项"), ("take it out", "请删去")
            )  # fmt: skip

    def at(self, name: str) -> str:
        """Path of a member."""
        return f"{self.path}.{name}" if self.path and name else self.path or name

    def has(self, name: str) -> bool:
        """True if the member is there."""
        return name not in self._missing

    def raw(self, name: str) -> Any:
        """A member as it is; None if it is missing."""
        return self._value.get(name)

    def text(self, name: str, *, least: int = 1, most: int = 500, lines: bool = False) -> str:
        """Text of ``least`` to ``most`` characters, in form NFC, without control characters."""
        value = self._value.get(name)
        if isinstance(value, str) and least <= len(value) <= most and _is_clean(value, lines):
            return value
        return self._default(
            name, "", "text",
            (f"text of {least} to {most} characters", f"应为 {least} 至 {most} 个字的文字"),
            ("no control characters, no blanks at the ends", "不得有控制字符，首尾不得有空格"),
        )  # fmt: skip

    def words(self, name: str, *, most: int = 500, lines: bool = False) -> Words:
        """An object ``{"zh", "en"}``; at least one of them not empty."""
        value = self._value.get(name)
        if isinstance(value, dict) and set(value) == {"zh", "en"}:
            inner = Members(value, self.at(name), ("zh", "en"), self.findings)
            found = Words(
                inner.text("zh", least=0, most=most, lines=lines), inner.text("en", least=0, most=most, lines=lines)
            )
            if found.zh or found.en:
                return found
            self._fault(name, "words", ("is empty", "内容为空"), ("write it in zh, en or both", "请填写中文或英文"))
            return found
        return self._default(
            name, Words("", ""), "words", ("two texts, zh and en", "应为 zh、en 两项文字"),
            ('write { zh = "…", en = "…" }; one may be ""', '写作 { zh = "…", en = "…" }，其一可为空'),
        )  # fmt: skip

    def integer(self, name: str, least: int, most: int = MOST) -> int:
        """A whole number within bounds."""
        value = self._value.get(name)
        if type(value) is int and least <= value <= most:
            return value
        bound = f"{least} to {most}" if most != MOST else f"at least {least}"
        bound_zh = f"{least} 至 {most}" if most != MOST else f"不小于 {least}"
        return self._default(name, least, "integer", (f"a whole number, {bound}", f"应为整数，{bound_zh}"))

    def boolean(self, name: str) -> bool:
        """True or false."""
        value = self._value.get(name)
        if isinstance(value, bool):
            return value
        return self._default(name, False, "boolean", ("true or false", "应为 true 或 false"))

    def decimal(self, name: str, *, most: Decimal | None = None, places: int = 6) -> Decimal:
        """An exact decimal as text, not negative."""
        value = self._value.get(name)
        found = read_decimal(value, places)
        if found is not None and (most is None or found <= most):
            return found
        bound = f", at most {most}" if most is not None else ""
        bound_zh = f"，不大于 {most}" if most is not None else ""
        return self._default(
            name, Decimal(0), "decimal",
            (f"an exact decimal as text{bound}", f"应为以文字写出的精确小数{bound_zh}"),
            (f'such as "30.00", at most {places} places', f"如 \"30.00\"，最多 {places} 位小数"),
        )  # fmt: skip

    def choice(self, name: str, values: tuple[str, ...]) -> str:
        """One of some words."""
        value = self._value.get(name)
        if isinstance(value, str) and value in values:
            return value
        listed = ", ".join(values)
        return self._default(name, values[0], "choice", (f"one of {listed}", f"应为以下之一：{listed}"))

    def name(self, name: str) -> str:
        """A short technical name: lower-case letters, digits, ``.`` and ``-``."""
        value = self._value.get(name)
        if isinstance(value, str) and len(value) <= 64 and _NAME.match(value):
            return value
        return self._default(
            name, "", "name", ("a short name in small letters", "应为小写英文短名"),
            ("letters, digits, '.' and '-', such as delivery.days", "用字母、数字、“.”与“-”，如 delivery.days"),
        )  # fmt: skip

    def hex(self, name: str, size: int) -> bytes:
        """Bytes as lower-case 0x hexadecimal."""
        return self._bytes(name, size, unhex0x, "0x hexadecimal", "0x 十六进制")

    def base64(self, name: str, size: int) -> bytes:
        """Bytes as base64url without padding."""
        return self._bytes(name, size, unb64url, "base64url", "base64url")

    def uscc(self, name: str) -> str:
        """A unified social credit code."""
        value = self._value.get(name)
        if isinstance(value, str) and is_uscc(value):
            return value
        return self._default(
            name, "", "uscc", ("a unified social credit code", "应为统一社会信用代码"),
            ("18 characters; look for a mistyped one", "18 位；请核对是否有误"),
        )  # fmt: skip

    def certificate_type(self, name: str) -> str:
        """Code of a certificate type, 21 characters."""
        value = self._value.get(name)
        if isinstance(value, str) and _TYPE.match(value):
            return value
        return self._default(
            name, "", "type", ("the code of a certificate type", "应为证照类型代码"), ("21 characters", "21 位")
        )

    def url(self, name: str) -> str:
        """Base address of a server."""
        value = self._value.get(name)
        if isinstance(value, str) and len(value) <= 200 and _URL.match(value):
            return value
        return self._default(
            name, "", "url", ("an http address", "应为 http 地址"), ("such as https://custody.example", "如 https://…")
        )

    def money(self, name: str) -> Money:
        """``{"amount": "5000000.00", "currency": "CNY"}``."""
        inner = self.object(name, ("amount", "currency"))
        amount, currency = inner.raw("amount"), inner.raw("currency")
        if not isinstance(amount, str) or not _MONEY.match(amount):
            inner._default(
                "amount", None, "money", ("an amount with two places, as text", "应为带两位小数、以文字写出的金额"),
                ('such as "5000000.00"', '如 "5000000.00"'),
            )  # fmt: skip
            amount = "0.00"
        if not isinstance(currency, str) or not _CURRENCY.match(currency):
            inner._default("currency", None, "currency", ("a currency such as CNY", "应为币种代码，如 CNY"))
            currency = "CNY"
        return Money(Decimal(amount), currency)

    def optional(self, name: str, reader: Callable[[str], Part]) -> Part | None:
        """What ``reader`` makes of the member, or None if it is null."""
        if name in self._missing or (name in self._value and self._value[name] is None):
            return None
        return reader(name)

    def object(self, name: str, names: Iterable[str]) -> Members:
        """A member that is an object."""
        return Members(self._value.get(name), self.at(name), names, self.findings, missing=not self.has(name))

    def items(self, name: str, reader: Callable[[Any, str], Part], *, least: int, most: int) -> tuple[Part, ...]:
        """A list; ``reader`` gets each item and its path."""
        value = self._value.get(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            return self._default(
                name, (), "list", (f"a list of {least} to {most}", f"应为 {least} 至 {most} 项的列表")
            )  # fmt: skip
        return tuple(reader(item, f"{self.at(name)}[{place}]") for place, item in enumerate(value))

    def _bytes(self, name: str, size: int, reader: Callable[..., bytes], en: str, zh: str) -> bytes:
        value = self._value.get(name)
        try:
            data = reader(value, field=self.at(name)) if isinstance(value, str) else b""
        except InvalidInput:
            data = b""
        if len(data) == size:
            return data
        return self._default(
            name, bytes(size), "bytes", (f"{size} bytes as {en}", f"应为 {size} 字节的 {zh}"),
            ("copy the whole value again from where it was shown", "请从原处完整复制"),
        )  # fmt: skip

    def _default(self, name: str, value: Part, rule: str, said: Text, fix: Text = ("", "")) -> Part:
        if name not in self._missing:
            self._fault(name, rule, said, fix)
        return value

    def _fault(self, name: str, rule: str, said: Text, fix: Text = ("", "")) -> None:
        self.findings.error(self.at(name) or "notice", rule, said, fix)


def read_decimal(value: Any, places: int = 6) -> Decimal | None:
    """The number of an exact decimal text with at most ``places`` places; None for anything else."""
    found = _DECIMAL.match(value) if isinstance(value, str) else None
    if found is None or len(found[2] or ".") - 1 > places:
        return None
    return Decimal(value)


def is_uscc(value: str) -> bool:
    """True if that is a unified social credit code."""
    return uscc.check(value)


def _is_clean(text: str, lines: bool) -> bool:
    if text != text.strip() or unicodedata.normalize("NFC", text) != text:
        return False
    return all(char == "\n" if char in "\n\r\t" and lines else _is_shown(char) for char in text)


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
