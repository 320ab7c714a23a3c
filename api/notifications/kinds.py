"""Kinds of news, and whose business each is. Their words: chain/words/notifications.json."""

from __future__ import annotations

from api.accounts.roles import Role

_LEADING = frozenset({Role.PROCUREMENT, Role.AGENT})
_WORKING = _LEADING | {Role.SUPERVISOR}
_HOLDERS = frozenset({Role.KEYHOLDER})
_EXPERTS = frozenset({Role.EXPERT})
_ALL = _WORKING | _HOLDERS | _EXPERTS | {Role.BIDDER}

KINDS: dict[str, frozenset[Role]] = {
    "tender.published": _ALL,
    "tender.amended": _ALL,
    "tender.extended": _ALL,
    "tender.moved": _ALL,
    "tender.cancelled": _ALL,
    "tender.answered": _WORKING | {Role.BIDDER},
    "tender.question": _LEADING,
    "tender.deadline-near": _LEADING | {Role.BIDDER},
    "tender.to-settle": _LEADING,
    "tender.to-close": _LEADING,
    "tender.closed": _WORKING | _HOLDERS,
    "tender.custody-missing": _WORKING,
    "tender.opening-near": _ALL,
    "tender.opening-late": _WORKING | _HOLDERS,
    "tender.opened": _ALL,
    "tender.committee": _WORKING | _EXPERTS,
    "tender.committed": _WORKING | _EXPERTS,
    "tender.failed": _ALL,
    "tender.candidates": _WORKING | _EXPERTS | {Role.BIDDER},
    "tender.case": _WORKING,
    "tender.case-settled": _WORKING | {Role.BIDDER},
    "tender.standstill-over": _WORKING,
    "tender.awarded": _WORKING | _EXPERTS | {Role.BIDDER},
    "tender.complaints-over": _WORKING,
    "tender.contracted": _WORKING | {Role.BIDDER},
    "ceremony.convened": _HOLDERS,
    "ceremony.active": _HOLDERS,
    "ceremony.roll-call": _HOLDERS,
}
"""Kind to the parts that are told."""
