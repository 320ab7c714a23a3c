"""Draft, credential and stamp say the same, and the digest of a release names exactly its drafts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.catalogue import get_type
from chain.identifiers import parse
from chain.issuing import Draft, Slot, credential_content, rows_digest, stamp_content
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput
from chain.merkle import leaf_hash
from tests.chain.desk.stage import drafts_of, following
from tests.support.world import LICENCE, USCC

KIND = get_type("business-licence")
DRAFTS = drafts_of(4)
SLOT = Slot("s0001", 7)


def test_a_draft_comes_back_and_a_lacking_one_is_refused() -> None:
    assert Draft.from_dict(DRAFTS[0].as_dict()) == DRAFTS[0]
    for name in DRAFTS[0].as_dict():
        with pytest.raises(InvalidInput):
            Draft.from_dict({key: value for key, value in DRAFTS[0].as_dict().items() if key != name})


def test_its_identifier_names_type_bureau_number_and_version() -> None:
    for draft in DRAFTS:
        found = parse(draft.identifier)
        assert (found.type_code, found.issuer, found.version) == (LICENCE, USCC, "001")
    follower = following(DRAFTS[0])
    assert parse(follower.identifier).version == "002"
    assert follower.predecessor == DRAFTS[0].identifier


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "1"},
        {"version": "002"},
        {"not_before": 1},
        {"expires": 1},
        {"fields": {}},
        {"predecessor": "x"},
        {"identifier": "x"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_digest_of_a_release_changes_with_every_part(changes: dict[str, object]) -> None:
    changed = [replace(DRAFTS[0], **changes), *DRAFTS[1:]]
    assert rows_digest(changed) != rows_digest(DRAFTS)


def test_it_changes_with_order_and_number_too() -> None:
    digests = {
        rows_digest(DRAFTS),
        rows_digest(DRAFTS[::-1]),
        rows_digest(DRAFTS[:3]),
        rows_digest([*DRAFTS, DRAFTS[0]]),
    }
    assert len(digests) == 4


def test_credential_and_stamp_say_what_the_draft_says() -> None:
    draft = DRAFTS[0]
    credential = credential_content(draft, KIND, USCC, SLOT)
    stamp = stamp_content(draft, KIND, USCC, SLOT, bytes(32))
    assert (credential.identifier, credential.not_before, credential.expires) == (
        stamp.identifier,
        stamp.not_before,
        stamp.expires,
    )
    assert (credential.status_list, credential.status_index) == (stamp.status_list, stamp.status_index) == ("s0001", 7)
    assert dict(credential.fields) == dict(draft.fields)
    assert draft.fields["certificateHolderName"] != stamp.holder_name, "the name on the stamp is masked"
    labels = {number: field.name for number, field in enumerate(KIND.fields, 1)}
    for label, value in stamp.face:
        assert isinstance(label, int)
        assert str(draft.fields[labels[label]]).startswith(str(value).rstrip("…"))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"expires": None},
        {"predecessor": DRAFTS[1].identifier},
        {"number": 'a "quoted" \\ number\n编号'},
        {"fields": {"𠮷": "x", "é": "y", "\ue000": None, "list": [1, {"b": True, "a": []}]}},
    ],
)
def test_its_bytes_are_the_canonical_form_of_its_data(changes: dict[str, object]) -> None:
    draft = replace(DRAFTS[0], **changes)  # type: ignore[arg-type]
    assert draft.to_bytes() == canonical(draft.as_dict())
    assert draft.to_bytes(canonical(dict(draft.fields))) == draft.to_bytes()
    assert rows_digest([draft]) == leaf_hash(draft.to_bytes())


@pytest.mark.parametrize(
    "changes", [{"number": "\ud800"}, {"not_before": 2**53}, {"expires": 1.5}, {"fields": {"a": 0.5}}]
)
def test_what_has_no_canonical_form_has_no_bytes(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        replace(DRAFTS[0], **changes).to_bytes()  # type: ignore[arg-type]
