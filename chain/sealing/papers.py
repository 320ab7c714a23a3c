"""The files around a sealed bid: the plan it is made from, what is known of it in public, and the bidder's proof.

========================  =====================================================================================
``yinxin-bid-plan-1``     JSON that a person or a program writes: what is sealed, for whom
``yinxin-committed-1``    canonical JSON, public: what a reader must know before it opens the file
``yinxin-bid-proof-1``    canonical JSON, secret until the opening: k2; rests encrypted to the bidder's own key
========================  =====================================================================================
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.json_reader import read_json
from chain.sealing.form import Form
from chain.sealing.locks import Recipients
from chain.sealing.manifest import read_identity
from chain.sealing.messages import BidIdentity
from chain.sealing.opening import Committed
from chain.sealing.seal import Bid, Sealed, Source

PLAN, COMMITTED, PROOF = "yinxin-bid-plan-1", "yinxin-committed-1", "yinxin-bid-proof-1"
_LARGEST = 16 * 2**20
_PLAN_NEEDS = {"format", "identity", "openingKey", "officer", "supervisor", "form", "documents"}
_PLAN_MAY = {"organisation", "presentations", "guarantee"}


def read_plan(data: bytes, folder: Path) -> tuple[Bid, bytes, Recipients]:
    """What to seal, the opening key, and the recipients of lock 2; paths are taken from ``folder``.

    Raises:
        InvalidInput: naming the member at fault.
    """
    try:
        value = read_json(data) if len(data) <= _LARGEST else None
    except ValueError as error:
        raise _bad("plan", f"not JSON ({error})") from error
    if not isinstance(value, dict) or value.get("format") != PLAN:
        raise _bad("format", f"only {PLAN} is known")
    if not set(value) >= _PLAN_NEEDS or not set(value) <= _PLAN_NEEDS | _PLAN_MAY:
        raise _bad("plan", "members are " + ", ".join(sorted(_PLAN_NEEDS)) + "; also " + ", ".join(sorted(_PLAN_MAY)))
    form, presentations = value["form"], value.get("presentations", [])
    if not isinstance(form, dict) or not all(isinstance(one, str) for one in form.values()):
        raise _bad("form", "an object of texts; amounts as text, too")
    if not isinstance(value["documents"], list) or not isinstance(presentations, list):
        raise _bad("documents", "documents and presentations are lists")
    bid = Bid(
        read_identity(value["identity"]),
        Form.of(form),
        [_source(one, folder, f"documents[{place}]") for place, one in enumerate(value["documents"])],
        value.get("organisation", {}),
        presentations,
        value.get("guarantee"),
    )
    recipients = Recipients(_key(value, "officer", 32), _key(value, "supervisor", 32))
    return bid, _key(value, "openingKey", 96), recipients


def write_committed(sealed: Sealed, opening_key: bytes, recipients: Recipients) -> bytes:
    """What a reader must know, public."""
    return canonical(
        {
            "format": COMMITTED,
            "identity": sealed.manifest.identity.as_dict(),
            "openingKey": b64url(opening_key),
            "officer": b64url(recipients.officer),
            "supervisor": b64url(recipients.supervisor),
            "digest": hex0x(sealed.digest),
            "size": sealed.size,
            "formRoot": hex0x(sealed.form_root),
        }
    )


def read_committed(data: bytes) -> Committed:
    """Inverse of :func:`write_committed`. Raises InvalidInput."""
    names = {"format", "identity", "openingKey", "officer", "supervisor", "digest", "size", "formRoot"}
    value = _members(data, COMMITTED, names)
    if type(value["size"]) is not int or value["size"] < 0:
        raise _bad("size", "a number of bytes")
    return Committed(
        read_identity(value["identity"]),
        _key(value, "openingKey", 96),
        Recipients(_key(value, "officer", 32), _key(value, "supervisor", 32)),
        unhex0x(value["digest"], size=32, field="digest"),
        value["size"],
        unhex0x(value["formRoot"], size=32, field="formRoot"),
    )


def write_proof(sealed: Sealed) -> bytes:
    """The bidder's proof that lock 2 was made rightly: secret, to be encrypted."""
    identity = sealed.manifest.identity.as_dict()
    return canonical({"format": PROOF, "identity": identity, "k2": b64url(sealed.k2)})


def read_proof(data: bytes) -> tuple[BidIdentity, bytes]:
    """The identity a proof is for, and k2. Raises InvalidInput."""
    value = _members(data, PROOF, {"format", "identity", "k2"})
    return read_identity(value["identity"]), _key(value, "k2", 16)


def _members(data: bytes, form: str, names: set[str]) -> dict[str, Any]:
    value = read_canonical(data, what=form, limit=_LARGEST)
    if not isinstance(value, dict) or value.get("format") != form or set(value) != names:
        raise _bad("format", f"not a file of the form {form}")
    return value


def _key(value: dict[str, Any], name: str, size: int) -> bytes:
    raw = unb64url(value[name], field=name) if isinstance(value[name], str) else b""
    if len(raw) != size:
        raise _bad(name, f"{size} bytes as base64url")
    return raw


def _source(item: Any, folder: Path, field: str) -> Source:
    names = ("name", "mediaType", "path")
    if not isinstance(item, dict) or set(item) != set(names) or not all(isinstance(item[one], str) for one in names):
        raise _bad(field, "name, mediaType, path, all text")
    return Source(item["name"], item["mediaType"], folder / item["path"])


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="bid.plan", field=field, fix="see docs/sealing.md")
