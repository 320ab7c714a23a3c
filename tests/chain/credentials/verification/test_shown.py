"""What a verification shows: exactly the promised members, and never a name that a document claims for its issuer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chain.credentials.verification import Links, Policy, verify_bundle, verify_credential, verify_stamp
from chain.kernel.errors import InvalidInput
from chain.ledger.evidence import LedgerProofs
from tests.support.stage import Stage
from tests.support.world import NAME, USCC


@pytest.fixture(scope="module")
def stage():
    return Stage.fresh()


def bundle(stage, **options):
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    usual = {"trust": stage.world.source(), "index": stage.world.index, "proofs": proofs, "at": stage.world.now}
    options = usual | options
    return verify_bundle(options.pop("data", stage.one.data), **options)


def test_members(stage):
    found = bundle(stage).as_dict()
    assert list(found) == ["verdict", "authentic", "inForce", "statusAsOf", "steps", "certificate"]
    assert [list(step) for step in found["steps"]] == [["n", "name", "result", "detail"]] * 7
    assert [step["n"] for step in found["steps"]] == [1, 2, 3, 4, 5, 6, 7]
    assert json.loads(json.dumps(found)) == found
    assert found["statusAsOf"] == "2026-01-01T00:00:30Z"


def test_certificate(stage):
    shown = bundle(stage).certificate
    assert shown["bureau"] == {"name": NAME, "uscc": USCC}
    assert shown["type"]["code"] == "11100000MB0143028R001"
    assert (shown["type"]["zh"], shown["confirmed"], shown["hidden"]) == ("营业执照", True, 0)
    assert shown["identifier"] == stage.one.identifier
    assert shown["anchor"]["sequence"] == 1
    assert {field["zh"] for field in shown["fields"]} >= {"证照编号", "注册资本"}


def test_stamp_shows_the_masked_name(stage):
    found = verify_stamp(stage.one.stamp, trust=stage.world.source(), index=stage.world.index, at=stage.world.now)
    assert found.certificate["holder"] == "示例*****公司"


def test_self_claimed_issuer_name_is_not_the_bureaus(stage):
    fields = {"certificateIssuingAuthorityName": "国家示例总局"}
    made = stage.world.issue(count=1, content={"fields": fields})[0]
    shown = bundle(stage, data=made.data).certificate
    assert shown["bureau"]["name"] == NAME
    unknown = bundle(stage, data=made.data, trust=replace(stage.world.source(), bureaus={})).certificate
    assert (unknown["bureau"]["name"], unknown["confirmed"]) == (None, False)


def test_forged_document_is_not_confirmed(stage):
    other = stage.world.issue(count=1)[0]
    from tests.support.forge import rebundled

    found = bundle(stage, data=rebundled(stage.one.data, stamp=other.stamp))
    assert found.certificate["confirmed"] is False


def test_links_are_advice(stage):
    class Neighbours:
        def links(self, identifier):
            return Links("before", "after")

    shown = bundle(stage, links=Neighbours()).certificate
    assert (shown["predecessor"], shown["successor"]) == ("before", "after")


def test_witnessed_bundle_needs_no_anchor_from_the_ledger(stage):
    source = stage.world.source(unavailable=["anchor", "stamp_anchor"])
    found = bundle(stage, trust=source)
    assert str(found.verdict) == "VALID"


def test_without_a_trust_root_a_bundle_stays_open(stage):
    found = bundle(stage, proofs=None)
    assert (str(found.verdict), found.authentic) == ("CANNOT_CHECK", None)


def test_nothing_is_asked_that_is_not_needed(stage):
    """Few questions: a live check of a bundle asks the ledger at most eight times, all of one final block."""
    source = stage.world.source()
    bundle(stage, trust=source)
    assert len(source.asked) <= 8


def test_credential_shows_only_what_it_discloses(stage):
    from chain.credentials.credential import parse_credential

    text = parse_credential(stage.one.credential.text).present(["certificateNumber"])
    shown = verify_credential(text, trust=stage.world.source(), index=stage.world.index, at=stage.world.now).certificate
    assert [field["name"] for field in shown["fields"]] == ["certificateNumber"]
    assert (shown["holder"], shown["identifier"], shown["hidden"]) == (None, None, 6)


def test_type_limits_go_before_the_general_one():
    policy = Policy(max_status_age=30 * 86_400, type_max_age={"X": 7})
    assert policy.max_age("X") == 7
    assert policy.max_age("11100000MB0143028R001") == 86_400
    assert policy.max_age("of no catalogue") == 30 * 86_400
    assert Policy(max_status_age=60).max_age("11100000MB0143028R001") == 60


@pytest.mark.parametrize("wrong", [{"max_status_age": 0}, {"type_max_age": {"X": 0}}, {"clock_skew": -1}])
def test_policies_that_make_no_sense(wrong):
    with pytest.raises(InvalidInput):
        Policy(**wrong)
