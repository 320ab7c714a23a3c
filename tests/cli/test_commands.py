"""The command line as a whole: help, exit codes, JSON, faults of the home. Nothing here needs a ledger."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from chain.cli.main import build
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable
from tests.api.town import PASSPHRASE, YINXIN, cheap_keys, run_here


def commands() -> Iterator[tuple[str, ...]]:
    """Every command, as the words that name it."""
    yield from below(None)


def below(word: str | None) -> Iterator[tuple[str, ...]]:
    """The commands of the application that is built for the first word of a line."""

    def walk(group: click.Group, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, command in group.commands.items():
            yield (*before, name)
            if hasattr(command, "commands"):
                yield from walk(command, (*before, name))  # type: ignore[arg-type]

    root = typer.main.get_command(build(word))
    yield from walk(root, ())  # type: ignore[arg-type]


ALL = sorted(commands())


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An officer's home."""
    place = tmp_path / "home"
    with cheap_keys():
        assert run_here(place, "init", "officer", "--bureau", "11440100000000001F").code == 0
    return place


def test_there_are_as_many_commands_as_one_expects() -> None:
    assert len(ALL) > 45


@pytest.mark.parametrize("word", sorted({words[0] for words in ALL}))
def test_a_word_alone_gives_what_it_gives_among_all(word: str) -> None:
    assert sorted(found for found in below(word) if found[0] == word) == [one for one in ALL if one[0] == word]


@pytest.mark.parametrize("word", ["nonsense", "-h"])
def test_whatever_else_gives_all(word: str) -> None:
    assert sorted(below(word)) == ALL


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_has_help(words: tuple[str, ...], tmp_path: Path) -> None:
    said = run_here(tmp_path, *words, "--help", as_json=False)
    assert said.code == 0
    assert "Usage" in said.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_answers_wrong_usage_with_64(words: tuple[str, ...], tmp_path: Path) -> None:
    said = run_here(tmp_path, *words, "--no-such-option")
    assert said.code == 64
    assert said.out + said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("batch", "no-such-command"),
        ("issue",),
        ("issue", "list.csv"),
        ("revoke", "X"),
        ("shred",),
        ("batch", "show", "x"),
        ("batch", "show"),
        ("find", "x", "--limit", "0"),
        ("verify",),
        ("verify", "x", "--lang", "fr"),
        ("init",),
        ("authority", "accredit", "11440100000000001F"),
    ],
    ids=" ".join,
)
def test_usage_is_checked_before_anything_is_opened(words: tuple[str, ...], tmp_path: Path) -> None:
    assert run_here(tmp_path / "home", *words).code == 64
    assert not (tmp_path / "home").exists()


def test_the_real_command_agrees(tmp_path: Path) -> None:
    for words, code in ((["--help"], 0), (["nothing"], 64), (["--home"], 64), (["keys", "list", "--json"], 0)):
        done = subprocess.run([YINXIN, *words], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == code, (words, done)
        assert "Traceback" not in done.stderr


def test_home_and_json_may_stand_anywhere(home: Path) -> None:
    here = run_here(home, "keys", "list")
    assert here.code == 0
    for words in (
        ["keys", "--json", "list", "--home", str(home)],
        ["keys", "list", f"--home={home}", "--json"],
        ["--json", "--home", str(home), "keys", "list"],
    ):
        assert run_here(Path("/nowhere"), *words, as_json=False).data == here.data


def test_the_home_may_come_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_HOME", str(home))
    done = subprocess.run([YINXIN, "keys", "list", "--json"], capture_output=True, text=True, check=True)
    assert [key["name"] for key in json.loads(done.stdout)["keys"]] == ["account", "credential", "seal", "vault"]


class TestErrorsAndExitCodes:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (InvalidInput("x"), 1), (NotFound("x"), 1), (Conflict("x"), 1), (Refused("x"), 1), (Damaged("x"), 1),
            (Unavailable("x"), 2),
        ],
        ids=lambda value: type(value).__name__,
    )  # fmt: skip
    def test_could_not_tell_is_2_and_every_refusal_1(self, error: Exception, code: int) -> None:
        from chain.cli.common import exit_code_of

        assert exit_code_of(error) == code  # type: ignore[arg-type]

    def test_an_error_names_code_field_and_fix_in_both_forms(self, home: Path) -> None:
        said = run_here(home, "keys", "new", "Bad Name", "--kind", "secret")
        assert said.code == 1
        assert set(said.data["error"]) == {"code", "message", "field", "fix"}
        words = run_here(home, "keys", "new", "Bad Name", "--kind", "secret", as_json=False)
        assert (words.code, words.out) == (1, "")
        for part in ("✗", "field: name", "fix:"):
            assert part in words.err

    def test_square_brackets_in_an_error_are_shown_as_they_are(self, home: Path) -> None:
        words = run_here(home, "keys", "new", "[red]x[/]", "--kind", "secret", as_json=False)
        assert "[red]x[/]" in words.err

    @pytest.mark.parametrize(
        "words",
        [
            ("batch", "list"),
            ("batch", "show", "1"),
            ("find", "x"),
            ("show", "x"),
            ("bundle", "x"),
            ("revoke", "x", "--reason", "x"),
            ("acts",),
            ("shred", "x", "--yes"),
            ("approvals",),
            ("approve", "x"),
            ("refuse", "x", "--reason", "x"),
            ("signer", "--once"),
            ("trust", "show"),
            ("node", "status"),
            ("blobs", "check"),
            ("keys", "new", "x", "--kind", "nothing"),
        ],
        ids=" ".join,
    )
    def test_with_json_there_is_always_one_document(self, home: Path, words: tuple[str, ...]) -> None:
        said = run_here(home, *words)
        assert said.code in (0, 1, 2), said
        assert isinstance(said.data, dict)

    @pytest.mark.parametrize(
        "words",
        [
            ("batch", "list"),
            ("find", "x"),
            ("revoke", "x", "--reason", "x"),
            ("acts",),
            ("rebuild",),
            ("shred", "x", "--yes"),
        ],
        ids=" ".join,
    )
    def test_where_there_is_no_home_none_is_made(self, tmp_path: Path, words: tuple[str, ...]) -> None:
        said = run_here(tmp_path / "nowhere", *words)
        assert (said.code, said.data["error"]["code"]) == (1, "home.missing")
        assert not (tmp_path / "nowhere").exists()

    @pytest.mark.loopback
    def test_a_broken_setting_is_named_by_every_command(self, home: Path) -> None:
        (home / "config.toml").write_text("[ledger]\nquorum = 0\n")
        for words in (("trust", "show"), ("doctor",), ("rebuild",)):
            said = run_here(home, *words)
            assert said.code in (1, 2), words
            assert "ledger.quorum" in said.out, words

    def test_a_register_of_a_newer_version_is_left_alone(self, home: Path) -> None:
        import sqlite3

        assert run_here(home, "batch", "list").code == 0
        with sqlite3.connect(home / "register.sqlite") as register:
            register.execute("UPDATE alembic_version SET version_num = '9999'")
        register.close()
        said = run_here(home, "batch", "list")
        assert (said.code, said.data["error"]["code"]) == (2, "register.newer")


class TestInit:
    def test_it_makes_a_home_for_its_owners_eyes_only(self, home: Path) -> None:
        assert home.stat().st_mode & 0o077 == 0
        assert {path.name for path in home.iterdir()} == {"config.toml", "keys", "card.json"}
        card = json.loads((home / "card.json").read_bytes())
        assert (card["role"], card["bureau"]) == ("officer", "11440100000000001F")
        assert [key["purpose"] for key in card["keys"]] == ["credential", "seal"]

    def test_a_second_time_is_refused(self, home: Path) -> None:
        said = run_here(home, "init", "officer", "--bureau", "11440100000000001F")
        assert (said.code, said.data["error"]["code"]) == (1, "init.exists")

    @pytest.mark.parametrize("role", ["king", "Officer", ""])
    def test_unknown_roles(self, tmp_path: Path, role: str) -> None:
        said = run_here(tmp_path / "home", "init", role)
        assert (said.code, said.data["error"]["code"]) == (1, "init.role")

    @pytest.mark.parametrize("code", ["", "11440100000000001X", "1144010000000000", "１1440100000000001F"])
    def test_a_wrong_bureau_makes_nothing(self, tmp_path: Path, code: str) -> None:
        said = run_here(tmp_path / "home", "init", "officer", "--bureau", code)
        assert said.code == 1
        assert said.data["error"]["field"] == "bureau"
        assert not (tmp_path / "home").exists()

    def test_a_short_passphrase_makes_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YINXIN_PASSPHRASE", "short")
        said = run_here(tmp_path / "home", "init", "officer", "--bureau", "11440100000000001F")
        assert (said.code, said.data["error"]["code"]) == (1, "keys.passphrase_short")
        assert not (tmp_path / "home").exists()

    def test_interrupted_while_making_keys_it_goes_on_with_those_it_has(self, home: Path) -> None:
        (home / "config.toml").unlink()
        before = (home / "keys" / "credential.json").read_bytes()
        with cheap_keys():
            assert run_here(home, "init", "officer", "--bureau", "11440100000000001F").code == 0
        assert (home / "keys" / "credential.json").read_bytes() == before


@pytest.mark.loopback
class TestDoctor:
    def by_name(self, home: Path) -> dict[str, dict[str, object]]:
        return {check["name"]: check for check in run_here(home, "doctor").data["checks"]}

    def test_it_names_what_is_open_to_others_and_the_fix(self, home: Path) -> None:
        (home / "keys" / "vault.json").chmod(0o644)
        home.chmod(0o755)
        said = run_here(home, "doctor")
        assert said.code == 1
        faults = [check for check in said.data["checks"] if check["ok"] is False]
        assert any("vault.json" in check["detail"] and "chmod 600" in check["fix"] for check in faults)
        assert any("chmod 700" in check["fix"] for check in faults)

    def test_it_shows_the_digest_of_the_verifiers_file_and_whether_it_is_the_one_built(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "yinxin-verify.html"
        monkeypatch.setattr("chain.cli.doctor.VERIFIER_FILE", file)
        assert "verifier file" not in self.by_name(home)
        file.write_text("a page", encoding="ascii")
        digest = sha256(b"a page").hex()
        (tmp_path / "yinxin-verify.html.sha256").write_text(f"{digest}  {file.name}\n", encoding="ascii")
        check = self.by_name(home)["verifier file"]
        assert check["ok"] is True
        assert digest in str(check["detail"])
        file.write_text("another page", encoding="ascii")
        assert self.by_name(home)["verifier file"]["ok"] is False

    def test_it_names_the_key_that_does_not_open(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YINXIN_PASSPHRASE", "another-one-entirely")
        said = run_here(home, "doctor")
        assert said.code == 1
        assert "passphrase" in said.out
        monkeypatch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
        (home / "keys" / "vault.json").write_bytes(b"{}")
        assert "vault" in str(self.by_name(home)["keys"]["detail"])

    def test_a_register_that_is_damaged(self, home: Path) -> None:
        run_here(home, "batch", "list")
        data = bytearray((home / "register.sqlite").read_bytes())
        data[4096:12288] = bytes(8192)
        (home / "register.sqlite").write_bytes(bytes(data))
        said = run_here(home, "doctor")
        assert said.code == 1
        assert "yinxin rebuild" in said.out

    def test_without_a_home_it_could_not_tell(self, tmp_path: Path) -> None:
        said = run_here(tmp_path / "nowhere", "doctor")
        assert said.code == 2
        assert "yinxin init" in said.out
        assert not (tmp_path / "nowhere").exists()
