"""The register made anew from the ledger, the stored records and the key vault.

What comes back: batches, certificates with their fields, slots, numbers, statuses, acts with reasons, successors,
tombstones. What does not, because it lies nowhere else: drafts that were never anchored, keys, settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from api.certificates import slots
from api.certificates.evidence import gather_evidence
from api.certificates.office import Office
from api.certificates.tables import act_entries, acts, batches, certificates, status_lists
from api.claims.rebuilding import restore_claims
from api.db import open_address, register_address, remove, take_place
from api.indexer.follow import follow
from api.types.known import catalogue_of
from api.types.restore import restore_types
from chain.catalogue import SHIPPED
from chain.claims import CLAIMS_LANE
from chain.credentials.credential import parse_credential
from chain.credentials.status_list import parse_status_token
from chain.desk.lanes import TYPES_LANE
from chain.desk.signer import EVENTS_LANE
from chain.documents.cids import cid_of_sha256
from chain.documents.manifest import ManifestLeaf, read_leaves, read_manifest
from chain.documents.records import open_bytes, open_record, record_key_id
from chain.issuing.contents import Draft, rows_digest
from chain.issuing.events import EventRecord
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused
from chain.kernel.ports import AnchorFacts
from chain.ledger.typed import anchor_thumbprint

_CHUNK = 500
_UNFINISHED = "new"


@dataclass(slots=True)
class Rebuilt:
    """What came back.

    Attributes:
        batches: anchored batches.
        certificates: all of them, shredded ones included.
        shredded: certificates of which only slot and uniqueness are known.
        acts: status acts with their reasons.
        claims: bindings of devices, and their ends.
        types: definitions of certificate types, and ends of them.
        unreadable: records that are neither readable nor shredded, with the reason.
        foreign: anchors by a key that was compromised by then, whose manifest nobody has; they are left out.
    """

    batches: int = 0
    certificates: int = 0
    shredded: int = 0
    acts: int = 0
    claims: int = 0
    types: int = 0
    unreadable: int = 0
    foreign: int = 0
    reason: str = ""


def rebuild(office: Office, progress: Callable[[str, int, int], None] = lambda *_: None) -> Rebuilt:
    """Make the register anew and put it in the old one's place when it is whole.

    Raises:
        Unavailable: ledger or store did not answer; the old register stands.
        NotFound: a manifest or status list is nowhere to be had; the old register stands.
    """
    drop_unfinished(office)
    register = register_address(office.home)
    fresh = register.beside(_UNFINISHED)
    engine = open_address(fresh)
    try:
        done = _Rebuild(office, engine, progress).run()
    except BaseException:
        engine.dispose()
        drop_unfinished(office)
        raise
    engine.dispose()
    old = office.__dict__.pop("engine", None)
    if old is not None:
        old.dispose()
    take_place(register, fresh)
    return done


def drop_unfinished(office: Office) -> None:
    """Remove what a rebuild left that died: it holds what the register holds, and nothing else would shred it."""
    remove(register_address(office.home).beside(_UNFINISHED))


class _Rebuild:
    def __init__(self, office: Office, engine: Engine, progress: Callable[[str, int, int], None]) -> None:
        self.office = office
        self.engine = engine
        self.progress = progress
        self.done = Rebuilt()
        self.tombstones = {str(stone.note.get("record")): stone.note for stone in office.vault.tombstones()}
        self.predecessors: dict[str, str] = {}
        self.catalogue = SHIPPED

    def run(self) -> Rebuilt:
        reader = self.office.ledger.refresh()
        follow(self.engine, reader, self.office.bureau)
        self._types()
        events = self._events()
        self.predecessors = {
            event.successor: event.identifier for _, entries in events for event, _ in entries if event.successor
        }
        lanes = [lane for owner, lane in reader.lanes() if owner == self.office.bureau and not lane.startswith("$")]
        anchors = [
            facts for lane in lanes for facts in reader.anchors(self.office.bureau, lane) if self._believed(facts)
        ]
        total = sum(facts.size for facts in anchors)
        for facts in anchors:
            self._batch(facts)
            self.progress("certificates", self.done.certificates, total)
        self._lists()
        self._acts(events)
        self._claims()
        return self.done

    # ------------------------------------------------------------------ types

    def _types(self) -> None:
        anchors = self.office.ledger.reader.anchors(self.office.bureau, TYPES_LANE)
        believed = [facts for facts in anchors if self._believed(facts)]
        with self.engine.begin() as connection:
            self.done.types = restore_types(connection, believed, self._leaves, self.office.store.get)
        self.catalogue = catalogue_of(self.engine)

    # ------------------------------------------------------------------ batches

    def _batch(self, facts: AnchorFacts) -> None:
        with self.engine.begin() as connection:
            found = connection.execute(
                insert(batches).values(
                    bureau=facts.bureau,
                    certificate_type=facts.lane,
                    template_version=self.catalogue.versions(facts.lane)[-1].version,
                    operation="issue",
                    source="rebuilt",
                    operator="",
                    rows_digest=facts.root,
                    size=facts.size,
                    state="complete",
                    created_at=facts.block.time,
                    sequence=facts.sequence,
                    root=facts.root,
                    manifest_digest=facts.manifest_digest,
                )
            ).inserted_primary_key
            assert found is not None
            batch_id = int(found[0])
            drafts: list[Draft | None] = []
            rows: list[dict[str, Any]] = []
            values: dict[str, Any] = {}
            for leaf in self._leaves(facts):
                row, draft, version = self._certificate(batch_id, leaf)
                rows.append(row)
                drafts.append(draft)
                if version is not None:
                    values["template_version"] = version
            for start in range(0, len(rows), _CHUNK):
                connection.execute(insert(certificates), rows[start : start + _CHUNK])
            whole = [draft for draft in drafts if draft is not None]
            if len(whole) == len(drafts):
                values["rows_digest"] = rows_digest(whole)
            row_of_batch = connection.execute(select(batches).where(batches.c.id == batch_id)).one()
            values["evidence"] = gather_evidence(self.office, row_of_batch)
            connection.execute(update(batches).where(batches.c.id == batch_id).values(**values))
        self.done.batches += 1

    def _believed(self, facts: AnchorFacts) -> bool:
        """False for an anchor by a key that was compromised by then; its manifest need not exist."""
        key = self.office.ledger.reader.key(facts.bureau, anchor_thumbprint(facts.key))
        if key is not None and key.usable(facts.block.time):
            return True
        try:
            self._leaves(facts)
        except (NotFound, Damaged, InvalidInput) as error:
            self.done.foreign += 1
            self.done.reason = error.message
            return False
        return True

    def _leaves(self, facts: AnchorFacts) -> Sequence[ManifestLeaf]:
        manifest = read_manifest(facts.manifest_digest, self.office.store.get)
        leaves = list(read_leaves(manifest, self.office.store.get))
        if manifest.root != facts.root or len(leaves) != facts.size:
            raise Damaged(
                f"the manifest of anchor {facts.sequence} does not fit its root",
                code="rebuild.manifest",
                field="manifest",
            )
        return leaves

    def _certificate(self, batch_id: int, leaf: ManifestLeaf) -> tuple[dict[str, Any], Draft | None, int | None]:
        """Row, draft and the version of the type it was made by; what nobody can read has neither draft nor version."""
        assert leaf.parts is not None
        row: dict[str, Any] = dict.fromkeys(
            (
                "identifier",
                "number",
                "holder_name",
                "holder_code",
                "fields",
                "expires",
                "status_list",
                "status_index",
                "predecessor",
                "successor",
                "shredded_at",
            )
        )
        row |= {
            "batch_id": batch_id,
            "position": leaf.index,
            "jwt_digest": leaf.parts.jwt,
            "stamp_digest": leaf.parts.stamp,
            "record_digest": leaf.record,
            "cid": leaf.cid,
            "not_before": 0,
            "key_id": None,
            "uniqueness": sha256(leaf.record),
        }
        self.done.certificates += 1
        note = self.tombstones.get(b64url(leaf.record))
        if note is not None and "uniqueness" in note:
            row |= {
                "uniqueness": unb64url(note["uniqueness"]),
                "status_list": note["list"],
                "status_index": note["index"],
                "shredded_at": self.office.clock(),
            }
            self.done.shredded += 1
            return row, None, None
        try:
            data = self.office.store.get(leaf.cid)
            row["key_id"] = record_key_id(data)
            content = open_record(data, self.office.vault)
            credential = parse_credential(content.credential)
            if (credential.jwt_digest, sha256(content.stamp)) != (leaf.parts.jwt, leaf.parts.stamp):
                raise Damaged(
                    f"record {leaf.cid} holds another certificate than its leaf", code="rebuild.record", field="record"
                )
        except (NotFound, Refused, Damaged, InvalidInput) as error:
            self.done.unreadable += 1
            self.done.reason = error.message
            return row, None, None
        assert credential.identifier is not None
        version = content.template_version
        number_field = self.catalogue.find(credential.certificate_type, version).number_field
        draft = Draft.of_credential(credential, number_field, self.predecessors.get(credential.identifier))
        fields = draft.fields
        row |= {
            "uniqueness": self.office.uniqueness(
                credential.bureau, credential.certificate_type, draft.number, draft.version
            ),
            "identifier": draft.identifier,
            "number": draft.number,
            "holder_name": fields["certificateHolderName"],
            "holder_code": fields["certificateHolderCode"],
            "fields": canonical(dict(fields)).decode(),
            "not_before": draft.not_before,
            "expires": draft.expires,
            "status_list": credential.status_list,
            "status_index": credential.status_index,
            "predecessor": draft.predecessor,
        }
        return row, draft, version

    # ------------------------------------------------------------------ claims

    def _claims(self) -> None:
        lane = self.office.ledger.reader.anchors(self.office.bureau, CLAIMS_LANE)
        anchors = [(facts, self._leaves(facts)) for facts in lane if self._believed(facts)]
        with self.engine.begin() as connection:
            self.done.claims = restore_claims(self.office, connection, anchors).entries

    # ------------------------------------------------------------------ status lists and acts

    def _lists(self) -> None:
        reader, office = self.office.ledger.reader, self.office
        stones = [note for note in self.tombstones.values() if "list" in note]
        with self.engine.begin() as connection:
            for owner, name in reader.status_lists():
                head = reader.status_head(owner, name)
                if owner != office.bureau or head is None:
                    continue
                token = office.store.get(cid_of_sha256(head.digest))
                used = bytearray(slots.empty())
                query = select(certificates.c.status_index).where(certificates.c.status_list == name)
                taken = set(connection.execute(query).scalars()) | {
                    note["index"] for note in stones if note["list"] == name
                }
                for index in taken:
                    slots.mark(used, index)
                connection.execute(
                    insert(status_lists).values(
                        name=name,
                        bureau=owner,
                        used=bytes(used),
                        # A record nobody could read may have any slot: then none of this list is given out again.
                        free=0 if self.done.unreadable else slots.SIZE - len(taken),
                        token=token,
                        head=head.head,
                    )
                )

    def _events(self) -> list[tuple[AnchorFacts, list[tuple[EventRecord, ManifestLeaf]]]]:
        reader = self.office.ledger.reader
        found = []
        actors = sorted({self.office.bureau, self.office.actor})
        for facts in (facts for actor in actors for facts in reader.anchors(actor, EVENTS_LANE)):
            entries = []
            for leaf in self._leaves(facts) if self._believed(facts) else ():
                try:
                    event = EventRecord.from_bytes(open_bytes(self.office.store.get(leaf.cid), self.office.vault))
                except (Refused, NotFound, Damaged, InvalidInput):
                    continue
                if event.bureau == self.office.bureau:
                    entries.append((event, leaf))
            found.append((facts, entries))
        return found

    def _acts(self, events: list[tuple[AnchorFacts, list[tuple[EventRecord, ManifestLeaf]]]]) -> None:
        with self.engine.begin() as connection:
            for facts, entries in events:
                if entries:
                    self._act(connection, facts, entries)
                    self.done.acts += 1

    def _act(self, connection: Connection, facts: AnchorFacts, entries: list[tuple[EventRecord, ManifestLeaf]]) -> None:
        first = entries[0][0]
        found = connection.execute(
            insert(acts).values(
                operation=first.operation,
                actor=facts.bureau,
                status_list=first.status_list,
                operator=first.operator,
                reason=first.reason,
                at=first.at,
                state="complete",
                size=facts.size,
                sequence=facts.sequence,
                root=facts.root,
                manifest_digest=facts.manifest_digest,
            )
        ).inserted_primary_key
        assert found is not None
        for event, leaf in entries:
            row = connection.execute(
                select(certificates.c.id).where(
                    certificates.c.status_list == event.status_list, certificates.c.status_index == event.status_index
                )
            ).scalar()
            if row is None:
                continue
            data = self.office.store.get(leaf.cid)
            connection.execute(
                insert(act_entries).values(
                    act_id=found[0],
                    position=leaf.index,
                    certificate_id=row,
                    before=event.before,
                    after=event.after,
                    linked=event.successor,
                    key_id=record_key_id(data),
                    record_digest=leaf.record,
                    cid=leaf.cid,
                )
            )
            if event.successor and self._stands(connection, event):
                connection.execute(
                    update(certificates).where(certificates.c.id == row).values(successor=event.successor)
                )

    @staticmethod
    def _stands(connection: Connection, event: EventRecord) -> bool:
        """True if the list shows today what the event says; an event whose change never followed does not count."""
        token = connection.execute(
            select(status_lists.c.token).where(status_lists.c.name == event.status_list)
        ).scalar_one()
        return parse_status_token(bytes(token)).status_list.get(event.status_index) == event.after
