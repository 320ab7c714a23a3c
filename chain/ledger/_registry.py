"""BureauRegistry's answers at one block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged
from chain.kernel.ports import BlockRef, BureauFacts, KeyFacts, Period
from chain.ledger._abi import call_data, results, reverted_with
from chain.ledger.events import bureau_of, text_of
from chain.ledger.rpc import Reverted, RpcClient

PURPOSES = ("credential", "seal", "anchor")
"""Names of the contract's enumeration ``Purpose``, in its order."""
_PERIODS = "((uint64,uint64)[])"
_NO_BUREAU = bytes(18)


class RegistryReader:
    """Reads one BureauRegistry at one block; remembers nothing."""

    def __init__(self, rpc: RpcClient, address: bytes, block: BlockRef) -> None:
        self._rpc = rpc
        self._to = hex0x(address)
        self._block = block

    def bureau(self, uscc: str) -> BureauFacts | None:
        """Facts of a bureau, or None."""
        code = _code(uscc)
        if code is None:
            return None
        try:
            view, spans, lanes = self._read(
                ("bureau(bytes18)", code), ("suspensions(bytes18)", code), ("lanes(bytes18)", code)
            )
        except Reverted as error:
            if reverted_with(error.data, "UnknownBureau"):
                return None
            raise
        ((name, metadata, registered, _suspended, successor),) = results("((string,bytes32,uint64,bool,bytes18))", view)
        (words,) = results("(bytes32[])", lanes)
        answers = self._read(*(("accreditations(bytes18,bytes32)", code, lane) for lane in words))
        return BureauFacts(
            uscc, name, metadata, registered, _periods(spans),
            {text_of(lane, "lane"): _periods(answer) for lane, answer in zip(words, answers, strict=True)},
            None if successor == _NO_BUREAU else bureau_of(successor),
        )  # fmt: skip

    def bureaus(self) -> tuple[str, ...]:
        """Every bureau."""
        (codes,) = results("(bytes18[])", self._read(("bureaus()",))[0])
        return tuple(bureau_of(code) for code in codes)

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """Facts of a key by its thumbprint or by the first 8 bytes of it, or None."""
        code = _code(uscc)
        if code is None:
            return None
        if len(thumbprint) == 8:
            (whole,) = results("(bytes32)", self._read(("thumbprintOf(bytes18,bytes8)", code, thumbprint))[0])
            if not any(whole):
                return None
            if whole[:8] != thumbprint:
                raise Damaged("the registry named a key with another prefix", code="ledger.answer")
            thumbprint = whole
        try:
            (answer,) = self._read(("key(bytes18,bytes32)", code, thumbprint))
        except Reverted as error:
            if reverted_with(error.data, "UnknownKey") or reverted_with(error.data, "UnknownBureau"):
                return None
            raise
        return _key(thumbprint, answer)

    def keys(self, uscc: str) -> tuple[KeyFacts, ...]:
        """Every key of a bureau."""
        code = _code(uscc)
        if code is None:
            return ()
        (thumbprints,) = results("(bytes32[])", self._read(("keyThumbprints(bytes18)", code))[0])
        answers = self._read(*(("key(bytes18,bytes32)", code, thumbprint) for thumbprint in thumbprints))
        return tuple(_key(thumbprint, answer) for thumbprint, answer in zip(thumbprints, answers, strict=True))

    def _read(self, *calls: Sequence[Any]) -> list[Any]:
        if not calls:
            return []
        sent = [("eth_call", [{"to": self._to, "data": hex0x(call_data(call[0], *call[1:]))}]) for call in calls]
        return self._rpc.read_at(self._block, sent)


def _code(uscc: str) -> bytes | None:
    return uscc.encode("ascii") if len(uscc) == 18 and uscc.isascii() else None


def _periods(answer: str) -> tuple[Period, ...]:
    (pairs,) = results(_PERIODS, answer)
    return tuple(Period(since, until or None) for since, until in pairs)


def _key(thumbprint: bytes, answer: str) -> KeyFacts:
    ((purpose, since, until, compromised, public),) = results("((uint8,uint64,uint64,uint64,bytes))", answer)
    if purpose >= len(PURPOSES):
        raise Damaged(f"unknown purpose {purpose} of a key", code="ledger.answer")
    return KeyFacts(thumbprint, PURPOSES[purpose], public, Period(since, until or None), compromised or None)
