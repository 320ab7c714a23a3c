"""A small load generator: keep-alive connections, one request at a time on each, every answer looked at.

Its own program (``python -m scripts.bench._load``), so that its processor time can be told from the server's. Reads a
job as JSON from standard input, writes what it saw as JSON to standard output.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

_STRETCH = 100
"""Answers between two looks at the processor time."""


class Shown(msgspec.Struct):
    """What of an answer's certificate is looked at."""

    identifier: str | None = None


class Answer(msgspec.Struct):
    """What of an answer is looked at."""

    verdict: str
    certificate: Shown


@dataclass
class Caller:
    """One connection.

    Attributes:
        socket: non-blocking.
        asked: number of the input asked about.
        since: when, seconds.
        seen: bytes of the answer so far.
    """

    socket: socket.socket
    asked: int = 0
    since: float = 0.0
    seen: bytes = b""


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Ask for ``seconds``, at most ``most`` times.

    Args:
        job: ``host``, ``port``, ``path``, ``inputs`` (text, verdict, identifier each), ``connections``, ``seconds``,
            ``most``, ``seed``, ``pids`` (the server's processes).

    Returns:
        ``count``, ``seconds``, ``milliseconds`` of every answer, ``wrong`` (the first few), ``cpu`` and ``server``
        (seconds of processor time of this process and of the server's), ``stretches`` (microseconds of processor time
        of both together an answer, for every hundred answers).
    """
    inputs = job["inputs"]
    requests = [_request(job["host"], job["path"], one[0]) for one in inputs]
    order = list(range(len(inputs)))
    random.Random(job["seed"]).shuffle(order)
    callers = {}
    poll = select.epoll()
    for _ in range(job["connections"]):
        connection = socket.create_connection((job["host"], job["port"]), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        callers[connection.fileno()] = Caller(connection)
        poll.register(connection, select.EPOLLIN)
    decode = msgspec.json.Decoder(Answer).decode
    took: list[float] = []
    wrong: list[str] = []
    stretches: list[float] = []
    sent, open_, own, server, began = 0, 0, time.process_time_ns(), _spent(job["pids"]), time.perf_counter()
    marked = own + server
    end = began + job["seconds"]

    def ask(caller: Caller) -> None:
        nonlocal sent, open_
        caller.asked, caller.seen, caller.since = order[sent % len(order)], b"", time.perf_counter()
        caller.socket.sendall(requests[caller.asked])
        sent, open_ = sent + 1, open_ + 1

    for caller in callers.values():
        ask(caller)
    while open_:
        events = poll.poll(30)
        if not events:
            wrong.append("no answer for 30 s")
            break
        for number, _ in events:
            caller = callers[number]
            piece = caller.socket.recv(1 << 18)
            caller.seen += piece
            body = _body(caller.seen) if piece else b""
            if body is None:
                continue
            now = time.perf_counter()
            took.append(now - caller.since)
            open_ -= 1
            fault = _fault(decode, caller.seen, body, inputs[caller.asked])
            if fault is not None and len(wrong) < 10:
                wrong.append(fault)
            if len(took) % _STRETCH == 0:
                mark = time.process_time_ns() + _spent(job["pids"])
                stretches.append((mark - marked) / _STRETCH / 1000)
                marked = mark
            if not piece:
                poll.unregister(number)
            elif now < end and sent < job["most"]:
                ask(caller)
    return {
        "count": len(took),
        "seconds": time.perf_counter() - began,
        "cpu": (time.process_time_ns() - own) / 1e9,
        "server": (_spent(job["pids"]) - server) / 1e9,
        "stretches": stretches,
        "milliseconds": [round(one * 1000, 3) for one in took],
        "wrong": wrong,
    }


def _spent(pids: list[int]) -> int:
    """Nanoseconds of processor time of all threads of these processes (proc(5), schedstat)."""
    return sum(
        int(file.read_text().split()[0]) for pid in pids for file in Path(f"/proc/{pid}/task").glob("*/schedstat")
    )


def _request(host: str, path: str, text: str) -> bytes:
    body = json.dumps({"input": text}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _body(seen: bytes) -> bytes | None:
    """The body, once it is there as a whole."""
    head, blank, body = seen.partition(b"\r\n\r\n")
    if not blank:
        return None
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0
    return body if len(body) >= length else None


def _fault(decode: Any, seen: bytes, body: bytes, wanted: list[str]) -> str | None:
    """What is wrong with an answer: not only its status counts, but verdict and certificate."""
    if not seen.startswith(b"HTTP/1.1 200 "):
        return seen[:60].decode("latin-1")
    try:
        found = decode(body)
    except msgspec.MsgspecError as error:
        return f"not an answer: {error}"
    if (found.verdict, found.certificate.identifier) != (wanted[1], wanted[2]):
        return f"{found.verdict} instead of {wanted[1]}"
    return None


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
