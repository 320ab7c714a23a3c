"""How pages write times, spans, sums, sizes and digests; in templates as ``h``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from api.tenders.pages.facts import Fact
from api.tenders.shown import word
from chain.kernel.clock import CHINA, rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import Phase
from chain.tenders.notice import FormField, Money, Source, Words
from chain.words import read

_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


@dataclass(frozen=True, slots=True)
class Telling:
    """For one page in one language.

    Attributes:
        language: ``zh`` or ``en``.
        t: words by key, with values for their places.
    """

    language: str
    t: Callable[..., str]

    def words(self, words: Words | None) -> str:
        """Words of a notice; empty for None."""
        return "" if words is None else words.in_(self.language)

    @staticmethod
    def civil(seconds: int) -> str:
        """A second in civil time of China, to the second."""
        return datetime.fromtimestamp(seconds, CHINA).strftime("%Y-%m-%d %H:%M:%S")

    @staticmethod
    def iso(seconds: int) -> str:
        """RFC 3339, UTC."""
        return rfc3339(seconds)

    def span(self, seconds: int) -> str:
        """A span of time, the largest unit and the next one: ``3 d 4 h``; web/board/span.ts writes the same."""
        left = max(0, seconds)
        first = next((place for place, (size, _) in enumerate(_UNITS) if left >= size), len(_UNITS) - 1)
        parts: list[str] = []
        for size, name in _UNITS[first : first + 2]:
            count, left = divmod(left, size)
            if count or not parts:
                parts.append(self.t(f"span.{name}", count=count))
        return " ".join(parts)

    @staticmethod
    def money(money: Money) -> str:
        """A sum with its currency."""
        return f"{money.amount:,.2f} {money.currency}"

    @staticmethod
    def grouped(value: str) -> str:
        """An exact sum with its thousands apart; text that is no number stays as it is."""
        return _grouped(value)

    @staticmethod
    def trimmed(value: str | None) -> str:
        """An exact decimal without zeros at its end; a dash for none."""
        return "–" if value is None else f"{Decimal(value).normalize():f}"

    def figure(self, field: FormField | None, value: str) -> str:
        """A figure of a form as people read it."""
        if field is None:
            return value
        if field.kind == "money":
            return f"{_grouped(value)} {field.unit}"
        if field.kind == "days":
            return self.t("span.days", count=value)
        if field.kind == "choice" and value in field.choices:
            return self.words(field.choices[value])
        return f"{value} {field.unit}".strip()

    def size(self, count: int) -> str:
        """A number of bytes."""
        if count < 1024:
            return self.t("size.bytes", count=count)
        if count < 2**20:
            return f"{count / 1024:.1f} KiB"
        return f"{count / 2**20:.1f} MiB"

    @staticmethod
    def hex(data: bytes) -> str:
        """0x and hexadecimal."""
        return hex0x(bytes(data))

    @staticmethod
    def short(text: str) -> str:
        """Both ends of a long digest or address."""
        return text if len(text) <= 18 else f"{text[:10]}…{text[-6:]}"

    def phase(self, phase: Phase | str) -> str:
        """Name of a phase."""
        return self.t(f"phase.{phase if isinstance(phase, str) else word(phase)}")

    @staticmethod
    def word(phase: Phase) -> str:
        """The word of a phase in addresses and keys: ``price-closed``."""
        return word(phase)

    def number(self, value: Decimal | int) -> str:
        """A number without needless zeros."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else f"{value:,}"

    def source(self, source: Source) -> str:
        """How a criterion's points come about."""
        values: dict[str, object] = {
            name: self.number(value)
            for name in ("step", "zero", "full", "above", "below")
            if (value := getattr(source, name)) is not None
        }
        if source.combine:
            values["combine"] = self.t(f"method.{source.combine}")
        if source.points is not None:
            values["points"] = ", ".join(f"{name} {self.number(value)}" for name, value in source.points.items())
        return self.t(f"method.source-{source.kind}", **values)

    def numbers(self, values: Iterable[Decimal]) -> str:
        """Numbers after each other."""
        return ", ".join(self.number(value) for value in values)

    def event(self, fact: Fact) -> str:
        """What an event says."""
        if fact.name == "Recorded":
            kind = str(fact.values["kind"])
            return self.t("event.Recorded", kind=self.t(f"kind.{kind if kind in KINDS else 'other'}"))
        if fact.name == "CaseFiled":
            return self.t(f"event.CaseFiled-{fact.values['kind']}")
        if fact.name == "LotAdvanced":
            return f"{self.t('event.LotAdvanced')}: {self.phase(str(fact.values['phase']))}"
        return self.t(f"event.{fact.name}")


KINDS = frozenset(key.partition(".")[2] for key in read("board") if key.startswith("kind."))
"""Kinds of papers on record that have a word of their own."""

_NAMING = {"TenderCancelled": "reasonDigest", "EnvelopeOpened": "keysDigest"}
_SEALED = ("CustodyAttested",)
"""Names files of bids; its paper is public once the lot is open, and of interest to hardly anybody then."""


def paper_named(fact: Fact) -> str:
    """Digest of the public paper that an event names, 0x; empty if it names none."""
    if fact.name in _SEALED or fact.values.get("kind") == "custody":
        return ""
    if fact.name == "Published":
        return str(fact.values["notice"]["digest"])
    found = fact.values.get(_NAMING.get(fact.name, "digest"), "")
    named = fact.name != "EnvelopeClosed" and isinstance(found, str) and any(found[2:].replace("0", ""))
    return found if named else ""


def _grouped(value: str) -> str:
    try:
        return f"{Decimal(value):,.2f}"
    except InvalidOperation:
        return value


TONES = {
    Phase.BIDDING: "good", Phase.CANDIDATES: "care", Phase.FAILED: "bad", Phase.CANCELLED: "bad",
}  # fmt: skip
"""Colour of a phase's chip, beside its word; others have none."""


__all__ = ["KINDS", "TONES", "Telling", "paper_named"]
