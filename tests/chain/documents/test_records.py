"""Records: one form, sealed and opened; shredded, nobody opens them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.containers import encrypt_record
from chain.documents import (
    Attachment,
    EventContent,
    KeyVault,
    RecordContent,
    cid_of,
    open_bytes,
    open_event,
    open_record,
    record_key_id,
    seal_bytes,
    seal_many,
    seal_record,
)
from chain.documents.records import MAX_RECORD, parse_content
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused

CONTENT = RecordContent("eyJ.eyJ.sig~ZGlz~", bytes(range(200)), "business-licence", 1)
EVENT = EventContent("revoke", {"reason": "示例原因", "operator": "07"})


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[KeyVault]:
    made = KeyVault(tmp_path / "vault", bytes(32), tombstones=tmp_path / "tombstones")
    yield made
    made.close()


class TestSealing:
    def test_a_record_opens_to_its_content(self, vault: KeyVault) -> None:
        sealed = seal_record(CONTENT, vault)
        assert open_record(sealed.ciphertext, vault) == CONTENT
        assert sealed.digest == sha256(sealed.ciphertext).digest()
        assert sealed.cid == cid_of(sealed.ciphertext)
        assert sealed.key_id == record_key_id(sealed.ciphertext)

    def test_an_event_opens_to_its_content(self, vault: KeyVault) -> None:
        assert open_event(seal_record(EVENT, vault).ciphertext, vault) == EVENT

    def test_many_are_sealed_each_under_its_own_secret(self, vault: KeyVault) -> None:
        sealed = seal_many([CONTENT, CONTENT, EVENT, b"bytes"], vault)
        assert len({record.key_id for record in sealed}) == 4
        assert len({record.digest for record in sealed}) == 4
        assert len(vault) == 4
        assert open_bytes(sealed[3].ciphertext, vault) == b"bytes"
        assert open_bytes(sealed[0].ciphertext, vault) == CONTENT.to_bytes()

    def test_a_large_record_gets_the_cid_of_its_tree(self, vault: KeyVault) -> None:
        large = RecordContent("a~", b"", "t", 1, (Attachment("scan.pdf", "application/pdf", os.urandom(2 << 20)),))
        sealed = seal_record(large, vault)
        assert sealed.cid == cid_of(sealed.ciphertext)
        assert open_record(sealed.ciphertext, vault) == large

    def test_no_two_sealings_look_alike(self, vault: KeyVault) -> None:
        first, second = seal_many([CONTENT, CONTENT], vault)
        assert first.ciphertext[60:] != second.ciphertext[60:]
        assert CONTENT.credential.encode() not in first.ciphertext


class TestRefusing:
    def test_a_shredded_record_opens_for_nobody(self, vault: KeyVault) -> None:
        sealed = seal_record(CONTENT, vault)
        vault.destroy(sealed.key_id)
        with pytest.raises(Refused) as caught:
            open_record(sealed.ciphertext, vault)
        assert caught.value.code == "vault.destroyed"

    def test_another_bureaus_record_is_not_found(self, vault: KeyVault) -> None:
        stranger = seal_bytes(CONTENT.to_bytes(), bytes(16), bytes(32))
        with pytest.raises(NotFound):
            open_record(stranger.ciphertext, vault)

    def test_an_altered_record_is_damage(self, vault: KeyVault) -> None:
        sealed = seal_record(CONTENT, vault).ciphertext
        with pytest.raises(Damaged):
            open_record(sealed[:-1] + bytes([sealed[-1] ^ 1]), vault)

    def test_a_record_and_an_event_are_not_taken_for_each_other(self, vault: KeyVault) -> None:
        record, event = seal_many([CONTENT, EVENT], vault)
        for call, data in ((open_event, record), (open_record, event)):
            with pytest.raises(InvalidInput) as caught:
                call(data.ciphertext, vault)
            assert caught.value.code == "record.format"

    def test_a_flood_is_refused_before_it_is_read(self, vault: KeyVault) -> None:
        with pytest.raises(InvalidInput) as caught:
            open_bytes(bytes(MAX_RECORD + 1), vault)
        assert caught.value.code == "record.size"

    def test_what_is_no_record_has_no_key_id(self) -> None:
        for data in (b"", b"text", encrypt_record(b"", bytes(16), bytes(32))[1:]):
            with pytest.raises(InvalidInput):
                record_key_id(data)


class TestForm:
    @given(
        credential=st.text(max_size=60),
        stamp=st.binary(max_size=60),
        kind=st.text(max_size=20),
        version=st.integers(1, 9),
        files=st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9), st.binary(max_size=9)), max_size=2),
    )
    def test_contents_have_one_canonical_form(
        self, credential: str, stamp: bytes, kind: str, version: int, files: list[tuple[str, str, bytes]]
    ) -> None:
        attachments = tuple(Attachment(*file) for file in files)
        content = RecordContent(credential, stamp, kind, version, attachments)
        data = content.to_bytes()
        plain = {
            "format": "yinxin-record-1",
            "credential": credential,
            "stamp": b64url(stamp),
            "template": {"type": kind, "version": version},
            "attachments": [{"name": a, "mediaType": b, "data": b64url(c)} for a, b, c in files],
        }
        assert data == canonical(plain)
        assert parse_content(data) == content

    @pytest.mark.parametrize(
        "change",
        [
            {"format": "yinxin-record-2"},
            {"extra": 1},
            {"stamp": "AB"},
            {"stamp": None},
            {"credential": 7},
            {"template": {"type": "t"}},
            {"template": {"type": "t", "version": True}},
            {"attachments": {}},
            {"attachments": [{"name": "a"}]},
            {"attachments": [{"name": "a", "mediaType": "b", "data": "?"}]},
        ],
    )
    def test_other_members_are_refused(self, change: dict[str, object]) -> None:
        plain = {
            "format": "yinxin-record-1",
            "credential": "a~",
            "stamp": "",
            "template": {"type": "t", "version": 1},
            "attachments": [],
        }
        parse_content(canonical(plain))
        with pytest.raises(InvalidInput):
            parse_content(canonical(plain | change))

    @pytest.mark.parametrize("data", [b"", b"[]", b"null", b'{"format": "yinxin-event-1"}', b'{"a":1.0}', b"\xff"])
    def test_other_forms_are_refused(self, data: bytes) -> None:
        with pytest.raises(InvalidInput):
            parse_content(data)

    @pytest.mark.parametrize("change", [{"kind": 1}, {"body": []}, {"more": 1}])
    def test_events_have_exactly_their_members(self, change: dict[str, object]) -> None:
        plain: dict[str, object] = {"format": "yinxin-event-1", "kind": "revoke", "body": {}}
        parse_content(canonical(plain))
        with pytest.raises(InvalidInput):
            parse_content(canonical(plain | change))
