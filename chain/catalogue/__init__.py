"""Certificate types: their fields, labels, rules and schemas, and the lists from which they are issued.

A type is one data file in chain/catalogue/types; adding a type means adding a file.

    >>> licence = get_type("business-licence")
    >>> licence.zh, len(licence.fields), licence.code
    ('营业执照', 15, '11100000MB0143028R001')

* :func:`get_type`, :func:`all_types`, :func:`load_type`: find or load types.
* :class:`CertificateType`, :class:`Field`: what a type says; ``complete``, ``validity``, ``serial_of``, ``face``.
* :class:`DerivedAnswer`: what a holder may show in place of a value; ``answers`` computes them,
  :func:`check_answers` finds those that their field contradicts.
* :func:`check_fields`: judge a whole certificate's values against its type.
* :mod:`chain.catalogue.lists`: read CSV and xlsx lists, every row validated first.
"""

from chain.catalogue.answers import check_answers
from chain.catalogue.dates import OPEN_ENDED
from chain.catalogue.model import CertificateType, DerivedAnswer, Field, OrderRule, Validity
from chain.catalogue.problems import Problem
from chain.catalogue.registry import TEST_RANGE, all_types, get_type, load_type, load_types
from chain.catalogue.rules import check_fields

__all__ = [
    "OPEN_ENDED",
    "TEST_RANGE",
    "CertificateType",
    "DerivedAnswer",
    "Field",
    "OrderRule",
    "Problem",
    "Validity",
    "all_types",
    "check_answers",
    "check_fields",
    "get_type",
    "load_type",
    "load_types",
]
