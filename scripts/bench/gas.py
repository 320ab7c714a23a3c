"""What a batch and a status change cost on the ledger, measured as real transactions on a fresh node."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from chain.ledger.compile import compile_contracts
from scripts.gas_report import LIMITS, anvil, measure


def main() -> int:
    """Print the table and write it as JSON; exit code 1 if a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("bench-out/gas.json"), help="where the figures go")
    options = parser.parse_args()
    with anvil() as url:
        found = measure(url, compile_contracts())
    for name, gas in found.items():
        limit = LIMITS.get(name)
        print(f"{name:32} {gas:>8}" + (f"  limit {limit}" if limit else ""))
    print(f"a certificate in a batch of 10,000: {found['anchor (steady)'] / 10_000:.2f} gas")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"gas": found, "limits": LIMITS}, indent=1) + "\n", encoding="utf-8")
    return 0 if all(found[name] <= limit for name, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
