"""Tenders for people: the public board, a tender's page, the rooms of officer, supervisor and auditor around it.

=============  ==============================================================================================
facts          a tender in the index, through the one gate that keeps sealed bids back
papers         papers by digest, from a board, or why they cannot be shown
room, lots     a tender with its notice, answers, and each lot from opening to contract
openings       what was read out, each figure against the root committed before the deadline
cases          objections and complaints with their clocks
board          what the board lists
control        what is due, from whom, by which command
drafting       from a form to a draft of a notice
auditing       the audit of one tender, within a bound
charts         statistics, drawn
telling        times, sums, criteria, events in the reader's language
showing        what templates are given
endpoints      over HTTP; templates lie beside them
=============  ==============================================================================================

Nothing here signs: what counts on the ledger is done with people's own keys. Page: docs/board.md.
"""

from api.tenders.pages.endpoints import routers

__all__ = ["routers"]
