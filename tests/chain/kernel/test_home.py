"""Settings of a home: an error names the setting and what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home, check_settings, write_atomically

FAULTS = {
    "nonsense = 1": ("config.unknown", "nonsense"),
    "[ledger]\nquorum = 0": ("config.value", "ledger.quorum"),
    '[ledger]\nquorum = "two"': ("config.value", "ledger.quorum"),
    "[ledger]\nqorum = 1": ("config.value", "ledger.qorum"),
    '[documents]\nstore = "cloud"': ("config.value", "documents.store"),
    'role = "king"': ("config.value", "role"),
    "[verify]\nstatus_max_age = 0": ("config.value", "verify.status_max_age"),
    "[stamp]\nprefix = 7": ("config.value", "stamp.prefix"),
    "ledger = 3": ("config.value", "ledger"),
    "this is not toml": ("config.form", "config.toml"),
    "[ledger": ("config.form", "config.toml"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_each_fault_names_its_setting(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        Home(tmp_path).settings  # noqa: B018
    assert (caught.value.code, caught.value.field) == FAULTS[text]
    assert str(FAULTS[text][1]) in caught.value.message


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    settings = Home(tmp_path).settings
    assert (settings.ledger.quorum, settings.ledger.node, settings.documents.store) == (1, "node", "local")


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('operator = "O-1"\n[ledger]\nquorum = 2\n')
    monkeypatch.setenv("YINXIN_LEDGER__QUORUM", "3")
    settings = Home(tmp_path).settings
    assert (settings.ledger.quorum, settings.operator) == (3, "O-1")


SAID = {
    "YINXIN_OPERATOR": ("O-2", lambda settings: settings.operator),
    "yinxin_operator": ("O-2", lambda settings: settings.operator),
    "YINXIN_LEDGER__ENDPOINTS": (["http://a"], lambda settings: settings.ledger.endpoints),
    "YINXIN_JOBS__REMIND_DAYS": ([7, 1], lambda settings: settings.jobs.remind_days),
    "YINXIN_JOBS__LAPSE": (False, lambda settings: settings.jobs.lapse),
    "YINXIN_DATABASE__URL": ("[1]", lambda settings: settings.database.url),
}


@pytest.mark.parametrize("variable", SAID)
def test_a_variable_is_read_as_its_setting_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    value, found = SAID[variable]
    monkeypatch.setenv(variable, value if isinstance(value, str) else json.dumps(value))
    assert found(Home(tmp_path).settings) == value


def test_a_section_as_json_goes_before_its_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text('[ledger]\nfinality = "latest"\n')
    monkeypatch.setenv("YINXIN_LEDGER__QUORUM", "3")
    monkeypatch.setenv("YINXIN_LEDGER", '{"quorum": 2, "node": "other"}')
    ledger = Home(tmp_path).settings.ledger
    assert (ledger.quorum, ledger.node, ledger.finality) == (3, "other", "latest")


WRONG = {
    "YINXIN_LEDGER__QUORUM": ("0", "ledger.quorum"),
    "YINXIN_LEDGER__QORUM": ("1", "ledger.qorum"),
    "YINXIN_LEDGER__ENDPOINTS": ("http://a", "ledger.endpoints"),
    "YINXIN_LEDGER": ("3", "ledger"),
    "YINXIN_ROLE": ("king", "role"),
}


@pytest.mark.parametrize("variable", WRONG)
def test_a_fault_in_the_environment_names_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    value, field = WRONG[variable]
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInput) as caught:
        Home(tmp_path).settings  # noqa: B018
    assert (caught.value.code, caught.value.field) == ("config.value", field)


def test_variables_of_no_setting_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("YINXIN_HOME", "YINXIN_NONSENSE", "YINXIN_ROLE__OTHER", "LEDGER__QUORUM", "YINXIN_"):
        monkeypatch.setenv(variable, "9")
    settings = Home(tmp_path).settings
    assert (settings.role, settings.ledger.quorum) == ("", 1)


@pytest.mark.parametrize("variable", ["", "YINXIN_LEDGER__QUORUM"])
def test_a_name_of_no_setting_is_passed_over_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    if variable:
        monkeypatch.setenv(variable, "3")
    settings = check_settings({"operator": "O-1", "nonsense": 1})
    assert (settings.operator, settings.ledger.quorum) == ("O-1", 3 if variable else 1)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    values = {
        "role": "officer",
        "operator": 'a "quoted" \\ name\n',
        "ledger": {"node": None, "endpoints": ["http://a", "http://b"], "quorum": 2},
        "bureau": {"uscc": "11440100000000001F"},
        "desk": {"path": "../共享"},
    }
    home.write_config(values)
    settings = home.settings
    assert settings.operator == values["operator"]
    assert (settings.ledger.endpoints, settings.ledger.quorum) == (["http://a", "http://b"], 2)
    assert (settings.bureau.uscc, settings.desk.path) == ("11440100000000001F", "../共享")
    assert home.path.stat().st_mode & 0o077 == 0
    assert (home / "config.toml").stat().st_mode & 0o077 == 0


def test_a_wrong_value_is_never_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write_config({"operator": "O-1"})
    with pytest.raises(InvalidInput) as caught:
        home.write_config({"ledger": {"quorum": 0}})
    assert caught.value.field == "ledger.quorum"
    assert caught.value.fix
    assert Home(tmp_path).settings.operator == "O-1"


def test_a_path_of_the_settings_starts_at_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert home.resolve("../desk") == tmp_path / "desk"
    assert home.resolve(str(tmp_path / "x")) == tmp_path / "x"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    write_atomically(file, b"old")

    def fail(_source: object, _target: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_atomically(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert file.stat().st_mode & 0o777 == 0o600
