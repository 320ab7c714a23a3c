"""Write tests/vectors/sheet.json: drafts, score sheets and commitments of the command line, for the browser to match.

Usage: python -m scripts.vectors.sheet
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from chain.containers import X25519Recipient, encrypt
from chain.evaluation.committee import Committee, Member, MemberKind
from chain.evaluation.sheets import SheetCommitment, SheetCommitments
from chain.evaluation.sheets.draft import read_draft
from chain.evaluation.sheets.sheet import ScoreSheet
from chain.evaluation.sheets.signing import commitment_text
from chain.kernel.encoding import b64url, hex0x, sha256, unb64url
from chain.keys import Keystore, keystore
from chain.keys.signatures import address_of
from chain.sealing import BidIdentity
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.opening.granting import write_granted
from tests.chain.tenders.notice.samples import sample

FILE = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "sheet.json"
PASSPHRASE = "a sample passphrase of an expert"  # noqa: S105 - of sample keys
_CHEAP = {"n": 2**12, "r": 8, "p": 1}
_POINTS = ("0", "20.0", "20.00", "", "0.3", "1e1", "-1", "+1", "01", "5.", ".5", "99", "1,5", "1.0000001")
_ROW = {"formal": "pass", "formal_reason": "", "qualification": "pass", "qualification_reason": "", "remark": ""}


def vectors() -> dict[str, Any]:
    """All of it; files, in which nonces are random, are those that stand, so that a second run changes nothing."""
    standing = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    with TemporaryDirectory() as folder:
        notice = sample(Path(folder))
    return {
        "passphrase": PASSPHRASE,
        "criteria": [
            {"name": one.name, "weight": f"{one.weight:f}", "step": f"{one.source.step:f}"}
            for one in notice.evaluation.criteria
            if one.source.kind == "expert"
        ],
        "drafts": [_draft(row, notice) for row in _rows(notice)],
        "sheets": [_sheet(round_, notice) for round_ in (1, 2)],
        "committee": _committee().to_bytes().decode(),
        "commitments": [_commitments(round_).to_bytes().decode() for round_ in (1, 2)],
        "files": standing.get("files") or _files(),
    }


def _key(seat: int) -> bytes:
    return sha256(b"account of member %d" % seat)


def _place(notice: Notice | None = None) -> LotPlace:
    return LotPlace(sha256(b"genesis"), sha256(b"book")[:20], 7 if notice is None else notice.tender, 1)


def _rows(notice: Notice) -> Iterator[dict[str, Any]]:
    """What members fill in: right, and wrong in every way."""
    criterion = next(one for one in notice.evaluation.criteria if one.source.kind == "expert")
    name, most = criterion.name, f"{criterion.weight:f}"
    for points in (most, *_POINTS):
        yield {**_ROW, "points": {name: points}}
    yield {**_ROW, "formal": "fail", "formal_reason": "未签章", "points": {name: ""}, "remark": "见第 3 页"}
    yield {**_ROW, "formal": "fail", "points": {name: "20"}}
    yield {**_ROW, "formal": "", "qualification": "", "points": {name: "20"}}
    yield {**_ROW, "qualification": "fail", "qualification_reason": "  ", "points": {}}
    yield {**_ROW, "remark": "长" * 2001, "points": {name: "20"}}
    yield {**_ROW, "formal_reason": " 齐全\U0001f58b ", "points": {name: "20"}}


def _draft(row: dict[str, Any], notice: Notice) -> dict[str, Any]:
    text = f"tender = {notice.tender}\nlot = 1\nround = 1\n[[bids]]\nplace = 1\n"
    said = {name: value for name, value in row.items() if name != "points"}
    text += "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items())
    text += "[bids.points]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in row["points"].items())
    read = read_draft(text, notice, 1, (1,))
    sheet = _score_sheet(read.bids, notice) if not read.faults else None
    return {
        "filled": row,
        "faults": [one.field.removeprefix("bids[1].").removeprefix("bids[1]") for one in read.faults],
        "sheet": None if sheet is None else sheet.to_bytes().decode(),
    }


def _score_sheet(bids: Any, notice: Notice, round_: int = 1) -> ScoreSheet:
    committee, salt = sha256(_committee().to_bytes()), sha256(b"salt %d" % round_)
    return ScoreSheet(_place(notice), 1, round_, committee, address_of(_key(1)), salt, tuple(bids))


def _sheet(round_: int, notice: Notice) -> dict[str, Any]:
    criterion = next(one for one in notice.evaluation.criteria if one.source.kind == "expert")
    text = f"tender = {notice.tender}\nlot = 1\nround = {round_}\n"
    for place, points in ((1, "20.0"), (3, "18")):
        text += f'[[bids]]\nplace = {place}\nformal = "pass"\nqualification = "pass"\nremark = "备注 {place}"\n'
        text += f'[bids.points]\n{criterion.name} = "{points}"\n'
    sheet = _score_sheet(read_draft(text, notice, 1, (1, 3)).bids, notice, round_)
    key = _key(1)
    made = SheetCommitment.sign(sheet.lot_place, 1, round_, sheet.committee, sheet.digest, sheet.account, key)
    return {
        "secret": hex0x(key),
        "text": sheet.to_bytes().decode(),
        "digest": hex0x(sheet.digest),
        "signed": commitment_text(sheet.lot_place, 1, round_, sheet.committee, sheet.digest),
        "note": made.to_bytes().decode(),
    }


def _committee() -> Committee:
    members = tuple(
        Member(
            seat, address_of(_key(seat)), sha256(b"box %d" % seat),
            MemberKind.EXPERT if seat < 3 else MemberKind.OWNER, seat - 1 if seat < 3 else None,
        )
        for seat in (1, 2, 3)
    )  # fmt: skip
    return Committee(_place(), 1, sha256(b"pool"), (sha256(b"drawn"),), members)


def _commitments(round_: int) -> SheetCommitments:
    paper = _committee()
    digest = sha256(paper.to_bytes())
    each = tuple(
        SheetCommitment.sign(
            paper.lot, 1, round_, digest, sha256(b"sheet %d" % one.seat), one.account, _key(one.seat)
        )
        for one in paper.members
    )  # fmt: skip
    return SheetCommitments(paper.lot, 1, round_, digest, each, None if round_ == 1 else "更换专家", None)


def _files() -> dict[str, Any]:
    """Key files of a home, and keys of a bid granted to its box."""
    with TemporaryDirectory() as folder, mock.patch.object(keystore, "_SCRYPT", _CHEAP):
        keys = Keystore(Path(folder) / "keys", PASSPHRASE)
        keys.create("expert-7", "account")
        keys.create("box-7", "desk")
        box = unb64url(keys.card("box-7").public)
        place = _place()
        identity = BidIdentity(place.genesis, place.book, 7, 1, 1, sha256(b"bidder")[:20], 2)
        k2 = sha256(b"k2")[:16]
        return {
            "account": (Path(folder) / "keys" / "expert-7.json").read_text(encoding="utf-8"),
            "address": keys.card("expert-7").public,
            "box": (Path(folder) / "keys" / "box-7.json").read_text(encoding="utf-8"),
            "public": b64url(box),
            "granted": b64url(encrypt(write_granted({identity: k2}), X25519Recipient(box))),
            "identity": hex0x(identity.digest()),
            "k2": hex0x(k2),
        }


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
