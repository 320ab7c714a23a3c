"""News come once to each whom they concern, and are read by nobody else."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, func, insert, select

from api.db import exclusive_transaction
from api.notifications import inbox
from api.notifications.kinds import KINDS
from api.notifications.letters import texts_of
from api.notifications.noting import News, note
from api.notifications.sending import open_letters, send_letter
from api.notifications.tables import mail_outbox, news, notifications
from api.tenders.tables import tender_cursor
from chain.kernel.errors import InvalidInput, NotFound
from chain.words.catalogue import LANGUAGES, names, read

OPENED = News("tender.opened", 7, lot=1, occasion=1)


def tell(engine: Engine, one: News, *accounts: int, now: int = 100) -> bool:
    with exclusive_transaction(engine, "news") as connection:
        return note(connection, b"", one, accounts, now=now)


def count(engine: Engine, table: object) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_the_same_news_are_noted_once_however_many_note_them_at_once(engine: Engine) -> None:
    said: list[bool] = []
    threads = [threading.Thread(target=lambda: said.append(tell(engine, OPENED, 1, 2))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False, False, False, True]
    assert (count(engine, news), count(engine, notifications)) == (1, 2)


def test_another_occasion_is_other_news(engine: Engine) -> None:
    assert tell(engine, OPENED, 1)
    assert tell(engine, News("tender.opened", 7, lot=1, occasion=2), 1)
    assert [row.occasion for row in inbox.page(engine, 1, unread=False, before=0, limit=9)] == [2, 1]


def test_each_reads_and_marks_only_ones_own(engine: Engine) -> None:
    tell(engine, OPENED, 1)
    (mine,) = inbox.page(engine, 1, unread=True, before=0, limit=9)
    assert not inbox.page(engine, 2, unread=False, before=0, limit=9)
    with pytest.raises(NotFound):
        inbox.mark_read(engine, 2, mine.number, now=200)
    inbox.mark_read(engine, 1, mine.number, now=200)
    inbox.mark_read(engine, 1, mine.number, now=300)
    assert not inbox.page(engine, 1, unread=True, before=0, limit=9)
    assert inbox.page(engine, 1, unread=False, before=0, limit=9)[0].read_at == 200


def test_a_page_goes_on_where_the_last_one_ended(engine: Engine) -> None:
    for lot in range(1, 6):
        tell(engine, News("tender.opened", 7, lot=lot), 1)
    first = inbox.page(engine, 1, unread=False, before=0, limit=2)
    rest = inbox.page(engine, 1, unread=False, before=first[-1].number, limit=9)
    assert [row.lot for row in (*first, *rest)] == [5, 4, 3, 2, 1]
    inbox.mark_all_read(engine, 1, first[-1].number, now=1)
    assert [row.lot for row in inbox.page(engine, 1, unread=True, before=0, limit=9)] == [5]


def test_a_letter_is_laid_out_only_for_who_wants_it(engine: Engine) -> None:
    inbox.choose_letters(engine, 1, address="one@example.org", language="en", muted=["tender.closed"], now=1)
    inbox.choose_letters(engine, 2, address="", language="zh", muted=[], now=1)
    tell(engine, OPENED, 1, 2, 3)
    tell(engine, News("tender.closed", 7, lot=1), 1)
    assert count(engine, notifications) == 4
    assert count(engine, mail_outbox) == 1


def ask(engine: Engine, number: int, now: int, tender: int = 7) -> None:
    with exclusive_transaction(engine, "news") as connection:
        note(connection, b"", News("tender.question", tender, occasion=number), [1], now=now, gather=3600)


def letters(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return sorted(connection.execute(select(mail_outbox.c.next_at)).scalars())


def test_letters_that_are_gathered_leave_once_an_hour_and_leave_nothing_out(engine: Engine) -> None:
    inbox.choose_letters(engine, 1, address="one@example.org", language="en", muted=[], now=1)
    for number, now in enumerate((1000, 1001, 1002)):
        ask(engine, number, now)
    assert letters(engine) == [1000], "one that waits says it for all"
    with engine.begin() as connection:
        connection.execute(mail_outbox.update().values(state="sent"))
    ask(engine, 4, 1500)
    ask(engine, 5, 1600)
    assert letters(engine) == [1000, 4600], "what comes later is said in the next hour"
    ask(engine, 6, 1600, tender=8)
    assert letters(engine) == [1000, 1600, 4600]
    assert count(engine, notifications) == 6, "each stands in the inbox"


@pytest.mark.parametrize(
    "address",
    ["nobody", "a@b@c", "a b@example.org", "x@example.org\nBcc: y@example.org", "<a@b>", "a@x..org", "a@.org", "a@org.",
     "a@-x.org", ".a@x.org", "a..b@x.org", f"{'a' * 65}@x.org", f"a@{'x.' * 126}org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(engine: Engine, address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        inbox.choose_letters(engine, 1, address=address, language="zh", muted=[], now=1)
    assert caught.value.field == "address"


def test_every_kind_has_words_in_both_languages_with_the_same_places() -> None:
    words = read("notifications")
    assert set(words) == set(KINDS) | {"letter.subject", "letter.where", "letter.why"}
    for key, texts in words.items():
        assert tuple(texts) == LANGUAGES, key
        assert names(texts["zh"]) == names(texts["en"]), key


def test_every_kind_can_be_said(engine: Engine) -> None:
    for kind in KINDS:
        tender = kind.startswith("tender.")
        tell(engine, News(kind, 7 if tender else 0, 0 if tender else 3, lot=1, moment=1_800_000_000), 1)
    for row in inbox.page(engine, 1, unread=False, before=0, limit=99):
        said = texts_of(row, {"zh": "示例", "en": "Sample"})
        assert "{" not in said["zh"] + said["en"]
        assert ("tender 7" if row.tender else "ceremony 3") in said["en"].lower(), row.kind


def test_news_of_two_books_with_the_same_numbers_are_two_and_a_letter_of_the_older_is_not_sent(engine: Engine) -> None:
    inbox.choose_letters(engine, 1, address="one@example.org", language="en", muted=[], now=1)
    old, new = b"\1" * 20, b"\2" * 20
    for book in (old, new, new):
        with exclusive_transaction(engine, "news") as connection:
            note(connection, book, OPENED, [1], now=100)
    assert [bytes(row.book) for row in inbox.page(engine, 1, unread=True, before=0, limit=9)] == [new, old]
    with engine.begin() as connection:
        connection.execute(insert(tender_cursor).values(number=1, hash=bytes(32), book=new))
    sent: list[int] = []

    class Posted:
        def send(self, number: int, _letter: object) -> None:
            sent.append(number)

    for number in open_letters(engine, 100):
        send_letter(engine, Posted(), number, sender="yinxin@example.org", site="https://yx.example", now=100)
    with engine.connect() as connection:
        query = select(mail_outbox.c.state, mail_outbox.c.answer).order_by(mail_outbox.c.notification_id)
        assert [tuple(row) for row in connection.execute(query)] == [("failed", "mail.other_book"), ("sent", "")]
    assert len(sent) == 1
