"""Makes a client of the service from its OpenAPI document, by openapi-python-client, a generator of strangers.

    python -m scripts.client.generate docs/openapi.json FOLDER

The generator lives in a virtual environment of its own under build/ (its dependencies and ours don't go together),
made once from scripts/client/requirements.lock, every package by hash. The client lies in FOLDER/yinxin_client; what it
needs (httpx, attrs) is in that environment, too.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
SETTINGS = HERE / "generator.yml"
FOLDER = HERE.parent.parent / "build" / "client"


def python() -> Path:
    """The environment's Python; the environment is made first if the lock has changed.

    Raises:
        CalledProcessError: a package could not be installed.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp = FOLDER / "stamp"
    wanted = sha256(LOCK.read_bytes() + sys.version.encode() + str(FOLDER).encode()).hexdigest()
    program = FOLDER / "venv" / "bin" / "python"
    with (FOLDER / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (stamp.is_file() and stamp.read_text() == wanted and program.exists()):
            stamp.unlink(missing_ok=True)
            venv.create(FOLDER / "venv", clear=True, with_pip=True)
            subprocess.run(
                [str(program), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
                 "--disable-pip-version-check", "-r", str(LOCK)],
                check=True, stdout=sys.stderr,
            )  # fmt: skip
            stamp.write_text(wanted)
    return program


def generate(document: Path, target: Path) -> None:
    """Write the client to ``target``/yinxin_client.

    Args:
        document: the OpenAPI document, JSON.
        target: an existing folder.

    Raises:
        CalledProcessError: the generator failed, or warned of something it cannot express; its words are in ``output``.
    """
    program = python().with_name("openapi-python-client")
    subprocess.run(
        [str(program), "generate", "--path", str(document), "--config", str(SETTINGS), "--meta", "none",
         "--output-path", str(target / "yinxin_client"), "--overwrite", "--fail-on-warning"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    )  # fmt: skip


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    try:
        generate(given.document, given.folder)
    except subprocess.CalledProcessError as error:
        print(error.output or error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
