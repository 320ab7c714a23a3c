"""Until the opening nobody learns from the service who bids, or how many (Electronic Tendering Measures, Art. 22)."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from chain.kernel.encoding import hex0x
from tests.api.tenders.office import TenderOffice
from tests.support.tender_stage import BUREAU

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def answers(office: TenderOffice, tender: int) -> dict[str, bytes]:
    """Everything the service tells of a tender to anybody: bodies and what stands beside them, byte by byte."""
    here = f"/v1/tenders/{tender}"
    notice = hex0x(office.stage.ledger.tender_events(tender)[0].values["notice"].digest)
    asked = [
        (None, "/v1/tenders"), (None, here), (None, f"{here}/timeline"), (None, f"{here}/papers/{notice}"),
        (None, f"{here}/lots/1/places"), (None, f"{here}/lots/1/opening"), (None, "/v1/ceremonies/1"),
        ("lead", f"/v1/bureaus/{BUREAU}/tenders/{tender}/appointments"), ("lead", f"{here}/questions"),
        ("lead", "/v1/notifications"), ("watch", "/v1/notifications"), ("bidder", "/v1/notifications"),
    ]  # fmt: skip
    found = {}
    for name, path in asked:
        answer = office.call(name, "GET", path)
        headers = {key: value for key, value in answer.headers.items() if key != "x-request-id"}
        body = answer.content
        if answer.status_code >= 400:  # a problem names its request
            body = str({key: value for key, value in answer.json().items() if key != "instance"}).encode()
        found[f"{name} {path}"] = f"{answer.status_code} {headers} ".encode() + body
    office.service.insight.seconds = 0
    figures = office.get("/v1/statistics")
    assert figures.pop("asOf")["block"] > 0  # every block has another number
    found["statistics"] = json.dumps(figures).encode()
    return found


def test_answers_before_the_closing_are_the_same_for_no_two_and_nine_bids(office: TenderOffice, tmp_path: Path) -> None:
    stage = office.stage
    tender, _ = office.publish(tmp_path, deadline_in=600, lots=1)
    appointing = {"account": "lead", "role": "procurement"}
    path = f"/v1/bureaus/{BUREAU}/tenders/{tender}/appointments"
    office.follow()
    assert office.call("lead", "POST", path, json=appointing).status_code == 201
    assert office.call("bidder", "PUT", f"/v1/tenders/{tender}/following").status_code == 204
    none = answers(office, tender)
    for bidder in range(1, 10):
        stage.submit(tender, bidder=bidder, custodian=f"custodian-{1 + bidder % 2}")
        if bidder in (2, 9):
            office.follow()
            assert office.rows(f"SELECT places FROM tender_lots WHERE tender = {tender}") == [(bidder,)]
            assert answers(office, tender) == none, f"{bidder} bids"
    bidders = [hex0x(row[0])[2:] for row in office.rows("SELECT bidder FROM tender_places")]
    assert len(bidders) == 9
    assert not any(one.encode() in body for one in bidders for body in none.values())


def test_between_closing_and_opening_the_number_is_told_to_nobody(office: TenderOffice, tmp_path: Path) -> None:
    stage = office.stage
    tender = stage.bidding(1, 2, deadline_in=7, publish=partial(office.publish_number, tmp_path), open_in=300)
    stage.close(tender)
    statement = stage.board.put(b'{"files":["one","two"]}')
    stage.acts("custodian-1").attest_custody(tender, 1, 1, statement)
    office.follow()
    shown = office.get(f"/v1/tenders/{tender}")
    (lot,) = shown["details"]
    assert (lot["phase"], lot["places"], lot["live"]) == ("closed", None, None)
    assert lot["attested"] == {"1": [hex0x(stage.address("custodian-1"))]}
    moments = office.get(f"/v1/tenders/{tender}/timeline")["items"]
    assert not {one["name"] for one in moments} & {"BidCommitted", "BidWithdrawn", "BidMoved", "DecoyRevealed"}
    (closed,) = [one for one in moments if one["name"] == "EnvelopeClosed"]
    assert set(closed["values"]) == {"tender", "lot", "envelope"}
    answer = office.call(None, "GET", f"/v1/tenders/{tender}/papers/{hex0x(statement)}")
    assert answer.status_code == 404, "the statement names every file"
