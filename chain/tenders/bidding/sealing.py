"""From a draft to a version that may be committed: sealed files, what is public of them, the proofs that are kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chain.containers import X25519Recipient, encrypt
from chain.kernel.errors import Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.kernel.tender_facts import SealedFile
from chain.sealing import Bid, Form, Sealed, seal_bid
from chain.sealing.papers import write_committed, write_proof
from chain.tenders.bidding.certificates import ALWAYS, load_certificate, shown_of
from chain.tenders.bidding.completeness import lacks
from chain.tenders.bidding.draft import Draft
from chain.tenders.bidding.folder import BidFolder, SealedVersion
from chain.tenders.bidding.guarantee import LOOKED_AT
from chain.tenders.bidding.kept import KeptBid
from chain.tenders.bidding.place import BidPlace
from chain.tenders.bidding.statement import Statement
from chain.tenders.digests import kind_digest
from chain.tenders.notice import Notice

_Told = Callable[[str], None]
SHOWN_OF_GUARANTEE = (*ALWAYS, *LOOKED_AT)
"""Disclosed of a guarantee: whose it is, for whom, for what, how much. When it ends stands in every certificate."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bid shows besides its documents: ``certificates`` and ``guarantee`` as SD-JWT."""

    certificates: tuple[str, ...]
    guarantee: str | None


def shown_in(draft: Draft, notice: Notice) -> Shown:
    """The certificates of a draft, each with what must be disclosed. Raises InvalidInput."""
    rules = {rule.name: rule for rule in notice.qualification}
    texts = [
        shown_of(load_certificate(one.path), rules.get(one.rule) if one.rule else None, one.fields)
        for one in draft.certificates
    ]
    guarantee = None
    if draft.guarantee is not None:
        certificate = load_certificate(draft.guarantee)
        guarantee = certificate.present([name for name in SHOWN_OF_GUARANTEE if name in certificate.fields])
    return Shown(tuple(texts), guarantee)


def bids_of(draft: Draft, notice: Notice, statement: Statement, place: BidPlace, version: int) -> Mapping[int, Bid]:
    """What is sealed, by envelope; certificates and guarantee go into the first.

    Raises:
        Refused: the draft is not complete, or the statement lacks a signature or is for another bid.
        InvalidInput: a certificate cannot be read.
    """
    missing = [lack for lack in lacks(draft, notice) if lack.blocking]
    if missing:
        first, more = missing[0], len(missing) - 1
        raise Refused(
            f"{first.field}: {first.message} {first.message_zh}" + (f" (and {more} more)" if more else ""),
            code="bidding.incomplete", field=first.field, fix="yinxin bid rehearse lists everything at once",
        )  # fmt: skip
    if statement.missing:
        raise Refused(
            f"the organisation statement lacks the signature of {', '.join(statement.missing)}",
            code="bidding.unsigned", field="statement", fix="yinxin bid countersign in that company's home",
        )  # fmt: skip
    if statement.place != place:
        raise Refused(
            "the organisation statement is for another address", code="bidding.statement", field="statement",
            fix="yinxin bid state makes it anew, as after a move",
        )  # fmt: skip
    shown, organisation = shown_in(draft, notice), statement.as_dict()
    return {
        one.number: Bid(
            place.identity(one.number, version),
            Form.of(one.form),
            one.documents,
            organisation,
            shown.certificates if one.number == 1 else (),
            shown.guarantee if one.number == 1 else None,
        )
        for one in draft.envelopes
    }


def seal_version(
    folder: BidFolder,
    bids: Mapping[int, Bid],
    notice: Notice,
    place: BidPlace,
    version: int,
    papers: bytes,
    told: _Told = lambda _file: None,
) -> SealedVersion:
    """Seal a version into the folder; it counts once ``sealed.json`` is there.

    Args:
        folder: of the bid.
        bids: by envelope.
        notice: newest, checked against the ledger.
        place: of the bid.
        version: number of the act that will commit it.
        papers: X25519 public key of the home, 32 bytes, to which proofs are encrypted.
        told: told each file's name before it is made.

    Raises:
        InvalidInput, Conflict, OSError: as :func:`chain.sealing.seal_bid`.
    """
    target = folder.clear(version)
    made: dict[int, Sealed] = {}
    for number, bid in bids.items():
        envelope = notice.envelope(number)
        assert envelope is not None
        file = target.envelope(number)
        told(file.name)
        sealed = seal_bid(bid, notice.opening_key, envelope.recipients, file)
        proof = encrypt(write_proof(sealed), X25519Recipient(papers))
        write_atomically(file.with_name(f"{file.name}.proof.age"), proof)
        committed = write_committed(sealed, notice.opening_key, envelope.recipients)
        write_atomically(file.with_name(f"{file.name}.committed.json"), committed)
        made[number] = sealed
        reached("bid-envelope")
    salt = os.urandom(32)
    kept = KeptBid(salt, {number: sealed.manifest for number, sealed in made.items()})
    write_atomically(target.path / "kept.age", kept.sealed(papers))
    version_sealed = SealedVersion(
        place,
        version,
        notice.digest,
        kind_digest(place.book, place.tender, place.lot, place.bidder, salt),
        {number: SealedFile(one.digest, one.size, one.form_root) for number, one in made.items()},
    )
    write_atomically(target.path / "sealed.json", version_sealed.to_bytes())
    reached("bid-sealed")
    return version_sealed
