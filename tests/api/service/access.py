"""Who may do what, written down by hand: the second opinion on the rules that stand beside the endpoints.

A new operation that changes something needs a line here. People are those of tests/api/service/hall.py; those named
may call the operation for the bureau 11440100000000001F, or where it belongs to no bureau.
"""

from __future__ import annotations

_BOTH = {"officer", "machine"}
_DESK = {"officer", "approver", "machine", "auditor", "auditor-general"}
_WINDOW = _DESK | {"clerk"}
_ALL_WINDOWS = _WINDOW | {f"{name}-elsewhere" for name in ("officer", "approver", "machine", "auditor", "clerk")}
_MEASURING = {"authority", "auditor", "auditor-elsewhere", "auditor-general", "machine", "machine-elsewhere"}

ANYBODY: frozenset[str] = frozenset(
    {
        "sign_in", "new_nonce", "sign_in_by_key", "verify", "verify_picture", "find_stamp", "show_status_list",
        "list_bureaus", "show_bureau", "list_anchors", "list_status_heads", "show_blob", "alive", "ready",
    }
)  # fmt: skip
"""Operations that need no account. Whoever adds one here says: strangers may."""

SIGNED_IN: frozenset[str] = frozenset(
    {"sign_out", "who_am_i", "change_password", "list_tokens", "make_token", "end_token"}
)
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
    "search_certificates": _DESK,
    "show_certificate": _WINDOW,
    "show_bundle": _WINDOW,
    "show_code": _WINDOW,
    "find_bundle": _ALL_WINDOWS,
    "list_audit_events": {"authority"},
    "list_bureau_audit_events": {"auditor", "auditor-general", "authority"},
    "metrics": _MEASURING,
}
"""Operation to the people who may call it."""
