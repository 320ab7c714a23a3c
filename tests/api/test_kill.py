"""kill -9 at every named step; the next run goes on, and at the end nothing is missing and nothing is double."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter

import pytest

from chain.credentials.status_list import Status, parse_status_token
from chain.desk.lanes import TYPES_LANE
from chain.desk.messages import KINDS
from chain.kernel.encoding import sha256
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.process import ProcessMark, is_alive
from tests.api.claim_steps import ACTIVATION, CLAIM, CLAIM_BACK, CLAIM_SIGNER
from tests.api.custody.steps import STEPS as CUSTODY
from tests.api.town import BUREAU, EVENTS, LICENCE, Town, licences
from tests.api.walk import Run, run_until, steps_in_code
from tests.chain.tenders.holding.steps import HOLDER
from tests.cli.bid.after_opening import AFTER
from tests.cli.bid.steps import BIDDER
from tests.cli.committee_steps import DRAWING
from tests.cli.evaluation_steps import EVALUATION
from tests.cli.opening_steps import OPENING
from tests.support.guarantee import SLUG, as_json, definition

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]

BATCH = (
    "registered", "requested", "released", "list", "allocated", "stored", "chunk", "stored", "chunk", "stored", "chunk",
    "sealed", "manifest", "root-requested", "signed", "sent", "confirmed", "complete",
)  # fmt: skip
"""Where a batch of three chunks dies, one after the other."""

ACT = ("act", "act-sealed", "act-requested", "act-signed", "act-noted", "act-complete")
"""Where a status act dies."""

TYPE = (
    "type-waiting", "type-stored", "type-requested", "type-signed", "type-sent", "type-anchored", "type-active",
)  # fmt: skip
"""Where a certificate type's proposal dies."""

SIGNER = ("answer-release", "answer-list", "answer-root", "answer-status", "answer-recall", "answer-type")
"""Where the approver's side dies: it has noted what it decides, and has not said it."""

AUDIT = ("audit-sealed", "audit-requested", "audit-signed", "audit-confirmed", "answer-audit")
"""Where an anchor of the audit log dies: tests/api/service/test_audit_anchors.py kills it there."""

BACK = ("act-waiting", "act-refused", "type-refused", "type-recalled")
"""Steps off the straight way: tests/api/test_life.py and test_types.py go there."""

CARE = (
    "shredded", "retention-begun", "retention-requested", "retention-released", "retention-done", "handover-noted",
    "handover-written", "handover-taken", "handover-receipt", "handover-answered", "handover-closed", "reprint",
)  # fmt: skip
"""Where retention and hand-over die: tests/api/test_retention.py and test_handover.py kill there."""
WORKER = ("expiry", "reminded", "events", "webhook-sent", "pushed")
"""Steps that the worker alone takes: tests/api/jobs/test_kill.py goes there."""

TENDERS = ("tender-settled", "tender-page", "news", "tender-events", "letter-sent")
"""Where the worker dies over tenders: tests/api/tenders/test_jobs.py kills it there."""

SERVER = ("decision", "kept")
"""Steps that the server alone takes: tests/api/service/test_kill.py goes there."""

SIZE, CHUNK = 500, 200


def test_every_step_in_the_code_is_in_these_tables() -> None:
    assert steps_in_code() == {
        *BATCH, *ACT, *TYPE, *AUDIT[:-1], *BACK, *CLAIM, *ACTIVATION, *CLAIM_BACK, *WORKER, *CARE, *SERVER, *CUSTODY,
        *HOLDER, *OPENING, *BIDDER, *TENDERS, *DRAWING,
        *EVALUATION, *AFTER,
    }  # fmt: skip
    assert {f"answer-{kind}" for kind in KINDS} == {*SIGNER, AUDIT[-1], *CLAIM_SIGNER, "answer-retention"}


def walk(
    town: Town, arguments: list[str], table: tuple[str, ...], *, chunk: int | None = None
) -> list[tuple[str, Run]]:
    """Kill at each step of the table in turn; the last run is left alone."""
    outcomes = []
    with town.signing():
        for step in (*table, None):
            run = run_until(["--home", str(town.officer), "--json", *arguments], step, chunk=chunk)
            outcomes.append((step or "—", run))
            if step is not None:
                assert run.steps[-1:] == (step,), (step, run)
                assert run.code == -signal.SIGKILL
    show(outcomes)
    return outcomes


def show(outcomes: list[tuple[str, Run]]) -> None:
    print("\nkilled at        steps of that run")
    for step, run in outcomes:
        print(f"{step:<16} {' '.join(run.steps)}")


class Books:
    """What register, vault and ledger say, for comparing them."""

    def __init__(self, town: Town) -> None:
        with town.office() as office:
            with office.engine.connect() as connection:
                self.rows = connection.exec_driver_sql("SELECT * FROM certificates ORDER BY batch_id, position").all()
                self.entries = connection.exec_driver_sql("SELECT * FROM act_entries").all()
                self.lists = connection.exec_driver_sql("SELECT * FROM status_lists").all()
            self.secrets = {
                bytes(row.key_id) for row in (*self.rows, *self.entries) if bytes(row.key_id) in office.vault
            }
            self.vault_size = len(office.vault)
            reader = office.ledger.refresh()
            self.anchors = {lane: list(reader.anchors(BUREAU, lane)) for _, lane in reader.lanes()}
            self.heads = {name: reader.status_history(BUREAU, name) for _, name in reader.status_lists()}
            self.tokens = {head.digest: office.token(head.digest) for heads in self.heads.values() for head in heads}

    def check(self, *, more: int = 0) -> None:
        """No orphan in the vault (``more`` secrets belong to others), no slot twice, register as the ledger."""
        slots = [(row.status_list, row.status_index) for row in self.rows]
        assert len(set(slots)) == len(slots)
        assert len(self.secrets) == len(self.rows) + len(self.entries) == self.vault_size - more
        for row in self.lists:
            used = sum(byte.bit_count() for byte in row.used)
            assert used == sum(name == row.name for name, _ in slots)
            assert sha256(row.token) == self.heads[row.name][-1].digest
            assert row.head == self.heads[row.name][-1].head

    def status(self, place: int) -> Status:
        """Status of the certificate at that place, by the ledger."""
        row = self.rows[place]
        return Status(
            parse_status_token(self.tokens[self.heads[row.status_list][-1].digest]).status_list.get(row.status_index)
        )


def test_a_batch_of_500_killed_at_every_step_is_issued_once(town: Town) -> None:
    file = town.write_list("list.csv", licences(SIZE))
    arguments = ["issue", str(file), "--type", "business-licence", "--wait", "60"]
    outcomes = walk(town, arguments, BATCH, chunk=CHUNK)
    assert outcomes[-1][1].code == 0, outcomes[-1]

    books = Books(town)
    books.check()
    assert len(books.rows) == SIZE
    assert [facts.size for facts in books.anchors[LICENCE]] == [SIZE]
    assert set(books.anchors) == {LICENCE}
    assert [len(heads) for heads in books.heads.values()] == [1]

    out = town.folder / "out"
    town.ok(town.officer, "batch", "out", "1", str(out))
    bundles = sorted((out / "bundles").glob("*.json"))
    assert [file.stem for file in bundles] == sorted(row.identifier for row in books.rows)
    found = Counter(str(item.verdict) for item in town.verify_all([file.read_bytes() for file in bundles]))
    assert found == {"VALID": SIZE}
    assert len(list((out / "qr").glob("*.png"))) == SIZE


def test_a_status_act_killed_at_every_step_changes_the_list_once(town: Town) -> None:
    town.issue(licences(2))
    first, second = town.identifiers(1)
    outcomes = walk(town, ["revoke", first, "--reason", "granted on a forged paper", "--wait", "60"], ACT)
    last = outcomes[-1][1]
    assert last.code == 1, "it is revoked already, and the command says so"
    assert "revoked" in last.out

    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    (heads,) = books.heads.values()
    assert len(heads) == 2
    assert [books.status(place) for place in (0, 1)] == [Status.REVOKED, Status.VALID]
    assert town.verdict(town.bundle(first)) == "REVOKED"
    assert town.verdict(town.bundle(second)) == "VALID"
    history = town.ok(town.officer, "show", first)["history"]
    assert [(act["operation"], act["state"]) for act in history] == [("revoke", "complete")]


def test_a_type_killed_at_every_step_is_anchored_once_and_in_force(town: Town) -> None:
    file = town.folder / "definition.json"
    file.write_bytes(as_json(definition()))
    outcomes = walk(town, ["type", "propose", str(file), "--wait", "60"], TYPE)
    assert outcomes[-1][1].code == 0, outcomes[-1]
    data = json.loads(outcomes[-1][1].out)
    assert (data["proposal"], data["state"], data["sequence"], data["new"]) == (1, "active", 1, False)
    books = Books(town)
    assert [facts.size for facts in books.anchors[TYPES_LANE]] == [1]
    with town.office() as office:
        assert office.catalogue.find(SLUG).version == 1
    assert list(town.desk.glob("*/type-*")) == []


def test_the_approvers_side_killed_before_each_answer_gives_it_afterwards(town: Town) -> None:
    file = town.write_list("list.csv", licences(3))
    issue = ["issue", str(file), "--type", "business-licence"]
    approver = ["--home", str(town.approver), "--json"]
    killed = []

    def kill(step: str, *words: str) -> None:
        run = run_until([*approver, *words], step)
        assert run.code == -signal.SIGKILL, (step, run)
        killed.append(step)

    town.run(town.officer, *issue, "--wait", "0")
    kill("answer-release", "approve", "--all")
    town.ok(town.approver, "approve", "--all")
    officer = town.spawn(town.officer, *issue, "--wait", "60")
    kill("answer-list", "signer")
    kill("answer-root", "signer")
    with town.signing(approve=False):
        out, err = officer.communicate(timeout=90)
    assert officer.returncode == 0, (out, err)

    (first, *_) = town.identifiers(1)
    town.run(town.officer, "revoke", first, "--reason", "x", "--wait", "0")
    kill("answer-status", "approve", "--all")
    with town.signing(approve=False):
        town.ok(town.officer, "acts", "--wait", "30")

    definition_file = town.folder / "definition.json"
    definition_file.write_bytes(as_json(definition()))
    town.run(town.officer, "type", "propose", str(definition_file), "--wait", "0")
    kill("answer-type", "approve", "--all")
    with town.signing(approve=False):
        town.ok(town.officer, "type", "run", "--wait", "30")

    more = town.write_list("more.csv", licences(2, first=10))
    town.run(town.officer, "issue", str(more), "--type", "business-licence", "--wait", "0")
    officer = town.spawn(town.officer, "batch", "recall", "2", "--wait", "60")
    kill("answer-recall", "signer")
    with town.signing(approve=False):
        out, err = officer.communicate(timeout=90)
    assert officer.returncode == 0, (out, err)

    assert sorted(killed) == sorted(SIGNER)
    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[LICENCE]] == [3]
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    assert [facts.size for facts in books.anchors[TYPES_LANE]] == [1]
    assert [books.status(place) for place in range(3)] == [Status.REVOKED, Status.VALID, Status.VALID]


def kill_node(town: Town) -> None:
    """kill -9 the EVM process and its supervisor."""
    place = NodeDir.at(town.folder / "ledger")
    marks = [ProcessMark(item["pid"], item["born"]) for item in json.loads(place.processes.read_text())]
    endpoint = json.loads(place.endpoint.read_text())
    for mark in [ProcessMark(endpoint["pid"], endpoint["born"]), *marks]:
        if is_alive(mark):
            os.kill(mark.pid, signal.SIGKILL)


@pytest.mark.parametrize("step", ["list", "manifest", "signed", "sent", "confirmed"])
def test_the_chain_killed_on_the_way_comes_back_and_the_batch_ends(town: Town, step: str) -> None:
    file = town.write_list("list.csv", licences(4))
    arguments = [
        "--home",
        str(town.officer),
        "--json",
        "issue",
        str(file),
        "--type",
        "business-licence",
        "--wait",
        "60",
    ]
    killed = []

    def seen(reached: str) -> None:
        if reached == step and not killed:
            kill_node(town)
            killed.append(step)

    with town.signing():
        run = run_until(arguments, seen=seen)
        if run.code == 2:
            run = run_until(arguments)
    assert (run.code, killed) == (0, [step]), run
    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[LICENCE]] == [4]
    assert town.verdict(town.bundle(books.rows[0].identifier)) == "VALID"
