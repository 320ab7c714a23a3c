"""A process that draws pages, one after the other: ``python -m chain.rendering.worker``. Holds no key, opens no socket.

Frames on standard input and output: 4 bytes, big endian, how many follow. Asked: a JSON object, the members of
:class:`~chain.rendering.page.PageJob`. Answered: one byte and the pages (``0``) or an error as JSON (``1``). It ends
when its input does, so it never outlives who started it.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, YinxinError
from chain.rendering.face import Face, ReprintMark, Row
from chain.rendering.page import PageJob, draw

MAX_FRAME = 16 * 2**20
_ERRORS: dict[str, type[YinxinError]] = {kind.__name__: kind for kind in (Damaged, InvalidInput, NotFound)}


def write_frame(out: IO[bytes], data: bytes) -> None:
    """Write one frame."""
    out.write(len(data).to_bytes(4, "big") + data)
    out.flush()


def read_frame(source: IO[bytes]) -> bytes | None:
    """The next frame, or None at the end. Raises Damaged for one that is cut off or too large."""
    head = source.read(4)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    data = source.read(size) if len(head) == 4 and size <= MAX_FRAME else b""
    if len(data) != size or len(head) != 4:
        raise Damaged("a frame is cut off or too large", code="paper.worker", field="worker", fix="try again")
    return data


def job_to_json(job: PageJob) -> bytes:
    """A job as bytes."""
    mark = job.reprint
    value = {
        "face": job.face.as_dict(),
        "stamp": b64url(job.stamp),
        "prefix": job.prefix,
        "legal_name": job.legal_name,
        "at": job.at,
        "reprint": None if mark is None else [mark.number, mark.at],
        "fonts": job.fonts,
    }
    return json.dumps(value, ensure_ascii=False).encode()


def job_from_json(data: bytes) -> PageJob:
    """Inverse of :func:`job_to_json`."""
    value: dict[str, Any] = json.loads(data)
    face = value["face"]
    for name in ("number", "holder", "bureau", "issued"):
        face[name] = None if face[name] is None else Row(**face[name])
    face["rows"] = tuple(Row(**row) for row in face["rows"])
    mark = value["reprint"]
    return PageJob(
        Face(**face),
        unb64url(value["stamp"]),
        value["prefix"],
        value["legal_name"],
        value["at"],
        None if mark is None else ReprintMark(*mark),
        value["fonts"],
    )


def answer_of(draw_it: bytes | YinxinError) -> bytes:
    """What is answered: pages, or an error."""
    if isinstance(draw_it, bytes):
        return b"0" + draw_it
    kind = type(draw_it).__name__
    told = {"kind": kind if kind in _ERRORS else "Damaged", **draw_it.as_dict()}
    return b"1" + json.dumps(told, ensure_ascii=False).encode()


def pages_of(answer: bytes) -> bytes:
    """The pages of an answer. Raises the error that it tells."""
    if answer[:1] == b"0":
        return answer[1:]
    told = json.loads(answer[1:])
    raise _ERRORS[told["kind"]](told["message"], code=told["code"], field=told.get("field"), fix=told.get("fix"))


def main() -> int:
    """Draw until the input ends."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while (asked := read_frame(source)) is not None:
        answer: bytes | YinxinError
        try:
            answer = draw(job_from_json(asked))
        except YinxinError as error:
            answer = error
        write_frame(out, answer_of(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
