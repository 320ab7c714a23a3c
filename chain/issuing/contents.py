"""From an approved row to the contents of its credential and its stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from chain.catalogue import CertificateType, check_answers
from chain.credentials.credential import CredentialContent, ParsedCredential
from chain.credentials.stamp import StampContent
from chain.identifiers import mask_name, mint
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput
from chain.merkle import Tree, leaf_hash

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a status list, given out once and never again.

    Attributes:
        list: name of the list.
        index: 0-based entry.
    """

    list: str
    index: int


@dataclass(frozen=True, slots=True)
class Draft:
    """One certificate as the second person releases it; everything but its slot and its signatures.

    Attributes:
        identifier: GB/T 36904 text.
        number: certificate number, as the bureau writes it.
        version: three digits.
        not_before: seconds.
        expires: first second at which it no longer holds, or None.
        fields: all disclosable fields, canonical values.
        predecessor: identifier of the certificate this one follows, or None.
    """

    identifier: str
    number: str
    version: str
    not_before: int
    expires: int | None
    fields: Mapping[str, Any]
    predecessor: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The draft as plain data, in the form that is digested."""
        return {
            "identifier": self.identifier,
            "number": self.number,
            "version": self.version,
            "notBefore": self.not_before,
            "expires": self.expires,
            "fields": dict(self.fields),
            "predecessor": self.predecessor,
        }

    def to_bytes(self, fields: bytes | None = None) -> bytes:
        """Canonical JSON of :meth:`as_dict`: what is digested.

        Args:
            fields: canonical JSON of :attr:`fields`, where it is known already.

        Raises:
            InvalidInput: a value has no canonical form.
        """
        return draft_bytes(
            self.identifier,
            self.number,
            self.version,
            self.not_before,
            self.expires,
            canonical(dict(self.fields)) if fields is None else fields,
            self.predecessor,
        )

    @classmethod
    def of_credential(cls, credential: ParsedCredential, number_field: str, predecessor: str | None) -> Draft:
        """The draft that a credential with all its disclosures was made from.

        Args:
            credential: its identifier must be disclosed.
            number_field: name of the field that numbers certificates of its type.
            predecessor: known from elsewhere; a credential does not name it.
        """
        assert credential.identifier is not None
        return cls(
            credential.identifier,
            str(credential.fields[number_field]),
            credential.identifier.rsplit(".", 2)[1],  # a credential's identifier has the shape of one
            credential.not_before,
            credential.expires,
            credential.fields,
            predecessor,
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Draft:
        """Inverse of :meth:`as_dict`. Raises InvalidInput."""
        try:
            draft = cls(
                data["identifier"],
                data["number"],
                data["version"],
                data["notBefore"],
                data["expires"],
                data["fields"],
                data["predecessor"],
            )
        except (KeyError, TypeError) as error:
            raise InvalidInput(f"draft lacks {error}", code="issuing.draft", field="draft") from error
        texts = (
            draft.identifier,
            draft.number,
            draft.version,
            *(() if draft.predecessor is None else (draft.predecessor,)),
        )
        times = (draft.not_before, *(() if draft.expires is None else (draft.expires,)))
        if (
            any(type(text) is not str for text in texts)
            or any(type(time) is not int for time in times)
            or not isinstance(draft.fields, Mapping)
        ):
            raise InvalidInput("draft: a member of another kind", code="issuing.draft", field="draft")
        return draft


def draft_bytes(
    identifier: str,
    number: str,
    version: str,
    not_before: int,
    expires: int | None,
    fields: bytes,
    predecessor: str | None,
) -> bytes:
    """Canonical JSON of a draft from its parts, ``fields`` being canonical JSON already. Raises InvalidInput."""
    frame = [expires, identifier, not_before, number, predecessor, version]
    canonical(frame)  # judges each of them; a JSON text holds no line feed
    parts = _encoder.encode_lines(frame).split(b"\n")
    return b'{"expires":%b,"fields":%b,"identifier":%b,"notBefore":%b,"number":%b,"predecessor":%b,"version":%b}' % (
        parts[0], fields, *parts[1:6],
    )  # fmt: skip


def draft_of(
    fields: Mapping[str, Any],
    certificate_type: CertificateType,
    bureau: str,
    *,
    serial: str,
    version: str = "001",
    predecessor: str | None = None,
    identifier: str | None = None,
) -> Draft:
    """The draft of one validated row.

    Args:
        fields: canonical values of all fields and answers, as :meth:`CertificateType.complete` gives them.
        certificate_type: the type, whose rules the row has passed.
        bureau: USCC of the issuing bureau.
        serial: serial of the identifier, 7 to 32 digits and capitals.
        version: ``001`` for a first issue; one more than the predecessor's otherwise.
        predecessor: identifier of the certificate that this one follows.
        identifier: of a certificate that exists already, with that version; one is minted if not given.

    Raises:
        InvalidInput: a derived answer contradicts its field; ``field`` names the answer.
    """
    for name, wrong in check_answers(certificate_type, fields):
        raise InvalidInput(
            f"{name}: {wrong.message}", code=wrong.rule, field=name, fix="compute the answers from the row again"
        )
    validity = certificate_type.validity(fields)
    return Draft(
        identifier=identifier or str(mint(certificate_type.code, bureau, serial, version)),
        number=str(fields[certificate_type.number_field]),
        version=version,
        not_before=validity.not_before,
        expires=validity.expires,
        fields=fields,
        predecessor=predecessor,
    )


def rows_digest(drafts: Sequence[Draft]) -> bytes:
    """What a release names: RFC 9162 root over the canonical JSON of the drafts, in order. 32 bytes."""
    return Tree([leaf_hash(draft.to_bytes()) for draft in drafts]).root


def credential_content(draft: Draft, certificate_type: CertificateType, bureau: str, slot: Slot) -> CredentialContent:
    """What the credential says."""
    return CredentialContent(
        bureau=bureau,
        certificate_type=certificate_type.code,
        identifier=draft.identifier,
        not_before=draft.not_before,
        expires=draft.expires,
        status_list=slot.list,
        status_index=slot.index,
        fields=draft.fields,
    )


def stamp_content(
    draft: Draft, certificate_type: CertificateType, bureau: str, slot: Slot, credential_digest: bytes
) -> StampContent:
    """What the printed stamp says; face fields are labelled by their place in the type, from 1."""
    kind: Literal["person", "organisation"] = certificate_type.holder
    return StampContent(
        bureau=bureau,
        identifier=draft.identifier,
        holder_name=mask_name(str(draft.fields[certificate_type.holder_name_field]), kind),
        not_before=draft.not_before,
        expires=draft.expires,
        status_list=slot.list,
        status_index=slot.index,
        face=tuple([(certificate_type.number_of(name), value) for name, value in certificate_type.face(draft.fields)]),
        credential_digest=credential_digest,
    )
