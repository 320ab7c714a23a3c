"""One form of each file: every other spelling, and every change, is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.containers import RecordIdentity, b64, decrypt, decrypt_stream, unb64
from chain.containers._primitives import hkdf
from chain.containers.payload import open_all, seal
from chain.kernel.errors import Damaged, InvalidInput, Refused, YinxinError
from tests.chain.containers.files import FORM_FAULTS, SET_FAULTS, file_key_of, sealed, secret_of, with_header

RECORD = RecordIdentity(secret_of)
PLAIN = "营业执照 business licence".encode() + bytes(40)
VALID = sealed(PLAIN)
FILE_KEY = file_key_of(VALID)


def test_the_fixture_itself_opens() -> None:
    assert decrypt(with_header(VALID, lambda head: head, FILE_KEY), RECORD) == PLAIN


@pytest.mark.parametrize("fault", FORM_FAULTS.values(), ids=FORM_FAULTS)
def test_a_header_in_another_form_is_refused_though_its_mac_is_right(fault: Callable[[bytes], bytes]) -> None:
    data = with_header(VALID, fault, FILE_KEY)
    assert data != VALID
    for attempt in (_decrypt, _decrypt_stream):
        with pytest.raises(InvalidInput):
            attempt(data)


@pytest.mark.parametrize("fault", SET_FAULTS.values(), ids=SET_FAULTS)
def test_another_set_of_stanzas_is_refused_though_its_mac_is_right(fault: Callable[[bytes], bytes]) -> None:
    data = with_header(VALID, fault, FILE_KEY)
    assert data != VALID
    with pytest.raises(InvalidInput):
        decrypt(data, RECORD)


@pytest.mark.parametrize(
    "change",
    [
        lambda mac: mac + b"=",
        lambda mac: mac[:-1],
        lambda mac: b" " + mac,
        lambda mac: mac + b" ",
        lambda mac: mac + b"\r",
        lambda mac: mac[:-1] + bytes([mac[-1] + 1]),
        lambda mac: b"",
    ],
    ids=["padded", "short", "two_spaces", "space_behind", "cr_behind", "unused_bits", "empty"],
)
def test_a_mac_line_with_junk_is_refused(change: Callable[[bytes], bytes]) -> None:
    start = VALID.index(b"\n---") + 5
    data = VALID[:start] + change(VALID[start : start + 43]) + VALID[start + 43 :]
    assert data != VALID
    with pytest.raises(YinxinError):
        decrypt(data, RECORD)


def test_no_single_changed_bit_opens() -> None:
    assert len(VALID) * 8 >= 2_000
    opened = []
    for place in range(len(VALID) * 8):
        data = bytearray(VALID)
        data[place // 8] ^= 1 << place % 8
        for attempt in (_decrypt, _decrypt_stream):
            try:
                attempt(bytes(data))
            except (InvalidInput, Damaged, Refused):
                continue
            opened.append(place)
    assert opened == []


def test_no_file_cut_off_or_lengthened_opens() -> None:
    for attempt in (_decrypt, _decrypt_stream):
        for end in range(len(VALID)):
            with pytest.raises((InvalidInput, Damaged)):
                attempt(VALID[:end])
        for tail in (b"\0", b"\n", VALID):
            with pytest.raises(Damaged):
                attempt(VALID + tail)
        with pytest.raises(InvalidInput):
            attempt(b" " + VALID)


def test_chunks_moved_dropped_or_doubled_do_not_open() -> None:
    key = bytes(32)
    chunk = 65536 + 16
    data = seal(key, bytes(65536 * 3))
    one, two, three = data[:chunk], data[chunk : 2 * chunk], data[2 * chunk :]
    assert open_all(key, data) == bytes(65536 * 3)
    for wrong in (
        two + one + three,
        one + three,
        one + two,
        one + one + two + three,
        data + three,
        one + two + three[:-1],
    ):
        with pytest.raises(Damaged):
            open_all(key, wrong)


def test_an_empty_last_chunk_is_refused_unless_it_is_the_only_one() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    key = hkdf(FILE_KEY, bytes(16), b"payload")
    aead = ChaCha20Poly1305(key)
    full = aead.encrypt(bytes(12), bytes(65536), None)
    empty = aead.encrypt((1).to_bytes(11, "big") + b"\x01", b"", None)
    with pytest.raises(InvalidInput) as caught:
        open_all(key, full + empty)
    assert caught.value.code == "age.empty_chunk"
    assert open_all(key, seal(key, b"")) == b""


def test_a_chunk_not_marked_last_does_not_end_a_file() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    with pytest.raises(Damaged):
        open_all(bytes(32), ChaCha20Poly1305(bytes(32)).encrypt(bytes(12), b"text", None))


def test_a_header_without_end_is_not_read_for_ever() -> None:
    flood = b"age-encryption.org/v1\n-> x\n" + b"A" * 64 + b"\n"
    with pytest.raises(InvalidInput):
        decrypt(flood + (b"A" * 64 + b"\n") * 2000, RECORD)
    with pytest.raises(InvalidInput):
        list(decrypt_stream(iter([flood] + [b"A" * 64 + b"\n"] * 10_000), RECORD))


@given(st.binary(max_size=100))
def test_base64_has_one_text(data: bytes) -> None:
    text = b64(data)
    assert unb64(text) == data
    for wrong in (text + "=", text + "\n", " " + text, text.replace("A", "-", 1) if "A" in text else text + "!"):
        with pytest.raises(InvalidInput):
            unb64(wrong)


@given(st.binary(max_size=300))
def test_noise_is_refused_not_crashed_on(noise: bytes) -> None:
    for data in (noise, b"age-encryption.org/v1\n" + noise, b"age-encryption.org/v1\n-> x\n" + noise):
        with pytest.raises(YinxinError):
            decrypt(data, RECORD)


def _decrypt(data: bytes) -> bytes:
    return decrypt(data, RecordIdentity(lambda _: secret_of(bytes(range(16)))))


def _decrypt_stream(data: bytes) -> bytes:
    return b"".join(decrypt_stream([data], RecordIdentity(lambda _: secret_of(bytes(range(16))))))
