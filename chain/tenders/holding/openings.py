"""When tenders open, as a key holder's home has seen it announced: whoever tells an earlier hour later on, lies."""

from __future__ import annotations

from pathlib import Path

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, InvalidInput
from chain.kernel.home import write_atomically

FORMAT = "yinxin-seen-openings-1"


class SeenOpenings:
    """The latest opening that each tender of one book announced.

    Args:
        folder: of the registry; it exists once something is noted.
        book: address of the TenderBook, 20 bytes.
    """

    def __init__(self, folder: Path, book: bytes) -> None:
        self._book = hex0x(book)
        self._file = folder / f"openings-{book.hex()[:8]}.json"

    def opening_of(self, tender: int) -> int:
        """Seconds; 0 if none was seen. Raises Damaged; Conflict: the file is another book's."""
        return self._read().get(tender, 0)

    def note(self, tender: int, open_at: int) -> None:
        """Remember it, if it is later than what is remembered. Raises Damaged, Conflict."""
        known = self._read()
        if open_at > known.get(tender, 0):
            known[tender] = open_at
            listed = [{"tender": number, "openAt": known[number]} for number in sorted(known)]
            write_atomically(self._file, canonical({"format": FORMAT, "book": self._book, "openings": listed}))

    def _read(self) -> dict[int, int]:
        if not self._file.exists():
            return {}
        try:
            value = read_canonical(self._file.read_bytes(), what="openings", limit=1 << 24)
            if set(value) != {"format", "book", "openings"} or value["format"] != FORMAT:
                raise ValueError(FORMAT)
            found = {one["tender"]: one["openAt"] for one in value["openings"]}
        except (InvalidInput, ValueError, TypeError, KeyError) as error:
            raise Damaged(f"{self._file} is damaged", code="holding.openings", field="home", fix="remove it") from error
        if value["book"] != self._book:
            raise Conflict(
                f"{self._file} is of the book {value['book']}, not of {self._book}", code="holding.other_book",
                field="home", fix="take part from a home of its own",
            )  # fmt: skip
        return found
