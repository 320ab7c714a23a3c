"""Is this device the holder's, as of that block? Facts and bytes in, an answer out; no clock, no network.

1. **form**         it is a binding's document in its only form;
2. **anchor**       a leaf with its tag and its digest stands in the bureau's lane of claims, at or before the block;
3. **end**          no leaf with its end's tag stands there at or before the block;
4. **certificate**  the certificate it is for was issued by the bureau that anchored the binding, and was in force
   (asked with the certificate's own check). Any bureau may anchor anything in its own lane: without this step, a
   binding says what that bureau says, and not whose device it is;
5. **signature**    the bound key signed what is shown (only for :func:`verify_device_signature`).

A step that could not be checked makes the answer ERROR: neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.claims.binding import Binding, parse_binding
from chain.claims.lane import LaneReading
from chain.claims.wording import detail
from chain.credentials.es256 import verify_es256
from chain.credentials.verification.verdicts import Result, Verification
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import AnchorFacts

STEPS = ("form", "anchor", "end", "certificate", "signature")
"""Names of the steps 1 to 5, in order."""


@dataclass(frozen=True, slots=True)
class ClaimStep:
    """One step.

    Attributes:
        name: one of :data:`STEPS`.
        result: what was found.
        code: a key of :data:`chain.claims.wording.DETAILS`.
        params: values for its sentence.
    """

    name: str
    result: Result
    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def detail(self, lang: str = "en") -> str:
        """One sentence for people, in ``en`` or ``zh``."""
        return detail(self.code, self.params, lang)


@dataclass(frozen=True, slots=True)
class CertificateState:
    """What the check of the certificate itself said, asked as of the time of the block in question.

    Attributes:
        jwt_digest: SHA-256 of the issuer-signed JWT that was checked, 32 bytes.
        bureau: USCC of its issuer, as that JWT names it.
        verification: the answer.
    """

    jwt_digest: bytes
    bureau: str
    verification: Verification


@dataclass(frozen=True, slots=True)
class BindingCheck:
    """The answer.

    Attributes:
        result: VALID, INVALID or ERROR (could not be told).
        steps: in order; those that were not asked for are missing.
        block: number of the block it is as of.
        binding: what was read, or None.
        since: anchor of the binding, or None.
        until: anchor of its end by that block, or None.
    """

    result: Result
    steps: tuple[ClaimStep, ...]
    block: int
    binding: Binding | None = None
    since: AnchorFacts | None = None
    until: AnchorFacts | None = None

    def step(self, name: str) -> ClaimStep:
        """The step of that name. Raises KeyError if it was not asked for."""
        return {step.name: step for step in self.steps}[name]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "result": str(self.result),
            "block": self.block,
            "key": None if self.binding is None else b64url(self.binding.key),
            "n": None if self.binding is None else self.binding.n,
            "since": None if self.since is None else self.since.block.number,
            "until": None if self.until is None else self.until.block.number,
            "steps": [
                {"name": step.name, "result": str(step.result), "code": step.code, "detail": step.detail()}
                for step in self.steps
            ],
        }


def binding_in_force(
    document: bytes, lane: LaneReading, *, certificate: CertificateState | None, block: int | None = None
) -> BindingCheck:
    """Was this binding in force as of a block?

    Args:
        document: the binding's document, untrusted.
        lane: its bureau's lane, as :func:`chain.claims.lane.read_lane` reads it.
        certificate: what the certificate's own check said; None: not looked at, and the step says so.
        block: number of the block; the newest final one if not given.
    """
    at = lane.block.number if block is None else block
    try:
        binding = parse_binding(document)
    except InvalidInput as error:
        broken = ClaimStep("form", Result.INVALID, "form.broken", {"fault": error.message[:200]})
        rest = tuple(ClaimStep(name, Result.SKIPPED, "skipped") for name in STEPS[1:4])
        return BindingCheck(Result.INVALID, (broken, *rest), at)
    anchor, since = _anchored(binding, sha256(document), lane, at)
    end, until = _ended(binding, lane, at)
    steps = (ClaimStep("form", Result.VALID, "form.valid"), anchor, end, _fitting(binding, certificate))
    return BindingCheck(_overall(steps), steps, at, binding, since, until)


def verify_device_signature(
    document: bytes,
    digest: bytes,
    signature: bytes,
    lane: LaneReading,
    *,
    certificate: CertificateState | None,
    block: int | None = None,
) -> BindingCheck:
    """Did the device bound as of a block sign this?

    Args:
        document: the binding's document, untrusted.
        digest: SHA-256 of what is signed, 32 bytes.
        signature: ES256, low s, 64 bytes, untrusted.
        lane: as for :func:`binding_in_force`.
        certificate: as for :func:`binding_in_force`.
        block: the block at which the signature became known to the ledger; the newest final one if not given.
    """
    check = binding_in_force(document, lane, certificate=certificate, block=block)
    if check.binding is None:
        step = ClaimStep("signature", Result.SKIPPED, "skipped")
    elif verify_es256(check.binding.key, digest, signature):
        step = ClaimStep("signature", Result.VALID, "signature.valid")
    else:
        step = ClaimStep("signature", Result.INVALID, "signature.wrong")
    steps = (*check.steps, step)
    return BindingCheck(_overall(steps), steps, check.block, check.binding, check.since, check.until)


def holder_key(
    documents: Iterable[bytes], lane: LaneReading, *, certificate: CertificateState | None, block: int | None = None
) -> BindingCheck | None:
    """Which of a certificate's bindings was in force as of a block?

    Args:
        documents: bindings of one certificate, in any order, untrusted.
        lane: as for :func:`binding_in_force`.
        certificate: as for :func:`binding_in_force`.
        block: as for :func:`binding_in_force`.

    Returns:
        The check of the one that was. If none surely was: a check that could not be told, else the newest refused one,
        else None.
    """
    checks = [binding_in_force(document, lane, certificate=certificate, block=block) for document in documents]
    checks.sort(key=lambda check: 0 if check.binding is None else check.binding.n, reverse=True)
    for wanted in (Result.VALID, Result.ERROR, Result.INVALID):
        for check in checks:
            if check.result is wanted:
                return check
    return None


def _anchored(binding: Binding, digest: bytes, lane: LaneReading, at: int) -> tuple[ClaimStep, AnchorFacts | None]:
    if binding.bureau != lane.bureau:
        return ClaimStep("anchor", Result.INVALID, "anchor.other_bureau"), None
    for entry in lane.entries.get(binding.tag, ()):
        if entry.parts.document == digest and entry.anchor.block.number <= at:
            facts = entry.anchor
            params = {"block": str(facts.block.number), "sequence": str(facts.sequence)}
            return ClaimStep("anchor", Result.VALID, "anchor.valid", params), facts
    doubt = lane.doubt(at)
    if doubt is not None:
        return ClaimStep("anchor", Result.ERROR, "lane.open", {"fault": doubt}), None
    if at > lane.block.number:
        return _not_final("anchor", lane, at), None
    return ClaimStep("anchor", Result.INVALID, "anchor.none", {"block": str(at)}), None


def _ended(binding: Binding, lane: LaneReading, at: int) -> tuple[ClaimStep, AnchorFacts | None]:
    entry = lane.first(binding.end, at)
    if entry is not None:
        params = {"block": str(entry.anchor.block.number)}
        return ClaimStep("end", Result.INVALID, "end.ended", params), entry.anchor
    doubt = lane.doubt(at)
    if doubt is not None:
        return ClaimStep("end", Result.ERROR, "lane.open", {"fault": doubt}), None
    if at > lane.block.number:
        return _not_final("end", lane, at), None
    return ClaimStep("end", Result.VALID, "end.none", {"block": str(at)}), None


def _not_final(name: str, lane: LaneReading, at: int) -> ClaimStep:
    return ClaimStep(name, Result.ERROR, "anchor.not_final", {"block": str(at), "newest": str(lane.block.number)})


def _fitting(binding: Binding, certificate: CertificateState | None) -> ClaimStep:
    if certificate is None:
        return ClaimStep("certificate", Result.SKIPPED, "certificate.not_asked")
    if certificate.jwt_digest != binding.certificate:
        return ClaimStep("certificate", Result.INVALID, "certificate.other")
    if certificate.bureau != binding.bureau:
        return ClaimStep("certificate", Result.INVALID, "certificate.other_bureau", {"bureau": binding.bureau})
    found = certificate.verification
    params = {"verdict": str(found.verdict)}
    if found.in_force is None:
        return ClaimStep("certificate", Result.ERROR, "certificate.open", params)
    if not found.in_force:
        return ClaimStep("certificate", Result.INVALID, "certificate.not_in_force", params)
    return ClaimStep("certificate", Result.VALID, "certificate.valid")


def _overall(steps: tuple[ClaimStep, ...]) -> Result:
    results = {step.result for step in steps}
    for worst in (Result.INVALID, Result.ERROR):
        if worst in results:
            return worst
    return Result.VALID
