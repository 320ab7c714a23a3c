"""The opening record: what was opened, read out, refused, objected to (``yinxin-opening-record-1``).

Public; its SHA-256 goes on the ledger under the kind ``opening``. Of each bid it holds the figures that the notice says
are read out, each with its proof against the root in the bid's commitment; documents stay sealed. Format:
docs/formats/opening-record.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import Disclosure, FaultKind, read_disclosure
from chain.tenders.opening.bids import Outcome
from chain.tenders.opening.papers import LotPlace, WitnessNote

FORMAT = "yinxin-opening-record-1"
KIND = "opening"
"""Under which a record stands on the ledger (``ITenderProceedings.record``)."""

LONGEST_NAME, LONGEST_FINDING, MOST_FINDINGS = 200, 400, 50
"""Characters of a name and of a finding, and how many findings a bid has in the record."""

_CODE = "opening.record"
_LONGEST_CODE, _MOST_MEMBERS = 18, 20
_CONTENT = {
    "genesis", "book", "tender", "lot", "envelope", "notice", "openedAt", "liveSet", "keys", "keyHolders", "bids",
    "organisations", "minimum", "objections", "alone",
}  # fmt: skip
_BID = {"place", "commitment", "bidder", "version", "outcome", "organisation", "figures", "fault"}
_RESULTS = ("valid", "invalid", "error")


@dataclass(frozen=True, slots=True)
class NamedOrganisation:
    """Who stands behind a bid, and what came of looking at its statement.

    Attributes:
        result: ``valid``, ``invalid`` (nobody stands behind the bid), ``error`` (could not be told yet).
        code: unified social credit code of the company, or of a consortium's leader; empty if nothing could be read.
        name: its name; empty unless ``result`` is ``valid``.
        members: code and name of each company, the leader first.
        findings: what speaks against it, in words.
    """

    result: str
    code: str
    name: str
    members: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """Every code that stands behind the bid."""
        return frozenset({self.code, *(code for code, _ in self.members)})


@dataclass(frozen=True, slots=True)
class RecordedFault:
    """Why a bid does not open.

    Attributes:
        kind: what is wrong.
        message: for people.
        evidence: plain data.
        k2: 16 bytes where the evidence is published, else None.
    """

    kind: FaultKind
    message: str
    evidence: Mapping[str, Any]
    k2: bytes | None = None


@dataclass(frozen=True, slots=True)
class RecordedBid:
    """One bid of the live set.

    Attributes:
        place: in its lot.
        commitment: hash, 32 bytes.
        bidder: address under which it was sealed, 20 bytes.
        version: under which it was sealed.
        outcome: what became of it.
        organisation: who stands behind it; None if it did not open.
        figures: those that were read out.
        fault: why it does not open, or None.
    """

    place: int
    commitment: bytes
    bidder: bytes
    version: int
    outcome: Outcome
    organisation: NamedOrganisation | None = None
    figures: tuple[Disclosure, ...] = ()
    fault: RecordedFault | None = None


@dataclass(frozen=True, slots=True)
class RecordedObjection:
    """A case filed in the session: number, who, SHA-256 of the paper, and of its answer or None if it goes on."""

    number: int
    by: bytes
    paper: bytes
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class OpeningRecord:
    """The content of a record, and the supervisor's signature over it.

    Attributes:
        place: ledger, book, tender and lot; ``envelope``: 1 or 2.
        notice: SHA-256 of the notice in force.
        opened_at: second of the block that opened the envelope.
        live: digest of the live set.
        keys: SHA-256 of the blob with the keys.
        signed: numbers of the key holders whose messages were right.
        refused: those whose messages were wrong, with the places of the wrong signatures.
        bids: in the order of the live set.
        organisations: how many distinct ones stand behind the live bids (:func:`distinct`).
        minimum: how many the notice asks for.
        objections: of the session.
        alone: why there is no signature of the supervisor, or None.
        witness: the supervisor's signature (65 bytes), or None.
    """

    place: LotPlace
    envelope: int
    notice: bytes
    opened_at: int
    live: bytes
    keys: bytes
    signed: tuple[int, ...]
    refused: tuple[tuple[int, tuple[int, ...]], ...]
    bids: tuple[RecordedBid, ...]
    organisations: int
    minimum: int
    objections: tuple[RecordedObjection, ...] = ()
    alone: str | None = None
    witness: bytes | None = None

    @property
    def failed(self) -> bool:
        """True if too few organisations stand behind the bids: the lot fails 流标."""
        return self.organisations < self.minimum

    @property
    def content(self) -> bytes:
        """SHA-256 of the content, which the supervisor signs."""
        return sha256(canonical(self._content()))

    def with_witness(self, signature: bytes | None) -> OpeningRecord:
        """The same content with that signature."""
        return replace(self, witness=signature)

    def signed_by(self, supervisor: bytes) -> bool:
        """True if that account signed this content."""
        return self.witness is not None and WitnessNote(self.content, self.witness).signer == supervisor

    def to_bytes(self) -> bytes:
        """Canonical JSON, as :func:`read_record` reads it.

        Raises:
            InvalidInput: it would not be read; what stands on the ledger must be.
        """
        witness = None if self.witness is None else b64url(self.witness)
        data = canonical({"format": FORMAT, "content": self._content(), "witness": witness})
        read_record(data)
        return data

    def _content(self) -> dict[str, Any]:
        return {
            **self.place.as_dict(),
            "envelope": self.envelope,
            "notice": hex0x(self.notice),
            "openedAt": self.opened_at,
            "liveSet": {"digest": hex0x(self.live), "count": len(self.bids)},
            "keys": hex0x(self.keys),
            "keyHolders": {
                "signed": list(self.signed),
                "refused": [{"keyHolder": holder, "places": list(places)} for holder, places in self.refused],
            },
            "bids": [_write_bid(bid) for bid in self.bids],
            "organisations": self.organisations,
            "minimum": self.minimum,
            "objections": [
                {
                    "number": one.number,
                    "by": hex0x(one.by),
                    "paper": hex0x(one.paper),
                    "answer": None if one.answer is None else hex0x(one.answer),
                }
                for one in self.objections
            ],
            "alone": self.alone,
        }


def read_record(data: bytes) -> OpeningRecord:
    """Inverse of :meth:`OpeningRecord.to_bytes`; proofs and signatures are not checked yet. Raises InvalidInput."""
    value = strict.paper(data, FORMAT, {"content", "witness"}, _CODE)
    content = strict.members(value["content"], _CONTENT, "content", _CODE)
    live = strict.members(content["liveSet"], {"digest", "count"}, "liveSet", _CODE)
    holders = strict.members(content["keyHolders"], {"signed", "refused"}, "keyHolders", _CODE)
    bids = tuple(_read_bid(one) for one in strict.items(content["bids"], "bids", _CODE))
    if strict.number(live["count"], "liveSet.count", _CODE, 0) != len(bids):
        raise _bad("bids", "one for each live bid")
    alone, witness = content["alone"], value["witness"]
    return OpeningRecord(
        LotPlace.read(content),
        strict.number(content["envelope"], "envelope", _CODE),
        strict.hexed(content["notice"], 32, "notice"),
        strict.number(content["openedAt"], "openedAt", _CODE),
        strict.hexed(live["digest"], 32, "liveSet.digest"),
        strict.hexed(content["keys"], 32, "keys"),
        _numbers(holders["signed"], "keyHolders.signed"),
        tuple(_refused(one) for one in strict.items(holders["refused"], "keyHolders.refused", _CODE)),
        bids,
        strict.number(content["organisations"], "organisations", _CODE, 0),
        strict.number(content["minimum"], "minimum", _CODE),
        tuple(_objection(one) for one in strict.items(content["objections"], "objections", _CODE)),
        None if alone is None else strict.text(alone, "alone", _CODE),
        None if witness is None else strict.raw(witness, 65, "witness", _CODE),
    )


def distinct(bids: tuple[RecordedBid, ...]) -> int:
    """How many organisations stand behind the live bids, as far as anything shows.

    Bids that share a company, alone or as a member of a consortium, count as one: nobody competes with himself. A bid
    of which nobody is shown to stand behind it does not count. One whose organisation could not be told joins no others
    by the companies that it names, for it may name whom it likes: it counts by itself, if none of them is counted yet;
    those that name fewest come first. One that does not open counts by itself: nothing shows that its organisation is
    another's, and whoever spoils a file must not make the lot fail.
    """
    judged = [bid.organisation for bid in bids if bid.organisation is not None]
    groups: list[frozenset[str]] = []
    for mine in (one.codes for one in judged if one.result == "valid"):
        groups, joined = [one for one in groups if not one & mine], [one for one in groups if one & mine]
        groups.append(mine.union(*joined))
    untold = (one.codes for one in judged if one.result == "error")
    for mine in sorted(untold, key=lambda codes: (len(codes), sorted(codes))):
        if not any(one & mine for one in groups):
            groups.append(mine)
    return len(groups) + sum(bid.outcome is not Outcome.OPENED for bid in bids)


def _write_bid(bid: RecordedBid) -> dict[str, Any]:
    fault, organisation = bid.fault, bid.organisation
    return {
        "place": bid.place,
        "commitment": hex0x(bid.commitment),
        "bidder": hex0x(bid.bidder),
        "version": bid.version,
        "outcome": bid.outcome.value,
        "organisation": None
        if organisation is None
        else {
            "result": organisation.result,
            "code": organisation.code,
            "name": organisation.name,
            "members": [{"code": code, "name": name} for code, name in organisation.members],
            "findings": list(organisation.findings),
        },
        "figures": [figure.as_dict() for figure in bid.figures],
        "fault": None
        if fault is None
        else {
            "kind": fault.kind.value,
            "party": fault.kind.party.value,
            "message": fault.message,
            "evidence": dict(fault.evidence),
            "k2": None if fault.k2 is None else b64url(fault.k2),
        },
    }


def _read_bid(value: Any) -> RecordedBid:
    one = strict.members(value, _BID, "bids", _CODE)
    try:
        outcome = Outcome(one["outcome"])
    except ValueError as error:
        raise _bad("outcome", ", ".join(Outcome)) from error
    fault = None if one["fault"] is None else _fault(one["fault"])
    if (fault is None) is not (outcome is Outcome.OPENED) or (fault and Outcome.of(fault.kind.party) is not outcome):
        raise _bad("outcome", "what the fault says")
    if (one["organisation"] is None) is (outcome is Outcome.OPENED):
        raise _bad("organisation", "of each bid that opened, and of no other")
    return RecordedBid(
        strict.number(one["place"], "place", _CODE),
        strict.hexed(one["commitment"], 32, "commitment"),
        strict.hexed(one["bidder"], 20, "bidder"),
        strict.number(one["version"], "version", _CODE),
        outcome,
        None if one["organisation"] is None else _organisation(one["organisation"]),
        tuple(read_disclosure(figure) for figure in strict.items(one["figures"], "figures", _CODE)),
        fault,
    )


def _organisation(value: Any) -> NamedOrganisation:
    one = strict.members(value, {"result", "code", "name", "members", "findings"}, "organisation", _CODE)
    if one["result"] not in _RESULTS:
        raise _bad("organisation.result", ", ".join(_RESULTS))
    rows = strict.items(one["members"], "members", _CODE, _MOST_MEMBERS)
    members = [_company(strict.members(row, {"code", "name"}, "members", _CODE)) for row in rows]
    texts = strict.items(one["findings"], "findings", _CODE, MOST_FINDINGS)
    found = tuple(_words(text, "findings", LONGEST_FINDING) for text in texts)
    return NamedOrganisation(one["result"], *_company(one), tuple(members), found)


def _company(row: Mapping[str, Any]) -> tuple[str, str]:
    return _words(row["code"], "code", _LONGEST_CODE), _words(row["name"], "name", LONGEST_NAME)


def _words(value: Any, field: str, most: int) -> str:
    return "" if value == "" else strict.text(value, field, _CODE, most)


def _fault(value: Any) -> RecordedFault:
    one = strict.members(value, {"kind", "party", "message", "evidence", "k2"}, "fault", _CODE)
    try:
        kind = FaultKind(one["kind"])
    except ValueError as error:
        raise _bad("fault.kind", "a known fault") from error
    if one["party"] != kind.party.value or not isinstance(one["evidence"], dict):
        raise _bad("fault", "the party of its kind, evidence as an object")
    k2 = None if one["k2"] is None else strict.raw(one["k2"], 16, "fault.k2", _CODE)
    return RecordedFault(kind, strict.text(one["message"], "fault.message", _CODE), one["evidence"], k2)


def _refused(value: Any) -> tuple[int, tuple[int, ...]]:
    one = strict.members(value, {"keyHolder", "places"}, "keyHolders.refused", _CODE)
    return strict.number(one["keyHolder"], "keyHolder", _CODE), _numbers(one["places"], "places", 0)


def _objection(value: Any) -> RecordedObjection:
    one = strict.members(value, {"number", "by", "paper", "answer"}, "objections", _CODE)
    answer = one["answer"]
    return RecordedObjection(
        strict.number(one["number"], "number", _CODE),
        strict.hexed(one["by"], 20, "by"),
        strict.hexed(one["paper"], 32, "paper"),
        None if answer is None else strict.hexed(answer, 32, "answer"),
    )


def _numbers(value: Any, field: str, least: int = 1) -> tuple[int, ...]:
    out = tuple(strict.number(one, field, _CODE, least) for one in strict.items(value, field, _CODE))
    if list(out) != sorted(set(out)):
        raise _bad(field, "ascending, each once")
    return out


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code=_CODE, field=field)
