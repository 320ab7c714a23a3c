"""Requests and answers of the desk (format ``yinxin-desk-2``, canonical JSON).

========== ================================================================ ==========================
kind       asks for                                                         who answers
========== ================================================================ ==========================
release    may this list of drafts become certificates?                     a person
root       sign the anchor of a released list                               the signer by itself
recall     forget a released list whose root is not signed                  the signer by itself
list       sign the first, empty state of a status list                     the signer by itself
status     sign a status change and the anchor of its event records         a person; the signer by itself
                                                                            for lapses past their date and
                                                                            for predecessors of released drafts
audit      sign how far the audit log has come                              the signer by itself
type       sign the anchor of a type definition, or of a version's end      a person; the signer by itself where
                                                                            a person approved it before
activation make activation codes for anchored certificates, and letters     the signer by itself
claim      bind a device by its holder's claim, and sign the anchor of it   the signer by itself
unbind     end a binding, and sign the anchor of it                         a person; the signer by itself
                                                                            for the holder's own statement
retention  may these records, whose time of keeping is over, be destroyed?  a person; nothing is signed
=========  ===============================================================  ==========================

A list of more than a few rows lies beside its request, in parts (:mod:`chain.desk.parts`): then ``release`` holds its
first ``drafts`` only, which a person is shown, and ``root`` no ``credentials``, ``stamps`` and ``records`` but the
``root`` that the register computed; both say ``size`` and ``part``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput

FORMAT = "yinxin-desk-2"
KINDS = (
    "release", "root", "recall", "list", "status", "type", "audit", "activation", "claim", "unbind", "retention",
)  # fmt: skip
LIMIT = 1024 * 2**20
"""Largest request, bytes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the register asks.

    Attributes:
        kind: one of :data:`KINDS`.
        bureau: USCC of the bureau it asks for.
        body: members of that kind, plain data.
    """

    kind: str
    bureau: str
    body: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical({"format": FORMAT, "kind": self.kind, "bureau": self.bureau, "body": dict(self.body)})

    @property
    def id(self) -> str:
        """Its kind and the first 16 hex digits of its SHA-256; the same request has the same name."""
        return request_id(self.kind, self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Request:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = read_canonical(data, what="desk request", limit=LIMIT)
        if (
            not isinstance(value, dict)
            or set(value) != {"format", "kind", "bureau", "body"}
            or value["format"] != FORMAT
        ):
            raise InvalidInput("desk request: unknown format", code="desk.format", field="format")
        if value["kind"] not in KINDS or not isinstance(value["body"], dict) or not isinstance(value["bureau"], str):
            raise InvalidInput("desk request: unknown kind", code="desk.kind", field="kind")
        return cls(value["kind"], value["bureau"], value["body"])


def request_id(kind: str, data: bytes) -> str:
    """Name of the request with these bytes."""
    return f"{kind}-{sha256(data).hex()[:16]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the signer says.

    Attributes:
        request: name of the request.
        ok: granted or refused.
        key: address of the approver's anchor key, 0x hexadecimal.
        at: when, by the signer's clock, seconds.
        signatures: by name, 0x hexadecimal; empty for a refusal.
        parts: what else was made, by name, as text; nothing secret, for answers lie open.
        code: of a refusal.
        message: of a refusal, for people.
    """

    request: str
    ok: bool
    key: str
    at: int
    signatures: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    message: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "request": self.request,
                "ok": self.ok,
                "key": self.key,
                "at": self.at,
                "signatures": dict(self.signatures),
                "code": self.code,
                "message": self.message,
                "parts": dict(self.parts),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Answer:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = read_canonical(data, what="desk answer", limit=64 * 1024)
        if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
            raise InvalidInput("desk answer: unknown format", code="desk.format", field="format")
        try:
            answer = cls(**value)
        except TypeError as error:
            raise InvalidInput(f"desk answer: {error}", code="desk.form", field="answer") from error
        texts = (answer.request, answer.key, answer.code, answer.message)
        if (
            any(type(text) is not str for text in texts)
            or type(answer.ok) is not bool
            or not isinstance(answer.signatures, Mapping)
            or not isinstance(answer.parts, Mapping)
            or any(type(text) is not str for text in (*answer.signatures.values(), *answer.parts.values()))
        ):
            raise InvalidInput("desk answer: a member of another kind", code="desk.form", field="answer")
        return answer
