"""A holder's name and numbers, and a colleague's words, are where they belong and nowhere else.

A day is lived over the real server with planted values; then every place that is kept, shown or public is read byte by
byte: log lines, metrics, the service's database and whole home, every transaction on the chain, every stored blob.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from chain.ledger.connection import open_ledger
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.service.hall import Hall
from tests.api.service.served import serving
from tests.api.town import BUREAU, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/v1/bureaus/{BUREAU}"
NAME = "广州珞珈青梧栖霞示例商行"
REASON = "匿名举报属实暂扣处理甲乙丙"
PERSON = "欧阳珞珈栖霞"


@dataclass(frozen=True)
class Day:
    """What was lived.

    Attributes:
        hall: where.
        planted: what each value is, and the value.
        log: what the server wrote.
        metrics: what it counts.
    """

    hall: Hall
    planted: dict[str, str]
    log: bytes
    metrics: bytes


def forms(value: str) -> dict[str, bytes]:
    """How a value may be written in a file."""
    raw = value.encode()
    found = {
        "utf-8": raw,
        "gb18030": value.encode("gb18030"),
        "utf-16": value.encode("utf-16-le"),
        "escaped": value.encode("unicode_escape"),
        "json": json.dumps(value)[1:-1].encode(),
        "percent": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "hex": raw.hex().encode(),
    }
    for shift in range(3):
        # Inside a longer base64 text a value has three forms; the characters at its edges depend on what is beside it.
        for name, alphabet in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            text = alphabet(b"\0" * shift + raw)
            found[f"{name}/{shift}"] = text[[0, 2, 3][shift] :].rstrip(b"=")[:-1]
    return found


def planted_row() -> dict[str, object]:
    """A sample's row with a name, a number and a person nobody else has."""
    row: dict[str, object] = dict(zip(CHINESE, licences(1, first=7712)[0].values, strict=True))
    return row | {"名称": NAME, "法定代表人": PERSON}


@pytest.fixture(scope="module")
def day(hall: Hall) -> Day:
    row = planted_row()
    code, number_of_it = str(row["统一社会信用代码"]), str(row["证照编号"])
    data = csv_bytes(
        [CHINESE, [row[heading] for heading in CHINESE], *(sample.values for sample in licences(2))], "utf-8"
    )
    with serving(hall, workers=1) as served, served.client("officer") as officer, served.client("clerk") as clerk:
        wrong = data.replace(code.encode(), (code[:-1] + ("A" if code[-1] != "A" else "B")).encode())
        faulty = officer.post(f"{HERE}/lists", params={"type": "business-licence", "name": NAME}, content=wrong)
        assert faulty.json()["accepted"] is False
        assert officer.post(
            f"{HERE}/batches", json={"type": NAME, "name": NAME, "rows": [{"证照编号": number_of_it}]}
        ).is_error
        assert officer.post("/v1/tokens", json={"label": NAME, "scopes": [NAME], "expiresIn": 60}).is_error
        made = officer.post(
            f"{HERE}/lists",
            params={"type": "business-licence", "name": "planted.csv"},
            content=data,
            headers={"Idempotency-Key": "planted-list-of-today"},
        ).json()
        assert made["accepted"], made
        with hall.working():
            number = made["batch"]["number"]
            hall.settle(f"{HERE}/batches/{number}")
            search = f"{HERE}/certificates/search"
            found = officer.post(search, json={"name": NAME}).json()["items"]
            assert len(found) == 1
            by_number = {"number": found[0]["number"], "identifier": found[0]["identifier"]}
            key = {"Idempotency-Key": "planted-search-of-today"}
            assert officer.post(search, json={"holder": code}).json()["items"] == found
            assert officer.post(search, json=by_number, headers=key).json()["items"] == found
            identifier = found[0]["identifier"]
            bundle = clerk.post("/v1/bundles", json={"identifier": identifier})
            key = {"Idempotency-Key": "planted-check-of-today"}
            assert (
                clerk.post("/v1/verifications", json={"input": bundle.text}, headers=key).json()["verdict"] == "VALID"
            )
            assert clerk.post("/v1/verifications", json={"input": NAME}).status_code == 200
            assert officer.get(f"/v1/{NAME}/{identifier}").status_code == 404
            assert officer.get(f"{HERE}/certificates/{identifier}x").is_error
            body = {"operation": "suspend", "certificates": [identifier], "reason": REASON}
            act = officer.post(f"{HERE}/acts", json=body, headers={"Idempotency-Key": "planted-act-of-today"}).json()
            hall.settle(f"{HERE}/acts/{act['items'][0]['number']}")
        with served.client("machine") as machine:
            metrics = machine.get("/metrics").content
    planted = {"name": NAME, "person": PERSON, "code": code, "identifier": identifier, "number": number_of_it}
    return Day(hall, {**planted, "reason": REASON}, served.log.read_bytes(), metrics)


def leaks(day: Day, data: bytes) -> list[tuple[str, str]]:
    """Which planted values stand in the data, and how they are written."""
    return [
        (what, form)
        for what, value in day.planted.items()
        for form, written in forms(value).items()
        if len(written) > 6 and written in data
    ]


def test_the_search_finds_what_is_there(day: Day) -> None:
    register = Path(str(day.hall.service.office(BUREAU).engine.url.database))
    with sqlite3.connect(register) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = {what for what, _ in leaks(day, register.read_bytes())}
    assert {"name", "person", "code", "identifier", "number", "reason"} <= found, "the register is where they belong"
    for form, written in forms(NAME).items():
        assert leaks(day, b"xx" + written + b"yy"), form


def test_no_log_line_holds_them(day: Day) -> None:
    lines = [json.loads(line) for line in day.log.decode().splitlines() if line.startswith("{")]
    routes = {line.get("route") for line in lines if line["event"] == "request"}
    assert f"{HERE}/lists".replace(BUREAU, "{bureau}") in routes
    assert "(no such path)" in routes
    assert leaks(day, day.log) == []
    assert not re.search(rb"yx_[A-Za-z0-9_-]{20}", day.log)
    assert all("fault" not in line for line in lines)


def test_no_metric_holds_them(day: Day) -> None:
    assert b'yinxin_verifications_total{verdict="VALID"} ' in day.metrics
    assert leaks(day, day.metrics) == []


def test_no_address_takes_names_or_numbers_of_holders(day: Day) -> None:
    document = day.hall.client.get("/v1/openapi.json").json()
    for path, item in document["paths"].items():
        for told in item.values():
            named = {one["name"] for one in told["parameters"] if one["in"] == "path"}
            holders = {"bureau", "number", "entry", "digest", "cid", "reference", "name"}
            assert named <= holders | {"tender", "lot", "envelope", "ceremony", "file"}, path
            # A type's name, and that of a file of the pages: neither says anything of a holder.
            assert ("name" in named) <= ("/types/{name}" in path or path == "/assets/{name}"), path
            if path.endswith("/certificates"):
                asked = {one["name"] for one in told["parameters"] if one["in"] == "query"}
                assert asked == {"limit", "cursor", "state", "type", "batch", "expiring_within"}


def test_the_services_database_holds_none(day: Day) -> None:
    file = Path(str(day.hall.service.engine.url.database))
    with sqlite3.connect(file) as connection:
        kept = connection.execute("SELECT count(*) FROM idempotency_keys WHERE answer IS NOT NULL").fetchone()[0]
        noted = connection.execute("SELECT subject FROM audit_entries WHERE subject <> ''").fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert kept >= 3
    assert any(row[0].startswith("act ") for row in noted)
    for part in file.parent.glob(f"{file.name}*"):
        assert leaks(day, part.read_bytes()) == [], part.name


def test_nothing_else_in_the_services_home_holds_them(day: Day) -> None:
    looked = 0
    for file in day.hall.service.home.path.rglob("*"):
        if file.is_file():
            looked += 1
            assert leaks(day, str(file).encode() + file.read_bytes()) == [], file.name
    assert looked > 2


def test_no_transaction_on_the_chain_holds_them(day: Day) -> None:
    ledger = open_ledger(day.hall.service.home)
    try:
        newest = ledger.rpc.final_block().number
        inputs = b""
        for number in range(newest + 1):
            block = ledger.rpc.call("eth_getBlockByNumber", [hex(number), True])
            for transaction in block["transactions"]:
                told = bytes.fromhex(transaction["input"].removeprefix("0x"))
                receipt = ledger.rpc.call("eth_getTransactionReceipt", [transaction["hash"]])
                inputs += told + json.dumps(receipt).encode()
    finally:
        ledger.close()
    assert len(inputs) > 10_000
    assert leaks(day, inputs) == []
    assert leaks(day, inputs.hex().encode()) == []


def test_no_public_blob_holds_them(day: Day) -> None:
    files = [file for file in (day.hall.town.folder / "blobs").rglob("*") if file.is_file()]
    assert len(files) > 5
    for file in files:
        assert leaks(day, file.name.encode() + file.read_bytes()) == [], file.name


def test_what_strangers_are_told_holds_none(day: Day) -> None:
    client = day.hall.client
    for path in (f"{HERE}/anchors", f"{HERE}/status-heads", "/v1/bureaus", HERE):
        answer: httpx.Response = client.get(path)
        assert answer.status_code == 200
        assert leaks(day, answer.content) == [], path
