"""A client that an independent generator makes from the served description plays the demo's day over HTTP.

Server, worker, signer and client are processes of their own; the approver approves in a home of her own.
"""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from chain.identifiers import uscc
from scripts.client.generate import generate, python
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.service.hall import WORD, Hall
from tests.api.service.served import beside, serving
from tests.api.town import BUREAU, OTHER, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]


def lists(folder: Path) -> tuple[Path, Path]:
    """A list with one fault, and a good one."""
    samples = licences(3)
    good, faulty = folder / "good.csv", folder / "faulty.csv"
    rows = [sample.values for sample in samples]
    good.write_bytes(csv_bytes([CHINESE, *rows], "gb18030"))
    spoilt = [list(row) for row in rows]
    spoilt[1] = [_spoilt(value) for value in spoilt[1]]
    faulty.write_bytes(csv_bytes([CHINESE, *spoilt], "utf-8"))
    return good, faulty


def _spoilt(value: Any) -> Any:
    try:
        uscc.parse(str(value))
    except Exception:  # noqa: BLE001 - whatever it is, it is no code
        return value
    return str(value)[:-1] + ("A" if str(value)[-1] != "A" else "B")


@pytest.fixture
def seen(own_hall: Hall, tmp_path: Path) -> dict[str, Any]:
    """What the generated client saw."""
    hall = own_hall
    good, faulty = lists(tmp_path)
    with (
        serving(hall) as served,
        beside(hall, hall.town.approver, "signer"),
        beside(hall, hall.service.home.path, "worker"),
    ):
        document = tmp_path / "openapi.json"
        document.write_bytes(httpx.get(f"{served.url}/v1/openapi.json", timeout=60).content)
        generate(document, tmp_path)
        story = subprocess.Popen(
            [str(python()), str(Path(__file__).with_name("stranger_story.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert story.stdin is not None
        assert story.stdout is not None
        told = {
            "url": served.url, "bureau": BUREAU, "password": WORD, "good": str(good), "faulty": str(faulty),
        }  # fmt: skip
        story.stdin.write(json.dumps(told) + "\n")
        story.stdin.flush()
        try:
            for line in story.stdout:
                said = json.loads(line)
                if "seen" in said:
                    return dict(said["seen"])
                _approve(hall)
                story.stdin.write("\n")
                story.stdin.flush()
            _, errors = story.communicate(timeout=60)
            raise AssertionError(errors[-3000:])
        finally:
            story.kill()
            story.communicate()


def _approve(hall: Hall) -> None:
    """The second person, as soon as there is something to decide about; the service's own audit log may come first."""
    for _ in range(300):
        said = hall.town.run(hall.town.approver, "approve", "--all")
        answers = said.data["answers"] if said.code == 0 else []
        if any(one["ok"] and not one["request"].startswith("audit-") for one in answers):
            return
        threading.Event().wait(0.1)
    raise AssertionError(said)


def test_the_day_goes_well(seen: dict[str, Any]) -> None:
    assert seen["me"] == "officer"
    assert seen["bureaus"] == [BUREAU, OTHER]
    accepted, rows, findings = seen["faulty"]
    assert (accepted, rows) == (False, 3)
    assert {row for row, _ in findings} == {3}
    assert seen["uploaded"] == [201, 201]
    assert seen["replayed"] == [None, "true"]
    assert seen["batches"] == [1]
    assert seen["batch"] == [3, 3, 1]
    assert seen["events"].startswith("event: batch\n")
    assert seen["found"] == 3
    assert seen["by_name"] == [seen["first"]]
    assert seen["detail"] == ["VALID", True]
    assert seen["svg"] in ("<svg", "<?xm")
    assert seen["same_bundle"]
    assert seen["verdicts"][:3] == ["VALID", "VALID", "UNKNOWN"]
    assert seen["verdicts"][3] != "VALID"
    assert (seen["suspended"], seen["revoked"]) == ("SUSPENDED", "REVOKED")
    assert seen["history"] == [["revoke", "REVOKED"]]
    assert seen["anchor"] == [1, 3]
    assert seen["manifest"]
    assert seen["status_list"] == 2
    assert seen["unknown_stamp"] == [True, "stamp.unknown"]
    assert ["upload_list", "batch 1", 201] in seen["audit"]
    assert [operation for operation, _, _ in seen["audit"]].count("make_acts") == 2
    assert [operation for operation, _, _ in seen["audit"]].count("upload_list") == 2, "a replay is no entry"
    assert seen["refused"] == [403, "access.forbidden"]
    assert seen["narrow"] == [3, "access.scope"]
    assert seen["signed_out"] == "access.token"
