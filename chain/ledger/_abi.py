"""Call data, results and reverts of our contracts (Solidity ABI)."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, NotFound, Refused, YinxinError
from chain.ledger._fixes import FIXES

_CONFLICTS = re.compile(r"(?:Already|Not(?:Next|Suspended)|Stale)|(?:Exists|Taken|Overlaps|Closed)\Z")


def call_data(signature: str, *arguments: Any) -> bytes:
    """Selector and ABI encoding for a call such as ``laneHead(bytes18,bytes32)``."""
    types = _types(signature)
    return keccak(signature.encode())[:4] + encode(types, arguments)


def results(types: str, data: str | bytes) -> tuple[Any, ...]:
    """Decode what a call returned; ``types`` as in ``(uint64,bytes32)``.

    Raises:
        Damaged: no ABI encoding of those types; also what a call to an address without code gives.
    """
    raw = bytes.fromhex(data[2:]) if isinstance(data, str) else data
    try:
        return decode(_split(types[1:-1]), raw, strict=True)
    except (DecodingError, OverflowError, UnicodeDecodeError) as error:
        raise Damaged(
            f"a contract's answer is not {types}: {error}", code="ledger.answer", field="contract",
            fix="check that the trust root's addresses and block ranges belong to this chain",
        ) from error  # fmt: skip


@cache
def errors() -> dict[bytes, tuple[str, tuple[tuple[str, str], ...]]]:
    """Custom errors of our contracts: selector to name and (type, name) of each argument."""
    found: dict[bytes, tuple[str, tuple[tuple[str, str], ...]]] = {
        keccak(b"Error(string)")[:4]: ("Error", (("string", "reason"),)),
        keccak(b"Panic(uint256)")[:4]: ("Panic", (("uint256", "code"),)),
    }
    for file in sorted(resources.files("chain.ledger").joinpath("abi").iterdir(), key=lambda path: path.name):
        if not file.name.endswith(".json"):
            continue
        document = json.loads(file.read_text(encoding="utf-8"))
        for entry in document if isinstance(document, list) else ():
            if entry.get("type") == "error":
                inputs = tuple((part["type"], part["name"]) for part in entry["inputs"])
                selector = keccak(f"{entry['name']}({','.join(kind for kind, _ in inputs)})".encode())[:4]
                found[selector] = (entry["name"], inputs)
    return found


def refusal(data: bytes, what: str) -> YinxinError:
    """The error that a revert means, with the custom error's name and arguments.

    Args:
        data: revert data, selector first.
        what: what was tried, such as ``anchor 3 in lane …``.

    Returns:
        Conflict, NotFound or Refused with field and fix; its code is ``ledger.`` and the error's name in snake_case.
    """
    name, inputs = errors().get(data[:4], ("", ()))
    if not name:
        return Refused(f"{what}: reverted ({hex0x(data) if data else 'no reason given'})", code="ledger.reverted")
    try:
        values = decode([kind for kind, _ in inputs], data[4:])
    except (DecodingError, OverflowError, UnicodeDecodeError):
        values = ()
    arguments = ", ".join(f"{label}={_show(kind, value)}" for (kind, label), value in zip(inputs, values, strict=False))
    kind = NotFound if name.startswith("Unknown") else Conflict if _CONFLICTS.search(name) else Refused
    field, fix = FIXES.get(name, ("", ""))
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return kind(f"{what}: {name}({arguments})", code="ledger." + snake, field=field or None, fix=fix or None)


def reverted_with(data: bytes, name: str) -> bool:
    """True if the revert data is the custom error of that name."""
    return errors().get(data[:4], ("", ()))[0] == name


def _show(kind: str, value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    text = value.rstrip(b"\0")
    if kind in ("bytes18", "bytes32") and text and all(0x21 <= byte <= 0x7E for byte in text):
        return text.decode("ascii")
    return hex0x(value)


def _types(signature: str) -> list[str]:
    inner = signature[signature.index("(") + 1 : -1]
    return _split(inner)


def _split(inner: str) -> list[str]:
    out, depth, start = [], 0, 0
    for at, letter in enumerate(inner):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            out.append(inner[start:at])
            start = at + 1
    return [*out, inner[start:]] if inner else []
