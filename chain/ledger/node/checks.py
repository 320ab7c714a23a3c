"""What can be wrong with the embedded node on this machine: each check names the exact fault and its fix."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chain.kernel.errors import YinxinError
from chain.ledger.node.binary import VERSION, find_anvil, package_name, version_of
from chain.ledger.node.client import node_status
from chain.ledger.node.config import read_config
from chain.ledger.node.contracts import read_contracts
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.process import network_can_be_cut

_LEAST_FREE = 512 * 2**20


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: what was looked at.
        ok: True sound, False broken, None worth knowing but not broken.
        detail: what was found.
        fix: what to do, or None.
    """

    name: str
    ok: bool | None
    detail: str
    fix: str | None = None


def check_program(_folder: Path) -> Check:
    """Is there an EVM program for this machine?"""
    try:
        return Check("node program", True, f"{find_anvil()} ({package_name()})")
    except YinxinError as error:
        return Check("node program", False, error.message, error.fix)


def check_version(_folder: Path) -> Check:
    """Is it the version that was tested?"""
    try:
        found = version_of(find_anvil())
    except YinxinError as error:
        return Check("node version", False, error.message, error.fix)
    if found == VERSION:
        return Check("node version", True, f"anvil {found}")
    return Check(
        "node version",
        None,
        f"anvil {found}; {VERSION} was tested",
        "run `make setup`, or unset YINXIN_ANVIL to use the tested one",
    )


def check_network(_folder: Path) -> Check:
    """Can the EVM process be cut off the network?"""
    if network_can_be_cut():
        return Check("node network", True, "the EVM process runs without network")
    return Check(
        "node network",
        None,
        "no empty network namespace to be had: the EVM process keeps an untold loopback port, shut to web pages",
        "let unprivileged user namespaces, or share this machine with nobody",
    )


def check_folder(folder: Path) -> Check:
    """Is the folder ours alone and writable?"""
    place = NodeDir.at(folder)
    name = "node folder"
    if not place.path.exists():
        parent = next(one for one in place.path.parents if one.exists())
        if os.access(parent, os.W_OK | os.X_OK):
            return Check(name, True, f"{place.path} (not there yet)")
        return Check(name, False, f"{parent} is not writable", "choose another folder with --home, or change its owner")
    found = place.path.stat()
    if found.st_uid != os.geteuid():
        return Check(name, False, f"{place.path} belongs to user {found.st_uid}", f"chown -R $(id -u) {place.path}")
    if not os.access(place.path, os.R_OK | os.W_OK | os.X_OK):
        return Check(name, False, f"{place.path} is not writable", f"chmod 700 {place.path}")
    if found.st_mode & 0o077:
        return Check(
            name, None, f"{place.path} is open to others (mode {found.st_mode & 0o777:o})", f"chmod 700 {place.path}"
        )
    return Check(name, True, str(place.path))


def check_space(folder: Path) -> Check:
    """Is there room for snapshots?"""
    place = NodeDir.at(folder).path
    there = place if place.exists() else next(one for one in place.parents if one.exists())
    free = shutil.disk_usage(there).free
    detail = f"{free / 2**30:.1f} GiB free on the disk of {there}"
    if free < _LEAST_FREE:
        return Check("node disk", False, detail, f"free at least {_LEAST_FREE // 2**20} MiB")
    return Check("node disk", True, detail)


def check_settings(folder: Path) -> Check:
    """Are node.toml and contracts.json readable?"""
    place = NodeDir.at(folder)
    try:
        read_config(place)
        contracts = read_contracts(place.contracts)
    except YinxinError as error:
        return Check("node settings", False, error.message, error.fix)
    return Check("node settings", True, f"{len(contracts)} contracts take transactions from strangers")


def check_port(folder: Path) -> Check:
    """Can the gateway listen where it shall?"""
    place = NodeDir.at(folder)
    try:
        config = read_config(place)
        if node_status(folder).running:
            return Check("node port", True, "in use by this node")
    except YinxinError as error:
        return Check("node port", False, error.message, error.fix)
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            where = f"{config.host} port {config.port}"
            return Check(
                "node port", False, f"cannot listen on {where}: {error.strerror}", f"choose another in {place.config}"
            )
    return Check("node port", True, f"{config.host}, {f'port {config.port}' if config.port else 'a free port'}")


def check_running(folder: Path) -> Check:
    """Does the node answer, if it runs?"""
    status = node_status(folder)
    if not status.running:
        return Check("node", None, "not running; commands start it when they need it", "yinxin node start")
    if status.health is None:
        return Check("node", False, "a supervisor has the folder but does not answer", f"read {NodeDir.at(folder).log}")
    head = status.health["head"]
    return Check("node", True, f"chain {status.health['chainId']}, block {head['number']}, {status.url}")


CHECKS: tuple[Callable[[Path], Check], ...] = (
    check_program,
    check_version,
    check_network,
    check_folder,
    check_space,
    check_settings,
    check_port,
    check_running,
)


def run_checks(folder: Path) -> tuple[Check, ...]:
    """All checks of the node in ``folder``, in order."""
    return tuple(check(folder) for check in CHECKS)
