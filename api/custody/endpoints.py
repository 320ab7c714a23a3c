"""What a custodian answers: uploads, commitments, relays, files. Docs: docs/custody.md."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from api.custody.bodies import digest_header, read_body, read_object
from api.custody.commitments import Commitments
from api.custody.downloads import BoundedFile
from api.custody.files import given_out
from api.custody.place import Custodian
from api.custody.relays import Relays
from api.custody.uploads import PART, Upload, Uploads
from api.service.rates import Rates, address_of
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import InvalidInput, YinxinError
from chain.tenders.custody.client import PENDING, SIGNED
from chain.tenders.custody.wire import read_commitment, read_move, read_withdrawal

PATIENCE = 8.0
"""Seconds for which an answer waits for its relay to become final."""
_LOOK = 0.05


class Counter:
    """What stands behind the endpoints of one process."""

    def __init__(self, custodian: Custodian) -> None:
        self.custodian = custodian
        self.uploads = Uploads(custodian)
        self.relays = Relays(custodian)
        self.commitments = Commitments(custodian, self.relays)


async def _counter(request: Request) -> Counter:
    found: Counter = request.app.state.counter
    rates: Rates = request.app.state.rates
    rates.take(address_of(request))
    return found


Here = Annotated[Counter, Depends(_counter)]
router = APIRouter()


@router.get("/health")
def health(counter: Here) -> dict[str, Any]:
    """Who this is, and whether the ledger answers. Nothing about how much lies here."""
    custodian = counter.custodian
    block = None
    try:
        with custodian.view.newest() as ledger:
            block = {"number": ledger.block.number, "time": ledger.block.time}
    except YinxinError:
        pass
    return {
        "status": "ready" if block else "no-ledger", "custodian": hex0x(custodian.account),
        "chainId": custodian.domain.chain_id, "book": hex0x(custodian.domain.book), "block": block,
    }  # fmt: skip


@router.post("/custody/uploads")
async def begin(request: Request, counter: Here) -> dict[str, Any]:
    """Begin an upload, or learn how far it is."""
    return await _begin(request, counter.uploads.begin)


@router.post("/custody/files")
async def restore(request: Request, counter: Here) -> dict[str, Any]:
    """Bring a lost file of a live commitment again; the parts go the same way."""
    return await _begin(request, counter.uploads.begin_restoring)


@router.get("/custody/uploads/{number}")
def look(number: str, counter: Here) -> dict[str, Any]:
    """How far an upload is."""
    return _upload(counter.uploads.look(number))


@router.put("/custody/uploads/{number}/parts/{part}")
async def put_part(number: str, part: int, request: Request, counter: Here) -> dict[str, Any]:
    """Take one part; the answer comes when it is on disk."""
    digest, address = digest_header(request), address_of(request)
    custodian = counter.custodian
    upload = await run_in_threadpool(counter.uploads.look, number)
    size = upload.size_of(part)
    custodian.quotas.begin_part(address)
    try:
        body = await read_body(request, PART, exactly=size, pressure=custodian.quotas.pressure)
        custodian.quotas.take_bytes(address, "files", len(body), custodian.clock())
        receipt = await run_in_threadpool(counter.uploads.keep_part, number, part, body, digest)
    finally:
        custodian.quotas.end_part(address)
    return {"upload": number, "part": part, "size": size, "digest": b64url(digest), "receipt": hex0x(receipt)}


@router.get("/custody/files/{digest}")
def get_file(digest: str, counter: Here) -> Response:
    """A sealed file, once its envelope is closed on the ledger."""
    path, size = given_out(counter.custodian, _digest(digest))
    return BoundedFile(path, size, f"{digest}.age")


@router.post("/custody/commitments")
async def commit(request: Request, counter: Here) -> Response:
    """Sign for a commitment's files; send it to the ledger, if asked."""
    body = await read_object(request, ("commitment", "signature", "relay"))
    if type(body["relay"]) is not bool:
        raise InvalidInput("relay is true or false", code="request.members", field="relay", fix="send true or false")
    commitment = read_commitment(body["commitment"])
    signature = unhex0x(body["signature"], size=65, field="signature")
    signed = await run_in_threadpool(counter.commitments.take, commitment, signature, relay=body["relay"])
    custody = {"custodian": hex0x(counter.custodian.account), "custody": hex0x(signed.custody)}
    if not body["relay"]:
        return JSONResponse(_no_relay(signed.hash) | custody)
    return await _answer(counter, signed.hash, custody)


@router.post("/custody/withdrawals")
async def withdraw(request: Request, counter: Here) -> Response:
    """Send a signed withdrawal to the ledger."""
    withdrawal = read_withdrawal(await read_object(request))
    return await _answer(counter, await run_in_threadpool(counter.commitments.take_withdrawal, withdrawal), {})


@router.post("/custody/moves")
async def move(request: Request, counter: Here) -> Response:
    """Send a signed move to the ledger."""
    wanted = read_move(await read_object(request))
    return await _answer(counter, await run_in_threadpool(counter.commitments.take_move, wanted), {})


@router.get("/custody/relays/{hash_}")
def relay(hash_: str, counter: Here) -> Response:
    """How far something is that was given here to be sent."""
    return _relay(counter, unhex0x(hash_, size=32, field="hash"), {})


# --------------------------------------------------------------------------- inside


async def _begin(request: Request, start: Any) -> dict[str, Any]:
    body = await read_object(request, ("tender", "digest", "size"))
    tender, size = body["tender"], body["size"]
    if type(tender) is not int or type(size) is not int or not 0 <= tender < 2**53:
        raise InvalidInput("tender and size are numbers", code="request.members", field="size", fix="send numbers")
    upload: Upload = await run_in_threadpool(start, tender, _digest(body["digest"]), size, address_of(request))
    return _upload(upload)


def _upload(upload: Upload) -> dict[str, Any]:
    return {
        "upload": upload.number, "tender": upload.tender, "digest": b64url(upload.digest), "size": upload.size,
        "partSize": PART, "received": list(upload.received), "complete": upload.complete,
    }  # fmt: skip


async def _answer(counter: Counter, hash_: bytes, more: dict[str, Any]) -> Response:
    for _ in range(int(PATIENCE / _LOOK)):  # it is settled in another thread
        if not counter.relays.is_pending(hash_):
            break
        await asyncio.sleep(_LOOK)
    return _relay(counter, hash_, more)


def _relay(counter: Counter, hash_: bytes, more: dict[str, Any]) -> Response:
    found = counter.relays.find(hash_)
    sent = None if found.sent is None else hex0x(found.sent)
    return JSONResponse(
        {"hash": hex0x(hash_), "state": found.state, "transaction": sent, "code": found.code, "detail": found.detail}
        | more,
        202 if found.state == PENDING else 200,
    )  # fmt: skip


def _no_relay(hash_: bytes) -> dict[str, Any]:
    return {"hash": hex0x(hash_), "state": SIGNED, "transaction": None, "code": None, "detail": None}


def _digest(text: object) -> bytes:
    digest = unb64url(text, field="digest") if isinstance(text, str) else b""
    if len(digest) != 32:
        raise InvalidInput(
            "a digest is the base64url of 32 bytes", code="custody.digest", field="digest", fix="give the SHA-256"
        )
    return digest
