"""libcoveocds over packages, without a network: the program that runs in its own environment, not in ours.

Standard input, a JSON object: ``standard`` (files of the standard's folder ``schema`` by name, as text), ``extensions``
(by the address that a package declares: files by name, as text) and ``packages`` (a list of packages). Standard output:
a JSON list, for each package what libcoveocds answers in its ``api`` form, or ``{"refused": why}`` where it has none.

An extension whose files are not given is reported as invalid by libcoveocds. A connection is refused, whoever asks.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
import zipfile
from typing import Any

_TAG = "standard-1__1__5/"


def _deaf(event: str, _values: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise ConnectionRefusedError("no network in here")


def _archive(files: dict[str, str]) -> bytes:
    """The standard as libcoveocds reads it: a ZIP archive of its repository."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_TAG, "")
        for name, text in files.items():
            archive.writestr(f"{_TAG}schema/{name}", text)
    return out.getvalue()


def _give(extensions: dict[str, dict[str, str]]) -> None:
    """Has every extension's files come from here."""
    import requests  # type: ignore[import-untyped,unused-ignore]
    from ocdsextensionregistry.extension_version import ExtensionVersion  # type: ignore[import-not-found]

    def files(version: Any) -> dict[str, str]:
        if version.input_url not in extensions:
            raise requests.ConnectionError(f"no files of {version.input_url}")
        return extensions[version.input_url]

    ExtensionVersion.files = property(files)


def _check(package: dict[str, Any], standard: bytes) -> dict[str, Any]:
    from libcoveocds.api import ocds_json_output  # type: ignore[import-not-found]
    from libcoveocds.config import LibCoveOCDSConfig  # type: ignore[import-not-found]

    config = LibCoveOCDSConfig({"context": "api", "standard_zip": standard})
    try:
        found: dict[str, Any] = ocds_json_output(json_data=package, lib_cove_ocds_config=config)
    except Exception as error:  # noqa: BLE001 -- whatever it trips over is its answer about that package
        return {"refused": f"{type(error).__name__}: {error}"}
    return found


def main() -> None:
    """The program."""
    sys.addaudithook(_deaf)
    given = json.load(sys.stdin)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _give(given["extensions"])
        standard = _archive(given["standard"])
        answers = [_check(package, standard) for package in given["packages"]]
    json.dump(answers, sys.stdout, default=str)


if __name__ == "__main__":
    main()
