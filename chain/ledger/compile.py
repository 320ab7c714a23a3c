"""Compiles contracts/ with py-solc-x from the sources at hand, by the same settings as hardhat.config.js.

Every source is handed to the compiler inside its standard JSON input under the name Hardhat gives it, so the compiler
reads no file by itself and both tools produce the same bytecode. ``chain/ledger/abi/bytecode.sha256.json`` holds the
digests that a fresh compilation must reproduce.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import solcx
from packaging.version import Version
from solcx.exceptions import SolcError

from chain.kernel.errors import InvalidInput, NotFound, Unavailable

SOLC_VERSION = "0.8.37"
"""The one compiler release our bytecode digests are made with."""

CONTRACTS = ("BureauRegistry", "AnchorLog", "KeyHolderRegistry", "TenderBook", "TenderProceedings")
"""Contracts that get deployed, in the order in which they are."""

SETTINGS: dict[str, Any] = {
    "evmVersion": "prague",
    "optimizer": {"enabled": True, "runs": 200},
    "metadata": {"bytecodeHash": "none", "appendCBOR": False},
}
"""Compiler settings; equal to those in hardhat.config.js and foundry.toml."""

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: holds contracts/, node_modules/ and scripts/solc."""

_OUTPUT = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"]
_IMPORT = re.compile(r"""^\s*import\s+(?:[^;"']*?\bfrom\s+)?["']([^"']+)["']\s*;""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler executable.

    Attributes:
        path: the executable.
        kind: ``explicit`` (YINXIN_SOLC or an argument), ``native`` (installed by solcx) or ``wrapper`` (scripts/solc).
        version: its release.
    """

    path: Path
    kind: str
    version: str = SOLC_VERSION

    def describe(self) -> str:
        """One phrase for people."""
        what = {
            "explicit": "named explicitly",
            "native": "native, installed by solcx",
            "wrapper": "npm soljson by the wrapper",
        }
        return f"solc {SOLC_VERSION} ({what[self.kind]}: {self.path})"


@dataclass(frozen=True, slots=True)
class CompiledContract:
    """One contract as the compiler left it.

    Attributes:
        name: contract name.
        abi: JSON ABI.
        creation: creation bytecode, without constructor arguments.
        runtime: runtime bytecode with zeros where immutables go.
        immutables: (start, length) of every place in ``runtime`` that the constructor fills.
    """

    name: str
    abi: list[dict[str, Any]]
    creation: bytes
    runtime: bytes
    immutables: tuple[tuple[int, int], ...]

    def matches(self, code: bytes) -> bool:
        """True if ``code``, found on chain, is this contract, whatever its immutables."""
        if len(code) != len(self.runtime):
            return False
        masked = bytearray(code)
        for start, length in self.immutables:
            masked[start : start + length] = bytes(length)
        return bytes(masked) == self.runtime


@dataclass(frozen=True, slots=True)
class Compilation:
    """What one run of the compiler gave.

    Attributes:
        compiler: which executable did it.
        contracts: by name; holds every name in :data:`CONTRACTS`.
    """

    compiler: Compiler
    contracts: dict[str, CompiledContract]

    def digests(self) -> dict[str, dict[str, str]]:
        """SHA-256 of creation and runtime bytecode per contract, lower-case hexadecimal."""
        return {
            name: {
                "creation": sha256(contract.creation).hexdigest(),
                "runtime": sha256(contract.runtime).hexdigest(),
            }
            for name, contract in sorted(self.contracts.items())
        }


def resolve_compiler(explicit: str | os.PathLike[str] | None = None, *, root: Path = ROOT) -> Compiler:
    """Find the compiler: ``explicit`` or YINXIN_SOLC, else a native one that solcx installed, else scripts/solc.

    Nothing is downloaded; ``solcx.install_solc`` is for the user to run.

    Raises:
        NotFound: none of the three is there.
        InvalidInput: the explicit one is no executable file or of another version.
    """
    named = explicit or os.environ.get("YINXIN_SOLC")
    if named:
        path = Path(named)
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise InvalidInput(
                f"YINXIN_SOLC: {path} is no executable file",
                code="compile.compiler",
                field="YINXIN_SOLC",
                fix=f"name a solc {SOLC_VERSION}, or unset it to use the one that npm installed",
            )
        return _checked(Compiler(path, "explicit"))
    folder = os.environ.get("SOLCX_BINARY_PATH")
    native = (Path(folder) if folder else Path.home() / ".solcx") / f"solc-v{SOLC_VERSION}"
    if native.is_file() and os.access(native, os.X_OK):
        return _checked(Compiler(native, "native"))
    wrapper = root / "scripts" / "solc"
    if wrapper.is_file() and (root / "node_modules" / "solc").is_dir():
        return Compiler(wrapper, "wrapper")
    raise NotFound(
        f"no solc {SOLC_VERSION}: neither YINXIN_SOLC, nor {native}, nor node_modules/solc",
        code="compile.compiler",
        fix="run make setup (npm ci brings the compiler)",
    )


def _checked(compiler: Compiler) -> Compiler:
    try:
        found = solcx.wrapper.get_solc_version(compiler.path)
    except (OSError, ValueError, SolcError, solcx.exceptions.UnexpectedVersionError) as error:
        raise InvalidInput(f"{compiler.path} does not answer as solc: {error}", code="compile.compiler") from error
    if Version(found.base_version) != Version(SOLC_VERSION):
        raise InvalidInput(
            f"{compiler.path} is solc {found}, not {SOLC_VERSION}",
            code="compile.compiler",
            field="YINXIN_SOLC",
            fix=f"use solc {SOLC_VERSION}; other releases give other bytecode",
        )
    return compiler


def read_sources(root: Path = ROOT) -> dict[str, str]:
    """Every .sol file under contracts/ and all they import, by the name the compiler knows them by.

    Raises:
        NotFound: an imported file is missing.
    """
    pending = sorted(path.relative_to(root).as_posix() for path in (root / "contracts").rglob("*.sol"))
    if not pending:
        raise NotFound(f"no Solidity sources under {root / 'contracts'}", code="compile.sources")
    sources: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name in sources:
            continue
        sources[name] = _read_source(root, name)
        pending.extend(_imported(name, target) for target in _IMPORT.findall(sources[name]))
    return dict(sorted(sources.items()))


def _read_source(root: Path, name: str) -> str:
    path = root / name if name.startswith("contracts/") else root / "node_modules" / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"source {name} is missing at {path}", code="compile.sources", fix="run make setup") from error


def _imported(importer: str, target: str) -> str:
    if not target.startswith("."):
        return target
    return os.path.normpath(os.path.join(os.path.dirname(importer), target)).replace(os.sep, "/")


def compile_contracts(*, compiler: str | os.PathLike[str] | Compiler | None = None, root: Path = ROOT) -> Compilation:
    """Compile the sources as they are now.

    Args:
        compiler: an executable, or None to resolve one by :func:`resolve_compiler`.
        root: the checkout.

    Raises:
        NotFound: no compiler, or a source is missing.
        InvalidInput: the sources do not compile, or do so only with warnings.
        Unavailable: the compiler itself failed.
    """
    chosen = compiler if isinstance(compiler, Compiler) else resolve_compiler(compiler, root=root)
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in read_sources(root).items()},
        "settings": {**SETTINGS, "outputSelection": {"*": {"*": _OUTPUT}}},
    }
    try:
        answer = solcx.compile_standard(request, solc_binary=chosen.path)
    except SolcError as error:
        if error.error_dict is not None:
            raise InvalidInput(f"contracts do not compile: {error}", code="compile.sources") from error
        raise Unavailable(f"{chosen.describe()} failed: {error}", code="compile.compiler") from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"{chosen.describe()} failed: {error}", code="compile.compiler") from error
    warnings = [entry["formattedMessage"] for entry in answer.get("errors", ()) if entry["severity"] == "warning"]
    if warnings:
        raise InvalidInput("contracts compile with warnings: " + "".join(warnings), code="compile.warning")
    return Compilation(chosen, {name: _contract(name, answer["contracts"]) for name in CONTRACTS})


def _contract(name: str, units: dict[str, Any]) -> CompiledContract:
    found = [unit[name] for source, unit in units.items() if source.startswith("contracts/") and name in unit]
    if len(found) != 1:
        raise NotFound(f"contract {name} is defined {len(found)} times", code="compile.sources")
    output = found[0]
    deployed = output["evm"]["deployedBytecode"]
    places = sorted(
        (place["start"], place["length"])
        for places in deployed.get("immutableReferences", {}).values()
        for place in places
    )
    return CompiledContract(
        name=name,
        abi=output["abi"],
        creation=bytes.fromhex(output["evm"]["bytecode"]["object"]),
        runtime=bytes.fromhex(deployed["object"]),
        immutables=tuple(places),
    )


def write_reference(compilation: Compilation, folder: Path) -> None:
    """Write ``<Contract>.json`` (ABI) and ``bytecode.sha256.json``, which get committed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, contract in compilation.contracts.items():
        (folder / f"{name}.json").write_bytes(_pretty(contract.abi))
    reference = {"compiler": SOLC_VERSION, "settings": SETTINGS, "contracts": compilation.digests()}
    (folder / "bytecode.sha256.json").write_bytes(_pretty(reference))


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


if __name__ == "__main__":
    _compilation = compile_contracts()
    write_reference(_compilation, Path(__file__).parent / "abi")
    sys.stdout.write(_compilation.compiler.describe() + "\n")
