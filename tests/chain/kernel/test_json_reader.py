"""JSON of strangers, however deep, neither ends the process nor is misread."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.json_reader import read_json

ROOT = Path(__file__).parents[3]
HOSTILE = """
import sys
sys.setrecursionlimit(100_000)  # as py_ecc does, for everybody
from chain.kernel.json_reader import read_json
n = 200_000
for text in (
    b"[" * n, b'{"a":' * n, b'[0,{"a":[' * n, b"[" * n + b"]" * n, b'["]",' * n, b'["]\\\\",' * n, b'["\\\\\\"]",' * n,
    b"[" * n + b'"' + b"]" * n, b"[" * n + b"!" + b"]" * n, b'[{"a":[0],"b":' * n, b"[ [ ] ,\\n" * n,
):
    try:
        read_json(text)
    except ValueError:
        print("refused")
"""


def test_deep_nesting_is_refused_even_where_the_limit_of_recursion_was_raised() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.count("refused")) == (0, 11)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet='[]{}"\\a,:'),
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=5),
        max_leaves=60,
    )
)
def test_ordinary_json_is_read_as_it_is(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


def test_wide_json_is_not_deep() -> None:
    wide = [{"topics": [["a"], {}], "n": i} for i in range(20_000)]
    assert read_json(json.dumps(wide).encode()) == wide


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[1,]", b"NaN"])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)
