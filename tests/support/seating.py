"""From a closed lot of :mod:`tests.support.opening_stage` to its committee: opened, drawn, seated, on a real chain.

owner = enrolled(case, EXPERTS, OWNER, folder)      # before the deadline
opened(case, 1)                                     # keys published, the opening record on the ledger
seats = seat(case, owner)["members"]                # two experts of the pool and a representative
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chain.evaluation.committee import Drawn, draws_of, pool_on_record
from chain.evaluation.committee.completing import record_result
from chain.evaluation.draw import draw_experts, seed_of
from chain.tenders.opening import LotPlace, ReleaseBox, combine_keys, releases_topic
from chain.tenders.opening.finishing import finish
from chain.tenders.opening.session import draft_record, open_bids, publish_keys, recorded_bid
from tests.api.town import cheap_keys
from tests.support.opening_stage import OpeningCase


def enrolled(case: OpeningCase, experts: Sequence[str], owner: str, folder: Path) -> Path:
    """Everybody enrols in a home of its own, the experts come into the pool; the representative's line."""
    stage, tender = case.stage, str(case.tender)
    lines = {name: folder / f"{name}.json" for name in (*experts, owner)}
    for name, line in lines.items():
        words = ("--number", name, "--name", f"示例{name}", "--specialty", "A08", "-o", str(line))
        with cheap_keys():
            stage.ok(name, "expert", "enrol", tender, *words)
    stage.ok("officer", "tender", "pool", tender, *(str(lines[name]) for name in experts))
    return lines[owner]


def opened(case: OpeningCase, envelope: int) -> None:
    """Open an envelope in the officer's home and put its record on the ledger.

    Organisations are judged by the companies' own ledger.
    """
    stage, live = case.stage, case.live(envelope)
    folder = stage.home("officer") / "openings" / f"{case.tender}-1-{envelope}"
    case.release(1, 2, 3, envelope=envelope)
    box = ReleaseBox(stage.key.opening_key, live)
    box.take(stage.board.notes(releases_topic(case.tender, 1, envelope)))
    stage.wait_until(case.story.open_at)
    keys = combine_keys(box)
    digest = publish_keys(stage.ledger, stage.acts("officer"), stage.board, keys)
    bids = open_bids(live, keys, case.notice, case.sources, case.box("officer", envelope), folder, {})
    found = [recorded_bid(live, one, case.notice, case.judge(envelope)) for one in bids]
    record = draft_record(case.story, live, case.notice, digest, box, found)
    finish(stage.acts("officer"), stage.board, replace(record, alone="未到场"), case.story)


def seat(case: OpeningCase, owner: Path) -> dict[str, Any]:
    """Draw two experts and seat them with the representative."""
    stage, tender = case.stage, str(case.tender)
    stage.ok("officer", "tender", "draw", tender, "--seat", "A08=2")
    turn = draws_of(stage.ledger, stage.board, case.story, case.notice, 1).turns[-1]
    place = LotPlace(case.notice.genesis, case.notice.book, case.tender, 1)
    signed = stage.key.sign(turn.message(place))
    assert turn.seats is not None
    seats = draw_experts(pool_on_record(stage.board, case.story)[1], turn.seats, seed_of(signed))
    record_result(stage.acts("officer"), stage.board, Drawn(place, turn.digest, turn.counter, signed, seats))
    return stage.ok("officer", "tender", "committee", tender, "--owner-member", str(owner))


def whose(case: OpeningCase, names: Sequence[str]) -> dict[str, str]:
    """Homes by the account that each has in the tender."""
    return {case.stage.ok(name, "expert", "show", str(case.tender))["account"]: name for name in names}


def names_of(
    case: OpeningCase, seats: list[dict[str, Any]], experts: Sequence[str], owner: str
) -> tuple[tuple[str, ...], str]:
    """Homes in the order of their seats, and the one that was not drawn."""
    names = whose(case, (*experts, owner))
    seated = tuple(names[one["account"]] for one in seats)
    (spare,) = {*experts} - {*seated}
    return seated, spare
