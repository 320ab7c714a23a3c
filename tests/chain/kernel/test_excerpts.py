"""What a stranger wrote stays within bounds and drives nothing."""

from __future__ import annotations

from chain.kernel.canonical import canonical
from chain.kernel.excerpts import excerpt


def test_a_text_in_bounds_stays_as_it_is() -> None:
    for text in ("", "示例甲贸易有限公司", "A　B\ue000", "x" * 20):
        assert excerpt(text, 20) == text


def test_a_longer_text_is_cut_and_says_so() -> None:
    assert excerpt("长" * 21, 20) == "长" * 19 + "…"


def test_controls_direction_marks_and_halves_of_characters_are_replaced() -> None:
    found = excerpt("a\x1b[31m\n\u202eb\ud800\u2028", 20)
    assert found == "a\ufffd[31m\ufffd\ufffdb\ufffd\ufffd"
    assert canonical(found)
