"""The CMS in a sealed PDF (RFC 5652, RFC 5035, ETSI EN 319 142-1 level B-B), in one form: made and read here alone.

One certificate, one signer, SHA-256, ECDSA over P-256 with low s, no unsigned attributes. What the certificate says
of its owner is for people's viewers; a verifier takes nothing from it but the public key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import algos, cms, keys, tsp, x509
from asn1crypto.core import OctetString
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chain.credentials.es256 import P256Signer, verify_es256
from chain.credentials.paper.values import broken
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput

_DEPTH = 24
_USAGE = {"digital_signature", "non_repudiation"}
_FOREVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""RFC 5280 section 4.1.2.5: no well-defined end; how long the key may sign is the registry's to say."""


@dataclass(frozen=True, slots=True)
class ReadCms:
    """A CMS of the right form; nothing in it has been believed yet.

    Attributes:
        public_key: of the certificate, SEC1 compressed point, 33 bytes.
        message_digest: what the signed attributes say of the signed bytes, 32 bytes.
        attributes: DER of the attributes as SET OF, over which the signature is.
        signature: r ‖ s, 64 bytes.
    """

    public_key: bytes
    message_digest: bytes
    attributes: bytes
    signature: bytes

    def signs(self, digest: bytes) -> bool:
        """Is this a signature by its certificate's key over bytes with that SHA-256?"""
        return self.message_digest == digest and verify_es256(self.public_key, sha256(self.attributes), self.signature)


# ---------------------------------------------------------------------- making


def make_certificate(signer: P256Signer, *, name: str, uscc: str, since: int) -> bytes:
    """A self-signed certificate of test grade for a seal key, DER.

    Args:
        signer: the seal key.
        name: legal name of the bureau.
        uscc: its unified social credit code.
        since: first second in which it is good.
    """
    subject = x509.Name.build(
        {
            "country_name": "CN",
            "organization_name": name[:64],
            "organization_identifier": f"NTRCN-{uscc}",
            "common_name": f"{name[:40]} 测试章 TEST GRADE",
        }
    )
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public_key)
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(sha256(signer.thumbprint + name.encode())[:16], "big") >> 1,
            "signature": _ecdsa(),
            "issuer": subject,
            "validity": {
                "not_before": _time(datetime.fromtimestamp(since, UTC)),
                "not_after": _time(_FOREVER),
            },
            "subject": subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(spki),
            "extensions": [
                {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
                {"extn_id": "key_usage", "critical": True, "extn_value": _USAGE},
                {"extn_id": "key_identifier", "critical": False, "extn_value": sha256(point)[:20]},
            ],
        }
    )
    made = x509.Certificate(
        {
            "tbs_certificate": tbs,
            "signature_algorithm": _ecdsa(),
            "signature_value": _der_signature(signer.sign(sha256(tbs.dump()))),
        }
    )
    return bytes(made.dump())


def certificate_fits(der: bytes, *, key: bytes, name: str, uscc: str) -> bool:
    """Is this the certificate that :func:`make_certificate` makes for that key, name and code?"""
    try:
        found = x509.Certificate.load(der, strict=True)
        subject = found.subject.native
        return bool(
            _point_of(found) == key
            and subject["organization_name"] == name[:64]
            and subject["organization_identifier"] == f"NTRCN-{uscc}"
        )
    except (ValueError, TypeError, KeyError, InvalidInput):
        return False


def make_cms(signer: P256Signer, certificate: bytes, digest: bytes) -> bytes:
    """CMS over bytes with that SHA-256, DER."""
    found = x509.Certificate.load(certificate)
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("message_digest", digest),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [_named(found, certificate)]})),
        ]
    )
    signed = attributes.dump()  # a SET OF in DER order
    signature = _der_signature(signer.sign(sha256(signed)))
    return _assembled(certificate, found, signed, signature)


_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SHA256 = bytes.fromhex("300b0609608648016503040201")
"""AlgorithmIdentifier without parameters (RFC 5754 section 2)."""
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
"""AlgorithmIdentifier without parameters (RFC 5758 section 3.2)."""
_ONE = bytes.fromhex("020101")
_SEQUENCE, _SET, _FIRST, _OCTETS = 0x30, 0x31, 0xA0, 0x04


def _assembled(certificate: bytes, parsed: x509.Certificate, attributes: bytes, signature: bytes) -> bytes:
    """The one CMS of a certificate, attributes (DER, a SET OF) and a signature (DER): no other byte is free."""
    named = _tlv(_SEQUENCE, parsed.issuer.dump(), parsed["tbs_certificate"]["serial_number"].dump())
    inner = bytes([_FIRST]) + attributes[1:]
    info = _tlv(_SEQUENCE, _ONE, named, _SHA256, inner, _ECDSA_SHA256, _tlv(_OCTETS, signature))
    signed_data = _tlv(
        _SEQUENCE, _ONE, _tlv(_SET, _SHA256), _tlv(_SEQUENCE, _OID_DATA), _tlv(_FIRST, certificate), _tlv(_SET, info)
    )
    return _tlv(_SEQUENCE, _OID_SIGNED_DATA, _tlv(_FIRST, signed_data))


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _named(found: x509.Certificate, der: bytes) -> tsp.ESSCertIDv2:
    serial = {"issuer": [x509.GeneralName("directory_name", found.issuer)], "serial_number": found.serial_number}
    return tsp.ESSCertIDv2({"cert_hash": sha256(der), "issuer_serial": serial})


def _ecdsa() -> dict[str, str]:
    return {"algorithm": "sha256_ecdsa"}


def _der_signature(raw: bytes) -> bytes:
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    return bytes(algos.DSASignature({"r": r, "s": s}).dump())


def _time(moment: datetime) -> x509.Time:
    """UTCTime until 2049, GeneralizedTime from then on (RFC 5280 section 4.1.2.5)."""
    return x509.Time("utc_time" if moment.year < 2050 else "general_time", moment)


# ---------------------------------------------------------------------- reading


def read_cms(der: bytes) -> ReadCms:
    """Read a CMS of this form and no other.

    Raises:
        InvalidInput: ``pdf.form``; says what is wrong.
    """
    try:
        return _read(der)
    except InvalidInput:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise broken("its signature is no CMS of the known form") from error


def _read(der: bytes) -> ReadCms:
    _check_der(der, 0, len(der), 0)
    info = cms.ContentInfo.load(der, strict=True)
    content = info["content"] if info["content_type"].native == "signed_data" else None
    if not isinstance(content, cms.SignedData):
        raise broken("its signature is no CMS SignedData")
    _expect(len(content["certificates"]) == 1 and content["certificates"][0].name == "certificate", "certificates")
    _expect(len(content["signer_infos"]) == 1, "number of signers")
    signer, certificate = content["signer_infos"][0], content["certificates"][0].chosen
    _expect(signer["unsigned_attrs"].native is None, "unsigned attributes")
    attributes = _attributes(signer["signed_attrs"])
    _expect(attributes.get("content_type") == _OID_DATA, "content type attribute")
    _expect("message_digest" in attributes, "message digest")
    digest = OctetString.load(attributes["message_digest"], strict=True).native
    _check_certificate(attributes, certificate.dump())
    signed = bytes([_SET]) + signer["signed_attrs"].dump()[1:]
    signature = signer["signature"].native
    _expect(_assembled(certificate.dump(), certificate, signed, signature) == der, "form")
    return ReadCms(_point_of(certificate), digest, signed, _raw(signature))


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise broken(f"its signature (CMS) has another {what}")


def _attributes(found: Any) -> dict[str, bytes]:
    """DER of each attribute's one value, by its kind."""
    values: dict[str, bytes] = {}
    for one in found:
        kind = one["type"].native
        _expect(kind not in values and len(one["values"]) == 1, f"number of attributes {kind}")
        values[kind] = one["values"][0].dump()
    return values


def _check_certificate(attributes: dict[str, bytes], certificate: bytes) -> None:
    _expect("signing_certificate_v2" in attributes, "certificate attribute")
    names = tsp.SigningCertificateV2.load(attributes["signing_certificate_v2"], strict=True)["certs"]
    _expect(len(names) >= 1, "certificate attribute")
    first = names[0]
    _expect(first["hash_algorithm"]["algorithm"].native == "sha256", "certificate digest algorithm")
    _expect(first["cert_hash"].native == sha256(certificate), "certificate than it signed")


def _point_of(certificate: x509.Certificate) -> bytes:
    """The certificate's key as a compressed point. Raises InvalidInput for another kind of key."""
    info = certificate.public_key
    point = info["public_key"].native if info.algorithm == "ec" and info.curve == ("named", "secp256r1") else b""
    if len(point) != 65 or point[0] != 4:
        raise broken("its certificate is not for an uncompressed P-256 key")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _check_der(data: bytes, at: int, end: int, depth: int) -> None:
    """Refuse what BER allows and DER does not: lengths without end or longer than needed, integers with idle bytes."""
    _expect(depth <= _DEPTH, "depth")
    while at < end:
        _expect(at + 2 <= end and data[at] & 0x1F != 0x1F, "encoding")
        tag, size, begin = data[at], data[at + 1], at + 2
        if size >= 0x80:
            octets = size & 0x7F
            size, begin = int.from_bytes(data[begin : begin + octets], "big"), begin + octets
            _expect(1 <= octets <= 3 and begin <= end and size >= 0x80 and size >= 1 << 8 * (octets - 1), "encoding")
        at = begin + size
        _expect(at <= end, "encoding")
        if tag & 0x20:
            _check_der(data, begin, at, depth + 1)
        elif tag == 0x02:
            idle = size > 1 and (data[begin], data[begin + 1] & 0x80) in ((0, 0), (0xFF, 0x80))
            _expect(size > 0 and not idle, "encoding")
        elif tag in (0x01, 0x05):
            _expect(data[begin:at] in ((b"\x00", b"\xff") if tag == 0x01 else (b"",)), "encoding")


def _raw(der: bytes) -> bytes:
    _check_der(der, 0, len(der), 0)
    found = algos.DSASignature.load(der, strict=True)
    r, s = found["r"].native, found["s"].native
    _expect(0 < r < 1 << 256 and 0 < s < 1 << 256, "signature value")
    return bytes(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


__all__ = ["ReadCms", "certificate_fits", "make_certificate", "make_cms", "read_cms"]
