"""Lists from which certificates are issued: CSV (UTF-8, GB18030) and xlsx, every row validated first.

:func:`read_list` gives a :class:`ListReport`: the rows that may be issued, and findings that name row, column, value,
rule and fix. :func:`write_report` writes it for a clerk. Issue only if ``report.ok``.
"""

from chain.catalogue.lists.model import Column, Finding, Limits, ListReport, Row, Stock
from chain.catalogue.lists.read import read_list
from chain.catalogue.lists.report import write_report
from chain.catalogue.lists.rows import read_rows

__all__ = ["Column", "Finding", "Limits", "ListReport", "Row", "Stock", "read_list", "read_rows", "write_report"]
