"""A private node: found, isolated, shared, and gone when nobody uses it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chain.documents import kubo
from chain.documents.kubo import KuboNode, find_binary, is_supported, new_swarm_key, parse_version
from chain.documents.stores.ipfs import IpfsStore
from chain.kernel.errors import Unavailable

ROOT = Path(__file__).resolve().parents[3]


def test_the_pinned_version_is_the_one_that_is_built() -> None:
    text = (ROOT / "scripts" / "kubo" / "go.mod").read_text()
    assert re.findall(r"github\.com/ipfs/kubo v(\S+)", text) == [kubo.KUBO_VERSION]
    script = (ROOT / "scripts" / "kubo" / "build").read_text()
    assert f"RANGE = ({kubo.OLDEST}, {kubo.NEWEST})" in script


@pytest.mark.parametrize(
    ("text", "supported"),
    [("0.39.0", True), ("0.37.0-rc1", True), ("0.36.9", False), ("1.0.0", False), ("", False), ("ipfs", False)],
)
def test_versions(text: str, supported: bool) -> None:
    assert is_supported(parse_version(text)) is supported


def program(folder: Path, answer: str) -> Path:
    path = folder / "ipfs"
    path.write_text(f"#!/bin/sh\necho {answer}\n")
    path.chmod(0o755)
    return path


class TestFinding:
    def test_the_one_on_path_goes_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        found = program(tmp_path, "0.40.1")
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        assert find_binary() == found

    def test_an_old_one_on_path_is_passed_over(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        program(tmp_path, "0.12.0")
        built = tmp_path / "cache" / "kubo" / kubo.KUBO_VERSION
        built.mkdir(parents=True)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        monkeypatch.setenv("YINXIN_CACHE", str(tmp_path / "cache"))
        assert find_binary() is None
        assert find_binary() != program(built, kubo.KUBO_VERSION)
        assert find_binary() == built / "ipfs"

    def test_the_build_script_takes_what_is_there(self, tmp_path: Path) -> None:
        found = program(tmp_path, "0.39.0")
        environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        done = subprocess.run(
            [ROOT / "scripts/kubo/build"], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout == f"{found}\n"
        assert done.stderr == ""

    def test_the_build_script_says_what_is_missing(self, tmp_path: Path) -> None:
        for name in ("python3", "env", "sh"):
            real = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
            (tmp_path / name).symlink_to(os.path.realpath(real) if name != "python3" else sys.executable)
        environment = {"PATH": str(tmp_path), "YINXIN_CACHE": str(tmp_path / "cache"), "HOME": str(tmp_path)}
        script = str(ROOT / "scripts/kubo/build")
        done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "no Go" in done.stderr
        (tmp_path / "go").write_text("#!/bin/sh\necho go1.19.8\n")
        (tmp_path / "go").chmod(0o755)
        done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "1.19.8" in done.stderr
        assert not (tmp_path / "cache" / "kubo" / kubo.KUBO_VERSION / "ipfs").exists()

    def test_without_a_program_the_fix_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("YINXIN_CACHE", str(tmp_path))
        with pytest.raises(Unavailable) as caught:
            KuboNode(tmp_path / "node").start()
        assert caught.value.code == "ipfs.missing"
        assert caught.value.fix is not None
        assert "make kubo" in caught.value.fix


class TestRunning:
    def test_it_speaks_to_nobody(self, kubo_nodes: tuple[KuboNode, KuboNode]) -> None:
        node = kubo_nodes[0]
        config = json.loads((node.path / "config").read_text())
        assert config["Bootstrap"] == []
        assert config["Routing"]["Type"] == "none"
        assert config["AutoConf"] == {"Enabled": False}
        assert config["Addresses"]["API"] == node.api
        assert config["Addresses"]["Gateway"] == []
        assert config["Discovery"]["MDNS"] == {"Enabled": False}
        flatfs = [mount for mount in config["Datastore"]["Spec"]["mounts"] if "blocks" in mount["mountpoint"]]
        assert (flatfs[0].get("child") or flatfs[0])["sync"] is True
        listening = node.call("id")["Addresses"]
        assert listening
        assert all(address.startswith("/ip4/127.0.0.1/tcp/") for address in listening)
        assert {peer["Peer"] for peer in node.call("swarm/peers")["Peers"]} == {kubo_nodes[1].peer_id()}
        assert (node.path / "swarm.key").stat().st_mode & 0o077 == 0

    def test_a_stranger_does_not_get_into_the_swarm(
        self, kubo_nodes: tuple[KuboNode, KuboNode], kubo_program: Path, tmp_path: Path
    ) -> None:
        with KuboNode(tmp_path / "stranger", swarm_key=new_swarm_key(), binary=kubo_program) as stranger:
            with pytest.raises(Unavailable):
                stranger.connect(kubo_nodes[0])

    def test_content_and_identity_outlive_a_restart(self, kubo_program: Path, tmp_path: Path) -> None:
        node = KuboNode(tmp_path / "node", binary=kubo_program)
        with node:
            identity = node.peer_id()
        assert not node.is_running()
        with node:
            assert node.peer_id() == identity
        assert not node.is_running()

    def test_it_runs_until_its_last_user_leaves(self, kubo_program: Path, tmp_path: Path) -> None:
        first = KuboNode(tmp_path / "node", binary=kubo_program).start()
        second = KuboNode(tmp_path / "node", binary=kubo_program).start()
        first.stop()
        assert second.is_running()
        second.stop()
        assert not second.is_running()

    def test_it_survives_its_starter_and_ends_when_its_last_user_is_killed(
        self, kubo_program: Path, tmp_path: Path
    ) -> None:
        code = (
            "import sys,pathlib; from chain.documents.kubo import KuboNode\n"
            "KuboNode(pathlib.Path(sys.argv[1]), binary=pathlib.Path(sys.argv[2])).start(); print('up', flush=True)\n"
            "sys.stdin.read()"
        )
        starter = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "node"), str(kubo_program)],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert starter.stdout is not None
        assert starter.stdin is not None
        assert starter.stdout.readline() == b"up\n"
        node = KuboNode(tmp_path / "node", binary=kubo_program).start()
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        starter.stdin.close()
        starter.stdout.close()
        assert node.is_running()
        node.stop()
        assert not node.is_running()
        assert _daemons(tmp_path) == []

    def test_a_killed_daemon_is_started_again(self, kubo_program: Path, tmp_path: Path) -> None:
        node = KuboNode(tmp_path / "node", binary=kubo_program).start()
        for process in _daemons(tmp_path):
            os.kill(process, signal.SIGKILL)
        limit = time.monotonic() + 60
        while node.is_running() and time.monotonic() < limit:
            pass
        again = KuboNode(tmp_path / "node", binary=kubo_program).start()
        assert again.is_running()
        again.stop()
        node.stop()
        assert not node.is_running()

    @pytest.mark.parametrize("folder", ["a" * 100, "Capitals"])
    def test_a_long_path_or_capitals_are_no_hindrance(self, kubo_program: Path, tmp_path: Path, folder: str) -> None:
        deep = tmp_path / folder / "node"
        with KuboNode(deep, binary=kubo_program) as node:
            store = IpfsStore(node.api)
            assert store.get(store.put(b"there")) == b"there"
            store.close()
            assert deep not in node.socket_path.parents
            assert node.socket_path.parent.stat().st_mode & 0o077 == 0
        node.socket_path.unlink(missing_ok=True)

    def test_a_broken_configuration_is_said(self, kubo_program: Path, tmp_path: Path) -> None:
        (tmp_path / "node").mkdir()
        (tmp_path / "node" / "config").write_text("{")
        with pytest.raises(Unavailable) as caught:
            KuboNode(tmp_path / "node", binary=kubo_program).start()
        assert caught.value.code == "ipfs.config"

    def test_a_node_that_does_not_start_says_why(self, kubo_program: Path, tmp_path: Path) -> None:
        with KuboNode(tmp_path / "node", binary=kubo_program):
            pass
        (tmp_path / "node" / "swarm.key").unlink()
        with pytest.raises(Unavailable) as caught:
            KuboNode(tmp_path / "node", binary=kubo_program).start(timeout=20)
        assert caught.value.code == "ipfs.start"
        assert "private" in caught.value.message.lower() or "swarm" in caught.value.message.lower()
        assert _daemons(tmp_path) == []


def _daemons(folder: Path) -> list[int]:
    """Process ids of daemons whose repository lies below ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"\0daemon\0" in command and f"IPFS_PATH={folder}".encode() in environment:
            found.append(int(process.name))
    return found
