"""An opening by commands: officer, supervisor, auditor, each in a home of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chain.kernel.encoding import b64url
from chain.sealing import FaultKind
from chain.tenders.opening.finishing import restore_until, session_topic
from tests.api.town import cheap_keys
from tests.cli.committee_steps import committee_on_the_ledger, expert_home, pool_on_the_ledger
from tests.cli.evaluation_steps import fails_for_want_of_a_bid
from tests.support.opening_stage import OpeningCase
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import TenderStage

__all__ = ["tender_stage", "tender_template"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def case(tender_stage: TenderStage, tmp_path_factory: pytest.TempPathFactory) -> OpeningCase:
    """Three bids are in; the deadline is some seconds away."""
    found = OpeningCase.publish(tender_stage, tmp_path_factory.mktemp("case") / "tender", deadline=20)
    for bidder in (1, 2, 3):
        found.bid(bidder)
    return found


def test_an_opening_from_closing_to_its_record(case: OpeningCase, tmp_path: Path) -> None:
    stage, tender = case.stage, str(case.tender)
    lot = ["--custody", str(case.custody)]

    early = stage.run("officer", "tender", "close", tender)
    assert (early.code, early.data["closed"]) == (2, False)
    refused = stage.run("officer", "tender", "open", tender)
    assert (refused.code, refused.data["error"]["code"]) == (1, "opening.not_closed")
    stranger = stage.run("holder-1", "tender", "open", tender)
    assert (stranger.code, stranger.data["error"]["code"]) == (1, "opening.key")

    closed = stage.ok("officer", "tender", "close", tender, "--wait", "60")
    assert (closed["closed"], closed["live"], closed["failed"]) == (True, 3, False)
    assert stage.ok("supervisor", "tender", "close", tender) == closed

    case.release(2, 5)
    few = stage.run("officer", "tender", "open", tender)
    assert (few.code, few.data["signed"], few.data["missing"]) == (2, [2, 5], 1)
    assert few.data["waitingFor"] == [1, 3, 4]
    case.release(1)
    opened = stage.ok("officer", "tender", "open", tender, "--wait", "60")
    assert [bid["outcome"] for bid in opened["bids"]] == ["opened"] * 3
    assert opened["bids"][0]["figures"]["price"] == "1234567.00"
    assert "extra" not in opened["bids"][2]["figures"]
    assert (
        (Path(opened["folder"]) / "bids" / "1" / "documents" / "offer.txt").read_text().startswith("offer of bidder 1")
    )
    # This chain has no register of the companies' licences, so nobody is shown to stand behind the bids.
    assert (opened["organisations"], opened["failed"]) == (0, True)
    assert stage.ok("officer", "tender", "open", tender)["content"] == opened["content"]
    words = stage.run("officer", "tender", "open", tender, as_json=False)
    assert "开标一览表" in words.out
    assert "1111111.11" in words.out
    assert "(error)" in words.out or "(invalid)" in words.out, "nobody's name, but why"

    filed = stage.ok("supervisor", "tender", "object", tender, "--text", "第三家的工期读错了。")
    assert filed["number"] == 1
    waiting = stage.run("officer", "tender", "finish-opening", tender, "--without-supervisor", "未到场")
    assert (waiting.code, waiting.data["error"]["code"]) == (1, "opening.objections")
    older = stage.run("supervisor", "tender", "witness-opening", tender)  # the draft does not know of it yet
    assert (older.code, older.data["differs"]) == (1, ["objections"])
    stage.ok("officer", "tender", "answer-objection", tender, "1", "--text", "已核对，读数无误。")
    listed = stage.ok("holder-1", "tender", "objections", tender)["objections"]
    assert [(one["text"], one["answerText"]) for one in listed] == [("第三家的工期读错了。", "已核对，读数无误。")]

    unsigned = stage.run("officer", "tender", "finish-opening", tender)
    assert (unsigned.code, unsigned.data["finished"]) == (2, False)
    assert stage.ok("supervisor", "tender", "witness-opening", tender)["content"] == unsigned.data["content"]
    finished = stage.ok("officer", "tender", "finish-opening", tender)
    assert finished["failed"] is True
    assert stage.ok("officer", "tender", "finish-opening", tender) == finished

    public = stage.ok("holder-1", "audit", "--tender", tender)
    assert stage.ok("holder-1", "audit", "--all", "--board", str(stage.folder / "board"))["looked"]["A301"] == 1
    empty = stage.run("holder-1", "audit", "--tender", tender, "--board", str(tmp_path / "empty"))
    assert (empty.code, empty.data["verdict"]) == (2, "unknown")
    assert (public["verdict"], public["findings"], public["level"]) == ("clean", [], "public")
    with_files = stage.ok("holder-1", "audit", "--tender", tender, *lot)
    assert with_files["looked"]["A801"] == 3

    folder = tmp_path / "ocds"
    written = stage.ok("holder-1", "tender", "ocds", tender, "--out", str(folder))["tenders"]
    assert written == stage.ok("holder-2", "tender", "ocds", "--all", "--out", str(folder))["tenders"]
    assert written[0]["newest"] == "lot-failed"
    file = folder / "tender-1-releases.json"
    packages = ("--ocds", str(file), "--ocds", str(folder / "tender-1-record.json"))
    assert stage.ok("holder-1", "audit", "--tender", tender, *packages)["looked"]["A1405"] == 1
    file.write_bytes(file.read_bytes().replace(b"1111111.11", b"1111111.10"))
    said = stage.run("holder-1", "audit", "--tender", tender, *packages)
    assert (said.code, {one["rule"] for one in said.data["findings"]}) == (1, {"A1403"})
    which = stage.run("holder-1", "tender", "ocds", "--out", str(folder))
    assert (which.code, which.data["error"]["field"]) == (1, "N")

    with cheap_keys():
        stage.keys("holder-1").create("audit", "desk")
    file = tmp_path / "granted.age"
    stage.ok("officer", "tender", "grant-keys", tender, str(file), "--to", stage.keys("holder-1").card("audit").public)
    assert b"yinxin-granted" not in file.read_bytes()
    deep = stage.ok("holder-1", "audit", "--tender", tender, *lot, "--keys", str(file))
    assert (deep["verdict"], deep["level"], deep["looked"]["A803"]) == ("clean", "keys", 3)
    elsewhere = stage.run("holder-2", "audit", "--tender", tender, "--keys", str(file))
    assert (elsewhere.code, elsewhere.data["error"]["code"]) == (1, "audit.keys")

    # One changed byte in any home's board, and the audit names the paper.
    (record,) = (stage.folder / "board" / "papers").rglob(finished["record"][2:])
    data = record.read_bytes()
    record.write_bytes(data.replace(b"1111111.11", b"1111111.10"))
    broken = stage.run("holder-1", "audit", "--tender", tender)
    assert broken.code == 1
    found = [(one["rule"], one["result"], finished["record"] in one["subject"]) for one in broken.data["findings"]]
    why = ("A1108", "unknown", False)  # whether the lot failed for a reason, only the record could tell
    assert found == [("A901", "broken", True), why]
    told = stage.run("holder-1", "audit", "--tender", tender, as_json=False)
    assert "A901" in told.out
    assert "开标记录" in told.out
    record.write_bytes(data)


def test_audit_wants_one_thing_to_look_at(case: OpeningCase) -> None:
    assert case.stage.run("holder-1", "audit").code == 64
    assert case.stage.run("holder-1", "audit", "--all", "--tender", "1").code == 64
    unknown = case.stage.run("holder-1", "audit", "--tender", "99")
    assert (unknown.code, unknown.data["findings"][0]["rule"]) == (1, "A301")


def test_a_bad_file_is_recorded_with_its_evidence_and_the_supervisor_sees_the_same(
    tender_stage: TenderStage, tmp_path: Path
) -> None:
    """One file is junk and one is lost; the third is read out all the same. Then a committee is drawn for the lot."""
    expert_home(tender_stage)
    case = OpeningCase.publish(tender_stage, tmp_path / "tender", minimumBids=1, deadline=30)
    stage, tender = case.stage, str(case.tender)
    pool_on_the_ledger(case, tmp_path)
    case.bid(1)
    case.bid(2, spoil=lambda path: path.write_bytes(b"junk") and None)
    case.bid(3)
    lost = (case.custody / "3-1-1.age").read_bytes()
    (case.custody / "3-1-1.age").unlink()
    stage.ok("officer", "tender", "close", tender, "--wait", "60")
    case.release(3, 4, 5)
    lot = ["--custody", str(case.custody)]
    opened = stage.run("officer", "tender", "open", tender, "--wait", "60")
    found = [(bid["outcome"], bid["fault"], bid["party"]) for bid in opened.data["bids"]]
    assert found == [
        ("opened", None, None),
        ("revoked", FaultKind.BAD_HEADER, "bidder"),
        ("withdrawn", FaultKind.MISSING_FILE, "storage"),
    ]
    assert (opened.data["organisations"], opened.data["failed"]) == (2, False)
    stage.wait_until(restore_until(case.story, 1, 1))
    late = stage.run("officer", "tender", "open", tender, "--file", str(case.custody / "2-1-1.age"))
    assert (late.code, late.data["error"]["code"]) == (1, "opening.window")
    folder = stage.run("officer", "tender", "open", tender, "--custody", str(tmp_path))
    assert (folder.code, folder.data["error"]["field"]) == (1, "custody")
    (Path(opened.data["folder"]) / "files" / "3.age").write_bytes(lost)
    again = stage.ok("officer", "tender", "open", tender)
    assert again["content"] == opened.data["content"], "what lies in the home is no custodian's"
    stage.board.post(session_topic(case.tender, 1, 1), "draft", b"junk after the officer's draft")
    stage.ok("supervisor", "tender", "witness-opening", tender)
    finished = stage.ok("officer", "tender", "finish-opening", tender)
    assert finished["failed"] is False
    audit = stage.run("holder-1", "audit", "--tender", tender, *lot)
    assert [(one["rule"], one["result"]) for one in audit.data["findings"]] == [("A801", "unknown")]
    assert audit.code == 2
    record = json.loads(stage.board.get(bytes.fromhex(finished["record"][2:])))
    assert record["content"]["bids"][1]["fault"]["k2"] is None
    assert b64url(b"junk") not in json.dumps(record)
    committee_on_the_ledger(case, tmp_path)
    fails_for_want_of_a_bid(case)
