"""From a letter to a device that acts for the holder, on a real chain."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.claims.bindings import holder_key_of
from api.claims.creating import create_claim, end_binding, end_by_holder
from api.claims.running import run_claim
from chain.claims import (
    CertificateState,
    make_unbind,
    new_code,
    parse_binding,
    parse_claim,
    verify_device_signature,
)
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification.verdicts import Result
from chain.kernel.encoding import sha256
from chain.kernel.errors import Refused, YinxinError
from chain.kernel.json_reader import read_json
from tests.api.fixtures import prepare, running
from tests.api.holders import CODE, Holders, files_with, row_of
from tests.api.town import BUREAU, OTHER, Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def issued_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(town_template, tmp_path_factory.mktemp("issued"), lambda town: town.issue(licences(3)))


@pytest.fixture
def issued(issued_template: Path, tmp_path: Path) -> Iterator[Town]:
    yield from running(issued_template, tmp_path / "town")


def test_from_the_letter_to_a_device_that_signs(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    device, row = holders.bind(name)
    check = holders.check(row.document)
    assert (check.result, check.binding.key) == (Result.VALID, device.public_key)
    assert check.since.block.number == row.since_block
    assert (check.binding.n, check.binding.previous) == (1, None)

    message = sha256(b"shown at the window")
    signed = verify_device_signature(row.document, message, device.sign(message), holders.lane(), certificate=None)
    assert signed.result is Result.VALID
    stranger = SoftwareSigner.generate().sign(message)
    refused = verify_device_signature(row.document, message, stranger, holders.lane(), certificate=None)
    assert refused.result is Result.INVALID
    assert [step.name for step in refused.steps if step.result is Result.INVALID] == ["signature"]


def test_a_new_device_ends_the_old_from_its_block_on_and_a_signature_is_judged_by_its_block(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    old, first = holders.bind(name)
    new, second = holders.bind(name)
    lane = holders.lane()
    message = sha256(b"a bid")

    def judged(document: bytes, device: SoftwareSigner, block: int) -> Result:
        return verify_device_signature(
            document, message, device.sign(message), lane, certificate=None, block=block
        ).result

    turn = second.since_block
    assert turn > first.since_block
    assert judged(first.document, old, first.since_block - 1) is Result.INVALID, "not anchored yet"
    assert judged(first.document, old, first.since_block) is Result.VALID
    assert judged(first.document, old, turn - 1) is Result.VALID
    assert judged(first.document, old, turn) is Result.INVALID
    assert judged(second.document, new, turn - 1) is Result.INVALID
    assert judged(second.document, new, turn) is Result.VALID
    assert judged(second.document, new, lane.block.number + 1) is Result.ERROR, "nobody knows the future"
    assert [(row.ended_by, row.until_block) for row in holders.bindings(name)] == [("replaced", turn), (None, None)]
    with issued.office() as office:
        assert holder_key_of(office, name).binding.key == new.public_key
        assert holder_key_of(office, name, turn - 1).binding.key == old.public_key
        assert holder_key_of(office, name, first.since_block - 1).result is Result.INVALID


def test_the_binding_rests_on_its_certificate(issued: Town) -> None:
    holders, (name, other, *_) = Holders(issued), issued.identifiers(1)
    holders.bind(name)

    def state_of(identifier: str) -> CertificateState:
        bundle = issued.bundle(identifier)
        credential = parse_credential(read_json(bundle)["credential"])
        return CertificateState(credential.jwt_digest, credential.bureau, issued.verify(bundle))

    with issued.office() as office:
        good = holder_key_of(office, name, certificate_state=state_of(name))
        assert (good.result, good.step("certificate").code) == (Result.VALID, "certificate.valid")
        wrong = holder_key_of(office, name, certificate_state=state_of(other))
        assert (wrong.result, wrong.step("certificate").code) == (Result.INVALID, "certificate.other")
    issued.act("revoke", name, "--reason", "granted on a forged paper")
    with issued.office() as office:
        gone = holder_key_of(office, name, certificate_state=state_of(name))
    assert (gone.result, gone.step("certificate").code) == (Result.INVALID, "certificate.not_in_force")
    with pytest.raises(Refused) as caught:
        holders.request(name)
    assert caught.value.code == "claim.status"


def test_a_lost_phone_is_ended_by_the_bureau_after_a_persons_approval(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    _, row = holders.bind(name)
    with issued.office() as office, office.writing():
        number = end_binding(office, row_of(issued, name), "phone lost")
        assert end_binding(office, row_of(issued, name), "phone lost") == number
        with issued.signer() as signer:
            assert run_claim(office, number).waiting_for == "approval"
            signer.answer_waiting()
            assert run_claim(office, number).waiting_for == "approval", "the signer alone does not end it"
            (item,) = signer.waiting()
            assert (item.kind, item.data["reason"]) == ("unbind", "phone lost")
    # Another holder's claim takes the place in the lane meanwhile; the person is asked once all the same.
    holders.bind(issued.identifiers(1)[1])
    with issued.signer() as signer, issued.office() as office, office.writing():
        (item,) = signer.waiting()
        signer.approve(item.name)
        assert run_claim(office, number).waiting_for == "approval", "its place was taken: it asks for the next"
        assert signer.waiting() == []
        signer.answer_waiting()
        assert run_claim(office, number).state == "complete"
    check = holders.check(row.document)
    assert (check.result, check.step("end").result) == (Result.INVALID, Result.INVALID)
    assert holders.check(row.document, check.until.block.number - 1).result is Result.VALID
    assert holders.bindings(name)[0].ended_by == "bureau"
    _, again = holders.bind(name)
    assert (again.n, holders.check(again.document).result) == (2, Result.VALID)


def test_a_holder_ends_a_binding_alone_and_nobody_elses(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    device, row = holders.bind(name)
    binding = parse_binding(row.document)
    foreign = make_unbind(binding, SoftwareSigner.generate(), 1)
    with issued.office() as office, pytest.raises(Refused):
        end_by_holder(office, foreign.to_bytes())
    statement = make_unbind(binding, device, 1).to_bytes()
    with issued.signing(approve=False), issued.office() as office, office.writing():
        number = end_by_holder(office, statement)
        assert run_claim(office, number, wait=60).state == "complete"
        assert end_by_holder(office, statement) == number
    assert holders.check(row.document).result is Result.INVALID
    assert holders.bindings(name)[0].ended_by == "holder"


def test_the_same_claim_twice_is_the_same_binding(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    claim = holders.claim(name, holders.code(name), SoftwareSigner.generate())
    first, again = holders.submit(claim), holders.submit(claim)
    assert first == again
    (row,) = holders.bindings(name)
    assert [facts.sequence for facts in _anchors(issued)] == [1]
    # The register burns and comes back, or comes back older than the claim: still the same.
    issued.lose_register()
    done = issued.ok(issued.officer, "rebuild")
    assert (done["claims"], done["certificates"]) == (1, 3)
    assert holders.bindings(name) == (row,)
    assert holders.submit(claim).state == "complete"
    with issued.office() as office, office.engine.begin() as connection:
        for table in ("bindings", "claims"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert holders.submit(claim).state == "complete"
    assert holders.bindings(name) == (row,)
    assert [facts.sequence for facts in _anchors(issued)] == [1]


def _anchors(town: Town) -> list[object]:
    with town.reader() as reader:
        return list(reader.anchors(BUREAU, "$claims"))


def test_devices_that_came_and_went_come_back_with_a_rebuild(issued: Town) -> None:
    holders, (name, other, _) = Holders(issued), issued.identifiers(1)
    holders.bind(name)
    device, second = holders.bind(name)
    holders.bind(other)
    statement = make_unbind(parse_binding(second.document), device, 1).to_bytes()
    with issued.signing(approve=False), issued.office() as office, office.writing():
        assert run_claim(office, end_by_holder(office, statement), wait=60).state == "complete"
    before = holders.bindings(name), holders.bindings(other)
    assert [row.ended_by for row in before[0]] == ["replaced", "holder"]
    issued.lose_register()
    assert issued.ok(issued.officer, "rebuild")["claims"] == 4
    assert (holders.bindings(name), holders.bindings(other)) == before
    with issued.office() as office:
        assert run_claim(office, end_by_holder(office, statement)).state == "complete", "the same statement is known"


def test_what_cannot_be_bound_is_refused_before_it_is_noted(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    device = SoftwareSigner.generate()
    good = parse_claim(holders.claim(name, new_code(), device))

    def changed(**values: object) -> bytes:
        claim = replace(good, **values)  # type: ignore[arg-type]
        return replace(claim, signature=device.sign(claim.signed_digest)).to_bytes()

    unknown = name.replace("0000", "0009")
    refused = {
        b"{}": "claim.format",
        replace(good, nonce=bytes(16)).to_bytes(): "claim.signature",
        changed(bureau=OTHER): "claim.bureau",
        changed(identifier=unknown): "certificate.unknown",
    }
    with issued.office() as office:
        for claim, code in refused.items():
            with pytest.raises(YinxinError) as caught:
                create_claim(office, claim)
            assert caught.value.code == code
        with pytest.raises(YinxinError) as caught:
            end_binding(office, row_of(issued, name), "phone lost")
        assert caught.value.code == "claim.no_binding"
        with pytest.raises(YinxinError) as caught:
            end_binding(office, row_of(issued, name), " ")
        assert caught.value.code == "claim.reason"
        with office.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM claims").scalar() == 0


def test_the_code_lies_in_no_file_but_the_letter(issued: Town) -> None:
    holders, (name, *_) = Holders(issued), issued.identifiers(1)
    letter = holders.letter(name)
    (code,) = CODE.findall(letter)
    needles = [code.encode(), code.replace("-", "").encode(), code.lower().encode()]
    files = list((issued.approver / "letters").iterdir())
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600]
    assert files_with(issued.folder, *needles) == [str(files[0].relative_to(issued.folder))]
    device = SoftwareSigner.generate()
    assert holders.submit(holders.claim(name, code, device)).state == "complete"
    assert files_with(issued.folder, *needles) == [str(files[0].relative_to(issued.folder))]

    listed = issued.ok(issued.approver, "activation", "letters")
    assert listed["letters"] == [files[0].stem]
    printed = issued.ok(issued.approver, "activation", "letters", "--print")
    assert code in printed["letters"][0]["text"]
    assert files_with(issued.folder, *needles) == []
    assert issued.ok(issued.approver, "activation", "letters")["letters"] == []


def test_the_whole_day_on_the_command_line(issued: Town, tmp_path: Path) -> None:
    (name, *_) = issued.identifiers(1)
    with issued.signing():
        issued.ok(issued.officer, "activation", "request", name, "--wait", "60")
    text = issued.ok(issued.approver, "activation", "letters", "--print")["letters"][0]["text"]
    (code,) = CODE.findall(text)
    typed = tmp_path / "code.txt"
    typed.write_text(code.lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    phone, claim = issued.folder / "phone", tmp_path / "claim.json"
    issued.ok(phone, "claim", "make", name, "--bureau", BUREAU, "--code-file", str(typed), "--out", str(claim))
    with issued.signing():
        done = issued.ok(issued.officer, "claims", "submit", str(claim), "--wait", "60")
    assert [item["state"] for item in done["claims"]] == ["complete"]
    out = tmp_path / "bindings"
    shown = issued.ok(issued.officer, "claims", "show", name, "--out", str(out))
    assert [row["untilBlock"] for row in shown["bindings"]] == [None]
    binding = str(out / "binding-1.json")
    assert issued.ok(issued.officer, "claim", "check", binding)["result"] == "VALID"

    statement = tmp_path / "end.json"
    issued.ok(phone, "claim", "end", binding, "--out", str(statement))
    with issued.signing(approve=False):
        issued.ok(issued.officer, "claims", "submit", str(statement), "--wait", "60")
    said = issued.run(issued.officer, "claim", "check", binding)
    assert (said.code, said.data["result"]) == (1, "INVALID")
    said = issued.run(issued.officer, "claims", "end", name, "--reason", "x", "--wait", "0")
    assert said.data["error"]["code"] == "claim.no_binding"
    assert issued.ok(issued.officer, "claims", "resume") == {"claims": [], "activations": []}


def test_shredding_takes_the_claims_with_it(issued: Town) -> None:
    holders, (name, other, *_) = Holders(issued), issued.identifiers(1)
    _, row = holders.bind(name)
    _, kept = holders.bind(other)
    issued.ok(issued.officer, "shred", name, "--yes")
    assert files_with(issued.officer, name.encode()) == []
    assert holders.check(row.document).result is Result.VALID, "the holder's own copy still proves it"
    assert holders.check(kept.document).result is Result.VALID
    done = issued.ok(issued.officer, "rebuild")
    assert (done["claims"], done["shredded"]) == (1, 1)
    assert holders.bindings(other) == (kept,)
