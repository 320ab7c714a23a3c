"""The folder itself: requests in, answers out, each file written whole or not at all."""

from __future__ import annotations

import time
from pathlib import Path

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.desk.messages import KINDS, LIMIT, Answer, Request, request_id
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged, InvalidInput, Unavailable
from chain.kernel.home import write_atomically

_POLL = 0.2


class Desk:
    """One desk.

    Args:
        path: the shared folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._requests = path / "requests"
        self._answers = path / "answers"

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
        files = sorted(self._requests.glob("*.age"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        return [file.stem for file in files if not (self._answers / f"{file.stem}.json").exists()]

    def read(self, name: str, private: bytes) -> Request:
        """Decrypt one request. Raises Unavailable if it is gone, Damaged if it is not what its name says."""
        try:
            sealed = (self._requests / f"{name}.age").read_bytes()
        except FileNotFoundError as error:
            raise Unavailable(f"request {name} is gone", code="desk.gone", field="request") from error
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
        (self._requests / f"{answer.request}.age").unlink(missing_ok=True)

    # ------------------------------------------------------------------ the register's side

    def submit(self, request: Request) -> str:
        """Put a request on the desk (once) and return its name.

        Raises:
            Unavailable: no signer has set this desk up.
            InvalidInput: the signer works for another bureau, or the request is too large.
        """
        card = self.approver()
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
            sealed = encrypt(data, X25519Recipient(unb64url(card["recipient"])))
            write_atomically(self._requests / f"{name}.age", sealed)
        return name

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
        return card

    def answer(self, name: str) -> Answer | None:
        """The answer to a request, or None while there is none."""
        try:
            return Answer.from_bytes((self._answers / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None

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
