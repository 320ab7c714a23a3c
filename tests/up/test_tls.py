"""The certificate authority of the local network: what it vouches for, and what it cannot."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scripts.up.tls import Served, serve_with

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
HERE = ipaddress.IPv4Address("192.168.7.20")
THERE = ipaddress.IPv4Address("10.3.2.1")
PUBLIC = ipaddress.IPv4Address("8.8.4.4")
NAMES = ["localhost", "window-7", "window-7.local"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls") / "ca"


@pytest.fixture(scope="module")
def served(folder: Path) -> Served:
    return serve_with(folder, [HERE, PUBLIC], NAMES, NOW)


def server_of(served: Served) -> x509.Certificate:
    return x509.load_pem_x509_certificates(served.certificate.read_bytes())[0]


def handshake(certificate: Path, key: Path, name: str, authority: Path | None) -> None:
    """One TLS handshake in memory, as a client does it that knows only that authority. Raises SSLError."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context()
    if authority is not None:
        client = ssl.create_default_context(cafile=authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    open_ones = list(sides)
    for _ in range(10):
        for side in list(open_ones):
            try:
                side.do_handshake()
                open_ones.remove(side)
            except ssl.SSLWantReadError:
                continue
        if not open_ones:
            return
    raise AssertionError("the handshake does not end")


@pytest.mark.parametrize("name", [*NAMES, str(HERE), "127.0.0.1"])
def test_a_client_that_trusts_the_authority_is_served(served: Served, name: str) -> None:
    handshake(served.certificate, served.key, name, served.authority)


@pytest.mark.parametrize("name", [str(THERE), str(PUBLIC), "window-8.local", "yx.example"])
def test_another_address_or_name_is_refused(served: Served, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid for"):
        handshake(served.certificate, served.key, name, served.authority)


def test_a_client_that_does_not_know_the_authority_refuses(served: Served) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed|unable to get"):
        handshake(served.certificate, served.key, "localhost", None)


def test_an_address_of_the_internet_is_left_out_and_named(served: Served) -> None:
    assert served.addresses == (HERE,)
    assert served.left_out == (PUBLIC,)


@pytest.mark.parametrize("name", ["bank.example", "8.8.4.4"])
def test_even_with_its_key_nobody_can_pose_as_a_site_of_the_internet(served: Served, folder: Path, name: str) -> None:
    word = (folder / "passphrase").read_bytes().strip()
    authority_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), word)
    authority = x509.load_pem_x509_certificate(served.authority.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        shown: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        shown = x509.DNSName(name)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
    forged = (
        x509.CertificateBuilder()
        .issuer_name(authority.subject)
        .subject_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - dt.timedelta(hours=1))
        .not_valid_after(NOW + dt.timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([shown]), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    file, key_file = folder / "forged.crt", folder / "forged.key"
    file.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(file, key_file, name, served.authority)


def test_keys_are_for_their_owner_and_the_authoritys_is_locked(served: Served, folder: Path) -> None:
    for name in ("ca.key", "server.key", "passphrase"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name
    with pytest.raises(TypeError):
        serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)


def test_phones_take_it(served: Served) -> None:
    found = server_of(served)
    assert found.not_valid_after_utc - found.not_valid_before_utc <= dt.timedelta(days=397)
    use = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(use) == [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]
    authority = x509.load_pem_x509_certificate(served.authority.read_bytes())
    basic = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert (basic.value.ca, basic.value.path_length) == (True, 0)


def test_the_certificate_stays_as_long_as_it_fits(served: Served, folder: Path) -> None:
    again = serve_with(folder, [HERE, PUBLIC], NAMES, NOW + dt.timedelta(days=300))
    assert not again.fresh
    assert server_of(again) == server_of(served)


def test_it_is_made_anew_a_month_before_its_end_and_for_new_addresses_by_the_same_authority(tmp_path: Path) -> None:
    first = serve_with(tmp_path, [HERE], NAMES, NOW)
    authority = first.authority.read_bytes()
    assert first.fresh
    late = serve_with(tmp_path, [HERE], NAMES, NOW + dt.timedelta(days=370))
    assert late.fresh
    moved = serve_with(tmp_path, [THERE], NAMES, NOW)
    assert (moved.fresh, moved.addresses) == (True, (THERE,))
    handshake(moved.certificate, moved.key, str(THERE), moved.authority)
    assert moved.authority.read_bytes() == authority
    assert moved.fingerprint == first.fingerprint


def test_an_authority_near_its_end_is_followed_by_another(tmp_path: Path) -> None:
    first = serve_with(tmp_path, [HERE], NAMES, NOW)
    years = serve_with(tmp_path, [HERE], NAMES, NOW + dt.timedelta(days=4 * 365))
    assert years.fingerprint == first.fingerprint
    later = serve_with(tmp_path, [HERE], NAMES, NOW + dt.timedelta(days=5 * 365))
    assert later.fingerprint != first.fingerprint
    assert later.fresh


def test_a_damaged_certificate_or_a_lost_key_is_replaced(tmp_path: Path) -> None:
    first = serve_with(tmp_path, [HERE], NAMES, NOW)
    first.key.unlink()
    again = serve_with(tmp_path, [HERE], NAMES, NOW)
    assert again.fresh
    again.certificate.write_text("damaged")
    assert serve_with(tmp_path, [HERE], NAMES, NOW).fresh


def test_without_an_address_it_serves_this_machine_alone(tmp_path: Path) -> None:
    found = serve_with(tmp_path, [], ["localhost"], NOW)
    assert [one.is_loopback for one in found.addresses] == [True]
