"""What the worker carries, step by step: how each kind of work is prepared, where it dies, what must be so afterwards.

``TABLE`` is walked through by every victim (test_kill.py, test_kill_database.py, test_kill_kubo.py); a room that adds
a kind of work adds a row.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine

from api.audit import anchoring
from api.audit.log import note_begun, note_ended
from api.claims.activations import request_activation
from api.claims.creating import create_claim
from api.db import open_service
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.status_list import Status
from chain.desk.lanes import AUDIT_LANE, TYPES_LANE
from chain.desk.letters import FileLetters
from chain.kernel.home import Home
from tests.api.claim_steps import ACTIVATION, CLAIM
from tests.api.holders import CODE, Holders, row_of
from tests.api.jobs.kit import draft, jobs, rows
from tests.api.test_kill import AUDIT, TYPE, Books
from tests.api.test_retention import keep, long_ago
from tests.api.town import BUREAU, EVENTS, LICENCE, Town, licences
from tests.api.walk import Run, run_until
from tests.support.guarantee import SLUG, as_json, definition

SIZE, CHUNK = 40, 20


def prepare_issue(town: Town) -> None:
    """A list in the register."""
    draft(town, licences(SIZE))


def prepare_act(town: Town) -> None:
    """Two certificates, and an act on one of them in the register."""
    town.issue(licences(2))
    first, _ = town.identifiers(1)
    town.run(town.officer, "revoke", first, "--reason", "granted on a forged paper", "--wait", "0")


def prepare_expiry(town: Town) -> None:
    """Three certificates, one of them past its date."""
    samples = licences(3)
    samples[1] = samples[1].with_value("certificateExpiringDate", "2026-01-31")
    town.issue(samples)


def check_issue(town: Town, books: Books) -> None:
    """All issued, by one anchor, and valid."""
    assert len(books.rows) == SIZE
    assert [facts.size for facts in books.anchors[LICENCE]] == [SIZE]
    assert set(books.anchors) == {LICENCE}
    assert [len(heads) for heads in books.heads.values()] == [1]
    out = town.folder / "out"
    town.ok(town.officer, "batch", "out", "1", str(out))
    bundles = [file.read_bytes() for file in sorted((out / "bundles").glob("*.json"))]
    assert [str(item.verdict) for item in town.verify_all(bundles)] == ["VALID"] * SIZE


def check_act(_town: Town, books: Books) -> None:
    """One change of the list, one event record."""
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    assert [len(heads) for heads in books.heads.values()] == [2]
    assert [books.status(place) for place in (0, 1)] == [Status.REVOKED, Status.VALID]


def check_expiry(_town: Town, books: Books) -> None:
    """One lapse, and the others in force."""
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]
    assert [books.status(place) for place in range(3)] == [Status.VALID, Status.LAPSED, Status.VALID]


def prepare_claim(town: Town) -> None:
    """A holder's claim that the service took."""
    town.issue(licences(2))
    name = town.identifiers(1)[0]
    holders = Holders(town)
    claim = holders.claim(name, holders.code(name), SoftwareSigner.generate())
    with town.office() as office:
        create_claim(office, claim)


def check_claim(town: Town, books: Books) -> None:
    """One binding, anchored once and in force."""
    (row,) = Holders(town).bindings(town.identifiers(1)[0])
    assert Holders(town).check(row.document).binding.n == 1
    assert [facts.size for facts in books.anchors["$claims"]] == [1]


def prepare_activation(town: Town) -> None:
    """A holder's wish for a code."""
    town.issue(licences(1))
    name = town.identifiers(1)[0]
    with town.office() as office:
        request_activation(office, row_of(town, name))


def check_activation(town: Town, _books: Books) -> None:
    """One letter, whose code binds."""
    name = town.identifiers(1)[0]
    ((_, letter),) = FileLetters(town.approver / "letters").waiting()
    (code,) = CODE.findall(letter)
    device = SoftwareSigner.generate()
    assert Holders(town).submit(Holders(town).claim(name, code, device)).state == "complete"


def prepare_type(town: Town) -> None:
    """A proposal in the register."""
    file = town.folder / "definition.json"
    file.write_bytes(as_json(definition()))
    assert town.run(town.officer, "type", "propose", str(file), "--wait", "0").code == 2


def check_type(town: Town, books: Books) -> None:
    """Anchored once, and in force."""
    assert [facts.size for facts in books.anchors[TYPES_LANE]] == [1]
    with town.office() as office:
        assert office.catalogue.find(SLUG).version == 1


def prepare_retention(town: Town) -> None:
    """Two certificates that lapsed long ago, and a run over them that waits."""
    town.issue([*long_ago(2), *licences(1, first=7)])
    with town.signing():
        town.ok(town.officer, "lapse", "--expired", "--wait", "60")
    keep(town, "business-licence=10")
    assert town.run(town.officer, "retention", "run", "--wait", "0").data["state"] == "waiting"


def check_retention(town: Town, books: Books) -> None:
    """Their secrets are gone and noted as such; the third's are there."""
    assert len(books.secrets) == books.vault_size == 1
    assert [row.fields is None or row.fields in ("", "{}") for row in books.rows] == [True, True, False]
    (run,) = rows(town, "SELECT state, size FROM retention_runs")
    assert tuple(run) == ("done", 2)


@contextlib.contextmanager
def service_database(town: Town) -> Iterator[Engine]:
    """The service's own database."""
    engine = open_service(Home(town.folder / "service"))
    try:
        yield engine
    finally:
        engine.dispose()


def prepare_audit(town: Town) -> None:
    """An act that is noted, and no anchor yet."""
    with service_database(town) as engine:
        entry = note_begun(engine, at=1, account=None, bureau=BUREAU, operation="make_acts", request="1")
        note_ended(engine, entry, at=1, outcome=202)


def audit_anchored(town: Town) -> bool:
    """The log is vouched for."""
    with service_database(town) as engine, engine.connect() as connection:
        query = "SELECT 1 FROM audit_anchors WHERE state = 'confirmed'"
        return connection.exec_driver_sql(query).first() is not None


def check_audit(town: Town, books: Books) -> None:
    """One anchor, over the whole log."""
    assert [facts.size for facts in books.anchors[AUDIT_LANE]] == [1]
    with service_database(town) as engine, town.reader() as reader:
        assert anchoring.check_log(engine, reader) == (2, 2)


@dataclass(frozen=True)
class Walk:
    """One thing the worker does.

    Attributes:
        prepare: puts it into the register.
        steps: named steps of it, in the order in which they come (tests/api/test_kill.py holds that none is missing).
        check: what must be so afterwards.
        events: kinds of completions noted, each once.
        done: query that finds a row once there is nothing left to do, or what answers that.
        more: secrets in the vault besides those of certificates and acts; None where some are gone on purpose.
    """

    prepare: Callable[[Town], None]
    steps: tuple[str, ...]
    check: Callable[[Town, Books], None]
    events: tuple[str, ...]
    done: str | Callable[[Town], bool]
    more: int | None = 0

    def is_done(self, town: Town) -> bool:
        """True once there is nothing left to do."""
        return bool(rows(town, self.done)) if isinstance(self.done, str) else self.done(town)


TABLE = {
    "issue": Walk(
        prepare_issue,
        ("requested", "released", "list", "allocated", "stored", "chunk", "sealed", "manifest", "root-requested",
         "signed", "sent", "confirmed", "complete", "events"),
        check_issue,
        ("batch.completed",),
        "SELECT 1 FROM batches WHERE state = 'complete'",
    ),
    "act": Walk(
        prepare_act,
        ("act-requested", "act-signed", "act-noted", "act-complete", "events"),
        check_act,
        ("batch.completed", "act.completed"),
        "SELECT 1 FROM acts WHERE state = 'complete'",
    ),
    "expiry": Walk(
        prepare_expiry,
        ("expiry", "act-sealed", "act-requested", "act-signed", "act-noted", "act-complete", "events"),
        check_expiry,
        ("batch.completed", "act.completed"),
        "SELECT 1 FROM acts WHERE state = 'complete'",
    ),
    "claim": Walk(
        prepare_claim,
        CLAIM[1:],
        check_claim,
        ("batch.completed",),
        "SELECT 1 FROM claims WHERE state = 'complete'",
        more=1,
    ),
    "activation": Walk(
        prepare_activation,
        ACTIVATION[1:],
        check_activation,
        ("batch.completed",),
        "SELECT 1 FROM activations WHERE state = 'complete'",
    ),
    "type": Walk(
        prepare_type,
        TYPE[1:],
        check_type,
        (),
        "SELECT 1 FROM type_acts WHERE state = 'active'",
    ),
    "retention": Walk(
        prepare_retention,
        ("retention-requested", "retention-released", "shredded", "retention-done"),
        check_retention,
        ("batch.completed", "act.completed"),
        "SELECT 1 FROM retention_runs WHERE state = 'done'",
        more=None,
    ),
    "audit": Walk(prepare_audit, AUDIT[:-1], check_audit, (), audit_anchored),
}  # fmt: skip
"""What is walked; the worker dies at every step of it."""

CHAIN = (
    ("issue", "list"), ("issue", "signed"), ("issue", "sent"), ("act", "act-noted"), ("claim", "claim-sent"),
    ("type", "type-sent"), ("audit", "audit-signed"),
)  # fmt: skip
"""Where the chain dies under the worker."""

SIGNER = (
    ("issue", "answer-list"), ("issue", "answer-root"), ("expiry", "answer-status"), ("claim", "answer-claim"),
    ("activation", "answer-activation"), ("audit", "answer-audit"),
)  # fmt: skip
"""Where the approver's signer dies, by itself; and over signed decisions at :data:`RELEASE`."""

RELEASE = "answer-release"

DATABASE = ("issue", "act")
"""What is done while PostgreSQL dies at every step."""

KUBO = {
    "issue": ("allocated", "stored", "sealed", "manifest", "root-requested"),
    "expiry": ("act-sealed", "act-requested", "act-signed"),
    "push": ("pushed",),
}
"""Where Kubo dies: something has just been stored, or is about to be."""

SERVER = {
    "issue": ("body", "registered", "kept"),
    "act": ("act", "kept"),
    "activation": ("activation",),
    "claim": ("claim", "kept"),
    "release": ("decision", "kept"),
}
"""Where the server dies over a request; ``body`` stands for the middle of the request's body."""

OTHERS = {
    "reminder": ("reminded", "webhook-sent"),
    "push": ("pushed",),
    "tender": ("tender-settled", "tender-page", "news", "tender-events", "letter-sent"),
}
"""Where the worker dies besides; over tenders in tests/api/tenders/test_jobs.py."""


def worker_until(town: Town, step: str | None, seen: Callable[[str], None] = lambda _step: None) -> Run:
    """Run the worker and kill it at that step, however long it takes to come; without one it ends when idle."""
    ends = ["--until-idle"] if step is None else []
    return run_until(["--home", str(town.folder / "service"), "--json", "worker", *ends], step, chunk=CHUNK, seen=seen)


def killed_at(town: Town, step: str) -> Run:
    """Run the worker until it dies at that step."""
    run = worker_until(town, step)
    assert run.steps[-1:] == (step,), (step, run)
    assert run.code == -signal.SIGKILL
    return run


def settle(town: Town, walk: Walk) -> Run:
    """Let the worker run to the end, as often as it takes until all is done and told of."""
    while True:
        run = worker_until(town, None)
        assert run.code == 0, run
        told = {row[0] for row in rows(town, "SELECT kind FROM webhook_events")}
        if walk.is_done(town) and set(walk.events) <= told:
            return run


def check(town: Town, walk: Walk) -> None:
    """Nothing lost, doubled or stuck."""
    books = Books(town)
    if walk.more is not None:
        books.check(more=walk.more)
    walk.check(town, books)
    assert jobs(town) == []
    told = [row[0] for row in rows(town, "SELECT kind FROM webhook_events WHERE kind LIKE '%.completed' ORDER BY id")]
    assert sorted(told) == sorted(walk.events)
    assert rows(town, "SELECT 1 FROM webhook_events WHERE kind = 'job.stuck'") == []
