"""py-solc-x, Hardhat and what is committed: one bytecode. And how the compiler is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from chain.kernel.errors import InvalidInput, NotFound, Unavailable
from chain.ledger.abi import bytecode_digests, contract_abi
from chain.ledger.compile import (
    CONTRACTS,
    ROOT,
    SETTINGS,
    SOLC_VERSION,
    Compilation,
    compile_contracts,
    read_sources,
    resolve_compiler,
    write_reference,
)

WRAPPER = ROOT / "scripts" / "solc"


@pytest.fixture(scope="module")
def compilation() -> Compilation:
    return compile_contracts(compiler=WRAPPER)


@pytest.fixture(autouse=True)
def _no_compiler_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YINXIN_SOLC", raising=False)
    monkeypatch.delenv("SOLCX_BINARY_PATH", raising=False)


class TestBytecode:
    def test_equals_the_committed_digests(self, compilation: Compilation) -> None:
        assert compilation.digests() == bytecode_digests(), (
            "run python -m chain.ledger.compile and commit what it writes"
        )

    @pytest.mark.parametrize("name", CONTRACTS)
    def test_abi_equals_the_committed_one(self, compilation: Compilation, name: str) -> None:
        assert compilation.contracts[name].abi == contract_abi(name)

    def test_equals_what_hardhat_makes(self, compilation: Compilation) -> None:
        hardhat = ROOT / "node_modules" / ".bin" / "hardhat"
        env = {**os.environ, "CI": "1", "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"}
        done = subprocess.run([hardhat, "compile"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        folders = {"BureauRegistry": "governance", "AnchorLog": "anchoring"}
        for name in CONTRACTS:
            folder = folders.get(name, "tenders")
            path = ROOT / "build/hardhat/artifacts/contracts" / folder / f"{name}.sol" / f"{name}.json"
            artifact = json.loads(path.read_text(encoding="utf-8"))
            assert artifact["bytecode"] == "0x" + compilation.contracts[name].creation.hex()
            assert artifact["deployedBytecode"] == "0x" + compilation.contracts[name].runtime.hex()

    def test_fits_the_size_limit_of_eip_170(self, compilation: Compilation) -> None:
        for name, contract in compilation.contracts.items():
            assert len(contract.runtime) <= 24_576, name

    def test_reference_files_are_written_as_committed(self, compilation: Compilation, tmp_path: Path) -> None:
        write_reference(compilation, tmp_path)
        committed = ROOT / "chain" / "ledger" / "abi"
        for path in tmp_path.iterdir():
            assert path.read_bytes() == (committed / path.name).read_bytes(), path.name


class TestMatching:
    def test_immutables_do_not_matter(self, compilation: Compilation) -> None:
        contract = compilation.contracts["AnchorLog"]
        assert contract.immutables
        code = bytearray(contract.runtime)
        for start, length in contract.immutables:
            code[start : start + length] = b"\xab" * length
        assert contract.matches(bytes(code))

    def test_any_other_byte_does(self, compilation: Compilation) -> None:
        contract = compilation.contracts["AnchorLog"]
        code = bytearray(contract.runtime)
        code[0] ^= 1
        assert not contract.matches(bytes(code))
        assert not contract.matches(contract.runtime + b"\0")
        assert not contract.matches(b"")


class TestSources:
    def test_name_every_import(self) -> None:
        sources = read_sources()
        assert "contracts/anchoring/AnchorLog.sol" in sources
        assert "@openzeppelin/contracts/utils/cryptography/EIP712.sol" in sources
        assert list(sources) == sorted(sources)

    def test_missing_import_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "contracts").mkdir()
        (tmp_path / "contracts" / "A.sol").write_text('import {B} from "./lib/B.sol";\n', encoding="utf-8")
        with pytest.raises(NotFound, match=r"contracts/lib/B\.sol"):
            read_sources(tmp_path)

    def test_no_sources_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            read_sources(tmp_path)

    def test_broken_source_is_refused_with_its_place(self, tmp_path: Path) -> None:
        _contract(tmp_path, "contract A { function f() public { uint256 x = y; } }")
        with pytest.raises(InvalidInput, match=r"contracts/A\.sol:3"):
            compile_contracts(compiler=WRAPPER, root=tmp_path)

    def test_warning_is_refused(self, tmp_path: Path) -> None:
        _contract(tmp_path, "contract A { function f() public { uint256 x = 1; } }")
        with pytest.raises(InvalidInput, match="Unused local variable"):
            compile_contracts(compiler=WRAPPER, root=tmp_path)


class TestCompiler:
    def test_wrapper_is_the_last_resort(self) -> None:
        found = resolve_compiler()
        assert (found.kind, found.path) == ("wrapper", WRAPPER)
        assert "wrapper" in found.describe()

    def test_native_one_of_solcx_comes_before_it(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        native = _solc(tmp_path / f"solc-v{SOLC_VERSION}", SOLC_VERSION)
        monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
        found = resolve_compiler()
        assert (found.kind, found.path) == ("native", native)

    def test_native_one_in_the_home_folder_is_found(self) -> None:
        native = _solc(Path.home() / ".solcx" / f"solc-v{SOLC_VERSION}", SOLC_VERSION)
        try:
            assert resolve_compiler().path == native
        finally:
            shutil.rmtree(Path.home() / ".solcx")

    def test_explicit_one_comes_first(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        _solc(tmp_path / f"solc-v{SOLC_VERSION}", SOLC_VERSION)
        named = _solc(tmp_path / "mine", SOLC_VERSION)
        monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
        monkeypatch.setenv("YINXIN_SOLC", str(named))
        found = resolve_compiler()
        assert (found.kind, found.path) == ("explicit", named)

    def test_other_version_is_refused(self, tmp_path: Path) -> None:
        other = _solc(tmp_path / "solc", "0.8.26")
        with pytest.raises(InvalidInput, match=r"0\.8\.26") as caught:
            resolve_compiler(other)
        assert caught.value.field == "YINXIN_SOLC"

    def test_what_is_no_compiler_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput):
            resolve_compiler(tmp_path / "nothing")
        silent = tmp_path / "silent"
        silent.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        silent.chmod(0o755)
        with pytest.raises(InvalidInput):
            resolve_compiler(silent)

    def test_none_at_all_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound) as caught:
            resolve_compiler(root=tmp_path)
        assert caught.value.fix is not None

    def test_failing_compiler_is_not_the_users_fault(self, tmp_path: Path) -> None:
        broken = _solc(tmp_path / "solc", SOLC_VERSION)
        with pytest.raises(Unavailable):
            compile_contracts(compiler=broken)


class TestWrapper:
    def test_answers_its_version(self) -> None:
        done = subprocess.run([WRAPPER, "--version"], capture_output=True, text=True, check=True)
        assert f"Version: {SOLC_VERSION}+commit." in done.stdout

    def test_refuses_other_options(self) -> None:
        done = subprocess.run([WRAPPER, "--combined-json", "abi"], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "unrecognised option" in done.stderr

    def test_reads_imports_from_its_roots_only(self, tmp_path: Path) -> None:
        inside, outside = tmp_path / "in", tmp_path / "out"
        inside.mkdir()
        outside.mkdir()
        (inside / "B.sol").write_text("contract B {}\n", encoding="utf-8")
        (outside / "C.sol").write_text("contract C {}\n", encoding="utf-8")
        (inside / "link.sol").symlink_to(outside / "C.sol")
        assert _errors(inside, "B.sol") == []
        for name in ("../out/C.sol", str(outside / "C.sol"), "link.sol", "missing.sol"):
            assert _errors(inside, name), name
        assert _errors(inside, str(outside / "C.sol"), "--allow-paths", str(outside)) == []

    def test_settings_are_those_of_hardhat_and_forge(self) -> None:
        runs = f"{SETTINGS['optimizer']['runs']:_}"
        for name in ("hardhat.config.js", "foundry.toml"):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert runs in text, name
            assert f'"{SETTINGS["evmVersion"]}"' in text, name
            assert '"none"' in text, name


def _contract(root: Path, text: str) -> None:
    (root / "contracts").mkdir()
    body = f"// SPDX-License-Identifier: Apache-2.0\npragma solidity {SOLC_VERSION};\n{text}\n"
    (root / "contracts" / "A.sol").write_text(body, encoding="utf-8")


def _solc(path: Path, version: str) -> Path:
    """An executable that says it is that version, and fails at everything else."""
    path.parent.mkdir(exist_ok=True)
    line = f"Version: {version}+commit.00000000.Linux.g++"
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "solc" && echo "{line}" && exit 0\nexit 3\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return path


def _errors(base: Path, imported: str, *options: str) -> list[str]:
    text = f'// SPDX-License-Identifier: Apache-2.0\npragma solidity {SOLC_VERSION};\nimport "{imported}";\n'
    request = {
        "language": "Solidity",
        "sources": {"A.sol": {"content": text}},
        "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
    }
    done = subprocess.run(
        [WRAPPER, "--standard-json", "--base-path", str(base), *options],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout).get("errors", [])
    return [entry["message"] for entry in found if entry["severity"] == "error"]


def test_digests_are_of_the_bytes(compilation: Compilation) -> None:
    contract = compilation.contracts["AnchorLog"]
    assert compilation.digests()["AnchorLog"]["creation"] == sha256(contract.creation).hexdigest()
