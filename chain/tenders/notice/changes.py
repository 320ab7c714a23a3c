"""What an amendment may change, and what it did change.

Bids are sealed to keys and to a place on the ledger. Were an amendment to change them, bids that are there already
would not open; so these stay, as do the rules that the chain keeps.
"""

from __future__ import annotations

from typing import Any

from chain.kernel.json_reader import read_json
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.model import Notice

_FIXED = (
    "format",
    "profile",
    "genesis",
    "chainId",
    "book",
    "tender",
    "previous",
    "ocid",
    "bureau",
    "category",
    "minimumBids",
    "gap",
    "grace",
    "revealWindow",
    "amendmentMargin",
    "standstill",
    "complaintPeriod",
    "ceremony",
    "openingKey",
    "custodians",
    "supervisor",
)
_VERSION = ("amends", "number", "changes")
_RULES = ("lots", "envelopes", "evaluation", "qualification", "guarantee", "bidValidity", "consortium", "documents")
"""Members on which bids rest: who has bid should look at them again."""


def amendment_findings(before: Notice, after: Notice) -> Findings:
    """What keeps ``after`` from being the next version of ``before``."""
    old, new = _values(before), _values(after)
    findings = Findings()
    for name in _FIXED:
        if old[name] != new[name]:
            findings.error(
                name, "fixed",
                ("an amendment does not change it", "修改公告不得改变此项"),
                ("cancel and publish anew, if it must change", "确需改变的，请终止后重新招标"),
            )  # fmt: skip
    for name in ("lots", "envelopes"):
        if len(old[name]) != len(new[name]):
            findings.error(name, "fixed", ("an amendment does not change their number", "修改公告不得改变其数目"))
    for place, (first, second) in enumerate(zip(before.envelopes, after.envelopes, strict=False)):
        if (first.officer, first.supervisor) != (second.officer, second.supervisor):
            findings.error(
                f"envelopes[{place}]", "fixed",
                ("bids that are sealed already are locked to the old keys", "已提交的投标已用原公钥加密"),
                ("keep officer and supervisor of the envelope", "请保留该信封的两把公钥"),
            )  # fmt: skip
    if after.number != before.number + 1 or after.amends != before.digest:
        findings.error("amends", "amends", ("does not amend the version in force", "所修改的不是现行版本"))
    if after.deadline < before.deadline:
        findings.error("deadline", "forward", ("is before the one in force", "早于现行截止时间"))
    if after.open_at < before.open_at:
        findings.error("openAt", "forward", ("is before the one in force", "早于现行开标时间"))
    return findings


def changed_members(before: Notice, after: Notice) -> tuple[str, ...]:
    """Names of the members that differ, without those that count versions, in alphabetical order."""
    old, new = _values(before), _values(after)
    return tuple(name for name in sorted(new) if name not in _VERSION and old[name] != new[name])


def touches_bids(names: tuple[str, ...]) -> bool:
    """True if bidders must look at their bids again because one of these members changed."""
    return not set(names).isdisjoint(_RULES)


def _values(notice: Notice) -> dict[str, Any]:
    value = read_json(notice.data)
    assert isinstance(value, dict)
    return value
