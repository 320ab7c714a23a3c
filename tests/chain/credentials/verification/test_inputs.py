"""Recognising what is held out, and finding what is only named."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chain.credentials.stamp import digits
from chain.credentials.status_list import Status
from chain.credentials.verification import Verdict
from chain.credentials.verification.inputs import MAX_INPUT, Kind, recognise, verify_input
from chain.kernel.errors import InvalidInput, Unavailable
from chain.ledger.evidence import LedgerProofs
from chain.rendering.qr import make_code, read_stamps, render_png
from tests.support import forge
from tests.support.stage import Stage


@pytest.fixture(scope="module")
def stage():
    return Stage.fresh()


class Service:
    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def bundle(self, identifier):
        self.asked.append(identifier)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def check(stage, data, **options):
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    usual = {"trust": stage.world.source(), "index": stage.world.index, "proofs": proofs, "at": stage.world.now}
    options = usual | options
    return verify_input(data, read_stamps=read_stamps, **options)


class TestRecognise:
    def test_bundle(self, stage):
        assert recognise(stage.one.data).kind is Kind.BUNDLE

    def test_credential_with_spaces_around(self, stage):
        found = recognise(f"\ufeff  {stage.one.credential.text}\r\n".encode())
        assert (found.kind, found.data.decode()) == (Kind.CREDENTIAL, stage.one.credential.text)

    @pytest.mark.parametrize("prefix", ["", "https://yx.example/v#", "HTTPS://EVIL.EXAMPLE:8443/any/where?x=1#", "v#"])
    def test_digits_with_any_host_or_none(self, stage, prefix):
        assert recognise((prefix + digits(stage.one.stamp) + "\r\n").encode()).data == stage.one.stamp

    def test_full_width_digits_of_an_input_method(self, stage):
        typed = digits(stage.one.stamp).translate({48 + n: 0xFF10 + n for n in range(10)})
        assert recognise(typed.encode()).data == stage.one.stamp

    def test_identifier_in_any_case(self, stage):
        found = recognise(stage.one.identifier.lower().encode())
        assert (found.kind, found.data.decode()) == (Kind.IDENTIFIER, stage.one.identifier)

    def test_mistyped_identifier_names_the_part(self, stage):
        wrong = stage.one.identifier[:-1] + ("A" if stage.one.identifier[-1] != "A" else "B")
        with pytest.raises(InvalidInput, match="check") as caught:
            recognise(wrong.encode())
        assert caught.value.code == "input.unsupported"

    @pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
    def test_picture(self, stage, form):
        png = render_png(make_code("https://yx.example/v#", stage.one.stamp))
        out = BytesIO()
        Image.open(BytesIO(png)).convert("RGB").save(out, form)
        assert recognise(out.getvalue(), read_stamps=read_stamps).data == stage.one.stamp

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "empty"),
            (b"  \n", "empty"),
            (b"%PDF-1.7\n", "PDF"),
            (b"PK\x03\x04 an OFD", "archive"),
            (b"\xff\xfe\x00\x01", "not text"),
            (b"hello", "no bundle"),
            (b"x" * 5000, "long text"),
            (b"x" * 200_000, "large file"),
            (b"1" * 200, "scan the code again|incomplete|not of a stamp"),
            (b"\x89PNG\r\n\x1a\n broken", "picture"),
            (b"https://evil.example/cert.json", "no bundle"),
        ],
    )
    def test_everything_else_is_refused_with_its_reason(self, data, reason):
        with pytest.raises(InvalidInput, match=reason):
            recognise(data, read_stamps=read_stamps)

    def test_too_large(self):
        with pytest.raises(InvalidInput, match="larger"):
            recognise(b"1" * (MAX_INPUT + 1))

    def test_picture_with_two_certificates(self, stage):
        other = stage.world.issue(count=1)[0].stamp
        sheet = Image.new("L", (1000, 500), 255)
        for place, stamp in ((40, stage.one.stamp), (540, other)):
            sheet.paste(Image.open(BytesIO(render_png(make_code("https://yx.example/v#", stamp)))), (place, 60))
        out = BytesIO()
        sheet.save(out, "PNG")
        with pytest.raises(InvalidInput, match="2 different"):
            recognise(out.getvalue(), read_stamps=read_stamps)

    def test_picture_without_a_code(self):
        out = BytesIO()
        Image.new("L", (64, 64), 255).save(out, "PNG")
        with pytest.raises(InvalidInput, match="no certificate's QR"):
            recognise(out.getvalue(), read_stamps=read_stamps)


class TestVerify:
    def test_each_kind(self, stage):
        png = render_png(make_code("https://yx.example/v#", stage.one.stamp))
        inputs = (stage.one.data, stage.one.credential.text.encode(), digits(stage.one.stamp).encode(), png)
        for data in (*inputs, stage.one.identifier.encode()):
            assert check(stage, data).verdict is Verdict.VALID

    def test_unreadable_input_is_unknown(self, stage):
        found = check(stage, b"%PDF-1.7\n")
        assert (found.verdict, found.authentic, found.in_force) == (Verdict.UNKNOWN, None, None)
        assert "PDF" in found.steps[0].detail()

    def test_identifier_from_a_service(self, stage):
        bare = replace(stage.world.index, bundles={})
        first, second = Service(None), Service(stage.one.data)
        found = check(stage, stage.one.identifier.encode(), index=bare, services=(first, second))
        assert found.verdict is Verdict.VALID
        assert first.asked == second.asked == [stage.one.identifier]

    def test_identifier_nobody_knows(self, stage):
        bare = replace(stage.world.index, bundles={})
        found = check(stage, stage.one.identifier.encode(), index=bare, services=(Service(None),))
        assert found.verdict is Verdict.UNKNOWN
        assert check(stage, stage.one.identifier.encode(), index=None).verdict is Verdict.UNKNOWN

    def test_silent_service_is_named(self, stage):
        bare = replace(stage.world.index, bundles={})
        silent = Service(Unavailable("timed out"))
        found = check(stage, stage.one.identifier.encode(), index=bare, services=(silent,))
        assert found.verdict is Verdict.UNKNOWN
        assert "timed out" in found.steps[0].detail()

    @pytest.mark.parametrize("lie", ["another", "forged", "noise"])
    def test_lying_service_accuses_nobody(self, stage, lie):
        other = stage.world.issue(count=1)[0]
        answer = {
            "another": other.data,
            "forged": forge.rebundled(stage.one.data, stamp=other.stamp),
            "noise": b"<html>",
        }[lie]
        bare = replace(stage.world.index, bundles={})
        options = {"index": bare, "services": (Service(answer), Service(None))}
        found = check(stage, stage.one.identifier.encode(), **options)
        assert (found.verdict, found.authentic) == (Verdict.UNKNOWN, None)
        honest = options | {"services": (Service(answer), Service(stage.one.data))}
        assert check(stage, stage.one.identifier.encode(), **honest).verdict is Verdict.VALID

    def test_revoked_by_identifier(self):
        stage = Stage.fresh()
        stage.with_status(Status.REVOKED)
        assert check(stage, stage.one.identifier.encode()).verdict is Verdict.REVOKED


STAGE = Stage.fresh()
PIECES = [STAGE.one.data, STAGE.one.stamp, STAGE.one.credential.text.encode(), digits(STAGE.one.stamp).encode()]


@given(st.binary(max_size=300))
def test_noise_never_crashes(data):
    assert check(STAGE, data).verdict in (Verdict.UNKNOWN, Verdict.FORGED, Verdict.CANNOT_CHECK)


@given(
    st.sampled_from(PIECES),
    st.integers(0, 2**16),
    st.integers(0, 64),
    st.binary(max_size=64),
)
def test_spliced_documents_never_crash_and_are_never_valid(piece, start, length, noise):
    start %= len(piece)
    data = piece[:start] + noise + piece[start + length :]
    if data != piece:
        found = check(STAGE, data)
        same = found.verdict is Verdict.VALID and data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n") == piece
        assert same or found.verdict is not Verdict.VALID


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda kids: (
            st.lists(kids, max_size=4)
            | st.dictionaries(st.sampled_from(["format", "credential", "stamp", "leaf", "chain", "anchor"]), kids)
        ),
        max_leaves=12,
    )
)
def test_any_json_never_crashes(value):
    import json

    data = json.dumps({"format": "yinxin-bundle-1", "anything": value}, separators=(",", ":")).encode()
    assert check(STAGE, data).verdict is Verdict.FORGED


def test_deep_nesting_never_crashes():
    for opening in (b"[", b'{"a":'):
        found = check(STAGE, b'{"format":"yinxin-bundle-1","a":' + opening * 100_000)
        assert found.verdict is Verdict.FORGED
        for depth in (400, 600, 800, 990, 1000, 1100):
            closing = b"]" if opening == b"[" else b"}"
            core = opening * depth + b"1" + closing * depth
            assert check(STAGE, b'{"a":' + core + b',"format":"yinxin-bundle-1"}').verdict is Verdict.FORGED
