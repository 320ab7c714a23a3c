"""The ways on which a list goes through the town: by HTTP and the worker, as a service does it, or by one command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Protocol

import httpx

from scripts.bench._watched import Stepped, Watch, run_stepped
from scripts.bench.certificates import BUREAU
from scripts.demo.stage import Role, Stage

_LOOK = 0.25
_PATIENCE = 3600.0


def environment() -> dict[str, str]:
    """Ours without settings of this machine's homes."""
    return {name: value for name, value in os.environ.items() if not name.startswith("YINXIN_")}


class Road(Protocol):
    """A way from the list to complete."""

    def run(self, *, kill: bool, chunks: int) -> list[Stepped]:
        """Issue the list; with ``kill`` whoever seals it is killed half-way and started again."""
        ...


class Approval:
    """The second person: agrees as soon as the request lies on the desk."""

    def __init__(self, stage: Stage, approver: Role, watch: Watch) -> None:
        self._requests = stage.out / "desk" / "requests"
        self._approver, self._watch = approver, watch
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Once, beside everything else."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._approve, daemon=True)
            self._thread.start()

    def _approve(self) -> None:
        while not any(self._requests.glob("release-*.age")):
            time.sleep(0.05)
        child = subprocess.Popen(
            self._approver.command("approve", "--all", "--json"), stdout=subprocess.DEVNULL, env=environment()
        )
        self._watch.follow("approve", child.pid)
        child.wait()


class CommandRoad:
    """``yinxin issue`` does all."""

    def __init__(self, file: Path, officer: Role, approval: Approval, watch: Watch) -> None:
        self._file, self._officer, self._approval, self._watch = file, officer, approval, watch

    def run(self, *, kill: bool, chunks: int) -> list[Stepped]:
        """See :class:`Road`."""
        runs = []
        if kill:
            runs.append(self._once(("chunk", max(1, chunks // 2))))
            assert runs[0].code < 0, runs[0].out
        return [*runs, self._once(None)]

    def _once(self, kill: tuple[str, int] | None) -> Stepped:
        return run_stepped(
            self._officer.command("issue", self._file, "--type", "business-licence", "--wait", "3600", "--json"),
            environment(),
            kill=kill,
            started=lambda pid: self._watch.follow("officer", pid),
            seen=lambda step: self._approval.begin() if step == "registered" else None,
        )


class ServiceRoad:
    """``yinxin serve`` takes the list by HTTP, ``yinxin worker`` seals it; both are up before the clock starts."""

    def __init__(self, file: Path, stage: Stage, approval: Approval, watch: Watch) -> None:
        self._file, self._approval, self._watch = file, approval, watch
        self._service = Role(stage, "service")
        self._service.run("init", "service", "--bureau-home", "../officer", quiet=True)
        added = self._service.run("account", "add", "officer", "--role", f"officer@{BUREAU}", quiet=True)
        self._stage = stage
        self._worker = self._start("worker")
        url = self._serve()
        self._client = httpx.Client(base_url=url, timeout=_PATIENCE, transport=httpx.HTTPTransport(retries=8))
        token = self._client.post("/v1/sessions", json={"name": "officer", "password": added.data["password"]})
        self._client.headers["Authorization"] = f"Bearer {token.raise_for_status().json()['token']}"

    def _start(self, name: str, *words: str, **more: int) -> subprocess.Popen[bytes]:
        with (self._service.home / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                self._service.command(name, *words), stderr=log, stdin=subprocess.DEVNULL,
                env=environment(), stdout=more.get("stdout", log),
            )  # fmt: skip
        self._stage.children.append(child)
        self._watch.follow(name, child.pid)
        return child

    def _serve(self) -> str:
        child = self._start("serve", "--port", "0", "--workers", "1", stdout=subprocess.PIPE)
        assert child.stdout is not None
        url = child.stdout.readline().decode().strip()
        assert url.startswith("http://"), f"the server says {url!r}"
        return url.replace("localhost", "127.0.0.1")

    def run(self, *, kill: bool, chunks: int) -> list[Stepped]:
        """See :class:`Road`; upload and what follows count as one run."""
        begin = time.monotonic()
        with self._file.open("rb") as file:
            answer = self._client.post(
                f"/v1/bureaus/{BUREAU}/lists", params={"type": "business-licence", "name": "stock.csv"}, content=file,
                headers={"Content-Type": "application/octet-stream", "Idempotency-Key": "stock-list-1"},
            )  # fmt: skip
        assert answer.status_code == 201, answer.text
        steps = [("registered", time.monotonic() - begin)]
        self._approval.begin()
        place = answer.headers["Location"]
        view = answer.json()["batch"]
        while view["state"] not in ("complete", "recalled") and time.monotonic() - begin < _PATIENCE:
            time.sleep(_LOOK)
            view = self._client.get(place).raise_for_status().json()
            if view["state"] not in ("waiting", steps[-1][0]):
                steps.append((view["state"], time.monotonic() - begin))
            if kill and view["state"] != "waiting" and (view["done"] or 0) * 2 >= view["size"]:
                assert view["state"] == "released", "it was sealed before it could be killed; take a longer list"
                kill = False
                self._worker.send_signal(signal.SIGKILL)
                self._worker.wait()
                self._worker = self._start("worker")
        assert not kill, "nothing was killed"
        out = json.dumps({"state": view["state"], "issued": view["size"]})
        return [Stepped(tuple(steps), 0, time.monotonic() - begin, out)]
