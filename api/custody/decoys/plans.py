"""Plans of decoys on disk: each is sealed with a key made from the custodian's account, keys and salts included."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.custody.decoys.drawing import Step
from api.custody.store import Store
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged
from chain.kernel.tender_facts import Commitment
from chain.tenders.custody.wire import commitment_json, read_commitment

_INFO = b"yinxin-custody-decoys-1"


@dataclass(frozen=True, slots=True)
class Decoy:
    """One decoy.

    Attributes:
        number: of its row; 0 before it is stored.
        tender: number of the tender.
        lot: 1, 2, 3 …
        key: private key of its fresh address, 32 bytes.
        recovery: address that nobody has a key for, 20 bytes.
        steps: what is done when.
        salts: of the kind digest of each version, 32 bytes each; one for each step.
        done: how many steps are journaled.
        newest: the newest commitment, or None.
    """

    number: int
    tender: int
    lot: int
    key: bytes = field(repr=False)
    recovery: bytes
    steps: tuple[Step, ...]
    salts: tuple[bytes, ...] = field(repr=False)
    done: int = 0
    newest: Commitment | None = None


class Plans:
    """The decoys of one custodian.

    Args:
        store: where they lie.
        account_key: private key of the custodian's account, 32 bytes.
    """

    def __init__(self, store: Store, account_key: bytes) -> None:
        self._store = store
        self._box = ChaCha20Poly1305(HKDF(SHA256(), 32, None, _INFO).derive(account_key))

    def is_planned(self, tender: int, lot: int) -> bool:
        """True once decoys were drawn for that lot, be it none."""
        return self._store.row("SELECT 1 FROM planned WHERE tender = ? AND lot = ?", tender, lot) is not None

    def plan(self, tender: int, lot: int, decoys: list[Decoy]) -> None:
        """Store what was drawn for a lot, all at once."""
        with self._store.writing() as database:
            database.execute("INSERT INTO planned VALUES (?, ?)", (tender, lot))
            database.executemany(
                "INSERT INTO decoys (tender, lot, plan) VALUES (?, ?, ?)",
                [(tender, lot, self._seal(decoy)) for decoy in decoys],
            )

    def of(self, tender: int) -> list[Decoy]:
        """Every decoy of a tender. Raises Damaged."""
        rows = self._store.rows("SELECT id, tender, lot, plan FROM decoys WHERE tender = ? ORDER BY id", tender)
        return [self._open(*row) for row in rows]

    def keep(self, decoy: Decoy) -> None:
        """Store how far it is."""
        with self._store.writing() as database:
            database.execute("UPDATE decoys SET plan = ? WHERE id = ?", (self._seal(decoy), decoy.number))

    # ------------------------------------------------------------------ inside

    def _seal(self, decoy: Decoy) -> bytes:
        plain = msgspec.json.encode(
            {
                "key": b64url(decoy.key), "recovery": b64url(decoy.recovery), "done": decoy.done,
                "steps": [[step.left, step.withdraws] for step in decoy.steps],
                "salts": [b64url(salt) for salt in decoy.salts],
                "newest": commitment_json(decoy.newest) if decoy.newest else None,
            }
        )  # fmt: skip
        nonce = os.urandom(12)
        return nonce + self._box.encrypt(nonce, plain, _INFO)

    def _open(self, number: int, tender: int, lot: int, sealed: bytes) -> Decoy:
        try:
            value: dict[str, Any] = msgspec.json.decode(self._box.decrypt(sealed[:12], sealed[12:], _INFO))
        except InvalidTag as error:
            raise Damaged(
                f"plan {number} of a decoy was sealed with another account", code="custody.decoy", field="account",
                fix="restore the custodian's key or its folder from the same backup",
            ) from error  # fmt: skip
        blank = Decoy(
            number, tender, lot, unb64url(value["key"]), unb64url(value["recovery"]),
            tuple(Step(left, withdraws) for left, withdraws in value["steps"]),
            tuple(unb64url(salt) for salt in value["salts"]), value["done"],
        )  # fmt: skip
        return blank if value["newest"] is None else replace(blank, newest=read_commitment(value["newest"]))
