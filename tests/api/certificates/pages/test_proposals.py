"""Types, activation codes, retention on the console: forms do what the endpoints do, and a second person decides."""

from __future__ import annotations

import html
import json
import re

import pytest

from chain.catalogue import SHIPPED
from tests.api.service.hall import Hall
from tests.api.service.pages.browsing import Browsing
from tests.api.service.pages.reading import page
from tests.api.town import BUREAU, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/console/{BUREAU}"
KIND = SHIPPED.find("business-licence")


@pytest.fixture(scope="module")
def stocked(hall: Hall) -> Hall:
    """Two certificates on the ledger."""
    hall.town.issue(licences(2, first=400), name="devices.csv")
    return hall


@pytest.fixture
def officer(stocked: Hall) -> Browsing:
    """The officer's browser."""
    someone = Browsing(stocked)
    someone.enter("officer")
    return someone


def test_a_next_version_is_proposed_from_the_one_in_force_and_can_be_recalled(stocked: Hall, officer: Browsing) -> None:
    form = f"{HERE}/types/new?from={KIND.code}"
    shown = officer.get(form)
    page(shown)
    found = re.search(r'<textarea[^>]*id="definition"[^>]*>(.*?)</textarea>', shown.text, re.DOTALL)
    assert found is not None
    draft = json.loads(html.unescape(found[1]))
    assert draft["version"] == KIND.version + 1
    there = f"{HERE}/types/proposals"
    refused = officer.send(there, {"definition": json.dumps({**draft, "version": 9})}, seen=form)
    assert refused.status_code == 409
    assert 'id="proposal-fault"' in refused.text
    assert "版本号不对" in refused.text
    page(refused)
    # Long names: forty fields, each with a label of forty characters.
    more = [
        {"name": f"KZ_field{number}", "zh": "很长的字段名称" * 5 + str(number), "en": f"a very long name {number} " * 3,
         "kind": "text", "required": False, "maxLength": 50}
        for number in range(40 - len(draft["fields"]))
    ]  # fmt: skip
    whole = {**draft, "fields": [*draft["fields"], *more]}
    made = officer.send(there, {"definition": json.dumps(whole, ensure_ascii=False), "reason": "长"}, seen=form)
    assert made.status_code == 303, made.text
    where = made.headers["Location"]
    number = int(where.rpartition("/")[2])
    proposal = stocked.get("officer", f"/v1/bureaus/{BUREAU}/type-proposals/{number}").json()
    assert (proposal["state"], proposal["version"]) == ("waiting", KIND.version + 1)
    assert 'data-proposal-state="waiting"' in officer.get(where).text
    again = officer.send(there, {"definition": json.dumps(whole, ensure_ascii=False)}, seen=form)
    assert again.headers["Location"] == where, "the same text again is the same proposal"
    with stocked.town.signing(approve=False):
        assert officer.send(f"{where}/recall", {}, seen=where).status_code == 303
    assert 'data-proposal-state="recalled"' in officer.get(where).text


def test_a_version_is_retired_with_a_reason_by_a_second_person(stocked: Hall, officer: Browsing) -> None:
    there = f"{HERE}/types/performance-record/1"
    assert officer.get(there).text.count("data-field=") == len(SHIPPED.find("performance-record").fields)
    refused = officer.send(f"{there}/retire", {"reason": " "}, seen=there)
    assert refused.status_code == 422
    assert "停用须写明理由" in refused.text
    made = officer.send(f"{there}/retire", {"reason": "不再使用"}, seen=there)
    where = made.headers["Location"]
    with stocked.town.signing(approve=False):
        officer.send(f"{where}/recall", {}, seen=where)
    assert 'data-proposal-state="recalled"' in officer.get(where).text
    assert f"{HERE}/types/proposals" in officer.get(f"{HERE}/types").text


def test_an_activation_code_is_asked_for_by_number_and_never_shown(stocked: Hall, officer: Browsing) -> None:
    row = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates?limit=1").json()["items"][0]
    there = f"{HERE}/claims"
    unknown = officer.send(there, {"certificate": "no-such-number"}, seen=there)
    assert unknown.status_code == 404
    assert "登记簿中没有这张证照" in unknown.text
    assert officer.send(there, {"certificate": " "}, seen=there).status_code == 422
    made = officer.send(there, {"certificate": row["number"]}, seen=there)
    assert made.headers["Location"] == f"{there}/{row['entry']}", "nothing of the holder stands in the address"
    assert 'data-activation="1"' in officer.get(made.headers["Location"]).text
    assert row["holder"] in officer.get(there).text
    assert stocked.get("officer", f"/v1/bureaus/{BUREAU}/activations/1").json()["state"] == "waiting"
    ended = officer.send(f"{there}/{row['entry']}/end", {"reason": "手机遗失"}, seen=there)
    assert ended.status_code == 404, "no device is bound"
    assert 'id="end-fault"' in ended.text, "and why is said"


def test_who_only_looks_proposes_nothing(stocked: Hall) -> None:
    auditor = Browsing(stocked)
    auditor.enter("auditor")
    entry = stocked.get("officer", f"/v1/bureaus/{BUREAU}/certificates?limit=1").json()["items"][0]["entry"]
    for section in ("types", "claims", f"claims/{entry}", "retention", "types/business-licence/1"):
        text = auditor.get(f"{HERE}/{section}").text
        assert f'method="post" action="{HERE}' not in text, section
        assert f"{HERE}/types/new" not in text


def test_without_a_policy_nothing_is_due_and_nothing_can_be_begun(officer: Browsing) -> None:
    shown = officer.get(f"{HERE}/retention")
    page(shown)
    assert "没有规定保管期限" in shown.text
    assert 'id="do-retention"' not in shown.text
