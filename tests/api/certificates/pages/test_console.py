"""The console, page by page, without a browser: what the register holds is what the pages show."""

from __future__ import annotations

import json

import pytest

from api.certificates.pages import figures
from chain.catalogue import SHIPPED
from chain.credentials.status_list import Status
from scripts.samples.lists import CHINESE, Sample, csv_bytes
from tests.api.service.hall import Hall
from tests.api.service.pages.browsing import Browsing
from tests.api.service.pages.reading import page, read
from tests.api.town import BUREAU, OTHER, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/console/{BUREAU}"
KIND = SHIPPED.find("business-licence")


@pytest.fixture(scope="module")
def stocked(hall: Hall) -> Hall:
    """Five certificates on the ledger, the second suspended; one list that waits."""
    made = hall.town.issue(licences(5))
    hall.town.act("suspend", hall.town.identifiers(made["batch"])[1], "--reason", "sample")
    return hall


@pytest.fixture
def officer(stocked: Hall) -> Browsing:
    """The officer's browser."""
    someone = Browsing(stocked)
    someone.enter("officer")
    return someone


def typed(sample: Sample) -> dict[str, str]:
    """A sample as it is typed into the form."""
    row = dict(zip(CHINESE, sample.values, strict=True))
    return {
        one.name: next(row[heading] for heading in (one.zh, *one.aliases) if heading in row) for one in KIND.list_fields
    }


def test_who_has_one_bureau_comes_straight_to_it_and_an_auditor_of_all_chooses(stocked: Hall) -> None:
    someone = Browsing(stocked)
    someone.enter("officer")
    assert someone.get("/console").headers["Location"] == HERE
    auditor = Browsing(stocked)
    auditor.enter("auditor-general")
    assert {HERE, f"/console/{OTHER}"} <= set(auditor.read("/console").links)


def test_the_figures_are_those_of_the_register(stocked: Hall, officer: Browsing) -> None:
    office = stocked.service.office(BUREAU)
    assert figures.by_status(office) == {Status.VALID: 4, Status.SUSPENDED: 1}
    assert figures.by_type(office)[0] == (KIND.code, 5)
    days = figures.by_day(office, now=stocked.service.clock(), days=30)
    assert (len(days), sum(one.count for one in days)) == (30, 5)
    assert figures.expiring(office, now=stocked.service.clock(), days=36_500) > 0
    shown = officer.get(HERE).text
    read(shown)
    assert "示例市市场监督管理局" in shown
    assert "share-2" in shown, "a part of the bar a status"


def test_the_overview_stands_also_while_the_ledger_is_silent(
    stocked: Hall, officer: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chain.kernel.errors import Unavailable

    def silent(*_: object) -> None:
        raise Unavailable("silent", code="ledger")

    monkeypatch.setattr(type(stocked.service.ledger), "refresh", silent)
    answer = officer.get(HERE)
    assert answer.status_code == 200
    assert "无应答" in answer.text


@pytest.mark.parametrize("wanted", ["name", "number", "code", "identifier"])
def test_a_certificate_is_found_by_what_one_has_at_hand(stocked: Hall, officer: Browsing, wanted: str) -> None:
    row = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates?limit=1").json()["items"][0]
    text = {one: row[one] for one in ("number", "identifier")}
    text |= {"name": row["holder"][3:9], "code": row["holderCode"]}
    answer = officer.send(f"{HERE}/certificates", {"text": text[wanted]}, seen=f"{HERE}/certificates")
    assert answer.status_code == 200
    assert f'data-entry="{row["entry"]}"' in answer.text
    assert text[wanted] not in str(answer.url)


def test_what_fits_nothing_is_said_so(officer: Browsing) -> None:
    answer = officer.send(f"{HERE}/certificates", {"text": "没有这样的名称"}, seen=f"{HERE}/certificates")
    assert "没有符合的证照" in answer.text


def test_a_list_goes_on_where_it_stopped(officer: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.certificates.pages import register

    monkeypatch.setattr(register, "_ROWS", 2)
    monkeypatch.setattr(register, "PAUSE", 4)
    seen: list[str] = []
    answer = officer.send(f"{HERE}/certificates", {"text": "示例"}, seen=f"{HERE}/certificates")
    for _ in range(5):
        new = [part.partition('"')[0] for part in answer.text.split('data-entry="')[1:]]
        assert len(new) <= 2, "a page of a long list has so many rows, however long the list is"
        seen += new
        assert ("revealed" in answer.text) is (len(seen) == 2), "after so many, rows come only when asked for"
        following = read(answer.text).inputs
        if "cursor" not in following:
            break
        sent = {name: following[name] for name in ("text", "by", "type", "state", "cursor", "shown")}
        answer = officer.send(f"{HERE}/certificates", sent, seen=f"{HERE}/certificates", headers={"HX-Request": "true"})
    assert len(seen) == len(set(seen)) == 5


def test_filters_of_an_address_are_those_of_the_register(officer: Browsing) -> None:
    shown = officer.get(f"{HERE}/certificates?state=SUSPENDED").text
    assert shown.count("data-entry=") == 1
    assert officer.get(f"{HERE}/certificates?state=NONSENSE&batch=x").text.count("data-entry=") == 5


def test_one_certificate_shows_fields_evidence_and_history(stocked: Hall, officer: Browsing) -> None:
    entry = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates?state=SUSPENDED").json()["items"][0]["entry"]
    answer = officer.get(f"{HERE}/certificates/{entry}")
    page(answer)
    detail = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates/{entry}").json()
    anchors = stocked.client.get(f"/v1/bureaus/{BUREAU}/anchors?lane={KIND.code}").json()["items"]
    assert detail["identifier"] in answer.text
    assert anchors[0]["root"] in answer.text
    assert 'data-act="suspend"' in answer.text
    assert '<option value="reinstate"' in answer.text
    assert '<option value="suspend"' not in answer.text, "what is suspended cannot be suspended"


def test_paper_bundle_and_code_are_those_of_the_api(stocked: Hall, officer: Browsing) -> None:
    entry = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates?limit=1").json()["items"][0]["entry"]
    there = f"/v1/bureaus/{BUREAU}/certificates/{entry}"
    bundle = officer.get(f"{HERE}/certificates/{entry}/bundle.json")
    assert bundle.content == stocked.get("officer", f"{there}/bundle").content
    assert bundle.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(bundle.content)["format"].startswith("yinxin-bundle")
    pdf = officer.get(f"{HERE}/certificates/{entry}/certificate.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert "no-store" in pdf.headers["Cache-Control"]
    code = officer.get(f"{HERE}/certificates/{entry}/code.svg")
    assert code.content == stocked.get("officer", f"{there}/code").content


def test_a_status_act_needs_a_reason_and_then_waits_for_the_second_person(stocked: Hall, officer: Browsing) -> None:
    entry = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates").json()["items"][2]["entry"]
    there = f"{HERE}/certificates/{entry}"
    refused = officer.send(f"{there}/acts", {"operation": "revoke", "reason": " "}, seen=there)
    assert refused.status_code == 422
    assert 'id="act-fault"' in page_text(refused)
    done = officer.send(f"{there}/acts", {"operation": "revoke", "reason": "抽查不合格"}, seen=there)
    assert done.status_code == 303
    shown = officer.get(there).text
    assert 'data-act="revoke"' in shown
    assert "已有一项变更在办" in shown
    acts = stocked.get("officer", f"/v1/bureaus/{BUREAU}/acts").json()["items"]
    assert acts[0]["operation"] == "revoke"
    assert acts[0]["operator"] == "officer"


def page_text(answer: object) -> str:
    """The text of a page that must be whole."""
    page(answer)  # type: ignore[arg-type]
    return str(answer.text)  # type: ignore[attr-defined]


def test_who_only_looks_gets_no_buttons(stocked: Hall) -> None:
    auditor = Browsing(stocked)
    auditor.enter("auditor")
    entry = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates?limit=1").json()["items"][0]["entry"]
    assert "/acts" not in auditor.get(f"{HERE}/certificates/{entry}").text
    assert f"{HERE}/issue" not in auditor.read(HERE).links


# --------------------------------------------------------------------------- issuing


def test_the_preview_says_what_is_wrong_and_how_it_will_look(officer: Browsing) -> None:
    (sample,) = licences(1, first=21)
    form, asked = f"{HERE}/issue/business-licence", {"HX-Request": "true"}
    nothing = officer.send(f"{form}/preview", {}, seen=form, headers=asked)
    assert 'data-faults="0"' in nothing.text
    alone = officer.send(f"{form}/preview", {"certificateHolderCode": "91440101000000001B"}, seen=form, headers=asked)
    assert 'data-faults="1"' in alone.text
    wrong = {"certificateHolderName": "示例商贸有限公司", "certificateHolderCode": "91440101000000001B"}
    answer = officer.send(f"{form}/preview", wrong, seen=form, headers=asked)
    assert 'data-faults="1"' in answer.text, "what is empty is missing, not wrong"
    assert "示例商贸有限公司" in answer.text
    right = officer.send(f"{form}/preview", typed(sample), seen=form, headers=asked)
    assert 'data-missing="0" data-faults="0"' in right.text


def test_a_form_with_faults_comes_back_with_them_at_their_fields(stocked: Hall, officer: Browsing) -> None:
    form = f"{HERE}/issue/business-licence"
    wrong = {"certificateHolderName": "示例商贸有限公司", "certificateIssuedDate": "soon"}
    answer = officer.send(form, wrong, seen=form)
    assert answer.status_code == 422
    shown = page(answer)
    assert shown.inputs["certificateHolderName"] == "示例商贸有限公司"
    assert 'id="f-certificateIssuedDate-fault"' in answer.text
    assert "必填" in answer.text


def test_one_certificate_becomes_a_batch_that_waits_and_can_be_recalled(stocked: Hall, officer: Browsing) -> None:
    (sample,) = licences(1, first=22)
    form = f"{HERE}/issue/business-licence"
    done = officer.send(form, typed(sample), seen=form)
    assert done.status_code == 303, done.text
    there = done.headers["Location"]
    assert 'data-batch-state="waiting"' in officer.get(there).text
    number = there.rpartition("/")[2]
    assert f'data-request="batch-{number}"' in officer.get(f"{HERE}/waiting").text
    again = officer.send(form, typed(sample), seen=form)
    assert again.headers["Location"] == there, "the same row again is the same batch"
    with stocked.town.signing(approve=False):
        recalled = officer.send(f"{there}/recall", {}, seen=there)
    assert recalled.status_code == 303
    assert 'data-batch-state="recalled"' in officer.get(there).text


def test_a_list_is_reported_row_by_row_before_anything_is_done(stocked: Hall, officer: Browsing) -> None:
    rows = licences(3, first=30)
    bad = rows[1].with_value("certificateHolderCode", "91440101000000001B")
    there = f"{HERE}/lists"
    before = stocked.get("officer", f"/v1/bureaus/{BUREAU}/batches").json()["items"][0]["number"]

    def send(samples: list[Sample], way: str) -> str:
        data = csv_bytes([CHINESE, *(one.values for one in samples)], "gb18030")
        answer = officer.send(
            there, {"type": KIND.code, "way": way}, seen=there, files={"file": ("名单.csv", data, "text/csv")},
            headers={"HX-Request": "true"},
        )  # fmt: skip
        return answer.headers.get("HX-Redirect") or answer.text

    report = send([rows[0], bad, rows[2]], "make")
    assert 'data-report="faults"' in report
    assert report.count('data-level="error"') >= 1
    assert "91440101000000001B" in report
    assert 'data-report="good"' in send(rows, "check")
    assert stocked.get("officer", f"/v1/bureaus/{BUREAU}/batches").json()["items"][0]["number"] == before
    made = send(rows, "make")
    assert made.startswith(f"{HERE}/batches/")
    assert "名单.csv" in officer.get(made).text


def test_types_keys_and_what_expires_are_told(officer: Browsing) -> None:
    assert 'data-type="business-licence"' in officer.get(f"{HERE}/types").text
    keys = officer.get(f"{HERE}/keys").text
    assert KIND.code in keys
    assert "签发证照" in keys
    assert officer.read(f"{HERE}/expiring?days=365").links
    assert officer.get(f"{HERE}/expiring?days=3660").status_code == 200
    assert officer.get(f"{HERE}/expiring?days=9999").status_code == 422
