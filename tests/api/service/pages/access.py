"""Who may open which page, written down by hand; whoever adds a page adds its line.

Keys are names of the functions that show the pages; people are those of tests/api/service/hall.py, for the bureau
11440100000000001F where the path names one.
"""

from __future__ import annotations

ANYBODY: frozenset[str] = frozenset(
    {
        "show_first_page", "show_sign_in", "sign_in_here", "sign_out_here",
        "show_board", "show_tender_page", "show_opening_page", "show_timeline_page", "show_statistics_page",
        "show_audit", "show_audits", "show_bid_room", "send_question", "preview_receipt",
    }
)  # fmt: skip
"""Pages that need no account."""

SIGNED_IN: frozenset[str] = frozenset({"run_audit"})
"""Pages for everybody who has an account."""

_PROCURING = {"procurement", "procurement-elsewhere"}
_BOTH = {"officer", "machine"}
_DESK = {"officer", "approver", "machine", "auditor", "auditor-general"}
_DECIDING = {"officer", "approver", "auditor", "auditor-general"}

ALLOWED: dict[str, set[str]] = {
    "follow_here": {"bidder"},
    "show_control": {*_PROCURING, "agent"},
    "appoint_here": _PROCURING,
    "end_appointment_here": _PROCURING,
    "show_builder": _PROCURING,
    "preview_draft": _PROCURING,
    "show_supervision": {"supervisor", "auditor", "auditor-elsewhere", "auditor-general"},
    "list_decisions_page": {"approver", "approver-elsewhere"},
    "show_decision_page": {"approver"},
    "choose_bureau": _DESK | {f"{name}-elsewhere" for name in ("officer", "approver", "machine", "auditor")},
    "show_overview": _DESK,
    "show_certificates": _DESK,
    "find_certificates": _DESK,
    "show_certificate_page": _DESK,
    "show_certificate_pdf": _DESK,
    "show_certificate_bundle": _DESK,
    "show_certificate_code": _DESK,
    "make_act_here": _BOTH,
    "show_batches": _DESK,
    "show_batch_page": _DESK,
    "recall_batch_here": _BOTH,
    "show_waiting": _DECIDING,
    "show_expiring": _DESK,
    "show_types": _DESK,
    "show_type_page": _DESK,
    "show_proposal_form": {"officer"},
    "propose_here": {"officer"},
    "show_proposal_page": _DESK,
    "recall_proposal_here": {"officer"},
    "retire_type_here": {"officer"},
    "show_claims": _DESK,
    "request_code_here": _BOTH,
    "show_devices": _DESK,
    "end_binding_here": _BOTH,
    "show_retention": _DECIDING,
    "begin_retention_here": {"officer"},
    "show_keys": _DESK,
    "choose_type": _BOTH,
    "show_issue_form": _BOTH,
    "preview_certificate": _BOTH,
    "issue_certificate": _BOTH,
    "show_list_form": _BOTH,
    "take_list": _BOTH,
    "list_held_tenders": {"keyholder"},
    "show_release_page": {"keyholder"},
    "show_roll_call_page": {"keyholder"},
    "show_draws_page": {"keyholder"},
    "list_ceremonies_page": {"keyholder"},
    "show_ceremony_page": {"keyholder"},
    "list_evaluated_tenders": {"expert"},
    "change_part_here": {"expert"},
    "show_sheet_page": {"expert"},
}
"""Page to the people who may open it."""
