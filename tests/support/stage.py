"""Where the cases of verification are played, and what may come of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chain.credentials.status_list import Status
from chain.credentials.verification import Policy
from tests.support.cases import Case, outcome
from tests.support.memory_ledger import MemoryIndex, MemorySource
from tests.support.witnesses import Witnesses
from tests.support.world import LICENCE, NAME, USCC, Certificate, World

DAY = 86_400
POLICY = Policy(type_max_age={LICENCE: DAY})

Expect = tuple[str, bool | None, bool | None]
VALID: Expect = ("VALID", True, True)
FORGED: Expect = ("FORGED", False, False)
UNTRUSTED: Expect = ("UNTRUSTED_ISSUER", False, False)
OPEN: Expect = ("CANNOT_CHECK", None, None)
UNREAD: Expect = ("CANNOT_CHECK", True, None)
"""Authentic, but the status or the time could not be checked."""


def ended(verdict: str) -> Expect:
    """Authentic, and not in force."""
    return (verdict, True, False)


@dataclass
class Stage:
    """A world with one batch and two witnesses; the batch's first certificate is the one most cases are about."""

    world: World
    one: Certificate
    witnesses: Witnesses

    @classmethod
    def fresh(cls) -> Stage:
        """Set it up."""
        world = World()
        witnesses = Witnesses(world.ledger)
        world.add_bureau(USCC, NAME, 1)
        world.anchor_status()
        world.ledger.mine()
        return cls(world, world.issue(count=3, witnesses=witnesses)[0], witnesses)

    def case(
        self,
        name: str,
        why: str,
        expect: Expect,
        *,
        kind: str = "bundle",
        data: bytes | None = None,
        trust: MemorySource | None = None,
        index: MemoryIndex | bool | None = True,
        at: int | None = None,
        policy: Policy = POLICY,
        pitfalls: tuple[int, ...] = (),
        step: str | None = None,
    ) -> Case:
        """The case, after making sure that it comes out as expected. ``step``: ``name=RESULT`` that must hold."""
        chosen = {"bundle": self.one.data, "stamp": self.one.stamp, "credential": self.one.credential.text.encode()}
        proven = kind in ("bundle", "pdf")
        case = Case(
            name=name,
            why=why,
            kind=kind,
            data=chosen[kind] if data is None else data,
            trust=self.world.source() if trust is None else trust,
            index=self._index(kind) if index is True else (index or None),
            trust_root=self.world.ledger.trust_root if proven else None,
            at=self.world.now if at is None else at,
            policy=policy,
            pitfalls=pitfalls,
        )
        found = outcome(case.run())
        got = (found["verdict"], found["authentic"], found["inForce"])
        detail = "; ".join(f"{one.name} {one.result}: {one.detail()}" for one in case.run().steps)
        assert got == expect, f"{name}: {got} instead of {expect}: {detail}"
        if step is not None:
            part, _, result = step.partition("=")
            assert found["results"][part] == result, f"{name}: {detail}"
        return replace(case, expect=found)

    def _index(self, kind: str) -> MemoryIndex:
        """All that is public; a bundle brings its own place."""
        all_of_it = self.world.index
        stamps = all_of_it.stamps if kind == "stamp" else {}
        return replace(all_of_it, stamps=stamps, jwts=all_of_it.jwts if kind == "credential" else {})

    def with_status(self, status: Status) -> None:
        """Change the certificate's state."""
        self.world.anchor_status({self.one.slot: status})

    @property
    def signer(self) -> Any:
        """The bureau's credential key."""
        return self.world.signers[USCC]
