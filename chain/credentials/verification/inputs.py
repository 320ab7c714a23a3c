"""What people hold out to be checked: recognised by its content, never by its name, and never trusted.

A bundle, a sealed PDF, a credential (SD-JWT), a picture with a stamp's QR code, the digits or the address a hand
scanner types, or an identifier typed by hand. The host of an address is ignored: where a code points proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chain.credentials.bundle import MAX_BUNDLE
from chain.credentials.credential import MAX_TEXT
from chain.credentials.paper import MARK, MAX_PDF, is_ours
from chain.credentials.stamp import from_digits
from chain.credentials.verification.evidence import ChainProofs, LinkIndex, ask
from chain.credentials.verification.paper import verify_paper
from chain.credentials.verification.policy import Policy
from chain.credentials.verification.verdicts import Verification
from chain.credentials.verification.verifier import (
    DEFAULT,
    not_found,
    verify_bundle,
    verify_presentation,
    verify_stamp,
)
from chain.identifiers import ROOT, first_error, parse
from chain.identifiers import check_report as check_identifier
from chain.kernel.errors import InvalidInput, YinxinError
from chain.kernel.ports import EvidenceIndex, TrustSource

MAX_INPUT = 32 * 2**20
"""Bytes of the largest input looked at (a picture)."""

_MAX_LINE = 4096
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_OTHERS = (
    (b"PK\x03\x04", "an archive (ZIP, OFD or Office file), which this command does not read"),
    (b"GIF8", "a GIF picture; save it as PNG or JPEG"),
    (b"BM", "a BMP picture; save it as PNG or JPEG"),
    (b"II*\0", "a TIFF picture; save it as PNG or JPEG"),
    (b"MM\0*", "a TIFF picture; save it as PNG or JPEG"),
    (b"<", "a drawing (SVG) or a web page; give a PNG or JPEG picture of the code"),
)
_LEAST_DIGITS, _MOST_DIGITS = 100, 2500
_DIGITS = re.compile(rf"(?:[\x21-\x7e]{{0,200}}#)?([0-9]{{{_LEAST_DIGITS},{_MOST_DIGITS}}})", re.ASCII)
_CREDENTIAL = re.compile(r"[A-Za-z0-9_.-]{20,}~\S*")
_BUNDLE_MARK = b'"format":"yinxin-bundle-'
_BUNDLE_SIGNS = re.compile(rb'yinxin-bundle-|"credential"\s*:')


class Kind(StrEnum):
    """What an input turned out to be."""

    BUNDLE = "bundle"
    PAPER = "pdf"
    CREDENTIAL = "credential"
    STAMP = "stamp"
    IDENTIFIER = "identifier"


@dataclass(frozen=True, slots=True)
class Recognised:
    """One thing to check.

    Attributes:
        kind: what it is.
        data: bytes of the bundle, PDF or stamp; for a credential or an identifier its ASCII text.
    """

    kind: Kind
    data: bytes


class BundleService(Protocol):
    """Gives bundles by identifier. Never trusted: what it gives is verified like any other bundle."""

    def bundle(self, identifier: str) -> bytes | None:
        """The bundle, or None if it has none. Raises Unavailable."""
        ...


def recognise(data: bytes, *, read_stamps: Callable[[bytes], Sequence[bytes]] | None = None) -> Recognised:
    """Tell what an input is.

    Args:
        data: the input's bytes: a file's content, what a scanner typed, or an argument's text in UTF-8.
        read_stamps: finds the stamps in a picture (rendering); without it pictures are refused.

    Raises:
        InvalidInput: ``input.unsupported`` with the exact reason. Nothing that is refused here has been judged.
    """
    if len(data) > MAX_INPUT:
        raise _unsupported(f"larger than {MAX_INPUT} bytes")
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _picture(data, read_stamps)
    if data.startswith(b"%PDF-"):
        return _paper(data)
    for start, what in _OTHERS:
        if data.startswith(start):
            raise _unsupported(what)
    if _BUNDLE_MARK in data[:MAX_BUNDLE]:
        return Recognised(Kind.BUNDLE, data)
    if data[:1] == b"{" and not _BUNDLE_SIGNS.search(data[:MAX_BUNDLE]):
        raise _unsupported("JSON, but no evidence bundle")
    if data[:1] == b"{":
        return Recognised(Kind.BUNDLE, data)
    if len(data) > MAX_TEXT + 2:
        raise _unsupported("a large file that is neither a bundle nor a picture")
    try:
        text = data.decode("utf-8-sig").strip(" \t\r\n")
    except UnicodeDecodeError as error:
        raise _unsupported("not text, and no kind of file known here") from error
    if not text:
        raise _unsupported("empty")
    if _CREDENTIAL.fullmatch(text):
        return Recognised(Kind.CREDENTIAL, text.encode())
    if len(text) > _MAX_LINE:
        raise _unsupported("a long text of no known kind")
    if _LEAST_DIGITS <= len(text) <= _MOST_DIGITS and text.isascii() and text.isdigit():
        return Recognised(Kind.STAMP, _stamp(text))  # the usual case, without a search
    plain = unicodedata.normalize("NFKC", text)  # a Chinese input method types full-width digits
    digits = _DIGITS.fullmatch(plain)
    if digits:
        return Recognised(Kind.STAMP, _stamp(digits[1]))
    if plain.startswith(ROOT):
        return Recognised(Kind.IDENTIFIER, _identifier(plain.upper()).encode("ascii"))
    raise _unsupported("no bundle, SD-JWT, scanned digits or identifier")


def verify_input(
    data: bytes,
    *,
    trust: TrustSource,
    index: EvidenceIndex | None,
    at: int,
    policy: Policy = DEFAULT,
    proofs: ChainProofs | None = None,
    links: LinkIndex | None = None,
    services: Sequence[BundleService] = (),
    read_stamps: Callable[[bytes], Sequence[bytes]] | None = None,
) -> Verification:
    """Recognise an input and check it. What cannot be recognised, or is not found, is UNKNOWN; never an exception.

    Args:
        data: the input's bytes, untrusted.
        trust: where facts come from.
        index: places, status lists and bundles; untrusted.
        at: the time asked about, seconds since 1970 UTC.
        policy: the verifier's own demands.
        proofs: judges the chain evidence in bundles.
        links: for advice only.
        services: asked, in order, for the bundle of an identifier that ``index`` does not know.
        read_stamps: finds the stamps in a picture.
    """
    mistyped: str | None = None
    try:
        found = recognise(data, read_stamps=read_stamps)
    except InvalidInput as error:
        mistyped, foreign = error.message[:300], _foreign_identifier(data)
        if foreign is None:
            return not_found("form.not_readable", fault=mistyped)
        found = Recognised(Kind.IDENTIFIER, foreign.encode("ascii"))
    if found.kind is Kind.BUNDLE:
        return verify_bundle(found.data, trust=trust, index=index, proofs=proofs, at=at, policy=policy, links=links)
    if found.kind is Kind.PAPER:
        return verify_paper(found.data, trust=trust, index=index, proofs=proofs, at=at, policy=policy, links=links)
    if found.kind is Kind.STAMP:
        return verify_stamp(found.data, trust=trust, index=index, at=at, policy=policy, links=links)
    text = found.data.decode("utf-8")
    if found.kind is Kind.CREDENTIAL:
        return verify_presentation(text, trust=trust, index=index, at=at, policy=policy, links=links)
    # A typed identifier shows no document. What a stranger's bundle fails to prove says nothing about it.
    fault: str | None = None
    false = False
    for service in ([] if index is None else [index]) + list(services):
        answer = ask(service.bundle, text)
        fault = fault or answer.fault
        if answer.value is None:
            continue
        result = verify_bundle(answer.value, trust=trust, index=index, proofs=proofs, at=at, policy=policy, links=links)
        if result.authentic is not False and result.certificate.get("identifier") == text:
            return result
        false = True
    if false:
        return not_found("form.found_false", identifier=text)
    if fault is not None:
        return not_found("form.not_asked", identifier=text, fault=fault)
    if mistyped is not None:
        return not_found("form.not_readable", fault=mistyped)
    return not_found("form.not_found", identifier=text)


def _unsupported(reason: str) -> InvalidInput:
    return InvalidInput(
        f"cannot be checked: {reason}",
        code="input.unsupported",
        field="input",
        fix="give a bundle file, a sealed PDF, an SD-JWT, a picture with the QR code, scanned digits or an identifier",
    )


def _picture(data: bytes, read_stamps: Callable[[bytes], Sequence[bytes]] | None) -> Recognised:
    if read_stamps is None:
        raise _unsupported("a picture, and no reader of pictures is at hand")
    try:
        stamps = read_stamps(data)
    except YinxinError as error:
        raise _unsupported(f"a picture, but {error.message}") from error
    if not stamps:
        raise _unsupported("a picture in which no certificate's QR code can be read")
    if len(stamps) > 1:
        raise _unsupported(f"a picture with {len(stamps)} different certificates; check them one by one")
    return Recognised(Kind.STAMP, stamps[0])


def _paper(data: bytes) -> Recognised:
    if len(data) > MAX_PDF and MARK in data:
        raise _unsupported(f"a PDF of more than {MAX_PDF} bytes")
    if not is_ours(data):
        raise _unsupported("a PDF without an evidence bundle; scan the QR code printed on it, or give a picture of it")
    return Recognised(Kind.PAPER, data)


def _stamp(digits: str) -> bytes:
    try:
        return from_digits(digits)
    except InvalidInput as error:
        raise _unsupported(f"digits, but {error.message}") from error


def _identifier(text: str) -> str:
    worst = first_error(check_identifier(text))
    if worst is not None:
        raise _unsupported(f"an identifier, but {worst.part}: {worst.message}")
    return parse(text).text


def _foreign_identifier(data: bytes) -> str | None:
    """An identifier that breaks only what is warned of in imported ones; it is looked up before it is called wrong."""
    if len(data) > _MAX_LINE:
        return None
    try:
        text = unicodedata.normalize("NFKC", data.decode("utf-8-sig").strip(" \t\r\n")).upper()
        return parse(text, foreign=True).text
    except (UnicodeDecodeError, InvalidInput):
        return None
