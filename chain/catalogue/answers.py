"""Derived answers: what a holder may show in place of a value, such as "grade 2 or above" without the grade.

A type declares them as data. Each is a yes or no computed from one field when a certificate is issued, and becomes a
disclosure of its own. Rules look at nothing but that field: not at the day, so that an answer never goes stale.

=============== ======================= =======================================================================
rule            for fields of kind      yes if
=============== ======================= =======================================================================
``at-least:a``  enum with ``ranks``     the value ranks no lower than a; a value without a rank: no
``one-of:a|b``  enum, text, code        the value is a or b
``contains:a``  items                   one of the items is a, remarks in brackets aside; ``a|b``: either of them
=============== ======================= =======================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chain.catalogue.items import granted
from chain.catalogue.problems import Problem
from chain.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from chain.catalogue.model import CertificateType, Field

Rule = Callable[[str], bool]
"""Takes the canonical value of the field; gives the answer."""


def compiled(rule: str, field: Field) -> Rule:
    """The function that a rule such as ``at-least:二级`` means for ``field``.

    Raises:
        InvalidInput: an unknown rule, or one that this field cannot answer.
    """
    name, _, argument = rule.partition(":")
    wanted = frozenset(argument.split("|"))
    if name == "at-least" and argument in field.ranks:
        high_enough = frozenset(field.ranks[: field.ranks.index(argument) + 1])
        return lambda value: value in high_enough
    if name == "one-of" and "" not in wanted and field.kind in ("enum", "text", "code"):
        if field.kind != "enum" or wanted <= set(field.values):
            return lambda value: value in wanted
    elif name == "contains" and field.kind == "items" and wanted <= set(field.values):
        return lambda value: not wanted.isdisjoint(granted(value))
    raise InvalidInput(
        f"{field.name} cannot answer the rule {rule!r}",
        code="catalogue.answer",
        field="derived",
        fix="at-least:<rank> for ranks, one-of:<value>|<value>, or contains:<item>, with values of that field",
    )


def check_answers(kind: CertificateType, fields: Mapping[str, object]) -> list[tuple[str, Problem]]:
    """Problems of the answers among ``fields``, each with the answer's name.

    An answer that is absent is no problem. One whose field is absent cannot be judged and is none either: a holder may
    show the answer alone.
    """
    if not kind.derived:
        return []
    found = []
    for answer in kind.derived:
        given, base = fields.get(answer.name), fields.get(answer.field)
        if given is None and answer.name not in fields:
            continue
        if not isinstance(given, bool):
            found.append((answer.name, Problem("answer.form", "should be true or false", "应为 true 或 false")))
        elif isinstance(base, str) and kind.answers({answer.field: base})[answer.name] != given:
            found.append(
                (
                    answer.name,
                    Problem(
                        "answer.contradiction",
                        f"says {str(given).lower()}, which {answer.field} contradicts",
                        f"与“{kind.field(answer.field).zh}”矛盾",
                    ),
                )
            )
    return found
