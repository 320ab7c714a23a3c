"""A seized officer's home smuggles no certificate type: the signer issues under what a person approved here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from chain.catalogue import CertificateType, Retirement, load_type, read_definition
from chain.catalogue.lists import read_list
from chain.credentials.credential import issue_credential
from chain.credentials.leaf import certificate_leaf, type_leaf
from chain.credentials.stamp import issue_stamp
from chain.desk.lanes import TYPES_LANE
from chain.desk.messages import Answer, Request, request_id
from chain.documents.manifest import build_manifest
from chain.issuing import Draft, Slot, credential_content, draft_of, rows_digest, stamp_content
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256, unhex0x
from chain.kernel.ports import LeafParts
from chain.keys.signatures import recover
from chain.ledger.typed import Anchor, Domain
from chain.merkle import Tree
from scripts.samples.lists import csv_bytes
from tests.chain.desk.stage import LIST, Stage
from tests.support.guarantee import CODE, HEADING, as_json, definition, row, second
from tests.support.memory_ledger import ANCHOR_LOG, CHAIN_ID
from tests.support.world import NAME, USCC

FIRST, SECOND = load_type(as_json(definition())), load_type(as_json(second()))


def document(raw: dict[str, Any]) -> bytes:
    return read_definition(as_json(raw)).document


def asking(data: bytes, sequence: int = 1, **changes: Any) -> Request:
    """The request for a document's place in the lane of types."""
    body = {"act": 1, "document": b64url(data), "operator": "O-001", "reason": "tenders", "sequence": sequence}
    return Request("type", USCC, {**body, **changes})


def put(stage: Stage, data: bytes, sequence: int) -> None:
    """Anchor it."""
    manifest = build_manifest(bureau=USCC, lane=TYPES_LANE, root=type_leaf(sha256(data)), leaves=[sha256(data)])
    stage.ledger.anchor(USCC, TYPES_LANE, sequence, type_leaf(sha256(data)), 1, manifest.digest, stage.address)


def approve(stage: Stage, data: bytes, sequence: int) -> None:
    """Approved by a person and anchored."""
    assert stage.code(asking(data, sequence), approve=True) == "granted"
    put(stage, data, sequence)


def drafts(kind: CertificateType, *numbers: int) -> list[Draft]:
    heading = (*HEADING, "招标编号") if kind.version == 2 else HEADING
    rows = [row(number) + (("ZB-1",) if kind.version == 2 else ()) for number in numbers]
    report = read_list(csv_bytes([heading, *rows], "utf-8"), kind)
    assert report.ok
    return [
        draft_of(kind.complete(one.fields, bureau_name=NAME), kind, USCC, serial=one.serial, version=one.version)
        for one in report.rows
    ]


@dataclass
class Issue:
    """A batch of guarantees as the register has it."""

    kind: CertificateType
    drafts: list[Draft]

    def release(self, **changes: Any) -> Request:
        body = {
            "lane": CODE,
            "version": self.kind.version,
            "operation": "issue",
            "source": "list.csv",
            "operator": "O-001",
            "batch": 1,
            "createdAt": 1,
            "rowsDigest": b64url(rows_digest(self.drafts)),
            "drafts": [draft.as_dict() for draft in self.drafts],
        }
        return Request("release", USCC, {**body, **changes})

    def root(self, stage: Stage, kind: CertificateType | None = None) -> Request:
        kind = kind or self.kind
        slots = [Slot(LIST, 500 + place) for place in range(len(self.drafts))]
        pairs = list(zip(self.drafts, slots, strict=True))
        signed = [issue_credential(credential_content(draft, kind, USCC, slot), stage.key) for draft, slot in pairs]
        stamps = [
            issue_stamp(stamp_content(draft, kind, USCC, slot, one.jwt_digest), stage.key)
            for (draft, slot), one in zip(pairs, signed, strict=True)
        ]
        records = [sha256(draft.identifier.encode()) for draft in self.drafts]
        self.tree = Tree(
            [
                certificate_leaf(LeafParts(one.jwt_digest, sha256(stamp), record))
                for one, stamp, record in zip(signed, stamps, records, strict=True)
            ]
        )
        body = {
            "batch": 1,
            "lane": CODE,
            "sequence": 1,
            "rowsDigest": b64url(rows_digest(self.drafts)),
            "credentials": [one.text for one in signed],
            "stamps": [b64url(stamp) for stamp in stamps],
            "records": [b64url(record) for record in records],
        }
        return Request("root", USCC, body)


@pytest.fixture
def guarantees(stage: Stage) -> Stage:
    """The bureau is accredited for the type's code; that alone is no type."""
    stage.ledger.accredit(USCC, CODE)
    return stage


def name_of(request: Request) -> str:
    return request_id(request.kind, request.to_bytes())


class TestApproval:
    def test_a_person_decides_and_the_anchor_is_over_the_very_document(self, guarantees: Stage) -> None:
        request = asking(document(definition()))
        assert guarantees.code(request) == "waits"
        (summary,) = guarantees.signer.waiting()
        assert summary.kind == "type"
        assert "投标保函" in summary.lines[0]
        assert "O-001" in summary.lines[1]
        assert any("受益人" in line and "beneficiary" in line for line in summary.lines)
        answer = guarantees.ask(request, approve=True)
        assert answer is not None
        root = type_leaf(sha256(document(definition())))
        digest = build_manifest(bureau=USCC, lane=TYPES_LANE, root=root, leaves=[sha256(document(definition()))]).digest
        message = Anchor(USCC, TYPES_LANE, 1, root, 1, digest)
        signature = unhex0x(answer.signatures["anchor"], size=65)
        assert recover(message.digest(Domain(CHAIN_ID, ANCHOR_LOG)), signature) == guarantees.address

    def test_the_diff_of_a_next_version_is_read_and_kept_in_data(self, guarantees: Stage) -> None:
        approve(guarantees, document(definition()), 1)
        guarantees.desk.submit(asking(document(second()), 2))
        (summary,) = guarantees.signer.waiting()
        places = {one["place"] for one in summary.data["changes"]}
        assert places == {"fields.KZ_guaranteeKind.values", "fields.KZ_tenderNumber"}
        assert (summary.data["action"], summary.data["version"]) == ("approve", 2)

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (document(second()), "version 2: the next version of tender-guarantee is 1"),
            (as_json(definition()), "not in canonical form"),
            (document(definition()).replace(b'"text"', b'"blob"', 1), "Invalid enum value"),
            (canonical({"format": "yinxin-certificate-type-9"}), "unknown format"),
            (Retirement(CODE, 1, "x").document, "no certificate type"),
        ],
    )
    def test_what_may_not_be_approved_is_refused_before_a_person_sees_it(
        self, guarantees: Stage, data: bytes, code: str
    ) -> None:
        name = guarantees.desk.submit(asking(data))
        assert guarantees.signer.waiting() == []
        answer: Answer | None = guarantees.desk.answer(name)
        assert answer is not None
        assert not answer.ok
        assert code in answer.message

    @pytest.mark.parametrize("body", [{}, {"document": 1}, {"document": "=", "sequence": 1}, {"sequence": "x"}])
    def test_a_malformed_request_stops_nobody(self, guarantees: Stage, body: dict[str, Any]) -> None:
        name = guarantees.desk.submit(Request("type", USCC, body))
        assert guarantees.signer.waiting() == []
        guarantees.signer.answer_waiting()
        answer = guarantees.desk.answer(name)
        assert answer is not None
        assert not answer.ok

    def test_what_was_approved_is_signed_for_another_place_only_if_its_own_was_taken(self, guarantees: Stage) -> None:
        assert guarantees.code(asking(document(definition())), approve=True) == "granted"
        assert guarantees.code(asking(document(definition()), 2)) == "desk.sequence"
        guarantees.desk.clear("type-")
        guarantees.ledger.anchor(USCC, TYPES_LANE, 1, bytes(32), 1, bytes(32), guarantees.address)
        assert guarantees.code(asking(document(definition()), 2)) == "granted", "without asking the person again"

    def test_a_recalled_proposal_is_not_signed_without_a_person(self, guarantees: Stage) -> None:
        digest = sha256(document(definition()))
        assert guarantees.code(Request("recall", USCC, {"rowsDigest": b64url(digest), "type": 1})) == "granted"
        assert guarantees.code(asking(document(definition()))) == "waits"
        assert guarantees.code(asking(document(definition())), approve=True) == "granted"
        again = Request("recall", USCC, {"rowsDigest": b64url(digest), "type": 2})
        assert guarantees.code(again) == "desk.too_late"


class TestSmuggling:
    def test_a_list_of_a_type_nobody_approved_is_refused_before_a_person_sees_it(self, guarantees: Stage) -> None:
        request = Issue(FIRST, drafts(FIRST, 1)).release()
        guarantees.desk.submit(request)
        assert guarantees.signer.waiting() == []
        answer = guarantees.desk.answer(name_of(request))
        assert answer is not None
        assert "was approved here" in answer.message
        assert guarantees.code(Issue(FIRST, drafts(FIRST, 2)).release(), approve=True) == "desk.type"

    def test_an_approval_counts_only_once_its_anchor_is_on_the_ledger(self, guarantees: Stage) -> None:
        assert guarantees.code(asking(document(definition())), approve=True) == "granted"
        assert guarantees.code(Issue(FIRST, drafts(FIRST, 1)).release(), approve=True) == "desk.type"
        put(guarantees, document(definition()), 1)
        issue = Issue(FIRST, drafts(FIRST, 2))
        assert guarantees.code(issue.release(), approve=True) == "granted"
        assert guarantees.code(issue.root(guarantees)) == "granted"

    def test_a_version_nobody_approved_is_refused_and_so_are_its_fields_under_the_old_one(
        self, guarantees: Stage
    ) -> None:
        approve(guarantees, document(definition()), 1)
        issue = Issue(SECOND, drafts(SECOND, 1))
        assert guarantees.code(issue.release(), approve=True) == "desk.type"
        assert guarantees.code(issue.release(version=1), approve=True) == "desk.type_fields"
        assert guarantees.code(issue.release(version="1"), approve=True) == "desk.form"
        approve(guarantees, document(second()), 2)
        again = Issue(SECOND, drafts(SECOND, 2))
        assert guarantees.code(again.release(), approve=True) == "granted"
        assert guarantees.code(again.root(guarantees)) == "granted"

    def test_a_missing_field_is_refused(self, guarantees: Stage) -> None:
        approve(guarantees, document(definition()), 1)
        (draft,) = drafts(FIRST, 1)
        fields = {name: value for name, value in draft.fields.items() if name != "KZ_beneficiary"}
        odd = Draft(draft.identifier, draft.number, draft.version, draft.not_before, draft.expires, fields)
        assert guarantees.code(Issue(FIRST, [odd]).release(), approve=True) == "desk.type_fields"

    def test_a_stamp_by_another_face_than_the_approved_one_is_not_signed(self, guarantees: Stage) -> None:
        approve(guarantees, document(definition()), 1)
        issue = Issue(FIRST, drafts(FIRST, 1))
        assert guarantees.code(issue.release(), approve=True) == "granted"
        other = load_type(as_json(definition(faceFields=["KZ_guaranteeAmount"])))
        assert guarantees.code(issue.root(guarantees, other)) == "desk.content"
        assert guarantees.code(issue.root(guarantees)) == "granted"

    def test_a_document_is_believed_to_be_anchored_only_if_it_is(self, guarantees: Stage) -> None:
        """A server that says "it stands on the ledger already" teaches the signer nothing by saying so."""
        approve(guarantees, document(definition()), 1)
        other = document(definition(slug="other-guarantee", zh="别的保函", code=CODE[:-1] + "6"))
        assert guarantees.code(asking(other, 1)) == "waits"
        guarantees.signer.refuse(name_of(asking(other, 1)), "no")
        put(guarantees, other, 2)
        assert guarantees.code(asking(other, 2)) == "granted"

    def test_a_version_in_force_is_not_replaced_by_what_the_ledger_shows_later(self, guarantees: Stage) -> None:
        approve(guarantees, document(definition()), 1)
        other = document(definition(en="another reading"))
        put(guarantees, other, 2)
        assert guarantees.code(asking(other, 2)) == "desk.type_taken"
        (summary,) = guarantees.state.types.documents()
        assert summary[1] == document(definition())

    def test_an_anchor_by_a_key_that_was_compromised_by_then_teaches_nothing(self, guarantees: Stage) -> None:
        put(guarantees, document(definition()), 1)
        facts = guarantees.ledger.keys[(USCC, bytes(12) + guarantees.address)]
        guarantees.ledger.mark_compromised(USCC, facts.thumbprint, facts.valid.since)
        assert guarantees.code(asking(document(definition()), 1)) == "waits"


class TestRetirement:
    def test_nothing_more_is_released_but_a_released_list_ends(self, guarantees: Stage) -> None:
        approve(guarantees, document(definition()), 1)
        before = Issue(FIRST, drafts(FIRST, 1))
        assert guarantees.code(before.release(), approve=True) == "granted"
        end = Retirement(CODE, 1, "停办").document
        guarantees.desk.submit(asking(end, 2))
        (summary,) = guarantees.signer.waiting()
        assert "停用" in summary.lines[0]
        assert "停办" in summary.lines[-1]
        approve(guarantees, end, 2)
        assert guarantees.code(Issue(FIRST, drafts(FIRST, 2)).release(), approve=True) == "desk.type_retired"
        assert guarantees.code(before.root(guarantees)) == "granted"
        assert guarantees.code(asking(Retirement(CODE, 1, "再次").document, 3), approve=True) == "catalogue.retired"

    def test_a_shipped_type_can_be_retired_too(self, stage: Stage) -> None:
        batch = stage.batch(1)
        approve(stage, Retirement(batch.lane, 1, "由新版代替").document, 1)
        assert stage.code(batch.release(), approve=True) in ("catalogue.retired", "desk.type_retired")
