"""The table step by victim, from what the tests walk through; docs/failures.md shows it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.api.jobs.walks import CHAIN, DATABASE, KUBO, OTHERS, RELEASE, SERVER, SIGNER, TABLE

VICTIMS = ("server", "worker", "chain", "signer", "PostgreSQL", "Kubo")
WORDS = {
    "issue": "issue", "release": "release by a signed decision", "act": "status act", "expiry": "expiry \u5931\u6548",
    "claim": "claim", "activation": "activation code", "type": "certificate type", "retention": "retention",
    "audit": "audit log", "reminder": "reminders, webhooks", "push": "copies to IPFS",
    "tender": "tenders on time, news, letters",
}  # fmt: skip


def deaths() -> dict[tuple[str, str], set[str]]:
    """Who dies at which step of what, in the order in which the steps come."""
    found: dict[tuple[str, str], set[str]] = {}

    def die(victim: str, work: str, *steps: str) -> None:
        for step in steps:
            found.setdefault((work, step), set()).add(victim)

    for work in WORDS:
        die("server", work, *SERVER.get(work, ()))
        die("worker", work, *(TABLE[work].steps if work in TABLE else OTHERS.get(work, ())))
        if work in DATABASE:
            die("PostgreSQL", work, *TABLE[work].steps)
        die("Kubo", work, *KUBO.get(work, ()))
        die("chain", work, *(step for name, step in CHAIN if name == work))
        die("signer", work, *(step for name, step in SIGNER if name == work))
    die("signer", "release", RELEASE)
    return found


def lines() -> Iterator[str]:
    """The table as Markdown."""
    yield f"| work | step | {' | '.join(VICTIMS)} |"
    yield "|---" * (2 + len(VICTIMS)) + "|"
    before = ""
    for (work, step), victims in sorted(deaths().items(), key=lambda item: list(WORDS).index(item[0][0])):
        name = f"**{WORDS[work]}**" if work != before else ""
        marks = " | ".join("\u25cf" if victim in victims else "" for victim in VICTIMS)
        yield f"| {name} | `{step}` | {marks} |"
        before = work
