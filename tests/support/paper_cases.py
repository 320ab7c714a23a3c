"""Every case of sealed PDFs: good ones and one for each fault. ``python -m tests.support.paper_cases`` writes them
anew to tests/vectors/pdf, each as a PDF and a JSON of the form of tests/vectors/verification.

Most are made over a page of a few bytes by hand, so that the faults can be seen in an editor; some are as printed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms

from chain.catalogue import get_type
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import ORDER, SoftwareSigner
from chain.credentials.paper.cms import make_certificate
from chain.credentials.status_list import Status
from chain.rendering.face import ReprintMark, make_face, printed_names
from chain.rendering.page import PageJob, draw
from chain.rendering.paper import compose, sign, written
from tests.support.cases import Case, write
from tests.support.stage import FORGED, OPEN, VALID, Stage, ended
from tests.support.world import NAME, OTHER_USCC, USCC, signer

FOLDER = Path(__file__).parent.parent / "vectors" / "pdf"
FIELDS: dict[str, Any] = {
    "certificateName": "营业执照",
    "certificateNumber": "4401002026000001",
    "certificateIssuingAuthorityName": NAME,
    "certificateIssuedDate": "2026-01-01",
    "certificateHolderName": "示例甲贸易有限公司",
    "certificateHolderCode": "91440100000000001X",
    "certificateHolderCodeType": "001",
    "certificateEffectiveDate": "2026-01-01",
    "certificateExpiringDate": "长期",
    "KZ_companyType": "有限责任公司",
    "KZ_legalRepresentative": "𠮷示例",
    "KZ_registeredCapital": "CNY 5000000.00",
    "KZ_establishmentDate": "2026-01-01",
    "KZ_businessScope": "货物进出口；技术进出口；日用百货销售。",
    "KZ_domicile": "广州市越秀区示例路1号",
}
UNKNOWN = ("UNKNOWN", None, None)
_NUMBERS = {"seal": 21, "stranger": 22, "other": 23}

Bodies = dict[int, bytes]


def small_page() -> bytes:
    """A page of a few bytes, in the form in which pages are drawn."""
    content = b"BT /F 12 Tf (page) Tj ET"
    bodies = {
        1: b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj",
        2: b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj",
        3: b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<<>>>>\nendobj",
        4: b"4 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj" % (len(content), content),
    }
    from chain.credentials.paper.values import Reference

    return written(bodies, {"Root": Reference(1)})


class Press:
    """Makes PDFs of the stage's first certificate, good and faulty."""

    def __init__(self) -> None:
        self.stage = Stage.fresh()
        world = self.stage.world
        self.keys = {name: signer(number) for name, number in _NUMBERS.items()}
        self.since = world.now
        self.certificates = {
            name: make_certificate(key, name=NAME, uscc=USCC, since=self.since) for name, key in self.keys.items()
        }
        world.ledger.add_key(USCC, self.keys["seal"].thumbprint, "seal", self.keys["seal"].public_key)
        world.ledger.mine()
        made = world.issue(count=2, witnesses=self.stage.witnesses, content={"fields": FIELDS})
        self.stage.one = made[0]
        self.other = made[1]
        self.at = world.now + 60
        world.ledger.mine(3600)
        world.anchor_status()
        world.ledger.mine()

    def bundle(self, one: Any = None) -> bytes:
        """The bundle as it is embedded."""
        from dataclasses import replace

        chosen = self.stage.one if one is None else one
        credential = parse_credential(chosen.credential.text)
        names = [name for name in printed_names(get_type("business-licence")) if name in credential.fields]
        shown = credential.present(["certificateIdentifier", *names])
        return replace(chosen.bundle, credential=shown).data

    def pages(self, reprint: ReprintMark | None = None) -> bytes:
        """Pages as they are printed."""
        one = self.stage.one
        face = make_face(get_type("business-licence"), one.identifier, FIELDS)
        return draw(PageJob(face, one.stamp, "https://h.example/v#", NAME, self.at, reprint))

    def parts(self, *, pages: bytes | None = None, bundle: bytes | None = None, at: int | None = None) -> Any:
        """Objects and trailer, not yet signed."""
        data = self.bundle() if bundle is None else bundle
        return compose(
            small_page() if pages is None else pages, data, at=self.at if at is None else at, legal_name=NAME
        )

    def sealed(self, key: str = "seal", **more: Any) -> bytes:
        """A good PDF, but for what is given."""
        return self.signed(written(*self.parts(**more)), self.keys[key], self.certificates[key])

    def signed(self, file: bytes, key: SoftwareSigner | None = None, certificate: bytes | None = None) -> bytes:
        """A file signed by the bureau's seal key, or by the key given."""
        return sign(file, key or self.keys["seal"], certificate or self.certificates["seal"])

    def altered(self, change: Callable[[Bodies], None]) -> bytes:
        """Objects changed by the bureau itself, or by a thief of its seal key: the signature holds."""
        bodies, trailer = self.parts()
        change(bodies)
        return self.signed(written(bodies, trailer))

    def case(self, name: str, why: str, data: bytes, expect: Any = FORGED, **more: Any) -> Case:
        """The case, found to come out as expected."""
        return self.stage.case(name, why, expect, kind="pdf", data=data, **more)


def _swap(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1, (old, data.count(old))
    return data.replace(old, new)


def _add(bodies: Bodies, value: bytes) -> int:
    number = len(bodies) + 1
    bodies[number] = b"%d 0 obj\n%b\nendobj" % (number, value)
    return number


def update(data: bytes, value: bytes) -> bytes:
    """An incremental update (ISO 32000-1, 7.5.6) that adds one object."""
    number = 90
    start = data.rindex(b"startxref\n") + len(b"startxref\n")
    previous = int(data[start : data.index(b"\n", start)])
    place = len(data)
    data += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = len(data)
    return data + b"xref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        *(number, place, number + 1, previous, table),
    )


def edit_cms(data: bytes, change: Callable[[cms.SignerInfo], None]) -> bytes:
    """The file with another CMS of the same signature."""
    start = data.index(b"/Contents<", data.index(b"/ByteRange")) + len(b"/Contents<")
    end = data.index(b">", start)
    raw = bytes.fromhex(data[start:end].decode())
    info = cms.ContentInfo.load(raw)
    change(info["content"]["signer_infos"][0])
    made = info.dump(force=True).hex().encode().ljust(end - start, b"0")
    return data[:start] + made + data[end:]


def good() -> Iterator[Case]:
    """What holds, and what a genuine PDF of a certificate that ended says."""
    press = Press()
    yield press.case("printed_valid", "a PDF as it is printed", press.sealed(pages=press.pages()), VALID)
    mark = ReprintMark(2, press.at)
    yield press.case("reprint_valid", "a reprint is as good", press.sealed(pages=press.pages(mark)), VALID)
    small = press.sealed()
    yield press.case("small_valid", "the same form over another page", small, VALID)
    offline = press.stage.world.snapshot()
    yield press.case("offline_valid", "a snapshot holds seal keys, too", small, VALID, trust=offline)
    world = press.stage.world
    world.ledger.retire_key(USCC, press.keys["seal"].thumbprint)
    world.ledger.mine()
    yield press.case("seal_key_ended_later_valid", "what it sealed before stays good", small, VALID)
    press.stage.with_status(Status.REVOKED)
    world.ledger.mine()
    yield press.case("revoked", "the paper is genuine, the certificate is revoked", small, ended("REVOKED"))


def successors() -> Iterator[Case]:
    """The bureau was succeeded, and its successor prints."""
    press = Press()
    world = press.stage.world
    world.add_bureau(OTHER_USCC, "示例市行政审批局", 9)
    key = press.keys["other"]
    world.ledger.add_key(OTHER_USCC, key.thumbprint, "seal", key.public_key)
    world.ledger.mine()
    late = press.sealed("other", at=world.now)
    yield press.case("seal_key_of_another_bureau", "another bureau's seal", late, step="issuer=INVALID")
    world.ledger.succeed(USCC, OTHER_USCC)
    world.ledger.mine()
    yield press.case("seal_of_successor_valid", "the successor answers for the bureau", late, VALID)


def keys() -> Iterator[Case]:
    """Keys that do not count."""
    press = Press()
    data = press.sealed()
    stranger = press.sealed("stranger")
    yield press.case("seal_key_of_stranger", "the registry never held this key", stranger, step="issuer=INVALID")
    snapshot = press.stage.world.snapshot()
    yield press.case(
        "seal_key_newer_than_snapshot", "a snapshot's silence is no answer", stranger, OPEN, trust=snapshot,
        step="issuer=ERROR",
    )  # fmt: skip
    credential = press.stage.signer
    own = make_certificate(credential, name=NAME, uscc=USCC, since=press.since)
    file = press.signed(written(*press.parts()), credential, own)
    yield press.case("sealed_by_credential_key", "a key of another purpose", file, step="issuer=INVALID")
    yield press.case(
        "registry_silent", "the registry did not answer", data, OPEN,
        trust=press.stage.world.source(unavailable=frozenset({"key"})),
    )  # fmt: skip
    early = press.sealed(at=press.since - 1)
    yield press.case("sealed_before_key_was_entered", "outside the key's span", early, step="issuer=INVALID")
    world = press.stage.world
    world.ledger.retire_key(USCC, press.keys["seal"].thumbprint)
    world.ledger.mine(60)
    late = press.sealed(at=world.now)
    yield press.case("sealed_after_key_was_ended", "outside the key's span", late, step="issuer=INVALID")
    press = Press()
    data = press.sealed()
    press.stage.world.ledger.mark_compromised(USCC, press.keys["seal"].thumbprint, press.at + 1)
    press.stage.world.ledger.mine()
    yield press.case(
        "compromised_after_it_says_it_was_sealed", "only the key itself says when it sealed", data, OPEN,
        step="issuer=ERROR",
    )  # fmt: skip
    press.stage.world.ledger.mark_compromised(USCC, press.keys["seal"].thumbprint, press.at)
    press.stage.world.ledger.mine()
    yield press.case("compromised_when_it_was_sealed", "the key had leaked by then", data, step="issuer=INVALID")


def changed() -> Iterator[Case]:
    """Changed by somebody without the seal key."""
    press = Press()
    data = press.sealed()
    page = _swap(data, b"(page) Tj", b"(PAGE) Tj")
    yield press.case("page_changed", "one word of the page", page, step="integrity=INVALID")
    printed = bytearray(press.sealed(pages=press.pages()))
    at = printed.index(b"stream\n", len(printed) // 3) + 40
    printed[at] ^= 1
    yield press.case("printed_page_changed", "one bit of a drawn page", bytes(printed), step="integrity=INVALID")
    moment = data.index(b"/M(D:") + len(b"/M(D:")
    backdated = data[:moment] + b"2025" + data[moment + 4 :]
    yield press.case("time_changed", "the time at which it was sealed", backdated, step="integrity=INVALID")
    other = press.bundle(press.other)
    own = press.bundle()
    assert len(other) == len(own)
    yield press.case(
        "bundle_swapped", "another certificate's bundle", _swap(data, own, other), step="integrity=INVALID"
    )
    yield press.case(
        "updated", "an annotation added behind the end", update(data, b"<</Type/Annot/Subtype/Square/Rect[0 0 9 9]>>"),
        step="form=INVALID",
    )  # fmt: skip
    stream = b"<</Type/EmbeddedFile/Length %d>>\nstream\n%b\nendstream" % (len(other), other)
    yield press.case(
        "second_bundle_behind_the_end", "a bundle added by an update", update(data, stream), step="form=INVALID"
    )
    yield press.case("bytes_behind_the_end", "something after %%EOF", data + b"%hello\n", step="form=INVALID")
    start = data.index(b"/Contents<") + len(b"/Contents<")
    end = data.index(b">", start)
    padded = data[: end - 2] + b"01" + data[end:]
    yield press.case("bytes_behind_the_signature", "the signature's padding is not zero", padded, step="form=INVALID")

    def unsigned(info: cms.SignerInfo) -> None:
        attribute = cms.CMSAttribute({"type": "content_type", "values": ["data"]})
        info["unsigned_attrs"] = cms.CMSAttributes([attribute])

    yield press.case(
        "unsigned_attributes", "the CMS says more than is signed", edit_cms(data, unsigned), step="form=INVALID"
    )

    def twin(info: cms.SignerInfo) -> None:
        found = algos.DSASignature.load(info["signature"].native)
        info["signature"] = algos.DSASignature({"r": found["r"].native, "s": ORDER - found["s"].native}).dump()

    yield press.case("high_s_twin", "the signature's twin", edit_cms(data, twin), step="integrity=INVALID")
    yield press.case("not_ours", "some PDF without a bundle", small_page(), UNKNOWN, step="form=ERROR")


def forms() -> Iterator[Case]:
    """Another form, with the bureau's own seal over it: what one reader shows and another does not."""
    press = Press()
    other = press.bundle(press.other)
    embedded = b"<</Type/EmbeddedFile/Length %d>>\nstream\n%b\nendstream" % (len(other), other)

    def second(bodies: Bodies) -> None:
        _add(bodies, embedded)

    def second_named(bodies: Bodies) -> None:
        number = _add(bodies, embedded)
        _add(bodies, b"<</Type/Filespec/F(yinxin-bundle.json)/UF(yinxin-bundle.json)/EF<</F %d 0 R>>>>" % number)

    def hidden(bodies: Bodies) -> None:
        _add(bodies, b"<</Length %d>>\nstream\n%b\nendstream" % (len(other), other))

    def packed(bodies: Bodies) -> None:
        small = zlib.compress(press.bundle())
        number = next(number for number, body in bodies.items() if b"/EmbeddedFile/" in body)
        bodies[number] = (
            b"%d 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj"
            % (*(number, len(small), small),)
        )

    def none(bodies: Bodies) -> None:
        for number, body in bodies.items():
            bodies[number] = body.replace(b"/Type/EmbeddedFile", b"/Type/Other")

    def renamed(bodies: Bodies) -> None:
        for number, body in bodies.items():
            if b"/Filespec" in body:
                bodies[number] = body.replace(b"/UF(yinxin-bundle.json)", b"/UF(invoice.json)")

    def unassociated(bodies: Bodies) -> None:
        bodies[1] = bodies[1].replace(b"/AF[", b"/ZZ[")

    def compressed(bodies: Bodies) -> None:
        inner = b"99 0 <</Type/Annot>>"
        _add(bodies, b"<</Type/ObjStm/N 1/First 5/Length %d>>\nstream\n%b\nendstream" % (len(inner), inner))

    def acting(bodies: Bodies) -> None:
        bodies[1] = bodies[1].replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")

    def twice(bodies: Bodies) -> None:
        bodies[3] = bodies[3].replace(b"/MediaBox[0 0 200 100]", b"/MediaBox[0 0 200 100]/MediaBox[0 0 9 9]")

    def escaped(bodies: Bodies) -> None:
        _add(bodies, embedded.replace(b"/EmbeddedFile", b"/Embedded#46ile"))

    def outside(bodies: Bodies) -> None:
        bodies[4] = bodies[4].replace(b"<</Length", b"<</F(page.bin)/Length")

    def gap(bodies: Bodies) -> None:
        bodies[2] += b"\n77 0 obj\n<</Type/Annot>>\nendobj"

    def two(bodies: Bodies) -> None:
        _add(bodies, b"<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>")

    def loose(bodies: Bodies) -> None:
        for number, body in bodies.items():
            if b"/ByteRange" in body:
                bodies[number] = body.replace(b"/M(D:", b"/M(D:+")

    for change, name, why in (
        (second, "second_bundle", "a second embedded file"),
        (second_named, "second_bundle_with_the_same_name", "two files of one name"),
        (hidden, "bundle_in_another_stream", "a bundle that lies in no embedded file"),
        (packed, "bundle_compressed", "the bundle is not plain"),
        (none, "bundle_not_embedded", "no embedded file"),
        (renamed, "bundle_renamed", "two names for one file"),
        (unassociated, "bundle_not_associated", "the document does not name it"),
        (compressed, "object_stream", "objects that only some readers see"),
        (acting, "acting", "a page that may act"),
        (twice, "entry_twice", "two entries of one name: readers differ"),
        (escaped, "name_escaped", "a letter hidden in a name"),
        (outside, "stream_outside", "a stream that lies in another file"),
        (gap, "object_between", "an object that the table does not name"),
        (two, "two_signatures", "a second signature"),
        (loose, "time_of_another_form", "the time cannot be read in one way"),
    ):
        yield press.case(name, why, press.altered(change), step="form=INVALID")
    bodies, trailer = press.parts()
    unsigned = {number: body for number, body in bodies.items() if b"/ByteRange" not in body and b"/Widget" not in body}
    assert list(unsigned) == list(range(1, len(unsigned) + 1))
    yield press.case(
        "unsigned", "a bundle in a PDF that nobody sealed", written(unsigned, trailer), step="form=INVALID"
    )
    broken = press.sealed(bundle=press.bundle().replace(b'"sequence":', b'"sequence": '))
    yield press.case("bundle_with_a_space", "the bundle has not its one form", broken, step="form=INVALID")
    data = press.sealed()
    at = data.index(b"/ByteRange[0 ") + len(b"/ByteRange[0 ")
    last = at + 22
    short = data[:last] + b"%010d" % (int(data[last : last + 10]) - 7) + data[last + 10 :]
    yield press.case("signature_stops_short", "the last bytes are not signed", short, step="form=INVALID")


BUILDERS = (good, successors, keys, changed, forms)


def all_cases() -> list[Case]:
    """Every case, made anew and found to come out as expected."""
    cases = [case for builder in BUILDERS for case in builder()]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return cases


def main() -> None:
    """Write tests/vectors/pdf anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in (*FOLDER.glob("*.json"), *FOLDER.glob("*.pdf")):
        old.unlink()
    for case in all_cases():
        text = json.dumps(write(case), ensure_ascii=False, indent=1)
        (FOLDER / f"{case.name}.json").write_text(text + "\n", encoding="utf-8")
        (FOLDER / f"{case.name}.pdf").write_bytes(case.data)


if __name__ == "__main__":
    main()
