"""Rows that a program sends, judged by the very rules of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chain.catalogue.lists.columns import judge_columns, plan_of
from chain.catalogue.lists.heading import find_heading
from chain.catalogue.lists.model import Findings, Limits, ListReport, Stock
from chain.catalogue.lists.table import Table
from chain.catalogue.model import CertificateType
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput


def read_rows(
    rows: Sequence[Mapping[str, str]],
    kind: CertificateType,
    *,
    name: str,
    limits: Limits | None = None,
    stock: Stock | None = None,
) -> ListReport:
    """Read rows of field names (or column headings) and texts. Nothing is issued; every row is judged.

    Args:
        rows: one mapping a certificate; row 1 is the first.
        kind: certificate type of all rows.
        name: what to call the list.
        limits: bounds, if others than the default.
        stock: the rows are of existing certificates, and their identifiers are read.

    Raises:
        InvalidInput: no rows, too many of them, or none of the names is one of the type's.
    """
    limits = limits or Limits()
    if not rows:
        raise InvalidInput("there are no rows", code="list.empty", field="rows", fix="send at least one row")
    names = list(dict.fromkeys(key for row in rows for key in row))
    heading = find_heading(kind, [(0, names)])
    if heading is None or len(names) > limits.columns:
        raise InvalidInput(
            f"the members of the rows are not those of {kind.zh} ({kind.en})",
            code="list.heading",
            field="rows",
            fix="use these names: " + ", ".join(one.name for one in kind.list_fields),
        )
    findings = Findings(limits.findings)
    judge_columns(kind, heading, findings, stock)
    table = Table(kind, plan_of(kind, heading, stock), findings, limits)
    for number, row in enumerate(rows, 1):
        table.take(number, [row.get(key, "") for key in names])
    table.finish()
    return ListReport(
        type_code=kind.code,
        filename=name,
        form="json",
        encoding="utf-8",
        delimiter="",
        heading_row=0,
        columns=heading.columns,
        row_count=table.count,
        rows=table.rows,
        findings=tuple(sorted(findings.kept, key=lambda one: one.row)),
        findings_left_out=findings.left_out,
        file_digest=sha256(repr([sorted(row.items()) for row in rows]).encode()),
    )
