"""Draft, credential and stamp say the same, and the digest of a release names exactly its drafts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.catalogue import get_type
from chain.identifiers import parse
from chain.issuing import Draft, Slot, credential_content, rows_digest, stamp_content
from chain.kernel.errors import InvalidInput
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
