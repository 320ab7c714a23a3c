"""Award letter 中标通知书 and performance record 履约评价: the list to issue from, and the certificate on record.

The procuring entity's bureau issues them like any other certificate, with its own two people. What is put on record is
the evidence bundle, after it was verified and compared with the award.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from chain.catalogue import CertificateType
from chain.contracting.award.agreements import StandingContract
from chain.contracting.award.awards import Award
from chain.contracting.award.certificates import CertificateOnRecord, CertificateUse
from chain.contracting.award.parts import Party
from chain.credentials.bundle import EvidenceBundle, read_bundle
from chain.credentials.credential import parse_credential
from chain.credentials.leaf import certificate_leaf
from chain.kernel.clock import CHINA
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.ports import AnchorFacts
from chain.kernel.steps import reached
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board, TenderActs
from chain.merkle import root_of
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory

TYPES = {CertificateUse.AWARD_LETTER: "award-letter", CertificateUse.PERFORMANCE: "performance-record"}
"""Certificate type that each use is issued under, by its name in the catalogue."""
CITES = "KZ_awardDigest"
"""Field of both types with the award's SHA-256, 0x hexadecimal."""
HOLDER = "certificateHolderCode"
AS_BID = "按招标文件和投标文件"
"""Period of performance where nobody names one: as notice and bid have it."""


def day_of(seconds: int) -> date:
    """The day in China at that second."""
    return datetime.fromtimestamp(seconds, CHINA).date()


def letter_row(award: Award, awarded_at: int, notice: Notice, period: str = "") -> dict[str, str]:
    """One row of the list for the award letter, by names of fields.

    Args:
        award: in force.
        awarded_at: second of its block: day of the letter, so that the same award gives the same row for ever.
        notice: for title and OCDS id.
        period: of performance; empty: as notice and bid have it.
    """
    day = day_of(awarded_at).isoformat()
    row = _row(award, notice, award.organisation) | {
        "certificateNumber": _number("ZB", award), "certificateIssuedDate": day, "certificateEffectiveDate": day,
        "certificateExpiringDate": "长期", "KZ_awardAmount": str(award.price).replace(",", ""),
        "KZ_period": period or AS_BID,
    }  # fmt: skip
    others = [name for code, name in award.organisation.members if code != award.organisation.code]
    return row | ({"KZ_consortiumMembers": "、".join(others)} if others else {})


def performance_row(
    award: Award, standing: StandingContract, notice: Notice, *, grade: str, completed: date, issued: date
) -> dict[str, str]:
    """One row of the list for the performance record, by names of fields.

    Args:
        award: in force.
        standing: contract and amendments, as they hold now.
        notice: for title and OCDS id.
        grade: 优秀, 良好, 合格 or 不合格.
        completed: day on which the contract was carried out.
        issued: day of the assessment.
    """
    return _row(award, notice, award.organisation) | {
        "certificateNumber": _number("LY", award), "certificateIssuedDate": issued.isoformat(),
        "certificateEffectiveDate": issued.isoformat(), "certificateExpiringDate": "长期",
        "KZ_contractNumber": standing.contract.number, "KZ_performanceGrade": grade,
        "KZ_contractAmount": str(standing.price).replace(",", ""), "KZ_completedOn": completed.isoformat(),
    }  # fmt: skip


def _number(start: str, award: Award) -> str:
    place = award.lot_place
    return f"{start}{place.tender:04d}-{place.lot:02d}-{award.number:02d}"


def _row(award: Award, notice: Notice, party: Party) -> dict[str, str]:
    place = award.lot_place
    return {
        "certificateHolderName": party.name, "certificateHolderCode": party.code,
        "KZ_projectName": notice.title.in_("zh"), "KZ_ocid": notice.ocid, "KZ_lot": str(place.lot),
        CITES: hex0x(sha256(award.to_bytes())),
    }  # fmt: skip


def list_of(kind: CertificateType, row: Mapping[str, str]) -> bytes:
    """A list of one row as ``yinxin issue`` reads it: CSV in UTF-8 with the type's Chinese headings. Raises InvalidInput."""  # noqa: E501
    names = [field for field in kind.fields if field.name in row]
    unknown = set(row) - {field.name for field in names}
    if unknown:
        raise InvalidInput(
            f"the type {kind.slug} has no field {min(unknown)}", code="letter.type", field="type",
            fix="use the type that ships with this program",
        )  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.zh for field in names])
    writer.writerow([row[field.name] for field in names])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def leaf_of(bundle: EvidenceBundle) -> bytes:
    """Leaf hash of the certificate in a bundle, 32 bytes."""
    return certificate_leaf(bundle.place.parts)


def on_record(place: LotPlace, use: CertificateUse, data: bytes) -> CertificateOnRecord:
    """The paper for an evidence bundle, as it says itself; nothing is compared. Raises InvalidInput."""
    bundle = read_bundle(data)
    at = bundle.place
    cited = _award_cited(bundle)
    return CertificateOnRecord(place, use, leaf_of(bundle), at.bureau, at.lane, at.sequence, sha256(data), cited)


def _award_cited(bundle: EvidenceBundle) -> bytes:
    cited = parse_credential(bundle.credential).fields.get(CITES)
    try:
        return bytes.fromhex(str(cited).removeprefix("0x")) if str(cited).startswith("0x") else b""
    except ValueError:
        return b""


def contradiction(paper: CertificateOnRecord, data: bytes, award: Award, lane: str, bureau: str) -> str:
    """What a certificate on record says otherwise than its bundle, the award or the notice; empty: nothing.

    Args:
        paper: on record.
        data: bytes of the evidence bundle.
        award: that stood when it was put on record.
        lane: code of the type that such certificates are issued under.
        bureau: USCC of the procuring entity.

    Raises:
        InvalidInput: no evidence bundle.
    """
    bundle = read_bundle(data)
    shown = parse_credential(bundle.credential)
    if paper.bundle != sha256(data):
        return "it names another bundle"
    at = bundle.place
    if (paper.leaf, paper.bureau, paper.lane, paper.sequence) != (leaf_of(bundle), at.bureau, at.lane, at.sequence):
        return "it names another place on the ledger than the bundle"
    if (shown.jwt_digest, shown.bureau, shown.certificate_type) != (at.parts.jwt, at.bureau, at.lane):
        return "the bundle's leaf is of another certificate"
    if (at.lane, at.bureau) != (lane, bureau):
        return f"it was not issued by {bureau} under the type {lane}"
    if shown.fields.get(CITES) != hex0x(sha256(award.to_bytes())) or paper.award != sha256(award.to_bytes()):
        return "it cites another award"
    if shown.fields.get(HOLDER) != award.organisation.code:
        return "its holder is not the winner"
    return ""


def anchor_contradiction(data: bytes, anchor: AnchorFacts | None) -> str:
    """How the bundle's place differs from what the ledger has there; empty: it stands there. Raises InvalidInput."""
    place = read_bundle(data).place
    if anchor is None:
        return f"the ledger has no batch {place.sequence} of {place.bureau} in {place.lane}"
    if (anchor.bureau, anchor.lane, anchor.sequence) != (place.bureau, place.lane, place.sequence):
        return "the ledger's batch is another one"
    if anchor.size != place.size or not 0 <= place.index < place.size:
        return "the batch has another size"
    root = root_of(certificate_leaf(place.parts), place.index, place.size, place.path)
    return "" if root == anchor.root else "the certificate is not in the batch that the ledger has"


def records_of(line: LotStory, use: CertificateUse) -> list[TenderEvent]:
    """Such certificates on record of a lot, oldest first."""
    return [event for event in line.records if event.values["kind"] == use.value]


def put_on_record(acts: TenderActs, board: Board, line: LotStory, paper: CertificateOnRecord, data: bytes) -> bytes:
    """Put a certificate, verified and compared before, on board and ledger; SHA-256 of the paper.

    The same one again records nothing more.

    Raises:
        Conflict: another award letter stands for the same award.
    """
    use, digest = paper.certificate, sha256(paper.to_bytes())
    known = [event.values["digest"] for event in records_of(line, use)]
    for other in known if use is CertificateUse.AWARD_LETTER and digest not in known else ():
        if CertificateOnRecord.from_bytes(board.get(other)).award == paper.award:
            raise Conflict(
                f"another award letter is on record for this award: {hex0x(other)}", code="letter.another",
                field="--issued", fix="one award has one letter; revoke the one that should not be",
            )  # fmt: skip
    board.put(data)
    board.put(paper.to_bytes())
    reached("certificate-put")
    if digest not in known:
        acts.record(paper.place.tender, paper.place.lot, use.value, digest)
    return digest
