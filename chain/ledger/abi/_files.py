"""Reads the committed files beside it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from chain.kernel.errors import NotFound


@cache
def _read(name: str) -> Any:
    try:
        return msgspec.json.decode(files(__package__).joinpath(name).read_bytes())
    except FileNotFoundError as error:
        raise NotFound(f"no committed file {name}", code="abi.unknown", field="name") from error


def contract_abi(name: str) -> list[dict[str, Any]]:
    """JSON ABI of a contract, by its name. Shared: treat it as read-only.

    Raises:
        NotFound: no such contract.
    """
    abi: list[dict[str, Any]] = _read(f"{name}.json")
    return abi


def bytecode_digests() -> dict[str, dict[str, str]]:
    """Committed SHA-256 (hexadecimal) of ``creation`` and ``runtime`` bytecode per contract name."""
    digests: dict[str, dict[str, str]] = _read("bytecode.sha256.json")["contracts"]
    return digests
