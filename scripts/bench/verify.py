"""How many certificates a second the service checks, load generator and all on the same cores.

Two batches are issued on a real node, some certificates are revoked; then ``yinxin serve`` is asked about all of
them, each another, in random order: as evidence bundles, as the digits of their stamps, as SD-JWTs. Verdict and
identifier of every answer are compared. Calls to the node are counted at a door before it.

The goal is for the rate seen. Where other programs run, two more rates tell what they took: the rate that the processor
time of server and generator together allows on these cores; and the same for the calmest tenth of the run, since
others also push what is needed out of the processor's caches.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from api.certificates.evidence import bundles_of_batch
from chain.cli.common import State
from chain.cli.verify import run_verify
from chain.credentials.bundle import read_bundle
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import coordinates
from chain.credentials.stamp import digits
from chain.credentials.verification import Policy
from chain.kernel.clock import system_clock
from chain.kernel.encoding import b64url
from chain.kernel.home import Home
from scripts.bench._counting import CountingDoor
from tests.api.town import BUREAU, PASSPHRASE, YINXIN, Town, licences

os.environ.setdefault("YINXIN_PASSPHRASE", PASSPHRASE)

ROOT = Path(__file__).resolve().parents[2]
GOAL = 2000
BATCHES = 2
KINDS = ("bundles", "digits", "sd-jwts")


@dataclass
class Stock:
    """What is asked about: text, verdict and identifier of each certificate, by kind of input."""

    inputs: dict[str, list[tuple[str, str, str]]]


def build(town: Town, size: int, revoked: int) -> Stock:
    """Issue, revoke, and put down what each check must say."""
    done = town.folder / "ended.txt"
    if not done.exists():
        town.build()
    town.open()
    if not done.exists():
        for number in range(BATCHES):
            town.issue(licences(size, first=1 + number * size), name=f"list-{number}.csv")
        ended = [one for number in range(BATCHES) for one in town.identifiers(number + 1)[:revoked]]
        town.act("revoke", *ended, "--reason", "bench")
        done.write_text("\n".join(ended), encoding="ascii")
    gone = set(done.read_text("ascii").split())
    inputs: dict[str, list[tuple[str, str, str]]] = {kind: [] for kind in KINDS}
    with town.office() as office:
        for number in range(BATCHES):
            for row, stamp, bundle in bundles_of_batch(office, number + 1):
                verdict = "REVOKED" if row.identifier in gone else "VALID"
                texts = (bundle.decode(), digits(stamp), read_bundle(bundle).credential)
                for kind, text in zip(KINDS, texts, strict=True):
                    inputs[kind].append((text, verdict, row.identifier))
    return Stock(inputs)


def processes(pid: int) -> list[int]:
    """A process and all that it started."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
    return found


@contextlib.contextmanager
def serving(home: Path, workers: int) -> Iterator[tuple[str, int]]:
    """The real server; gives its address and the number of its process."""
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            [YINXIN, "--home", str(home), "serve", "--port", "0", "--workers", str(workers)],
            stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip().replace("localhost", "127.0.0.1")
        if not url:
            raise SystemExit((home / "server.log").read_text(encoding="utf-8"))
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
            assert client.get(f"{url}/healthz").status_code == 200
        yield url, process.pid
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        process.stdout.close()


def load(
    url: str, pid: int, inputs: Sequence[tuple[str, str, str]], options: argparse.Namespace, seconds: float
) -> Any:
    """One run of the generator."""
    host, _, port = url.removeprefix("http://").partition(":")
    job = {
        "host": host, "port": int(port), "path": "/v1/verifications", "inputs": inputs, "seed": 7,
        "pids": processes(pid), "connections": options.connections, "seconds": seconds, "most": options.most,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench._load"],
        input=json.dumps(job), stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, timeout=seconds + 120,
    )  # fmt: skip
    return json.loads(done.stdout)


def figures(found: dict[str, Any], door: CountingDoor) -> dict[str, Any]:
    """What is told of one run."""
    count, times = found["count"], sorted(found["milliseconds"])
    cores = len(os.sched_getaffinity(0))
    spent = found["server"] + found["cpu"]
    calm = sorted(found["stretches"])[len(found["stretches"]) // 10] if found["stretches"] else spent / count * 1e6
    return {
        "checks": count,
        "wrong": found["wrong"],
        "per_second": round(count / found["seconds"]),
        "per_second_by_cpu": round(count / spent * cores),
        "per_second_calm": round(1e6 / calm * cores),
        "cpu_microseconds": {
            "server": round(found["server"] / count * 1e6),
            "generator": round(found["cpu"] / count * 1e6),
        },
        "milliseconds": {"median": statistics.median(times), "p99": times[int(len(times) * 0.99)]},
        "node": {
            "calls": dict(door.calls),
            "exchanges": door.exchanges,
            "calls_per_second": round(sum(door.calls.values()) / found["seconds"], 2),
        },
    }


def alone(town: Town, stock: Stock, count: int) -> dict[str, Any]:
    """Microseconds of processor time a check in one process: `yinxin verify` itself, and PyPI sd-jwt's verifier."""
    from api.cli.sources import open_home_sources

    current = State(Home(town.officer), True, None, None)  # type: ignore[arg-type]
    sources = open_home_sources(current, False, None)
    policy, now, out = Policy(types=sources.types), system_clock(), {}
    for kind in KINDS:
        chosen = stock.inputs[kind][:count]
        run_verify(chosen[0][0].encode(), sources, at=now, policy=policy)
        began = time.process_time()
        for text, verdict, _ in chosen:
            assert run_verify(text.encode(), sources, at=now, policy=policy).verdict == verdict
        out[kind] = (time.process_time() - began) / len(chosen) * 1e6
    texts = [text for text, _, _ in stock.inputs["sd-jwts"][:count]]
    assert sources.trust is not None
    facts = sources.trust.key(BUREAU, parse_credential(texts[0]).key_thumbprint)
    assert facts is not None
    x, y = coordinates(facts.public_key)
    key = JWK(kty="EC", crv="P-256", x=b64url(x), y=b64url(y))
    began = time.process_time()
    for text in texts:
        SDJWTVerifier(text, lambda _issuer, _header: key).get_verified_payload()
    out["sd-jwt"] = (time.process_time() - began) / len(texts) * 1e6
    return {name: round(value) for name, value in out.items()}


def run(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything."""
    town = Town(folder)
    stock = build(town, options.size, options.revoked)
    try:
        assert town._node is not None
        with CountingDoor(town._node.url) as door:
            home = Home(folder / "service")
            home.write_config(
                {
                    "role": "service",
                    "ledger": {"endpoints": [door.url]},
                    "documents": {"blobs": "../blobs"},
                    "service": {"bureaus": ["../officer"], "rate_per_minute": 0},
                }
            )
            town.ok(home.path, "trust", "pin", str(town.authority / "trust-root.json"))
            result: dict[str, Any] = {"certificates": options.size * BATCHES, "batches": BATCHES, "goal": GOAL}
            with serving(home.path, options.workers) as (url, pid):
                first = load(url, pid, stock.inputs["digits"], options, 1.0)
                result["first_second"] = figures(first, door)
                for kind in KINDS:
                    load(url, pid, stock.inputs[kind], options, 0.5)
                    door.reset()
                    result[kind] = figures(load(url, pid, stock.inputs[kind], options, options.seconds), door)
        result["alone_microseconds"] = alone(town, stock, min(300, options.size))
        return result
    finally:
        town.close()


def table(result: dict[str, Any]) -> str:
    """What people read."""
    cores = len(os.sched_getaffinity(0))
    names = ("seen/s", "by cpu/s", "calm/s", "median ms", "p99 ms", "server us", "client us", "node calls/s")
    lines = [
        f"checks over HTTP, {cores} cores for server and generator; {result['certificates']} different certificates",
        "  " + " " * 10 + "".join(f"{name:>13}" for name in names),
    ]
    for kind in KINDS:
        one = result[kind]
        cpu, p50, p99 = one["cpu_microseconds"], one["milliseconds"]["median"], one["milliseconds"]["p99"]
        reached = _reached(one)
        lines.append(
            f"  {kind:<10}{one['per_second']:>13}{one['per_second_by_cpu']:>13}{one['per_second_calm']:>13}"
            f"{p50:>13.2f}{p99:>13.2f}"
            f"{cpu['server']:>13}{cpu['generator']:>13}{one['node']['calls_per_second']:>13}"
            f"   goal {GOAL} {'met' if reached else 'MISSED'}, {len(one['wrong'])} wrong of {one['checks']}"
        )
    calls, own = result["first_second"]["node"], result["alone_microseconds"]
    lines.append(
        f"  from cold: {sum(calls['calls'].values())} calls in {calls['exchanges']} exchanges by all workers, for "
        f"{result['batches']} roots and 1 status head, registry and start included"
    )
    lines.append(
        f"  one process, no HTTP, processor time a check: bundle {own['bundles']} us, digits {own['digits']} us, "
        f"SD-JWT {own['sd-jwts']} us; PyPI sd-jwt, form and signature alone: {own['sd-jwt']} us"
    )
    return "\n".join(lines)


def _reached(one: dict[str, Any]) -> bool:
    return bool(one["per_second"] >= GOAL)


def met(result: dict[str, Any]) -> bool:
    """True if no answer was wrong and the goal is reached by every kind."""
    return all(not result[kind]["wrong"] and _reached(result[kind]) for kind in KINDS)


def main() -> int:
    """Exit code 1 if an answer is wrong; with --check also if the goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, default=Path("bench-out/verify.json"), help="where the figures go")
    parser.add_argument("--size", type=int, default=1000, help="certificates a batch")
    parser.add_argument("--revoked", type=int, default=20, help="of which are revoked")
    parser.add_argument("--seconds", type=float, default=6.0, help="seconds of each run")
    parser.add_argument("--most", type=int, default=40_000, help="checks of each run at most")
    parser.add_argument("--connections", type=int, default=16, help="connections of the generator")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--town", type=Path, help="folder that keeps what was issued, for the next run")
    parser.add_argument("--check", action="store_true", help="exit 1 if a goal is missed")
    options, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="yinxin-bench-") as folder:
        result = run(options.town or Path(folder), options)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(table(result))
    wrong = [fault for kind in KINDS for fault in result[kind]["wrong"]]
    for fault in wrong:
        print(f"  wrong: {fault}")
    return 1 if wrong or (options.check and not met(result)) else 0


if __name__ == "__main__":
    sys.exit(main())
