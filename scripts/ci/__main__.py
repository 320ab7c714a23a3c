"""Runs the whole suite, or the parts that are named, and ends with a table and the counts.

    python -m scripts.ci                     every part                     (make test)
    python -m scripts.ci chain/merkle …      those parts                    (make test PART=…)
    python -m scripts.ci --whole             lint and every part, and then  (.ci/run)
                                             looks for processes left behind

A single part of Python tests runs in the foreground, as pytest prints it. Exit code 0, 1 if anything
failed, 64 if PART names nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from scripts import chromium, poppler, postgresql
from scripts.ci import leftovers as ci_leftovers
from scripts.ci import times as ci_times
from scripts.ci.lanes import OUT, Lanes, label
from scripts.ci.outcome import Outcome, Skip, refuse_unlisted, table, totals
from scripts.ci.parts import ROOT, NoSuchPart, Part, choose, cut_long, kubo_part, suffix_of
from scripts.ci.skips import Allowed, read_allowed

USAGE = 64


def main() -> int:
    """Choose, run, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--whole", action="store_true", help="lint first, look for leftovers last")
    parser.add_argument("--setup-seconds", type=float, help="what set-up took, for the table")
    parser.add_argument("--lanes", type=int, default=min(5, 2 * (os.cpu_count() or 1) + 1), help="parts side by side")
    parser.add_argument("--keep-times", action="store_true", help="write what this run measured into tests/times.json")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    began = time.monotonic()
    for install in (postgresql.install, poppler.install, chromium.install) if options.whole else ():
        if why := install():
            print(why, flush=True)
    try:
        allowed = read_allowed()
        parts = choose([name for given in options.parts for name in given.replace(",", " ").split()])
    except (NoSuchPart, ValueError) as error:
        print(error, file=sys.stderr)
        return USAGE
    if len(parts) == 1 and parts[0].kind == "pytest" and not options.whole:
        return _alone(parts[0])
    if not options.parts:
        parts = cut_long(parts)
    heir = options.whole and ci_leftovers.inherit_orphans()
    if any("kubo" in part.needs for part in parts):
        parts.insert(0, kubo_part())
    if options.whole:
        parts.insert(0, Part("lint", (sys.executable, "-m", "scripts.lint"), "check", 10**7))
    try:
        outcomes = Lanes(allowed, lanes=options.lanes).run(parts)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    if options.keep_times:
        _keep_times(parts, outcomes)
    spent = options.setup_seconds or 0.0
    if options.setup_seconds is not None:
        outcomes.insert(0, Outcome("make setup", 1, 0, (), spent))
    if options.whole:
        outcomes.append(_leftovers(heir, allowed))
    return _report(outcomes, time.monotonic() - began + spent)


def _alone(part: Part) -> int:
    """One part of Python tests, in the foreground."""
    if "kubo" in part.needs:
        kubo = kubo_part()
        if not kubo.unfit and subprocess.run(kubo.command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
            return 1
    OUT.mkdir(exist_ok=True)
    counts = OUT / "alone.json"
    counts.unlink(missing_ok=True)
    began = time.monotonic()
    process = subprocess.Popen([*part.command, "-q", f"--outcomes={counts}"], cwd=ROOT)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()
        return 130
    outcome = part.count(code, time.monotonic() - began, counts, counts)
    print(totals([outcome]))
    return 1 if code or outcome.failed else 0


def _keep_times(parts: Sequence[Part], outcomes: Sequence[Outcome]) -> None:
    measured: dict[str, ci_times.Span] = {}
    for part, outcome in zip(parts, outcomes, strict=True):
        if part.kind == "pytest":
            measured |= ci_times.read_outcomes(OUT / f"{label(part)}.json", suffix_of(part.name))
        elif outcome.ran and not outcome.failed and part.name != "kubo":  # which is built once, and then is there
            measured[part.name] = ci_times.Span(outcome.seconds, outcome.seconds * part.share)
    ci_times.write(measured)


def _leftovers(heir: bool, allowed: Sequence[Allowed]) -> Outcome:
    """The last part: nothing that the run started may still be running."""
    if not heir:
        outcome = Outcome("leftovers", 0, 0, (Skip("leftovers", f"no /proc on {sys.platform}"),), 0.0, ran=False)
        return refuse_unlisted(outcome, allowed)
    began = time.monotonic()
    left = ci_leftovers.wait_and_end()
    for process in left:
        print(f"left behind: {process.pid} {process.command[:200]}")
    note = f"{len(left)} processes left behind (ended now), such as: {left[0].command[:120]}" if left else ""
    return Outcome("leftovers", int(not left), len(left), (), time.monotonic() - began, note=note)


def _report(outcomes: Sequence[Outcome], seconds: float) -> int:
    print(f"\n{table(outcomes, seconds / 60)}\n\n{totals(outcomes)}", flush=True)
    return 1 if any(one.failed for one in outcomes) else 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
