"""What the papers of this room have in common: money, reasons, exact numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chain.kernel import strict
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.members import Members, read_decimal

PLACE = {"genesis", "book", "tender", "lot"}
CODE = "evaluation.paper"


def money_dict(money: Money) -> dict[str, str]:
    """As it stands in a paper."""
    return {"amount": f"{money.amount:f}", "currency": money.currency}


def read_money(value: Any, field: str) -> Money:
    """An amount with two places and a currency. Raises InvalidInput."""
    findings = Findings()
    found = Members({"money": value}, "", ("money",), findings).money("money")
    if findings.errors:
        raise InvalidInput(f"{field}: amount (two places, as text) and currency", code=CODE, field=field)
    return found


def decimal(value: Any, field: str) -> Decimal:
    """An exact decimal, as text. Raises InvalidInput."""
    found = read_decimal(value)
    if found is None:
        raise InvalidInput(f"{field}: an exact decimal as text, such as 12.5", code=CODE, field=field)
    return found


def optional_text(value: Any, field: str, most: int = 4_000) -> str:
    """A text that may be empty. Raises InvalidInput."""
    return "" if value == "" else strict.text(value, field, CODE, most)


def optional_digest(value: Any, field: str) -> bytes | None:
    """A SHA-256, 0x, or null. Raises InvalidInput."""
    return None if value is None else strict.hexed(value, 32, field)


def reason(value: Any, case: Any) -> tuple[str | None, int | None]:
    """Why something is made anew, and which case caused it; both None for what is made for the first time."""
    if value is None:
        if case is not None:
            raise InvalidInput("case: only with a reason", code=CODE, field="case")
        return None, None
    return strict.text(value, "reason", CODE), None if case is None else strict.number(case, "case", CODE)
