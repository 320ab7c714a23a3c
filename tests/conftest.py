"""The ground rules of every test; each lives in its own module under tests/plugins.

* ``home``: HOME and YINXIN_HOME are a fresh folder; the cache that holds Kubo stays where it is.
* ``network``: no sockets but unix ones; a test marked ``loopback`` may also talk to this machine.
* ``skips``: a skip without an entry in tests/skips.toml fails the run; counts are written for .ci/run.
* ``examples``: Hypothesis profiles ``dev`` and ``ci``.
* ``vectors``: golden vectors, the same JSON files that Solidity and TypeScript read.
* ``kubo``: the path of a real ``ipfs`` program.
* ``database``: a PostgreSQL server for those who ask; which database the towns work on.
"""

from __future__ import annotations

pytest_plugins = [
    "tests.plugins.home",
    "tests.plugins.network",
    "tests.plugins.skips",
    "tests.plugins.examples",
    "tests.plugins.vectors",
    "tests.plugins.kubo",
    "tests.plugins.database",
]
