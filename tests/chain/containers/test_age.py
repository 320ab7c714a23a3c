"""Containers open to what was sealed, whatever the size and however the bytes come."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.containers import (
    RecordIdentity,
    RecordRecipient,
    Stanza,
    X25519Identity,
    decrypt,
    decrypt_file,
    decrypt_stream,
    encrypt,
    encrypt_file,
    encrypt_record,
    encrypt_stream,
    stanzas_of,
)
from chain.containers.payload import _rechunk
from chain.kernel.errors import Damaged, InvalidInput, Refused
from tests.chain.containers.files import KEY_ID, SECRET, sealed, secret_of

CHUNK = 65536
SIZES = [0, 1, 63, 64, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK - 1]
RECORD = RecordIdentity(secret_of)


@pytest.mark.parametrize("size", SIZES)
def test_opens_to_what_was_sealed(size: int) -> None:
    plaintext = os.urandom(size)
    data = sealed(plaintext)
    assert decrypt(data, RECORD) == plaintext
    assert len(data) == len(sealed(b"")) + size + 16 * (max(0, size - 1) // CHUNK)


@pytest.mark.parametrize("size", [0, 1, 3000, CHUNK, CHUNK + 1])
def test_the_fast_writer_of_records_makes_the_same_files(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plaintext = os.urandom(size)
    random = os.urandom(32)
    monkeypatch.setattr(os, "urandom", lambda count: random[:count])
    assert encrypt_record(plaintext, KEY_ID, SECRET) == encrypt(plaintext, RecordRecipient(KEY_ID, SECRET))


@given(data=st.binary(max_size=2000), cut=st.integers(1, 500))
def test_streams_and_bytes_agree(data: bytes, cut: int) -> None:
    pieces = [data[at : at + cut] for at in range(0, len(data), cut)]
    file = b"".join(encrypt_stream(pieces, RecordRecipient(KEY_ID, SECRET)))
    assert decrypt(file, RECORD) == data
    assert b"".join(decrypt_stream((file[at : at + cut] for at in range(0, len(file), cut)), RECORD)) == data


@pytest.mark.parametrize("size", SIZES)
def test_streams_agree_around_chunk_borders(size: int) -> None:
    data = os.urandom(size)
    file = b"".join(encrypt_stream([data[:70000], data[70000:]], RecordRecipient(KEY_ID, SECRET)))
    assert decrypt(file, RECORD) == data
    assert b"".join(decrypt_stream([file[:1], b"", file[1:65000], file[65000:]], RECORD)) == data


@given(data=st.binary(max_size=40), size=st.integers(1, 9), cuts=st.lists(st.integers(0, 12), max_size=20))
def test_chunks_are_the_same_however_the_pieces_come(data: bytes, size: int, cuts: list[int]) -> None:
    pieces, rest = [], data
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    found = [(bytes(chunk), last) for chunk, last in _rechunk([*pieces, rest], size)]
    assert b"".join(chunk for chunk, _ in found) == data
    assert [last for _, last in found] == [False] * (len(found) - 1) + [True]
    assert all(len(chunk) == size for chunk, _ in found[:-1])
    assert len(found[-1][0]) in (range(1, size + 1) if data else (0,))


def test_two_recipients_open_one_file() -> None:
    first, second, stranger = (X25519Identity.generate() for _ in range(3))
    data = encrypt(b"text", first.recipient(), second.recipient())
    assert decrypt(data, first) == decrypt(data, second) == b"text"
    with pytest.raises(Refused) as caught:
        decrypt(data, stranger)
    assert caught.value.code == "age.identity"


def test_keys_of_x25519_have_one_text() -> None:
    identity = X25519Identity(bytes(range(32)))
    assert X25519Identity.parse(identity.export()).public_key == identity.public_key
    recipient = str(identity.recipient())
    assert recipient.startswith("age1")
    for wrong in (recipient.upper(), recipient[:-1] + ("q" if recipient[-1] != "q" else "p"), recipient[:-1], "age1"):
        with pytest.raises(InvalidInput):
            type(identity.recipient()).parse(wrong)


def test_another_secret_does_not_open() -> None:
    with pytest.raises(Damaged) as caught:
        decrypt(sealed(b"text"), RecordIdentity(lambda _: bytes(32)))
    assert caught.value.code == "record.stanza"


def test_an_exchanged_key_id_does_not_open_even_with_the_right_secret() -> None:
    data = sealed(b"text").replace(b"AAECAwQFBgcICQoLDA0ODw", b"AAECAwQFBgcICQoLDA0ODg", 1)
    with pytest.raises(Damaged) as caught:
        decrypt(data, RecordIdentity(lambda _: SECRET))
    assert caught.value.code == "record.stanza"


def test_a_file_key_of_another_size_is_refused() -> None:
    class Loose:
        def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
            return bytes(15)

    with pytest.raises(Damaged, match="size"):
        decrypt(sealed(b"text"), Loose())


@pytest.mark.parametrize("args", [(), ("",), ("a b",), ("a", ""), ("é",), ("a\n",)])
def test_a_recipient_with_impossible_arguments_is_refused(args: tuple[str, ...]) -> None:
    class Odd:
        def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
            return (Stanza(args, b""),)

    with pytest.raises(InvalidInput):
        encrypt(b"", Odd())


def test_a_container_needs_a_recipient() -> None:
    with pytest.raises(InvalidInput):
        encrypt(b"text")


@pytest.mark.parametrize("length", [0, 1, 47, 48, 49, 96, 97])
def test_bodies_of_any_length_come_back(length: int) -> None:
    body = os.urandom(length)

    class Wide:
        def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
            return (Stanza(("wide", file_key.hex()), body),)

        def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
            assert stanzas[0].body == body
            return bytes.fromhex(stanzas[0].args[1])

    data = encrypt(b"text", Wide())
    assert decrypt(data, Wide()) == b"text"
    assert stanzas_of(data)[0].body == body
    assert max(len(line) for line in data[: data.index(b"---")].split(b"\n")) <= 64


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    source, target, back = tmp_path / "a", tmp_path / "a.age", tmp_path / "b"
    source.write_bytes(os.urandom(200_000))
    encrypt_file(source, target, RecordRecipient(KEY_ID, SECRET))
    decrypt_file(target, back, RECORD)
    assert back.read_bytes() == source.read_bytes()
    back.unlink()
    target.write_bytes(target.read_bytes()[:-1])
    with pytest.raises(Damaged):
        decrypt_file(target, back, RECORD)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.age"]


def test_streaming_needs_constant_memory() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(256):
            yield bytes(1 << 17)

    tracemalloc.start()
    try:
        size = sum(
            len(piece) for piece in decrypt_stream(encrypt_stream(pieces(), RecordRecipient(KEY_ID, SECRET)), RECORD)
        )
        assert size == 32 << 20
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
