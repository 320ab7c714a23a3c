"""A seized server: an intruder with the officer's whole home and everything that ever went over the desk tries.

What the intruder has: every key of that home, its passphrase, the register, the store, the desk's folder, and each
request, decision and answer ever seen, among them decisions that were used, refused, held back and recalled. What it
lacks is the approver's home. Each try ends the same way: the ledger shows not one anchor and not one status more.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import text

from api.approvals import content
from api.certificates.batches import create_batch, drafts_for_issue
from api.certificates.issuing import run_batch
from api.certificates.office import Office
from api.certificates.records import read_records
from chain.catalogue import get_type
from chain.catalogue.lists import read_list
from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.credentials.status_list import Status, StatusList, issue_status_token, parse_status_token
from chain.desk.approvers import Approver, Approvers
from chain.desk.decisions import SignedDecision, request_digest, sign_decision
from chain.desk.messages import Answer, Request
from chain.desk.signer import EVENTS_LANE
from chain.issuing.events import EventRecord
from chain.kernel.encoding import b64url, hex0x, sha256, unhex0x
from chain.kernel.errors import Refused, YinxinError
from chain.kernel.ports import LeafParts
from chain.keys.signatures import sign
from chain.ledger.anchoring import SignedAnchor, SignedStatus, anchor_batch, change_status
from chain.ledger.decision import Decision
from chain.ledger.typed import Anchor, StatusChange
from chain.merkle import Tree
from chain.rendering.qr import qr_url
from scripts.samples.lists import CHINESE, csv_bytes
from tests.api.people import Person, content_of
from tests.api.town import BUREAU, LICENCE, Town, licences

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")
KIND = get_type("business-licence")


@dataclass
class Seized:
    """What the intruder holds.

    Attributes:
        town: the rest of the world.
        person: the approver whom the signer obeys; the intruder has her decisions, not her key.
        maker: an approver who is also the operator of this home; the intruder has her key.
        issued: identifiers that were rightly issued.
        seen: every request and decision ever seen, by what became of them.
    """

    town: Town
    person: Person
    maker: Person
    issued: list[str] = field(default_factory=list)
    seen: dict[str, tuple[bytes, SignedDecision]] = field(default_factory=dict)

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The seized home; the lock is the intruder's, too."""
        with self.town.office() as office, office.writing():
            yield office

    def lay(self, data: bytes) -> str:
        """Put a request on the desk, in place of whatever was said of it before."""
        with self.town.office() as office:
            request = Request.from_bytes(data)
            office.desk.clear(request.id)
            return office.desk.submit(request)

    def signer_runs(self, rounds: int = 2) -> None:
        """The signer works by itself, as ever."""
        with self.town.signer() as signer:
            for _ in range(rounds):
                signer.answer_waiting()

    def answer(self, name: str) -> Answer | None:
        """What the signer said."""
        with self.town.office() as office:
            return office.desk.answer(name)

    def hand_in(self, signed: SignedDecision) -> str:
        """Lay a decision down and let the signer run; its ruling's code or state."""
        with self.town.office() as office:
            name = office.desk.decisions.put(signed)
            self.signer_runs()
            ruling = office.desk.decisions.ruling(name)
            assert ruling is not None
            return ruling.code or ruling.state

    def decide(self, data: bytes, key: bytes, **changes: object) -> SignedDecision:
        """A decision by whatever key the intruder has."""
        now = int(time.time())
        with self.town.office() as office:
            said = Decision(BUREAU, request_digest(data), True, "fine", now, now + 3600)
            return sign_decision(replace(said, **changes), office.ledger.domain, key)  # type: ignore[arg-type]

    def new_batch(self, first: int) -> int:
        """A list of the intruder's own in the register."""
        with self.office() as office:
            rows = [sample.values for sample in licences(2, first=first)]
            report = read_list(csv_bytes([CHINESE, *rows], "utf-8"), KIND)
            drafts = drafts_for_issue(office, report.rows, KIND)
            return create_batch(office, drafts, KIND, operation="issue", source="x.csv")[0]

    def pretend(self, statement: str, **values: object) -> None:
        """Write into the register whatever the intruder likes."""
        with self.office() as office, office.engine.begin() as connection:
            connection.execute(text(statement), values)

    def go_on(self, batch: int, *, wait: float = 20) -> str:
        """Run a batch with the signer at hand; the state it reaches or the code of the refusal."""
        try:
            with self.town.signing(approve=False), self.office() as office:
                return run_batch(office, batch, wait=wait).state
        except YinxinError as error:
            return error.code


def on_chain(town: Town) -> tuple[object, ...]:
    """Everything that this bureau ever anchored."""
    with town.reader() as reader:
        reader.refresh()
        lanes = sorted(lane for bureau, lane in reader.lanes() if bureau == BUREAU)
        lists = sorted(name for bureau, name in reader.status_lists() if bureau == BUREAU)
        anchors = tuple((lane, fact.sequence, fact.root) for lane in lanes for fact in reader.anchors(BUREAU, lane))
        states = tuple((name, fact.head) for name in lists for fact in reader.status_history(BUREAU, name))
        return anchors, states


def _batch(town: Town, first: int) -> int:
    file = town.write_list(f"list-{first}.csv", licences(2, first=first))
    return int(town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0").data["batch"])


@pytest.fixture(scope="module")
def history(shared_town: Town) -> Seized:
    """Some weeks of honest work, all of which the intruder saw."""
    town = shared_town
    person = Person(town, "anna").move_in().listed()
    maker = Person(town, "olga").move_in().listed("--operator", "officer-001")
    seized = Seized(town, person, maker)

    def decided(reference: str, name: str, *words: str, submit: bool = True) -> None:
        file = content_of(town, reference)
        signed = person.decision(file, *words)
        seized.seen[name] = (file.read_bytes(), signed)
        if submit:
            with town.office() as office:
                office.desk.decisions.put(signed)

    def run(*words: str) -> int:
        with town.signing(approve=False):
            return town.run(town.officer, *words, "--wait", "30").code

    issued = _batch(town, 1)
    decided(f"batch-{issued}", "issued", "--approve")
    assert run("batch", "run", str(issued)) == 0
    seized.issued = town.identifiers(issued)

    refused = _batch(town, 11)
    decided(f"batch-{refused}", "refused", "--refuse", "--reason", "not on file")
    assert run("batch", "run", str(refused)) == 1

    recalled = _batch(town, 21)
    decided(f"batch-{recalled}", "recalled", "--approve")
    with town.signer() as signer:
        signer.answer_waiting()
    assert run("batch", "recall", str(recalled)) == 0

    held_back = _batch(town, 31)
    decided(f"batch-{held_back}", "held back", "--approve", submit=False)
    assert run("batch", "recall", str(held_back)) == 0

    said = town.run(town.officer, "suspend", seized.issued[0], "--reason", "an inspection", "--wait", "0")
    decided(f"act-{said.data['acts'][0]['act']}", "suspended", "--approve")
    assert run("acts") == 0
    said = town.run(town.officer, "reinstate", seized.issued[0], "--reason", "nothing found", "--wait", "0")
    decided(f"act-{said.data['acts'][0]['act']}", "reinstated", "--approve")
    assert run("acts") == 0
    return seized


@pytest.fixture
def seized(history: Seized) -> Iterator[Seized]:
    """The moment of the seizure; afterwards the ledger must stand as it stood."""
    before = on_chain(history.town)
    yield history
    assert on_chain(history.town) == before
    with history.town.office() as office:
        office.desk.clear()


class TestIssuing:
    def test_a_list_that_nobody_released(self, seized: Seized) -> None:
        batch = seized.new_batch(100)
        assert seized.go_on(batch, wait=0.5) == "waiting"
        seized.pretend("UPDATE batches SET state = 'released' WHERE id = :id", id=batch)
        assert seized.go_on(batch) == "desk.not_released"

    def test_content_changed_after_the_approval(self, seized: Seized) -> None:
        batch = seized.new_batch(110)
        file = content_of(seized.town, f"batch-{batch}")
        seized.lay(file.read_bytes())
        assert seized.hand_in(seized.person.decision(file, "--approve")) == "granted"
        seized.pretend("UPDATE batches SET state = 'released' WHERE id = :id", id=batch)
        seized.pretend(
            "UPDATE certificates SET fields = replace(fields, '示例', '冒名') WHERE batch_id = :id", id=batch
        )
        assert seized.go_on(batch) == "desk.content"

    def test_an_approved_list_with_one_more_row(self, seized: Seized) -> None:
        batch = seized.new_batch(120)
        file = content_of(seized.town, f"batch-{batch}")
        data, signed = file.read_bytes(), seized.person.decision(file, "--approve")
        request = Request.from_bytes(data)
        more = {**request.body, "drafts": [*request.body["drafts"], request.body["drafts"][0]]}
        name = seized.lay(Request("release", BUREAU, more).to_bytes())
        assert seized.hand_in(signed) == "decision.request"
        assert seized.answer(name) is None

    @pytest.mark.parametrize("which", ["refused", "recalled", "held back"])
    def test_an_old_decision_on_the_request_it_was_made_for(self, seized: Seized, which: str) -> None:
        data, signed = seized.seen[which]
        name = seized.lay(data)
        seized.hand_in(signed)
        answer = seized.answer(name)
        assert answer is None or not answer.ok
        body = Request.from_bytes(data).body
        root = Request("root", BUREAU, {
            "batch": body["batch"], "lane": LICENCE, "sequence": 2, "rowsDigest": body["rowsDigest"],
            "credentials": [], "stamps": [], "records": [],
        })  # fmt: skip
        answer = _asked(seized, root)
        assert not answer.ok
        assert answer.code in ("desk.recalled", "desk.not_released")

    @pytest.mark.parametrize("which", ["issued", "refused", "recalled", "held back", "suspended"])
    def test_an_old_decision_on_a_new_list(self, seized: Seized, which: str) -> None:
        _, signed = seized.seen[which]
        batch = seized.new_batch(130)
        assert seized.go_on(batch, wait=0.5) == "waiting"
        data = content_of(seized.town, f"batch-{batch}").read_bytes()
        moved = replace(signed, decision=replace(signed.decision, request=request_digest(data)))
        assert seized.hand_in(moved) == "decision.signature"
        assert seized.go_on(batch, wait=0.5) == "waiting"

    def test_a_decision_by_a_key_of_its_own(self, seized: Seized) -> None:
        batch = seized.new_batch(140)
        data = content_of(seized.town, f"batch-{batch}").read_bytes()
        with seized.office() as office:
            key = bytes(office.account.key)
        signed = seized.decide(data, key)
        assert seized.hand_in(signed) == "decision.unknown"
        forged = replace(signed, address=unhex0x(seized.person.address))
        assert seized.hand_in(forged) == "decision.signature"
        for folder in (seized.town.officer, seized.town.desk):
            people = Approvers((Approver(hex0x(signed.address), "x", 0, None, {"*": None}),))
            (folder / "approvers.json").write_bytes(people.to_bytes())
        assert seized.hand_in(signed) == "decision.unknown", "the list of people is not read from here"
        assert seized.go_on(batch, wait=0.5) == "waiting"

    def test_as_the_maker_who_is_an_approver_too(self, seized: Seized) -> None:
        batch = seized.new_batch(150)
        data = content_of(seized.town, f"batch-{batch}").read_bytes()
        seized.lay(data)
        assert seized.hand_in(seized.decide(data, seized.maker.key)) == "decision.maker"
        assert seized.go_on(batch, wait=0.5) == "waiting"

    def test_a_decision_that_holds_for_years(self, seized: Seized) -> None:
        data = content_of(seized.town, f"batch-{seized.new_batch(160)}").read_bytes()
        with pytest.raises(YinxinError) as caught:
            seized.decide(data, seized.maker.key, not_after=2**40)
        assert caught.value.code == "decision.validity"

    def test_an_answer_of_its_own_making(self, seized: Seized) -> None:
        batch = seized.new_batch(170)
        with seized.office() as office:
            name = content(office, f"batch-{batch}").name
            office.desk.submit(Request.from_bytes(content(office, f"batch-{batch}").data))
            office.desk.reply(Answer(name, True, "0x" + "11" * 20, 1))
        assert seized.go_on(batch) == "desk.not_released", "the register believes it; the signer does not"

    def test_an_anchor_signed_with_the_keys_it_has(self, seized: Seized) -> None:
        with seized.office() as office:
            leaf = certificate_leaf(LeafParts(sha256(b"credential"), sha256(b"stamp"), sha256(b"record")))
            message = Anchor(BUREAU, LICENCE, 2, Tree([leaf]).root, 1, sha256(b"manifest"))
            for key in (bytes(office.account.key), office.master, seized.maker.key):
                signature = sign(message.digest(office.ledger.domain), key)
                signed = SignedAnchor(BUREAU, LICENCE, 2, message.root, 1, message.manifest_digest, signature)
                with pytest.raises(Refused) as caught:
                    anchor_batch(office.ledger.sender(office.account), office.ledger.trust_root, signed)
                assert caught.value.code == "ledger.may_not_anchor"

    def test_a_certificate_made_with_the_stolen_key_is_valid_for_nobody(self, seized: Seized) -> None:
        batch = seized.new_batch(180)
        seized.pretend("UPDATE batches SET state = 'released' WHERE id = :id", id=batch)
        made: list[bytes] = []  # credentials and stamps
        with seized.town.signing(approve=False), seized.office() as office:

            def look(step: str, done: int, total: int) -> None:
                if step == "certificates" and done == total:
                    for record in read_records(office, batch):
                        made.append(record.credential.encode())
                        made.append(qr_url("https://yx.example/v#", record.stamp).encode())

            with pytest.raises(Refused):
                run_batch(office, batch, wait=20, progress=look)
        assert len(made) == 4
        for found in seized.town.verify_all(made):
            assert str(found.verdict) in ("UNKNOWN", "CANNOT_CHECK", "FORGED")


class TestStatuses:
    def test_a_list_opened_with_entries_set(self, seized: Seized) -> None:
        with seized.office() as office:
            changed = StatusList()
            changed.set(5, Status.REVOKED)
            token = issue_status_token(BUREAU, "s9999", changed, bytes(32), office.clock(), office.signer)
        request = Request("list", BUREAU, {"list": "s9999", "token": b64url(token)})
        assert _asked(seized, request).code == "desk.token"

    def test_a_revocation_without_people(self, seized: Seized) -> None:
        said = seized.town.run(seized.town.officer, "revoke", seized.issued[1], "--reason", "x", "--wait", "0")
        act = said.data["acts"][0]["act"]
        seized.signer_runs()
        with seized.town.signing(approve=False):
            assert seized.town.run(seized.town.officer, "acts", "--wait", "0.5").code == 2
        data = content_of(seized.town, f"act-{act}").read_bytes()
        for which in ("issued", "suspended", "reinstated"):
            signed = seized.seen[which][1]
            moved = replace(signed, decision=replace(signed.decision, request=request_digest(data)))
            assert seized.hand_in(moved) == "decision.signature"
        assert seized.hand_in(seized.decide(data, seized.maker.key)) == "decision.maker"
        seized.pretend("UPDATE acts SET state = 'refused' WHERE id = :id", id=act)

    def test_an_act_of_the_past_once_more(self, seized: Seized) -> None:
        data, signed = seized.seen["suspended"]
        name = seized.lay(data)
        seized.hand_in(signed)
        answer = seized.answer(name)
        assert answer is not None
        assert (answer.ok, answer.code) == (False, "desk.status")

    def test_the_same_act_written_into_the_list_of_today(self, seized: Seized) -> None:
        _, signed = seized.seen["suspended"]
        events = Request.from_bytes(seized.seen["suspended"][0]).body["events"]
        request = _change(seized, [EventRecord.from_dict(item) for item in events])
        name = seized.lay(request.to_bytes())
        seized.hand_in(signed)
        assert seized.answer(name) is None, "the approval of then was good for one change"
        moved = replace(signed, decision=replace(signed.decision, request=request_digest(request.to_bytes())))
        assert seized.hand_in(moved) == "decision.signature"
        assert seized.answer(name) is None

    def test_a_lapse_before_its_time(self, seized: Seized) -> None:
        before = Request.from_bytes(seized.seen["suspended"][0]).body["events"][0]
        lapse = replace(EventRecord.from_dict(before), operation="lapse", after=int(Status.LAPSED))
        request = _change(seized, [lapse])
        body = {**request.body, "expired": {lapse.identifier: {"jwt": "x"}}}
        name = seized.lay(Request("status", BUREAU, body).to_bytes())
        seized.signer_runs()
        assert seized.answer(name) is None, "it waits for a person"

    def test_a_change_signed_with_the_keys_it_has(self, seized: Seized) -> None:
        with seized.office() as office:
            (name,) = [name for bureau, name in office.ledger.refresh().status_lists() if bureau == BUREAU]
            head = office.ledger.reader.status_head(BUREAU, name)
            assert head is not None
            message = StatusChange(BUREAU, name, head.head, sha256(b"a list"), BUREAU)
            for key in (bytes(office.account.key), seized.maker.key):
                signature = sign(message.digest(office.ledger.domain), key)
                signed = SignedStatus(BUREAU, name, head.head, sha256(b"a list"), BUREAU, signature)
                with pytest.raises(Refused) as caught:
                    change_status(office.ledger.sender(office.account), office.ledger.trust_root, signed)
                assert caught.value.code == "ledger.may_not_anchor_status"


def test_after_all_that_the_bureau_works_as_before(history: Seized) -> None:
    town = history.town
    batch = _batch(town, 200)
    file = content_of(town, f"batch-{batch}")
    with town.office() as office:
        office.desk.decisions.put(history.person.decision(file, "--approve"))
    assert history.go_on(batch) == "complete"
    assert town.verdict(town.bundle(town.identifiers(batch)[0])) == "VALID"


# --------------------------------------------------------------------------- the intruder's tools


def _asked(seized: Seized, request: Request) -> Answer:
    name = seized.lay(request.to_bytes())
    seized.signer_runs()
    answer = seized.answer(name)
    assert answer is not None
    return answer


def _change(seized: Seized, events: list[EventRecord]) -> Request:
    """A status change in good form over the list as it stands."""
    with seized.office() as office:
        name = events[0].status_list
        head = office.ledger.refresh().status_head(BUREAU, name)
        assert head is not None
        token = office.token(head.digest)
        changed = parse_status_token(token).status_list.copy()
        for event in events:
            changed.set(event.status_index, Status(event.after))
        new = issue_status_token(BUREAU, name, changed, head.head, office.clock(), office.signer)
        records = [sha256(event.to_bytes()) for event in events]
        assert Tree([event_leaf(record) for record in records]).root
        sequence = office.ledger.reader.lane_head(BUREAU, EVENTS_LANE)[0] + 1
        return Request("status", BUREAU, {
            "act": 99, "maker": "", "owner": BUREAU, "list": name, "previousHead": hex0x(head.head),
            "oldToken": b64url(token), "newToken": b64url(new), "sequence": sequence,
            "events": [event.as_dict() for event in events], "records": [b64url(record) for record in records],
        })  # fmt: skip
