"""Decisions in, rulings out: two more folders of a desk, or of an authority.

Whoever can write into the folder may put anything there: a pipe, a link, a folder, a million files. What is no
regular small file with a decision's name is never opened, and a round looks at a bounded number.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from chain.desk.decisions import LIMIT, Ruling, SignedDecision, is_decision_name
from chain.kernel.errors import InvalidInput
from chain.kernel.home import write_atomically

MOST_A_ROUND = 256
_END = ".json"


class DecisionFolder:
    """Where decisions and rulings lie.

    Args:
        path: the shared folder.
    """

    def __init__(self, path: Path) -> None:
        self._decisions = path / "decisions"
        self._rulings = path / "rulings"

    # ------------------------------------------------------------------ whoever hands decisions over

    def put(self, signed: SignedDecision) -> str:
        """Lay a decision down, in place of any earlier one of that person on that request; answers its name."""
        self._decisions.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(OSError):
            (self._rulings / f"{signed.name}{_END}").unlink(missing_ok=True)
        write_atomically(self._decisions / f"{signed.name}{_END}", signed.to_bytes())
        return signed.name

    def ruling(self, name: str) -> Ruling | None:
        """What became of a decision; None while nobody has looked. Raises InvalidInput for what is no ruling."""
        data = _read(self._rulings / f"{name}{_END}") if is_decision_name(name) else None
        return None if data is None else Ruling.from_bytes(data)

    def rulings_on(self, request: bytes) -> list[Ruling]:
        """Every readable ruling on one request (32 bytes), by address."""
        found = []
        for file in sorted(self._rulings.glob(f"{request.hex()}.0x*{_END}")):
            with suppress(InvalidInput):
                ruling = self.ruling(file.name.removesuffix(_END))
                if ruling is not None:
                    found.append(ruling)
        return found

    def on(self, request: bytes) -> Iterator[SignedDecision]:
        """Every well-formed decision on one request (32 bytes) that lies here, by address; signatures unchecked."""
        for file in sorted(self._decisions.glob(f"{request.hex()}.0x*{_END}")):
            with suppress(InvalidInput):
                signed = SignedDecision.from_bytes(self.read(file.name.removesuffix(_END)))
                if signed.name + _END == file.name:
                    yield signed

    # ------------------------------------------------------------------ whoever obeys them

    def names(self) -> list[str]:
        """Names of decisions nobody has ruled on, in no order that means anything; at most :data:`MOST_A_ROUND`."""
        found: list[str] = []
        try:
            with os.scandir(self._decisions) as entries:
                for entry in entries:
                    name = entry.name.removesuffix(_END)
                    plain = entry.is_file(follow_symlinks=False)
                    if plain and entry.name.endswith(_END) and is_decision_name(name):
                        found.append(name)
                        if len(found) == MOST_A_ROUND:
                            break
        except OSError:
            return []
        return sorted(found)

    def read(self, name: str) -> bytes:
        """Bytes of a decision. Raises InvalidInput for what is no regular small file."""
        data = _read(self._decisions / f"{name}{_END}")
        if data is None:
            raise InvalidInput("no file that can be read", code="decision.file", field="decision")
        return data

    def rule(self, ruling: Ruling) -> None:
        """Answer a decision and drop its file."""
        self._rulings.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Someone who puts a folder where an answer belongs harms the answer, not the signer.
        with suppress(OSError):
            write_atomically(self._rulings / f"{ruling.name}{_END}", ruling.to_bytes())
        with suppress(OSError):
            (self._decisions / f"{ruling.name}{_END}").unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    """A regular file of at most :data:`LIMIT` bytes; None for anything else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        data = b""
        while len(data) <= LIMIT and (part := os.read(handle, LIMIT + 1 - len(data))):
            data += part
    except OSError:
        return None
    finally:
        os.close(handle)
    return data if len(data) <= LIMIT else None
