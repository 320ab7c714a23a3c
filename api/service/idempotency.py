"""The header ``Idempotency-Key``: the same POST twice is done once and answered twice.

The answer is kept for a day, sealed (AES-256-GCM) under a key derived from the caller's own key, of which only a
digest stays; so neither names nor secrets in an answer can be read from the database. A request whose process died
before it answered is executed again: every act behind an endpoint can be, with one effect. That a process died is seen
at once on its own machine (:mod:`api.service.alive`), and presumed of another machine's after two minutes.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from api.service.alive import Alive
from api.service.tables import idempotency_keys as keys
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.steps import reached

HEADER = "Idempotency-Key"
KEPT = 86_400
LARGEST_ANSWER = 256 * 1024
_ABANDONED = 120
_KEY = re.compile(r"[\x21-\x7e]{8,128}\Z")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer given before.

    Attributes:
        status: HTTP status.
        media_type: of the body.
        body: as it was sent.
        location: header Location, or empty.
    """

    status: int
    media_type: str
    body: bytes
    location: str = ""

    def response(self) -> Response:
        """The same response again, marked as such."""
        headers = {"Idempotent-Replayed": "true"} | ({"Location": self.location} if self.location else {})
        return Response(self.body, self.status, headers, self.media_type)


class _Sealed(msgspec.Struct, array_like=True):
    media_type: str
    body: bytes
    location: str


@dataclass(frozen=True, slots=True)
class Once:
    """One request with a key, being executed.

    Attributes:
        engine: the service's database.
        digest: names account and key.
        owner: this execution.
        seal: key under which the answer is kept, 32 bytes.
    """

    engine: Engine
    digest: bytes
    owner: str
    seal: bytes

    def keep(self, response: Response, now: int) -> None:
        """Keep the answer; a fault of ours (5xx) is forgotten, so that it may be tried again."""
        body = bytes(response.body)
        with self.engine.begin() as connection:
            mine = (keys.c.digest == self.digest, keys.c.owner == self.owner)
            if response.status_code >= 500 or response.status_code == 429 or len(body) > LARGEST_ANSWER:
                connection.execute(delete(keys).where(*mine))
                return
            media_type = response.headers.get("Content-Type", "application/json")
            plain = msgspec.msgpack.encode(_Sealed(media_type, body, response.headers.get("Location", "")))
            nonce = os.urandom(12)
            answer = nonce + AESGCM(self.seal).encrypt(nonce, plain, self.digest)
            connection.execute(
                update(keys).where(*mine).values(status=response.status_code, answer=answer, expires_at=now + KEPT)
            )
        reached("kept")

    def forget(self) -> None:
        """The execution failed without an answer."""
        with self.engine.begin() as connection:
            connection.execute(delete(keys).where(keys.c.digest == self.digest, keys.c.owner == self.owner))


def begin(
    engine: Engine, account: str, key: str, fingerprint: bytes, *, owner: str, now: int, alive: Alive
) -> Once | Kept:
    """Begin an execution, or find the answer of the one before.

    Args:
        engine: the service's database.
        account: whose key it is.
        key: the header's value.
        fingerprint: SHA-256 of method, path and body, 32 bytes.
        owner: names this execution.
        now: seconds.
        alive: tells whether the process of an earlier execution has died.

    Raises:
        InvalidInput: the key has another form, or came with another request before.
        Conflict: the first request with it is still being executed.
    """
    if not _KEY.match(key):
        raise InvalidInput(
            "8 to 128 printable ASCII characters",
            code="idempotency.key",
            field=HEADER,
            fix="send a fresh UUID with every new request",
        )
    digest = sha256(b"yinxin-idempotency-1\0" + account.encode() + b"\0" + key.encode())
    seal = HKDF(SHA256(), 32, digest, b"yinxin-idempotency-answer-1").derive(key.encode())
    # A bare digest of a request with a password or a number in it could be searched for; this one needs the key.
    given, mine = fingerprint, alive.owner(owner)
    fingerprint = HKDF(SHA256(), 32, digest, b"yinxin-idempotency-request-1").derive(key.encode() + given)
    values = {"digest": digest, "fingerprint": fingerprint, "begun_at": now, "owner": mine, "expires_at": now + KEPT}
    with engine.begin() as connection:
        connection.execute(delete(keys).where(keys.c.expires_at <= now))
        abandoned = (keys.c.digest == digest, keys.c.status.is_(None), keys.c.begun_at <= now - _ABANDONED)
        connection.execute(delete(keys).where(*abandoned))
    try:
        with engine.begin() as connection:
            connection.execute(insert(keys).values(**values))
        return Once(engine, digest, mine, seal)
    except IntegrityError:
        return _before(engine, digest, fingerprint, seal, alive) or begin(
            engine, account, key, given, owner=owner, now=now, alive=alive
        )


def forget_dead(engine: Engine, alive: Alive) -> None:
    """Forget what processes that died were executing; sending it again executes it."""
    for name in list(alive.dead()):
        with engine.begin() as connection:
            connection.execute(delete(keys).where(keys.c.status.is_(None), keys.c.owner.startswith(f"{name} ")))
        alive.forget(name)


def _before(engine: Engine, digest: bytes, fingerprint: bytes, seal: bytes, alive: Alive) -> Kept | None:
    """The answer given before; None if the process that was to give it has died."""
    with engine.connect() as connection:
        row = connection.execute(select(keys).where(keys.c.digest == digest)).one_or_none()
    if row is not None and bytes(row.fingerprint) != fingerprint:
        raise InvalidInput(
            "this key came with another request before",
            code="idempotency.reused",
            field=HEADER,
            fix="send a fresh key with every new request",
        )
    if row is not None and row.status is None and alive.has_died(row.owner):
        with engine.begin() as connection:
            connection.execute(delete(keys).where(keys.c.digest == digest, keys.c.owner == row.owner))
        return None
    if row is None or row.status is None:
        raise Conflict(
            "the first request with this key is still being executed",
            code="idempotency.busy",
            field=HEADER,
            fix="wait and send the same request again",
        )
    data = bytes(row.answer)
    try:
        plain = AESGCM(seal).decrypt(data[:12], data[12:], digest)
    except InvalidTag as error:
        raise InvalidInput(
            "this key is not known", code="idempotency.key", field=HEADER, fix="send a fresh key"
        ) from error
    kept = msgspec.msgpack.decode(plain, type=_Sealed)
    return Kept(row.status, kept.media_type, kept.body, kept.location)
