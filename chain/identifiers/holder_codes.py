"""Kinds of holder code 持证主体代码类型: which document a holder is named by, and how its number is checked.

Codes 001 and 111 are those of GB/T 36903-2018. The others follow the list of personal documents of GA/T 517 as far
as published implementations show it; where none was found the code is marked ``local``. A bureau whose platform uses
other codes passes its own table to :class:`HolderCodes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from chain.identifiers import citizen, travel_documents, uscc
from chain.identifiers.findings import PartFinding, first_error, passes
from chain.kernel.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class HolderCodeKind:
    """One kind of holder code.

    Attributes:
        code: what stands in certificateHolderCodeType, such as ``001``.
        slug: our own stable name, such as ``uscc``.
        name_zh: name in Chinese.
        name_en: name in English.
        natural_person: True if it names a person, not an organisation.
        source: where the code comes from: a standard, or ``local``.
    """

    code: str
    slug: str
    name_zh: str
    name_en: str
    natural_person: bool
    source: str


KINDS = (
    HolderCodeKind("001", "uscc", "统一社会信用代码", "unified social credit code", False, "GB/T 36903-2018"),
    HolderCodeKind("111", "citizen", "公民身份号码", "citizen number", True, "GB/T 36903-2018"),
    HolderCodeKind("414", "passport", "普通护照", "passport", True, "GA/T 517"),
    HolderCodeKind(
        "511",
        "taiwan-travel-permit",
        "台湾居民来往大陆通行证",
        "mainland travel permit for Taiwan residents",
        True,
        "GA/T 517",
    ),
    HolderCodeKind(
        "516",
        "hk-macau-travel-permit",
        "港澳居民来往内地通行证",
        "mainland travel permit for Hong Kong and Macau residents",
        True,
        "GA/T 517",
    ),
    HolderCodeKind(
        "553",
        "foreign-permanent-resident",
        "外国人永久居留身份证",
        "foreign permanent resident ID card",
        True,
        "GA/T 517",
    ),
    HolderCodeKind(
        "L01",
        "hmt-residence-permit",
        "港澳台居民居住证",
        "residence permit for Hong Kong, Macau and Taiwan residents",
        True,
        "local",
    ),
)
"""The kinds known, with the codes used unless configured otherwise."""

_CHECKS: Mapping[str, Callable[..., list[PartFinding]]] = {
    "citizen": citizen.check_report,
    "passport": travel_documents.passport,
    "taiwan-travel-permit": travel_documents.taiwan_travel_permit,
    "hk-macau-travel-permit": travel_documents.hk_macau_travel_permit,
    "foreign-permanent-resident": travel_documents.foreign_permanent_resident,
    "hmt-residence-permit": travel_documents.hmt_residence_permit,
}

_GUESS_ORDER = (
    "uscc",
    "citizen",
    "hmt-residence-permit",
    "foreign-permanent-resident",
    "hk-macau-travel-permit",
    "taiwan-travel-permit",
    "passport",
)


class HolderCodes:
    """The kinds of one platform.

    Args:
        codes: slug to the code that platform uses, for kinds whose code differs from :data:`KINDS`.

    Raises:
        InvalidInput: an unknown slug, or one code for two kinds.
    """

    def __init__(self, codes: Mapping[str, str] | None = None) -> None:
        known = {kind.slug for kind in KINDS}
        for slug in codes or {}:
            if slug not in known:
                raise InvalidInput(
                    f"no kind of holder code is called {slug!r}",
                    code="holder-code.kind",
                    field=slug,
                    fix=f"one of {', '.join(sorted(known))}",
                )
        self.kinds = tuple(replace(kind, code=(codes or {}).get(kind.slug, kind.code)) for kind in KINDS)
        self._found = {kind.slug: kind for kind in self.kinds} | {kind.code: kind for kind in self.kinds}
        if len({kind.code for kind in self.kinds}) != len(self.kinds):
            raise InvalidInput("two kinds of holder code share one code", code="holder-code.kind")

    def kind(self, code_or_slug: str) -> HolderCodeKind:
        """The kind by its code (``001``) or slug (``uscc``).

        Raises:
            NotFound: no such kind.
        """
        found = self._found.get(code_or_slug)
        if found is None:
            raise NotFound(
                f"no kind of holder code {code_or_slug!r}",
                code="holder-code.kind",
                field="certificateHolderCodeType",
                fix="one of " + ", ".join(f"{kind.code} ({kind.slug})" for kind in self.kinds),
            )
        return found

    def check_report(self, kind: str, text: str, *, today: date | None = None) -> list[PartFinding]:
        """What is right and wrong about ``text`` as a code of that kind (code or slug)."""
        slug = self.kind(kind).slug
        if slug == "uscc":
            return uscc.check_report(text)
        return _CHECKS[slug](text, today=today)

    def check(self, kind: str, text: str, *, today: date | None = None) -> bool:
        """True if ``text`` is a possible code of that kind."""
        return passes(self.check_report(kind, text, today=today))

    def require(self, kind: str, text: str, *, field: str = "certificateHolderCode") -> str:
        """``text`` itself.

        Raises:
            InvalidInput: it is no possible code of that kind.
        """
        wrong = first_error(self.check_report(kind, text))
        if wrong is not None:
            raise InvalidInput(f"{field}: {wrong.message}", code=wrong.rule, field=field, fix=wrong.fix)
        return text

    def guess(self, text: str) -> tuple[HolderCodeKind, ...]:
        """Kinds that ``text`` could be, the likeliest first. A passport form is so loose that it comes last."""
        return tuple(self._found[slug] for slug in _GUESS_ORDER if self.check(slug, text))


DEFAULT = HolderCodes()
"""The kinds with the codes of :data:`KINDS`."""


def kinds() -> Iterable[HolderCodeKind]:
    """All kinds known by default."""
    return DEFAULT.kinds


def kind(code_or_slug: str) -> HolderCodeKind:
    """See :meth:`HolderCodes.kind`."""
    return DEFAULT.kind(code_or_slug)


def check(kind: str, text: str) -> bool:
    """See :meth:`HolderCodes.check`."""
    return DEFAULT.check(kind, text)


def check_report(kind: str, text: str) -> list[PartFinding]:
    """See :meth:`HolderCodes.check_report`."""
    return DEFAULT.check_report(kind, text)


def guess(text: str) -> tuple[HolderCodeKind, ...]:
    """See :meth:`HolderCodes.guess`."""
    return DEFAULT.guess(text)
