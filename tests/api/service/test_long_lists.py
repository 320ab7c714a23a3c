"""The rows of a list that is too long for its request, page by page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.certificates import laying
from chain.desk.messages import Request
from chain.issuing.contents import Draft, rows_digest
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, unb64url
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.people import Person
from tests.api.service.hall import Hall
from tests.api.town import BUREAU, licences

pytestmark = pytest.mark.loopback

SIZE = 7


def test_whoever_decides_gets_every_row_that_the_digest_names(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(laying, "CHUNK", 2)
    table = csv_bytes([CHINESE, *(sample.values for sample in licences(SIZE, first=8_000))], "utf-8")
    made = hall.post(
        "officer", f"/v1/bureaus/{BUREAU}/lists?type=business-licence",
        content=table, headers={"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    assert made.status_code == 201, made.text
    place = f"/v1/bureaus/{BUREAU}/approvals/batch-{made.json()['batch']['number']}"
    data = hall.get("approver", f"{place}/content").content
    request = Request.from_bytes(data)
    assert len(request.body["drafts"]) == 5

    pages, cursor = [], ""
    while cursor is not None:
        answer = hall.get("approver", f"{place}/drafts?limit=3{cursor and '&cursor=' + cursor}")
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        cursor = pages[-1]["next"]
    items = [item for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    digest = rows_digest([Draft.from_dict(item) for item in items])
    assert digest == unb64url(request.body["rowsDigest"])
    assert {(page["size"], page["rowsDigest"]) for page in pages} == {(SIZE, hex0x(digest))}
    assert [canonical(item) for item in items[:5]] == [canonical(item) for item in request.body["drafts"]]

    anna = Person(hall.town, "anna-who-checks").move_in()
    file, rows = tmp_path / "request.json", tmp_path / "rows.jsonl"
    file.write_bytes(data)
    rows.write_text("".join(json.dumps(page) + "\n" for page in pages))
    assert "all 7 rows" in anna.decide(file, "--drafts", str(rows), "--approve")["lines"][-1]
    recalled = hall.get("approver", f"{place.replace('/approvals/batch-', '/approvals/act-')}/drafts")
    assert recalled.status_code == 404
