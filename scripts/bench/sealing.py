"""How fast a bid is sealed and opened, what memory that takes, and what opening a hundred bids costs.

Sealing reads each document twice and takes three digests: of documents, of documents as they are encrypted, of the
file; opening takes two. Where a processor has no instructions for SHA-256, these are most of the time: one alone is
told, too. The peers encrypt and decrypt the same bytes and do nothing else: PyPI pyrage (age in Rust), and our own
container with one X25519 recipient. The opening of many
bids is compared with secrets that each bidder splits among the key holders by Shamir's scheme, plain and verified.
All outputs are compared with what went in.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyrage  # type: ignore[import-untyped]

from chain.containers import X25519Identity, decrypt_file, encrypt_file
from chain.kernel.encoding import sha256, sha256_file
from chain.sealing import (
    LiveSet,
    Release,
    combine_releases,
    curve,
    make_release,
    open_bid,
    padded_size,
    seal_bid,
    verify,
)
from chain.sealing.ibe import lock, unlock
from scripts.bench import _shamir
from tests.chain.sealing.samples import (
    BOOK,
    GENESIS,
    RECIPIENTS,
    TENDER,
    bid,
    committed,
    holders,
    identity,
    keys_of,
    private,
    public,
)

ROOT = Path(__file__).resolve().parents[2]
GOALS = {"megabytes_per_second": 200, "megabytes_over_idle": 80, "opening_cpu_seconds": 1.0}
THRESHOLD, SIZE = 3, 5


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What came out, seconds passed, seconds of processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    out = work()
    return out, time.perf_counter() - wall, time.process_time() - cpu


def memory(name: str) -> float:
    """Megabytes, from the process's own account."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def files(folder: Path, size: int) -> dict[str, Any]:
    """Seal, open, and the peers, over one document of ``size`` bytes; in a process of its own for the memory's sake."""
    made, key = bid(folder, (1,)), holders().key.key
    seal_bid(made, key, RECIPIENTS, folder / "warm")
    document = made.documents[0].path
    with document.open("wb") as stream:
        left = size
        while left:
            stream.write(os.urandom(min(left, 1 << 20)))
            left -= min(left, 1 << 20)
    idle = memory("VmRSS:")
    sealed, wall, cpu = timed(lambda: seal_bid(made, key, RECIPIENTS, folder / "bid.age"))
    out = {"seal": _speed(size, wall, cpu)}
    with (folder / "bid.age").open("rb") as stream:
        keys = keys_of(stream.read(1 << 16))
    manifest, wall, cpu = timed(lambda: open_bid(folder / "bid.age", committed(sealed), keys, folder / "out"))
    out["open"] = _speed(size, wall, cpu)
    out["memory"] = {"idle": round(idle, 1), "over_idle": round(memory("VmHWM:") - idle, 1)}
    want = sha256_file(document)[0]
    opened = folder / "out" / "documents" / manifest.documents[0].name
    assert sha256_file(opened)[0] == want == manifest.documents[0].digest
    assert (folder / "bid.age").stat().st_size == sealed.size
    shutil.rmtree(folder / "out")
    (folder / "bid.age").unlink()
    who = X25519Identity.generate()
    _, wall, cpu = timed(lambda: encrypt_file(document, folder / "own.age", who.recipient()))
    out["own container, encrypt"] = _speed(size, wall, cpu)
    _, wall, cpu = timed(lambda: decrypt_file(folder / "own.age", folder / "own", who))
    out["own container, decrypt"] = _speed(size, wall, cpu)
    _, wall, cpu = timed(lambda: sha256_file(document))
    out["one SHA-256"] = _speed(size, wall, cpu)
    assert sha256_file(folder / "own")[0] == want
    rust = pyrage.x25519.Identity.from_str(who.export())
    _, wall, cpu = timed(lambda: pyrage.encrypt_file(str(document), str(folder / "rust.age"), [rust.to_public()]))
    out["pyrage, encrypt"] = _speed(size, wall, cpu)
    _, wall, cpu = timed(lambda: pyrage.decrypt_file(str(folder / "own.age"), str(folder / "rust"), [rust]))
    out["pyrage, decrypt"] = _speed(size, wall, cpu)
    assert sha256_file(folder / "rust")[0] == want
    return out


def _speed(size: int, wall: float, cpu: float) -> dict[str, float]:
    return {"megabytes_per_second": round(size / wall / 1e6), "per_cpu_second": round(size / cpu / 1e6)}


def opening(count: int) -> dict[str, Any]:
    """``count`` bids, three of five key holders: their messages, what is made of them, and the same by Shamir."""
    town = holders(SIZE, THRESHOLD)
    bids = [identity(bidder) for bidder in range(count)]
    live = LiveSet(GENESIS, BOOK, TENDER, 1, 1, 100, sha256(b"live"))
    key = curve.read_g2(town.key.key)
    secrets = [sha256(b"k1 %d" % number)[:16] for number in range(count)]
    locked = [lock(key, one.digest(), secret) for one, secret in zip(bids, secrets, strict=True)]
    chosen = (1, 3, 5)
    messages, _, signing = timed(lambda: [make_release(town.shares[one], live, bids).to_bytes() for one in chosen])

    def combine() -> Any:
        return combine_releases(town.key, live, bids, [Release.from_bytes(one) for one in messages])

    opened, wall, combining = timed(combine)
    found, _, unlocking = timed(
        lambda: [unlock(curve.read_g1(one), cipher) for one, cipher in zip(opened.bids, locked, strict=True)]
    )
    assert found == secrets
    assert verify(town.key.key, live.digest(), opened.live_set)
    assert all(verify(town.key.key, one.digest(), signed) for one, signed in zip(bids, opened.bids, strict=True))
    return {
        "bids": count,
        "messages": len(messages),
        "message_bytes": len(messages[0]),
        "sign_each": round(signing / len(chosen), 4),
        "check_and_combine": round(combining, 4),
        "check_and_combine_wall": round(wall, 4),
        "unlock": round(unlocking, 4),
        "together": round(combining + unlocking, 4),
        "shamir": shamir(count, chosen),
    }


def shamir(count: int, chosen: tuple[int, ...]) -> dict[str, Any]:
    """The peer."""
    names = [f"member {number}" for number in range(1, SIZE + 1)]
    splits = [_shamir.split([public(name) for name in names], THRESHOLD) for _ in range(count)]
    shown, _, showing = timed(
        lambda: {one: [_shamir.show(split, one, private(names[one - 1])) for split in splits] for one in chosen}
    )
    checked, _, checking = timed(
        lambda: [
            _shamir.check(split, one, share) for one in chosen for split, share in zip(splits, shown[one], strict=True)
        ]
    )
    joined, _, joining = timed(lambda: [_shamir.join({one: shown[one][at] for one in chosen}) for at in range(count)])
    assert all(checked)
    assert joined == [split.secret for split in splits]
    return {
        "show_each": round(showing / len(chosen), 4),
        "plain": round(joining, 4),
        "verified": round(checking + joining, 4),
    }


def table(result: dict[str, Any]) -> str:
    """What people read."""
    found, many = result["files"], result["opening"]
    lines = [
        f"one document of {result['megabytes']} MB (in a bid {padded_size(10**6 * result['megabytes']) / 1e6:.0f}):"
    ]
    lines += [f"  {'':24}{'MB/s seen':>12}{'MB/s by cpu':>14}"]
    for name, one in found.items():
        if name != "memory":
            goal = f"   goal {GOALS['megabytes_per_second']}" if name in ("seal", "open") else ""
            lines.append(f"  {name:24}{one['megabytes_per_second']:>12}{one['per_cpu_second']:>14}{goal}")
    memory = found["memory"]
    lines.append(
        f"  memory over idle {memory['over_idle']} MB (idle {memory['idle']})   goal {GOALS['megabytes_over_idle']}"
    )
    peer = many["shamir"]
    lines.append(f"{many['bids']} bids, {THRESHOLD} of {SIZE} key holders, seconds of processor:")
    lines.append(
        f"  a key holder's message {many['sign_each']:.3f} ({many['message_bytes']} bytes), checked and combined "
        f"{many['check_and_combine']:.3f}, lock 1 of all {many['unlock']:.3f}: together {many['together']:.3f}"
        f"   goal {GOALS['opening_cpu_seconds']}"
    )
    lines.append(
        f"  Shamir a bid: a key holder's message {peer['show_each']:.3f}, plain (nobody sees a wrong share) "
        f"{peer['plain']:.3f}, verified {peer['verified']:.3f}"
    )
    return "\n".join(lines)


def met(result: dict[str, Any]) -> bool:
    """True if every goal is reached, by processor time where other programs may run."""
    found = result["files"]
    return (
        all(found[name]["per_cpu_second"] >= GOALS["megabytes_per_second"] for name in ("seal", "open"))
        and found["memory"]["over_idle"] <= GOALS["megabytes_over_idle"]
        and result["opening"]["together"] <= GOALS["opening_cpu_seconds"]
    )


def main() -> int:
    """Exit code 1 with --check if a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, default=Path("bench-out/sealing.json"), help="where the figures go")
    parser.add_argument("--megabytes", type=int, default=256, help="size of the document")
    parser.add_argument("--bids", type=int, default=100, help="bids of the opening")
    parser.add_argument("--check", action="store_true", help="exit 1 if a goal is missed")
    parser.add_argument("--files-in", type=Path, help=argparse.SUPPRESS)
    options, _ = parser.parse_known_args()
    if options.files_in:
        print(json.dumps(files(options.files_in, options.megabytes * 10**6)))
        return 0
    with tempfile.TemporaryDirectory(prefix="yinxin-bench-") as folder:
        done = subprocess.run(
            [sys.executable, __file__, "--files-in", folder, "--megabytes", str(options.megabytes)],
            stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT, timeout=600,
        )  # fmt: skip
    result = {
        "megabytes": options.megabytes,
        "goals": GOALS,
        "files": json.loads(done.stdout),
        "opening": opening(options.bids),
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(table(result))
    return 1 if options.check and not met(result) else 0


if __name__ == "__main__":
    sys.exit(main())
