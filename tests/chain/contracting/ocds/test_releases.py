"""One release at every transition; what it holds; what it must not hold yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chain.contracting.ocds import EVERYWHERE, REQUIRED, Publication, check, missing, package_faults, to_bytes
from chain.evaluation.report import DroppedBid
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, NotFound
from tests.chain.contracting.ocds.process import COMPANIES, WEB, Process, to_the_closing, whole

TRANSITIONS = [
    ("notice", "tender"), ("answers", "tenderUpdate"), ("answers", "tenderUpdate"), ("amendment", "tenderAmendment"),
    ("extension", "tenderAmendment"), ("closed", "tenderUpdate"), ("opened", "tenderUpdate"),
    ("opening-record", "tenderUpdate"), ("evaluation", "tenderUpdate"), ("candidates", "award"),
    ("case", "tenderUpdate"), ("case-settled", "tenderUpdate"), ("award", "awardUpdate"),
    ("award-letter", "awardUpdate"), ("contract", "contract"), ("contract-amendment", "contractAmendment"),
    ("performance", "implementation"),
]  # fmt: skip


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Process:
    return whole(tmp_path_factory.mktemp("process"))


@pytest.fixture(scope="module")
def releases(process: Process) -> list[dict[str, Any]]:
    found = process.publish()
    check(found)
    return [one.value for one in found.told.releases]


def at(releases: list[dict[str, Any]], transition: str) -> dict[str, Any]:
    return next(one for one in releases if one["transition"] == transition)


def test_every_transition_has_its_release_and_bids_that_come_have_none(releases: list[dict[str, Any]]) -> None:
    assert [(one["transition"], one["tag"][0]) for one in releases] == TRANSITIONS


def test_the_same_ledger_and_board_give_the_same_bytes(process: Process, releases: list[dict[str, Any]]) -> None:
    again = process.publish()
    assert to_bytes(again.releases) == to_bytes(process.publish().releases)
    assert len({one["id"] for one in releases}) == len(releases)
    event = process.events[0]
    assert releases[0]["id"] == f"{process.notice.ocid}-{event.block.number}-{event.index}"
    assert releases[0]["ledger"]["blockHash"] == hex0x(event.block.hash)
    assert again.releases["publishedDate"] == releases[-1]["date"]


def test_whoever_publishes_changes_addresses_only(process: Process) -> None:
    named, web = process.publish(Publication()).releases, process.publish(WEB).releases
    text = json.dumps(named)
    assert named["uri"].startswith("urn:yinxin:")
    assert "https://tenders" not in text
    assert '"url"' not in text
    for one in web["releases"]:
        for document in one["tender"].get("documents", ()):
            assert document.pop("url") == f"{WEB.base}/v1/tenders/7/papers/{document['sha256']}"
        for award in one.get("awards", ()):
            [document.pop("url") for document in award.get("documents", ())]
        for contract in one.get("contracts", ()):
            for document in [*contract["documents"], *contract.get("implementation", {}).get("documents", ())]:
                document.pop("url", None)
    assert web["releases"] == named["releases"]


def test_the_notice_tells_what_a_bidder_must_know(releases: list[dict[str, Any]], process: Process) -> None:
    tender = releases[0]["tender"]
    assert tender["value"] == {"amount": 3600000, "currency": "CNY", "exact": "3600000.00"}
    assert tender["awardCriteria"] == "ratedCriteria"
    assert tender["tenderPeriod"]["endDate"] < tender["bidOpening"]["date"]
    notice = next(one for one in tender["documents"] if one["documentType"] == "tenderNotice")
    first = process.board.get(bytes.fromhex(notice["sha256"][2:]))
    assert notice["size"] == len(first)
    assert notice["cid"].startswith("bafkrei")
    buyer = releases[0]["parties"][0]
    assert buyer["identifier"] == {"scheme": "CN-USCC", "id": "11440100000000001F", "legalName": "示例市教育局"}
    assert buyer["roles"] == ["buyer", "procuringEntity"]


def test_amendment_and_extension_move_the_deadline_and_say_why(releases: list[dict[str, Any]]) -> None:
    first, amended, extended = (at(releases, name) for name in ("notice", "amendment", "extension"))
    ends = [one["tender"]["tenderPeriod"]["endDate"] for one in (first, amended, extended)]
    assert ends == sorted(set(ends))
    assert amended["tender"]["amendments"][0]["description"] == "增加样品尺寸"
    assert amended["tender"]["amendments"][0]["amendsReleaseID"] == first["id"]
    assert extended["tender"]["amendments"][0]["releaseID"] == extended["id"]


def test_answers_are_enquiries_of_which_each_release_has_the_new_ones(releases: list[dict[str, Any]]) -> None:
    found = [one["tender"]["enquiries"] for one in releases if one["transition"] == "answers"]
    assert [[one["answer"] for one in part] for part in found] == [["含安装与三年维护。"], ["不接受联合体。"]]


def test_a_sealed_tender_tells_nothing_of_bids(releases: list[dict[str, Any]], process: Process) -> None:
    sealed = releases[: [one["transition"] for one in releases].index("opened")]
    text = json.dumps(sealed, ensure_ascii=False)
    for code, name in COMPANIES.values():
        assert code not in text
        assert name not in text
    for event in process.events:
        if event.name == "BidCommitted":
            commitment = event.values["commitment"]
            for digest in (event.values["commitmentHash"], commitment.first.digest, event.transaction):
                assert hex0x(digest) not in text
    for one in sealed:
        assert not {"bids", "awards", "contracts"} & set(one)
        assert not {"tenderers", "numberOfTenderers"} & set(one["tender"])


def test_the_opening_names_bids_then_who_and_for_how_much(releases: list[dict[str, Any]]) -> None:
    opened, read = at(releases, "opened"), at(releases, "opening-record")
    assert [(one["place"], one["status"]) for one in opened["bids"]["details"]] == [
        (1, "pending"), (2, "pending"), (3, "pending"),
    ]  # fmt: skip
    second = read["bids"]["details"][1]
    assert (second["status"], second["value"]["exact"], second["tenderers"][0]["id"]) == (
        "valid", "2999999.90", "CN-USCC-91440101MA5CUP002B",
    )  # fmt: skip
    measures = {one["measure"]: one["value"] for one in read["bids"]["statistics"]}
    assert measures == {"validBids": 3, "lowestValidBidValue": 2999999.9, "highestValidBidValue": 3350000}
    assert read["tender"]["numberOfTenderers"] == 3
    assert {one["id"] for one in read["parties"] if "tenderer" in one["roles"]} == {
        f"CN-USCC-{code}" for code, _ in COMPANIES.values()
    }


def test_a_bid_that_is_dropped_is_disqualified(releases: list[dict[str, Any]]) -> None:
    details = at(releases, "evaluation")["bids"]["details"]
    assert [(one["id"], one["status"], one["dropped"]) for one in details] == [("1-3", "disqualified", "qualification")]


def test_candidates_are_pending_awards_and_one_becomes_active(releases: list[dict[str, Any]]) -> None:
    named, awarded = at(releases, "candidates")["awards"], at(releases, "award")["awards"]
    assert [(one["id"], one["rank"], one["status"]) for one in named] == [("1-1", 2, "pending"), ("1-2", 1, "pending")]
    assert [(one["id"], one["status"]) for one in awarded] == [("1-1", "unsuccessful"), ("1-2", "active")]
    assert at(releases, "award")["tender"]["status"] == "complete"


def test_the_contract_names_its_award_and_its_changes(releases: list[dict[str, Any]]) -> None:
    contract, changed, done = (
        at(releases, name)["contracts"][0] for name in ("contract", "contract-amendment", "performance")
    )
    assert (contract["awardID"], contract["value"]["exact"]) == ("1-2", "2999999.90")
    assert (changed["value"]["exact"], changed["amendments"][0]["rationale"]) == ("3025000.50", "入学人数增加")
    assert done["implementation"]["documents"][0]["documentType"] == "completionCertificate"
    assert all("url" not in one for one in contract["documents"] if one["documentType"] == "contractText")


def test_a_new_ranking_and_a_new_award_replace_the_old_ones(tmp_path: Path) -> None:
    process = to_the_closing(tmp_path)
    process.open()
    process.opening()
    first = process.candidates(process.report((DroppedBid(3, "formal", ("未签章",)),)), 2, 1)
    process.object()
    assert first
    again = process.candidates(process.report(), 3, 2, 1, number=2)
    process.award(again, 3)
    process.award(again, 2, 2, number=2)
    found = process.publish()
    check(found)
    state = found.record["records"][0]["compiledRelease"]
    assert {one["id"]: one["status"] for one in state["awards"]} == {
        "1-1": "unsuccessful", "1-2": "active", "1-3": "cancelled",
    }  # fmt: skip
    bid = next(one for one in state["bids"]["details"] if one["id"] == "1-3")
    assert bid["status"] == "valid"
    assert "dropped" not in bid


def test_a_failed_lot_and_a_cancelled_tender_end_it(tmp_path: Path) -> None:
    process = to_the_closing(tmp_path)
    process.open()
    process.fail(process.opening(minimum=4))
    found = process.publish()
    check(found)
    last = found.told.releases[-1].value
    assert (last["tag"], last["tender"]["status"]) == (["tenderCancellation"], "unsuccessful")
    early = Process(tmp_path / "early")
    early.begin()
    early.say("TenderCancelled", reasonDigest=early.board.put("终止".encode()))
    last = early.publish().told.releases[-1].value
    assert (last["tag"], last["tender"]["status"], last["tender"]["lots"][0]["status"]) == (
        ["tenderCancellation"], "cancelled", "cancelled",
    )  # fmt: skip


def test_one_lot_opens_and_the_other_stays_sealed(tmp_path: Path) -> None:
    process = Process(tmp_path, "roads")
    process.begin()
    for lot in (1, 2):
        process.bid(lot)
    process.settle()
    process.close(1)
    process.close(2)
    process.open(1)
    process.opening(1)
    process.say("Reviewed", lot=1, digest=process.board.put(b"{}"), dropped=(3,))
    process.places[1].pop()
    process.close(1, 2)
    process.open(1, 2)
    process.opening(1, 2, minimum=1)
    found = process.publish()
    check(found)
    state = found.record["records"][0]["compiledRelease"]
    assert [(one["id"], one["status"], one.get("value", {}).get("exact")) for one in state["bids"]["details"]] == [
        ("1-1", "valid", "3100000.00"), ("1-2", "valid", "2999999.90"), ("1-3", "disqualified", None),
    ]  # fmt: skip
    assert [one["phase"] for one in state["tender"]["lots"]] == ["price_opened", "closed"]
    technical = next(one.value for one in found.told.releases if one.transition == "opening-record")
    assert all("value" not in one for one in technical["bids"]["details"])


def test_a_paper_that_is_nowhere_stops_the_work_and_one_of_no_known_form_does_not(tmp_path: Path) -> None:
    process = to_the_closing(tmp_path)
    process.open()
    process.record("opening", b'{"format":"another-1"}')
    process.record("answers", b"no answers", 0)
    process.record("committee", b"anything")
    found = process.publish()
    check(found)
    assert [one.transition for one in found.told.releases][-4:] == ["opened", "paper", "answers", "paper"]
    process.say("Recorded", lot=1, kind="evaluation", digest=bytes(32))
    with pytest.raises(NotFound):
        process.publish()


@pytest.mark.parametrize("transition", sorted(REQUIRED))
def test_a_release_without_a_member_that_its_transition_needs_is_found(
    transition: str, releases: list[dict[str, Any]]
) -> None:
    bare = {"transition": transition}
    assert {one.path for one in missing(bare)} >= {*EVERYWHERE, *REQUIRED[transition]} - {"transition"}
    real = next((one for one in releases if one["transition"] == transition), None)
    assert real is None or list(missing(real)) == []


def test_what_is_told_too_early_is_found(releases: list[dict[str, Any]]) -> None:
    early = {**at(releases, "closed"), "bids": {"details": []}}
    assert [one.path for one in missing(early)] == ["bids"]
    early = at(releases, "notice")
    early = {**early, "tender": {**early["tender"], "numberOfTenderers": 0}}
    assert [one.path for one in missing(early)] == ["tender.numberOfTenderers"]


def test_packages_with_a_fault_do_not_go_out(process: Process) -> None:
    found = process.publish()
    found.releases["releases"][3]["tender"]["status"] = "opened"
    assert [one.path for one in package_faults(found.releases)] == ["releases[3].tender.status"]
    with pytest.raises(Damaged, match="status"):
        check(found)
