"""Destroying a share when it is needed no more, with a record whose digest goes on the ledger.

With it goes all from which it could be had again: what encrypts it, the member's seed, and the key on the member's
card, to which the deals on the boards are encrypted; in the home, and in the backups that the home knows of.

The order matters: what may not be destroyed yet is not; the record is written first, so that a machine that dies in the
middle goes on with the same record; the ledger hears of it last, when the share is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x, sha256, unhex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.tenders.holding.backup import known
from chain.tenders.holding.ceremonies import Ceremony, read_ceremony
from chain.tenders.holding.known_backups import Cleared
from chain.tenders.holding.store import ShareStore

FORMAT = "yinxin-destruction-1"


@dataclass(frozen=True, slots=True)
class Destruction:
    """A key holder's record that a share is destroyed.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        registry: address of the KeyHolderRegistry, 20 bytes.
        ceremony: its number.
        key_holder: the member's number.
        address: the member's account, 20 bytes.
        time: seconds, by the key holder's clock.
    """

    genesis: bytes
    registry: bytes
    ceremony: int
    key_holder: int
    address: bytes
    time: int

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "genesis": hex0x(self.genesis),
                "registry": hex0x(self.registry),
                "ceremony": self.ceremony,
                "keyHolder": self.key_holder,
                "address": hex0x(self.address),
                "time": self.time,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Destruction:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value: Any = read_canonical(data, what="record of destruction", limit=4096)
        members = {"format", "genesis", "registry", "ceremony", "keyHolder", "address", "time"}
        if not isinstance(value, dict) or value.get("format") != FORMAT or set(value) != members:
            raise InvalidInput(f"not a record of the form {FORMAT}", code="holding.destruction")
        if any(type(value[name]) is not int for name in ("ceremony", "keyHolder", "time")):
            raise InvalidInput("ceremony, keyHolder and time are numbers", code="holding.destruction")
        return cls(
            unhex0x(value["genesis"], size=32, field="genesis"), unhex0x(value["registry"], size=20, field="registry"),
            value["ceremony"], value["keyHolder"], unhex0x(value["address"], size=20, field="address"), value["time"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A share is destroyed: the record, and what became of the backups."""

    record: Destruction
    backups: Cleared


def destroy_share(
    ledger: TenderLedger, board: Board, acts: TenderActs, store: ShareStore, number: int, *, now: int
) -> Destroyed:
    """Destroy what this home has of a ceremony, and report it. Called again it goes on, or finds it done.

    Args:
        ledger: refreshed.
        board: where the record goes.
        acts: of the key holder.
        store: with the share.
        number: of the ceremony.
        now: seconds, by the key holder's clock.

    Raises:
        Refused: it is needed still; says for what.
        NotFound: there is no such ceremony, or nothing of it in this home.
        Conflict: the home's record of that number is of another registry.
    """
    ceremony = read_ceremony(ledger, board, number)
    member = ceremony.member_of(acts.address)
    if member is None:
        raise NotFound(f"this account took no part in ceremony {number}", code="holding.stranger", field="ceremony")
    card = ceremony.roster.members[member - 1].key
    file = store.record_file(number)
    if file.exists():
        record = Destruction.from_bytes(file.read_bytes())
        if (record.genesis, record.registry, record.ceremony) != (ledger.genesis, ledger.key_registry, number):
            raise Conflict(
                f"this home destroyed its share of a ceremony {record.ceremony} of another registry",
                code="holding.other_registry", field="home", fix="use the home that took part in this ceremony",
            )  # fmt: skip
    else:
        if not _has_anything(store, number, card):
            raise NotFound(
                f"this home has nothing of ceremony {number}", code="holding.no_share", field="ceremony",
                fix="yinxin keyholder show tells what there is",
            )  # fmt: skip
        check_needless(ledger, ceremony)
        record = Destruction(ledger.genesis, ledger.key_registry, number, member, acts.address, now)
        write_atomically(file, record.to_bytes())
    reached("holder-destroying")
    store.destroy(number, card)
    backups = known(store).clear(number)
    reached("holder-destroyed")
    board.put(record.to_bytes())
    if member not in ceremony.destroyed:
        acts.report_destruction(number, sha256(record.to_bytes()))
        reached("holder-destruction-reported")
    return Destroyed(record, backups)


def check_needless(ledger: TenderLedger, ceremony: Ceremony) -> None:
    """The contract's own rule, looked at before anything is destroyed. Raises Refused: needed still, and for what."""
    plan, now = ceremony.state.plan, ledger.block.time
    if not ceremony.state.key:
        if now <= plan.confirm_until:
            raise _needed(f"its rounds end at {rfc3339(plan.confirm_until)}")
        return
    using = [
        number
        for number in range(1, ledger.tenders() + 1)
        if (state := ledger.tender(number)) is not None and state.ceremony == ceremony.number
    ]
    running = [number for number in using if not _ended(ledger, number)]
    if running:
        raise _needed("tenders have not ended: " + ", ".join(map(str, running)))
    if now <= plan.usable_until and (plan.tender == 0 or plan.tender not in using):
        raise _needed(f"tenders may open with its key until {rfc3339(plan.usable_until)}")


def _has_anything(store: ShareStore, number: int, card: bytes) -> bool:
    """True if there is something to destroy: also with a member who did nothing, for the others dealt to its card."""
    try:
        store.bind_card(number, card)
    except Refused as error:
        if error.code == "holding.card_used":
            raise Refused(
                f"the key dealt to in ceremony {number} is another ceremony's in this home", code="holding.card_used",
                field="ceremony", fix="destroy the share of that one: yinxin keyholder destroy",
            ) from error  # fmt: skip
        return store.has(number) or store.has_seed(number)
    return True


def _ended(ledger: TenderLedger, number: int) -> bool:
    state = ledger.tender(number)
    assert state is not None
    ends = (Phase.CONTRACTED, Phase.FAILED, Phase.CANCELLED)
    return state.cancelled or all(ledger.lot(number, lot).phase in ends for lot in range(1, state.lots + 1))


def _needed(why: str) -> Refused:
    return Refused(
        f"the share is needed still: {why}", code="holding.needed", field="ceremony", fix="try again when that is over"
    )
