"""The bidder's room of the browser, as its file has it: opened here, a bid made there goes on by the command line.

``yinxin-bid-box-1`` is the sealed box (AES-256-GCM under PBKDF2 of a passphrase), ``yinxin-bid-room-1`` what lies in
it: both private keys, figures, the statement, and the secrets of every version. Written by web/bid (docs/bidroom.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.tender_facts import SealedFile
from chain.keys.signatures import address_of
from chain.sealing import Manifest, read_manifest
from chain.tenders.bidding.acts import ACT_FORMAT, SignedAct, Submission, read_act
from chain.tenders.bidding.folder import SealedVersion
from chain.tenders.bidding.kept import KeptBid
from chain.tenders.bidding.members import exactly, fault, hexed, listed, number, raw, read_paper, text
from chain.tenders.bidding.place import BidPlace, read_place
from chain.tenders.bidding.statement import Statement, read_statement
from chain.tenders.custody.wire import Withdrawal
from chain.tenders.digests import kind_digest

BOX_FORMAT, ROOM_FORMAT = "yinxin-bid-box-1", "yinxin-bid-room-1"
_NAME = re.compile(r"0x[0-9a-f]{64}/0x[0-9a-f]{40}/([1-9][0-9]{0,14})/([1-9][0-9]{0,9})\Z")
_ROUNDS = 600_000
_LARGEST = 64 * 2**20
_ROOM = {
    "format", "place", "fresh", "recovery", "statement", "forms", "certificates", "guarantee", "version", "past",
}  # fmt: skip
_SIGNED = {"withdrawal", "withdrawn"}
_VERSION = {"version", "notice", "salt", "envelopes", "act", "block"}
_ENVELOPE = {"number", "name", "manifest", "secrets", "root", "digest", "size"}


@dataclass(frozen=True, slots=True)
class RoomVersion:
    """A version that was sealed whole in the browser.

    Attributes:
        sealed: what is public of it.
        kept: what was sealed, secret.
        k2: of each envelope, 16 bytes. Secret.
        act: as it was signed, or None.
    """

    sealed: SealedVersion
    kept: KeptBid
    k2: Mapping[int, bytes] = field(repr=False)
    act: SignedAct | None


@dataclass(frozen=True, slots=True)
class BidRoom:
    """All that a room keeps and a working folder takes.

    Attributes:
        place: with both addresses.
        fresh: private key of the bidder's address, 32 bytes.
        recovery: private key of the recovery address, 32 bytes.
        statement: who bids, or None.
        forms: figures as they were filled in, by envelope.
        versions: ascending.
        withdrawals: the accepted ones, and the last that was signed; ascending.
    """

    place: BidPlace
    fresh: bytes = field(repr=False)
    recovery: bytes = field(repr=False)
    statement: Statement | None
    forms: Mapping[int, Mapping[str, str]] = field(repr=False)
    versions: tuple[RoomVersion, ...]
    withdrawals: tuple[SignedAct, ...] = ()


def named_place(data: bytes) -> tuple[int, int]:
    """Tender and lot that a box says it is of; what lies in it must say the same. Raises InvalidInput."""
    box = read_paper(data, BOX_FORMAT, ("name", "nonce", "salt", "sealed"), limit=_LARGEST)
    found = _NAME.match(text(box["name"], "name", most=400))
    if found is None:
        raise fault("name", "ledger, book, tender, lot")
    return int(found[1]), int(found[2])


def open_room(data: bytes, passphrase: str, chain_id: int) -> BidRoom:
    """A room from the file that the browser saved.

    Args:
        data: the box.
        passphrase: of the room, not of this home.
        chain_id: of the ledger at hand, for acts; the place names the ledger itself.

    Raises:
        InvalidInput: no box, or what lies in it is no room.
        Refused: the passphrase does not open it.
    """
    box = read_paper(data, BOX_FORMAT, ("name", "nonce", "salt", "sealed"), limit=_LARGEST)
    bound = f"{BOX_FORMAT} {text(box['name'], 'name', most=400)}".encode()
    key = PBKDF2HMAC(SHA256(), 32, raw(box["salt"], "salt", 16), _ROUNDS).derive(passphrase.encode())
    try:
        plain = AESGCM(key).decrypt(raw(box["nonce"], "nonce", 12), _bytes(box["sealed"], "sealed"), bound)
    except InvalidTag as error:
        raise Refused(
            "the passphrase does not open the room", code="bidding.room_passphrase", field="passphrase",
            fix="give the one that was set in the browser",
        ) from error  # fmt: skip
    room = read_room(plain, chain_id)
    place = room.place
    if box["name"] != f"0x{place.genesis.hex()}/0x{place.book.hex()}/{place.tender}/{place.lot}":
        raise fault("name", "the place that lies in the box")
    return room


def read_room(data: bytes, chain_id: int) -> BidRoom:
    """What lies in a box. Raises InvalidInput: not a room, or it contradicts itself."""
    found = read_canonical(data, what="room", limit=_LARGEST)
    signed = _SIGNED & found.keys() if isinstance(found, dict) else set()
    value = exactly(found, _ROOM | signed, "room")
    if value["format"] != ROOM_FORMAT:
        raise fault("format", f"only {ROOM_FORMAT} is known")
    place = read_place(value["place"])
    fresh, recovery = (raw(value[name], name, 32) for name in ("fresh", "recovery"))
    if (address_of(fresh), address_of(recovery)) != (place.bidder, place.recovery):
        raise fault("fresh", "the keys of the two addresses")
    kept = listed(value["past"], "past", most=10_000)
    newest = value["version"]
    versions = [_version(one, place, chain_id) for one in [*kept, *([] if newest is None else [newest])]]
    withdrawals = listed(value.get("withdrawn", []), "withdrawn", most=10_000)
    if "withdrawal" in signed:
        withdrawals = [*withdrawals, value["withdrawal"]]
    return BidRoom(
        place, fresh, recovery, None if value["statement"] is None else read_statement(value["statement"]),
        _forms(value["forms"]), tuple(one for one in versions if one is not None),
        tuple(_withdrawal(one, place, chain_id) for one in withdrawals),
    )  # fmt: skip


def _version(value: Any, place: BidPlace, chain_id: int) -> RoomVersion | None:
    """A version; None for one that was never sealed to its end. What was outdated is what was signed all the same."""
    changed = {"outdated"} if isinstance(value, dict) and "outdated" in value else set()
    one = exactly(value, _VERSION | changed, "version")
    envelopes = [exactly(item, _ENVELOPE, "envelopes") for item in listed(one["envelopes"], "envelopes", most=2)]
    if not envelopes or any(item["digest"] is None for item in envelopes):
        return None
    counted = number(one["version"], "version", least=1, most=2**32 - 1)
    salt = raw(one["salt"], "salt", 32)
    manifests: dict[int, Manifest] = {}
    files: dict[int, SealedFile] = {}
    k2: dict[int, bytes] = {}
    for at, item in enumerate(envelopes, 1):
        manifest = read_manifest(_bytes(item["manifest"], "manifest"))
        if item["number"] != at or manifest.identity != place.identity(at, counted):
            raise fault("manifest", "of this bid's envelope and version")
        root = hexed(item["root"], "root", 32)
        if manifest.form.root(manifest.identity.digest()) != root:
            raise fault("root", "of the form that was sealed")
        size = number(item["size"], "size", least=1)
        manifests[at], files[at] = manifest, SealedFile(hexed(item["digest"], "digest", 32), size, root)
        k2[at] = raw(exactly(item["secrets"], {"fileKey", "nonce", "k2", "sigma"}, "secrets")["k2"], "k2", 16)
    kind = kind_digest(place.book, place.tender, place.lot, place.bidder, salt)
    sealed = SealedVersion(place, counted, hexed(one["notice"], "notice", 32), kind, files)
    act = None if one["act"] is None else _act(one["act"], sealed, chain_id)
    return RoomVersion(sealed, KeptBid(salt, manifests), k2, act)


def _withdrawal(value: Any, place: BidPlace, chain_id: int) -> SignedAct:
    book = f"0x{place.book.hex()}"
    signed = read_act(
        canonical({"format": ACT_FORMAT, "chainId": chain_id, "book": book, "kind": "withdraw", "content": value})
    )
    act = signed.act
    if not isinstance(act, Withdrawal) or (act.tender, act.lot, act.bidder) != (place.tender, place.lot, place.bidder):
        raise fault("withdrawal", "of this bid")
    return signed


def _act(value: Any, sealed: SealedVersion, chain_id: int) -> SignedAct:
    content = exactly(value, {"commitment", "signature", "custody"}, "act")
    book = f"0x{sealed.place.book.hex()}"
    act = read_act(
        canonical({"format": ACT_FORMAT, "chainId": chain_id, "book": book, "kind": "submit", "content": content})
    )
    if not isinstance(act.act, Submission) or act.act.commitment != sealed.commitment(act.not_after):
        raise fault("act", "signed for what was sealed")
    return act


def _forms(value: Any) -> dict[int, dict[str, str]]:
    if not isinstance(value, dict) or not set(value) <= {"1", "2"}:
        raise fault("forms", "by envelope")
    for form in value.values():
        if not isinstance(form, dict) or not all(isinstance(one, str) for one in form.values()):
            raise fault("forms", "texts by name")
    return {int(name): dict(form) for name, form in value.items()}


def _bytes(value: Any, name: str) -> bytes:
    if not isinstance(value, str):
        raise InvalidInput(f"{name}: base64url", code="bidding.form", field=name)
    return unb64url(value, field=name)
