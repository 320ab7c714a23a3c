"""Papers after the evaluation have one form; whatever else is refused, with the member named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chain.contracting.award import (
    Award,
    CertificateOnRecord,
    Complaint,
    ComplaintDecision,
    SignedAgreement,
    agreement_digest,
    read_amendment,
    read_contract,
    signer_of,
)
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.keys.signatures import address_of, sign
from chain.tenders.opening import Decision, ObjectionAnswer
from tests.chain.contracting.award.papers import (
    AMENDMENT,
    AWARD,
    COMPLAINT,
    CONTRACT,
    DECISION,
    LETTER,
    PLACE,
)

OFFICER, WINNER = sha256(b"officer"), sha256(b"winner")
SIGNED = [
    SignedAgreement(one, sign(agreement_digest(one), OFFICER), sign(agreement_digest(one), WINNER))
    for one in (CONTRACT, AMENDMENT)
]
ANSWER = ObjectionAnswer(PLACE, 1, sha256(b"objection"), "异议成立", Decision(True, True))
PAPERS: list[tuple[bytes, Callable[[bytes], Any]]] = [
    (AWARD.to_bytes(), Award.from_bytes),
    (LETTER.to_bytes(), CertificateOnRecord.from_bytes),
    (COMPLAINT.to_bytes(), Complaint.from_bytes),
    (DECISION.to_bytes(), ComplaintDecision.from_bytes),
    (SIGNED[0].to_bytes(), read_contract),
    (SIGNED[1].to_bytes(), read_amendment),
    (ANSWER.to_bytes(), ObjectionAnswer.from_bytes),
    (ObjectionAnswer(PLACE, 1, sha256(b"objection"), "见答复").to_bytes(), ObjectionAnswer.from_bytes),
]


@pytest.mark.parametrize(("data", "read"), PAPERS)
def test_a_paper_reads_back_and_one_changed_character_is_refused_or_another_paper(
    data: bytes, read: Callable[[bytes], Any]
) -> None:
    assert read(data).to_bytes() == data
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            found = read(changed).to_bytes()
        except InvalidInput:
            continue
        assert found == changed


@pytest.mark.parametrize(("data", "read"), PAPERS)
def test_a_member_more_or_less_is_refused(data: bytes, read: Callable[[bytes], Any]) -> None:
    whole = read_canonical(data)
    for name in whole:
        with pytest.raises(InvalidInput):
            read(canonical({key: value for key, value in whole.items() if key != name}))
    with pytest.raises(InvalidInput):
        read(canonical({**whole, "remark": "?"}))


def test_what_is_rejected_leaves_the_result_as_it_is() -> None:
    paper = read_canonical(DECISION.to_bytes())
    with pytest.raises(InvalidInput) as refused:
        ComplaintDecision.from_bytes(canonical({**paper, "decision": "rejected"}))
    assert refused.value.field == "stands"


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    paper = read_canonical(SIGNED[0].to_bytes())
    paper["content"]["period"] = {"from": "2026-03-01", "until": "2026-02-28"}
    with pytest.raises(InvalidInput) as refused:
        read_contract(canonical(paper))
    assert refused.value.field == "period.until"


def test_both_sides_sign_the_content_and_nothing_else() -> None:
    contract = read_contract(SIGNED[0].to_bytes())
    assert signer_of(contract.agreement, contract.officer) == address_of(OFFICER)
    assert signer_of(contract.agreement, contract.supplier) == address_of(WINNER)
    assert signer_of(AMENDMENT, contract.officer) not in (None, address_of(OFFICER))
