"""Writes docs/openapi.json, the description that the service serves; with --check only tells whether it is up to date.

python -m scripts.write_openapi [--check]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from api.service.app import create_app
from api.service.context import Service
from chain.kernel.home import Home

PAGE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def page() -> str:
    """The document as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.write_config({"role": "service"})
        service = Service(home)
        try:
            document = create_app(service).openapi()
        finally:
            service.close()
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write the document, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        print("docs/openapi.json:1: not what the service serves; write it: python -m scripts.write_openapi")
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
