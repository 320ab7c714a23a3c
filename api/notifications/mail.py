"""How letters leave: as files in a folder, or by SMTP with TLS."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Protocol

from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.kernel.home import Home, MailSettings, write_atomically

TIMEOUT = 15.0
"""Seconds for one exchange with the mail server."""

_HERE = ("localhost", "127.0.0.1", "::1")


class Mail(Protocol):
    """Sends letters."""

    def send(self, number: int, letter: EmailMessage) -> None:
        """Send one.

        Args:
            number: of its notification.
            letter: with ``From`` and ``To``.

        Raises:
            Unavailable: not now; sending it again later may help.
            Refused: never to this address; ``code`` ends with the server's status. What else the server refuses (the
                sender, the connection, the contents) is no fault of whoever is written to, and Unavailable. No message
                of the server is kept.
        """
        ...


class FolderMail:
    """A folder of ``.eml`` files, one a notification, for whatever fetches them. Sending one again changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, number: int, letter: EmailMessage) -> None:
        """Write the file, whole or not at all."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self._folder / f"{number:08d}.eml", letter.as_bytes(policy=WIRE))
        except OSError as error:
            raise Unavailable("the folder for letters cannot be written", code="mail.folder", field="mail") from error


class SmtpMail:
    """A mail server. Args: ``settings``; ``authority``: a PEM file with the one that certifies the server, or None."""

    def __init__(self, settings: MailSettings, authority: Path | None) -> None:
        host, _, port = settings.server.rpartition(":")
        if not host or not port.isdigit():
            raise InvalidInput(
                "mail.server is HOST:PORT", code="mail.server", field="mail.server", fix="such as mail.example.org:587"
            )
        self._host, self._port, self._settings = host.strip("[]"), int(port), settings
        if settings.tls == "none" and self._host not in _HERE:
            raise InvalidInput(
                "letters go to another machine by TLS only", code="mail.tls", field="mail.tls",
                fix="set starttls or tls; none is for a mail server on this machine",
            )  # fmt: skip
        self._authority = authority

    def send(self, number: int, letter: EmailMessage) -> None:
        """Hand it over; the server's certificate is checked against its name."""
        try:
            with self._open() as server:
                if self._settings.user:
                    server.login(self._settings.user, self._settings.password)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            status = next(iter(error.recipients.values()), (450, b""))[0]
            if 500 <= status < 600:
                raise Refused(
                    "the mail server refuses this address", code=f"mail.refused.{status}", field="address"
                ) from error
            raise _later(status) from error
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable("the mail server takes no such user", code="mail.login", field="mail.user") from error
        except smtplib.SMTPResponseException as error:
            raise _later(error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable("the mail server does not answer", code="mail.server", field="mail.server") from error

    def _open(self) -> smtplib.SMTP:
        kind = self._settings.tls
        context = ssl.create_default_context(cafile=str(self._authority) if self._authority else None)
        if kind == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        if kind == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server


def _later(status: int) -> Unavailable:
    return Unavailable("the mail server does not take it now", code=f"mail.later.{status}", field="mail.server")


def open_mail(home: Home) -> Mail:
    """As ``[mail]`` of a service's home says. Raises InvalidInput."""
    settings = home.settings.mail
    if not settings.server:
        return FolderMail(home.resolve(settings.folder))
    return SmtpMail(settings, home.resolve(settings.authority) if settings.authority else None)
