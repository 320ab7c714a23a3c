"""A certificate authority of this machine's own, for https on the local network; used by ``make up LAN=1``.

It is made once and kept. It may vouch only for addresses of private networks, for this machine's names and for names
under ``.local`` (name constraints, RFC 5280 section 4.2.1.10), so that whoever steals it can't pose as a site of the
Internet. The server's certificate follows this machine's addresses.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import ipaddress
import re
import secrets
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chain.kernel.home import write_atomically

Address = ipaddress.IPv4Address

PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598, behind a provider's translation
        "169.254.0.0/16",  # RFC 3927, link-local
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # RFC 5737, never on the Internet
        "127.0.0.0/8",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""What the authority may vouch for."""

_AUTHORITY_DAYS = 5 * 365
_SERVER_DAYS = 396
"""Phones refuse a server's certificate that is good for more than 397 days."""
_RENEW_DAYS = 31
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_LOOPBACK = ipaddress.IPv4Address("127.0.0.1")
_SIOCGIFADDR = 0x8915


@dataclass(frozen=True, slots=True)
class Served:
    """What https is served with.

    Attributes:
        certificate: file of the server's certificate and the authority's, PEM.
        key: file of the server's private key, PEM, mode 0600.
        authority: file of the authority's certificate, PEM.
        fingerprint: SHA-256 of the authority's certificate, as phones show it.
        addresses: addresses it is good for, the one to tell a phone first.
        left_out: addresses of this machine that the authority may not vouch for.
        fresh: the server's certificate was made just now.
    """

    certificate: Path
    key: Path
    authority: Path
    fingerprint: str
    addresses: tuple[Address, ...]
    left_out: tuple[Address, ...]
    fresh: bool


def own_addresses() -> list[Address]:
    """IPv4 addresses of this machine but loopback; the one that leads out of the machine first."""
    found: list[Address] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only asks the system which way it would go (RFC 5737).
            probe.connect(("192.0.2.1", 9))
            found.append(ipaddress.IPv4Address(probe.getsockname()[0]))
        except OSError:
            pass
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an IPv4 address
            found.append(ipaddress.IPv4Address(answer[20:24]))
    return list(dict.fromkeys(one for one in found if not one.is_loopback and not one.is_unspecified))


def own_names() -> list[str]:
    """Names of this machine that may stand in a certificate."""
    name = socket.gethostname().lower().partition(".")[0]
    return ["localhost", *([name, f"{name}.local"] if _LABEL.match(name) and name != "localhost" else [])]


def serve_with(folder: Path, addresses: list[Address], names: list[str], now: dt.datetime) -> Served:
    """The server's certificate for these addresses and names, made anew if need be; the authority, if there is none.

    Args:
        folder: where both are kept.
        addresses: of this machine, the one to tell a phone first; loopback comes by itself.
        names: of this machine.
        now: with a time zone.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, key = _authority(folder, names, now)
    may = tuple(one for one in addresses if any(one in network for network in PRIVATE))
    wanted = {str(one) for one in (*may, _LOOPBACK)}, _allowed(authority, names)
    file, key_file = folder / "server.crt", folder / "server.key"
    fresh = not _still_good(file, key_file, authority, wanted, now)
    if fresh:
        _make_server(file, key_file, authority, key, wanted, now)
    digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    left_out = tuple(one for one in addresses if one not in may)
    return Served(file, key_file, folder / "ca.crt", digest, may or (_LOOPBACK,), left_out, fresh)


# ---------------------------------------------------------------------- the authority


def _authority(folder: Path, names: list[str], now: dt.datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file, word = folder / "ca.crt", folder / "ca.key", folder / "passphrase"
    if not file.is_file() or _ends_soon(x509.load_pem_x509_certificate(file.read_bytes()), now):
        if not word.is_file():
            write_atomically(word, secrets.token_urlsafe(24).encode() + b"\n")
        key = ec.generate_private_key(ec.SECP256R1())
        # The key first: a certificate whose key is not there would be of no use.
        write_atomically(key_file, _pem(key, word.read_bytes().strip()))
        write_atomically(
            file, _authority_certificate(key, names, now).public_bytes(serialization.Encoding.PEM), mode=0o644
        )
    found = serialization.load_pem_private_key(key_file.read_bytes(), word.read_bytes().strip())
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key_file} holds another kind of key")
    return x509.load_pem_x509_certificate(file.read_bytes()), found


def _authority_certificate(key: ec.EllipticCurvePrivateKey, names: list[str], now: dt.datetime) -> x509.Certificate:
    # A number of its own in the name, so that two machines' authorities are told apart on a phone.
    number = secrets.token_hex(3)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Yinxin 印信 local network {number}")])
    allowed = [x509.DNSName(one) for one in dict.fromkeys([*(one for one in names if "." not in one), "local"])]
    constraints = x509.NameConstraints([*allowed, *(x509.IPAddress(one) for one in PRIVATE)], None)
    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (
        _builder(name, name, key.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(constraints, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _allowed(authority: x509.Certificate, names: list[str]) -> set[str]:
    """Those names that the authority may vouch for; the machine may have been renamed since."""
    found = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    roots = {one.value for one in found if isinstance(one, x509.DNSName)}
    return {name for name in names if name in roots or name.rpartition(".")[2] in roots}


# ---------------------------------------------------------------------- the server


def _make_server(
    file: Path,
    key_file: Path,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    wanted: tuple[set[str], set[str]],
    now: dt.datetime,
) -> None:
    addresses, names = wanted
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yinxin 印信")])
    alternatives = x509.SubjectAlternativeName(
        [
            *(x509.DNSName(one) for one in sorted(names)),
            *(x509.IPAddress(ipaddress.ip_address(one)) for one in sorted(addresses)),
        ]
    )
    certificate = (
        _builder(authority.subject, subject, key.public_key(), now, _SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(alternatives, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (certificate, authority))
    write_atomically(key_file, _pem(key, None))
    write_atomically(file, chain, mode=0o644)


def _still_good(
    file: Path, key_file: Path, authority: x509.Certificate, wanted: tuple[set[str], set[str]], now: dt.datetime
) -> bool:
    """What is on disk fits: addresses and names, authority, key; and it is not near its end."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())[0]
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        found.verify_directly_issued_by(authority)
        alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, IndexError, x509.ExtensionNotFound):
        return False
    addresses = {str(one) for one in alternatives.get_values_for_type(x509.IPAddress)}
    names = set(alternatives.get_values_for_type(x509.DNSName))
    return (
        (addresses, names) == wanted
        and key.public_key() == found.public_key()
        and found.not_valid_before_utc <= now
        and not _ends_soon(found, now)
    )


def _ends_soon(certificate: x509.Certificate, now: dt.datetime) -> bool:
    return certificate.not_valid_after_utc - now <= dt.timedelta(days=_RENEW_DAYS)


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime, days: int
) -> x509.CertificateBuilder:
    # An hour back, for a phone whose clock is behind.
    since = now - dt.timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + dt.timedelta(days=days))
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=key_cert_sign, crl_sign=crl_sign, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pem(key: ec.EllipticCurvePrivateKey, word: bytes | None) -> bytes:
    how = serialization.NoEncryption() if word is None else serialization.BestAvailableEncryption(word)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)
