"""Who may do what, written down by hand: the second opinion on the rules that stand beside the endpoints.

A new operation that changes something needs a line here. People are those of tests/api/service/hall.py; those named
may call the operation for the bureau 11440100000000001F, or where it belongs to no bureau.
"""

from __future__ import annotations

_BOTH = {"officer", "machine"}
_DESK = {"officer", "approver", "machine", "auditor", "auditor-general"}
_DECIDING = {"officer", "approver", "auditor", "auditor-general"}
_WINDOW = _DESK | {"clerk"}
_ALL_WINDOWS = _WINDOW | {f"{name}-elsewhere" for name in ("officer", "approver", "machine", "auditor", "clerk")}
_MEASURING = {"authority", "auditor", "auditor-elsewhere", "auditor-general", "machine", "machine-elsewhere"}

ANYBODY: frozenset[str] = frozenset(
    {
        "sign_in", "new_nonce", "sign_in_by_key", "verify", "verify_picture", "find_stamp", "find_credential",
        "show_status_list",
        "make_claim", "end_own_binding", "show_claim", "list_shipped_types", "list_types", "show_type", "show_schema",
        "list_own_types", "list_definitions",
        "show_template", "list_bureaus", "show_bureau", "list_anchors", "list_status_heads", "show_blob", "alive",
        "ready", "show_local_authority", "show_scanner", "show_scanned", "show_service_worker",
        "show_asset", "show_trust_root", "show_trust_snapshot", "call_ledger", "show_evidence",
        "list_tenders", "show_tender",
        "show_tender_timeline", "show_tender_paper", "show_opening", "list_places", "show_ceremony", "ask_question",
        "check_receipt", "show_statistics", "show_statistics_table", "show_releases", "show_record", "list_releases",
        "show_packages", "show_extension", "show_wallet",
    }
)  # fmt: skip
"""Operations that need no account. Whoever adds one here says: strangers may."""

SIGNED_IN: frozenset[str] = frozenset(
    {
        "sign_out", "who_am_i", "change_password", "list_tokens", "make_token", "end_token", "list_notifications",
        "read_notification", "read_notifications", "show_letters", "choose_letters", "list_own_ceremonies",
        "show_ceremony_papers", "put_member_deal", "leave_member_confirmation", "hand_on_act", "show_member_account",
    }
)  # fmt: skip
"""Operations for everybody who has an account, about that account."""

ALLOWED: dict[str, set[str]] = {
    "list_accounts": {"authority"},
    "make_account": {"authority"},
    "show_account": {"authority"},
    "change_account": {"authority"},
    "upload_list": _BOTH,
    "make_batch": _BOTH,
    "recall_batch": _BOTH,
    "make_acts": _BOTH,
    "list_batches": _DESK,
    "show_batch": _DESK,
    "follow_batch": _DESK,
    "list_acts": _DESK,
    "show_act": _DESK,
    "list_certificates": _DESK,
    "search_certificates": _DESK,
    "show_certificate": _WINDOW,
    "show_bundle": _WINDOW,
    "show_code": _WINDOW,
    "show_pdf": _WINDOW,
    "find_bundle": _ALL_WINDOWS,
    "list_proposals": _DESK,
    "show_proposal": _DESK,
    "propose": {"officer"},
    "retire": {"officer"},
    "recall": {"officer"},
    "list_approvals": _DECIDING,
    "show_approval": _DECIDING,
    "show_approval_content": {"officer", "approver"},
    "list_approval_drafts": {"officer", "approver"},
    "list_decisions": _DECIDING,
    "decide": {"approver"},
    "request_activations": _BOTH,
    "show_activation": _DESK,
    "list_bindings": _DESK,
    "end_holder_binding": _BOTH,
    "correct_certificate": {"officer"},
    "reprint_certificate": {"officer", "clerk"},
    "list_reprints": _DECIDING,
    "show_holder": _DECIDING,
    "end_certificates_of_holder": {"officer"},
    "list_due_records": _DECIDING,
    "begin_retention_run": {"officer"},
    "list_jobs": _DESK,
    "show_webhooks": {"officer", "machine", "auditor", "auditor-general"},
    "make_webhook": _BOTH,
    "end_webhook": _BOTH,
    "rotate_webhook_secret": _BOTH,
    "ping_webhook": _BOTH,
    "list_deliveries": {"officer", "machine", "auditor", "auditor-general"},
    "repeat_delivery": _BOTH,
    "list_audit_events": {"authority"},
    "list_audit_anchors": {"auditor", "auditor-general", "authority"},
    "list_bureau_audit_events": {"auditor", "auditor-general", "authority"},
    "metrics": _MEASURING,
    "list_appointments": {"procurement", "auditor", "auditor-general"},
    "appoint": {"procurement"},
    "end_appointment": {"procurement"},
    "follow_tender": {"bidder"},
    "unfollow_tender": {"bidder"},
    "join_evaluation": {"expert"},
    "leave_evaluation": {"expert"},
    "list_questions": {"procurement", "agent"},
    "relay_release": {"keyholder"},
    "show_roll_call": {"keyholder"},
    "answer_roll_call": {"keyholder"},
    "show_draws": {"keyholder"},
    "relay_draw_share": {"keyholder"},
    "show_sheets": {"expert"},
    "leave_commitment": {"expert"},
    "show_sheet": {"expert"},
    "show_signals": {"supervisor"},
    "show_signals_to_auditor": {"auditor", "auditor-general"},
    "list_signals": {"auditor", "auditor-general"},
}
"""Operation to the people who may call it."""

TOGETHER: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("procurement", "agent"), ("procurement", "keyholder"), ("agent", "keyholder"), ("supervisor", "keyholder"),
    )
)  # fmt: skip
"""Parts that one account may have in one tender at once; of any other two the second is refused."""
