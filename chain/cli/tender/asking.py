"""``yinxin tender ask``, ``questions``, ``answer``: questions without names, answers for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from chain.cli._tenders import tender_place
from chain.cli.common import emit, printable, state
from chain.cli.tender._common import Account, Number, acts_of, moment, others_data, others_text, text_of, time_data
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.home import write_atomically
from chain.tenders.notice import current_notice, read_draft
from chain.tenders.notice.answers import (
    Question,
    answers_and_others,
    answers_of,
    questions,
    read_given,
    record_answers,
    unanswered,
    with_answers,
)
from chain.tenders.notice.template import render

_HEAD = (
    "# 答疑：请填写 answer，留空的不答复。答复发布后不能收回；改变规则的须用 yinxin tender amend。\n"
    "# Answers: what stays empty is not answered yet. Published answers are never taken back; a change of the rules\n"
    "# is an amendment.\n\n"
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ask")(ask)
    app.command("questions")(list_questions)
    app.command("answer")(answer)


def ask(
    ctx: typer.Context,
    tender: Number,
    text: Annotated[str, typer.Option(help="the question; do not say who you are")] = "",
    file: Annotated[Path | None, typer.Option(help="the same, as a text file")] = None,
) -> None:
    """Ask a question about a tender, without a name. 提问(不署名)。"""
    said = text_of(text, file, field="--text")
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        notice = current_notice(place.ledger, place.board, tender)
        now = place.ledger.block.time
        if now > notice.questions_until:
            raise Refused(
                f"questions ended {moment(notice.questions_until)}; it is {moment(now)} by the chain's clock",
                code="tender.questions_over",
                field="tender",
                fix="an objection to the documents goes to the bureau in writing",
            )
        question = Question(place.ledger.genesis, place.ledger.book, tender, said)
        place.board.post(f"questions/{tender}", "question", question.to_bytes())
    emit(
        ctx,
        {"tender": tender, "question": question.name, "until": time_data(notice.questions_until)},
        f"[green]✓[/] question {question.name} lies on the board; answers: yinxin tender questions {tender}",
    )


def list_questions(
    ctx: typer.Context,
    tender: Number,
    draft: Annotated[Path | None, typer.Option(help="write a draft of answers to those that wait")] = None,
) -> None:
    """Show all questions about a tender, with the answers on record. 答疑一览。"""
    with tender_place(state(ctx).home) as place:
        place.ledger.refresh()
        current_notice(place.ledger, place.board, tender)
        asked = questions(place.ledger, place.board, tender)
        known, passed = answers_and_others(place.ledger, place.board, tender)
    others = others_data(passed)
    waiting = unanswered(asked, known)
    if draft is not None:
        if draft.exists():
            raise Conflict(f"{draft} exists", code="draft.exists", field="--draft", fix="choose another name")
        body = render({"answers": [{"question": one.text, "answer": ""} for one in waiting]})
        write_atomically(draft, (_HEAD + body).encode(), mode=0o644)
    answered = known.answers if known is not None else ()
    data: dict[str, Any] = {
        "tender": tender,
        "record": hex0x(known.digest) if known is not None else None,
        "answered": [{"name": one.name, "question": one.question, "answer": one.answer} for one in answered],
        "waiting": [{"name": one.name, "question": one.text} for one in waiting],
        "passedOver": others,
        "draft": str(draft) if draft is not None else None,
    }
    out = Text()
    for one in answered:
        out.append(f"{one.name}  {printable(one.question)}\n", style="bold")
        out.append(f"              {printable(one.answer)}\n")
    for question in waiting:
        out.append(f"{question.name}  {printable(question.text)}\n", style="bold")
        out.append("              waits for an answer 待答复\n", style="yellow")
    others_text(out, others)
    out.append(f"{len(answered)} answered, {len(waiting)} waiting")
    if draft is not None:
        out.append(f"; {draft} is to be filled in: yinxin tender answer {tender} {draft}")
    emit(ctx, data, out)


def answer(
    ctx: typer.Context,
    tender: Number,
    file: Annotated[Path, typer.Argument(help="answers, as yinxin tender questions N --draft FILE wrote it")],
    account: Account = "",
) -> None:
    """Publish answers, for everybody, with their digest on the ledger. 发布答疑。"""
    given = read_given(read_draft(file))
    with tender_place(state(ctx).home) as place:
        ledger = place.ledger
        ledger.refresh()
        current_notice(ledger, place.board, tender)
        known = answers_of(ledger, place.board, tender)
        paper = with_answers(ledger, tender, known, given)
        if not given and known is None:
            raise InvalidInput("no answer is filled in", code="answers.none", field="answers", fix='write answer = "…"')
        new = paper is not None
        if paper is not None:
            record_answers(ledger, place.board, acts_of(place, account), paper)
            known = paper
    assert known is not None
    emit(
        ctx,
        {"tender": tender, "answered": len(known.answers), "record": hex0x(known.digest), "recorded": new},
        f"[green]✓[/] {len(known.answers)} answers on record{'' if new else ' already'}, {hex0x(known.digest)}\n"
        f"  an answer explains; what changes a rule is an amendment: yinxin tender amend {tender} FILE",
    )
