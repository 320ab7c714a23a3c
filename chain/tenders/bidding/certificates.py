"""Certificates that a bid shows, ticked and not uploaded: what is disclosed of each, and does it answer its rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from chain.catalogue import SHIPPED, Catalogue
from chain.catalogue.answers import compiled
from chain.credentials.bundle import read_bundle
from chain.credentials.credential import ParsedCredential, arrange, parse_credential
from chain.credentials.verification import Result
from chain.kernel.errors import InvalidInput
from chain.tenders.bidding.organisation import CODE, NAME, Evidence, Finding
from chain.tenders.notice import Notice
from chain.tenders.notice.qualification import QualificationRule

ALWAYS = (NAME, CODE, "certificateNumber")
"""Disclosed of every certificate of an organisation, where it has them."""
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
        types: certificate types that are known.
    """
    try:
        shown = parse_credential(text)
    except InvalidInput as error:
        return (Finding(Result.INVALID, "certificate.form", {"fault": error.message[:200]}),)
    kind = types.known(shown.certificate_type)
    name = shown.certificate_type if kind is None else kind.zh
    found = evidence.licence(text, at, past=past)
    findings = []
    if found.in_force is not True:
        refused = found.in_force is False
        code = "certificate.refused" if refused else "certificate.open"
        params = {"name": name, "verdict": str(found.verdict)}
        findings.append(Finding(Result.INVALID if refused else Result.ERROR, code, params))
    if rule is not None:
        findings += _of_rule(shown, rule, name, notice, tuple(companies), types)
    return tuple(findings)


def _of_rule(
    shown: ParsedCredential,
    rule: QualificationRule,
    name: str,
    notice: Notice,
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
    until = notice.deadline + (notice.bid_validity * _DAY if rule.valid_until == "bid-validity" else 0)
    if shown.expires is not None and shown.expires <= until:
        yield Finding(Result.INVALID, "certificate.ends", who)
    kind = types.known(shown.certificate_type)
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
