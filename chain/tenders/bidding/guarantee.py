"""The guarantee 投标保函 that a bid carries: genuine, for this bidder, tender and lot, enough, and for long enough.

It is a certificate that a bank issued to the bidder; it stands in the sealed bid, so nothing of it is public before the
opening. How long it must run is counted from the deadline that finally holds: whoever sealed before an extension
replaces the bid, which is possible until that very deadline.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from chain.catalogue import SHIPPED, Catalogue
from chain.credentials.credential import ParsedCredential, parse_credential
from chain.credentials.verification import Result
from chain.kernel.errors import InvalidInput
from chain.tenders.bidding.certificates import in_force, load_certificate, name_of
from chain.tenders.bidding.organisation import CODE, Evidence, Finding
from chain.tenders.notice import Limits, Money, Notice
from chain.tenders.notice.qualification import GuaranteeRule

GUARANTEE_TYPE = "11440100000000001FT11"
"""Type code of the bid guarantee 电子投标保函 that ships with the toolkit."""
AMOUNT, BENEFICIARY, OCID, LOT = "KZ_guaranteeAmount", "KZ_beneficiaryCode", "KZ_ocid", "KZ_lot"
LOOKED_AT = (CODE, AMOUNT, BENEFICIARY, OCID, LOT)
ALL_LOTS = "全部标段"
"""What :data:`LOT` says of a guarantee for every lot of the tender."""

_AMOUNT = re.compile(r"([A-Z]{3}) ((?:0|[1-9][0-9]{0,15})\.[0-9]{2})\Z")
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class GuaranteeLook:
    """What came of looking at a guarantee.

    Attributes:
        findings: what speaks against it (INVALID), leaves it open (ERROR), or is told only (SKIPPED).
        authentic: the bank issued exactly this; None if that could not be told.
        certificate: what was shown, or None if it is no certificate.
    """

    findings: tuple[Finding, ...]
    authentic: bool | None = None
    certificate: ParsedCredential | None = None

    @property
    def money(self) -> Money | None:
        """What it says that it guarantees, or None."""
        return None if self.certificate is None else _money(self.certificate.fields.get(AMOUNT))


def ends_after(notice: Notice, rule: GuaranteeRule, deadline: int) -> int:
    """Last second at which a guarantee must still run: deadline, days for which a bid binds, the rule's days."""
    return deadline + (notice.bid_validity + rule.days) * _DAY


def ends_too_early(file: Path, notice: Notice, deadline: int) -> bool:
    """True if the guarantee in that file does not run as long as the notice asks by the deadline that holds now.

    Raises:
        InvalidInput: the file is no certificate.
    """
    ends = load_certificate(file).expires
    return notice.guarantee is not None and ends is not None and ends <= ends_after(notice, notice.guarantee, deadline)


def least_amount(notice: Notice, rule: GuaranteeRule, lot: str) -> Money | None:
    """What a guarantee for that lot must reach, or for all lots together; None where the rule gives no amount."""
    lots = [one for one in notice.lots if lot in (ALL_LOTS, str(one.number))]
    asked = [rule.for_ceiling(one.ceiling) for one in lots]
    known = [one for one in asked if one is not None]
    if not known or len(known) != len(asked) or len({one.currency for one in known}) != 1:
        return None
    return Money(sum((one.amount for one in known), Decimal(0)), known[0].currency)


def look_at_guarantee(
    text: str,
    rule: GuaranteeRule,
    *,
    evidence: Evidence,
    notice: Notice,
    lot: int,
    companies: Collection[str],
    at: int,
    past: bool,
    deadline: int,
    types: Catalogue = SHIPPED,
) -> GuaranteeLook:
    """Judge a guarantee as of ``at``.

    Args:
        text: SD-JWT with some disclosures, untrusted.
        rule: of the notice.
        evidence: where it is looked up.
        notice: whose rule it is.
        lot: 1, 2, 3 …
        companies: codes of the bidder's companies, the leader's first.
        at: seconds since 1970 UTC; ``past`` if that is a past moment, such as the deadline's.
        deadline: the one that holds, with every extension, seconds.
        types: certificate types that are known.
    """
    try:
        shown = parse_credential(text)
    except InvalidInput:
        return GuaranteeLook((Finding(Result.INVALID, "guarantee.form"),))
    name = name_of(shown, types)
    found = evidence.licence(text, at, past=past)
    findings = [
        *in_force(shown, name, evidence, at, past=past),
        *_of_type(shown, rule, name),
        *_of_fields(shown, name, notice, lot, tuple(companies), types),
        *_of_amount(shown, rule, notice, lot),
    ]
    if shown.expires is not None and shown.expires <= ends_after(notice, rule, deadline):
        findings.append(Finding(Result.INVALID, "guarantee.ends"))
    return GuaranteeLook(tuple(findings), found.authentic, shown)


def _of_type(shown: ParsedCredential, rule: GuaranteeRule, name: str) -> Iterator[Finding]:
    if rule.certificate_type and shown.certificate_type != rule.certificate_type:
        yield Finding(Result.INVALID, "guarantee.type", {"name": name})
    if rule.issuers and shown.bureau not in rule.issuers:
        yield Finding(Result.INVALID, "guarantee.issuer", {"bureau": shown.bureau})


def _of_fields(
    shown: ParsedCredential, name: str, notice: Notice, lot: int, companies: tuple[str, ...], types: Catalogue
) -> Iterator[Finding]:
    kind = types.known(shown.certificate_type)
    has = {one.name for one in kind.fields} if kind is not None else set()
    for field in LOOKED_AT:
        if not isinstance(shown.fields.get(field), str):
            hidden = field in has
            code = "guarantee.hidden" if hidden else "guarantee.unknown"
            yield Finding(Result.INVALID if hidden else Result.ERROR, code, {"name": name, "field": field})
    told = shown.fields
    if isinstance(told.get(CODE), str) and told[CODE] not in companies[:1]:
        yield Finding(Result.INVALID, "guarantee.principal")
    if isinstance(told.get(BENEFICIARY), str) and told[BENEFICIARY] != notice.bureau.uscc:
        yield Finding(Result.INVALID, "guarantee.beneficiary")
    if isinstance(told.get(OCID), str) and told[OCID] != notice.ocid:
        yield Finding(Result.INVALID, "guarantee.tender")
    if isinstance(told.get(LOT), str) and told[LOT] not in (ALL_LOTS, str(lot)):
        yield Finding(Result.INVALID, "guarantee.lot")


def _of_amount(shown: ParsedCredential, rule: GuaranteeRule, notice: Notice, lot: int) -> Iterator[Finding]:
    value = shown.fields.get(AMOUNT)
    if not isinstance(value, str):
        return
    money, whole = _money(value), ALL_LOTS if shown.fields.get(LOT) == ALL_LOTS else str(lot)
    if money is None:
        yield Finding(Result.ERROR, "guarantee.amount_form")
        return
    least = least_amount(notice, rule, whole)
    if least is None:
        return
    if money.currency != least.currency:
        yield Finding(Result.INVALID, "guarantee.currency", {"currency": least.currency})
    elif money.amount < least.amount:
        yield Finding(Result.INVALID, "guarantee.amount", {"least": str(least)})
    elif _over(money, notice, whole):
        yield Finding(Result.SKIPPED, "guarantee.over", {"percent": str(Limits().guarantee_percent)})


def _over(money: Money, notice: Notice, lot: str) -> bool:
    """More than the law lets a procuring entity ask for; a bidder may give more."""
    ceilings = [one.ceiling for one in notice.lots if lot in (ALL_LOTS, str(one.number))]
    if any(one is None for one in ceilings):
        return False
    whole = sum((one.amount for one in ceilings if one is not None), Decimal(0))
    return money.amount > whole * Limits().guarantee_percent / 100


def _money(value: object) -> Money | None:
    match = _AMOUNT.match(value) if isinstance(value, str) else None
    return None if match is None else Money(Decimal(match[2]), match[1])
