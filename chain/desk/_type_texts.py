"""What a person reads before approving a certificate type, and which approved type a list names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.catalogue import Catalogue, CertificateType, Definition, check_proposal, read_type_document
from chain.kernel.encoding import unb64url
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused


def approved_type(catalogue: Catalogue, body: Mapping[str, Any]) -> CertificateType:
    """The type and version under which a list is to be released.

    Raises:
        Refused: nobody approved that version here, or it is retired.
    """
    lane, version = str(body["lane"]), body.get("version")
    if version is not None and type(version) is not int:
        raise InvalidInput("a version is a number", code="desk.form", field="version")
    try:
        kind = catalogue.find(lane, version)
    except NotFound as error:
        raise Refused(
            f"no version {version or 1} of a type {lane} was approved here",
            code="desk.type",
            field="lane",
            fix="yinxin type propose in the officer's home; after a change of the approver's home, yinxin type run",
        ) from error
    if kind.code != lane or not catalogue.is_active(kind):
        raise Refused(
            f"version {kind.version} of {kind.zh} is retired: nothing is issued under it",
            code="desk.type_retired",
            field="version",
        )
    return kind


def judged(catalogue: Catalogue, document: bytes) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Lines for people and plain data of a proposed document, after every rule has allowed it.

    Raises:
        Refused, Conflict: it may not be approved; the message says why.
    """
    try:
        found = read_type_document(document)
    except InvalidInput as error:
        raise Refused(f"{error.message} ({error.field})", code=error.code, field=error.field, fix=error.fix) from error
    if isinstance(found, Definition):
        kind = found.kind
        changes = check_proposal(catalogue, kind)
        what = ("新证照类型", "new type") if kind.version == 1 else ("证照类型新版本", "new version of a type")
        named = f"{kind.en} ({kind.slug}, {kind.code}), version {kind.version}"
        lines = (
            f"{what[0]}：{kind.zh} 第{kind.version}版 / {what[1]}: {named}",
            *(f"{one.zh} / {one.en}" for one in changes),
        )
        told_changes = [{"place": one.place, "zh": one.zh, "en": one.en} for one in changes]
        return lines, {"action": "approve", **_named(kind), "changes": told_changes}
    try:
        kind = catalogue.find(found.code, found.version)
    except NotFound as error:
        raise Refused(error.message, code="desk.type", field="type") from error
    if not catalogue.is_active(kind):
        raise Conflict(f"version {kind.version} of {kind.slug} is retired already", code="catalogue.retired")
    lines = (
        f"停用：{kind.zh} 第{kind.version}版 / retire version {kind.version} of {kind.en} ({kind.slug}, {kind.code})",
        f"此后不再按此版本颁发或延续 / nothing is issued or renewed under it: {found.reason}",
    )
    return lines, {"action": "retire", **_named(kind), "changes": []}


def _named(kind: CertificateType) -> dict[str, Any]:
    return {"type": kind.code, "slug": kind.slug, "version": kind.version}


def told(catalogue: Catalogue, body: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """As :func:`judged`, for a request's body: who asks is said, too."""
    lines, data = judged(catalogue, unb64url(body["document"]))
    operator, reason = str(body["operator"]), str(body.get("reason", ""))
    asked = f"由 {operator} 提出 / asked for by {operator}" + (f": {reason}" if reason else "")
    return (lines[0], asked, *lines[1:]), {**data, "operator": operator, "reason": reason}
