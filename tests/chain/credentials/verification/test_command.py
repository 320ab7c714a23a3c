"""``yinxin verify``: one glance for the clerk, exact exit codes, JSON for machines."""

from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper

import pytest

from chain.cli import verify as command
from chain.cli.verify import Sources, exit_code, parse_ages, read_input, render, run_verify
from chain.credentials.stamp import digits
from chain.credentials.status_list import Status
from chain.credentials.verification import NoLedger, Policy, Verdict, not_found
from chain.kernel.errors import InvalidInput, Unavailable
from chain.ledger.evidence import LedgerProofs
from chain.rendering.qr import make_code, render_png
from tests.support.stage import Stage


@pytest.fixture
def stage():
    return Stage.fresh()


@pytest.fixture
def run(stage, monkeypatch, tmp_path, capsys):
    """Run ``yinxin verify …`` on this stage; gives exit code, standard output and standard error."""
    import typer

    from chain.cli.common import State
    from chain.kernel.home import Home

    def opener(state, offline, snapshot):
        if snapshot is not None and not snapshot.is_file():
            raise Unavailable(f"no snapshot at {snapshot}")
        trust = stage.world.snapshot() if offline else stage.world.source()
        return Sources(trust, stage.world.index, LedgerProofs(stage.world.ledger.trust_root))

    monkeypatch.setattr(command, "open_sources", opener)
    monkeypatch.setattr(command, "system_clock", lambda: stage.world.now)

    def call(*words, as_json=False, stdin=b""):
        from rich.console import Console
        from typer.exceptions import Exit, TyperException

        app = typer.Typer()

        @app.callback()
        def _root() -> None:
            pass

        command.register(app)
        state = State(Home(tmp_path), as_json, Console(width=100, soft_wrap=True), Console(stderr=True))
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(stdin)))
        try:
            code = app(["verify", *map(str, words)], standalone_mode=False, obj=state) or 0
        except Exit as left:
            code = left.exit_code
        except TyperException as wrong:
            return 64, "", str(wrong)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def bundle(stage, tmp_path):
    path = tmp_path / "one.json"
    path.write_bytes(stage.one.data)
    return path


class TestGlance:
    def test_valid(self, run, bundle):
        code, out, _ = run(bundle)
        assert code == 0
        first = out.splitlines()[0]
        assert all(part in first for part in ("✔", "有效", "VALID"))
        for part in ("示例市市场监督管理局", "状态截至", "2026-01-01 08:00:30", "下一步", "✔ 4", "营业执照"):
            assert part in out
        assert "\x1b[" not in out

    def test_revoked(self, stage, run, bundle):
        stage.with_status(Status.REVOKED)
        code, out, _ = run(bundle)
        assert code == 1
        assert "✘  撤销/吊销" in out.splitlines()[0]

    def test_forged_is_not_shown_as_confirmed(self, stage, run, tmp_path):
        other = stage.world.issue(count=1)[0]
        from tests.support.forge import rebundled

        path = tmp_path / "forged.json"
        path.write_bytes(rebundled(stage.one.data, stamp=other.stamp))
        code, out, _ = run(path)
        assert code == 1
        assert "伪造" in out.splitlines()[0]
        assert "not confirmed" in out

    def test_one_language(self, run, bundle):
        _, out, _ = run(bundle, "--lang", "en")
        assert "有效期" not in out.replace("有效期自", "")
        assert "Status as of" in out

    def test_control_characters_do_not_reach_the_terminal(self, stage, run, tmp_path):
        fields = {"certificateNumber": "1\x1b[2J\u202e2"}
        made = stage.world.issue(count=1, content={"fields": fields})[0]
        path = tmp_path / "odd.json"
        path.write_bytes(made.data)
        _, out, _ = run(path)
        assert not {"\x1b", "\u202e"} & set(out)


class TestInputs:
    def test_json(self, run, bundle):
        code, out, _ = run(bundle, as_json=True)
        assert code == 0
        assert list(json.loads(out)) == ["verdict", "authentic", "inForce", "statusAsOf", "steps", "certificate"]

    def test_digits_on_standard_input(self, stage, run):
        typed = f"HTTPS://ANY.EXAMPLE/v#{digits(stage.one.stamp)}\r\n"
        code, out, _ = run("-", stdin=typed.encode(), as_json=True)
        assert (code, json.loads(out)["verdict"]) == (0, "VALID")

    def test_digits_as_argument(self, stage, run):
        assert run(digits(stage.one.stamp))[0] == 0
        assert run("https://any.example/v#" + digits(stage.one.stamp))[0] == 0

    def test_credential_as_argument_and_file(self, stage, run, tmp_path):
        assert run(stage.one.credential.text)[0] == 0
        path = tmp_path / "credential.jwt"
        path.write_text(stage.one.credential.text + "\n")
        assert run(path)[0] == 0

    def test_picture(self, stage, run, tmp_path):
        path = tmp_path / "code.png"
        path.write_bytes(render_png(make_code("https://yx.example/v#", stage.one.stamp)))
        assert run(path)[0] == 0

    def test_identifier(self, stage, run):
        assert run(stage.one.identifier)[0] == 0
        stage.world.index.bundles.clear()
        code, out, _ = run(stage.one.identifier, as_json=True)
        assert (code, json.loads(out)["verdict"]) == (2, "UNKNOWN")

    def test_pdf_says_why_not(self, run, tmp_path):
        path = tmp_path / "paper.pdf"
        path.write_bytes(b"%PDF-1.7\n...")
        code, out, _ = run(path)
        assert code == 2
        assert "a PDF without an evidence bundle" in out

    @pytest.mark.parametrize("name", ["missing.json", "folder/missing.png"])
    def test_missing_file_is_wrong_usage(self, run, name):
        code, _, err = run(name)
        assert code == 64
        assert "no file" in err

    def test_folder_is_wrong_usage(self, run, tmp_path):
        assert run(tmp_path)[0] == 64


class TestOptions:
    def test_past(self, stage, run, bundle):
        before = stage.world.now
        stage.world.ledger.mine(86_400)
        stage.with_status(Status.REVOKED)
        assert run(bundle)[0] == 1
        code, out, _ = run(bundle, "--at", before + 5, as_json=True)
        assert (code, json.loads(out)["statusAsOf"]) == (0, "2026-01-01T00:00:35Z")
        code, out, _ = run(bundle, "--at", "2025-12-31T12:00:00+08:00", as_json=True)
        assert (code, json.loads(out)["verdict"]) == (1, "NOT_YET_VALID")

    def test_offline(self, run, bundle, tmp_path):
        assert run(bundle, "--offline")[0] == 0
        code, out, _ = run(bundle, "--offline", "--trust", tmp_path / "missing.snapshot", as_json=True)
        assert (code, json.loads(out)["verdict"]) == (2, "CANNOT_CHECK")

    def test_trust_without_offline_is_wrong_usage(self, run, bundle, tmp_path):
        assert run(bundle, "--trust", tmp_path)[0] == 64

    @pytest.mark.parametrize("options", [("--at", "soon"), ("--max-age", "old"), ("--lang", "fr"), ("--max-age", "0d")])
    def test_wrong_usage(self, run, bundle, options):
        assert run(bundle, *options)[0] == 64

    def test_max_age(self, stage, run, bundle, monkeypatch):
        monkeypatch.setattr(command, "system_clock", lambda: stage.world.now + 3 * 86_400)
        assert run(bundle)[0] == 2
        assert run(bundle, "--max-age", "business-licence=4d")[0] == 0
        monkeypatch.setattr(command, "system_clock", lambda: stage.world.now + 60)
        assert run(bundle, "--max-age", "30s")[0] == 2

    def test_broken_settings_say_nothing_about_the_certificate(self, run, bundle, tmp_path):
        (tmp_path / "config.toml").write_text("nonsense = ")
        code, out, _ = run(bundle, as_json=True)
        assert (code, json.loads(out)["verdict"]) == (2, "CANNOT_CHECK")


def test_without_a_ledger_form_and_dates_are_still_judged(stage):
    from tests.support.forge import rebundled

    other = stage.world.issue(count=1)[0]
    nothing = Sources(NoLedger("no trust root", stage.world.now))
    found = run_verify(stage.one.data, nothing, at=stage.world.now, policy=Policy())
    assert (found.verdict, found.authentic, found.step("time").result) == (Verdict.CANNOT_CHECK, None, "VALID")
    assert "no trust root" in found.step("issuer").detail()
    late = stage.world.now + 400 * 86_400
    assert run_verify(stage.one.data, Sources(NoLedger("x", late)), at=late, policy=Policy()).in_force is False
    mixed = rebundled(stage.one.data, stamp=other.stamp)
    assert run_verify(mixed, nothing, at=stage.world.now, policy=Policy()).verdict is Verdict.FORGED
    past = Policy(past=True)
    found = run_verify(stage.one.data, nothing, at=stage.world.now - 5, policy=past)
    assert (found.verdict, found.status_as_of) == (Verdict.CANNOT_CHECK, None)


def test_ages():
    assert parse_ages([]) == (None, {})
    assert parse_ages(["12h", "business-licence=90"]) == (43_200, {"11100000MB0143028R001": 90})
    assert parse_ages(["11440100000000001FT05=1d"]) == (None, {"11440100000000001FT05": 86_400})


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.VALID, 0), (Verdict.UNKNOWN, 2), (Verdict.CANNOT_CHECK, 2)])
def test_exit_codes_that_are_not_no(verdict, code):
    from dataclasses import replace

    assert exit_code(replace(not_found("skipped"), verdict=verdict)) == code


def test_every_other_verdict_is_no():
    from dataclasses import replace

    others = set(Verdict) - {Verdict.VALID, Verdict.UNKNOWN, Verdict.CANNOT_CHECK}
    assert {exit_code(replace(not_found("skipped"), verdict=verdict)) for verdict in others} == {1}


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_every_verdict_can_be_rendered(verdict, lang):
    from dataclasses import replace

    text = render(replace(not_found("form.not_found", identifier="1.2"), verdict=verdict), lang).plain
    assert len(text.splitlines()) > 8


def test_run_verify_needs_no_home(stage):
    sources = Sources(stage.world.source(), stage.world.index, LedgerProofs(stage.world.ledger.trust_root))
    assert run_verify(stage.one.data, sources, at=stage.world.now, policy=Policy()).verdict is Verdict.VALID


def test_long_text_is_no_file_name(stage):
    assert read_input(stage.one.credential.text) == stage.one.credential.text.encode()
    with pytest.raises(InvalidInput):
        read_input("nowhere/one.json")
