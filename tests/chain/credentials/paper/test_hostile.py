"""Whatever is done to a sealed PDF: it is refused by a clear error, soon, and never believed."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.credentials.paper import MAX_PDF, is_ours, read_sealed
from chain.credentials.paper.values import read_value
from chain.kernel.errors import InvalidInput
from tests.support.paper_cases import FOLDER

SMALL = (FOLDER / "small_valid.pdf").read_bytes()
CONTENTS = SMALL.index(b"/Contents<", SMALL.index(b"/ByteRange")) + len(b"/Contents<")
SIGNED = SMALL[CONTENTS:].index(b"0" * 64) + CONTENTS
"""Place behind which the signature's padding begins."""


def believed(data: bytes) -> bool:
    """Any other error than the one of the reader fails the test."""
    try:
        return is_ours(data) and read_sealed(data).unchanged
    except InvalidInput:
        return False


def test_as_it_is_it_is_believed():
    assert believed(SMALL)


def test_no_byte_can_be_changed():
    random = Random(4)
    places = [*range(CONTENTS, SIGNED, 2), *random.sample(range(len(SMALL)), 600)]
    for place in places:
        data = bytearray(SMALL)
        data[place] ^= 1 << random.randrange(8)
        if data.lower() != SMALL.lower():  # hexadecimal digits have two cases
            assert not believed(bytes(data)), place


def test_nothing_can_be_cut_off_or_added():
    for size in range(0, len(SMALL), 97):
        assert not believed(SMALL[:size])
    for more in (b" ", b"\n", b"\0", b"%", b"%%EOF\n", SMALL):
        assert not believed(SMALL + more)
        assert not believed(more + SMALL)


def test_the_last_line_feed_is_signed_too():
    assert SMALL.endswith(b"%%EOF\n")
    assert not believed(SMALL[:-1])


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_nonsense_behind_the_header_is_refused(data):
    assert not believed(b"%PDF-1.7\n" + data + b"yinxin-bundle\nstartxref\n9\n%%EOF\n")


@pytest.mark.parametrize(
    "hostile",
    [
        b"<<" * 400_000,
        b"[" * 900_000,
        b"(" * 900_000,
        b"<</A " * 200_000,
        b"/A" * 400_000,
        b"1 0 R " * 100_000,
        b"\n" * 900_000,
        b"(\\" * 400_000,
    ],
    ids=["dictionaries", "arrays", "strings", "entries", "names", "references", "space", "escapes"],
)
def test_deep_and_long_values_end_soon(hostile):
    data = (
        b"%PDF-1.7\n1 0 obj\n" + hostile + b"\nendobj\nxref\n0 2\n0000000000 65535 f\r\n0000000009 00000 n\r\n"
        b"trailer\n<</Size 2/Root 1 0 R>>\nyinxin-bundle\nstartxref\n"
    )
    data += b"%d\n%%%%EOF\n" % data.index(b"xref\n0 2")
    began = time.process_time()
    assert not believed(data)
    assert time.process_time() - began < 5


def test_a_larger_file_is_not_looked_at():
    with pytest.raises(InvalidInput, match="larger"):
        read_sealed(SMALL + b" " * MAX_PDF)


@pytest.mark.parametrize(
    "text",
    [b"<</A 1/A 2>>", b"/#4aavaScript", b"/a#2", b"<</A>>", b"<abc", b"(abc", b"1.2.3x", b"[1 2", b"nul", b"", b"\xff"],
)
def test_what_two_readers_might_take_differently_is_no_value(text):
    with pytest.raises(InvalidInput, match="PDF"):
        read_value(text, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"<</A[1 -2.5 true null]/B(a(b)\\)c)>>", {"A": [1, -2.5, True, None], "B": b"a(b)\\)c"}),
        (b"/application#2Fjson", "application/json"),
        (b"[1 0 R 2 0]", None),
    ],
)
def test_values_are_read(text, value):
    found, end = read_value(text, 0)
    assert end == len(text)
    assert value is None or found == value
