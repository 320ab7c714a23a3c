"""What the officer puts on record: pool, draw, committee, names; made from papers, checked before anything is sent.

Nothing here writes. Each maker gives the same paper for the same words, so that a command may be given again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chain.evaluation.committee.conflicts import bidding_codes, by_rule, other_parts
from chain.evaluation.committee.draws import DRAW, Draws, Turn, pool_on_record
from chain.evaluation.committee.members import Committee, CommitteeNames, Member, MemberKind
from chain.evaluation.committee.papers import DrawReasons, Exclusion, ExclusionRule, Replacement
from chain.evaluation.committee.standing import check_members, committees_of, draws_of, expert_members, place_of
from chain.evaluation.draw import Quota, Seats, draw_experts
from chain.evaluation.enrolling import ExpertLine
from chain.evaluation.pool import Expert, Pool, PoolLine, PoolPaper
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice import Notice
from chain.tenders.opening.finishing import standing_record
from chain.tenders.story import Story

Lines = Mapping[int, Expert]
"""Experts' lines by their place in the pool's paper, as far as they are at hand."""


def pool_from(lines: Sequence[ExpertLine], ledger: TenderLedger, story: Story) -> Pool:
    """A pool of these experts, for that tender.

    Raises:
        InvalidInput: a line for another tender, somebody twice, or an account with another part in the tender.
    """
    parts = other_parts(ledger, story)
    for line in lines:
        where = f"line of {line.expert.number}"
        if (line.genesis, line.book, line.tender) != (ledger.genesis, ledger.book, story.number):
            raise InvalidInput(
                f"the {where} is for another tender", code="pool.place", field="LINE",
                fix=f"ask the expert for yinxin expert enrol {story.number}",
            )  # fmt: skip
        account = line.expert.account
        if account in parts or ledger.is_officer(story.number, account):
            raise InvalidInput(
                f"the {where}: its account has another part in the tender", code="pool.part", field="LINE"
            )
    return Pool([line.expert for line in lines])


def place_lines(pool: PoolPaper, lines: Sequence[ExpertLine]) -> dict[int, Expert]:
    """The lines that stand in this pool, by place; others are left out."""
    places = {line: place for place, line in enumerate(pool.lines)}
    found = {places.get(PoolLine.of(line.expert)): line.expert for line in lines}
    return {place: expert for place, expert in found.items() if place is not None}


def check_pool_time(story: Story, now: int, paper: PoolPaper) -> bytes | None:
    """Digest of the pool on record if it is this one, None if none is yet.

    Raises:
        Refused: the deadline is over.
        Conflict: another pool is on record: what a tender's pool is, is settled by the first.
    """
    recorded = [event for event in story.records if event.values["kind"] == "expert-pool"]
    if recorded and recorded[0].block.time <= story.deadline:
        digest: bytes = recorded[0].values["digest"]
        if digest != paper.digest():
            raise Conflict(
                f"the pool {hex0x(digest)} is on record; there is one pool a tender", code="pool.recorded",
                field="tender", fix="nothing exchanges it; experts who cannot take part are excluded at the draw",
            )  # fmt: skip
        return digest
    if now > story.deadline:
        raise Refused(
            "the deadline is over: a pool that is recorded now counts for nothing", code="pool.late", field="tender",
            fix="a committee must be drawn from a pool that nobody could choose knowing the bids; tender anew",
        )  # fmt: skip
    return None


def conflicts_now(ledger: TenderLedger, board: Board, story: Story, lot: int, lines: Lines) -> dict[int, Exclusion]:
    """What the rules exclude from a draw of that lot now, by place. Raises Refused: no opening record yet."""
    records = [standing_record(board, story, lot, number) for number in sorted(story.lots[lot].openings)]
    if not records or records[0] is None:
        raise Refused(
            f"lot {lot} has no opening record, so it is not known who bids", code="draw.early", field="lot",
            fix=f"yinxin tender finish-opening {story.number} --lot {lot}",
        )  # fmt: skip
    _, pool = pool_on_record(board, story)
    codes = bidding_codes(one for one in records if one is not None)
    return by_rule(pool, other_parts(ledger, story), lines, codes)


def plan_draw(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, *, quotas: Sequence[Quota],
    exclude: Mapping[int, Exclusion], replace: Mapping[int, str], lines: Lines,
) -> Turn | tuple[Seats, DrawReasons]:  # fmt: skip
    """The next draw with its reasons; or the one on record that these words made before.

    Args:
        ledger, board, story, notice, lot: where.
        quotas: seats by specialty; may be empty where ``replace`` says whose seats are filled.
        exclude: by place, besides what the rules exclude.
        replace: places on the committee that are replaced, with the reason of each.
        lines: experts' lines at hand, for the rule about employers.

    Raises:
        Refused: there is no opening record, an earlier draw waits, or the draw would not count.
        InvalidInput: a place that the pool has not.
        NotFound: no pool, or a paper is on no board.
    """
    draws = draws_of(ledger, board, story, notice, lot)
    digest, pool = pool_on_record(board, story)
    wrong = sorted(place for place in {*exclude, *replace} if not 0 <= place < len(pool.lines))
    if wrong:
        raise InvalidInput(f"the pool has no place {wrong[0]}", code="draw.place", field="--exclude")
    if not quotas:
        wanted = [pool.lines[place].specialty for place in sorted(replace)]
        quotas = [Quota(field, wanted.count(field)) for field in dict.fromkeys(wanted)]
    known = _made_before(draws, quotas, exclude, replace)
    if known is not None:
        return known
    waiting = draws.pending(DRAW)
    if waiting is not None:
        raise Refused(
            f"draw {waiting.counter} waits for its result; there is no other one before", code="draw.waits",
            field="lot", fix=f"yinxin tender drawn {story.number} --lot {lot} --wait 600",
        )  # fmt: skip
    excluded = {place: _kept(draws, place) for place in draws.excluded}
    excluded |= {place: Exclusion(place, ExclusionRule.DRAWN) for place in draws.drawn}
    excluded |= {place: one for place, one in exclude.items() if place not in draws.drawn}
    excluded |= conflicts_now(ledger, board, story, lot, lines)
    reasons = DrawReasons(
        draws.lot, draws.next_counter, tuple(excluded[place] for place in sorted(excluded)),
        tuple(Replacement(place, replace[place]) for place in sorted(replace)),
    )  # fmt: skip
    seats = Seats(digest, tuple(quotas), tuple(sorted(excluded)), sha256(reasons.to_bytes()))
    _check_seats(draws, seats, set(replace), notice)
    draw_experts(pool, seats, bytes(32))
    return seats, reasons


def _check_seats(draws: Draws, seats: Seats, replaced: set[int], notice: Notice) -> None:
    sitting = set(draws.seated.values())
    if not draws.drawn:
        if replaced:
            raise Refused("nobody was drawn yet, so nobody is replaced", code="draw.replace", field="--replace")
        if seats.count != notice.committee.experts:
            raise Refused(
                f"{seats.count} seats; the notice says {notice.committee.experts} experts", code="draw.seats",
                field="--seat", fix="give as many seats as the notice says, by specialty",
            )  # fmt: skip
        return
    if not replaced or not replaced <= sitting:
        raise Refused(
            f"a committee is drawn; a further draw replaces experts at places {_listed(sitting)}",
            code="draw.replace", field="--replace", fix="--replace PLACE=reason",
        )  # fmt: skip
    if seats.count != len(replaced):
        raise Refused(
            f"{seats.count} seats for {len(replaced)} who are replaced", code="draw.seats", field="--seat",
            fix="as many as are replaced",
        )  # fmt: skip


def _made_before(
    draws: Draws, quotas: Sequence[Quota], exclude: Mapping[int, Exclusion], replace: Mapping[int, str]
) -> Turn | None:
    """The draw on record that the same words made."""
    for turn in draws.turns:
        if turn.kind != DRAW or turn.fault or turn.seats is None or turn.reasons is None:
            continue
        replaced = {one.place: one.reason for one in turn.reasons.replaced}
        if (
            turn.seats.quotas == tuple(quotas)
            and replaced == dict(replace)
            and set(exclude) <= set(turn.seats.excluded)
        ):
            return turn
    return None


def _kept(draws: Draws, place: int) -> Exclusion:
    """As the newest draw that counts gave the reason."""
    reasons = [turn.reasons for turn in draws.turns if not turn.fault and turn.reasons is not None]
    return [one for said in reasons for one in said.excluded if one.place == place][-1]


def plan_committee(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, owners: Sequence[ExpertLine]
) -> tuple[Committee, bool]:
    """The committee that the draws and these representatives give; True if it is the newest on record already.

    Raises:
        Refused: nobody was drawn, a draw waits, too many or too few members, or somebody with another part.
        InvalidInput: a representative's line for another tender.
    """
    draws = draws_of(ledger, board, story, notice, lot)
    digest, pool = pool_on_record(board, story)
    waiting = draws.pending(DRAW)
    if waiting is not None or not draws.seated:
        raise Refused(
            f"draw {waiting.counter} waits for its result" if waiting else "nobody was drawn yet",
            code="committee.pending", field="lot", fix=f"yinxin tender drawn {story.number} --lot {lot} --wait 600",
        )  # fmt: skip
    for one in owners:
        if (one.genesis, one.book, one.tender) != (ledger.genesis, ledger.book, story.number):
            raise InvalidInput(
                "a representative's line is for another tender", code="committee.owner", field="--owner-member",
                fix=f"ask for yinxin expert enrol {story.number}",
            )  # fmt: skip
    members = expert_members(draws, pool)
    first = notice.committee.experts + 1
    members += tuple(
        Member(first + number, one.expert.account, one.expert.box, MemberKind.OWNER, None)
        for number, one in enumerate(owners)
    )
    counted = [one.committee for one in committees_of(ledger, board, story, notice, lot) if not one.fault]
    last = counted[-1] if counted else None
    results = tuple(one.result_digest for one in draws.completed)
    if last is not None and (last.members, last.drawn) == (members, results):
        return last, True
    if story.phase(lot) >= Phase.AWARDED:
        raise Refused("the lot is awarded; its committee is past", code="committee.late", field="lot")
    number = 1 if last is None else last.number + 1
    made = Committee(place_of(notice, lot), number, digest, results, members)
    check_members(ledger, story, made, notice)
    return made, False


def plan_names(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, lines: Lines,
    owners: Mapping[bytes, str],
) -> CommitteeNames:  # fmt: skip
    """Who sat on the lot's committee.

    Args:
        lines: experts' lines by place in the pool.
        owners: names of representatives by account.

    Raises:
        Refused: the lot is not awarded.
        NotFound: no committee.
        InvalidInput: a line or a name is missing.
    """
    if story.phase(lot) not in (Phase.AWARDED, Phase.CONTRACTED):
        raise Refused(
            "names stay secret until the award", code="committee.early", field="lot", fix="wait for the award"
        )
    counted = [one for one in committees_of(ledger, board, story, notice, lot) if one.committee and not one.fault]
    if not counted or counted[-1].committee is None:
        raise Refused("the lot has no committee on record", code="committee.none", field="lot")
    newest, draws = counted[-1], draws_of(ledger, board, story, notice, lot)
    missing = sorted(draws.drawn - set(lines))
    if missing:
        raise InvalidInput(
            f"no line is at hand of places {_listed(missing)}", code="committee.lines", field="--lines",
            fix="ask the pool's keeper for them",
        )  # fmt: skip
    accounts = {one.account: None for item in counted if item.committee for one in item.committee.owners}
    unnamed = [hex0x(account) for account in accounts if account not in owners]
    if unnamed:
        raise InvalidInput(
            f"no name is at hand of {unnamed[0]}", code="committee.lines", field="--lines",
            fix="add the representative's line",
        )  # fmt: skip
    return CommitteeNames(
        draws.lot, newest.digest, tuple((place, lines[place]) for place in sorted(draws.drawn)),
        tuple((account, owners[account]) for account in accounts),
    )  # fmt: skip


def _listed(places: Sequence[int] | set[int]) -> str:
    return ", ".join(map(str, sorted(places)))
