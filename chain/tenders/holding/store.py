"""What a key holder keeps: seeds and shares, encrypted, in ``<home>/holding``; ``<place>`` is one registry (places).

::

    keys/ceremony-<n>-<place>-seed      secret of the keystore from which all of the member's messages follow
    keys/ceremony-<n>-<place>-card      X25519 key to which the others dealt (card_keys)
    keys/ceremony-<n>-<place>-share     secret of the keystore under which the share is encrypted
    holding/<place>/ceremony-<n>.share  the share (yinxin-key-share-1), ChaCha20-Poly1305 under that secret
    holding/<place>/ceremony-<n>.shown.json  to whom shares of the own deal were shown (shown)
    holding/<place>/openings-<book>.json   the latest opening that each tender announced
    holding/papers/                     deals and rosters that were seen (papers)

Whoever destroys the keystore's secret has destroyed the share with every copy of its file.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound
from chain.kernel.home import write_atomically
from chain.keys import Keystore
from chain.sealing import KeyShare
from chain.tenders.holding.card_keys import bind_card, destroy_card
from chain.tenders.holding.openings import SeenOpenings
from chain.tenders.holding.places import Place
from chain.tenders.holding.shown import ShownShares

FORMAT = "yinxin-kept-share-1"
_FILE = re.compile(r"ceremony-([1-9][0-9]*)\.share\Z")


class ShareStore:
    """Seeds and shares of one home, for one registry.

    Args:
        root: ``<home>/holding``.
        keys: of the home.
        place: the registry whose ceremonies are meant.

    Raises:
        Conflict: the folder of that name is another registry's.
    """

    def __init__(self, root: Path, keys: Keystore, place: Place) -> None:
        self.root = root
        self.folder = root / place.name
        self.keys = keys
        self.place = place
        place.check(self.folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process at a time works in this home. Raises Conflict at once if another one does."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(
                    "another command of this key holder is at work", code="holding.busy", field="home",
                    fix="wait until it has ended, or end it",
                ) from error  # fmt: skip
            yield
        finally:
            os.close(lock)

    # ------------------------------------------------------------------ what a ceremony needs

    def seed(self, ceremony: int) -> bytes:
        """The member's seed for that ceremony, made and stored when first asked for; 32 bytes."""
        name = self.seed_name(ceremony)
        if not self.keys.has(name):
            self.place.settle(self.folder)
            self.keys.create(name, "secret")
        return self.keys.secret(name)

    def has_seed(self, ceremony: int) -> bool:
        """True once the seed was made."""
        return self.keys.has(self.seed_name(ceremony))

    def bind_card(self, ceremony: int, public: bytes) -> None:
        """The card with that key (32 bytes) is used by this ceremony, and by no other one. Raises Refused."""
        self.place.settle(self.folder)
        bind_card(self.keys, self.card_name(ceremony), public)

    def shown(self, ceremony: int) -> ShownShares:
        """To whom shares of the own deal in that ceremony were shown; the card is bound."""
        return ShownShares(self.folder / f"ceremony-{ceremony}.shown.json")

    def has_card(self, ceremony: int) -> bool:
        """True once the ceremony has used a card of this home."""
        return self.keys.has(self.card_name(ceremony))

    def card_key(self, ceremony: int) -> bytes:
        """Private part of the key on the card, 32 bytes. Raises NotFound, Refused (wrong passphrase)."""
        return self.keys.desk(self.card_name(ceremony))

    # ------------------------------------------------------------------ shares

    def has(self, ceremony: int) -> bool:
        """True if a share of that ceremony is kept."""
        return self.file(ceremony).is_file() and self.keys.has(self.secret_name(ceremony))

    def ceremonies(self) -> list[int]:
        """Numbers of the ceremonies of which a share is kept."""
        found = (_FILE.match(path.name) for path in self.folder.glob("ceremony-*.share"))
        return sorted(number for number in (int(match[1]) for match in found if match) if self.has(number))

    def keep(self, ceremony: int, share: KeyShare) -> None:
        """Store a share; the same one again does no harm. Raises Conflict if another one is kept."""
        if self.has(ceremony):
            if self.share(ceremony) != share:
                raise Conflict(
                    f"another share of ceremony {ceremony} is kept", code="holding.share", field="ceremony",
                    fix="do not go on: two homes of one key holder, or a ledger that was rewritten",
                )  # fmt: skip
            return
        self.place.settle(self.folder)
        if not self.keys.has(self.secret_name(ceremony)):
            self.keys.create(self.secret_name(ceremony), "secret")
        nonce = os.urandom(12)
        cipher = ChaCha20Poly1305(self.keys.secret(self.secret_name(ceremony)))
        sealed = cipher.encrypt(nonce, share.to_bytes(), self._bound(ceremony))
        body = {"format": FORMAT, **self._named(ceremony), "nonce": b64url(nonce), "sealed": b64url(sealed)}
        self.put(ceremony, canonical(body))

    def share(self, ceremony: int) -> KeyShare:
        """A share. Raises NotFound, Damaged, Refused (wrong passphrase)."""
        if not self.has(ceremony):
            raise NotFound(
                f"this home has no share of ceremony {ceremony}", code="holding.no_share", field="ceremony",
                fix="yinxin keyholder show tells which there are; yinxin keyholder restore takes one from a backup",
            )  # fmt: skip
        value = self.read_kept(self.file(ceremony).read_bytes(), ceremony)
        cipher = ChaCha20Poly1305(self.keys.secret(self.secret_name(ceremony)))
        try:
            return KeyShare.from_bytes(
                cipher.decrypt(unb64url(value["nonce"]), unb64url(value["sealed"]), self._bound(ceremony))
            )
        except (InvalidTag, InvalidInput, ValueError) as error:
            raise _damaged(ceremony) from error

    def put(self, ceremony: int, data: bytes) -> None:
        """Write a share's file as it is."""
        self.place.settle(self.folder)
        write_atomically(self.file(ceremony), data)

    def read_kept(self, data: bytes, ceremony: int) -> dict[str, Any]:
        """A share's file, still encrypted. Raises Damaged."""
        try:
            value = read_canonical(data, what="kept share", limit=16_384)
        except InvalidInput as error:
            raise _damaged(ceremony) from error
        named = {"format": FORMAT, **self._named(ceremony)}
        if not isinstance(value, dict) or set(value) != {*named, "nonce", "sealed"}:
            raise _damaged(ceremony)
        if {name: value[name] for name in named} != named:
            raise _damaged(ceremony)
        return value

    def destroy(self, ceremony: int, card: bytes) -> None:
        """Overwrite and delete all from which the share could be had: itself, what encrypts it, seed, and card's key.

        Args:
            ceremony: its number.
            card: public key of the member's card in the roster, 32 bytes.
        """
        for name in (self.secret_name(ceremony), self.seed_name(ceremony)):
            self.keys.destroy(name, missing_ok=True)
        destroy_card(self.keys, self.card_name(ceremony), card)
        self.keys.clear_leftovers()
        for path in (self.file(ceremony), *self.folder.glob(".part-*")):
            overwrite(path)

    # ------------------------------------------------------------------ openings

    def opening_of(self, tender: int) -> int:
        """The latest opening that this home has seen announced for a tender; 0 if none."""
        return self._openings().opening_of(tender)

    def note_opening(self, tender: int, open_at: int) -> None:
        """Remember it: openings only move to later times, so whoever tells an earlier one later on is not believed."""
        self.place.settle(self.folder)
        self._openings().note(tender, open_at)

    def _openings(self) -> SeenOpenings:
        return SeenOpenings(self.folder, self.place.book)

    # ------------------------------------------------------------------ names

    def file(self, ceremony: int) -> Path:
        """Where the share lies."""
        return self.folder / f"ceremony-{ceremony}.share"

    def record_file(self, ceremony: int) -> Path:
        """Where the record lies that what is here of that ceremony is to be destroyed; then nothing is taken again."""
        return self.folder / f"ceremony-{ceremony}.destroyed.json"

    def secret_name(self, ceremony: int) -> str:
        """Name of the secret in the keystore under which the share is encrypted."""
        return self._name(ceremony, "share")

    def seed_name(self, ceremony: int) -> str:
        """Name of the secret in the keystore from which the member's messages follow."""
        return self._name(ceremony, "seed")

    def card_name(self, ceremony: int) -> str:
        """Name in the keystore of the key to which the others deal."""
        return self._name(ceremony, "card")

    def _name(self, ceremony: int, what: str) -> str:
        return f"ceremony-{ceremony}-{self.place.name}-{what}"

    def _named(self, ceremony: int) -> dict[str, Any]:
        return {"ceremony": ceremony, **self.place.as_dict()}

    def _bound(self, ceremony: int) -> bytes:
        return canonical({"format": FORMAT, **self._named(ceremony)})


def overwrite(path: Path) -> None:
    """Overwrite a file with noise, then delete it. What the disk keeps of old blocks, no program can say."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _damaged(ceremony: int) -> Damaged:
    return Damaged(
        f"the file of the share of ceremony {ceremony} is damaged, or another registry's", code="holding.damaged",
        field="ceremony", fix="take it from a backup: yinxin keyholder restore",
    )  # fmt: skip
