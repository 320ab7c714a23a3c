"""An intruder has all of the officer's home: keys, register, vault, desk folder, every claim. No device is bound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.certificates.evidence import place_of
from api.certificates.office import Office
from api.certificates.records import read_record
from api.certificates.tables import batches
from api.claims.creating import create_claim
from api.claims.running import run_claim
from chain.catalogue import get_type
from chain.claims import (
    CLAIMS_LANE,
    Binding,
    BindingParts,
    Claim,
    binding_leaf,
    key_of_code,
    make_claim,
    make_unbind,
    new_code,
    parse_binding,
    parse_claim,
)
from chain.credentials.credential import issue_credential, parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification.verdicts import Result
from chain.desk.expiry import expiry_proof
from chain.desk.letters import FileLetters
from chain.desk.messages import Answer, Request
from chain.documents.manifest import build_manifest
from chain.documents.records import seal_bytes
from chain.issuing.contents import Draft, Slot, credential_content
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import Refused
from chain.ledger.anchoring import SignedAnchor, anchor_batch
from chain.ledger.typed import Anchor
from tests.api.fixtures import prepare, running
from tests.api.holders import Holders, files_with, row_of
from tests.api.town import BUREAU, Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def issued_template(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(town_template, tmp_path_factory.mktemp("seized"), lambda town: town.issue(licences(3)))


@pytest.fixture
def town(issued_template: Path, tmp_path: Path) -> Iterator[Town]:
    yield from running(issued_template, tmp_path / "town")


class Intruder:
    """Puts on the desk what it likes, with its own device key."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.device = SoftwareSigner.generate()

    def ask(self, kind: str, body: dict[str, Any]) -> Answer:
        """One request, answered by the signer alone."""
        with self.town.office() as office, self.town.signer() as signer:
            name = office.desk.submit(Request(kind, BUREAU, body))
            signer.answer_waiting()
            answer = office.desk.answer(name)
            assert answer is not None, "a person would have to agree"
            return answer

    def bring(self, claim: Claim, sequence: int = 1) -> Answer:
        """A claim, past all that the register would check."""
        return self.ask(
            "claim",
            {
                "claim": b64url(claim.to_bytes()),
                "sequence": sequence,
                "keyId": b64url(bytes(16)),
                "secret": b64url(bytes(32)),
            },
        )

    def signed(self, claim: Claim) -> Claim:
        """Signed by the intruder's device."""
        return replace(claim, signature=self.device.sign(claim.signed_digest))

    def nothing_bound(self) -> None:
        """The lane is empty."""
        with self.town.reader() as reader:
            assert reader.lane_head(BUREAU, CLAIMS_LANE)[0] == 0


def test_what_a_seen_claim_gives_is_refused_by_the_signer(town: Town) -> None:
    """Another key put in, another certificate put in, another nonce: the code's MAC covers them all."""
    holders, intruder = Holders(town), Intruder(town)
    name, other, _ = town.identifiers(1)
    code, holder = holders.code(name), SoftwareSigner.generate()
    holders.request(other)
    seen = parse_claim(holders.claim(name, code, holder))
    forged = {
        "another key": intruder.signed(replace(seen, key=intruder.device.public_key)),
        "another certificate": intruder.signed(replace(seen, key=intruder.device.public_key, identifier=other)),
        "a forged code": intruder.signed(
            replace(seen, key=intruder.device.public_key, mac=sha256(b"an intruder's guess"))
        ),
    }
    assert {what: intruder.bring(claim).code for what, claim in forged.items()} == dict.fromkeys(
        forged, "claim.code_wrong"
    )
    unsigned = {
        "the key alone": replace(seen, key=intruder.device.public_key),
        "another nonce": replace(seen, nonce=bytes(16)),
        "another time": replace(seen, time=seen.time + 1),
        "another bureau": replace(seen, bureau="11440100000000002J"),
    }
    refused = {what: intruder.bring(claim).code for what, claim in unsigned.items()}
    assert set(refused.values()) == {"claim.signature", "desk.bureau"}
    intruder.nothing_bound()
    # What was tried cost the holder tries, not the code: two of five were for this certificate.
    assert holders.submit(seen.to_bytes()).state == "complete"
    (row,) = holders.bindings(name)
    assert row.key == holder.public_key


def test_guessing_ends_after_five_claims_and_then_even_the_right_code_is_void(town: Town) -> None:
    holders, intruder, (name, *_) = Holders(town), Intruder(town), town.identifiers(1)
    code = holders.code(name)
    found = []
    for _ in range(7):
        guess = make_claim(new_code(), BUREAU, name, intruder.device, 1)
        found.append(intruder.bring(guess).code)
    assert found == ["claim.code_wrong"] * 5 + ["claim.code_void"] * 2
    right = parse_claim(holders.claim(name, code, SoftwareSigner.generate()))
    assert intruder.bring(right).code == "claim.code_void"
    intruder.nothing_bound()
    assert holders.bind(name)[1].n == 1, "a new letter helps the holder"


def test_the_same_wrong_claim_costs_one_try_however_often_it_is_brought(town: Town) -> None:
    holders, intruder, (name, *_) = Holders(town), Intruder(town), town.identifiers(1)
    code = holders.code(name)
    wrong = make_claim(new_code(), BUREAU, name, intruder.device, 1)
    for sequence in range(1, 9):
        assert intruder.bring(wrong, sequence).code == "claim.code_wrong"
    assert holders.submit(holders.claim(name, code, SoftwareSigner.generate())).state == "complete"


def test_a_code_is_never_where_the_intruder_is_and_each_request_voids_the_one_before(town: Town) -> None:
    holders, (name, *_) = Holders(town), town.identifiers(1)
    old = holders.code(name)
    new = holders.code(name)
    for code in (old, new):
        plain = code.replace("-", "")
        derived = key_of_code(plain, BUREAU, name)
        for folder in (town.officer, town.desk, town.folder / "blobs"):
            assert files_with(folder, code.encode(), plain.encode(), derived, derived.hex().encode()) == []
        assert files_with(town.approver, derived, derived.hex().encode(), b64url(derived).encode()) == []
    late = holders.submit(holders.claim(name, old, SoftwareSigner.generate()))
    assert (late.state, late.fault_code) == ("refused", "claim.code_wrong")
    device = SoftwareSigner.generate()
    assert holders.submit(holders.claim(name, new, device)).state == "complete"
    used = holders.submit(holders.claim(name, new, SoftwareSigner.generate()))
    assert (used.state, used.fault_code) == ("refused", "claim.code_used")
    assert [row.key for row in holders.bindings(name)] == [device.public_key]


def test_a_letter_goes_to_the_holder_of_an_anchored_certificate_and_to_nobody_the_intruder_names(town: Town) -> None:
    """The officer's home can sign a credential with any name; what is not anchored gets no letter."""
    intruder, (name, *_) = Intruder(town), town.identifiers(1)
    with town.office() as office:
        row = row_of(town, name)
        with office.engine.connect() as connection:
            batch = connection.execute(batches.select().where(batches.c.id == row.batch_id)).one()
        place = place_of(office.engine, row, batch)
        kind = get_type(batch.certificate_type)
        genuine = parse_credential(read_record(office, row).credential)
        draft = Draft.of_credential(genuine, kind.number_field, None)
        false = replace(
            draft, fields={**draft.fields, "certificateHolderName": "示例侵入者有限公司", "KZ_domicile": "示例街1号"}
        )
        slot = Slot(genuine.status_list, genuine.status_index)
        forged = issue_credential(credential_content(false, kind, BUREAU, slot), office.signer)
    proofs = {
        "not anchored": expiry_proof(forged.text, place),
        "no name shown": expiry_proof(genuine.present(["certificateIdentifier"]), place),
        "no identifier shown": expiry_proof(genuine.present(["certificateHolderName"]), place),
        "another place": {**expiry_proof(genuine.text, place), "sequence": 2},
        "no proof": {"jwt": genuine.text},
    }
    found = {what: intruder.ask("activation", {"certificates": [proof]}).code for what, proof in proofs.items()}
    assert found == dict.fromkeys(proofs, "desk.certificate")
    assert FileLetters(town.approver / "letters").waiting() == []


def _made_up(device: SoftwareSigner, jwt: bytes) -> tuple[bytes, bytes, BindingParts]:
    document = Binding(
        BUREAU, jwt, device.public_key, 1, None, sha256(b"no claim"), 1, sha256(b"tag"), sha256(b"end")
    ).to_bytes()
    sealed = seal_bytes(document, bytes(16), bytes(32))
    return document, sealed.ciphertext, BindingParts(sha256(b"tag"), sha256(document), sealed.digest)


def _anchor(office: Office, parts: BindingParts, signature: bytes) -> None:
    root = binding_leaf(parts)
    manifest = build_manifest(bureau=BUREAU, lane=CLAIMS_LANE, root=root, leaves=[parts.to_bytes()])
    office.store.put_many(manifest.blobs)
    signed = SignedAnchor(BUREAU, CLAIMS_LANE, 1, root, 1, manifest.digest, signature)
    anchor_batch(office.ledger.sender(office.account), office.ledger.trust_root, signed)


def test_a_binding_made_without_the_signer_comes_neither_onto_the_ledger_nor_past_a_verifier(town: Town) -> None:
    holders, intruder, (name, *_) = Holders(town), Intruder(town), town.identifiers(1)
    with town.office() as office:
        document, record, parts = _made_up(intruder.device, bytes(row_of(town, name).jwt_digest))
        office.store.put(record)
        root = binding_leaf(parts)
        manifest = build_manifest(bureau=BUREAU, lane=CLAIMS_LANE, root=root, leaves=[parts.to_bytes()])
        message = Anchor(BUREAU, CLAIMS_LANE, 1, root, 1, manifest.digest)
        signature = bytes(office.account.unsafe_sign_hash(message.digest(office.ledger.domain)).signature)
        for forged in (signature, bytes(64) + b"\x1b"):
            with pytest.raises(Refused):
                _anchor(office, parts, forged)
    intruder.nothing_bound()
    check = holders.check(document)
    assert (check.result, check.step("anchor").code) == (Result.INVALID, "anchor.none")


def test_a_forged_answer_on_the_desk_is_not_taken_for_the_signers(town: Town) -> None:
    """Whoever can write into the shared folder, but does not have the officer's register, binds nobody either."""
    holders, (name, *_) = Holders(town), town.identifiers(1)
    code, device = holders.code(name), SoftwareSigner.generate()
    claim = holders.claim(name, code, device)
    with town.office() as office, office.writing():
        number = create_claim(office, claim)
        assert run_claim(office, number).waiting_for == "signer"
        (request,) = [path.stem for path in (town.desk / "requests").glob("claim-*.age")]
        with office.engine.connect() as connection:
            key_id = bytes(connection.exec_driver_sql("SELECT key_id FROM claims").scalar())
        jwt = bytes(row_of(town, name).jwt_digest)
        document = Binding(
            BUREAU, jwt, device.public_key, 1, None, parse_claim(claim).digest, 1, sha256(b"tag"), sha256(b"end")
        ).to_bytes()
        sealed = seal_bytes(document, key_id, office.vault.get(key_id))
        parts = BindingParts(sha256(b"tag"), sha256(document), sealed.digest)
        root = binding_leaf(parts)
        manifest = build_manifest(bureau=BUREAU, lane=CLAIMS_LANE, root=root, leaves=[parts.to_bytes()])
        message = Anchor(BUREAU, CLAIMS_LANE, 1, root, 1, manifest.digest)
        signature = bytes(office.account.unsafe_sign_hash(message.digest(office.ledger.domain)).signature)
        forged = Answer(
            request,
            True,
            json.loads((town.desk / "approver.json").read_bytes())["key"],
            1,
            {"anchor": hex0x(signature)},
            parts={
                "sequence": "1",
                "leaves": b64url(parts.to_bytes()),
                "record": b64url(sealed.ciphertext),
            },
        )
        (town.desk / "answers" / f"{request}.json").write_bytes(forged.to_bytes())
        with pytest.raises(Refused) as caught:
            run_claim(office, number)
        assert caught.value.code == "office.signature"
        assert run_claim(office, number).waiting_for == "signer", "the forged answer is dropped, the signer asked anew"
    with town.signing(approve=False), town.office() as office, office.writing():
        assert run_claim(office, number, wait=60).state == "complete"
    assert parse_binding(holders.bindings(name)[0].document).tag != sha256(b"tag")


def test_a_binding_cannot_be_ended_without_a_person_or_the_device(town: Town) -> None:
    holders, intruder, (name, *_) = Holders(town), Intruder(town), town.identifiers(1)
    _, row = holders.bind(name)
    body = {
        "number": 1,
        "identifier": name,
        "binding": b64url(row.digest),
        "sequence": 2,
        "keyId": b64url(bytes(16)),
        "secret": b64url(bytes(32)),
    }
    forged = make_unbind(parse_binding(row.document), intruder.device, 1)
    assert intruder.ask("unbind", {**body, "statement": b64url(forged.to_bytes())}).code == "claim.signature"
    with pytest.raises(AssertionError, match="a person"):
        intruder.ask("unbind", {**body, "operator": "intruder", "reason": "phone lost", "at": 1})
    assert holders.check(row.document).result is Result.VALID


def test_a_binding_signed_and_held_back_ends_with_the_next_one(town: Town) -> None:
    """The register keeps a signed binding to itself until the holder has bound another device: then it is too late,
    and the device before both of them is not left standing."""
    holders, intruder, (name, *_) = Holders(town), Intruder(town), town.identifiers(1)
    _, first = holders.bind(name)
    kept = parse_claim(holders.claim(name, holders.code(name), SoftwareSigner.generate()))
    answer = intruder.bring(kept, 2)
    assert answer.ok
    third_device, third = holders.bind(name)
    assert (third.n, third.key) == (3, third_device.public_key)
    assert intruder.bring(kept, 3).code == "claim.superseded"
    assert holders.check(first.document).result is Result.INVALID
    assert holders.check(third.document).result is Result.VALID
