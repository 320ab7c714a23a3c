"""Whose bid is it? Facts and bytes in, an organisation out; no clock, no network.

1. **form**       the statement is in its only form;
2. **place**      it is for this bid: genesis, book, tender, lot, fresh address, recovery address;
3. **licence**    each company's business licence discloses name and code and was in force at the deadline's block;
4. **binding**    the device was bound to that licence at that block, by the bureau that issued the licence;
5. **mandate**  an agent's mandate is the company's, for this tender, covers bidding, held at that block;
6. **signature**  the device's key, or the agent's, signed the statement with all parties in it;
7. **agreement**  a consortium's agreement is among the bid's documents;
8. **now**        licence and binding again as of the newest block: a change since is told, and decides nothing.

A step that could not be checked leaves the answer open: neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.claims import CertificateState, LaneLeaves, LaneReading, binding_in_force, read_lane
from chain.claims.verification import BindingCheck
from chain.credentials.verification import Policy, Result, Verification, verify_credential
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import BlockRef, EvidenceIndex, TrustSource
from chain.sealing.messages import BidIdentity
from chain.tenders.bidding.statement import Party, Statement, read_statement
from chain.words import read

LICENCE_TYPE = "11100000MB0143028R001"
"""Type code of the business licence 营业执照, which proves a company."""

NAME, CODE = "certificateHolderName", "certificateHolderCode"
WORDS = read("bidding")
_VERDICTS = read("verification")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        result: INVALID refuses the bid's organisation, ERROR leaves it open, SKIPPED is told and decides nothing.
        code: a key of ``chain/words/bidding.json``.
        params: values for its sentence.
    """

    result: Result
    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def detail(self, lang: str = "en") -> str:
        """One sentence for people, in ``en`` or ``zh``."""
        params = dict(self.params)
        if "verdict" in params and (word := f"verdict.{params['verdict']}.word") in _VERDICTS:
            params["verdict"] = _VERDICTS[word][lang]
        return WORDS[self.code][lang].format(**params)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"result": str(self.result), "code": self.code, "detail": self.detail()}


@dataclass(frozen=True, slots=True)
class Company:
    """One company of a bidder: ``role``, ``code`` (GB 32100), ``name`` as its licence has it ("" if hidden), and the
    ``agent`` who signed for it, "" for none."""

    role: str
    code: str
    name: str
    agent: str = ""

    def as_dict(self) -> dict[str, str]:
        """Plain data."""
        return {"role": self.role, "code": self.code, "name": self.name, "agent": self.agent}


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who bids.

    Attributes:
        result: VALID, INVALID, or ERROR (could not be told).
        name: of the company, or of the consortium's leader.
        code: its unified social credit code.
        members: every company, leader first; one for a bidder alone; none if the statement has no form.
        agent: who signed for the company or leader, "" for none.
        findings: what speaks against it, and what changed since.
    """

    result: Result
    name: str
    code: str
    members: tuple[Company, ...]
    agent: str
    findings: tuple[Finding, ...]

    @property
    def codes(self) -> frozenset[str]:
        """Codes of all its companies: two bids with one in common are not of distinct organisations."""
        return frozenset(member.code for member in self.members)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "result": str(self.result),
            "name": self.name,
            "code": self.code,
            "members": [member.as_dict() for member in self.members],
            "agent": self.agent,
            "findings": [finding.as_dict() for finding in self.findings],
        }


class Evidence:
    """Where a statement's licences and bindings are looked up; what was read once is kept.

    Args:
        trust: facts of the ledger.
        index: any index of places and status lists; untrusted.
        leaves: any source of what anchors in the lane of claims are made of; untrusted.
        max_status_age: seconds after which the newest block read is too old to say what holds now.
    """

    def __init__(
        self, trust: TrustSource, index: EvidenceIndex | None, leaves: LaneLeaves, *, max_status_age: int = 7 * 86_400
    ) -> None:
        self.trust = trust
        self.index = index
        self._leaves = leaves
        self._age = max_status_age
        self._lanes: dict[str, LaneReading] = {}

    def lane(self, bureau: str) -> LaneReading:
        """A bureau's lane of claims."""
        if bureau not in self._lanes:
            self._lanes[bureau] = read_lane(self.trust, self._leaves, bureau)
        return self._lanes[bureau]

    def licence(self, text: str, at: int, *, past: bool) -> Verification:
        """The licence as of a time."""
        policy = Policy(max_status_age=self._age, past=past)
        return verify_credential(text, trust=self.trust, index=self.index, at=at, policy=policy)

    def binding(self, party: Party, licence: Verification, block: int) -> BindingCheck:
        """The party's binding as of a block, in the lane of the licence's issuer, whatever bureau it names."""
        credential = party.credential
        state = CertificateState(credential.jwt_digest, credential.bureau, licence)
        return binding_in_force(party.binding, self.lane(credential.bureau), certificate=state, block=block)


def check_statement(
    statement: Mapping[str, Any],
    identity: BidIdentity,
    *,
    recovery: bytes,
    evidence: Evidence,
    deadline: BlockRef,
    now: int,
    documents: Collection[bytes] | None = None,
    consortium: int | None = None,
) -> Organisation:
    """Judge the ``organisation`` of an opened bid's manifest.

    Args:
        statement: plain data, untrusted.
        identity: of the bid in whose manifest it stands.
        recovery: recovery address of the bid's commitment, 20 bytes.
        evidence: where licences and bindings are looked up.
        deadline: the last block whose time is not after the deadline; while bids are taken, the newest final block.
        now: the present, seconds since 1970 UTC.
        documents: SHA-256 of the bid's documents, to find the consortium's agreement among them; None: not looked
            for, as in the price envelope.
        consortium: most members of a consortium by the notice, 0 for none; None: not looked at.
    """
    try:
        read_it = read_statement(statement)
    except InvalidInput as error:
        broken = Finding(Result.INVALID, "form.broken", {"fault": error.message[:200]})
        return Organisation(Result.INVALID, "", "", (), "", (broken,))
    findings = [*_of_place(read_it, identity, recovery)]
    members = []
    for number, party in enumerate(read_it.parties):
        findings += _of_party(read_it, number, evidence, deadline, now)
        name = party.credential.fields.get(NAME)
        agent = "" if party.mandate is None else party.mandate.name
        members.append(Company(party.role, party.code, name if isinstance(name, str) else "", agent))
    if read_it.agreement is not None and documents is not None and read_it.agreement not in documents:
        findings.append(Finding(Result.INVALID, "agreement.missing"))
    if read_it.agreement is not None and consortium is not None and len(read_it.parties) > consortium:
        findings.append(Finding(Result.INVALID, "consortium.refused", {"most": str(consortium)}))
    results = {finding.result for finding in findings}
    worst = next((one for one in (Result.INVALID, Result.ERROR) if one in results), Result.VALID)
    first = members[0]
    return Organisation(worst, first.name, first.code, tuple(members), first.agent, tuple(findings))


def _of_place(statement: Statement, identity: BidIdentity, recovery: bytes) -> Iterator[Finding]:
    if not statement.place.is_of(identity):
        yield Finding(Result.INVALID, "place.foreign")
    if statement.place.recovery != recovery:
        yield Finding(Result.INVALID, "place.recovery")


def _of_party(statement: Statement, number: int, evidence: Evidence, deadline: BlockRef, now: int) -> Iterator[Finding]:
    party = statement.parties[number]
    who = {"code": party.code}
    yield from _of_licence(party, who)
    then = evidence.licence(party.licence, deadline.time, past=True)
    if then.in_force is not True:
        refused = then.in_force is False
        params = {**who, "verdict": str(then.verdict)}
        yield Finding(*((Result.INVALID, "licence.refused") if refused else (Result.ERROR, "licence.open")), params)
    bound = evidence.binding(party, then, deadline.number)
    certificate = {step.name: step.result for step in bound.steps}.get("certificate")
    mine = {step.result for step in bound.steps if step.name != "certificate"}
    if Result.INVALID in mine or (certificate is Result.INVALID and then.in_force is not False):
        yield Finding(Result.INVALID, "binding.refused", {**who, "detail": _why(bound, Result.INVALID)})
    elif Result.ERROR in mine:
        yield Finding(Result.ERROR, "binding.open", {**who, "detail": _why(bound, Result.ERROR)})
    yield from _of_mandate(statement, party, who, deadline.time)
    if not statement.is_signed(number):
        yield Finding(Result.INVALID, "signature.wrong", who)
    yield from _of_now(party, who, evidence, then, bound, now)


def _of_licence(party: Party, who: Mapping[str, str]) -> Iterator[Finding]:
    credential = party.credential
    if credential.certificate_type != LICENCE_TYPE:
        yield Finding(Result.INVALID, "licence.type", who)
    found = credential.fields.get(CODE)
    if not isinstance(found, str) or not isinstance(credential.fields.get(NAME), str):
        yield Finding(Result.INVALID, "licence.hidden", who)
    elif found != party.code:
        yield Finding(Result.INVALID, "licence.other", {**who, "found": found})


def _of_mandate(statement: Statement, party: Party, who: Mapping[str, str], at: int) -> Iterator[Finding]:
    mandate, place = party.mandate, statement.place
    if mandate is None:
        return
    if (mandate.genesis, mandate.book, mandate.tender) != (place.genesis, place.book, place.tender):
        yield Finding(Result.INVALID, "mandate.place", who)
    if mandate.company != party.code or mandate.binding != party.bound.digest:
        yield Finding(Result.INVALID, "mandate.company", who)
    if "bid" not in mandate.acts:
        yield Finding(Result.INVALID, "mandate.act", who)
    if not mandate.since <= at <= mandate.until:
        yield Finding(Result.INVALID, "mandate.time", who)
    if not mandate.is_by(party.bound.key):
        yield Finding(Result.INVALID, "mandate.signature", who)


def _of_now(
    party: Party, who: Mapping[str, str], evidence: Evidence, then: Verification, bound: BindingCheck, now: int
) -> Iterator[Finding]:
    licence = evidence.licence(party.licence, now, past=False)
    if licence.in_force is not then.in_force:
        yield Finding(Result.SKIPPED, "now.licence", {**who, "verdict": str(licence.verdict)})
    check = evidence.binding(party, then, evidence.trust.block.number)
    if check.result is not bound.result:
        yield Finding(Result.SKIPPED, "now.binding", {**who, "detail": _why(check, check.result)})


def _why(check: BindingCheck, result: Result) -> str:
    return next((step.detail() for step in check.steps if step.result is result), "")
