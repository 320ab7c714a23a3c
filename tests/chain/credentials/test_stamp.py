"""Issuing and reading stamps; every fault has its fixture."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials.stamp import (
    StampContent,
    digits,
    from_digits,
    issue_stamp,
    parse_expected,
    parse_stamp,
    verify_signature,
)
from chain.kernel.errors import InvalidInput
from tests.chain.credentials import forge
from tests.chain.credentials.samples import (
    BUREAU,
    EXPIRES,
    FACE,
    IDENTIFIER,
    LICENCE,
    credential,
    signer,
    stamp,
    stamp_content,
)

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


class TestIssuing:
    def test_what_was_said_is_read_again(self) -> None:
        parsed = parse_stamp(stamp())
        assert parsed.content == stamp_content()
        assert parsed.content.certificate_type == LICENCE
        assert parsed.content.credential_digest == credential().jwt_digest
        assert parsed.digest == sha256(stamp()).digest()
        assert parsed.key_prefix == signer().thumbprint[:8]
        assert verify_signature(parsed, signer().public_key)
        assert not verify_signature(parsed, signer("another").public_key)

    def test_a_chinese_licence_with_four_face_fields_fits(self) -> None:
        assert len(FACE) == 4
        assert len(stamp()) <= 385

    def test_is_a_tagged_cose_sign1_in_deterministic_cbor(self) -> None:
        value = cbor2.loads(stamp())
        assert value.tag == 18
        protected, unprotected, payload, signature = value.value
        assert cbor2.loads(protected) == {1: -7, 4: signer().thumbprint[:8]}
        assert unprotected == {}
        assert len(signature) == 64
        assert cbor2.dumps(cbor2.loads(payload), canonical=True) == payload
        assert cbor2.dumps(value, canonical=True) == stamp()
        claims = cbor2.loads(payload)
        assert list(claims) == [1, 4, 5, -65537]
        assert claims[1] == BUREAU
        assert claims[-65537][:2] == [1, IDENTIFIER.removeprefix("1.2.156.3005.2.").replace(BUREAU, "")]

    def test_without_end(self) -> None:
        content = stamp_content(expires=None)
        data = issue_stamp(content, signer())
        assert parse_stamp(data).content == content
        assert 4 not in cbor2.loads(cbor2.loads(data).value[2])

    def test_an_identifier_of_another_issuer_travels_whole(self) -> None:
        content = stamp_content(identifier=IDENTIFIER.replace(BUREAU, "440100"))
        assert parse_stamp(issue_stamp(content, signer())).content == content

    @given(
        TEXT,
        st.integers(0, 2**32),
        st.none() | st.integers(2**32 + 1, 253402300799),
        st.integers(0, 2**22 - 1),
        st.lists(
            st.tuples(
                st.integers(0, 65535) | st.from_regex(r"[A-Za-z]\w{0,9}", fullmatch=True),
                TEXT | st.integers(0, 2**53 - 1),
            ),
            max_size=4,
            unique_by=lambda pair: pair[0],
        ),
    )
    def test_any_content(self, holder: str, start: int, end: int | None, index: int, face: list[Any]) -> None:
        try:
            face = [pair for pair in face if not isinstance(pair[0], str) or pair[0].isascii()]
            content = stamp_content(
                holder_name=holder, not_before=start, expires=end, status_index=index, face=tuple(face)
            )
            data = issue_stamp(content, signer())
        except InvalidInput as error:
            if error.code != "stamp.size":
                raise
            return
        parsed = parse_stamp(data)
        assert parsed.content == content
        assert parse_expected(data, content) == parsed
        assert cbor2.dumps(cbor2.loads(data), canonical=True) == data
        assert from_digits(digits(data)) == data


class TestExpected:
    """A stamp held to a content says exactly that or is none."""

    def test_every_single_changed_byte_outside_the_key_and_the_signature_is_seen(self) -> None:
        data, content = stamp(), stamp_content()
        key = range(8, 16)
        for place in range(len(data) - 64):
            other = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
            assert (parse_expected(other, content) is None) == (place not in key), place

    def test_it_is_what_reading_and_comparing_would_say(self) -> None:
        data, content = stamp(), stamp_content()
        for other in (
            data[:-1],
            data + b"\0",
            data[1:],
            b"",
            data[:40],
            data[:-32] + b"\xff" * 32,
            data[:-64] + bytes(64),
        ):
            with pytest.raises(InvalidInput):
                parse_stamp(other)
            assert parse_expected(other, content) is None
        for changes in (
            {"expires": None},
            {"status_index": 5},
            {"holder_name": "x"},
            {"face": ()},
            {"bureau": "1" * 18},
        ):
            assert parse_expected(data, replace(content, **changes)) is None

    def test_its_signature_is_still_to_be_verified(self) -> None:
        parsed = parse_expected(stamp(), stamp_content())
        assert parsed is not None
        assert verify_signature(parsed, signer().public_key)
        assert not verify_signature(parsed, signer("another").public_key)


class TestRefusedContent:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"bureau": "x"}, "credential.bureau"),
            ({"identifier": "1.2.3"}, "credential.identifier"),
            ({"holder_name": ""}, "stamp.holder"),
            ({"holder_name": "名" * 257}, "stamp.holder"),
            ({"holder_name": "\ud800"}, "stamp.text"),
            ({"holder_name": None}, "stamp.holder"),
            ({"not_before": -1}, "credential.time"),
            ({"expires": 5}, "credential.time"),
            ({"status_list": "a b"}, "credential.status"),
            ({"status_index": 2**22}, "credential.status"),
            ({"credential_digest": bytes(31)}, "stamp.digest"),
            ({"face": ((0, "a"), (1, "b"), (2, "c"), (3, "d"), (4, "e"))}, "stamp.face"),
            ({"face": ((0, "a"), (0, "b"))}, "stamp.face"),
            ({"face": ((-1, "a"),)}, "stamp.face"),
            ({"face": ((65536, "a"),)}, "stamp.face"),
            ({"face": ((True, "a"),)}, "stamp.face"),
            ({"face": (("有", "a"),)}, "stamp.face"),
            ({"face": ((0, 1.5),)}, "stamp.face"),
            ({"face": ((0, -1),)}, "stamp.face"),
            ({"face": ((0, True),)}, "stamp.face"),
            ({"face": ((0, "x" * 257),)}, "stamp.face"),
            ({"holder_name": "名" * 256, "face": ((0, "字" * 100),)}, "stamp.size"),
        ],
    )
    def test_names_the_rule(self, change: dict[str, Any], code: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            issue_stamp(stamp_content(**change), signer())
        assert caught.value.code == code


def claims(**changes: Any) -> dict[Any, Any]:
    value: dict[Any, Any] = cbor2.loads(forge.stamp_parts()[2])
    return value


def body_with(change: Callable[[dict[Any, Any]], Any]) -> bytes:
    """The sample stamp signed anew over changed claims, in deterministic CBOR."""
    value = claims()
    changed = change(value)
    return forge.sign_stamp(forge.stamp_parts()[0], cbor2.dumps(value if changed is None else changed, canonical=True))


def body_bytes(change: Callable[[bytes], bytes]) -> bytes:
    """The sample stamp signed anew over changed claim bytes."""
    protected, _, body, _ = forge.stamp_parts()
    changed = change(body)
    assert changed != body
    return forge.sign_stamp(protected, changed)


def protected_with(value: Any) -> bytes:
    return forge.sign_stamp(cbor2.dumps(value), forge.stamp_parts()[2])


def high_s_twin() -> bytes:
    return stamp()[:-64] + forge.high_s(stamp()[-64:])


def long_head() -> bytes:
    """nbf as a 64-bit integer: the same number, not in its shortest form."""
    start = stamp_content().not_before
    return body_bytes(
        lambda body: body.replace(b"\x05\x1a" + struct.pack(">I", start), b"\x05\x1b" + struct.pack(">Q", start))
    )


def bignum() -> bytes:
    start = struct.pack(">I", stamp_content().not_before)
    return body_bytes(lambda body: body.replace(b"\x05\x1a" + start, b"\x05\xc2\x44" + start))


def float_time() -> bytes:
    start = stamp_content().not_before
    return body_bytes(
        lambda body: body.replace(b"\x05\x1a" + struct.pack(">I", start), b"\x05\xfb" + struct.pack(">d", start))
    )


def set_own(place: int, value: Any) -> Callable[[dict[Any, Any]], None]:
    def change(value_: dict[Any, Any]) -> None:
        value_[-65537][place] = value

    return change


def wrong_order() -> bytes:
    value = claims()
    return forge.sign_stamp(forge.stamp_parts()[0], cbor2.dumps({key: value[key] for key in (5, 4, 1, -65537)}))


def duplicate_key() -> bytes:
    return body_bytes(lambda body: b"\xa5" + body[1:21] + body[1:])


def indefinite_map() -> bytes:
    return body_bytes(lambda body: b"\xbf" + body[1:] + b"\xff")


def indefinite_text() -> bytes:
    return body_bytes(
        lambda body: body.replace(b"\x01\x72", b"\x01\x7f\x72", 1).replace(b"\x04\x1a", b"\xff\x04\x1a", 1)
    )


def whole_identifier() -> bytes:
    """The issuer written out although it equals iss: a second form of the same stamp."""
    return body_with(set_own(1, IDENTIFIER.removeprefix("1.2.156.3005.2.")))


P, BODY = forge.stamp_parts()[0], forge.stamp_parts()[2]

FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "stamp.header"),
    "too long": (lambda: stamp() + bytes(1024), "stamp.size"),
    "truncated by one byte": (lambda: stamp()[:-1], "stamp.form"),
    "truncated in the payload": (lambda: stamp()[:100], "stamp.form"),
    "truncated after the header": (lambda: stamp()[:25], "stamp.form"),
    "byte appended": (lambda: stamp() + b"\0", "stamp.form"),
    "byte in front": (lambda: b"\0" + stamp(), "stamp.header"),
    "untagged": (lambda: stamp()[1:], "stamp.header"),
    "CWT tag": (lambda: b"\xd8\x3d" + stamp(), "stamp.header"),
    "COSE_Mac0 tag": (lambda: forge.sign_stamp(P, BODY, tag=b"\xd1"), "stamp.header"),
    "tag in two bytes": (lambda: forge.sign_stamp(P, BODY, tag=b"\xd8\x12"), "stamp.header"),
    "high S twin": (high_s_twin, "stamp.signature"),
    "signature of zeros": (lambda: stamp()[:-64] + bytes(64), "stamp.signature"),
    "signature with a long head": (lambda: stamp()[:-66] + b"\x59\x00\x40" + stamp()[-64:], "stamp.form"),
    "unprotected header not empty": (
        lambda: forge.sign_stamp(P, BODY, unprotected=b"\xa1\x04\x41\x00"),
        "stamp.header",
    ),
    "unprotected header indefinite": (lambda: forge.sign_stamp(P, BODY, unprotected=b"\xbf\xff"), "stamp.header"),
    "alg HS256": (lambda: protected_with({1: 5, 4: bytes(8)}), "stamp.header"),
    "alg ES384": (lambda: protected_with({1: -35, 4: bytes(8)}), "stamp.header"),
    "alg missing": (lambda: protected_with({4: bytes(8)}), "stamp.header"),
    "alg unprotected": (lambda: forge.sign_stamp(b"", BODY, unprotected=b"\xa1\x01\x26"), "stamp.header"),
    "extra header parameter": (lambda: protected_with({1: -7, 4: bytes(8), 16: 1}), "stamp.header"),
    "kid of 32 bytes": (lambda: protected_with({1: -7, 4: bytes(32)}), "stamp.header"),
    "kid missing": (lambda: protected_with({1: -7}), "stamp.header"),
    "header in another order": (lambda: protected_with({4: bytes(8), 1: -7}), "stamp.header"),
    "payload not a map": (lambda: body_with(lambda value: [0] * 60), "stamp.claims"),
    "payload not CBOR": (lambda: forge.sign_stamp(P, b"\xff"), "stamp.form"),
    "payload empty": (lambda: forge.sign_stamp(P, b""), "stamp.form"),
    "payload nested deeply": (lambda: forge.sign_stamp(P, b"\x81" * 800), "stamp.claims"),
    "payload with bytes after it": (lambda: body_bytes(lambda body: body + b"\0"), "stamp.claims"),
    "nil payload": (lambda: stamp()[:24] + b"\xf6" + stamp()[-66:], "stamp.form"),
    "payload head too long": (lambda: stamp()[:23] + b"\x5a\0\0" + stamp()[24:], "stamp.form"),
    "extra claim": (lambda: body_with(lambda value: value.update({2: "subject"})), "stamp.claims"),
    "extra private claim": (lambda: body_with(lambda value: value.update({-65538: 1})), "stamp.claims"),
    "iss missing": (lambda: body_with(lambda value: {k: v for k, v in value.items() if k != 1}), "stamp.claims"),
    "nbf missing": (lambda: body_with(lambda value: {k: v for k, v in value.items() if k != 5}), "stamp.claims"),
    "own claim missing": (lambda: body_with(lambda value: {k: v for k, v in value.items() if k > 0}), "stamp.claims"),
    "iss with a bad letter": (
        lambda: body_with(lambda value: value.update({1: "1144010000000000IF"})),
        "credential.bureau",
    ),
    "exp null": (lambda: body_with(lambda value: value.update({4: None})), "stamp.claims"),
    "exp before nbf": (lambda: body_with(lambda value: value.update({4: 1})), "credential.time"),
    "nbf a bool": (lambda: body_with(lambda value: value.update({5: True})), "stamp.claims"),
    "version 2": (lambda: body_with(set_own(0, 2)), "stamp.version"),
    "version true": (lambda: body_with(set_own(0, True)), "stamp.claims"),
    "identifier with issuer repeated": (whole_identifier, "stamp.form"),
    "identifier without parts": (lambda: body_with(set_own(1, "x")), "credential.identifier"),
    "identifier with small letters": (
        lambda: body_with(set_own(1, "11100000mb0143028r001..4401002026000001.001.7")),
        "credential.identifier",
    ),
    "holder empty": (lambda: body_with(set_own(2, "")), "stamp.holder"),
    "holder a number": (lambda: body_with(set_own(2, 5)), "stamp.claims"),
    "list with a colon": (lambda: body_with(set_own(3, "a:b")), "credential.status"),
    "index negative": (lambda: body_with(set_own(4, -1)), "stamp.claims"),
    "index a bool": (lambda: body_with(set_own(4, True)), "stamp.claims"),
    "digest too short": (lambda: body_with(set_own(5, bytes(31))), "stamp.digest"),
    "face of five": (lambda: body_with(set_own(6, [0, "a", 1, "b", 2, "c", 3, "d", 4, "e"])), "stamp.face"),
    "face odd": (lambda: body_with(set_own(6, [0])), "stamp.face"),
    "face label twice": (lambda: body_with(set_own(6, [0, "a", 0, "b"])), "stamp.face"),
    "face label a list": (lambda: body_with(set_own(6, [[], "a"])), "stamp.claims"),
    "face value a map": (lambda: body_with(set_own(6, [0, {}])), "stamp.claims"),
    "eighth element": (lambda: body_with(lambda value: value[-65537].append(1)), "stamp.claims"),
    "CBOR with a long integer": (long_head, "stamp.form"),
    "CBOR with a bignum": (bignum, "stamp.claims"),
    "CBOR with a float": (float_time, "stamp.claims"),
    "CBOR map of indefinite length": (indefinite_map, "stamp.form"),
    "CBOR text of indefinite length": (indefinite_text, "stamp.form"),
    "CBOR keys in another order": (wrong_order, "stamp.claims"),
    "CBOR key twice": (duplicate_key, "stamp.claims"),
    "CBOR text not UTF-8": (
        lambda: body_bytes(lambda body: body.replace("壹".encode(), b"\xff\xff\xff")),
        "stamp.form",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_refused(fault: str) -> None:
    build, code = FAULTS[fault]
    with pytest.raises(InvalidInput) as caught:
        parse_stamp(build())
    assert caught.value.code == code


def test_the_forge_makes_sound_stamps_when_it_breaks_nothing() -> None:
    parsed = parse_stamp(forge.sign_stamp(P, BODY))
    assert parsed.content == stamp_content()
    assert verify_signature(parsed, signer().public_key)


class TestDigits:
    def test_are_decimal_and_come_back(self) -> None:
        text = digits(stamp())
        assert text.isascii()
        assert text.isdigit()
        assert text[0] != "0"
        assert from_digits(text) == stamp()

    @given(st.binary(max_size=400))
    def test_any_bytes(self, data: bytes) -> None:
        assert from_digits(digits(data)) == data

    @pytest.mark.parametrize(
        "text",
        ["", "0", "-1", "+1", "1_0", " 1", "1\n", "１２３", "0x10", "1e5", "2", "255", "9" * 2501, "1" + "0" * 2499],
    )
    def test_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            from_digits(text)
        assert caught.value.code == "stamp.digits"

    def test_a_leading_zero_is_a_second_form(self) -> None:
        with pytest.raises(InvalidInput):
            from_digits("0" + digits(stamp()))


def test_type_of_the_content_is_frozen() -> None:
    with pytest.raises(AttributeError):
        stamp_content().bureau = "x"  # type: ignore[misc]
    assert replace(stamp_content(), face=()) == StampContent(
        BUREAU,
        IDENTIFIER,
        stamp_content().holder_name,
        stamp_content().not_before,
        EXPIRES,
        "2026-1",
        77777,
        (),
        credential().jwt_digest,
    )
