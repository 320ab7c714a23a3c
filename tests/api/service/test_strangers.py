"""A stranger's tool (schemathesis) tries every operation of the real server by its description alone.

It runs as its own process, with the token of one role after another. Half of what it sends fits the description and
half does not; where an operation's answer names an item, it goes on with that item.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.service.hall import Hall
from tests.api.service.served import Served, serving
from tests.api.town import BUREAU, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]

HERE = f"/v1/bureaus/{BUREAU}"
SECONDS = {"officer": 45, "authority": 30, "clerk": 20, None: 25}
"""Role to the seconds it is given; None is nobody in particular."""
ENDING = ("sign_out", "change_password", "end_token")
"""Operations that would end the session it works with; tests/api/service/test_sessions.py tries them."""
UNFIT = "positive_data_acceptance"
"""Left out: what fits the description may still break a rule of the domain (a check character, an unknown number)."""


@pytest.fixture(scope="module")
def known(hall: Hall) -> dict[str, list[str | int]]:
    """Values of items that exist, by the name of a parameter."""
    data = csv_bytes([CHINESE, *(sample.values for sample in licences(3))], "utf-8")
    made = hall.post("officer", f"{HERE}/lists", params={"type": "business-licence"}, content=data)
    with hall.working():
        hall.settle(f"{HERE}/batches/{made.json()['batch']['number']}")
    found = hall.get("officer", f"{HERE}/certificates").json()["items"]
    anchors = hall.get(None, f"{HERE}/anchors").json()["items"]
    heads = hall.get(None, f"{HERE}/status-heads").json()["items"]
    return {
        "path.bureau": [BUREAU],
        "path.number": [1, 2, 3, 13],
        "path.entry": [one["entry"] for one in found],
        "body.identifier": [one["identifier"] for one in found],
        "path.cid": [one["manifest"] for one in anchors],
        "path.digest": [one["digest"] for one in heads],
        "query.type": ["business-licence"],
        "body.operation": ["suspend", "issue"],
    }


@pytest.fixture(scope="module")
def served(hall: Hall, known: dict[str, list[str | int]]) -> Iterator[Served]:
    """The server; the signer is not there, so that nothing is decided while the stranger tries."""
    with serving(hall, workers=2) as server:
        yield server


@pytest.mark.parametrize("role", list(SECONDS), ids=lambda role: role or "nobody")
def test_no_call_meets_a_fault_and_every_answer_is_as_described(
    served: Served, known: dict[str, list[str | int]], tmp_path: Path, role: str | None
) -> None:
    config = tmp_path / "schemathesis.toml"
    words = {name: name.replace(".", "_") for name in known}
    lines = [f"[dictionaries.{words[name]}]\nvalues = {json.dumps(values)}" for name, values in known.items()]
    bound = [f'"{name}" = {{ dictionary = "{words[name]}", probability = 0.8 }}' for name in known]
    # Too many rows may be too many bytes as well, which is seen first: 413 is a refusal as good as the usual ones.
    refusals = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
    checks = ["[checks.negative_data_rejection]", f"expected-statuses = {refusals}"]
    config.write_text("\n".join([*lines, "[parameters]", *bound, *checks]) + "\n", encoding="utf-8")
    leaving_out = [word for name in ENDING for word in ("--exclude-operation-id", name)]
    headers = [] if role is None else ["--header", f"Authorization: Bearer {served.token(role)}"]
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config),
            "run", f"{served.url}/v1/openapi.json", *headers, "--max-time", str(SECONDS[role]),
            "--exclude-checks", UNFIT, *leaving_out, "--no-color", "--warnings", "off", "--request-timeout", "30",
            "--continue-on-failure", "--report", "json", "--report-json-path", str(tmp_path / "report.json"),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert '"fault"' not in served.log.read_text()
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:] + "\n".join(_found(tmp_path))


def _found(folder: Path) -> Iterator[str]:
    """What was sent and answered where a check failed, in short: bodies may have millions of characters."""
    for file in folder.glob(".schemathesis/**/crashes/[A-Z]*.json"):
        for step in json.loads(file.read_text())["sequence"]:
            answer = step["response"] or {}
            yield f"{step['method']} {step['url'][:500]} → {answer.get('status_code')} {str(answer.get('body'))[:1000]}"
            yield f"  sent: {json.dumps(step.get('case_body'))[:1000]}"
            yield from (f"  {check['name']}: {check['message'][:1000]}" for check in step["checks"])
