"""Signed decisions and what became of them (formats ``yinxin-decision-1``, ``yinxin-ruling-1``; canonical JSON).

A decision names the request by the SHA-256 of its whole canonical bytes: whoever signs it has those bytes, so the
server that passed them on can show nothing else than what is decided. It travels through the desk's folder
``decisions`` as ``<request>.<address>.json``; what the signer makes of it comes back under that name in ``rulings``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, sha256, unhex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.keys.signatures import address_of, recover, sign
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain

FORMAT, RULING_FORMAT = "yinxin-decision-1", "yinxin-ruling-1"
LIMIT = 16 * 1024
"""Largest decision or ruling, bytes."""
MOST_REASON = 2_000
"""Characters of a reason."""
MOST_VALIDITY = 7 * 86_400
"""Seconds between the making of a decision and the last moment at which it may be taken up."""
CLOCK_SKEW = 600
"""Seconds by which a person's clock may be ahead."""
STATES = ("counted", "granted", "refused", "failed", "rejected")

_NAME = re.compile(r"([0-9a-f]{64})\.(0x[0-9a-f]{40})\Z")
_MEMBERS = {"format", "bureau", "request", "approve", "reason", "at", "notAfter", "address", "signature"}


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """A decision with its signature.

    Attributes:
        decision: what was signed.
        address: of the person, 20 bytes.
        signature: 65 bytes r ‖ s ‖ v.
    """

    decision: Decision
    address: bytes
    signature: bytes

    @property
    def name(self) -> str:
        """Its name on the desk."""
        return decision_name(self.decision.request, self.address)

    def is_signed(self, domain: Domain) -> bool:
        """True if the address signed it for that domain."""
        return recover(self.decision.digest(domain), self.signature) == self.address

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        said = self.decision
        return canonical(
            {
                "format": FORMAT,
                "bureau": said.bureau,
                "request": hex0x(said.request),
                "approve": said.approve,
                "reason": said.reason,
                "at": said.at,
                "notAfter": said.not_after,
                "address": hex0x(self.address),
                "signature": hex0x(self.signature),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> SignedDecision:
        """Inverse of :meth:`to_bytes`; one accepted form. Raises InvalidInput."""
        value = read_canonical(data, what="decision", limit=LIMIT)
        if not isinstance(value, dict) or set(value) != _MEMBERS or value["format"] != FORMAT:
            raise InvalidInput("decision: unknown format", code="decision.form", field="format")
        kinds: dict[str, type] = {"bureau": str, "approve": bool, "reason": str, "at": int, "notAfter": int}
        for name, kind in kinds.items():
            if type(value[name]) is not kind:
                raise InvalidInput(f"decision: {name} is no {kind.__name__}", code="decision.form", field=name)
        decision = Decision(
            value["bureau"],
            unhex0x(value["request"], size=32, field="request"),
            value["approve"],
            value["reason"],
            value["at"],
            value["notAfter"],
        )
        return cls(
            decision,
            unhex0x(value["address"], size=20, field="address"),
            unhex0x(value["signature"], size=65, field="signature"),
        )


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the signer made of a decision.

    Attributes:
        name: of the decision, as :attr:`SignedDecision.name`.
        state: ``counted`` (more people must decide), ``granted``, ``refused`` (by this person's no), ``failed`` (people
            agreed, but the signer's own checks refused the request) or ``rejected`` (this decision counts for nothing).
        at: when, by the signer's clock, seconds.
        code: why it was rejected or failed; empty otherwise.
        message: the same for people.
        have: how many people agree so far.
        needed: how many must.
    """

    name: str
    state: str
    at: int
    code: str = ""
    message: str = ""
    have: int = 0
    needed: int = 0

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        members = {name: getattr(self, name) for name in ("name", "state", "at", "code", "message", "have", "needed")}
        return canonical({"format": RULING_FORMAT, **members})

    @classmethod
    def from_bytes(cls, data: bytes) -> Ruling:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value: Any = read_canonical(data, what="ruling", limit=LIMIT)
        if not isinstance(value, dict) or value.pop("format", None) != RULING_FORMAT:
            raise InvalidInput("ruling: unknown format", code="decision.form", field="format")
        try:
            ruling = cls(**value)
        except TypeError as error:
            raise InvalidInput(f"ruling: {error}", code="decision.form", field="ruling") from error
        numbers, texts = (ruling.at, ruling.have, ruling.needed), (ruling.name, ruling.code, ruling.message)
        if (
            ruling.state not in STATES
            or any(type(number) is not int for number in numbers)
            or any(type(text) is not str for text in texts)
        ):
            raise InvalidInput("ruling: a member of another kind", code="decision.form", field="ruling")
        return ruling


def decision_name(request: bytes, address: bytes) -> str:
    """Name of the decision of one person on one request: 64 hex digits, a point, the address."""
    return f"{request.hex()}.{hex0x(address)}"


def is_decision_name(name: str) -> bool:
    """True for what :func:`decision_name` makes."""
    return _NAME.match(name) is not None


def request_digest(content: bytes) -> bytes:
    """What a decision names: SHA-256 of a request's canonical bytes. 32 bytes."""
    return sha256(content)


def sign_decision(decision: Decision, domain: Domain, private_key: bytes) -> SignedDecision:
    """Sign a decision with a secp256k1 key (32 bytes). Raises InvalidInput."""
    check_said(decision)
    return SignedDecision(decision, address_of(private_key), sign(decision.digest(domain), private_key))


def check_said(decision: Decision) -> None:
    """Refuse a decision that says too much, too little, or for too long. Raises InvalidInput."""
    if not decision.approve and not decision.reason.strip():
        raise InvalidInput("a refusal needs a reason", code="decision.reason", field="reason", fix="say why")
    if len(decision.reason) > MOST_REASON:
        raise InvalidInput(
            f"the reason has {len(decision.reason)} characters, at most {MOST_REASON} fit",
            code="decision.reason",
            field="reason",
            fix="shorten it",
        )
    if not 0 <= decision.not_after - decision.at <= MOST_VALIDITY:
        raise InvalidInput(
            f"a decision holds for at most {MOST_VALIDITY} seconds",
            code="decision.validity",
            field="notAfter",
            fix="choose an earlier end",
        )


def check_signed(signed: SignedDecision, *, bureau: str, domain: Domain, now: int) -> None:
    """What anybody can check of a decision who has neither the request nor the list of people.

    Raises:
        InvalidInput: it says too much, too little or for too long.
        Refused: it is for another bureau, signed by somebody else or for another ledger, made in the future, or over.
    """
    said = signed.decision
    check_said(said)
    if said.bureau != bureau:
        raise Refused("this decision is for another bureau", code="decision.bureau", field="bureau")
    if not signed.is_signed(domain):
        raise Refused(
            "the signature is not that address's over this decision, for this ledger",
            code="decision.signature",
            field="signature",
            fix="sign it anew with the ledger's own chain id and AnchorLog",
        )
    if said.at > now + CLOCK_SKEW:
        raise Refused(
            "this decision was made in the future", code="decision.early", field="at", fix="set the device's clock"
        )
    if said.not_after < now:
        raise Refused("this decision is over", code="decision.expired", field="notAfter", fix="decide again")
