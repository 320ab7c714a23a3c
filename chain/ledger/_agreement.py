"""Comparing what several endpoints say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chain.kernel.errors import Unavailable, YinxinError
from chain.ledger._transport import Reverted

_LOG_KEYS = ("address", "data", "blockNumber", "blockHash", "transactionHash", "transactionIndex", "logIndex")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one endpoint said.

    Attributes:
        endpoint: its address.
        result: a list of results (an error in its place), or why there is none.
    """

    endpoint: str
    result: list[Any] | Unavailable

    def map(self, change: Callable[[Any], Any]) -> Answer:
        """The same with every good result put into another form."""
        if isinstance(self.result, Unavailable):
            return self
        return Answer(self.endpoint, [item if isinstance(item, YinxinError) else change(item) for item in self.result])


def agreed(answers: Sequence[Answer], quorum: int, what: str, index: int = 0) -> tuple[Any, tuple[str, ...]]:
    """The one result that at least ``quorum`` endpoints gave, and who gave it.

    A revert is a result like any other; other errors count as no answer, unless nobody gave a better one.

    Raises:
        Unavailable: too few answered, or more than one result has a quorum, or none has.
    """
    groups: dict[bytes, tuple[Any, list[str]]] = {}
    silent: list[str] = []
    failure: YinxinError | None = None
    for answer in answers:
        if isinstance(answer.result, Unavailable):
            silent.append(answer.result.message)
            continue
        result = answer.result[index]
        if isinstance(result, Reverted):
            key = b"reverted" + result.data
        elif isinstance(result, YinxinError):
            failure = failure or result
            silent.append(f"{answer.endpoint}: {result.message}")
            continue
        else:
            key = msgspec.json.encode(result, order="deterministic")
        groups.setdefault(key, (result, []))[1].append(answer.endpoint)
    enough = [group for group in groups.values() if len(group[1]) >= quorum]
    if len(enough) == 1:
        return enough[0][0], tuple(enough[0][1])
    if len(groups) > 1:
        names = " / ".join(", ".join(who) for _, who in groups.values())
        raise Unavailable(
            f"endpoints disagree on {what}: {names}",
            code="rpc.disagree",
            fix="one of them lies or follows another chain; remove it from ledger.endpoints",
        )
    if failure is not None and len(silent) == len(answers):
        return failure, ()
    count = sum(len(who) for _, who in groups.values())
    raise Unavailable(
        f"{count} of {len(answers)} endpoints answered {what}, {quorum} are needed: {'; '.join(silent)}",
        code="rpc.quorum",
    )


def canonical_logs(logs: Any) -> list[dict[str, Any]]:
    """Logs with the keys every client has, in lower case and in the order of the chain.

    Raises:
        Unavailable: not a list of logs.
    """
    try:
        out: list[dict[str, Any]] = []
        for log in logs:
            found: dict[str, Any] = {key: str(log[key]).lower() for key in _LOG_KEYS}
            out.append(found | {"topics": [str(topic).lower() for topic in log["topics"]]})
        out.sort(key=lambda log: (int(log["blockNumber"], 16), int(log["logIndex"], 16)))
    except (KeyError, TypeError, ValueError) as error:
        raise Unavailable(f"an endpoint sent logs without usable form ({error})", code="rpc.form") from error
    return out
