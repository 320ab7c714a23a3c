"""Codes and names of the field: what they look like, whether they are right, and how to write them.

* :class:`Identifier` and :func:`check_report`: electronic certificate identifiers, GB/T 36904-2018.
* :mod:`chain.identifiers.uscc`: unified social credit codes, GB 32100-2015.
* :mod:`chain.identifiers.citizen`: citizen numbers, GB 11643-1999.
* :mod:`chain.identifiers.holder_codes`: all kinds of holder code, with passports and travel permits.
* :func:`check_name`, :func:`mask_name`, :func:`mask_code`: names, and their masked form for stamps.

Everything here is pure: text in, verdict out. A check answers with :class:`PartFinding` objects; ``parse``, ``mint``
and ``require`` raise :class:`chain.kernel.errors.InvalidInput` with ``field`` naming the part at fault.

    >>> str(mint("11100000MB0143028R001", "11440100000000001F", "4401002026000001"))
    '1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7'
    >>> mask_name("欧阳示例")
    '欧阳**'
"""

from chain.identifiers import citizen, holder_codes, uscc
from chain.identifiers.certificate_identifier import ROOT, Identifier, check_report, mint, parse
from chain.identifiers.findings import PartFinding, first_error, passes
from chain.identifiers.names import NameReport, check_name, mask_code, mask_name, require_name

__all__ = [
    "ROOT",
    "Identifier",
    "NameReport",
    "PartFinding",
    "check_name",
    "check_report",
    "citizen",
    "first_error",
    "holder_codes",
    "mask_code",
    "mask_name",
    "mint",
    "parse",
    "passes",
    "require_name",
    "uscc",
]
