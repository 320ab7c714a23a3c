"""What a proposal of a next version begins with: the definition in force, as text to change."""

from __future__ import annotations

import json

from api.certificates.office import Office
from api.types.service import type_acts_of
from chain.catalogue import CertificateType
from chain.catalogue.registry import TYPES
from chain.kernel.canonical import read_canonical


def next_definition(office: Office, kind: CertificateType) -> str:
    """The definition of the newest version of a type with the number of the next one; indented JSON."""
    newest = office.catalogue.versions(kind.code)[-1]
    for act in type_acts_of(office, code=newest.code):
        if (act.action, act.version, act.state) == ("approve", newest.version, "active"):
            found = read_canonical(act.document, what="definition")
            break
    else:
        found = json.loads((TYPES / f"{newest.slug}.json").read_text(encoding="utf-8"))
    return json.dumps({**found, "version": newest.version + 1}, ensure_ascii=False, indent=1)


__all__ = ["next_definition"]
