"""A showing (``yinxin-showing-1``): a holder's device shows some fields of a certificate to one who asked, now.

An SD-JWT with key binding (RFC 9901, section 4.3) and the binding that says whose the key is. The asker's request
carries name, purpose and fields; its digest is the nonce, so the holder's signature covers what the holder was told.
Format and rules: docs/formats/showing.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chain.claims._members import moment, raw, read_members
from chain.claims.binding import Binding, parse_binding
from chain.credentials.credential import ParsedCredential, parse_credential
from chain.credentials.es256 import P256Signer, verify_es256, well_formed
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import InvalidInput, Refused

REQUEST_FORMAT, SHOWING_FORMAT = "yinxin-showing-request-1", "yinxin-showing-1"
MAX_AGE = 60
"""Seconds that a showing lives, by the clock of whoever checks it."""
MAX_AHEAD = 60
"""Seconds by which the holder's clock may be ahead."""
REQUEST_AGE = 600
"""Seconds that a request may be answered."""
MOST_NAME, MOST_PURPOSE, MOST_FIELDS = 100, 200, 96
"""Characters of a name and of a purpose; fields asked for."""

_LIMIT = 160 * 1024
_HEADER = b64url(canonical({"alg": "ES256", "typ": "kb+jwt"}))


@dataclass(frozen=True, slots=True)
class ShowingRequest:
    """What somebody asks a holder to show.

    Attributes:
        aud: where it will be checked: an origin, ``https://host``.
        name: who asks, in their own words; nobody vouches for it.
        purpose: what for, in their own words.
        type: code of the certificate type asked for; empty: any.
        fields: names of fields asked for; the holder decides.
        nonce: 16 random bytes.
        time: the asker's clock, seconds.
    """

    aud: str
    name: str
    purpose: str
    type: str
    fields: Sequence[str]
    nonce: bytes
    time: int

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": REQUEST_FORMAT,
                "aud": self.aud,
                "name": self.name,
                "purpose": self.purpose,
                "type": self.type,
                "fields": list(self.fields),
                "nonce": b64url(self.nonce),
                "time": self.time,
            }
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of :meth:`to_bytes`, 32 bytes: the nonce of every showing that answers it."""
        return sha256(self.to_bytes())


@dataclass(frozen=True, slots=True)
class Showing:
    """A showing whose form was checked; nothing in it is believed yet.

    Attributes:
        credential: the certificate with the fields that are shown.
        binding: the binding that says whose the key is.
        aud: as in the request that it answers.
        nonce: SHA-256 of that request, 32 bytes.
        issued_at: the holder's clock, seconds.
        signed_digest: SHA-256 of the key-binding JWT's signed part, 32 bytes.
        signature: ES256 by the bound key, low s, 64 bytes.
    """

    credential: ParsedCredential
    binding: Binding
    aud: str
    nonce: bytes
    issued_at: int
    signed_digest: bytes
    signature: bytes

    @property
    def is_by_device(self) -> bool:
        """True if the bound key signed it."""
        return verify_es256(self.binding.key, self.signed_digest, self.signature)


def parse_request(data: bytes) -> ShowingRequest:
    """Read a request. Raises InvalidInput: not its one form, or a text that is empty or too long."""
    texts: dict[str, type | tuple[type, ...]] = dict.fromkeys(("aud", "name", "purpose", "type", "nonce"), str)
    value = read_members(data, REQUEST_FORMAT, {**texts, "fields": list, "time": int}, "request")
    for name, most in (("aud", 200), ("name", MOST_NAME), ("purpose", MOST_PURPOSE)):
        if not 0 < len(value[name]) <= most:
            raise InvalidInput(f"request: {name} has 1 to {most} characters", code="showing.text", field=name)
    fields = value["fields"]
    if len(fields) > MOST_FIELDS or len(set(map(str, fields))) != len(fields):
        raise InvalidInput("request: too many fields, or one twice", code="showing.fields", field="fields")
    if not all(isinstance(one, str) and 0 < len(one) <= 64 for one in fields):
        raise InvalidInput("request: a field without a name", code="showing.fields", field="fields")
    if len(value["type"]) > 32:
        raise InvalidInput("request: no type code", code="showing.type", field="type")
    return ShowingRequest(
        aud=value["aud"],
        name=value["name"],
        purpose=value["purpose"],
        type=value["type"],
        fields=tuple(fields),
        nonce=raw(value["nonce"], 16, "nonce"),
        time=moment(value["time"]),
    )


def make_showing(
    request: ShowingRequest,
    credential: ParsedCredential,
    fields: Iterable[str],
    binding: bytes,
    device: P256Signer,
    at: int,
) -> bytes:
    """Answer a request, on the holder's device; canonical JSON.

    Args:
        request: what was asked, as the holder saw it.
        credential: with everything that the holder could show.
        fields: names of what the holder agrees to show (``certificateIdentifier`` for the identifier).
        binding: the binding's document.
        device: the bound key.
        at: the device's clock, seconds.

    Raises:
        InvalidInput: a field that the credential does not disclose.
    """
    shown = credential.present(fields)
    payload = {
        "aud": request.aud,
        "binding": b64url(sha256(binding)),
        "iat": at,
        "nonce": b64url(request.digest),
        "sd_hash": b64url(sha256(shown.encode())),
    }
    signed = f"{_HEADER}.{b64url(canonical(payload))}"
    presentation = f"{shown}{signed}.{b64url(device.sign(sha256(signed.encode())))}"
    document = read_canonical(binding, what="binding", limit=_LIMIT)
    return canonical({"format": SHOWING_FORMAT, "binding": document, "presentation": presentation})


def parse_showing(data: bytes) -> Showing:
    """Read a showing; its signature is not judged.

    Raises:
        InvalidInput: not its one form; the key-binding JWT is for another presentation or another binding.
    """
    value = read_canonical(data, what="showing", limit=_LIMIT)
    if not isinstance(value, dict) or value.get("format") != SHOWING_FORMAT:
        raise InvalidInput("showing: unknown format", code="showing.format", field="format")
    if set(value) != {"binding", "format", "presentation"} or not isinstance(value["presentation"], str):
        raise InvalidInput("showing: not exactly binding and presentation", code="showing.members")
    document = canonical(value["binding"])
    shown, tilde, key_binding = value["presentation"].rpartition("~")
    parts = key_binding.split(".")
    if not tilde or len(parts) != 3 or parts[0] != _HEADER:
        raise InvalidInput("showing: no key-binding JWT in its only form", code="showing.key_binding")
    shown += tilde
    claims = read_canonical(unb64url(parts[1], field="presentation"), what="key binding", limit=4096)
    kinds = {"aud": str, "binding": str, "iat": int, "nonce": str, "sd_hash": str}
    if not isinstance(claims, dict) or set(claims) != set(kinds):
        raise InvalidInput("showing: the key binding has other members", code="showing.key_binding")
    if any(type(claims[name]) is not kind for name, kind in kinds.items()):
        raise InvalidInput("showing: a member of the key binding is of another kind", code="showing.key_binding")
    signature = raw(parts[2], 64, "signature")
    if not well_formed(signature):
        raise InvalidInput("showing: signature in another form", code="showing.signature", field="signature")
    if raw(claims["sd_hash"], 32, "sd_hash") != sha256(shown.encode()):
        raise InvalidInput("showing: the key binding is for another presentation", code="showing.sd_hash")
    if raw(claims["binding"], 32, "binding") != sha256(document):
        raise InvalidInput("showing: the key binding names another binding", code="showing.binding")
    return Showing(
        credential=parse_credential(shown),
        binding=parse_binding(document),
        aud=claims["aud"],
        nonce=raw(claims["nonce"], 32, "nonce"),
        issued_at=moment(claims["iat"], "iat"),
        signed_digest=sha256(f"{parts[0]}.{parts[1]}".encode()),
        signature=signature,
    )


class OpenRequests:
    """Requests of one checker that may still be answered, each once.

    Keep it for as long as showings are taken in: what it has forgotten is refused, never taken twice.
    """

    def __init__(self) -> None:
        self._open: dict[bytes, ShowingRequest] = {}
        self._answered: set[bytes] = set()

    def add(self, request: ShowingRequest) -> None:
        """A request was shown to a holder."""
        self._open[request.digest] = request

    def take(self, showing: Showing, at: int) -> ShowingRequest:
        """The request that a showing answers, which is answered from then on. One refused leaves it open.

        Args:
            showing: as read.
            at: the checker's clock, seconds.

        Raises:
            Refused: ``showing.replayed``, ``other_request``, ``other_place``, ``request_expired``, ``expired``,
                ``clock``. It says nothing about the certificate.
        """
        if showing.nonce in self._answered:
            raise _refused("replayed", "this showing was taken already")
        request = self._open.get(showing.nonce)
        if request is None:
            raise _refused("other_request", "it answers no request of this checker")
        if showing.aud != request.aud:
            raise _refused("other_place", "it is meant for another checker")
        if at - request.time > REQUEST_AGE:
            raise _refused("request_expired", f"its request is older than {REQUEST_AGE} seconds")
        if at - showing.issued_at > MAX_AGE:
            raise _refused("expired", f"it is older than {MAX_AGE} seconds")
        if showing.issued_at - at > MAX_AHEAD:
            raise _refused("clock", "the holder's clock is ahead")
        del self._open[showing.nonce]
        self._answered.add(showing.nonce)
        return request


def _refused(code: str, message: str) -> Refused:
    return Refused(message, code=f"showing.{code}", fix="ask again, and have a fresh code shown")
