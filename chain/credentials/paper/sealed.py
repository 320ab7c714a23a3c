"""A sealed certificate read: its bundle, and what its one signature says. docs/formats/pdf.md, rules 1, 2, 9 and 10."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256 as sha256_of
from typing import Any

from chain.credentials.es256 import thumbprint_of
from chain.credentials.paper.cms import ReadCms, read_cms
from chain.credentials.paper.objects import Object, Taken, every_dictionary, take_apart
from chain.credentials.paper.values import HexString, Reference, broken

MAX_PDF = 4 * 2**20
"""Bytes of the largest PDF looked at."""
MARK = b"yinxin-bundle"
"""Stands in every PDF that is meant to be one of ours."""
BUNDLE_NAME = b"yinxin-bundle.json"
"""Name of the embedded file."""
MAX_CONTENTS = 32_768
"""Hexadecimal digits of ``/Contents``."""

_BUNDLE_SIGN = b'"format":"yinxin-bundle-'
_WHEN = re.compile(rb"D:([0-9]{14})Z")


@dataclass(frozen=True)
class SealedPaper:
    """A PDF of the right form. Whether it is genuine says :attr:`unchanged`; whose seal it is, the registry alone.

    Attributes:
        bundle: bytes of the embedded evidence bundle, not looked into.
        sealed_at: when the sealer says it was sealed, seconds since 1970 UTC.
        cms: the signature.
        signed: SHA-256 over the signed bytes as they stand in the file.
    """

    bundle: bytes
    sealed_at: int
    cms: ReadCms
    signed: bytes

    @cached_property
    def unchanged(self) -> bool:
        """Is every byte of the file as the key in it signed it?"""
        return self.cms.signs(self.signed)

    @property
    def thumbprint(self) -> bytes:
        """RFC 7638 SHA-256 thumbprint of the sealing key, 32 bytes."""
        return thumbprint_of(self.cms.public_key)


def is_ours(data: bytes) -> bool:
    """Does this PDF claim to be a sealed certificate? Only then is a deviation a fault of it."""
    return data.startswith(b"%PDF-") and MARK in data[:MAX_PDF]


def read_sealed(data: bytes) -> SealedPaper:
    """Read a sealed certificate.

    Args:
        data: the whole file, untrusted.

    Raises:
        InvalidInput: ``pdf.form``; says what is not as it must be.
    """
    if len(data) > MAX_PDF:
        raise broken(f"larger than {MAX_PDF} bytes")
    taken = take_apart(data)
    signature, owner = _signature(taken)
    sealed_at = _moment(signature.get("M"))
    contents, signed = _ranges(data, signature, owner)
    return SealedPaper(_bundle(data, taken), sealed_at, read_cms(contents), signed)


def _signature(taken: Taken) -> tuple[Mapping[str, Any], Object]:
    """The dictionary with a byte range: one in the file, an object of its own."""
    found = [
        (each, one) for one in taken.objects.values() for each in every_dictionary(one.value) if "ByteRange" in each
    ]
    if not found:
        raise broken("it is not signed")
    if len(found) > 1:
        raise broken(f"it has {len(found)} signatures; a sealed certificate has one")
    dictionary, owner = found[0]
    if dictionary is not owner.value or owner.stream is not None:
        raise broken("its signature is no object of its own")
    if dictionary.get("Type") != "Sig" or dictionary.get("SubFilter") != "ETSI.CAdES.detached":
        raise broken("its signature is of another kind than ETSI.CAdES.detached")
    return dictionary, owner


def _ranges(data: bytes, signature: Mapping[str, Any], owner: Object) -> tuple[bytes, bytes]:
    """DER of the signature, and SHA-256 of all that it is over: everything but its own hexadecimal string."""
    contents, numbers = signature.get("Contents"), signature["ByteRange"]
    if not isinstance(contents, HexString) or not 0 < len(contents.digits) <= MAX_CONTENTS:
        raise broken("the signature's Contents are no hexadecimal string, or too long")
    if not owner.start < contents.start < contents.end < owner.end:
        raise broken("the signature's Contents lie elsewhere")
    wanted = [0, contents.start, contents.end, len(data) - contents.end]
    if numbers != wanted or any(type(number) is not int for number in numbers):
        raise broken("the signature does not cover the whole file")
    if len(contents.digits) % 2:
        raise broken("the signature's Contents have half a byte")
    padded = bytes.fromhex(contents.digits.decode("ascii"))
    size = _der_size(padded)
    if any(padded[size:]):
        raise broken("something stands behind the signature in its Contents")
    digest = sha256_of(data[: contents.start])
    digest.update(data[contents.end :])
    return padded[:size], digest.digest()


def _der_size(data: bytes) -> int:
    """Bytes of the one DER value at the beginning, header and all."""
    if len(data) < 4 or data[0] != 0x30:
        raise broken("the signature's Contents are no DER sequence")
    if data[1] < 0x80:
        return 2 + data[1]
    octets = data[1] & 0x7F
    if not 1 <= octets <= 3:
        raise broken("the signature's Contents have no DER length")
    size = 2 + octets + int.from_bytes(data[2 : 2 + octets], "big")
    if size > len(data):
        raise broken("the signature is cut off")
    return size


def _moment(value: object) -> int:
    match = _WHEN.fullmatch(value) if isinstance(value, bytes) else None
    if match is None:
        raise broken("the signature does not say when it was made, as D:YYYYMMDDHHmmSSZ")
    try:
        moment = datetime.strptime(match[1].decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise broken("the signature was made at a moment that does not exist") from error
    return int(moment.timestamp())


def _bundle(data: bytes, taken: Taken) -> bytes:
    embedded = [
        (number, one)
        for number, one in taken.objects.items()
        if any(each.get("Type") == "EmbeddedFile" for each in every_dictionary(one.value))
    ]
    if not embedded:
        raise broken("no evidence bundle is embedded")
    if len(embedded) > 1:
        raise broken(f"it has {len(embedded)} embedded files; a sealed certificate has one")
    number, file = embedded[0]
    if file.stream is None or file.value.get("Type") != "EmbeddedFile" or "Filter" in file.value:
        raise broken("the embedded bundle is no stream, or not plain")
    specifications = [
        (each, where) for where, one in taken.objects.items() for each in every_dictionary(one.value) if "EF" in each
    ]
    if len(specifications) != 1:
        raise broken(f"it has {len(specifications)} file specifications; a sealed certificate has one")
    specification, where = specifications[0]
    if taken.at(specification["EF"]) != {"F": Reference(number), "UF": Reference(number)}:
        raise broken("the file specification names another file than the one embedded")
    if specification.get("F") != BUNDLE_NAME or specification.get("UF") != BUNDLE_NAME:
        raise broken("the embedded file has another name than yinxin-bundle.json")
    root = taken.at(taken.trailer["Root"])
    associated = taken.at(root.get("AF")) if isinstance(root, dict) else None
    if associated not in ([Reference(where)], [specification]):
        raise broken("the embedded bundle is not associated with the document (AF)")
    if data.count(_BUNDLE_SIGN) != 1 or _BUNDLE_SIGN not in file.stream:
        raise broken("it holds more than one evidence bundle, or none where it must be")
    return file.stream


__all__ = ["BUNDLE_NAME", "MARK", "MAX_PDF", "SealedPaper", "is_ours", "read_sealed"]
