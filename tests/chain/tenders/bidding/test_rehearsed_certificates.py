"""The rehearsal says of certificates and guarantee what will be judged after the opening."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.credentials.credential import parse_credential
from chain.credentials.status_list import Status
from chain.credentials.verification import Result
from chain.tenders.bidding.draft import Draft, EnvelopeDraft, Shown
from chain.tenders.bidding.guarantee import AMOUNT, BENEFICIARY, LOT, OCID, ends_too_early
from chain.tenders.bidding.rehearsal import of_draft
from chain.tenders.bidding.sealing import shown_in
from tests.support.town_bank import DAY, Bank, rule
from tests.support.world import Certificate

MINE = "91440100000000001X"


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    bank = Bank(tmp_path)
    bank.notice = replace(bank.notice, qualification=(rule(holder="one-member"),))
    return bank


def drafted(bank: Bank, builder: Certificate, guarantee: Certificate | None) -> Draft:
    for name, one in (("builder", builder), ("guarantee", guarantee)):
        if one is not None:
            (bank.folder / name).write_bytes(one.data if name == "guarantee" else one.credential.text.encode())
    empty = tuple(EnvelopeDraft(number, {}, ()) for number in (1, 2))
    shown = (Shown(bank.folder / "builder", "builder"),)
    return Draft(7, 1, empty, shown, None if guarantee is None else bank.folder / "guarantee", bank.folder)


def tried(bank: Bank, draft: Draft, *, extended: int = 0) -> dict[str, list[Result]]:
    now = bank.companies.world.now
    found: dict[str, list[Result]] = {}
    for trial in of_draft(draft, bank.notice, None, bank.companies.evidence(), now, bank.notice.deadline + extended):
        found.setdefault(trial.name, []).append(trial.result)
    return found


def test_the_guarantee_shows_what_is_looked_at_and_nothing_else(bank: Bank) -> None:
    guarantee = bank.guarantee(MINE, KZ_reference="YW-1")
    shown = shown_in(drafted(bank, bank.builder(MINE), guarantee), bank.notice).guarantee
    assert shown is not None
    fields = {"certificateHolderName", "certificateHolderCode", "certificateNumber", AMOUNT, BENEFICIARY, OCID, LOT}
    assert set(parse_credential(shown).fields) == fields


def test_a_suspended_certificate_and_somebody_elses_guarantee_would_fail(bank: Bank) -> None:
    builder = bank.builder(MINE)
    bank.set_status(builder, Status.SUSPENDED)
    found = tried(bank, drafted(bank, builder, bank.guarantee(MINE)))
    assert Result.INVALID in found["certificates"]
    assert found["guarantee"] == [Result.INVALID], "nobody has stated yet who bids"


def test_an_extension_outruns_a_guarantee_and_the_rehearsal_says_so(bank: Bank) -> None:
    draft = drafted(bank, bank.builder(MINE), bank.guarantee(MINE, days=121))
    assert draft.guarantee is not None
    deadline = bank.notice.deadline
    assert not ends_too_early(draft.guarantee, bank.notice, deadline)
    assert ends_too_early(draft.guarantee, bank.notice, deadline + 2 * DAY)
    assert len(tried(bank, draft, extended=2 * DAY)["guarantee"]) == len(tried(bank, draft)["guarantee"]) + 1


def test_a_missing_guarantee_is_a_lack_unless_the_notice_takes_other_forms(bank: Bank) -> None:
    draft = drafted(bank, bank.builder(MINE), None)
    assert bank.notice.guarantee is not None
    strict = tried(bank, draft)["draft"].count(Result.INVALID)
    bank.notice = replace(bank.notice, guarantee=replace(bank.notice.guarantee, certificate_type=""))
    assert tried(bank, draft)["draft"].count(Result.INVALID) == strict - 1
