"""Step 2, integrity: what was shown is exactly what somebody signed, and its parts tell one story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chain.catalogue import CertificateType, check_answers
from chain.credentials.bundle import EvidenceBundle
from chain.credentials.credential import ParsedCredential
from chain.credentials.stamp import ParsedStamp
from chain.credentials.verification.evidence import Answer
from chain.credentials.verification.verdicts import Step, Verdict, invalid, skipped, unchecked, valid
from chain.kernel.errors import YinxinError
from chain.kernel.ports import KeyFacts

_NAME = "integrity"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature to check.

    Attributes:
        key: thumbprint it names, or the first 8 bytes.
        holds: True if it is by the given public key (33 bytes).
    """

    key: bytes
    holds: Callable[[bytes], bool]


def check_integrity(
    credential: ParsedCredential | None,
    stamp: ParsedStamp | None,
    bundle: EvidenceBundle | None,
    key: Answer[KeyFacts],
    signatures: list[Signature],
    kind: CertificateType | None,
) -> Step:
    """Judge integrity. ``kind`` is the certificate's type, if the verifier knows it: face fields and answers are held
    to it.

    2.1 the inner relations of a bundle: leaf parts are the digests of this JWT and this stamp; the stamp names
        this credential; both name the same bureau, key, identifier, type, validity and status entry; face
        values are those of the credential's fields, as far as it discloses them (the beginning, if cut by …); a
        number on the face is the field's place in its type; a derived answer agrees with its field where both
        are disclosed;
    2.2 each signature is by the key it names, as the registry holds that key. Disclosures were matched with
        the signed digests when the credential was read.
    """
    if credential is not None:  # 2.1
        wrong = check_answers(kind, credential.fields) if kind is not None else []
        if wrong:
            return invalid(_NAME, "integrity.parts", Verdict.FORGED, part=f"answer {wrong[0][0]}")
    if credential is not None and stamp is not None:
        fault = _contradiction(credential, stamp, bundle, kind)
        if fault is not None:
            return invalid(_NAME, "integrity.parts", Verdict.FORGED, part=fault)
    if key.fault is not None:  # 2.2
        return unchecked(_NAME, "integrity.no_key", fault=key.fault)
    if key.value is None:
        return skipped(_NAME, "integrity.unknown_key")
    facts = key.value
    for signature in signatures:
        if len(signature.key) not in (8, 32) or not facts.thumbprint.startswith(signature.key):
            return invalid(_NAME, "integrity.other_key", Verdict.FORGED)
        try:
            genuine = signature.holds(facts.public_key)
        except YinxinError as error:
            return unchecked(_NAME, "integrity.no_key", fault=error.message[:200])
        if not genuine:
            return invalid(_NAME, "integrity.signature", Verdict.FORGED)
    return valid(_NAME, "integrity.valid")


def _contradiction(
    credential: ParsedCredential, stamp: ParsedStamp, bundle: EvidenceBundle | None, kind: CertificateType | None
) -> str | None:
    """Name of the part in which credential, stamp and leaf differ, or None."""
    content = stamp.content
    pairs: list[tuple[str, object, object]] = [
        ("credential digest", content.credential_digest, credential.jwt_digest),
        ("bureau", content.bureau, credential.bureau),
        ("type", content.certificate_type, credential.certificate_type),
        ("start of validity", content.not_before, credential.not_before),
        ("end of validity", content.expires, credential.expires),
        ("status list", content.status_list, credential.status_list),
        ("status entry", content.status_index, credential.status_index),
        ("key", stamp.key_prefix, credential.key_thumbprint[: len(stamp.key_prefix)]),
    ]
    if bundle is not None:
        pairs.append(("leaf: jwt", bundle.place.parts.jwt, credential.jwt_digest))
        pairs.append(("leaf: stamp", bundle.place.parts.stamp, stamp.digest))
    if credential.identifier is not None:
        pairs.append(("identifier", content.identifier, credential.identifier))
    odd = next((name for name, left, right in pairs if left != right), None)
    if odd is not None:
        return odd
    fields = credential.fields
    for label, value in content.face:
        name = label if isinstance(label, str) else None if kind is None else kind.name_at(label)
        if name is not None and name in fields and not _says(str(value), str(fields[name])):
            return f"face field {label}"
    return None


def _says(face: str, field: str) -> bool:
    """A face value is the field's, or its beginning with … for the rest."""
    return face == field or (face.endswith("…") and len(face) > 1 and field.startswith(face[:-1]))
