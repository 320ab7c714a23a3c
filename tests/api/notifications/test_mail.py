"""Letters leave as files or by SMTP with TLS, exactly as long as they are wanted."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from api.db import exclusive_transaction
from api.notifications import inbox
from api.notifications.mail import FolderMail, Mail, SmtpMail, open_mail
from api.notifications.noting import GIVE_UP, News, note
from api.notifications.sending import open_letters, send_letter
from api.notifications.tables import mail_outbox
from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home, MailSettings
from tests.api.notifications.mailhost import MailHost, certificate, mail_host

NOW = 1_800_000_000


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


@pytest.fixture
def host(certified: tuple[Path, Path]) -> Iterator[MailHost]:
    with mail_host(certified) as found:
        yield found


def a_letter(engine: Engine, *, language: str = "en", lot: int = 1) -> int:
    inbox.choose_letters(engine, 1, address="one@example.org", language=language, muted=[], now=1)
    with exclusive_transaction(engine, "news") as connection:
        note(connection, b"", News("tender.opened", 7, lot=lot), [1], now=NOW)
    return open_letters(engine, NOW)[-1]


def send(engine: Engine, mail: Mail, number: int, *, now: int = NOW) -> str:
    """State and answer of the letter after one attempt."""
    send_letter(engine, mail, number, sender="yinxin@example.org", site="https://yx.example", now=now)
    with engine.connect() as connection:
        row = connection.execute(select(mail_outbox).where(mail_outbox.c.notification_id == number)).one()
    return f"{row.state} {row.answer}".strip()


def test_a_folder_holds_each_letter_once(engine: Engine, home: Home, tmp_path: Path) -> None:
    number = a_letter(engine, language="zh")
    mail = FolderMail(tmp_path / "mail")
    assert send(engine, mail, number) == "sent"
    (file,) = (tmp_path / "mail").iterdir()
    first = file.read_bytes()
    with engine.begin() as connection:  # as after a death between the letter and its row
        connection.execute(mail_outbox.update().values(state="pending"))
    assert send(engine, mail, number) == "sent"
    assert [one.read_bytes() for one in (tmp_path / "mail").iterdir()] == [first]
    read = message_from_bytes(first, policy=policy.default)
    assert (read["To"], read["From"]) == ("one@example.org", "yinxin@example.org")
    assert read["Message-ID"] == f"<notification-{number}@yx.example>"
    assert "第 1 标段已开标" in read["Subject"]
    body = read.get_content()
    assert "https://yx.example/v1/tenders/7" in body
    assert "tender.opened" in body
    assert isinstance(open_mail(home), FolderMail)


@pytest.mark.loopback
def test_a_mail_server_gets_it_by_tls(engine: Engine, host: MailHost, certified: tuple[Path, Path]) -> None:
    settings = MailSettings(server=host.server, user="yinxin", password="correct-horse")
    assert send(engine, SmtpMail(settings, certified[0]), a_letter(engine)) == "sent"
    (letter,) = host.letters
    assert host.plain == 0
    assert base64.b64decode(host.users[0]) == b"\0yinxin\0correct-horse"
    assert letter["To"] == "one@example.org"
    assert "Lot 1 of tender 7" in letter.get_content()


@pytest.mark.loopback
def test_a_server_that_shows_another_certificate_gets_nothing(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    mine, other = certificate(tmp_path), certificate(tmp_path / "other")
    with mail_host(other) as host:
        mail = SmtpMail(MailSettings(server=host.server, user="yinxin", password="correct-horse"), mine[0])
        assert send(engine, mail, a_letter(engine)) == "pending mail.server"
    assert (host.letters, host.users) == ([], [])


@pytest.mark.loopback
def test_a_server_that_is_away_is_asked_again_for_two_days(
    engine: Engine, host: MailHost, certified: tuple[Path, Path]
) -> None:
    number = a_letter(engine)
    mail = SmtpMail(MailSettings(server=host.server), certified[0])
    host.answers = ["451 later", "451 later"]
    assert send(engine, mail, number) == "pending mail.later.451"
    assert open_letters(engine, NOW) == []
    assert open_letters(engine, NOW + 60) == [number]
    assert send(engine, mail, number, now=NOW + GIVE_UP) == "failed mail.later.451"
    assert host.letters == []


@pytest.mark.loopback
def test_an_address_refused_for_good_gets_no_more(engine: Engine, host: MailHost, certified: tuple[Path, Path]) -> None:
    mail = SmtpMail(MailSettings(server=host.server), certified[0])
    host.answers = ["550 nobody of that name"]
    assert send(engine, mail, a_letter(engine)) == "failed mail.refused.550"
    row = inbox.letters_of(engine, 1)
    assert row is not None
    assert not row.active
    with exclusive_transaction(engine, "news") as connection:
        note(connection, b"", News("tender.opened", 8, lot=1), [1], now=NOW)
    assert open_letters(engine, NOW) == []
    assert send(engine, mail, a_letter(engine, lot=2)) == "sent", "who names an address anew is written to again"


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("where", "reply"),
    [("MAIL", "550 not this sender"), ("connect", "554 not you"), ("DATA", "554 no"), ("contents", "552 too long")],
)
def test_what_is_no_fault_of_the_address_is_tried_again_and_takes_nobody_off(
    engine: Engine, host: MailHost, certified: tuple[Path, Path], where: str, reply: str
) -> None:
    host.refuses = {where: reply}
    mail = SmtpMail(MailSettings(server=host.server), certified[0])
    number = a_letter(engine)
    assert send(engine, mail, number) == f"pending mail.later.{reply[:3]}"
    row = inbox.letters_of(engine, 1)
    assert row is not None
    assert row.active
    host.refuses = {}
    assert send(engine, mail, number, now=NOW + 60) == "sent"


def test_a_letter_that_is_wanted_no_more_is_not_sent(engine: Engine, tmp_path: Path) -> None:
    number = a_letter(engine)
    inbox.choose_letters(engine, 1, address="", language="en", muted=[], now=2)
    assert send(engine, FolderMail(tmp_path / "mail"), number) == "failed mail.not_wanted"
    assert not (tmp_path / "mail").exists()


def test_nothing_goes_to_another_machine_without_tls() -> None:
    with pytest.raises(InvalidInput) as caught:
        SmtpMail(MailSettings(server="mail.example.org:25", tls="none"), None)
    assert caught.value.field == "mail.tls"
    SmtpMail(MailSettings(server="localhost:25", tls="none"), None)
