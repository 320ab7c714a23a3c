"""What bidders sign, looked at as the contract will look at it; then signed for, and journaled to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from api.custody.names import Names
from api.custody.place import Custodian
from api.custody.relays import Relays
from api.custody.uploads import check_bidding
from api.custody.view import known
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import NO_FILE, Commitment, Entry, SealedFile, TenderState
from chain.kernel.tender_ports import TenderLedger
from chain.keys.signatures import recover, sign
from chain.tenders.custody.wire import Move, Withdrawal, commitment_json, move_json, withdrawal_json
from chain.tenders.typed import commitment_hash, custody_hash

NOBODY = bytes(20)


@dataclass(frozen=True, slots=True)
class Signed:
    """A custodian's word: hash of the commitment (32 bytes) and its signature (65 bytes)."""

    hash: bytes
    custody: bytes


class Commitments:
    """Signs for files that are stored here, and takes what is to be sent."""

    def __init__(self, custodian: Custodian, relays: Relays) -> None:
        self._custodian = custodian
        self._relays = relays
        self._names = Names(custodian)

    def take(self, commitment: Commitment, signature: bytes, *, relay: bool) -> Signed:
        """Sign for a commitment's files and, if asked, journal that it is sent.

        Raises:
            NotFound, InvalidInput, Refused: the contract would refuse it, its files are not here, or they are another
                bidder's; nothing is signed.
            Unavailable: the ledger does not answer.
        """
        own = commitment_hash(commitment)
        signed = Signed(own, self.custody_of(own))
        if self._relays.stands(own):
            return signed
        with self._custodian.view.newest() as ledger:
            state = self._bidding(ledger, commitment.tender, commitment.lot, commitment.not_after)
            _check_members(commitment, state.envelopes)
            self._signed_by(commitment.bidder, own, signature, "signature")
            entry = ledger.entry(commitment.tender, commitment.lot, commitment.bidder)
            _check_place(commitment, entry)
            self._names.check(commitment)  # first: whether a file is here would tell others' bids from decoys
            for file in (commitment.first, commitment.second)[: state.envelopes]:
                self._check_file(commitment.tender, file)
            self._names.keep(commitment)
        if relay:
            body = {"commitment": commitment_json(commitment), "signature": hex0x(signature)}
            self._journal(own, "submit", commitment.tender, commitment.lot, body)
        return signed

    def take_own(self, commitment: Commitment, signature: bytes) -> bytes:
        """Journal a commitment of the custodian's own, whose files need not be here; its hash."""
        own = commitment_hash(commitment)
        if not self._relays.stands(own):
            body = {"commitment": commitment_json(commitment), "signature": hex0x(signature)}
            self._journal(own, "submit", commitment.tender, commitment.lot, body)
        return own

    def take_withdrawal(self, withdrawal: Withdrawal) -> bytes:
        """Journal a withdrawal; its hash. Raises as :meth:`take`."""
        own = withdrawal.hash()
        if self._relays.stands(own):
            return own
        with self._custodian.view.newest() as ledger:
            self._bidding(ledger, withdrawal.tender, withdrawal.lot, withdrawal.not_after)
            entry = _live(ledger, withdrawal.tender, withdrawal.lot, withdrawal.bidder, withdrawal.version)
        signer = recover(self._custodian.domain.digest(own), withdrawal.signature)
        if signer not in (withdrawal.bidder, entry.recovery):
            raise _not_signed("signature", withdrawal.bidder)
        self._journal(own, "withdraw", withdrawal.tender, withdrawal.lot, withdrawal_json(withdrawal))
        return own

    def take_move(self, move: Move) -> bytes:
        """Journal a move; its hash. Raises as :meth:`take`."""
        own = move.hash()
        if self._relays.stands(own):
            return own
        with self._custodian.view.newest() as ledger:
            self._bidding(ledger, move.tender, move.lot, move.not_after)
            entry = _live(ledger, move.tender, move.lot, move.bidder, move.version)
            taken = ledger.entry(move.tender, move.lot, move.successor).version != 0
        if taken or move.successor in (entry.recovery, NOBODY):
            raise Refused(
                "the successor has a place in the lot already, or may not have one", code="custody.taken",
                field="successor", fix="take a fresh address",
            )  # fmt: skip
        self._signed_by(entry.recovery, own, move.by_recovery, "byRecovery")
        self._signed_by(move.successor, own, move.by_successor, "bySuccessor")
        self._journal(own, "move", move.tender, move.lot, move_json(move))
        return own

    def custody_of(self, commitment: bytes) -> bytes:
        """The custodian's signature for the commitment with that hash, 65 bytes."""
        return sign(self._custodian.domain.digest(custody_hash(commitment)), self._custodian.key)

    # ------------------------------------------------------------------ inside

    def _journal(self, own: bytes, kind: str, tender: int, lot: int, body: Mapping[str, object]) -> None:
        self._relays.accept(own, kind, tender, lot, msgspec.json.encode(body).decode())
        reached("custody-accepted")

    def _bidding(self, ledger: TenderLedger, tender: int, lot: int, not_after: int) -> TenderState:
        state = known(ledger, tender)
        self._custodian.require(ledger, tender)
        if not 1 <= lot <= state.lots:
            raise InvalidInput(
                f"there is no lot {lot}", code="custody.lot", field="lot", fix=f"the tender has {state.lots}"
            )
        check_bidding(ledger, state)
        if ledger.block.time > not_after:
            raise Refused(
                f"it was good until {not_after}; the ledger's clock says {ledger.block.time}",
                code="custody.expired", field="notAfter", fix="sign it anew",
            )  # fmt: skip
        return state

    def _check_file(self, tender: int, file: SealedFile) -> None:
        row = self._custodian.store.row(
            "SELECT size FROM uploads WHERE digest = ? AND tender = ? AND whole = 1", file.digest, tender
        )
        path = self._custodian.store.file_path(file.digest)
        if row is None or not path.is_file():
            raise Refused(
                f"no file {hex0x(file.digest)} is stored here for this tender", code="custody.file", field="file1",
                fix="upload it first",
            )  # fmt: skip
        if row[0] != file.size:
            raise InvalidInput(
                f"the file has {row[0]} bytes", code="custody.file_size", field="size1", fix="give its true length"
            )

    def _signed_by(self, expected: bytes, own: bytes, signature: bytes, field: str) -> None:
        if recover(self._custodian.domain.digest(own), signature) != expected:
            raise _not_signed(field, expected)


def _not_signed(field: str, expected: bytes) -> Refused:
    return Refused(
        f"{field} is not {hex0x(expected)}'s", code="custody.signature", field=field,
        fix="sign for this chain and book (docs/formats/tender-digests.md)",
    )  # fmt: skip


def _check_members(commitment: Commitment, envelopes: int) -> None:
    def wrong(field: str, fix: str) -> InvalidInput:
        return InvalidInput(f"the contract refuses this {field}", code="custody.commitment", field=field, fix=fix)

    if commitment.recovery in (NOBODY, commitment.bidder):
        raise wrong("recovery", "name a recovery address that is another than the bidder")
    if commitment.kind_digest == bytes(32):
        raise wrong("kindDigest", "draw a salt and make it")
    files = [commitment.first, commitment.second][:envelopes]
    for number, file in enumerate(files, 1):
        if file.digest == bytes(32) or not file.size or file.form == bytes(32):
            raise wrong(f"file{number}", "digest, size and form are all needed")
    if envelopes == 1 and commitment.second != NO_FILE:
        raise wrong("file2", "this tender has one envelope: leave the second zero")


def _check_place(commitment: Commitment, entry: Entry) -> None:
    if entry.moved:
        raise Refused(
            "another address acts for this bid", code="custody.moved", field="bidder", fix="sign with its successor"
        )
    _check_version(entry, commitment.version)
    if entry.place and commitment.recovery != entry.recovery:
        raise Refused(
            "a bid keeps its recovery address", code="custody.recovery", field="recovery",
            fix=f"give {hex0x(entry.recovery)}",
        )  # fmt: skip


def _live(ledger: TenderLedger, tender: int, lot: int, bidder: bytes, version: int) -> Entry:
    entry = ledger.entry(tender, lot, bidder)
    if not entry.live:
        raise Refused(
            "there is no live bid of that address", code="custody.not_live", field="bidder",
            fix="see the events of the lot",
        )  # fmt: skip
    _check_version(entry, version)
    return entry


def _check_version(entry: Entry, version: int) -> None:
    if version != entry.version + 1:
        raise Refused(
            f"the next version is {entry.version + 1}", code="custody.version", field="version",
            fix=f"sign version {entry.version + 1}; if one is on its way, wait until it is final",
        )  # fmt: skip
