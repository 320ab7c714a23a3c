"""Certificate types: their fields, labels, rules and schemas, and the lists from which they are issued.

A type is data: a file in chain/catalogue/types, or a definition that a bureau proposed and a second person approved.

    >>> licence = get_type("business-licence")
    >>> licence.zh, len(licence.fields), licence.code
    ('营业执照', 15, '11100000MB0143028R001')

* :class:`Catalogue`: what a home knows, shipped types and its own, each in every version. Where a home is known, ask
  its catalogue; :func:`get_type`, :func:`all_types`, :func:`load_type` know the shipped ones only.
* :func:`read_definition`, :class:`Definition`, :class:`Retirement`, :func:`check_proposal`: types by proposal.
* :class:`CertificateType`, :class:`Field`: what a type says; ``complete``, ``validity``, ``serial_of``, ``face``.
* :class:`DerivedAnswer`: what a holder may show in place of a value; ``answers`` computes them,
  :func:`check_answers` finds those that their field contradicts.
* :func:`schema_of`: JSON Schema of a version, for certificates and for rows of an API.
* :func:`check_fields`: judge a whole certificate's values against its type.
* :mod:`chain.catalogue.lists`: read CSV and xlsx lists, every row validated first.
"""

from chain.catalogue.answers import check_answers
from chain.catalogue.catalogue import SHIPPED, Catalogue
from chain.catalogue.changes import Change, changes_between, check_proposal
from chain.catalogue.dates import OPEN_ENDED
from chain.catalogue.definition import Definition, Retirement, read_definition, read_type_document
from chain.catalogue.model import CertificateType, DerivedAnswer, Field, OrderRule, Validity
from chain.catalogue.problems import Problem
from chain.catalogue.registry import TEST_RANGE, all_types, get_type, load_type, load_types
from chain.catalogue.rules import check_fields
from chain.catalogue.schema import schema_of

__all__ = [
    "OPEN_ENDED",
    "SHIPPED",
    "TEST_RANGE",
    "Catalogue",
    "CertificateType",
    "Change",
    "Definition",
    "DerivedAnswer",
    "Field",
    "OrderRule",
    "Problem",
    "Retirement",
    "Validity",
    "all_types",
    "changes_between",
    "check_answers",
    "check_fields",
    "check_proposal",
    "get_type",
    "load_type",
    "load_types",
    "read_definition",
    "read_type_document",
    "schema_of",
]
