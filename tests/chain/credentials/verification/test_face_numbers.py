"""A stamp's face fields are numbered by their place in the type; they must say what the credential says."""

from __future__ import annotations

import pytest

from chain.catalogue import get_type
from chain.credentials.verification import Verdict, verify_bundle
from chain.ledger.evidence import LedgerProofs
from tests.support.stage import Stage
from tests.support.world import LICENCE

NUMBERS = {field.name: number for number, field in enumerate(get_type(LICENCE).fields, 1)}
CAPITAL = NUMBERS["KZ_registeredCapital"]


@pytest.mark.parametrize(
    ("face", "verdict"),
    [
        (((CAPITAL, "500万元人民币"),), Verdict.VALID),
        (((CAPITAL, "500万…"),), Verdict.VALID),
        (((CAPITAL, "900万元人民币"),), Verdict.FORGED),
        (((NUMBERS["certificateNumber"], "9"), (CAPITAL, "500万元人民币")), Verdict.FORGED),
    ],
)
def test_a_numbered_face_field_is_compared_with_the_credentials(
    face: tuple[tuple[int, str], ...], verdict: Verdict
) -> None:
    stage = Stage.fresh()
    made = stage.world.issue(count=1, stamp_content={"face": face}, witnesses=stage.witnesses)[0]
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    found = verify_bundle(
        made.data, trust=stage.world.source(), index=stage.world.index, proofs=proofs, at=stage.world.now
    )
    assert found.verdict is verdict
    if verdict is Verdict.FORGED:
        assert found.step("integrity").result == "INVALID"
