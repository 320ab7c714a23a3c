"""Who may open which page, written down by hand; whoever adds a page adds its line.

Keys are names of the functions that show the pages; people are those of tests/api/service/hall.py, for the bureau
11440100000000001F where the path names one.
"""

from __future__ import annotations

ANYBODY: frozenset[str] = frozenset(
    {
        "show_first_page", "show_sign_in", "sign_in_here", "sign_out_here",
        "show_board", "show_tender_page", "show_opening_page", "show_timeline_page", "show_statistics_page",
        "show_audit", "show_bid_room", "send_question", "preview_receipt",
    }
)  # fmt: skip
"""Pages that need no account."""

SIGNED_IN: frozenset[str] = frozenset({"run_audit"})
"""Pages for everybody who has an account."""

_PROCURING = {"procurement", "procurement-elsewhere"}

ALLOWED: dict[str, set[str]] = {
    "follow_here": {"bidder"},
    "show_control": {*_PROCURING, "agent"},
    "appoint_here": _PROCURING,
    "end_appointment_here": _PROCURING,
    "show_supervision": {"supervisor", "auditor", "auditor-elsewhere", "auditor-general"},
    "list_decisions_page": {"approver", "approver-elsewhere"},
    "show_decision_page": {"approver"},
}
"""Page to the people who may open it."""
