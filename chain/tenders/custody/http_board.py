"""A board behind an address, as :class:`chain.tenders.board.FolderBoard` is one in a folder. It is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import Damaged, InvalidInput, Unavailable
from chain.tenders.board import MOST_NOTES, check_digest, check_note, check_paper, check_topic, damaged
from chain.tenders.custody._http import Exchange, as_object

_BYTES = {"Content-Type": "application/octet-stream"}
_PAGE_LIMIT = 64 * 2**20


class HttpBoard:
    """One board.

    Args:
        url: base address, such as a custodian's.
        timeout: seconds without a byte after which a connection is given up.
        patience: seconds for which one request is tried again.
    """

    def __init__(self, url: str, *, timeout: float = 20.0, patience: float = 20.0) -> None:
        self._http = Exchange(url, timeout=timeout, patience=patience)
        self.url = self._http.url

    def put(self, data: bytes) -> bytes:
        """Store a paper; its SHA-256."""
        check_paper(data)
        digest = sha256(data)
        answer = as_object(self._http.send("POST", "/board/papers", data, _BYTES))
        if answer.get("digest") != b64url(digest):
            raise Damaged(f"the board {self.url} stored other bytes", code="board.damaged", field="digest")
        return digest

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest."""
        check_digest(digest)
        data = self._http.send("GET", f"/board/papers/{b64url(digest)}", limit=limit)
        if sha256(data) != digest:
            raise damaged(self.url, digest)
        return data

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note; the same bytes under the same name are not left twice."""
        check_topic(topic, name)
        check_note(data)
        self._http.send("POST", f"/board/notes/{topic}?name={quote(name)}", data, _BYTES)

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Name and content of every note under that topic, oldest first; no more than a board takes under one."""
        check_topic(topic)
        after: object = 0
        left = MOST_NOTES
        while after is not None:
            page = as_object(self._http.send("GET", f"/board/notes/{topic}?after={after}", limit=_PAGE_LIMIT))
            notes, last = page.get("notes"), after
            after = page.get("next")
            onward = after is None or (type(after) is int and type(last) is int and after > last)
            if not isinstance(notes, list) or not onward or (after is not None and not notes):
                raise self._odd()
            for note in notes:
                if not left:
                    return
                left -= 1
                name, content = (note.get("name"), note.get("content")) if isinstance(note, dict) else (None, None)
                if not isinstance(name, str) or not isinstance(content, str):
                    raise self._odd()
                try:
                    data = unb64url(content, field="content")
                except InvalidInput:
                    raise self._odd() from None
                yield name, data

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _odd(self) -> Unavailable:
        return Unavailable(f"the board {self.url} answers in another form", code="board.answer", field="url")
