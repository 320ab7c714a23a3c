"""Sockets are shut; ``@pytest.mark.loopback`` opens 127.0.0.1 and ::1, and nothing beyond them.

The doors are pytest-socket's (``--disable-socket --allow-unix-socket`` in pytest.ini). What runs in a
sub-process is not held by them.
"""

from __future__ import annotations

import pytest

LOOPBACK = ["127.0.0.1", "::1"]


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker."""
    config.addinivalue_line("markers", "loopback: the test talks to this machine by TCP, and to no other")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Turn ``loopback`` into the list of hosts that pytest-socket lets through."""
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
