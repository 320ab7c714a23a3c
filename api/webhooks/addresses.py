"""Where a webhook may go: the address that is connected to is the one that was looked at."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from chain.kernel.errors import InvalidInput, Refused, Unavailable

LONGEST = 2000
_EMBEDDING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """One address to connect to.

    Attributes:
        address: numeric, looked at.
        port: TCP port.
        host: the name asked for; TLS checks the certificate against it.
        tls: False only for this machine.
        path: path and query.
    """

    address: str
    port: int
    host: str
    tls: bool
    path: str

    @property
    def url(self) -> str:
        """Address with the number in place of the name."""
        number = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.tls else 'http'}://{number}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """Value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def check_url(url: str, *, private: bool) -> str:
    """The address as given, if its form is allowed.

    Args:
        url: https, without user name, fragment or blank; http only to this machine, and only if ``private``.
        private: may webhooks go to private addresses and to this machine?

    Raises:
        InvalidInput: it is not such an address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    bad = (
        len(url) > LONGEST
        or not url.isascii()
        or any(letter.isspace() or ord(letter) < 32 for letter in url)
        or not parts.hostname
        or parts.username is not None
        or parts.password is not None
        or bool(parts.fragment)
        or port == 0
    )
    plain_here = parts.scheme == "http" and private and _is_here(parts.hostname or "")
    if bad or not (parts.scheme == "https" or plain_here):
        raise InvalidInput(
            "a webhook's address must be https, without user name and fragment",
            code="webhook.url",
            field="url",
            fix="give an address such as https://example.org/hooks; http only to this machine, where "
            "jobs.private_webhooks allows it",
        )
    number = _number(parts.hostname or "")
    if number is not None and not allowed(number, private=private):
        raise _forbidden()
    return url


def resolve(url: str, *, private: bool) -> Target:
    """Look the name up and choose an address that may be connected to.

    Raises:
        Refused: one of the name's addresses is private or special; then none is taken.
        Unavailable: the name is not known.
    """
    parts = urlsplit(check_url(url, private=private))
    tls, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if tls else 80)
    number = _number(host)
    if number is not None:
        found: list[_Address] = [number]
    else:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unavailable("the webhook's name is not known", code="webhook.name", field="url") from error
        found = [ipaddress.ip_address(str(answer[4][0]).split("%")[0]) for answer in answers]
    if not found or not all(allowed(address, private=private) for address in found):
        raise _forbidden()
    if not tls and not all(address.is_loopback for address in found):
        raise _forbidden()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(str(found[0]), port, host, tls, path)


def allowed(address: _Address, *, private: bool) -> bool:
    """True if a webhook may be sent there."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return allowed(inner, private=private)
        if any(address in network for network in _EMBEDDING):
            return False
    if address.is_multicast or address.is_unspecified or address.is_link_local or address.is_reserved:
        # Link-local holds the metadata services of clouds: never.
        return address.is_loopback and private
    return address.is_global or (private and (address.is_private or address.is_loopback))


def _number(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_here(host: str) -> bool:
    number = _number(host)
    return host == "localhost" or (number is not None and number.is_loopback)


def _forbidden() -> Refused:
    return Refused(
        "the webhook's address is private or special",
        code="webhook.address",
        field="url",
        fix="use a public address, or set jobs.private_webhooks",
    )
