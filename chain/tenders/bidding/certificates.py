"""Certificates that a bid shows, ticked and not uploaded: what is disclosed of each, and does it answer its rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chain.catalogue import SHIPPED, Catalogue
from chain.catalogue.answers import compiled
from chain.credentials.bundle import read_bundle
from chain.credentials.credential import ParsedCredential, arrange, parse_credential
from chain.credentials.verification import Result
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.bidding.organisation import CODE, NAME, Evidence, Finding
from chain.tenders.notice import Notice
from chain.tenders.notice.qualification import QualificationRule

ALWAYS = (NAME, CODE, "certificateNumber")
"""Disclosed of every certificate of an organisation, where it has them."""
EMPLOYER = "KZ_empEnpCode"
"""Disclosed of a person's certificate, where it has it: the company that employs its holder."""
MOST_SHOWN = 200
"""Presentations of one type that are looked at for a rule; of more, the first ones."""
_DAY = 86_400
_LARGEST = 512 * 1024


def load_certificate(path: Path) -> ParsedCredential:
    """A certificate with all that its file discloses: an evidence bundle, or an SD-JWT as text.

    Raises:
        InvalidInput: neither, or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise InvalidInput(
            f"{path}: {error.strerror}", code="bidding.certificate", field=str(path), fix="name the certificate's file"
        ) from error
    if data.startswith(b"{"):
        return parse_credential(read_bundle(data).credential)
    try:
        return parse_credential(arrange(data.decode("ascii").strip()))
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path} is neither an evidence bundle nor an SD-JWT", code="bidding.certificate", field=str(path),
            fix="give the .json or .sd-jwt that the bureau handed out",
        ) from error  # fmt: skip


def shown_of(certificate: ParsedCredential, rule: QualificationRule | None, fields: Collection[str] = ()) -> str:
    """The certificate with only what must be shown: who holds it, what the rule looks at, and ``fields``.

    Raises:
        InvalidInput: the certificate does not disclose one of ``fields``.
    """
    looked_at = {condition.field for condition in rule.conditions} if rule is not None else set()
    wanted = {name for name in (*ALWAYS, *looked_at) if name in certificate.fields} | set(fields)
    if rule is not None and rule.holder == "person":
        wanted -= {name for name in (NAME, CODE) if name not in fields}
        wanted |= {EMPLOYER} & set(certificate.fields)
    return certificate.present(wanted)


def check_shown(
    text: str,
    rule: QualificationRule | None,
    *,
    evidence: Evidence,
    notice: Notice,
    companies: Collection[str],
    at: int,
    past: bool,
    deadline: int | None = None,
    types: Catalogue = SHIPPED,
) -> tuple[Finding, ...]:
    """Whether what is shown is in force as of ``at`` and answers its rule; no finding: it does.

    Args:
        text: SD-JWT with some disclosures, untrusted.
        rule: the rule that it is shown for, or None.
        evidence: where it is looked up.
        notice: whose rule it is.
        companies: codes of the bidder's companies, the leader's first.
        at: seconds since 1970 UTC.
        past: ``at`` is a past moment, such as the deadline's.
        deadline: the one that holds now, with every extension; the notice's own if not given.
        types: certificate types that are known.
    """
    try:
        shown = parse_credential(text)
    except InvalidInput as error:
        return (Finding(Result.INVALID, "certificate.form", {"fault": error.message[:200]}),)
    name = name_of(shown, types)
    findings = list(in_force(shown, name, evidence, at, past=past))
    if rule is not None:
        held = notice.deadline if deadline is None else deadline
        until = held + (notice.bid_validity * _DAY if rule.valid_until == "bid-validity" else 0)
        findings += _of_rule(shown, rule, name, until, tuple(companies), types)
    return tuple(findings)


@dataclass(frozen=True, slots=True)
class RuleLook:
    """What all that a bid shows gives for one rule.

    Attributes:
        result: VALID, INVALID, or ERROR (could not be told).
        findings: what speaks against it, or leaves it open; none if it is VALID.
        shown: SHA-256 of each presentation that was looked at, 32 bytes, in the order of the bid.
    """

    result: Result
    findings: tuple[Finding, ...]
    shown: tuple[bytes, ...]


def look_at_rule(
    rule: QualificationRule,
    texts: Sequence[str],
    *,
    evidence: Evidence,
    notice: Notice,
    companies: Collection[str],
    at: int,
    past: bool,
    deadline: int | None = None,
    types: Catalogue = SHIPPED,
) -> RuleLook:
    """Judge one rule by all that a bid shows: a bid does not say which certificate is meant for which rule.

    Arguments are those of :func:`check_shown`; ``texts`` are the presentations of the bid, untrusted.
    """
    mine = [text for text in texts if _type_of(text) == rule.certificate_type][:MOST_SHOWN]
    shown = tuple(sha256(text.encode()) for text in mine)
    if not mine:
        kind = types.known(rule.certificate_type)
        params = {"name": rule.certificate_type if kind is None else kind.zh, "rule": rule.name}
        return RuleLook(Result.INVALID, (Finding(Result.INVALID, "certificate.none", params),), shown)
    groups = [tuple(companies)]
    if rule.holder == "every-member" and companies:
        groups = [(code,) for code in companies]
    results, findings = [], []
    for group in groups:
        looked = [
            check_shown(
                text, rule, evidence=evidence, notice=notice, companies=group, at=at, past=past, deadline=deadline,
                types=types,
            )
            for text in mine
        ]  # fmt: skip
        best = min((worst_of(one) for one in looked), key=_GOODNESS.index)
        results.append(best)
        if best is not Result.VALID:
            findings += [one for found in looked if worst_of(found) is best for one in found]
    result = max(results, key=_GOODNESS.index)
    return RuleLook(result, _each_once(findings), shown)


_GOODNESS = (Result.VALID, Result.ERROR, Result.INVALID)


def worst_of(findings: Collection[Finding]) -> Result:
    """INVALID if a finding refuses, else ERROR if one leaves it open, else VALID."""
    results = {finding.result for finding in findings}
    return next((one for one in (Result.INVALID, Result.ERROR) if one in results), Result.VALID)


def in_force(shown: ParsedCredential, name: str, evidence: Evidence, at: int, *, past: bool) -> Iterator[Finding]:
    """Is it genuine, and in force as of ``at``?"""
    found = evidence.licence(shown.text, at, past=past)
    if found.in_force is not True:
        refused = found.in_force is False
        code = "certificate.refused" if refused else "certificate.open"
        params = {"name": name, "verdict": str(found.verdict)}
        yield Finding(Result.INVALID if refused else Result.ERROR, code, params)


def name_of(shown: ParsedCredential, types: Catalogue) -> str:
    """What people call a certificate: its type's name, or code."""
    kind = types.known(shown.certificate_type)
    return shown.certificate_type if kind is None else kind.zh


def _type_of(text: str) -> str:
    try:
        return parse_credential(text).certificate_type
    except InvalidInput:
        return ""


def _each_once(findings: Collection[Finding]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for one in findings:
        if one not in found:
            found.append(one)
    return tuple(found)


def _of_rule(
    shown: ParsedCredential,
    rule: QualificationRule,
    name: str,
    until: int,
    companies: tuple[str, ...],
    types: Catalogue,
) -> Iterator[Finding]:
    who = {"name": name, "rule": rule.name}
    if shown.certificate_type != rule.certificate_type:
        yield Finding(Result.INVALID, "certificate.type", who)
        return
    if rule.issuers and shown.bureau not in rule.issuers:
        yield Finding(Result.INVALID, "certificate.issuer", {**who, "bureau": shown.bureau})
    holder = shown.fields.get(CODE)
    allowed = companies[:1] if rule.holder == "bidder" else companies
    if rule.holder != "person" and holder not in allowed:
        yield Finding(Result.INVALID, "certificate.holder", who)
    kind = types.known(shown.certificate_type)
    if rule.holder == "person" and kind is not None and any(one.name == EMPLOYER for one in kind.fields):
        employer = shown.fields.get(EMPLOYER)
        if employer is None:
            yield Finding(Result.ERROR, "certificate.employer_hidden", who)
        elif employer not in companies:
            yield Finding(Result.INVALID, "certificate.employer", who)
    if shown.expires is not None and shown.expires <= until:
        yield Finding(Result.INVALID, "certificate.ends", who)
    for condition in rule.conditions:
        value = shown.fields.get(condition.field)
        if kind is None or not isinstance(value, str):
            code = "certificate.unknown" if kind is None else "certificate.hidden"
            yield Finding(Result.ERROR if kind is None else Result.INVALID, code, {**who, "field": condition.field})
            continue
        try:
            answers = compiled(condition.rule, kind.field(condition.field))(value)
        except InvalidInput:
            yield Finding(Result.ERROR, "certificate.unknown", {**who, "field": condition.field})
            continue
        if not answers:
            yield Finding(Result.INVALID, "certificate.condition", {**who, "field": condition.field})
