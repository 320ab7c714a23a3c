"""A tender of nobody's in an index, from made events and real papers; and its pages as text, without a server."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from typing import Any

from jinja2 import Environment
from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from api.db.metadata import service_metadata
from api.service.pages.rendering import environment
from api.service.pages.speaking import TAGS, Speaker
from api.tenders.notices import notice_row
from api.tenders.pages.endpoints.tender import receipt_values
from api.tenders.pages.room import Room, room
from api.tenders.pages.showing import values
from api.tenders.shown import row_of
from api.tenders.tables import tender_events, tender_notices
from api.tenders.telling import tender_rows
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Commitment, SealedFile, TenderEvent
from chain.sealing import Form
from chain.tenders.opening.record import KIND, read_record
from chain.tenders.typed import commitment_hash
from tests.api.service.pages.reading import Tags
from tests.chain.contracting.ocds.process import PRICES, TENDER, Process
from tests.chain.sealing.samples import identity


def an_index() -> Engine:
    """An empty index in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    service_metadata.create_all(engine)
    return engine


def indexed(process: Process, events: list[TenderEvent] | None = None) -> Engine:
    """The tender as the indexer writes it, or as far as these events go."""
    engine, chosen = an_index(), process.events if events is None else events
    with engine.begin() as connection:
        for table, row in tender_rows(chosen, process.book):
            connection.execute(insert(table).values(**row))
        for event in chosen:
            connection.execute(insert(tender_events).values(**row_of(event)))
        notice = process.notice
        said = {"digest": notice.digest, "tender": TENDER, **notice_row(notice)}
        connection.execute(insert(tender_notices).values(**said))
    return engine


def the_room(process: Process, events: list[TenderEvent] | None = None, *, now: int | None = None) -> Room:
    """What its pages show, one second after the newest event."""
    chosen = process.events if events is None else events
    engine = indexed(process, chosen)
    try:
        return room(engine, process.board, TENDER, now=now or chosen[-1].block.time + 1)
    finally:
        engine.dispose()


def written(template: str, language: str, **given: Any) -> str:
    """A template's text for somebody who is not signed in."""
    frame = {
        "t": Speaker.of(language, "board"), "language": language, "tag": TAGS[language], "me": None, "here": "/",
        "languages": {name: f"?lang={name}" for name in TAGS}, "ways": (), "path": "/tenders",
        "form": {"name": "form_token", "header": "X-Yinxin-Form", "token": ""},
    }  # fmt: skip
    return _templates().get_template(template).render(**frame, **given)


@cache
def _templates() -> Environment:
    """All templates, without the built files that they name."""
    made = environment().overlay()
    made.globals = {**made.globals, "asset": lambda name: f"/assets/{name}"}
    return made


def page(found: Room, name: str, language: str, **more: Any) -> str:
    """A page of a tender."""
    reader = {"rooms": (), "may_follow": False, "following": False, "asked_now": False, **receipt_values(None)}
    listed = {"events": found.facts.events, "page": 1, "pages": 1, "every": 5}
    own = {"data": {"tender": found.number, "worker": "", "endpoints": []}, "endpoint": "", "endpoint_fault": False}
    return written(f"tenders/{name}.html", language, **{**values(found, language), **reader, **listed, **own, **more})


class Honest(Process):
    """A process whose bids state their price under the root that they commit to, as real ones do."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.forms: dict[tuple[int, int], Form] = {}

    def _commit(self, lot: int, place: int, version: int) -> Commitment:
        form = self.forms[lot, place] = Form.of({"price": PRICES[place]})
        files = [
            SealedFile(sha256(b"%d %d %d" % (lot, place, one)), 70_000, form.root(self._bid(lot, place, version, one)))
            for one in range(1, len(self.notice.envelopes) + 1)
        ]
        who = identity(place, version).bidder
        one = Commitment(
            TENDER, lot, who, version, sha256(who)[:20], self.notice.deadline, sha256(b"kind"), *files
        )  # fmt: skip
        self.say(
            "BidCommitted", lot=lot, bidder=who, place=place, commitment=one, commitmentHash=commitment_hash(one),
            custodian=self.custodians[0],
        )  # fmt: skip
        return one

    @staticmethod
    def _bid(lot: int, place: int, version: int, envelope: int) -> bytes:
        return identity(place, version, lot, envelope).digest()

    def record(self, kind: str, data: bytes, lot: int = 1) -> bytes:
        """On record; of an opening with the proofs of what was committed."""
        if kind == KIND:
            read = read_record(data)
            bids = tuple(
                replace(
                    bid,
                    figures=self.forms[lot, bid.place].disclose(
                        self._bid(lot, bid.place, bid.version, read.envelope), ["price"]
                    ),
                )
                for bid in read.bids
            )
            data = replace(read, bids=bids).to_bytes()
        return super().record(kind, data, lot)


class _Look(Tags):
    """Reads a page for what no page may have, and notes it."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        given = dict(attrs)
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"<{tag}> with a style or a listener")
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.faults.append("a script within the page")
        self.ids += [given["id"] or ""] if "id" in given else []
        self.targets += [given["for"] or ""] if "for" in given else []
        self.targets += (given.get("aria-labelledby") or "").split()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


def faults(text: str) -> list[str]:
    """What is wrong with a page: elements not closed, ids twice or missing, styles or code within it."""
    look = _Look()
    look.feed(text)
    twice = sorted({one for one in look.ids if look.ids.count(one) > 1})
    missing = sorted(set(look.targets) - set(look.ids))
    open_ones = [f"<{tag}> stays open" for tag in look.open]
    return [*look.faults, *open_ones, *(f"id {one} twice" for one in twice), *(f"no id {one}" for one in missing)]


def plain(text: str) -> str:
    """A page's text without its tags, blanks as one."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())
