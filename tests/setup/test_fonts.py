"""The fonts for rare characters: fetched without rights, or a reason why not, asked for once."""

from __future__ import annotations

import pytest

from scripts import fonts, setup


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path / "fonts")
    monkeypatch.setattr(fonts, "PLACES", (tmp_path / "fonts",))
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    return tmp_path


def test_where_they_are_nothing_is_fetched(nowhere, monkeypatch):
    (nowhere / "fonts").mkdir()
    for name in fonts.FILES:
        (nowhere / "fonts" / name).write_bytes(b"")
    monkeypatch.setattr(fonts, "_download", lambda *_args, **_more: pytest.fail("fetched"))
    assert fonts.fetch() == ""
    assert setup.make_fonts() is False


def test_elsewhere_than_on_debian_it_says_where_to_put_them(nowhere, monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda _program: None)
    assert "HanaMinB.ttf" in fonts.fetch()
    assert str(nowhere) in fonts.fetch()


def test_set_up_goes_on_without_them_and_asks_once(nowhere, monkeypatch, capsys):
    monkeypatch.setattr(fonts, "_download", lambda *_args, **_more: False)
    monkeypatch.setattr(fonts.shutil, "which", lambda program: f"/usr/bin/{program}")
    assert setup.make_fonts() is False
    assert "make fonts" in capsys.readouterr().out
    assert setup.make_fonts() is False
    assert capsys.readouterr().out == ""
