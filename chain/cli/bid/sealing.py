"""``yinxin bid seal`` and ``rehearse``."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from chain.cli.bid._place import PAPERS, BidHere, LotOption, Tender, bid_here
from chain.cli.common import CANNOT_TELL, NO, YES, emit, progress, state
from chain.containers import X25519Identity, decrypt
from chain.credentials.verification import Result
from chain.kernel.clock import system_clock
from chain.kernel.encoding import hex0x, sha256_file
from chain.kernel.errors import Conflict, YinxinError
from chain.sealing import Bid
from chain.sealing.papers import read_committed, read_proof
from chain.tenders.bidding.draft import Draft
from chain.tenders.bidding.folder import VersionFolder
from chain.tenders.bidding.rehearsal import Trial, check_sealed, of_draft, of_opening, of_statement, of_tender
from chain.tenders.bidding.sealing import bids_of, seal_version
from chain.tenders.custody import CustodianClient
from chain.tenders.notice.model import Custodian

_DraftFile = Annotated[Path | None, typer.Option(help="the draft, if it is not the one in the working folder")]
_PROBE = 256 * 1024
"""Bytes sent to a custodian to measure the way."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("seal")(seal)
    app.command("rehearse")(rehearse)


def seal(ctx: typer.Context, tender: Tender, lot: LotOption = 1, draft: _DraftFile = None) -> None:
    """Seal the next version of the bid, one file an envelope; the proofs stay here, encrypted. 加密投标文件."""
    current = state(ctx)
    with bid_here(current, tender, lot) as here:
        _, place = here.current
        version = next_version(here)
        folder = here.folder.version(version)
        if in_flight(here, folder):
            raise Conflict(
                f"version {version} is signed and may still be accepted", code="bidding.in_flight", field="version",
                fix="let yinxin bid submit finish it, or wait until it has lapsed",
            )  # fmt: skip
        statement = here.folder.statement
        if statement is None:
            raise Conflict(
                "no organisation statement", code="bidding.statement", field="statement", fix="yinxin bid state"
            )
        bids = bids_of(here.folder.draft(draft), here.notice, statement, place, version)
        with progress(current, "sealing", len(bids)) as done:
            count = iter(range(len(bids)))
            sealed = seal_version(
                here.folder, bids, here.notice, place, version, here.papers, lambda _file: done(next(count))
            )
        files = {str(folder.envelope(number)): one for number, one in sealed.files.items()}
    data = {
        "version": version,
        "files": [{"file": name, "digest": hex0x(one.digest), "size": one.size} for name, one in files.items()],
    }
    words = "\n".join(f"  {name}: {one.size} bytes" for name, one in files.items())
    emit(ctx, data, f"[green]✓[/] version {version} is sealed; next: yinxin bid rehearse, yinxin bid submit\n{words}")


def rehearse(ctx: typer.Context, tender: Tender, lot: LotOption = 1, draft: _DraftFile = None) -> None:
    """Try everything that could fail, and send nothing of the bid. Exit 1: something would fail. 投标预演."""
    with bid_here(state(ctx), tender, lot) as here:
        trials = list(_trials(here, here.folder.draft(draft)))
    results = {trial.result for trial in trials}
    code = NO if Result.INVALID in results else CANNOT_TELL if Result.ERROR in results else YES
    marks = {Result.VALID: "✓", Result.INVALID: "✗", Result.ERROR: "?", Result.SKIPPED: "!"}
    words = "\n".join(
        f"  {marks[trial.result]} {trial.name:<12} {trial.message_zh} {trial.message}" for trial in trials
    )
    verdict = {YES: "everything holds", NO: "something would fail", CANNOT_TELL: "something could not be tried"}[code]
    data: dict[str, Any] = {"ready": code == YES, "trials": [trial.as_dict() for trial in trials]}
    emit(ctx, data, f"{verdict}\n{words}", code)


def next_version(here: BidHere) -> int:
    """Number of the bidder's next act."""
    _, place = here.current
    return here.ledger.entry(here.tender, here.lot, place.bidder).version + 1


def in_flight(here: BidHere, folder: VersionFolder) -> bool:
    """True if what was signed in that folder may still be accepted."""
    act = folder.act
    return act is not None and here.ledger.block.time <= act.not_after


def _trials(here: BidHere, draft: Draft) -> Iterator[Trial]:
    now = system_clock()
    yield from of_tender(here.ledger, here.notice, here.lot, now)
    _, place = here.current
    version, statement = next_version(here), here.folder.statement
    entry = here.ledger.entry(here.tender, here.lot, place.bidder)
    what = "replaces what stands" if entry.live else "the first that stands"
    yield Trial("version", Result.VALID, f"will be version {version}, {what}", f"将为第 {version} 版")
    at = max(now, here.ledger.block.time)
    documents = [sha256_file(one.path)[0] for one in draft.envelopes[0].documents if one.path.is_file()]
    try:
        yield from of_statement(
            statement, place, version, evidence=here.evidence, now=at, documents=documents,
            consortium=here.notice.consortium,
        )  # fmt: skip
        tender = here.ledger.tender(here.tender)
        assert tender is not None
        yield from of_draft(draft, here.notice, statement, here.evidence, at, tender.deadline)
    except YinxinError as error:
        yield Trial("organisation", Result.ERROR, error.message, f"无法查询:{error.message}")
    size = 0
    try:
        assert statement is not None
        bids: dict[int, Bid] = dict(bids_of(draft, here.notice, statement, place, version))
    except (YinxinError, AssertionError):
        yield Trial("opening", Result.SKIPPED, "not tried while something is missing", "资料不全,未试开启")
    else:
        yield from of_opening(bids, here.folder.path)
        size = sum(one.path.stat().st_size for envelope in draft.envelopes for one in envelope.documents)
    yield from _of_sealed(here, version)
    yield from _of_custodians(here, size)


def _of_sealed(here: BidHere, version: int) -> Iterator[Trial]:
    folder = here.folder.version(version)
    sealed = folder.sealed
    if sealed is None:
        yield Trial("sealed", Result.SKIPPED, "not sealed yet", "尚未加密")
        return
    if sealed.notice != here.notice.digest:
        yield Trial("sealed", Result.INVALID, "sealed for an older notice: seal again", "按旧公告加密,须重新加密")
    papers = here.place.keys.desk(PAPERS)
    for number in sealed.files:
        file = folder.envelope(number)
        try:
            proof = file.with_name(f"{file.name}.proof.age").read_bytes()
            committed = read_committed(file.with_name(f"{file.name}.committed.json").read_bytes())
            check_sealed(file, committed, read_proof(decrypt(proof, X25519Identity(papers)))[1])
        except (YinxinError, OSError) as error:
            yield Trial("sealed", Result.INVALID, f"envelope {number}: {error}", f"第 {number} 信封:{error}")
        else:
            yield Trial(
                "sealed", Result.VALID, f"envelope {number} of version {version} is whole",
                f"第 {version} 版第 {number} 信封完好",
            )  # fmt: skip


def _of_custodians(here: BidHere, size: int) -> Iterator[Trial]:
    """One that takes files is enough; without any the bid cannot be submitted."""
    found = [trial for one in here.notice.custodians for trial in _of_custodian(here, one, size)]
    enough = any(trial.result is Result.VALID for trial in found)
    for trial in found:
        yield replace(trial, result=Result.SKIPPED) if enough and trial.result is Result.ERROR else trial


def _of_custodian(here: BidHere, custodian: Custodian, size: int) -> Iterator[Trial]:
    """Is it there, is it the one that the notice names, and how long would the files take? A probe is measured."""
    client = CustodianClient(custodian.url, timeout=10.0, patience=5.0)
    try:
        health = client.health()
        known = here.ledger.is_custodian(here.tender, custodian.account)
        if health.get("custodian") != hex0x(custodian.account) or not known:
            yield Trial(
                "custodian", Result.INVALID, f"{custodian.name}: another account answers at {custodian.url}",
                f"{custodian.name}:该地址由另一账户应答",
            )  # fmt: skip
            return
        seconds = _probe(client, here)
    except YinxinError as error:
        yield Trial("custodian", Result.ERROR, f"{custodian.name}: {error.message}", f"{custodian.name}:无法连接")
        return
    finally:
        client.close()
    estimate = max(seconds, size / _PROBE * seconds)
    yield Trial(
        "custodian", Result.VALID, f"{custodian.name} takes files; {size} bytes in about {estimate:.0f} s",
        f"{custodian.name} 可接收文件,预计上传 {estimate:.0f} 秒",
    )  # fmt: skip


def _probe(client: CustodianClient, here: BidHere) -> float:
    """Seconds for :data:`_PROBE` random bytes, which nobody will ever commit to."""
    with tempfile.NamedTemporaryFile(dir=here.folder.path, prefix=".probe-") as file:
        file.write(os.urandom(_PROBE))
        file.flush()
        began = time.monotonic()
        client.upload(here.tender, Path(file.name))
        return time.monotonic() - began
