"""What a bidder signs, ready to be sent by anybody: a submission, a withdrawal, a move (``yinxin-bid-act-1``).

The ledger asks for signatures, never for a sender. So a custodian, the bidder's own account, or whoever is handed the
file may bring an act to the ledger; none of them can alter it, and it is good until its ``notAfter`` only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.tender_facts import Commitment, TenderEvent
from chain.kernel.tender_ports import TenderActs
from chain.keys.signatures import address_of, recover, sign
from chain.tenders.bidding.members import exactly, fault, hexed, number, read_paper
from chain.tenders.custody.wire import (
    Move,
    Withdrawal,
    commitment_json,
    move_json,
    read_commitment,
    read_move,
    read_withdrawal,
    withdrawal_json,
)
from chain.tenders.typed import BookDomain, commitment_hash, custody_hash, move_hash, withdrawal_hash

ACT_FORMAT = "yinxin-bid-act-1"


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed commitment.

    Attributes:
        commitment: what was signed.
        signature: the bidder's, 65 bytes.
        custody: a custodian's over the commitment's hash, 65 bytes; empty while there is none.
    """

    commitment: Commitment
    signature: bytes
    custody: bytes = b""

    def hash(self) -> bytes:
        """EIP-712 hashStruct, 32 bytes."""
        return commitment_hash(self.commitment)


Act = Submission | Withdrawal | Move


@dataclass(frozen=True, slots=True)
class SignedAct:
    """An act with the book that it is for."""

    domain: BookDomain
    act: Act

    @property
    def tender(self) -> int:
        """Number of the tender."""
        return self.act.commitment.tender if isinstance(self.act, Submission) else self.act.tender

    @property
    def not_after(self) -> int:
        """Last second, by the block's time, at which it is accepted."""
        return self.act.commitment.not_after if isinstance(self.act, Submission) else self.act.not_after

    @property
    def version(self) -> int:
        """Number of the bidder's act."""
        return self.act.commitment.version if isinstance(self.act, Submission) else self.act.version

    @property
    def kind(self) -> str:
        """``submit``, ``withdraw`` or ``move``."""
        return {Submission: "submit", Withdrawal: "withdraw", Move: "move"}[type(self.act)]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        act = self.act
        content: dict[str, Any]
        if isinstance(act, Submission):
            custody = hex0x(act.custody) if act.custody else None
            content = {
                "commitment": commitment_json(act.commitment), "signature": hex0x(act.signature), "custody": custody,
            }  # fmt: skip
        else:
            content = withdrawal_json(act) if isinstance(act, Withdrawal) else move_json(act)
        return canonical(
            {
                "format": ACT_FORMAT,
                "chainId": self.domain.chain_id,
                "book": hex0x(self.domain.book),
                "kind": self.kind,
                "content": content,
            }
        )

    def with_custody(self, custody: bytes) -> SignedAct:
        """The submission with a custodian's signature."""
        assert isinstance(self.act, Submission)
        return replace(self, act=replace(self.act, custody=custody))

    def carried_out(self, events: Iterable[TenderEvent]) -> TenderEvent | None:
        """The event by which the ledger accepted it, or None."""
        act = self.act
        for event in events:
            values = event.values
            if isinstance(act, Submission):
                if event.name == "BidCommitted" and values["commitmentHash"] == act.hash():
                    return event
            elif event.name == ("BidWithdrawn" if isinstance(act, Withdrawal) else "BidMoved"):
                same = (values["lot"], values["bidder"], values["version"]) == (act.lot, act.bidder, act.version)
                if same and (isinstance(act, Withdrawal) or values["successor"] == act.successor):
                    return event
        return None

    def send(self, acts: TenderActs) -> bytes:
        """Bring it to the ledger from that account; the transaction's hash. Raises as :class:`TenderActs` does."""
        act = self.act
        if isinstance(act, Submission):
            if not act.custody:
                raise Refused(
                    "no custodian has signed for the files", code="bidding.custody", field="custody",
                    fix="yinxin bid submit brings the files to a custodian first",
                )  # fmt: skip
            return acts.submit(act.commitment, act.signature, act.custody)
        if isinstance(act, Withdrawal):
            return acts.withdraw(act.tender, act.lot, act.bidder, act.version, act.not_after, act.signature)
        return acts.move(
            act.tender, act.lot, act.bidder, act.successor, act.version, act.not_after, act.by_recovery,
            act.by_successor,
        )  # fmt: skip


def read_act(data: bytes) -> SignedAct:
    """Read an act; its signatures are not judged: see :func:`check_act`.

    Raises:
        InvalidInput: not its one form.
    """
    value = read_paper(data, ACT_FORMAT, ("chainId", "book", "kind", "content"), limit=16 * 1024)
    domain = BookDomain(number(value["chainId"], "chainId", least=1), hexed(value["book"], "book", 20))
    content = value["content"]
    if value["kind"] == "submit":
        members = exactly(content, {"commitment", "signature", "custody"}, "content")
        custody = b"" if members["custody"] is None else hexed(members["custody"], "custody", 65)
        submission = Submission(
            read_commitment(members["commitment"]), hexed(members["signature"], "signature", 65), custody
        )
        return SignedAct(domain, submission)
    if value["kind"] == "withdraw":
        return SignedAct(domain, read_withdrawal(content))
    if value["kind"] == "move":
        return SignedAct(domain, read_move(content))
    raise fault("kind", "submit, withdraw or move")


def check_act(signed: SignedAct, *, recovery: bytes | None = None, custodians: Collection[bytes] | None = None) -> None:
    """Raises Refused unless those signed who must.

    Args:
        signed: untrusted.
        recovery: the bid's recovery address, where it is known.
        custodians: accounts of the tender's custodians, where they are known.
    """
    act, domain = signed.act, signed.domain
    digest = domain.digest(act.hash())
    if isinstance(act, Submission):
        _by(digest, act.signature, {act.commitment.bidder}, "signature")
        if act.custody:
            custodian = recover(domain.digest(custody_hash(act.hash())), act.custody)
            if custodian is None or (custodians is not None and custodian not in custodians):
                raise Refused(
                    "no custodian of this tender signed for the files", code="bidding.custody", field="custody",
                    fix="bring the files to a custodian that the notice names",
                )  # fmt: skip
    elif isinstance(act, Withdrawal):
        if recovery is not None:
            _by(digest, act.signature, {act.bidder, recovery}, "signature")
    else:
        _by(digest, act.by_successor, {act.successor}, "bySuccessor")
        if recovery is not None:
            _by(digest, act.by_recovery, {recovery}, "byRecovery")


def custodian_of(signed: SignedAct) -> bytes | None:
    """The account that signed for the files of a submission, or None."""
    act = signed.act
    if not isinstance(act, Submission) or not act.custody:
        return None
    return recover(signed.domain.digest(custody_hash(act.hash())), act.custody)


def sign_commitment(domain: BookDomain, commitment: Commitment, key: bytes) -> SignedAct:
    """A submission, signed with the fresh key (32 bytes), without custody. Raises InvalidInput for another's key."""
    if address_of(key) != commitment.bidder:
        raise InvalidInput("the key is not the bidder's", code="bidding.key", field="bidder")
    return SignedAct(domain, Submission(commitment, sign(domain.digest(commitment_hash(commitment)), key)))


def sign_withdrawal(
    domain: BookDomain, tender: int, lot: int, bidder: bytes, version: int, not_after: int, key: bytes
) -> SignedAct:
    """A withdrawal, signed with the fresh key or the recovery key (32 bytes)."""
    digest = domain.digest(withdrawal_hash(tender, lot, bidder, version, not_after))
    return SignedAct(domain, Withdrawal(tender, lot, bidder, version, not_after, sign(digest, key)))


def sign_move(
    domain: BookDomain,
    tender: int,
    lot: int,
    bidder: bytes,
    version: int,
    not_after: int,
    *,
    recovery_key: bytes,
    successor_key: bytes,
) -> SignedAct:
    """A move to the successor's address, signed with the recovery key and with the successor's (32 bytes each)."""
    successor = address_of(successor_key)
    digest = domain.digest(move_hash(tender, lot, bidder, successor, version, not_after))
    signatures = sign(digest, recovery_key), sign(digest, successor_key)
    return SignedAct(domain, Move(tender, lot, bidder, successor, version, not_after, *signatures))


def _by(digest: bytes, signature: bytes, allowed: Collection[bytes], field: str) -> None:
    signer = recover(digest, signature)
    if signer not in allowed:
        raise Refused(
            f"{field}: another account signed", code="bidding.signature", field=field,
            fix="sign with the key of the address that the bid names",
        )  # fmt: skip
