"""How fast certificates are printed: one after the other, and in bulk by processes; every PDF is verified.

In the same run, as peers: typst alone (the page, nothing else), pyHanko signing the same pages as PAdES B-B, and both
together, which is what one would write without us. Goals: 300 ms each, 10 a second in bulk on 2 cores.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from api.certificates.printing import Paper, papers_of_batch, seal_of, sealed_over
from chain.cli.common import State
from chain.cli.verify import run_verify
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.paper import read_sealed
from chain.credentials.verification import Policy
from chain.kernel.clock import system_clock
from chain.kernel.home import Home
from chain.rendering.page import draw
from chain.rendering.printers import Printers
from tests.api.town import PASSPHRASE, Town, licences

os.environ.setdefault("YINXIN_PASSPHRASE", PASSPHRASE)

ROOT = Path(__file__).resolve().parents[2]
GOAL_EACH, GOAL_BULK = 0.300, 10.0


def timed(work: Callable[[Any], bytes], items: Sequence[Any]) -> tuple[list[float], list[bytes]]:
    """Seconds and result of each."""
    took, made = [], []
    for item in items:
        began = time.perf_counter()
        made.append(work(item))
        took.append(time.perf_counter() - began)
    return took, made


def by_pyhanko(key: SoftwareSigner, certificate: bytes) -> Callable[[bytes], bytes]:
    """PAdES B-B by pyHanko over pages that are drawn already."""
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives import serialization
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private = key.private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    metadata = signers.PdfSignatureMetadata(field_name="seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)

    def work(pages: bytes) -> bytes:
        out = io.BytesIO()
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pages)), metadata, signer=signer, output=out)
        return out.getvalue()

    return work


def cold_start(town: Town, identifier: str, folder: Path) -> float:
    """Seconds of the whole command ``yinxin pdf``, start of Python and all."""
    began = time.perf_counter()
    process = town.spawn(town.officer, "pdf", identifier, "-o", str(folder / "cold.pdf"))
    _, err = process.communicate(timeout=120)
    if process.returncode:
        raise SystemExit(f"yinxin pdf failed: {err}")
    return time.perf_counter() - began


def verified(town: Town, papers: Sequence[bytes]) -> list[float]:
    """Seconds of each check; every one must be VALID."""
    from api.cli.sources import open_home_sources

    sources = open_home_sources(State(Home(town.officer), True, None, None), False, None)  # type: ignore[arg-type]
    took = []
    for paper in papers:
        began = time.perf_counter()
        found = run_verify(paper, sources, at=system_clock(), policy=Policy())
        took.append(time.perf_counter() - began)
        if found.verdict != "VALID":
            raise SystemExit(f"a printed PDF is {found.verdict}: {found.as_dict()['steps']}")
    return took


def measure(town: Town, count: int, bulk: int) -> dict[str, Any]:
    """All of it, in one town."""
    town.build()
    town.open()
    town.issue(licences(bulk))
    with tempfile.TemporaryDirectory(prefix="yinxin-paper-") as name, town.office() as office:
        seal = seal_of(office)
        first = town.identifiers(1)[0]
        cold = cold_start(town, first, Path(name))
        every = list(papers_of_batch(office, 1, seal))
        some = every[:count]
        draw(some[0].job)  # fonts are opened once
        each, papers = timed(lambda paper: sealed_over(draw(paper.job), paper, seal), some)
        typst, pages = timed(lambda paper: draw(paper.job), some)
        key = office.sealer
        assert isinstance(key, SoftwareSigner)
        hanko, _ = timed(by_pyhanko(key, seal.certificate), pages)
        own, _ = timed(lambda both: sealed_over(both[0], both[1], seal), list(zip(pages, some, strict=True)))
        peer, _ = timed(lambda paper: by_pyhanko(key, seal.certificate)(draw(paper.job)), some)
        printers = Printers()
        try:
            list(printers.draw_each(paper.job for paper in some[:4]))
            began = time.perf_counter()
            drawn = _bulk(printers, every)
            out = [sealed_over(one, paper, seal) for one, paper in zip(drawn, every, strict=True)]
            rate = len(out) / (time.perf_counter() - began)
        finally:
            printers.close()
        checks = verified(town, [*papers, *out])
    median = statistics.median
    return {
        "certificates": count,
        "bulk": bulk,
        "bytes": round(median(len(paper) for paper in papers)),
        "bundleBytes": round(median(len(read_sealed(paper).bundle) for paper in papers)),
        "each": {"median": median(each), "p95": sorted(each)[int(0.95 * len(each))], "goal": GOAL_EACH},
        "command": cold,
        "page": median(typst),
        "seal": median(own),
        "pyhankoSeal": median(hanko),
        "typstAndPyhanko": median(peer),
        "bulkPerSecond": rate,
        "bulkGoal": GOAL_BULK,
        "check": median(checks),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
    }


def _bulk(printers: Printers, papers: Sequence[Paper]) -> list[bytes]:
    return list(printers.draw_each(paper.job for paper in papers))


def show(found: dict[str, Any]) -> str:
    """The table."""
    each, page, seal = found["each"]["median"], found["page"], found["seal"]
    rows = [
        ("one PDF, in a running process", f"{each * 1000:.1f} ms", f"goal {GOAL_EACH * 1000:.0f} ms"),
        ("  the slowest twentieth from", f"{found['each']['p95'] * 1000:.1f} ms", ""),
        ("  page by typst alone", f"{page * 1000:.1f} ms", f"the whole takes {each / page:.2f} x"),
        ("  bundle and seal, ours, read back", f"{seal * 1000:.1f} ms", ""),
        ("  seal alone by pyHanko", f"{found['pyhankoSeal'] * 1000:.1f} ms",
         f"{found['pyhankoSeal'] / seal:.2f} x ours"),
        ("typst and pyHanko, without bundle", f"{found['typstAndPyhanko'] * 1000:.1f} ms",
         f"{found['typstAndPyhanko'] / each:.2f} x ours"),
        ("yinxin pdf, start and all", f"{found['command'] * 1000:.0f} ms", ""),
        ("in bulk", f"{found['bulkPerSecond']:.1f} a second", f"goal {GOAL_BULK:.0f} on 2 cores"),
        ("checking one", f"{found['check'] * 1000:.1f} ms", "all VALID"),
        ("size", f"{found['bytes']:,} B", f"of it bundle {found['bundleBytes']:,} B"),
    ]  # fmt: skip
    return "\n".join(f"{name:<36} {value:>14}   {more}" for name, value, more in rows)


def main() -> int:
    """Measure, print, keep. Exit code 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30, help="PDFs one after the other")
    parser.add_argument("--bulk", type=int, default=120, help="PDFs in bulk")
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yinxin-bench-paper-") as name:
        town = Town(Path(name))
        try:
            found = measure(town, min(options.count, options.bulk), options.bulk)
        finally:
            town.close()
    print(show(found))
    options.out.mkdir(exist_ok=True)
    (options.out / "paper.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(found["each"]["median"] > GOAL_EACH or found["bulkPerSecond"] < GOAL_BULK)


if __name__ == "__main__":
    sys.exit(main())
