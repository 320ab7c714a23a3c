"""Start everything on this machine and look after it; run by ``make up``.

The first time it sets up an authority, two bureaus, a witness and a service under ``up/``, with passphrases and
passwords of their own; later it goes on with what is there. Exit code 0 when it was told to stop, 1 when something
does not start.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chain.kernel.errors import YinxinError
from chain.kernel.home import write_atomically
from chain.ledger.node import stop_node
from chain.ledger.node.locks import FileLock, is_held
from chain.ledger.node.process import ProcessMark, child_setup, end, is_alive, mark
from scripts.up import words
from scripts.up.layout import Layout
from scripts.up.parts import YINXIN, Ledger, Part, Parts, end_leftovers, environment
from scripts.up.tls import Served, own_addresses, own_names, serve_with

ROOT = Path(__file__).resolve().parents[2]
USUAL_PORT = 8400
_READY_LIMIT = 180.0
_STOP_LIMIT = 40.0
_TICK = 0.2
_LOOK = 60.0
"""Seconds between looks at this machine's addresses, on which the certificate depends."""


class Stopped(Exception):
    """Somebody asked for the end before it had begun."""


@dataclass
class Up:
    """One run.

    Attributes:
        layout: where everything lies.
        lan: serve https on the local network.
        wanted: port asked for, or None.
        stop: set by a signal.
    """

    layout: Layout
    lan: bool
    wanted: int | None
    stop: threading.Event

    def run(self) -> int:
        """Set up if need be, start, look after it, end."""
        lock = FileLock(self.layout.lock)
        if not lock.attempt():
            return self._runs_already()
        try:
            end_leftovers(_marks(_running(self.layout)))
            fresh = self._homes()
            ledger = Ledger(self.layout.homes / "ledger")
            try:
                self._served(ledger, fresh)
            finally:
                self.layout.running.unlink(missing_ok=True)
            words.say("stopped; all data is kept", "已停止，数据保留")
            return 0
        finally:
            lock.release()

    def _runs_already(self) -> int:
        found = _running(self.layout)
        url = found.get("url", "")
        where = f" at {url}/" if url else ", and is starting"
        print(f"It runs already{where}; stop it with make down.  已在运行，停止请用 make down")
        return 0 if bool(found.get("lan")) == self.lan else 1

    # ------------------------------------------------------------------ homes

    def _homes(self) -> bool:
        """Make what is missing; True if something was."""
        if self.layout.demo is not None:
            return self._demo_homes(self.layout.demo)
        homes, making = self.layout.homes, self.layout.making
        if making.exists():
            stop_node(making / "ledger")
            shutil.rmtree(making)
        self.layout.logs.mkdir(mode=0o700, exist_ok=True)
        if homes.exists():
            return False
        print("First start: two bureaus are set up, which takes a minute.  首次启动，约需一分钟", flush=True)
        if (ROOT / "demo-out").exists():
            words.say("demo-out/ is left alone; make up DEMO=1 serves it", "demo-out/ 不动，make up DEMO=1 可查看")
        self._make(making)
        making.rename(homes)
        return True

    def _demo_homes(self, demo: Path) -> bool:
        """A service beside the homes of the demo."""
        self.layout.logs.mkdir(mode=0o700, exist_ok=True)
        if self.layout.sign_in.exists():
            return False
        for half in (demo / "service", demo / "people"):
            shutil.rmtree(half, ignore_errors=True)
        self._make(demo)
        return True

    def _make(self, folder: Path) -> None:
        """Run :mod:`scripts.up.homes` in a process of its own."""
        child = subprocess.Popen(
            [sys.executable, "-m", "scripts.up.homes", str(folder), *(["--demo"] if self.layout.demo else [])],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
            preexec_fn=child_setup(own_network=False),  # noqa: PLW1509 - one function of libc, resolved before the fork
        )
        while child.poll() is None and not self.stop.wait(_TICK):
            pass
        if child.poll() is None:
            child.kill()
            child.wait()
        stop_node(folder / "ledger")
        if self.stop.is_set():
            raise Stopped
        if child.returncode != 0:
            raise SystemExit("setting up did not succeed; nothing was kept, run make up again  未能完成，请重试")

    # ------------------------------------------------------------------ running

    def _served(self, ledger: Ledger, fresh: bool) -> None:
        served = self._certificate() if self.lan else None
        port = self._port()
        parts = Parts(ledger, [], words.say)
        try:
            server = self._serve_part(port, served)
            parts.others += [*self._behind(), server]
            parts.start()
            self._note(parts, "")
            self._until_ready(parts, port, served)
            url = self._url(port, served)
            self._note(parts, url)
            self._told(url, ledger, served, fresh)
            looked = time.monotonic()
            while not self.stop.wait(_TICK):
                if parts.tend():
                    self._note(parts, url)
                if served is not None and time.monotonic() - looked > _LOOK:
                    looked = time.monotonic()
                    served = again = self._certificate()
                    if again.fresh:
                        url = self._moved(parts, server, port, again)
        except Stopped:
            pass
        finally:
            print("  stopping  正在停止", flush=True)
            parts.stop()

    def _behind(self) -> list[Part]:
        """Everything but the server itself, in the order of starting."""
        found = [self._part("witness", "witness", "witness", "run")]
        found.append(self._part("snapshots", "witness", "witness", "keep", "--out", str(self.layout.snapshot)))
        found += [self._part(f"signer-{one.number}", one.approver, "signer") for one in self.layout.bureaus]
        return [*found, self._part("worker", "service", "worker")]

    def _part(self, name: str, home: str, *arguments: str) -> Part:
        command = [str(YINXIN), "--home", str(self.layout.homes / home), *arguments]
        return Part(name, command, self.layout.logs / f"{name}.log")

    def _serve_part(self, port: int, served: Served | None) -> Part:
        part = self._part("serve", "service", "serve", "--port", str(port))
        more = {"YINXIN_SERVICE__PUBLIC_URL": self._url(port, served)}
        command = [*part.command, "--host", "127.0.0.1"]
        if served is not None:
            # On every address, because somebody asked for the local network.
            command[-1] = "0.0.0.0"  # noqa: S104
            command += ["--certificate", str(served.certificate), "--key", str(served.key)]
            more["YINXIN_SERVICE__LOCAL_AUTHORITY"] = str(served.authority)
        return Part(part.name, command, part.log, more)

    def _moved(self, parts: Parts, server: Part, port: int, served: Served) -> str:
        """This machine has other addresses, or the certificate came near its end: serve with a new one."""
        words.say("addresses changed, or the certificate came near its end; serve starts again", "地址或证书已更新")
        server.terminate()
        server.wait(time.monotonic() + 10)
        again = self._serve_part(port, served)
        server.command, server.more = again.command, again.more
        server.start()
        url = self._url(port, served)
        self._note(parts, url)
        words.phone(url, served)
        return url

    def _certificate(self) -> Served:
        now = dt.datetime.now(dt.UTC)
        return serve_with(self.layout.authority, own_addresses(), own_names(), now)

    def _url(self, port: int, served: Served | None) -> str:
        return f"http://localhost:{port}" if served is None else f"https://{served.addresses[0]}:{port}"

    def _port(self) -> int:
        """The one asked for; else that of the last time, the usual one, or any free one."""
        from api.service.server import free_port, may_listen

        host = "0.0.0.0" if self.lan else "127.0.0.1"  # noqa: S104 - asked for, as above
        if self.wanted is not None:
            may_listen(host, self.wanted)
            return self.wanted
        last = self.layout.port.read_text() if self.layout.port.exists() else ""
        for port in (int(last) if last.isdigit() else USUAL_PORT, USUAL_PORT):
            try:
                may_listen(host, port)
                break
            except YinxinError:
                continue
        else:
            port = free_port(host)
        write_atomically(self.layout.port, str(port).encode())
        return port

    def _until_ready(self, parts: Parts, port: int, served: Served | None) -> None:
        scheme = "http" if served is None else "https"
        trust = ssl.create_default_context(cafile=served.authority) if served is not None else True
        deadline = time.monotonic() + _READY_LIMIT
        desks = [self.layout.homes / one.desk / "approver.json" for one in self.layout.bureaus]
        with httpx.Client(verify=trust, trust_env=False, timeout=20) as client:
            while time.monotonic() < deadline:
                try:
                    ready = client.get(f"{scheme}://127.0.0.1:{port}/readyz").status_code == 200
                except httpx.HTTPError:
                    ready = False
                if ready and all(desk.exists() for desk in desks):
                    return
                if self.stop.wait(_TICK):
                    raise Stopped
                if parts.tend():
                    self._note(parts, "")
        raise SystemExit(f"the service does not get ready in {_READY_LIMIT:g} s; read {self.layout.logs}")

    def _told(self, url: str, ledger: Ledger, served: Served | None, fresh: bool) -> None:
        words.table(self.layout, url, ledger.url, served)
        if fresh:
            words.passwords(self.layout.passwords())
        if served is not None:
            words.phone(url, served)
        words.ending()

    def _note(self, parts: Parts, url: str) -> None:
        own = mark(os.getpid())
        assert own is not None
        marks = {"up": own, **parts.marks()}
        shown = {name: {"pid": one.pid, "born": one.born} for name, one in marks.items()}
        data = {"url": url, "lan": self.lan, "processes": shown}
        write_atomically(self.layout.running, json.dumps(data, indent=1).encode())


# ---------------------------------------------------------------------- from outside


def _running(layout: Layout) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(layout.running.read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def _marks(found: dict[str, Any]) -> dict[str, ProcessMark]:
    shown = found.get("processes", {})
    return {name: ProcessMark(one["pid"], one["born"]) for name, one in shown.items() if name != "up"}


def stop_running(layout: Layout) -> int:
    """``make down``: end the run that goes on, and wait until it has."""
    own = _running(layout).get("processes", {}).get("up")
    if not is_held(layout.lock) or own is None:
        print("nothing runs  没有在运行")
        return 0
    gone = end(ProcessMark(own["pid"], own["born"]), grace=_STOP_LIMIT, wait=5.0)
    print("stopped; all data is kept  已停止，数据保留" if gone else "it does not end  未能停止")
    return 0 if gone else 1


def detach(layout: Layout, arguments: list[str]) -> int:
    """``make up DETACH=1``: leave it running in the background, once it is ready."""
    log = layout.logs / "up.log"
    layout.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    child = subprocess.Popen(
        [sys.executable, "-m", "scripts.up", *(one for one in arguments if one != "--detach")],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=descriptor,
        stderr=descriptor,
        start_new_session=True,
    )
    os.close(descriptor)
    own = mark(child.pid)
    while child.poll() is None:
        found = _running(layout)
        started = found.get("processes", {}).get("up", {}).get("pid") == child.pid
        if started and found["url"] and own is not None and is_alive(own):
            break
        time.sleep(_TICK)
    print(log.read_text(encoding="utf-8"), end="", flush=True)
    return child.poll() or 0


def main() -> int:
    """Start, or stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lan", action="store_true", help="serve https on the local network, for phones")
    parser.add_argument("--port", type=int, help="port of the service; any free one if not given")
    parser.add_argument("--demo", type=Path, help="serve what make demo left in that folder")
    parser.add_argument("--folder", type=Path, default=ROOT / "up", help="where everything is kept")
    parser.add_argument("--detach", action="store_true", help="come back once it runs; make down ends it")
    parser.add_argument("--stop", action="store_true", help="end the one that runs")
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    layout = Layout.of_demo(options.demo.resolve()) if options.demo else Layout(options.folder.resolve())
    if layout.demo is not None and not (layout.demo / "report.md").exists():
        print(
            f"{layout.demo} holds no demo that went to its end; run make demo first  请先运行 make demo",
            file=sys.stderr,
        )
        return 1
    layout.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if options.stop:
        return stop_running(layout)
    if options.detach:
        return detach(layout, sys.argv[1:])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    try:
        return Up(layout, options.lan, options.port, stop).run()
    except Stopped:
        words.say("stopped", "已停止")
        return 0
    except YinxinError as error:
        print(f"{error.message}" + (f"; {error.fix}" if error.fix else ""), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
