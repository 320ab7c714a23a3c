"""A private Kubo node: found, set up, started and stopped.

The node speaks to nobody but peers with the same swarm key, over TCP on loopback; its RPC is a unix socket in its own
folder. It runs while any process uses it and ends after the last one, however that ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chain.documents._files import locked, make_private_directory
from chain.documents.cids import CHUNK, LINKS
from chain.kernel.errors import Unavailable
from chain.kernel.home import write_atomically

KUBO_VERSION = "0.39.0"
"""The version that scripts/kubo/build makes and the tests run."""

OLDEST = (0, 37, 0)
NEWEST = (1, 0, 0)
"""Supported versions: from OLDEST on, below NEWEST."""

_MAX_SOCKET_PATH = 100
_OTHERS = 10
_started: list[subprocess.Popen[bytes]] = []
_FIX = "run `make kubo` to build it once with Go, or put an `ipfs` of version 0.37 or newer on PATH"


def cache_folder() -> Path:
    """Where built programs lie: YINXIN_CACHE, else XDG_CACHE_HOME/yinxin, else ~/.cache/yinxin."""
    if own := os.environ.get("YINXIN_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "yinxin"


def built_binary() -> Path:
    """Where scripts/kubo/build puts its result."""
    return cache_folder() / "kubo" / KUBO_VERSION / "ipfs"


def parse_version(text: str) -> tuple[int, int, int] | None:
    """``0.39.0`` (and ``0.39.0-dev`` and the like) as numbers, or None."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def is_supported(version: tuple[int, int, int] | None) -> bool:
    """True within ``OLDEST <= version < NEWEST``."""
    return version is not None and OLDEST <= version < NEWEST


def version_of(binary: Path) -> tuple[int, int, int] | None:
    """Version of an ``ipfs`` program, or None if it does not run."""
    try:
        done = subprocess.run([str(binary), "version", "-n"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(done.stdout) if done.returncode == 0 else None


def find_binary() -> Path | None:
    """The ``ipfs`` on PATH if its version is supported, else the built one, else None."""
    on_path = shutil.which("ipfs")
    for known in ([Path(on_path)] if on_path else []) + [built_binary()]:
        if known.is_file() and is_supported(version_of(known)):
            return known
    return None


def new_swarm_key() -> str:
    """A fresh pre-shared key of a private swarm: secret text for the file ``swarm.key``."""
    return f"/key/swarm/psk/1.0.0/\n/base16/\n{secrets.token_hex(32)}\n"


class KuboNode:
    """A private node whose repository is the folder ``path``; also a context manager."""

    def __init__(self, path: Path, *, swarm_key: str | None = None, binary: Path | None = None) -> None:
        """Nothing is touched before :meth:`start`.

        Args:
            path: folder of the repository.
            swarm_key: text for ``swarm.key`` when the repository is made; by default a fresh one.
            binary: an ``ipfs`` program; by default the one :func:`find_binary` finds.
        """
        self.path = path.resolve()
        self._swarm_key = swarm_key
        self._binary = binary
        self._lease: int | None = None

    @property
    def socket_path(self) -> Path:
        """The RPC's unix socket; elsewhere if the path is too long, or has capitals, which HTTP clients do not keep."""
        own = self.path / "api.sock"
        if len(os.fsencode(own)) <= _MAX_SOCKET_PATH and str(own) == str(own).lower():
            return own
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        temporary = tempfile.gettempdir()
        base = temporary if temporary == temporary.lower() else "/tmp"  # noqa: S108 - a folder of one's own in it
        return Path(base) / f"yinxin-kubo-{os.getuid()}" / f"{name}.sock"

    @property
    def api(self) -> str:
        """Multiaddr of the RPC, for IpfsStore."""
        return f"/unix{self.socket_path}"

    def start(self, *, timeout: float = 60.0) -> KuboNode:
        """Start the node, or join the one that other processes use already; returns once it answers.

        Raises:
            Unavailable: no program, a broken repository, or no answer within ``timeout`` seconds.
        """
        if self._lease is not None:
            return self
        make_private_directory(self.path)
        lease = os.open(self.path / "users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lease, fcntl.LOCK_SH)
            with locked(self.path / "start.lock"):
                if not self.is_running():
                    self._launch(timeout)
        except BaseException:
            os.close(lease)
            raise
        self._lease = lease
        return self

    def stop(self) -> None:
        """Stop using the node; if nobody else does, wait until it has ended."""
        if self._lease is None:
            return
        os.close(self._lease)
        self._lease = None
        limit = time.monotonic() + 30
        others = 0  # looks in a row at which somebody held the lock: the watcher does for a moment, a user all the time
        while time.monotonic() < limit:
            with locked(self.path / "users", wait=False) as alone:
                pass
            with locked(self.path / "watch.lock", wait=False) as ended:
                pass
            others = 0 if alone else others + 1
            if ended or (others > _OTHERS and self.is_running()):
                break
            time.sleep(0.05)
        _started[:] = [process for process in _started if process.poll() is None]

    def __enter__(self) -> KuboNode:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def is_running(self) -> bool:
        """True if the node answers."""
        try:
            self.call("version", timeout=5)
        except Unavailable:
            return False
        return True

    def call(self, command: str, *arguments: str, timeout: float = 30, **options: str) -> Any:
        """One RPC call whose answer is JSON (``swarm/connect`` and the like, which the client library lacks).

        Raises:
            Unavailable: no answer, or an error from the node.
        """
        query = "&".join([f"arg={quote(item)}" for item in arguments] + [f"{k}={quote(v)}" for k, v in options.items()])
        connection = _UnixConnection(self.socket_path, timeout)
        try:
            connection.request("POST", f"/api/v0/{command}?{query}", headers={"Host": "localhost"})
            answer = connection.getresponse()
            body = answer.read(1 << 20)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"IPFS node {self.path} does not answer: {error}", code="ipfs.unreachable") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise Unavailable(f"IPFS node: {command}: {body[:300]!r}", code="ipfs.error")
        return json.loads(body) if body else None

    def peer_id(self) -> str:
        """The node's libp2p identity."""
        return str(self.call("id")["ID"])

    def connect(self, other: KuboNode) -> None:
        """Connect to another node of the same swarm on this machine. Raises Unavailable."""
        facts = other.call("id")
        for address in facts["Addresses"]:
            if address.startswith("/ip4/127.0.0.1/tcp/"):
                self.call("swarm/connect", address)
                return
        raise Unavailable("the other node listens nowhere on loopback", code="ipfs.swarm")

    # ------------------------------------------------------------------ inside

    def _launch(self, timeout: float) -> None:
        binary = self._binary or find_binary()
        if binary is None:
            raise Unavailable("no IPFS node program (ipfs) was found", code="ipfs.missing", fix=_FIX)
        if not is_supported(version_of(binary)):
            raise Unavailable(f"{binary} is of an unsupported version", code="ipfs.version", fix=_FIX)
        self._clear_dead_socket()
        env = self._environment()
        if not (self.path / "config").exists():
            self._init(binary, env)
        self._configure()
        log = self.path / "daemon.log"
        with log.open("wb") as out:
            watcher = subprocess.Popen(
                [sys.executable, "-I", str(Path(__file__).with_name("_kubo_watch.py")), str(self.path), str(binary)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, start_new_session=True, close_fds=True,
            )  # fmt: skip
        _started.append(watcher)
        limit = time.monotonic() + timeout
        while time.monotonic() < limit:
            if self.is_running():
                return
            if watcher.poll() is not None:
                break
            time.sleep(0.05)
        watcher.terminate()
        watcher.wait()
        said = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise Unavailable(f"the IPFS node did not start: {' / '.join(said)}", code="ipfs.start", fix=f"see {log}")

    def _environment(self) -> dict[str, str]:
        keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        own = {"IPFS_PATH": str(self.path), "HOME": str(self.path), "LIBP2P_FORCE_PNET": "1", "IPFS_TELEMETRY": "off"}
        return keep | own

    def _init(self, binary: Path, env: dict[str, str]) -> None:
        (self.path / "swarm.key").write_text(self._swarm_key or new_swarm_key())
        (self.path / "swarm.key").chmod(0o600)
        command = [str(binary), "init", "--empty-repo", "--algorithm", "ed25519"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise Unavailable(f"ipfs init: {done.stderr.strip()[-300:]}", code="ipfs.init")

    def _configure(self) -> None:
        try:
            config = json.loads((self.path / "config").read_text())
        except (OSError, ValueError) as error:
            raise Unavailable(f"{self.path}/config: {error}", code="ipfs.config") from error
        wanted = _private(config, self.api)
        if wanted != config:
            write_atomically(self.path / "config", json.dumps(wanted, indent=2).encode())

    def _clear_dead_socket(self) -> None:
        path = self.socket_path
        if path.parent != self.path:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if path.parent.stat().st_uid != os.getuid() or path.parent.stat().st_mode & 0o077:
                raise Unavailable(f"{path.parent} belongs to somebody else", code="ipfs.socket", fix="remove it")
        path.unlink(missing_ok=True)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _private(config: dict[str, Any], api: str) -> dict[str, Any]:
    """``config`` with everything that a private, offline-capable, durable node needs."""
    out: dict[str, Any] = json.loads(json.dumps(config))
    nowhere: list[str] = []
    out["Addresses"] = {"API": api, "Gateway": nowhere, "Swarm": ["/ip4/127.0.0.1/tcp/0"]}
    out["Addresses"] |= {"Announce": nowhere, "AppendAnnounce": nowhere, "NoAnnounce": nowhere}
    out["AutoConf"] = {"Enabled": False}
    out["AutoTLS"] = {"Enabled": False}
    out["AutoNAT"] = {"ServiceMode": "disabled"}
    out["Bootstrap"] = nowhere
    out["DNS"] = {"Resolvers": {}}
    out["Discovery"] = {"MDNS": {"Enabled": False}}
    out["Ipns"] = out.get("Ipns", {}) | {"DelegatedPublishers": nowhere}
    out["Routing"] = {"Type": "none", "DelegatedRouters": nowhere}
    out["Provide"] = {"Enabled": False}
    out["Version"] = {"SwarmCheckEnabled": False}
    out["Import"] = {"CidVersion": 1, "HashFunction": "sha2-256", "UnixFSRawLeaves": True}
    out["Import"] |= {"UnixFSChunker": f"size-{CHUNK}", "UnixFSFileMaxLinks": LINKS}
    off = ("QUIC", "Websocket", "WebTransport", "WebRTCDirect", "Relay")
    out["Swarm"] = {
        "DisableNatPortMap": True,
        "EnableHolePunching": False,
        "RelayClient": {"Enabled": False},
        "RelayService": {"Enabled": False},
        "Transports": {"Network": {"TCP": True} | dict.fromkeys(off, False)},
    }
    for mount in out["Datastore"]["Spec"].get("mounts", []):
        for store in (mount, mount.get("child", {})):
            if store.get("type") == "flatfs":
                store["sync"] = True
    return out
