"""The folder itself: requests in, answers out, each file written whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.desk._exchange import DecisionFolder
from chain.desk.messages import KINDS, LIMIT, Answer, Request, request_id
from chain.desk.parts import Parts
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, Unavailable
from chain.kernel.home import write_atomically

_POLL = 0.2
_SEALED_LIMIT = LIMIT + LIMIT // 1024 + 4096
"""Largest encrypted request: its age header, and 16 bytes a chunk of 64 KiB."""


class Desk:
    """One desk.

    Attributes:
        path: the shared folder.
        parts: parts of long lists.

    Args:
        path: the shared folder.
        pin: the register's own file that remembers to whom it encrypts; whoever can write into the shared folder
            could else put another key there and read every list. None on the signer's side.
    """

    def __init__(self, path: Path, *, pin: Path | None = None) -> None:
        self.path = path
        self._pin = pin
        self._requests = path / "requests"
        self._answers = path / "answers"
        self.parts = Parts(path / "parts")
        self.decisions = DecisionFolder(path)

    # ------------------------------------------------------------------ the signer's side

    def open(self, *, bureau: str, key: str, recipient: bytes) -> None:
        """Set the desk up for a signer.

        Args:
            bureau: USCC the signer works for.
            key: address of its anchor key.
            recipient: its X25519 public key, 32 bytes, to which requests are encrypted.
        """
        for folder in (self._requests, self._answers):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        card = {"format": "yinxin-desk-card-1", "bureau": bureau, "key": key, "recipient": b64url(recipient)}
        write_atomically(self.path / "approver.json", canonical(card))

    def waiting(self) -> list[str]:
        """Names of requests without an answer, oldest first."""
        found = []
        for file in self._requests.glob("*.age"):
            with suppress(FileNotFoundError):  # withdrawn meanwhile
                found.append((file.stat().st_mtime_ns, file.stem))
        return [name for _, name in sorted(found) if not (self._answers / f"{name}.json").exists()]

    def read(self, name: str, private: bytes) -> Request:
        """Decrypt one request. Raises Unavailable if it is gone, Damaged if it is not what its name says."""
        if Path(name).name != name:
            raise Damaged(f"{name!r} is no name of a request", code="desk.damaged", field="request")
        try:
            with (self._requests / f"{name}.age").open("rb") as file:
                sealed = file.read(_SEALED_LIMIT + 1)
        except FileNotFoundError as error:
            raise Unavailable(f"request {name} is gone", code="desk.gone", field="request") from error
        except OSError as error:
            raise Damaged(f"request {name}: {error.strerror}", code="desk.damaged", field="request") from error
        if len(sealed) > _SEALED_LIMIT:
            raise Damaged(f"request {name} is too large", code="desk.damaged", field="request")
        try:
            data = decrypt(sealed, X25519Identity(private))
            request = Request.from_bytes(data)
        except InvalidInput as error:
            raise Damaged(f"request {name}: {error.message}", code="desk.damaged", field="request") from error
        if request_id(request.kind, data) != name:
            raise Damaged(f"request {name} is another one inside", code="desk.damaged", field="request")
        return request

    def reply(self, answer: Answer) -> None:
        """Write an answer and drop its request, whose rows are personal data."""
        write_atomically(self._answers / f"{answer.request}.json", answer.to_bytes())
        with suppress(IsADirectoryError, PermissionError):  # no request of ours; it is answered and stays
            (self._requests / f"{answer.request}.age").unlink(missing_ok=True)

    # ------------------------------------------------------------------ the register's side

    def submit(self, request: Request, *, before: Callable[[bytes], object] = lambda _recipient: None) -> str:
        """Put a request on the desk (once) and return its name.

        Args:
            request: what is asked.
            before: lays the parts that the request speaks of; called with the signer's public key if the request is
                not on the desk and not answered yet.

        Raises:
            Unavailable: no signer has set this desk up.
            InvalidInput: the signer works for another bureau, or the request is too large.
            Conflict: another key than before opens what is laid on this desk.
        """
        card = self.approver()
        self._recognise(card)
        if card["bureau"] != request.bureau:
            raise InvalidInput(
                f"the approver at this desk works for {card['bureau']}",
                code="desk.bureau",
                field="bureau",
                fix="check desk.path in config.toml",
            )
        data = request.to_bytes()
        if len(data) > LIMIT:
            raise InvalidInput("the request is too large", code="desk.size", field="batch", fix="split the list")
        name = request_id(request.kind, data)
        if not (self._answers / f"{name}.json").exists() and not (self._requests / f"{name}.age").exists():
            recipient = unb64url(card["recipient"])
            before(recipient)
            write_atomically(self._requests / f"{name}.age", encrypt(data, X25519Recipient(recipient)))
        return name

    def recipient(self) -> bytes:
        """X25519 public key to which requests and parts are encrypted, 32 bytes. Raises as :meth:`submit`."""
        card = self.approver()
        self._recognise(card)
        return unb64url(card["recipient"])

    def approver(self) -> dict[str, str]:
        """The signer's public card: bureau, key, recipient. Raises Unavailable."""
        try:
            data = (self.path / "approver.json").read_bytes()
        except OSError as error:
            raise Unavailable(
                f"no approver has opened the desk {self.path}",
                code="desk.closed",
                field="desk",
                fix="run yinxin init approver in the approver's home, with desk.path set to the same folder",
            ) from error
        card: dict[str, str] = read_canonical(data, what="approver.json", limit=4096)
        if not isinstance(card, dict) or not {"bureau", "key", "recipient"} <= set(card):
            raise InvalidInput("approver.json: not the card of a signer", code="desk.card", field="desk")
        return card

    def _recognise(self, card: dict[str, str]) -> None:
        if self._pin is None:
            return
        mine = {"desk": str(self.path), "recipient": card["recipient"]}
        seen = read_canonical(self._pin.read_bytes(), what=self._pin.name, limit=8192) if self._pin.exists() else {}
        if seen.get("desk") != mine["desk"]:  # the first time, or the home was set to another desk
            write_atomically(self._pin, canonical(mine))
        elif seen != mine:
            raise Conflict(
                "the key at this desk is not the approver's key used so far",
                code="desk.approver",
                field="desk",
                fix=f"ask the approver; if the key was replaced by the approver, delete {self._pin} and run this again",
            )

    def answer(self, name: str) -> Answer | None:
        """The answer to a request, or None while there is none."""
        try:
            return Answer.from_bytes((self._answers / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None

    def is_open(self, name: str) -> bool:
        """True while a request lies here without an answer; looks at names only."""
        return (self._requests / f"{name}.age").exists() and not (self._answers / f"{name}.json").exists()

    def wait(self, name: str, seconds: float) -> Answer | None:
        """As :meth:`answer`, waiting up to ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            found = self.answer(name)
            if found is not None or time.monotonic() >= end:
                return found
            time.sleep(_POLL)

    def withdraw(self, name: str) -> None:
        """Take a request back; an answer already given stays."""
        (self._requests / f"{name}.age").unlink(missing_ok=True)

    def clear(self, prefix: str = "") -> None:
        """Remove every request and answer whose name starts with ``prefix``."""
        for folder, end in ((self._requests, ".age"), (self._answers, ".json")):
            for file in folder.glob(f"{prefix}*{end}"):
                file.unlink(missing_ok=True)


__all__ = ["KINDS", "Desk"]
