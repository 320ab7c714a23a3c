"""``python -m chain.ledger.node FOLDER [--linger SECONDS | --stay] [--foreground]``: be a node's supervisor."""

from __future__ import annotations

import argparse
import sys

from chain.ledger.node.layout import NodeDir
from chain.ledger.node.supervisor import serve


def main() -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m chain.ledger.node", description="supervisor of an embedded node")
    parser.add_argument("folder")
    parser.add_argument("--linger", type=float, default=5.0, help="seconds to stay after the last user has gone")
    parser.add_argument("--stay", action="store_true", help="stay until stopped")
    parser.add_argument("--foreground", action="store_true", help="also write the log to standard error")
    given = parser.parse_args()
    return serve(NodeDir.at(given.folder), linger=None if given.stay else given.linger, foreground=given.foreground)


if __name__ == "__main__":
    sys.exit(main())
