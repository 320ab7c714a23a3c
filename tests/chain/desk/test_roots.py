"""A seized officer's home issues nothing: what the signer refuses to put its name under."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from chain.desk.messages import Answer, Request, request_id
from chain.issuing import Slot
from chain.kernel.encoding import b64url, unb64url, unhex0x
from chain.keys.signatures import recover
from chain.ledger.typed import Anchor, Domain
from tests.chain.desk.stage import Batch, Stage, following
from tests.support.memory_ledger import ANCHOR_LOG, CHAIN_ID
from tests.support.world import LICENCE, OTHER_USCC, USCC

Tamper = Callable[[Stage, Batch], Request]


def other_field(stage: Stage, batch: Batch) -> Request:
    draft = batch.drafts[1]
    batch.credentials[1] = (
        Batch([replace(draft, fields={**draft.fields, "KZ_registeredCapital": "9000万元人民币"})], [batch.slots[1]])
        .seal(stage.key)
        .credentials[0]
    )
    batch.stamps[1] = batch.stamp(1, stage.key)
    return batch.root()


def other_end(stage: Stage, batch: Batch) -> Request:
    forged = Batch([replace(batch.drafts[0], expires=None)], [batch.slots[0]]).seal(stage.key)
    return batch.root(
        credentials=[forged.credentials[0].text, *batch.root().body["credentials"][1:]],
        stamps=[b64url(forged.stamps[0]), *batch.root().body["stamps"][1:]],
    )


def other_identifier(stage: Stage, batch: Batch) -> Request:
    forged = stage.batch(1, first=77)
    return batch.root(
        credentials=[forged.credentials[0].text, *batch.root().body["credentials"][1:]],
        stamps=[b64url(forged.stamps[0]), *batch.root().body["stamps"][1:]],
    )


def other_bureau_in_credential(stage: Stage, batch: Batch) -> Request:
    from chain.credentials.credential import issue_credential
    from chain.issuing import credential_content
    from tests.chain.desk.stage import KIND

    content = credential_content(batch.drafts[0], KIND, OTHER_USCC, batch.slots[0])
    text = issue_credential(content, stage.key).text
    return batch.root(credentials=[text, *batch.root().body["credentials"][1:]])


def stamp_with(**changes: object) -> Tamper:
    def tamper(stage: Stage, batch: Batch) -> Request:
        batch.stamps[0] = batch.stamp(0, stage.key, **changes)
        return batch.root()

    return tamper


def other_face(stage: Stage, batch: Batch) -> Request:
    from chain.credentials.stamp import parse_stamp

    face = parse_stamp(batch.stamps[0]).content.face
    return stamp_with(face=((face[0][0], "伪造 forged"), *face[1:]))(stage, batch)


def shared_slot(stage: Stage, batch: Batch) -> Request:
    return Batch(batch.drafts, [batch.slots[0]] * len(batch.slots)).seal(stage.key).root()


def taken_slot(stage: Stage, batch: Batch) -> Request:
    stage.anchored(first=50, count=1, at=100)
    again = Batch(batch.drafts, [Slot("s0001", 100), *batch.slots[1:]], sequence=2).seal(stage.key)
    return again.root()


def swapped(stage: Stage, batch: Batch) -> Request:
    turned = Batch(batch.drafts[::-1], batch.slots).seal(stage.key)
    return turned.root(rowsDigest=b64url(batch.digest))


def one_fewer(stage: Stage, batch: Batch) -> Request:
    body = batch.root().body
    return batch.root(**{name: body[name][:-1] for name in ("credentials", "stamps", "records")})


def one_more(stage: Stage, batch: Batch) -> Request:
    more = stage.batch(1, first=60, at=900).root().body
    body = batch.root().body
    return batch.root(**{name: [*body[name], *more[name]] for name in ("credentials", "stamps", "records")})


def hiding(name: str) -> Tamper:
    """A credential that keeps one field to itself. Which of them comes last in the text is chance; its name is not."""

    def tamper(stage: Stage, batch: Batch) -> Request:
        jwt, *disclosures, end = batch.credentials[0].text.split("~")
        shown = [text for text in disclosures if json.loads(unb64url(text))[1] != name]
        assert len(shown) == len(disclosures) - 1
        return batch.root(credentials=["~".join([jwt, *shown, end]), *batch.root().body["credentials"][1:]])

    return tamper


def strange_key(stage: Stage, batch: Batch) -> Request:
    return Batch(batch.drafts, batch.slots).seal(stage.stranger).root()


def retired_key(stage: Stage, batch: Batch) -> Request:
    stage.ledger.retire_key(USCC, stage.key.thumbprint)
    stage.ledger.mine()
    return batch.root()


def compromised_key(stage: Stage, batch: Batch) -> Request:
    stage.ledger.mark_compromised(USCC, stage.key.thumbprint, stage.ledger.block.time)
    stage.ledger.mine()
    return batch.root()


def broken_signature(stage: Stage, batch: Batch) -> Request:
    jwt, *rest = batch.credentials[0].text.split("~")
    other = batch.credentials[1].jwt.rsplit(".", 1)[1]
    text = "~".join([jwt.rsplit(".", 1)[0] + "." + other, *rest])
    from chain.credentials.credential import parse_credential

    forged = parse_credential(text)
    batch.stamps[0] = batch.stamp(0, stage.key, credential_digest=forged.jwt_digest)
    return batch.root(credentials=[text, *batch.root().body["credentials"][1:]])


REFUSED: dict[str, tuple[Tamper, str]] = {
    "a field changed after the release": (other_field, "desk.content"),
    "the end of validity taken away": (other_end, "desk.content"),
    "another certificate in its place": (other_identifier, "desk.content"),
    "a credential in another bureau's name": (other_bureau_in_credential, "desk.content"),
    "a field hidden": (hiding("certificateHolderName"), "desk.content"),
    "the number hidden": (hiding("certificateNumber"), "desk.form"),
    "another holder on the stamp": (stamp_with(holder_name="另一*公司"), "desk.content"),
    "another end on the stamp": (stamp_with(expires=4_000_000_000), "desk.content"),
    "another slot on the stamp": (stamp_with(status_index=7), "desk.content"),
    "another list on the stamp": (stamp_with(status_list="s0002"), "desk.content"),
    "another face on the stamp": (other_face, "desk.content"),
    "another credential on the stamp": (stamp_with(credential_digest=bytes(32)), "desk.content"),
    "two certificates in one slot": (shared_slot, "desk.slot"),
    "a slot of another batch": (taken_slot, "desk.slot"),
    "another order": (swapped, "desk.content"),
    "one certificate left out": (one_fewer, "desk.size"),
    "one certificate put in": (one_more, "desk.size"),
    "signed by a key the registry does not know": (strange_key, "desk.key"),
    "signed by a retired key": (retired_key, "desk.key"),
    "signed by a compromised key": (compromised_key, "desk.key"),
    "a signature that does not verify": (broken_signature, "desk.signature"),
    "another lane": (lambda _, batch: batch.root(lane="11100000MB0143028R002"), "desk.not_released"),
    "the events' lane": (lambda _, batch: batch.root(lane="$events"), "desk.not_released"),
    "another list's digest": (lambda _, batch: batch.root(rowsDigest=b64url(bytes(32))), "desk.not_released"),
    "a number further on": (lambda _, batch: batch.root(sequence=2), "desk.sequence"),
    "number nought": (lambda _, batch: batch.root(sequence=0), "desk.sequence"),
    "no stamps at all": (lambda _, batch: Request("root", USCC, {"lane": LICENCE}), "desk.form"),
    "another bureau asks": (lambda _, batch: Request("root", OTHER_USCC, batch.root().body), "desk.bureau"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_tampered_batch_gets_no_signature(stage: Stage, fault: str) -> None:
    tamper, code = REFUSED[fault]
    batch = stage.released()
    request = tamper(stage, batch)
    if request.bureau != USCC:
        sealed_for_another(stage, request)
        stage.signer.answer_waiting()
        answer = stage.desk.answer(request.id)
        assert answer is not None
        assert (answer.ok, answer.code) == (False, code)
    else:
        assert stage.code(request) == code
    assert stage.state.roots_of(batch.digest) == []


def sealed_for_another(stage: Stage, request: Request) -> None:
    """What an officer who bypasses Desk.submit can lay on the desk."""
    from chain.containers import X25519Recipient, encrypt
    from chain.kernel.encoding import unb64url

    recipient = X25519Recipient(unb64url(stage.desk.approver()["recipient"]))
    (stage.desk.path / "requests" / f"{request.id}.age").write_bytes(encrypt(request.to_bytes(), recipient))


def test_the_same_batch_untouched_is_signed_and_recovers_to_the_anchor_key(stage: Stage) -> None:
    batch = stage.released()
    answer = stage.ask(batch.root())
    assert answer is not None
    assert answer.ok
    assert set(answer.signatures) == {"anchor"}
    assert stage.state.roots_of(batch.digest) == [(1, batch.tree.root)]
    manifest = manifest_of(batch)
    digest = Anchor(USCC, LICENCE, 1, batch.tree.root, 3, manifest).digest(Domain(CHAIN_ID, ANCHOR_LOG))
    assert recover(digest, unhex0x(answer.signatures["anchor"], size=65)) == stage.address


def manifest_of(batch: Batch) -> bytes:
    from chain.documents.manifest import build_manifest
    from chain.kernel.encoding import sha256
    from chain.kernel.ports import LeafParts

    rows = zip(batch.credentials, batch.stamps, batch.records, strict=True)
    parts = [LeafParts(item.jwt_digest, sha256(stamp), record) for item, stamp, record in rows]
    return build_manifest(bureau=USCC, lane=LICENCE, root=batch.tree.root, leaves=parts).digest


def test_a_batch_nobody_released_gets_no_signature(stage: Stage) -> None:
    batch = stage.batch()
    assert stage.code(batch.root()) == "desk.not_released"


def test_a_release_waits_for_a_person(stage: Stage) -> None:
    batch = stage.batch()
    assert stage.code(batch.release()) == "waits"
    (shown,) = stage.signer.waiting()
    assert (shown.kind, shown.data["size"]) == ("release", 3)
    assert batch.drafts[0].number in "\n".join(shown.lines)


def test_a_forged_release_answer_releases_nothing(stage: Stage) -> None:
    batch = stage.batch()
    name = stage.desk.submit(batch.release())
    stage.desk.reply(Answer(name, True, "0x" + "11" * 20, 1))
    assert stage.code(batch.root()) == "desk.not_released"


def test_a_release_of_other_drafts_under_the_digest_of_these_is_refused(stage: Stage) -> None:
    batch, other = stage.batch(), stage.batch(first=40)
    assert stage.code(batch.release(drafts=other.release().body["drafts"]), approve=True) == "desk.rows"
    assert stage.code(batch.root()) == "desk.not_released"


def test_a_release_refused_by_the_person_stays_refused(stage: Stage) -> None:
    batch = stage.batch()
    name = stage.desk.submit(batch.release())
    stage.signer.refuse(name, "row 2 is wrong")
    answer = stage.desk.answer(name)
    assert answer is not None
    assert (answer.ok, answer.message) == (False, "row 2 is wrong")
    assert stage.code(batch.root()) == "desk.not_released"


class TestSequence:
    def test_a_signed_list_is_not_signed_for_another_number_while_its_own_is_free(self, stage: Stage) -> None:
        batch = stage.released()
        assert stage.code(batch.root()) == "granted"
        assert stage.code(batch.root(sequence=2)) == "desk.sequence"

    def test_an_anchored_list_is_never_signed_again(self, stage: Stage) -> None:
        batch = stage.anchored()
        batch.sequence = 2
        assert stage.code(batch.root()) == "desk.anchored"
        assert stage.code(batch.root(sequence=1, batch=2)) == "desk.anchored"

    def test_a_list_whose_number_another_root_took_is_signed_for_the_next(self, stage: Stage) -> None:
        batch, faster = stage.released(), stage.released(first=40, at=400)
        assert stage.code(batch.root()) == "granted"
        assert stage.code(faster.root()) == "granted"
        stage.put(faster)
        assert stage.code(batch.root(sequence=2)) == "granted"

    def test_the_same_request_again_has_the_same_answer(self, stage: Stage) -> None:
        batch = stage.released()
        first = stage.ask(batch.root())
        stage.desk.clear("root")
        second = stage.ask(batch.root())
        assert first is not None
        assert second is not None
        assert first.signatures == second.signatures
        assert len(stage.state.roots_of(batch.digest)) == 1


class TestRecall:
    def test_before_the_release_nothing_of_it_can_be_signed(self, stage: Stage) -> None:
        batch = stage.batch()
        assert stage.code(batch.recall()) == "granted"
        assert stage.code(batch.root()) == "desk.not_released"

    def test_after_the_release_the_root_is_refused(self, stage: Stage) -> None:
        batch = stage.released()
        assert stage.code(batch.recall()) == "granted"
        assert stage.code(batch.root()) == "desk.recalled"

    def test_after_the_root_it_is_too_late(self, stage: Stage) -> None:
        batch = stage.released()
        assert stage.code(batch.root()) == "granted"
        assert stage.code(batch.recall()) == "desk.too_late"

    def test_a_recall_that_races_the_signer_wins_before_the_root_is_noted(self, stage: Stage) -> None:
        batch = stage.released()
        look = stage.look

        def recall_meanwhile() -> object:
            stage.state.recall(batch.digest, 1)
            return look()

        stage.look = recall_meanwhile  # type: ignore[assignment]
        assert stage.code(batch.root()) == "desk.recalled"
        assert stage.state.roots_of(batch.digest) == []

    def test_a_recalled_list_may_be_released_anew_by_a_person(self, stage: Stage) -> None:
        batch = stage.released()
        stage.ask(batch.recall())
        assert stage.code(batch.release(batch=2), approve=True) == "granted"
        assert stage.code(batch.root()) == "granted"

    def test_the_successors_of_a_recalled_list_close_no_predecessor(self, stage: Stage) -> None:
        stage.open_list()
        old = stage.anchored(count=1)
        renewal = stage.released(drafts=[following(old.drafts[0])], at=300)
        stage.ask(renewal.recall())
        event = stage.event(old, 0, "supersede", successor=renewal.drafts[0].identifier)
        assert stage.code(stage.change([event])) == "waits"


class TestDesk:
    def test_junk_on_the_desk_is_answered_and_stops_nothing(self, stage: Stage) -> None:
        batch = stage.released()
        (stage.desk.path / "requests" / "root-0000000000000000.age").write_bytes(b"junk")
        (stage.desk.path / "requests" / "status-1111111111111111.age").write_bytes(b"")
        assert stage.code(batch.root()) == "granted"
        answer = stage.desk.answer("root-0000000000000000")
        assert answer is not None
        assert not answer.ok
        assert stage.desk.waiting() == []

    def test_a_request_under_another_ones_name_is_refused(self, stage: Stage) -> None:
        batch = stage.batch()
        name = stage.desk.submit(batch.release())
        folder = stage.desk.path / "requests"
        (folder / f"{name}.age").rename(folder / f"{request_id('root', b'x')}.age")
        assert stage.signer.waiting() == []
        (answer,) = stage.signer.answer_waiting()
        assert not answer.ok

    def test_requests_are_encrypted_and_answers_name_nobody(self, stage: Stage) -> None:
        batch = stage.batch()
        name = stage.desk.submit(batch.release())
        sealed = (stage.desk.path / "requests" / f"{name}.age").read_bytes()
        for draft in batch.drafts:
            for value in (draft.number, draft.identifier, draft.fields["certificateHolderName"]):
                assert value.encode() not in sealed
        stage.signer.approve(name)
        assert not (stage.desk.path / "requests" / f"{name}.age").exists()
        answer = (stage.desk.path / "answers" / f"{name}.json").read_text()
        assert batch.drafts[0].number not in answer

    def test_a_request_too_large_or_for_another_bureau_is_not_taken(self, stage: Stage) -> None:
        from chain.kernel.errors import InvalidInput

        with pytest.raises(InvalidInput) as caught:
            stage.desk.submit(Request("recall", OTHER_USCC, {}))
        assert caught.value.code == "desk.bureau"
