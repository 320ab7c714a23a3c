"""A mail server on this machine: a real socket that speaks SMTP with STARTTLS, keeps letters and answers as told."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailHost:
    """What came in.

    Attributes:
        server: HOST:PORT.
        letters: each as it came, parsed.
        plain: letters that came without TLS.
        answers: replies to the next RCPT TO; 250 when there are none left.
        refuses: verb to the reply it gets instead; ``connect`` for the greeting, ``contents`` for a letter taken in.
        users: what was said to AUTH PLAIN.
    """

    server: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    plain: int = 0
    answers: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A self-signed certificate for a name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


@contextlib.contextmanager
def mail_host(certified: tuple[Path, Path]) -> Iterator[MailHost]:
    """While this lasts it listens."""
    found = MailHost()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certified)

    class Handler(socketserver.BaseRequestHandler):
        request: socket.socket

        def handle(self) -> None:
            with contextlib.suppress(OSError, ssl.SSLError), contextlib.ExitStack() as open_things:
                _talk(self.request, found, context, open_things)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        found.server = f"localhost:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def _talk(
    connection: socket.socket, host: MailHost, context: ssl.SSLContext, open_things: contextlib.ExitStack
) -> None:
    stream, secure = connection.makefile("rwb"), False

    def say(line: str) -> None:
        stream.write(line.encode() + b"\r\n")
        stream.flush()

    say(host.refuses.get("connect", "220 ready"))
    while line := stream.readline().decode().strip():
        verb = line.partition(" ")[0].upper()
        if verb in host.refuses:
            say(host.refuses[verb])
        elif verb == "EHLO":
            say("250-localhost\r\n250-AUTH PLAIN\r\n250 STARTTLS" if not secure else "250-localhost\r\n250 AUTH PLAIN")
        elif verb == "STARTTLS":
            say("220 go on")
            connection = open_things.enter_context(context.wrap_socket(connection, server_side=True))
            stream, secure = connection.makefile("rwb"), True
        elif verb == "AUTH":
            host.users.append(line.split()[-1])
            say("235 welcome")
        elif verb == "RCPT":
            say(host.answers.pop(0) if host.answers else "250 fine")
        elif verb == "DATA":
            say("354 go on")
            lines = []
            while (data := stream.readline()) != b".\r\n":
                lines.append(data.removeprefix(b"."))
            if "contents" in host.refuses:
                say(host.refuses["contents"])
                continue
            host.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
            host.plain += not secure
            say("250 taken")
        elif verb == "QUIT":
            say("221 bye")
            return
        else:
            say("250 fine")
