"""To whom a dealer showed shares: fewer than t, whatever ledger it was told of in one pass and in the next.

Each share that a dealer shows is one value of its polynomial, in the open; t of them give all of it. One pass shows
fewer than t, but a ledger that lies could tell of other complaints in the next one. So it is noted, before it is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import Damaged, InvalidInput, Refused
from chain.kernel.home import write_atomically

FORMAT = "yinxin-shown-shares-1"


class ShownShares:
    """Members to whom this home has shown a share of its deal in one ceremony.

    Args:
        file: where they are noted; its folder exists.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, members: Iterable[int], limit: int) -> None:
        """Shares are to be shown to these, too: stored before this returns.

        Raises:
            Refused: there would be ``limit`` of them or more.
            Damaged: the file is.
        """
        known = self.read()
        shown = known | set(members)
        if len(shown) >= limit:
            raise Refused(
                f"complaints changed between two passes; with those shown before, {len(shown)} shares would be shown, "
                f"and {limit} give the secret away", code="holding.many_shown", field="complaints",
                fix="do not answer; your endpoints contradict what they said before: use those of other operators",
            )  # fmt: skip
        if shown != known:
            write_atomically(self._file, canonical({"format": FORMAT, "members": sorted(shown)}))

    def read(self) -> set[int]:
        """Their numbers. Raises Damaged."""
        if not self._file.exists():
            return set()
        try:
            value = read_canonical(self._file.read_bytes(), what="shown shares", limit=1 << 16)
            if set(value) != {"format", "members"} or value["format"] != FORMAT:
                raise ValueError(FORMAT)
            members = value["members"]
            if any(type(one) is not int for one in members):
                raise ValueError(FORMAT)
        except (InvalidInput, ValueError, TypeError, KeyError) as error:
            raise Damaged(
                f"{self._file} is damaged", code="holding.shown", field="home", fix="answer nobody in this ceremony"
            ) from error
        return set(members)
