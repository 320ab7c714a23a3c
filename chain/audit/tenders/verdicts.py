"""What a committed file shows, beside the fault that the record names: refuted, borne out, or open.

Without k2 a reader sees the header, its identity and lock 1, so what blames one of these, a storage that does have the
file, or key holders whose key is right, is refuted by the file alone. Faults behind lock 2 need k2: where the record
must publish it (docs/formats/opening-record.md, "k2") a record without it is broken; the others wait for a grant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chain.audit.report import Result
from chain.sealing import BidFault, BidKeys, Committed, FaultKind, Manifest, Party, open_bid
from chain.tenders.opening import RecordedFault

_BY_K2 = frozenset({FaultKind.BAD_LOCK_TWO, FaultKind.BAD_CIPHERTEXT, FaultKind.BAD_MANIFEST})
_BY_GRANT = frozenset({FaultKind.WRONG_FORM, FaultKind.BAD_DOCUMENT, FaultKind.BAD_PADDING})
NEEDS_K2 = "only k2 of this bid shows it, granted by the officer or kept by the bidder (--keys)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one file.

    Attributes:
        rule: A802 if no k2 was used, else A803.
        result: None: the file bears the record out.
        detail: in words.
        shows: what the file shows by itself, in words.
        manifest: of a file that opened.
        granted: True if it was the auditor's k2 that reached behind lock 2.
    """

    rule: str
    result: Result | None
    detail: str = ""
    shows: str = "opened"
    manifest: Manifest | None = None
    granted: bool = False


def wants_k2(fault: RecordedFault) -> bool:
    """True for a fault of which the record publishes k2; of any other it must not."""
    return fault.kind in _BY_K2 or (fault.kind is FaultKind.FOREIGN and not isinstance(_found(fault), str))


def judge_file(
    path: Path, known: Committed, signature: bytes, said: RecordedFault | None, granted: bytes | None, *, lost: bool
) -> Verdict:
    """Open the committed file as far as the keys reach, and compare.

    Args:
        path: the committed file.
        known: what ledger and notice say of it.
        signature: the key holders', over its identity.
        said: the fault that the record names, or None: it says that the bid opened.
        granted: k2 as granted to the auditor, or None.
        lost: a custodian said after the closing that it had not got the file whole, and none that it had.
    """
    published = None if said is None else said.k2
    for k2 in dict.fromkeys(one for one in (granted, published) if one is not None):
        fault, manifest = _open(path, known, BidKeys(signature, k2))
        if fault is None or fault.kind is not FaultKind.WRONG_LOCK_KEY:
            behind = _behind(fault)
            return _compared("A803" if behind else "A802", said, fault, manifest, lost, behind and k2 == granted)
    if published is not None:
        return Verdict("A803", Result.BROKEN, "the k2 in the record is not this bid's: it shows nothing")
    if granted is not None and (said is None or _hidden(said)):
        return Verdict("A803", Result.UNKNOWN, "the granted k2 is not this bid's; ask for the right one")
    fault, _ = _open(path, known, BidKeys(signature, b""))
    if fault is not None and fault.kind is not FaultKind.WRONG_LOCK_KEY:
        return _compared("A802", said, fault, None, lost, False)
    if said is None:
        return Verdict("A802", None)
    if said.kind.party is Party.STORAGE:
        return _storage(lost)
    if _hidden(said):
        return Verdict("A803", Result.UNKNOWN, f"the record says {said.kind}: {NEEDS_K2}")
    words = f"the record says {said.kind}; file, header, identity, signature and lock 1 are right"
    return Verdict("A802", Result.BROKEN, words)


def _hidden(said: RecordedFault) -> bool:
    """True if nothing that is seen without k2 could refute it."""
    return said.kind in _BY_GRANT or said.kind.party is Party.UNDECIDED or wants_k2(said)


def _behind(fault: BidFault | None) -> bool:
    """True if lock 2 was passed: k2 counted."""
    seen = {FaultKind.BAD_HEADER, FaultKind.WRONG_SIGNATURE, FaultKind.BAD_LOCK_ONE, FaultKind.WRONG_FILE}
    foreign = fault is not None and fault.kind is FaultKind.FOREIGN and isinstance(fault.evidence.get("found"), str)
    return fault is None or not (foreign or fault.kind in seen)


def _open(path: Path, known: Committed, keys: BidKeys) -> tuple[BidFault | None, Manifest | None]:
    try:
        return None, open_bid(path, known, keys, None)
    except BidFault as fault:
        return fault, None


def _storage(lost: bool) -> Verdict:
    if lost:
        return Verdict("A802", Result.NOTE, "the record says that it was lost, so did a custodian; it is there again")
    words = "the record says that nobody had the file; it is at hand, and no custodian told of its loss"
    return Verdict("A802", Result.BROKEN, words)


def _compared(
    rule: str, said: RecordedFault | None, fault: BidFault | None, manifest: Manifest | None, lost: bool, granted: bool
) -> Verdict:
    if said is not None and said.kind.party is Party.STORAGE:
        one = _storage(lost)
        return replace(one, granted=granted)
    same = _names(said) == _names(fault)
    shows = _words(fault)
    words = f"the record says {_words(said)}, the file shows {shows}"
    if said is not None and said.kind.party is Party.UNDECIDED and fault is not None:
        # The officer's own box may be what the bidder spoilt: undecided was true until somebody showed k2.
        decided = fault.kind is FaultKind.BAD_LOCK_TWO
        return Verdict(rule, Result.NOTE if decided else Result.BROKEN, words, shows, None, granted)
    return Verdict(rule, None if same else Result.BROKEN, words, shows, manifest if said is None else None, granted)


def _names(fault: RecordedFault | BidFault | None) -> tuple[object, ...]:
    """Kind, and of a foreign bid whose it is: header and manifest may each name another."""
    if fault is None:
        return ()
    return (fault.kind, _found(fault)) if fault.kind is FaultKind.FOREIGN else (fault.kind,)


def _words(fault: RecordedFault | BidFault | None) -> str:
    return ": ".join(str(one) for one in _names(fault)) or "opened"


def _found(fault: RecordedFault | BidFault) -> object:
    return fault.evidence.get("found")


def k2_faults(said: RecordedFault) -> Iterator[str]:
    """Where the record's k2 is not as its format demands."""
    if wants_k2(said) and said.k2 is None:
        yield f"{said.kind} without k2: nothing shows it"
    if not wants_k2(said) and said.k2 is not None:
        yield f"k2 of a bid is published under {said.kind}, which must not have one"
