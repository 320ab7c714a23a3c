"""Sealed PDFs: the evidence bundle put in, one PAdES signature (B-B) laid over everything. docs/formats/pdf.md.

Pages come from :mod:`chain.rendering.page`. The file is written anew as one revision, in the form that
:mod:`chain.credentials.paper` reads; before it is given out it is read by just that reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chain.credentials.es256 import P256Signer
from chain.credentials.paper import BUNDLE_NAME, MAX_PDF, read_sealed
from chain.credentials.paper.cms import make_cms
from chain.credentials.paper.objects import HEADER, Object, Taken, take_apart
from chain.credentials.paper.values import Reference
from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged

_ROOM = 4096
"""Bytes kept for the CMS; ours takes some 1,100."""
_RANGE_DIGITS = 10
_RANGE = b"/ByteRange"
_HOLE = b"%b[0 %b]/Contents<%b>" % (_RANGE, b" ".join([b"0" * _RANGE_DIGITS] * 3), b"0" * (2 * _ROOM))
_FIX = "report it; nothing was printed"


def seal_pages(
    pages: bytes, bundle: bytes, signer: P256Signer, certificate: bytes, *, at: int, legal_name: str
) -> bytes:
    """Embed the bundle and seal the file.

    Args:
        pages: PDF/A-3b as :func:`chain.rendering.page.draw` makes it.
        bundle: the evidence bundle with the disclosures that the pages print.
        signer: the bureau's seal key.
        certificate: its certificate, DER.
        at: when it is sealed, seconds since 1970 UTC.
        legal_name: the bureau's name by the registry.

    Raises:
        Damaged: the pages have not the form that can be sealed, or it comes out too large.
        Unavailable, Refused: the key cannot sign.
    """
    sealed = sign(written(*compose(pages, bundle, at=at, legal_name=legal_name)), signer, certificate)
    if len(sealed) > MAX_PDF:
        raise Damaged(f"a PDF of {len(sealed)} bytes is too large", code="paper.size", field="certificate", fix=_FIX)
    if not read_sealed(sealed).unchanged:
        raise Damaged("the seal does not hold", code="paper.signature", field="certificate", fix=_FIX)
    return sealed


def compose(pages: bytes, bundle: bytes, *, at: int, legal_name: str) -> tuple[dict[int, bytes], dict[str, Any]]:
    """The objects of the sealed file by number, each from ``obj`` to ``endobj``, and the trailer's entries.

    The signature is still a hole: :func:`sign` fills it.
    """
    taken = take_apart(pages)
    count = len(taken.objects)
    file, specification, signature, field = (Reference(count + number) for number in range(1, 5))
    root = taken.trailer["Root"].number
    page = _first_page(taken, root)
    moment = datetime.fromtimestamp(at, UTC).strftime("D:%Y%m%d%H%M%SZ").encode("ascii")
    bodies = {number: pages[one.start : one.end] for number, one in taken.objects.items()}
    bodies[root] = _entries_added(
        taken.objects[root],
        bodies[root],
        b"/AF[%b]/Names<</EmbeddedFiles<</Names[(%b)%b]>>>>/AcroForm<</Fields[%b]/SigFlags 3>>"
        % (_ref(specification), BUNDLE_NAME, _ref(specification), _ref(field)),
    )
    bodies[page] = _entries_added(taken.objects[page], bodies[page], b"/Annots[%b]" % _ref(field))
    bodies[file.number] = _object(
        file,
        b"<</Type/EmbeddedFile/Subtype/application#2Fjson/Params<</ModDate(%b)/Size %d>>/Length %d>>\n"
        b"stream\n%b\nendstream" % (moment, len(bundle), len(bundle), bundle),
    )
    bodies[specification.number] = _object(
        specification,
        b"<</Type/Filespec/F(%b)/UF(%b)/Desc(evidence bundle yinxin-bundle-1)/AFRelationship/Data/EF<</F %b/UF %b>>>>"
        % (BUNDLE_NAME, BUNDLE_NAME, _ref(file), _ref(file)),
    )
    bodies[signature.number] = _object(
        signature,
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(%b)/Name%b/Reason(test grade)%b>>"
        % (moment, _text(legal_name), _HOLE),
    )
    bodies[field.number] = _object(
        field,
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/F 132/Rect[0 0 0 0]/P %b/V %b>>"
        % (_ref(Reference(page)), _ref(signature)),
    )
    return bodies, dict(taken.trailer)


def sign(file: bytes, signer: P256Signer, certificate: bytes) -> bytes:
    """Fill the signature's hole, which the file has once. Raises Damaged if the signature is too large for it."""
    data = bytearray(file)
    at = data.index(_HOLE) + len(_RANGE)
    start = data.index(b"<", at)
    end = start + 2 * _ROOM + 2
    ranges = b" ".join(b"%0*d" % (_RANGE_DIGITS, number) for number in (start, end, len(data) - end))
    numbers = b"[0 %b]" % ranges
    data[at : at + len(numbers)] = numbers
    made = make_cms(signer, certificate, sha256(bytes(data[:start] + data[end:])))
    if len(made) > _ROOM:
        raise Damaged("the signature is too large", code="paper.signature", field="certificate", fix=_FIX)
    data[start + 1 : start + 1 + 2 * len(made)] = made.hex().encode("ascii")
    return bytes(data)


def written(bodies: Mapping[int, bytes], trailer: Mapping[str, Any]) -> bytes:
    """A file of these objects, numbered from 1 without a gap: one after the other, a table, a trailer."""
    data = bytearray(HEADER + b"%\x80\x80\x80\x80\n")
    entries = [b"0000000000 65535 f\r\n"]
    for number in range(1, len(bodies) + 1):
        entries.append(b"%010d 00000 n\r\n" % len(data))
        data += bodies[number] + b"\n"
    table = len(data)
    more = b"".join(b"/%b %b" % (key, _ref(trailer[name])) for key, name in ((b"Info", "Info"),) if name in trailer)
    own = sha256(bytes(data))[:16].hex().encode("ascii")
    data += b"xref\n0 %d\n%b" % (len(entries), b"".join(entries))
    data += b"trailer\n<</Size %d/Root %b%b/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n" % (
        *(len(entries), _ref(trailer["Root"]), more, own, own, table),
    )
    return bytes(data)


def _first_page(taken: Taken, root: int) -> int:
    """Number of the first page's object."""
    at = taken.objects[root].value.get("Pages")
    for _ in range(8):
        if not isinstance(at, Reference) or at.number not in taken.objects:
            break
        node = taken.objects[at.number].value
        if node.get("Type") == "Page":
            return at.number
        at = node["Kids"][0]
    raise Damaged("the pages have no first one", code="paper.page", field="certificate", fix=_FIX)


def _entries_added(one: Object, body: bytes, entries: bytes) -> bytes:
    """An object that is a dictionary, with more entries. Raises Damaged if it has one of them already."""
    names = [name for name in ("AF", "Names", "AcroForm", "Annots") if b"/" + name.encode() in entries]
    if not isinstance(one.value, dict) or one.stream is not None or any(name in one.value for name in names):
        raise Damaged("the pages have a form that cannot be sealed", code="paper.page", field="certificate", fix=_FIX)
    end = body.rindex(b">>")
    return body[:end] + entries + body[end:]


def _object(reference: Reference, value: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj" % (reference.number, value)


def _ref(reference: Reference) -> bytes:
    return b"%d 0 R" % reference.number


def _text(text: str) -> bytes:
    """A text string (ISO 32000-1, 7.9.2.2): UTF-16 big endian with its mark, written in hexadecimal."""
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode("ascii") + b">"
