"""What can be wrong with stores, vault and IPFS: each check names the exact fault and its fix."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chain.documents.kubo import KUBO_VERSION, KuboNode, built_binary, find_binary, is_supported, version_of
from chain.kernel.errors import YinxinError
from chain.kernel.home import Home

_LEAST_FREE = 256 << 20
_FIX_PROGRAM = "run `make kubo` to build it once with Go, or put an `ipfs` of version 0.37 or newer on PATH"


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: what was looked at.
        ok: True sound, False broken, None could not tell.
        detail: what was found.
        fix: what to do, or None.
    """

    name: str
    ok: bool | None
    detail: str
    fix: str | None = None


def document_checks(home: Home) -> Iterator[Check]:
    """Every check that this home's settings call for."""
    settings = home.settings.documents
    yield from check_local(home.resolve(settings.blobs), in_use=settings.store == "local")
    yield from check_vault(home / "vault", home / "tombstones")
    if settings.store == "ipfs":
        yield from check_ipfs(settings.ipfs_api)
    elif settings.store == "kubo":
        yield from check_program()
        yield from check_repository(home.resolve(settings.kubo))
    else:
        yield Check("ipfs", True, "not in use: records lie in the local store; `yinxin blobs push` copies them to IPFS")


def check_local(folder: Path, *, in_use: bool) -> Iterator[Check]:
    """The local store: can it be written, is its index sound, is there room?"""
    if not folder.is_dir():
        yield Check(
            "local store", True, f"{folder} is made when the first record is stored" if in_use else "not in use"
        )
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Check("local store", False, f"{folder} cannot be written", f"chmod u+rwx {folder}, or correct its owner")
        return
    fault = _sqlite_fault(folder / "index.sqlite")
    if fault:
        fix = f"delete {folder / 'index.sqlite'}*; it is made again from the segments"
        yield Check("local store", False, f"its index is broken: {fault}", fix)
        return
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        yield Check("local store", False, f"{free >> 20} MiB free at {folder}", "make room on that disk")
        return
    yield Check("local store", True, f"{folder}, {free >> 30} GiB free")


def check_vault(folder: Path, tombstones: Path) -> Iterator[Check]:
    """The key vault's files, without its master key: are they whole, and for their owner's eyes only?"""
    if not folder.is_dir():
        yield Check("key vault", True, "none made yet")
        return
    missing = [name for name in ("keys.sqlite", "keyslot") if not (folder / name).is_file()]
    if missing:
        fix = "restore the vault's folder as a whole from one backup, and keep the present tombstones"
        yield Check("key vault", False, f"{', '.join(missing)} missing in {folder}", fix)
        return
    fault = _sqlite_fault(folder / "keys.sqlite")
    if fault:
        yield Check("key vault", False, f"keys.sqlite: {fault}", "restore the vault's folder from a backup")
        return
    if folder.stat().st_mode & 0o077:
        yield Check("key vault", False, f"others can look into {folder}", f"chmod 700 {folder}")
        return
    known = f"tombstones in {tombstones}" if tombstones.is_file() else "nothing shredded yet"
    yield Check("key vault", True, f"{folder}; {known}")


def check_program() -> Iterator[Check]:
    """Is there an ``ipfs`` program of a supported version?"""
    found = find_binary()
    if found is not None:
        version = ".".join(map(str, version_of(found) or ()))
        yield Check(
            "ipfs program",
            True,
            f"{found} {version}" + ("" if version == KUBO_VERSION else f" ({KUBO_VERSION} was tested)"),
        )
        return
    on_path = shutil.which("ipfs")
    if on_path:
        version = ".".join(map(str, version_of(Path(on_path)) or ())) or "unknown: it does not run"
        yield Check("ipfs program", False, f"{on_path} is of unsupported version {version}", _FIX_PROGRAM)
    elif built_binary().exists() and not is_supported(version_of(built_binary())):
        yield Check("ipfs program", False, f"{built_binary()} does not run", "delete it and run `make kubo`")
    else:
        yield Check("ipfs program", False, "no `ipfs` on PATH and none built", _FIX_PROGRAM)


def check_repository(folder: Path) -> Iterator[Check]:
    """The private node's repository: made, ours, and does the node answer if it runs?"""
    if not (folder / "config").exists():
        yield Check("ipfs repository", True, f"{folder} is made when the node starts first")
        return
    if not (folder / "swarm.key").is_file():
        fix = f"put the swarm's key back as {folder / 'swarm.key'}; without it the node would refuse to start"
        yield Check("ipfs repository", False, "swarm.key is missing", fix)
        return
    node = KuboNode(folder)
    running = "runs" if node.is_running() else "is not running; commands start it as needed"
    yield Check("ipfs repository", True, f"{folder}; the node {running}")


def check_ipfs(api: str) -> Iterator[Check]:
    """Does the configured node answer, and is its version supported?"""
    from chain.documents.stores.ipfs import IpfsStore

    try:
        store = IpfsStore(api, timeout=10)
    except YinxinError as error:
        yield Check("ipfs node", False, error.message, error.fix)
        return
    store.close()
    yield Check("ipfs node", True, f"{store.name} at {api}")


def _sqlite_fault(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            database.close()
    except sqlite3.Error as error:
        return str(error)
    return None if found == "ok" else found
