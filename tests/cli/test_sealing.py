"""`yinxin seal` and `yinxin open`: each role in a home of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import b64url
from chain.keys import Keystore
from tests.api.town import PASSPHRASE, cheap_keys, run_here
from tests.chain.sealing.samples import holders, identity, signature


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
    with cheap_keys():
        yield


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    """Three homes with a key each, a plan, a document."""
    for role in ("officer", "supervisor", "bidder"):
        assert run_here(tmp_path / role, "keys", "new", "box", "--kind", "desk").code == 0
    (tmp_path / "a.pdf").write_bytes(b"a document " * 10_000)
    plan = {
        "format": "yinxin-bid-plan-1",
        "identity": identity().as_dict(),
        "openingKey": b64url(holders().key.key),
        "officer": _public(tmp_path / "officer"),
        "supervisor": _public(tmp_path / "supervisor"),
        "form": {"price": "100.00"},
        "documents": [{"name": "投标书.pdf", "mediaType": "application/pdf", "path": "a.pdf"}],
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return tmp_path


def _public(home: Path) -> str:
    return Keystore(home / "keys", None).card("box").public


def _seal(stage: Path) -> Any:
    return run_here(stage / "bidder", "seal", str(stage / "plan.json"), str(stage / "bid.age"), "--key", "box")


def _open(stage: Path, role: str, *more: str, signed: bytes | None = None) -> Any:
    return run_here(
        stage / role, "open", str(stage / "bid.age"), str(stage / f"out-{role}"), "--key", "box",
        "--committed", str(stage / "bid.age.committed.json"),
        f"--signature={b64url(signed or signature(identity()))}", *more,
    )  # fmt: skip


def test_officer_and_supervisor_each_open_what_the_bidder_sealed(stage: Path) -> None:
    assert _seal(stage).code == 0
    for role in ("officer", "supervisor"):
        said = _open(stage, role)
        assert said.code == 0, said.out
        assert said.data["form"] == {"price": "100.00"}
        assert (stage / f"out-{role}" / "documents" / "投标书.pdf").read_bytes() == (stage / "a.pdf").read_bytes()


def test_the_bidders_proof_opens_it_too_and_only_the_bidder_reads_it(stage: Path) -> None:
    assert _seal(stage).code == 0
    proof = ("--proof", str(stage / "bid.age.proof.age"))
    assert b"k2" not in (stage / "bid.age.proof.age").read_bytes()
    assert _open(stage, "officer", *proof).code == 1
    assert _open(stage, "bidder").code == 1
    assert _open(stage, "bidder", *proof).code == 0


def test_faults_name_a_side_and_an_exit_code(stage: Path) -> None:
    assert _seal(stage).code == 0
    early = _open(stage, "officer", signed=holders().shares[1].sign(identity()))
    assert (early.code, early.data["fault"], early.data["party"]) == (2, "wrong_signature", "key_holders")
    whole = (stage / "bid.age").read_bytes()
    (stage / "bid.age").write_bytes(whole[:-1])
    cut = _open(stage, "officer")
    assert (cut.code, cut.data["fault"], cut.data["party"]) == (2, "wrong_file", "storage")
    box = bytearray(whole)
    box[whole.index(b"bid-1 ") + 60 + 200] ^= 1
    (stage / "bid.age").write_bytes(box)
    assert _open(stage, "officer").data["fault"] == "wrong_file"
    (stage / "bid.age").write_bytes(b"noise")
    assert _open(stage, "officer").data["fault"] == "wrong_file"
    (stage / "bid.age").unlink()
    assert _open(stage, "officer").data["fault"] == "missing_file"
    assert not (stage / "out-officer").exists()


def test_nothing_is_overwritten_and_no_lock_is_left_out(stage: Path) -> None:
    assert _seal(stage).code == 0
    assert _seal(stage).code == 1
    (stage / "bid.age").unlink()
    (stage / "bid.age.committed.json").unlink()
    (stage / "bid.age.proof.age").unlink()
    plan = json.loads((stage / "plan.json").read_text("utf-8"))
    for change in (
        {"officer": plan["supervisor"]},
        {"supervisor": None},
        {"officer": ""},
        {"openingKey": b64url(bytes(96))},
    ):
        (stage / "plan.json").write_text(json.dumps({**plan, **change}), encoding="utf-8")
        assert _seal(stage).code == 1
    del plan["supervisor"]
    (stage / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert _seal(stage).code == 1
    assert not (stage / "bid.age").exists()
