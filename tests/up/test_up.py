"""`make up` as a person uses it: the first start, a certificate, deaths, a second start on the local network."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from chain.catalogue import all_types
from chain.ledger.node import node_status
from chain.ledger.snapshot import SignedSnapshot
from chain.ledger.trustroot import TrustRoot
from scripts.up.layout import BUREAUS, Layout

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
YINXIN = str(Path(sys.executable).with_name("yinxin"))
PARTS = {"serve", "worker", "witness", "snapshots", "signer-1", "signer-2"}
HERE = f"/v1/bureaus/{BUREAUS[0].code}"
ROLES = ("officer", "approver", "clerk", "auditor", "machine")


def until(what: str, look: Callable[[], Any], seconds: float = 120) -> Any:
    """What ``look`` answers once it answers anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        threading.Event().wait(0.1)
    raise AssertionError(f"not in {seconds:g} s: {what}")


@dataclass
class Run:
    """One `make up`."""

    process: subprocess.Popen[str]
    layout: Layout
    output: Path
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def note(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.layout.running.read_text())
        except OSError:
            return {}
        return found

    @property
    def pids(self) -> dict[str, int]:
        return {name: one["pid"] for name, one in self.note["processes"].items() if name != "up"}

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def ready(self) -> str:
        def look() -> str:
            assert self.process.poll() is None, self.said
            return str(self.note.get("url", "")) if "stop " in self.said else ""

        return str(until("ready", look, 300))

    def call(self, name: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """A call as that account, or as nobody."""
        headers = dict(more.pop("headers", {}))
        with httpx.Client(base_url=self.note["url"], timeout=60, trust_env=False) as client:
            if name is not None and name not in self.tokens:
                body = (self.layout.sign_in / f"{name}.json").read_bytes()
                answer = client.post("/v1/sessions", content=body, headers={"Content-Type": "application/json"})
                assert answer.status_code == 201, answer.text
                self.tokens[name] = answer.json()["token"]
            if name is not None:
                headers["Authorization"] = f"Bearer {self.tokens[name]}"
            return client.request(method, path, headers=headers, **more)

    def get(self, name: str | None, path: str, **more: Any) -> httpx.Response:
        return self.call(name, "GET", path, **more)

    def post(self, name: str | None, path: str, **more: Any) -> httpx.Response:
        return self.call(name, "POST", path, **more)


def start(folder: Path, *arguments: str) -> Run:
    output = folder.with_name("output.txt")
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.up", "--folder", folder, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            text=True,
            start_new_session=True,
        )
    return Run(process, Layout(folder), output)


def of_folder(folder: Path) -> list[str]:
    """Command lines of every process that works in that folder."""
    found = subprocess.run(["ps", "-eww", "-o", "stat=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if str(folder) in line and not line.startswith("Z")]


def stop(run: Run) -> None:
    if run.process.poll() is None:
        run.process.send_signal(signal.SIGTERM)
        try:
            run.process.wait(60)
        except subprocess.TimeoutExpired:
            run.process.kill()
            run.process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town") / "up"


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[Run]:
    """The first start, up and ready; the tests below go on with what the ones above left."""
    run = start(folder)
    try:
        run.ready()
        yield run
    finally:
        stop(run)


@pytest.fixture(scope="module")
def issued(first: Run) -> dict[str, str]:
    """A certificate: docs/up.md as it stands, from the officer's list over the approver's own signature."""
    page = (ROOT / "docs" / "up.md").read_text(encoding="utf-8")
    (story,) = re.findall(r"^```sh\n(U=http.*?)^```$", page, re.S | re.M)
    story = story.replace("U=http://localhost:8400", f"U={first.note['url']}").replace(
        "=up/", f"={first.layout.folder}/"
    )
    story = story.replace("curl -s", "curl -sS --fail-with-body").replace(".venv/bin/", f"{Path(YINXIN).parent}/")
    done = subprocess.run(["sh", "-euc", story], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    def state() -> bool:
        return bool(first.get("officer-1", f"{HERE}/batches/1").json()["state"] == "complete")

    until("issued", state)
    found = first.get("officer-1", f"{HERE}/certificates", params={"batch": 1}).json()["items"]
    identifier = found[0]["identifier"]
    bundle = first.post("clerk-1", "/v1/bundles", json={"identifier": identifier})
    assert bundle.status_code == 200, bundle.text
    return {"identifier": identifier, "bundle": bundle.text}


def test_the_first_start_ends_with_all_parts_ready_and_says_where_to_look(first: Run) -> None:
    assert set(first.pids) == PARTS
    assert first.get(None, "/readyz").json()["ready"] is True
    page = first.get(None, "/")
    assert page.headers["Content-Type"].startswith("text/html")
    url = first.note["url"]
    for shown in (f"{url}/v1/openapi.json", f"{url}/readyz", "make down", "已启动", str(first.layout.logs)):
        assert shown in first.said, first.said


def test_the_first_example_works_as_it_is_printed(first: Run) -> None:
    examples = [line.strip() for line in first.said.splitlines() if line.strip().startswith("curl ")]
    assert len(examples) == 2
    answers = [
        json.loads(subprocess.run(line, shell=True, capture_output=True, check=True, cwd=ROOT).stdout)
        for line in examples
    ]
    assert {one["code"] for one in answers[0]["items"]} == {bureau.code for bureau in BUREAUS}
    assert answers[1]["token"].startswith("yx_")


def test_each_part_leads_a_process_group_and_has_a_log(first: Run) -> None:
    for name, pid in first.pids.items():
        assert os.getpgid(pid) == pid, name
        assert (first.layout.logs / f"{name}.log").is_file()


def test_there_is_an_account_for_every_role_in_both_bureaus(first: Run) -> None:
    wanted = {"authority", *(f"{role}-{bureau.number}" for role in ROLES for bureau in BUREAUS)}
    assert {name for name, _ in first.layout.passwords()} == wanted
    me = first.get("approver-2", "/v1/me").json()
    assert me["address"] is not None
    assert me["roles"] == [{"role": "approver", "bureau": BUREAUS[1].code}]


def test_both_bureaus_may_issue_every_type_that_ships(first: Run) -> None:
    for bureau in first.get(None, "/v1/bureaus").json()["items"]:
        assert len(bureau["types"]) == len(all_types())


def test_secrets_are_all_different_and_nobody_elses(first: Run) -> None:
    homes = first.layout.homes
    assert homes.stat().st_mode & 0o077 == 0
    secrets = [file.read_text() for file in homes.rglob("passphrase")]
    assert len(secrets) == len(set(secrets)) == 8
    words = [word for _, word in first.layout.passwords()]
    assert len(set(words)) == len(words)
    for file in [*homes.rglob("passphrase"), *first.layout.sign_in.iterdir(), *homes.rglob("keys/*.json")]:
        assert file.name.endswith(".public.json") or file.stat().st_mode & 0o077 == 0, file
    shown = first.said + "".join(log.read_text() for log in first.layout.logs.iterdir())
    assert not [word for word in (*words, *secrets) if word.strip() in shown]


def test_a_list_becomes_certificates_by_a_signed_decision_as_the_page_tells_and_anybody_finds_them_valid(
    first: Run, issued: dict[str, str]
) -> None:
    answer = first.post(None, "/v1/verifications", json={"input": issued["bundle"]})
    assert (answer.status_code, answer.json()["verdict"]) == (200, "VALID"), answer.text


def test_devices_are_given_a_signed_snapshot_and_the_page_that_checks(first: Run) -> None:
    answer = until("a snapshot", lambda: (found := first.get(None, "/v1/trust-snapshot")).is_success and found)
    root = TrustRoot.load(first.layout.homes / "service" / "trust-root.json")
    signed = SignedSnapshot.from_bytes(answer.content)
    assert [name for name, _ in signed.signatures] == [root.witnesses[0].name]
    page = first.get(None, "/verify")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_second_start_says_that_one_runs_already(first: Run, folder: Path) -> None:
    command = [sys.executable, "-m", "scripts.up", "--folder", str(folder)]
    how: dict[str, Any] = {"cwd": ROOT, "capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    done = subprocess.run(command, check=False, **how)
    assert done.returncode == 0
    assert f"runs already at {first.note['url']}/" in done.stdout
    other = subprocess.run([*command, "--lan"], check=False, **how)
    assert other.returncode == 1, "what was asked for does not run"
    assert first.process.poll() is None


@pytest.mark.parametrize("name", ["signer-1", "serve"])
def test_a_part_that_is_killed_comes_back(first: Run, name: str) -> None:
    before = first.pids[name]
    os.kill(before, signal.SIGKILL)
    until("noted", lambda: first.pids.get(name, before) != before)
    assert f"{name} ended (SIGKILL)" in first.said

    def answers() -> bool:
        try:
            return first.get(None, "/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    until("ready again", answers)


def test_the_ledger_comes_back_too(first: Run) -> None:
    ledger = first.layout.homes / "ledger"
    os.kill(json.loads((ledger / "endpoint.json").read_bytes())["pid"], signal.SIGKILL)
    until("ledger", lambda: node_status(ledger).url)
    until("ready again", lambda: first.get(None, "/readyz").status_code == 200)


def test_nothing_stays_behind_when_it_is_killed_itself(first: Run, folder: Path) -> None:
    assert of_folder(folder)
    first.process.kill()
    first.process.wait()
    until("all gone", lambda: not of_folder(folder), 60)


def test_the_next_start_serves_https_on_the_local_network_and_keeps_everything(
    first: Run, folder: Path, issued: dict[str, str]
) -> None:
    assert first.process.poll() is not None, "the test above killed it"
    run = start(folder, "--lan")
    try:
        url = run.ready()
        assert url.startswith("https://")
        assert "First start" not in run.said
        authority = run.layout.authority / "ca.crt"
        port = url.rpartition(":")[2]
        here = f"https://localhost:{port}"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{here}/healthz", timeout=60, trust_env=False)
        trusting = ssl.create_default_context(cafile=authority)
        for name in ("localhost", "127.0.0.1"):
            answer = httpx.get(f"https://{name}:{port}/ca.crt", verify=trusting, timeout=60, trust_env=False)
            assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
            assert answer.content == authority.read_bytes()
        page = httpx.get(here, verify=trusting, timeout=60, trust_env=False)
        assert 'href="/ca.crt"' in page.text
        fingerprint = x509.load_pem_x509_certificate(authority.read_bytes()).fingerprint(SHA256())
        assert fingerprint.hex(":").upper() in run.said
        with httpx.Client(base_url=here, verify=trusting, timeout=60, trust_env=False) as client:
            kept = client.post("/v1/verifications", json={"input": issued["bundle"]})
            assert kept.json()["verdict"] == "VALID"

        began = time.monotonic()
        down = [sys.executable, "-m", "scripts.up", "--folder", str(folder), "--stop"]
        subprocess.run(down, check=True, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL)
        assert run.process.wait(60) == 0
        assert time.monotonic() - began < 45
        assert of_folder(folder) == []
        assert "all data is kept" in run.said
    finally:
        stop(run)
