"""A desk over a ledger in memory: an officer who may be seized, a signer who believes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from eth_account import Account

from chain.catalogue import get_type
from chain.catalogue.lists import read_list
from chain.credentials.credential import IssuedCredential, issue_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.credentials.stamp import issue_stamp
from chain.credentials.status_list import Status, StatusList, issue_status_token
from chain.desk.approvers import Approvers
from chain.desk.deciding import Deciding
from chain.desk.evidence import Evidence
from chain.desk.expiry import expiry_proof
from chain.desk.folder import Desk
from chain.desk.messages import Answer, Request
from chain.desk.parts import SHOWN, PartName
from chain.desk.signer import Signer
from chain.desk.state import SignerState
from chain.issuing import Draft, EventRecord, Slot, credential_content, draft_of, rows_digest, stamp_content
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unb64url
from chain.kernel.ports import LeafParts, LeafPlace, TrustSource
from chain.ledger.connection import AccountAnchorKey
from chain.ledger.typed import Domain
from chain.merkle import Tree
from scripts.samples.lists import CHINESE, companies, csv_bytes
from tests.support.memory_ledger import ANCHOR_LOG, CHAIN_ID, MemoryLedger, pad
from tests.support.world import LICENCE, NAME, OTHER_USCC, USCC, signer

KIND = get_type("business-licence")
LIST = "s0001"
EVENTS = "$events"


def drafts_of(count: int, *, first: int = 1, bureau: str = USCC) -> list[Draft]:
    """Drafts of invented companies."""
    rows = [sample.values for sample in companies(count, seed=7, first=first)]
    report = read_list(csv_bytes([CHINESE, *rows], "utf-8"), KIND)
    assert report.ok
    return [
        draft_of(KIND.complete(row.fields, bureau_name=NAME), KIND, bureau, serial=row.serial, version=row.version)
        for row in report.rows
    ]


def following(draft: Draft) -> Draft:
    """The draft of its renewal."""
    fields = {**draft.fields, "certificateIssuedDate": "2025-12-01"}
    serial = draft.identifier.split(".")[-3]
    return draft_of(fields, KIND, USCC, serial=serial, version="002", predecessor=draft.identifier)


@dataclass
class Batch:
    """What an officer's register has of a batch; every part may be tampered with before it is sent."""

    drafts: list[Draft]
    slots: list[Slot]
    lane: str = LICENCE
    sequence: int = 1
    credentials: list[IssuedCredential] = field(default_factory=list)
    stamps: list[bytes] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)

    def seal(self, key: SoftwareSigner) -> Batch:
        """Sign all of it."""
        contents = [
            credential_content(draft, KIND, USCC, slot) for draft, slot in zip(self.drafts, self.slots, strict=True)
        ]
        self.credentials = [issue_credential(content, key) for content in contents]
        self.stamps = [self.stamp(place, key) for place in range(len(self.drafts))]
        self.records = [sha256(draft.identifier.encode()) for draft in self.drafts]
        return self

    def stamp(self, place: int, key: SoftwareSigner, **changes: Any) -> bytes:
        """The stamp of one, perhaps saying something else."""
        digest = self.credentials[place].jwt_digest
        content = stamp_content(self.drafts[place], KIND, USCC, self.slots[place], digest)
        return issue_stamp(replace(content, **changes), key)

    @property
    def digest(self) -> bytes:
        """What a release names."""
        return rows_digest(self.drafts)

    def release(self, **changes: Any) -> Request:
        """The request for a person's release."""
        body = {
            "lane": self.lane,
            "operation": "issue",
            "source": "list.csv",
            "operator": "O-001",
            "batch": 1,
            "createdAt": 1,
            "rowsDigest": b64url(self.digest),
            "drafts": [draft.as_dict() for draft in self.drafts],
        }
        return Request("release", USCC, {**body, **changes})

    def root(self, **changes: Any) -> Request:
        """The request for the root's signature."""
        body = {
            "batch": 1,
            "lane": self.lane,
            "sequence": self.sequence,
            "rowsDigest": b64url(self.digest),
            "credentials": [item.text for item in self.credentials],
            "stamps": [b64url(item) for item in self.stamps],
            "records": [b64url(item) for item in self.records],
        }
        return Request("root", USCC, {**body, **changes})

    def lay(self, desk: Desk, request: Request, *, part: int = 2) -> Request:
        """The same request with its rows on the desk in parts, as a register lays a long list."""
        body = dict(request.body)
        kind = "drafts" if request.kind == "release" else "certificates"
        names = ("drafts",) if request.kind == "release" else ("credentials", "stamps", "records")
        rows = {name: list(body.pop(name)) for name in names}
        for number, first in enumerate(range(0, len(rows[names[0]]), part)):
            piece = {name: [canonical(one) for one in rows[name][first : first + part]] for name in names}
            desk.parts.write(PartName(kind, unb64url(body["rowsDigest"]), number), first, piece, desk.recipient())
        body |= {"size": len(rows[names[0]]), "part": part}
        if request.kind == "release":
            body["drafts"] = rows["drafts"][:SHOWN]
        return Request(request.kind, request.bureau, body)

    def recall(self) -> Request:
        """The request to forget it."""
        return Request("recall", USCC, {"rowsDigest": b64url(self.digest), "batch": 1, "createdAt": 1})

    def expiry(self, place: int) -> dict[str, Any]:
        """What shows the signer that one is past its date."""
        parts = LeafParts(self.credentials[place].jwt_digest, sha256(self.stamps[place]), self.records[place])
        tree = self.tree
        where = LeafPlace(USCC, self.lane, self.sequence, parts, place, tree.size, tree.path(place))
        return expiry_proof(self.credentials[place].jwt + "~", where)

    @property
    def tree(self) -> Tree:
        """Its tree."""
        rows = zip(self.credentials, self.stamps, self.records, strict=True)
        return Tree(
            [certificate_leaf(LeafParts(item.jwt_digest, sha256(stamp), record)) for item, stamp, record in rows]
        )


class Stage:
    """One bureau, its officer's key, its desk and its signer."""

    def __init__(self, folder: Path) -> None:
        self.ledger = MemoryLedger()
        self.key, self.stranger = signer(1), signer(9)
        account = Account.from_key(sha256(b"anchor key of a test"))
        self.address = bytes.fromhex(account.address[2:])
        for uscc in (USCC, OTHER_USCC):
            self.ledger.register(uscc, NAME)
            self.ledger.accredit(uscc, LICENCE)
        self.ledger.add_key(USCC, self.key.thumbprint, "credential", self.key.public_key)
        self.ledger.add_key(USCC, pad(self.address), "anchor")
        private = X25519PrivateKey.generate()
        self.desk = Desk(folder / "desk")
        self.state = SignerState(folder / "signer.sqlite")
        raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.desk.open(bureau=USCC, key=hex0x(self.address), recipient=public)
        self.look: Callable[[], TrustSource] = self.ledger.source
        anchor_key = AccountAnchorKey(account, Domain(CHAIN_ID, ANCHOR_LOG))
        self.people = Approvers()
        self.domain = Domain(CHAIN_ID, ANCHOR_LOG)
        self.evidence = Evidence(folder / "signer.sqlite")
        self.deciding = Deciding(
            self.desk, USCC, self.domain, lambda: self.people, self.evidence, lambda: self.ledger.block.time
        )
        self.signer = Signer(
            self.desk,
            raw,
            anchor_key,
            USCC,
            self.state,
            lambda: self.look(),
            lambda: self.ledger.block.time,
            deciding=self.deciding,
        )
        self.status = StatusList()
        self.token = b""

    def close(self) -> None:
        """Close the signer's file."""
        self.evidence.close()
        self.state.close()

    # ------------------------------------------------------------------ asking

    def ask(self, request: Request, *, approve: bool = False) -> Answer | None:
        """Put a request on the desk, let a person approve it or not, then the signer answer what it may by itself."""
        name = self.desk.submit(request)
        if approve:
            self.signer.approve(name)
        self.signer.answer_waiting()
        return self.desk.answer(name)

    def code(self, request: Request, *, approve: bool = False) -> str:
        """The code of a refusal; ``granted`` or ``waits`` otherwise."""
        answer = self.ask(request, approve=approve)
        return "waits" if answer is None else "granted" if answer.ok else answer.code

    # ------------------------------------------------------------------ batches

    def batch(self, count: int = 3, *, first: int = 1, at: int = 100, drafts: list[Draft] | None = None) -> Batch:
        """A sealed batch that nobody has released."""
        drafts = drafts or drafts_of(count, first=first)
        return Batch(drafts, [Slot(LIST, at + place) for place in range(len(drafts))]).seal(self.key)

    def released(self, **options: Any) -> Batch:
        """A sealed batch that a person released."""
        batch = self.batch(**options)
        assert self.code(batch.release(), approve=True) == "granted"
        return batch

    def anchored(self, **options: Any) -> Batch:
        """A batch that is on the ledger."""
        batch = self.released(**options)
        batch.sequence = self.ledger.lanes.get((USCC, LICENCE), (0, b""))[0] + 1
        assert self.code(batch.root()) == "granted"
        self.put(batch)
        return batch

    def put(self, batch: Batch) -> None:
        """Anchor it."""
        self.ledger.anchor(USCC, LICENCE, batch.sequence, batch.tree.root, batch.tree.size, bytes(32), self.address)

    # ------------------------------------------------------------------ status

    @property
    def head(self) -> bytes:
        """Head of the list."""
        history = self.ledger.statuses.get((USCC, LIST))
        return history[-1].head if history else bytes(32)

    def open_list(self) -> None:
        """Anchor the first, empty state."""
        self.token = self.sign_list(StatusList())
        assert self.code(self.list_request(self.token)) == "granted"
        self.ledger.anchor_status(USCC, LIST, bytes(32), sha256(self.token), self.address)

    def sign_list(self, status: StatusList, *, key: SoftwareSigner | None = None, **changes: Any) -> bytes:
        """A token over the present head."""
        parts = {"name": LIST, "head": self.head, "bureau": USCC, "actor": None, **changes}
        return issue_status_token(
            parts["bureau"],
            parts["name"],
            status,
            parts["head"],
            self.ledger.block.time,
            key or self.key,
            actor=parts["actor"],
        )

    def list_request(self, token: bytes) -> Request:
        """Asks for the first state."""
        return Request("list", USCC, {"list": LIST, "token": b64url(token)})

    def event(self, batch: Batch, place: int, operation: str, **changes: Any) -> EventRecord:
        """The event of one act."""
        slot = batch.slots[place]
        record = EventRecord(
            operation,
            USCC,
            batch.drafts[place].identifier,
            slot.list,
            slot.index,
            int(self.status.get(slot.index)),
            int(OPERATIONS[operation].after),
            "O-001",
            "a reason",
            self.ledger.block.time,
        )
        return replace(record, **changes)

    def change(
        self, events: Sequence[EventRecord], *, also: dict[int, Status] | None = None, **changes: Any
    ) -> Request:
        """A status change with these events; ``also`` changes entries that no event speaks of."""
        status = self.status.copy()
        for event in events:
            status.set(event.status_index, Status(event.after))
        for index, after in (also or {}).items():
            status.set(index, after)
        body = {
            "act": 1,
            "owner": USCC,
            "list": LIST,
            "previousHead": hex0x(self.head),
            "oldToken": b64url(self.token),
            "newToken": b64url(self.sign_list(status)),
            "sequence": self.ledger.lanes.get((USCC, EVENTS), (0, b""))[0] + 1,
            "events": [event.as_dict() for event in events],
            "records": [b64url(sha256(event.to_bytes())) for event in events],
        }
        return Request("status", USCC, {**body, **changes})

    def carry_out(self, request: Request) -> None:
        """Put a signed change on the ledger."""
        body = request.body
        records = [unb64url(item) for item in body["records"]]
        root = Tree([event_leaf(record) for record in records]).root
        self.ledger.anchor(USCC, EVENTS, body["sequence"], root, len(records), bytes(32), self.address)
        self.token = unb64url(body["newToken"])
        self.ledger.anchor_status(USCC, LIST, self.head, sha256(self.token), self.address)
        for event in body["events"]:
            self.status.set(event["status_index"], Status(event["after"]))
