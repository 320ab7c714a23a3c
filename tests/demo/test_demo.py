"""The demo plays to its end, and its home goes on working afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.demo.tender import PRICES, REPLACED, SUSPENDED
from scripts.up.layout import Layout

ROOT = Path(__file__).resolve().parents[2]
YINXIN = ROOT / ".venv" / "bin" / "yinxin"

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(2600)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a small demo left behind."""
    out = tmp_path_factory.mktemp("demo") / "demo-out"
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demo", "--rows", "45", "--ipfs", "local", "--out", out],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    first = done.stdout.split("\n\n")[-1].splitlines()[0]
    assert first.startswith("chain ")
    assert "1 witness" in first
    assert "records lie in the local store" in first
    return out


def _yinxin(home: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = subprocess.run(
        [YINXIN, "--home", home, *arguments, "--json"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_it_leaves_a_bundle_and_a_code_for_every_certificate(played: Path) -> None:
    bundles = {path.stem for path in (played / "bundles").glob("*.json")}
    assert len(bundles) == 46
    assert bundles == {path.stem for path in (played / "qr").glob("*.png")}
    assert bundles == {path.stem for path in (played / "qr").glob("*.svg")}


def test_it_leaves_forgeries_lists_and_a_readable_report(played: Path) -> None:
    assert len(list((played / "forged").iterdir())) == 4
    assert len(list((played / "paper").glob("*.pdf"))) == 1
    assert {"damaged.csv", "licences-1-utf8.csv", "licences-2-gb18030.csv", "licences-3.xlsx"} <= set(
        os.listdir(played / "lists")
    )
    report = (played / "report.md").read_text(encoding="utf-8")
    assert "46 certificates issued" in report
    assert "FORGED" in report


def test_nobody_holds_the_secrets_of_another(played: Path) -> None:
    secrets = {
        name: (played / name / "passphrase").read_text().strip()
        for name in ("home", "approver", "authority", "witness", "procurement", "supervisor", "holder-1", "bidder-1")
    }
    assert len(set(secrets.values())) == len(secrets)
    for name, secret in secrets.items():
        for file in played.rglob("*"):
            if file.is_file() and file != played / name / "passphrase":
                assert secret.encode() not in file.read_bytes(), f"{name}'s passphrase lies in {file}"
    keys = {name: {path.name for path in (played / name / "keys").glob("*.json")} for name in secrets}
    assert "anchor.json" not in keys["home"]
    assert "credential.json" not in keys["approver"]


def test_the_home_goes_on_and_starts_what_it_needs(played: Path) -> None:
    found = _yinxin(played / "home", "find", "示例")["certificates"]
    assert len(found) >= 40
    picture = next((played / "qr").glob(f"{found[0]['identifier']}.png"))
    assert _yinxin(played / "clerk", "verify", str(picture))["verdict"] == "VALID"


def test_the_doctor_finds_nothing_wrong(played: Path) -> None:
    checks = _yinxin(played / "home", "doctor")["checks"]
    assert all(check["ok"] for check in checks), checks


def test_a_missing_trust_root_is_named_with_its_fix(played: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o700)
    checks = _yinxin(tmp_path / "empty", "doctor", code=2)["checks"]
    assert any(
        check["name"] == "trust root" and check["ok"] is None and "trust pin" in check["fix"] for check in checks
    )


def test_what_was_not_live_is_read_nowhere(played: Path) -> None:
    """Withdrawn, replaced, late and dropped prices lie in their bidders' homes alone, also after the opening."""
    shut = {"bidder-2": PRICES[1], "bidder-3": PRICES[2], "bidder-5": PRICES[SUSPENDED], "bidder-6": PRICES[5]}
    for file in played.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            for name, price in shut.items():
                assert price.encode() not in content or file.is_relative_to(played / name), f"{file}: {price}"
    opened = [json.loads(path.read_bytes()) for path in (played / "procurement" / "openings").rglob("manifest.json")]
    read = {figure["value"] for manifest in opened for figure in manifest["form"] if figure["name"] == "price"}
    assert read == {PRICES[0], REPLACED, PRICES[3]}


def test_the_tender_is_audited_and_a_receipt_stands_alone(played: Path) -> None:
    assert _yinxin(played / "auditor", "audit", "--tender", "1")["verdict"] == "clean"
    assert _yinxin(played / "home", "audit", "--all")["verdict"] == "clean"
    receipt = played / "receipts" / "bidder-1.json"
    assert _yinxin(played / "auditor", "bid", "verify-receipt", str(receipt), "--ledger")
    assert receipt.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")


def test_the_letter_of_award_and_the_record_of_performance_verify(played: Path) -> None:
    for kind in ("award-letter", "performance-record"):
        (bundle,) = (played / "award" / kind / "bundles").glob("*.json")
        assert _yinxin(played / "clerk", "verify", str(bundle))["verdict"] == "VALID"
    ended = [_yinxin_verdict(played, path) for path in (played / "guarantees" / "bundles").glob("*.json")]
    assert sorted(ended) == ["CANCELLED", *["VALID"] * 5]


def test_the_ranking_and_the_open_data_are_computed_again(played: Path) -> None:
    assert _yinxin(played / "auditor", "tender", "ranking", "1")["same"] is True
    (package,) = (played / "ocds").glob("*-releases.json")
    releases = json.loads(package.read_bytes())["releases"]
    assert {"tender", "award", "contract"} <= {tag for release in releases for tag in release["tag"]}
    found = _yinxin(played / "auditor", "audit", "--tender", "1", "--ocds", str(package))
    assert (found["verdict"], found["looked"]["A1403"]) == ("clean", len(releases))


def _yinxin_verdict(played: Path, bundle: Path) -> str:
    code = subprocess.run(
        [YINXIN, "--home", played / "clerk", "verify", bundle, "--json"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    verdict: str = json.loads(code.stdout)["verdict"]
    return verdict


def test_its_pages_show_its_tender_and_its_certificates(played: Path) -> None:
    """``make up DEMO=1``: the board for everybody, the register for who signs in, from the demo's own homes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.up", "--demo", played], cwd=ROOT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "stop 停止" in line:
                break
        layout = Layout.of_demo(played)
        assert layout.running.exists(), "".join(said)
        with httpx.Client(base_url=json.loads(layout.running.read_text())["url"], timeout=60, trust_env=False) as site:
            listed: list[Any] = []
            until = time.monotonic() + 120
            while not listed and time.monotonic() < until:
                listed = site.get("/v1/tenders").json()["items"]
                threading.Event().wait(0.5)
            assert [one["lots"] for one in listed] == [[{"lot": 1, "phase": "contracted"}]]
            found = site.post("/v1/sessions", content=(layout.sign_in / "officer-1.json").read_bytes(),
                              headers={"Content-Type": "application/json"})  # fmt: skip
            bearer = {"Authorization": f"Bearer {found.json()['token']}"}
            rows = site.get("/v1/bureaus/11440100000000001F/certificates?limit=500", headers=bearer).json()["items"]
            assert len(rows) >= 40
            while site.get("/v1/trust-snapshot").status_code != 200:
                assert time.monotonic() < until, "devices check offline with a snapshot"
                threading.Event().wait(0.5)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
