"""What tests/conftest.py promises to every test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError


def test_a_test_cannot_open_an_internet_socket() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_a_test_cannot_ask_for_a_name() -> None:
    with pytest.raises(SocketBlockedError):
        socket.getaddrinfo("example.invalid", 80)


def test_a_test_may_use_unix_sockets() -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"x")
        assert right.recv(1) == b"x"


@pytest.mark.loopback
def test_a_loopback_test_reaches_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            accepted, _ = server.accept()
            with accepted:
                client.sendall(b"x")
                assert accepted.recv(1) == b"x"


@pytest.mark.loopback
def test_a_loopback_test_reaches_no_other_machine() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_the_home_folder_is_not_the_users() -> None:
    assert Path.home().name.startswith("yx-home-")
    assert "YINXIN_HOME" not in os.environ


def test_built_tools_are_still_found(yinxin_home: Path) -> None:
    assert not Path(os.environ["YINXIN_CACHE"]).is_relative_to(Path.home())
    assert os.environ["YINXIN_HOME"] == str(yinxin_home)


_PLUGINS = ("-p", "no:cacheprovider", "-p", "tests.plugins.skips", "-c", os.devnull)


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("def test_it(): pass", 0, "1 passed"),
        ("import pytest\ndef test_it(): pytest.skip('it rains')", 1, "it rains"),
        ("import pytest\npytest.skip('it rains', allow_module_level=True)", 1, "it rains"),
        (
            "import pytest\n@pytest.mark.xfail(reason='later')\ndef test_it(): assert False",
            1,
            "expected to fail: later",
        ),
        ("import pytest\ndef test_it(): pytest.skip('no Kubo: there is none')", 0, "1 skipped"),
        ("", 5, "no tests"),
    ],
    ids=["no-skip", "unlisted-skip", "unlisted-module", "unlisted-xfail", "listed-skip", "no-tests"],
)
def test_a_skip_counts_against_the_run_unless_it_is_listed(tmp_path: Path, body: str, code: int, said: str) -> None:
    (tmp_path / "test_one.py").write_text(body, encoding="utf-8")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_PLUGINS, str(tmp_path)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout + done.stderr
