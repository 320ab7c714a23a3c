"""Acts of a procuring officer that a second person must agree to (``yinxin-tender-act-1``, canonical JSON).

An act carries the whole notice, so whoever decides sees all of it and signs its digest. It travels through the desk's
folder as ``tenders/<request>.json``; decisions lie beside it as ``<request>.<address>.json`` (``yinxin decide`` writes
them there). Why two people, and what this does not hold against: docs/adr/0021-two-people-a-notice.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chain.desk.decisions import LIMIT as LARGEST_DECISION
from chain.desk.decisions import SignedDecision, check_signed, is_decision_name, request_digest
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.home import write_atomically
from chain.ledger.typed import Domain
from chain.tenders.notice import Notice, read_notice

FORMAT = "yinxin-tender-act-1"
Verb = Literal["publish", "amend", "extend", "cancel"]
VERBS: tuple[Verb, ...] = ("publish", "amend", "extend", "cancel")
_LARGEST = 5 * 2**20
_MEMBERS = {"format", "genesis", "book", "bureau", "verb", "tender", "deadline", "openAt", "reason", "notice"}


@dataclass(frozen=True, slots=True)
class TenderAct:
    """What is about to be sent.

    Attributes:
        genesis: of the ledger, 32 bytes; book: TenderBook, 20 bytes.
        bureau: USCC of the procuring entity.
        verb: ``publish``, ``amend``, ``extend`` or ``cancel``.
        tender: its number; deadline, open_at: as they will be, seconds; 0 for a cancellation.
        reason: of a cancellation, else empty.
        notice: canonical bytes of the notice that is published or amends, else empty.
    """

    genesis: bytes
    book: bytes
    bureau: str
    verb: Verb
    tender: int
    deadline: int = 0
    open_at: int = 0
    reason: str = ""
    notice: bytes = b""

    @classmethod
    def of_notice(cls, notice: Notice) -> TenderAct:
        """The act that puts this notice on the ledger."""
        verb: Verb = "amend" if notice.number else "publish"
        return cls(
            notice.genesis, notice.book, notice.bureau.uscc, verb, notice.tender, notice.deadline, notice.open_at,
            notice=notice.data,
        )  # fmt: skip

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT, "genesis": hex0x(self.genesis), "book": hex0x(self.book), "bureau": self.bureau,
                "verb": self.verb, "tender": self.tender, "deadline": self.deadline, "openAt": self.open_at,
                "reason": self.reason, "notice": self.notice.decode("utf-8"),
            }
        )  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> TenderAct:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput, also for a notice that says other than the act."""
        value: Any = read_canonical(data, what="act", limit=_LARGEST)
        if not isinstance(value, dict) or set(value) != _MEMBERS or value["format"] != FORMAT:
            raise _bad("format", f"only {FORMAT} is known")
        for name in ("bureau", "reason", "notice"):
            if not isinstance(value[name], str):
                raise _bad(name, "a text")
        for name in ("tender", "deadline", "openAt"):
            if type(value[name]) is not int or value[name] < 0:
                raise _bad(name, "a whole number")
        verb = next((one for one in VERBS if one == value["verb"]), None)
        if verb is None:
            raise _bad("verb", "one of " + ", ".join(VERBS))
        act = cls(
            unhex0x(value["genesis"], size=32, field="genesis"),
            unhex0x(value["book"], size=20, field="book"),
            value["bureau"],
            verb,
            value["tender"],
            value["deadline"],
            value["openAt"],
            value["reason"],
            value["notice"].encode("utf-8"),
        )
        if verb in ("publish", "amend"):
            if act != cls.of_notice(read_notice(act.notice)):
                raise _bad("notice", "says other than the act")
        elif act.notice:
            raise _bad("notice", "empty for this verb")
        return act

    @property
    def digest(self) -> bytes:
        """What a decision names, 32 bytes."""
        return request_digest(self.to_bytes())

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person reads before deciding; the notice itself is shown beside it."""
        found = [f"{self.verb} tender {self.tender} of {self.bureau}", f"ledger {hex0x(self.genesis)[:18]}…"]
        if self.deadline:
            found.append(f"bids until {rfc3339(self.deadline)}, opening from {rfc3339(self.open_at)}")
        if self.reason:
            found.append(f"reason: {self.reason}")
        if self.notice:
            found += _notice_lines(read_notice(self.notice))
        return tuple(found)


class Agreement:
    """Who agreed to what. Args: the folder, the people (0x), how many must agree, who may not (or empty)."""

    def __init__(self, folder: Path, persons: Sequence[str], threshold: int, maker: str) -> None:
        self._folder, self._threshold = folder, threshold
        self._persons = {one.lower() for one in persons} - {maker.lower()}

    def require(self, act: TenderAct, domain: Domain, now: int) -> tuple[bytes, ...]:
        """Addresses of those who agreed; the act lies in the folder afterwards, to be decided on.

        Raises:
            Refused: one said no, or too few agreed so far.
        """
        counted = self._counted(act, domain, now)
        if len(counted) >= self._threshold:
            return tuple(sorted(counted))
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{act.digest.hex()}.json"
        if not file.exists():
            write_atomically(file, act.to_bytes())
        raise Refused(
            f"{len(counted)} of {self._threshold} people agreed to this",
            code="tender.four_eyes",
            field="tenders.persons",
            fix=f"let them run: yinxin decide --request-file {file} --approve; then run this again",
        )

    def _counted(self, act: TenderAct, domain: Domain, now: int) -> set[bytes]:
        counted: set[bytes] = set()
        for path in sorted(self._folder.glob(f"{act.digest.hex()}.0x*.json")):
            if not is_decision_name(path.stem) or path.stat().st_size > LARGEST_DECISION:
                continue
            try:
                signed = SignedDecision.from_bytes(path.read_bytes())
                check_signed(signed, bureau=act.bureau, domain=domain, now=now)
            except (InvalidInput, Refused):
                continue
            said = signed.decision
            if said.request != act.digest or hex0x(signed.address) not in self._persons:
                continue
            if not said.approve:
                raise Refused(
                    f"{hex0x(signed.address)} refused this: {said.reason}",
                    code="tender.refused",
                    field="tenders.persons",
                    fix="change the draft; another draft is another request",
                )
            counted.add(signed.address)
        return counted


def is_tender_act(data: bytes) -> bool:
    """True for what may be an act of a tender rather than a request of a desk."""
    return f'"format":"{FORMAT}"'.encode() in data[: 2**20]


def _notice_lines(notice: Notice) -> list[str]:
    said = f"{notice.category}, {notice.evaluation.method}, {len(notice.envelopes)} envelope(s)"
    found = [
        f"{notice.title.zh} {notice.title.en}".strip(),
        f"notice {hex0x(notice.digest)}",
        f"{said}, least bids {notice.minimum_bids}",
        f"ceremony {notice.ceremony}, supervisor {notice.supervisor.name} {hex0x(notice.supervisor.account)}",
    ]
    if notice.amends is not None:
        found.append(f"amendment {notice.number} of {hex0x(notice.amends)}")
    if notice.changes is not None:
        found.append(f"changes: {notice.changes.zh} {notice.changes.en}".strip())
    found += [
        f"lot {lot.number}: {lot.title.in_('zh')}, {lot.quantity} {lot.unit.in_('zh')}, ceiling {lot.ceiling or 'none'}"
        for lot in notice.lots
    ]
    found += [
        f"envelope {one.number}: lock 2 of officer {one.officer.hex()[:16]}…, supervisor {one.supervisor.hex()[:16]}…"
        for one in notice.envelopes
    ]
    found += [f"custodian {one.name} {hex0x(one.account)} {one.url}" for one in notice.custodians]
    found += [f"document {one.name}, {one.size} bytes, SHA-256 {one.digest.hex()}" for one in notice.documents]
    return found


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="tender.act", field=field, fix="refuse it, or fetch it again")
