"""Everything a bureau's officer works with, opened from one home."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from api.certificates.uniqueness import Uniqueness
from api.db import open_register
from api.types.known import catalogue_of
from chain.catalogue import Catalogue
from chain.credentials.es256 import P256Signer
from chain.desk.folder import Desk
from chain.desk.messages import Answer, Request
from chain.documents.cids import cid_of_sha256
from chain.documents.configured import open_store
from chain.documents.vault import KeyVault
from chain.kernel.clock import Clock, system_clock
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import Home
from chain.kernel.ports import BlobStore
from chain.keys import Keystore, passphrase_for
from chain.keys.signatures import recover
from chain.ledger.anchoring import SignedAnchor, SignedStatus, anchor_batch, change_status
from chain.ledger.connection import Ledger, open_ledger
from chain.ledger.typed import Anchor, StatusChange, anchor_thumbprint

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

CREDENTIAL_KEY, ACCOUNT_KEY, VAULT_KEY, SEAL_KEY = "credential", "account", "vault", "seal"


@dataclass
class Office:
    """One bureau's desk, register, keys, store and ledger.

    Attributes:
        home: the home folder.
        clock: the officer's clock, for what is only noted; what counts is the ledger's.
    """

    home: Home
    clock: Clock = system_clock

    @cached_property
    def bureau(self) -> str:
        """USCC of the bureau. Raises InvalidInput if the home has none."""
        uscc = self.home.settings.bureau.uscc
        if not uscc:
            raise InvalidInput(
                "this home works for no bureau",
                code="office.bureau",
                field="bureau.uscc",
                fix="run yinxin init officer --bureau USCC",
            )
        return uscc

    @cached_property
    def actor(self) -> str:
        """USCC of the bureau that signs and anchors: this one, or the successor that answers for it."""
        return self.home.settings.bureau.acts_as or self.bureau

    @cached_property
    def bureau_name(self) -> str:
        """Legal name of the bureau, from the registry. Raises NotFound if it is not registered."""
        facts = self.ledger.reader.bureau(self.bureau)
        if facts is None:
            raise NotFound(
                f"the registry knows no bureau {self.bureau}",
                code="office.not_registered",
                field="bureau.uscc",
                fix="let the authority register it: yinxin authority accredit",
            )
        return facts.name

    @cached_property
    def account(self) -> LocalAccount:
        """The ledger account that sends; it has no rights."""
        return self.keys.account(ACCOUNT_KEY)

    @cached_property
    def keys(self) -> Keystore:
        """The unlocked keys."""
        return Keystore(self.home / "keys", passphrase_for(self.home.path))

    @cached_property
    def engine(self) -> Engine:
        """The register."""
        return open_register(self.home)

    @property
    def catalogue(self) -> Catalogue:
        """The types this bureau knows, as the register has them in force now; each in every version."""
        return catalogue_of(self.engine)

    @cached_property
    def master(self) -> bytes:
        """The vault's master key, 32 bytes."""
        return self.keys.secret(VAULT_KEY)

    @cached_property
    def vault(self) -> KeyVault:
        """The secrets of the records."""
        return KeyVault(self.home / "vault", self.master, tombstones=self.home / "tombstones")

    @cached_property
    def uniqueness(self) -> Uniqueness:
        """Keyed digests of certificate numbers."""
        return Uniqueness(self.master)

    @cached_property
    def signer(self) -> P256Signer:
        """The key that signs certificates, stamps and status lists."""
        return self.keys.signer(CREDENTIAL_KEY)

    @cached_property
    def sealer(self) -> P256Signer:
        """The key that seals PDFs. Raises NotFound in a home that was made before there were any."""
        return self.keys.signer(SEAL_KEY)

    def unlock(self) -> None:
        """Open the keys that an act needs, before anything is put into the register. Raises Refused, NotFound."""
        _ = self.master, self.signer, self.account

    @cached_property
    def store(self) -> BlobStore:
        """Where records, manifests and status lists lie."""
        return open_store(self.home)

    @cached_property
    def desk(self) -> Desk:
        """The folder shared with the approver."""
        return Desk(self.home.resolve(self.home.settings.desk.path), pin=self.home / "approver-seen.json")

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger; opening it starts the embedded node if none runs."""
        return open_ledger(self.home)

    @cached_property
    def operator(self) -> str:
        """Who acts, as written into the records of acts."""
        return self.home.settings.operator or "officer"

    @cached_property
    def maker(self) -> str | None:
        """Address with which the operator decides on requests of others, where known; never on her own."""
        return self.home.settings.operator_address.lower() or None

    def acting(self, operator: str, *, maker: str | None = None) -> Office:
        """This office with another name in the records of acts; everything that is open is shared.

        Args:
            operator: the name.
            maker: address with which that person decides elsewhere, where known.
        """
        other = copy(self)
        other.__dict__["operator"] = operator
        other.__dict__["maker"] = maker.lower() if maker else None
        return other

    def ask(
        self, request: Request, wait: float, before: Callable[[bytes], object] = lambda _recipient: None
    ) -> Answer | None:
        """Put a request on the desk and wait up to ``wait`` seconds for its answer.

        ``before`` lays what the request speaks of; it is called with the signer's key if the request is not there yet.
        """
        return self.desk.wait(self.desk.submit(request, before=before), wait)

    def signature(self, request: Request, answer: Answer, name: str, message: Anchor | StatusChange) -> bytes:
        """One signature of an answer: made by an anchor key of the acting bureau that counts now. 65 bytes.

        Raises:
            Refused: it is not; the answer is dropped, so that the signer is asked anew.
        """
        try:
            found = unhex0x(answer.signatures.get(name, ""), size=65)
        except InvalidInput:
            found = b""
        if not self._counts(message, found):
            self.desk.clear(request.id)
            raise Refused(
                f"the answer at the desk is not signed by an anchor key that counts for {self.actor} now",
                code="office.signature",
                field="desk",
                fix="let the authority enter the approver's key (yinxin authority enter), then run this again",
            )
        return found

    def _counts(self, message: Anchor | StatusChange, signature: bytes) -> bool:
        address = recover(message.digest(self.ledger.domain), signature)
        if address is None:
            return False
        reader = self.ledger.refresh()
        facts = reader.key(self.actor, anchor_thumbprint(address))
        return facts is not None and facts.purpose == "anchor" and facts.usable(reader.block.time)

    def token(self, digest: bytes) -> bytes:
        """Bytes of the status list token with that SHA-256, from the store. Raises NotFound, Unavailable, Damaged."""
        return self.store.get(cid_of_sha256(digest))

    def anchor(
        self, lane: str, sequence: int, root: bytes, size: int, manifest_digest: bytes, signature: bytes
    ) -> bool:
        """Anchor exactly once; False if it must be signed anew: another root holds that sequence, or the key that
        signed counts no more. Raises Unavailable, Refused."""
        signed = SignedAnchor(self.actor, lane, sequence, root, size, manifest_digest, signature)
        try:
            anchor_batch(self.ledger.sender(self.account), self.ledger.trust_root, signed)
        except Conflict as error:
            if error.code != "ledger.sequence_taken":
                raise
            return False
        except Refused as error:
            message = Anchor(self.actor, lane, sequence, root, size, manifest_digest)
            if error.code != "ledger.may_not_anchor" or self._counts(message, signature):
                raise
            return False
        return True

    def change_status(self, name: str, previous_head: bytes, digest: bytes, signature: bytes) -> bool:
        """Anchor a new state of a status list, once; False if the key that signed counts no more.

        Raises Conflict (the list changed), Unavailable, Refused.
        """
        signed = SignedStatus(self.bureau, name, previous_head, digest, self.actor, signature)
        try:
            change_status(self.ledger.sender(self.account), self.ledger.trust_root, signed)
        except Refused as error:
            message = StatusChange(self.bureau, name, previous_head, digest, self.actor)
            if error.code != "ledger.may_not_anchor_status" or self._counts(message, signature):
                raise
            return False
        return True

    @contextmanager
    def writing(self, *, patience: float = 0.0) -> Iterator[None]:
        """One process at a time advances batches and acts: command and worker share this lock.

        Args:
            patience: seconds to wait for another process.

        Raises:
            Conflict: another process is writing.
        """
        path = self.home / "register.lock"
        with _locked(path, patience):
            yield

    def close(self) -> None:
        """Let go of everything that was opened."""
        for name in ("vault", "ledger", "store"):
            part = self.__dict__.pop(name, None)
            if part is not None and hasattr(part, "close"):
                part.close()
        if "engine" in self.__dict__:
            self.__dict__.pop("engine").dispose()


@contextmanager
def _locked(path: Path, patience: float) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + patience
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                raise Conflict(
                    "another process is writing in this register",
                    code="office.busy",
                    field="register",
                    fix="wait until it has finished",
                ) from error
        yield
    finally:
        os.close(handle)
