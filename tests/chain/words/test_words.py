"""Every list of words: complete in both languages, with the same places for values, and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chain.words import LANGUAGES, names, read

ROOT = Path(__file__).parents[3]
LISTS = sorted(path.stem for path in (ROOT / "chain" / "words").glob("*.json"))
NAMES = {"language.zh", "language.en", "page.other_language"}
"""Languages are called by their own names."""
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(params=LISTS)
def words(request):
    return read(request.param)


def test_a_text_is_there_in_both_languages(words):
    for key, texts in words.items():
        assert tuple(texts) == LANGUAGES, key
        assert all(text.strip() == text != "" for text in texts.values()), key


def test_both_languages_have_the_same_places(words):
    for key, texts in words.items():
        assert names(texts["zh"]) == names(texts["en"]), key


def test_chinese_is_chinese_and_english_is_not(words):
    for key, texts in words.items():
        if key not in NAMES:
            assert not CHINESE.search(texts["en"]), key
            assert CHINESE.search(texts["zh"]), key


def test_chinese_sentences_have_chinese_marks(words):
    """A comma of half width between characters is a slip of the keyboard."""
    for key, texts in words.items():
        assert not re.search(r"[\u4e00-\u9fff}][,;:!?](?![0-9])", texts["zh"]), key
        assert texts["zh"].count("（") == texts["zh"].count("）"), key


def test_keys_are_paths_in_order_of_their_groups(words):
    groups = [key.split(".")[0] for key in words]
    assert all(re.fullmatch(r"[a-z][A-Za-z]*(\.[A-Za-z0-9_-]+)+", key) for key in words)
    assert [group for i, group in enumerate(groups) if i == 0 or groups[i - 1] != group] == list(dict.fromkeys(groups))


def test_a_brace_without_a_partner_is_an_error():
    with pytest.raises(ValueError, match=r"brace|expected"):
        names("as of {time")


def test_an_unknown_list_is_not_invented():
    with pytest.raises(FileNotFoundError):
        read("no-such-list")
