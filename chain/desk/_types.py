"""The signer's side of certificate types: it issues under definitions a person approved here, and under no other.

A definition counts once its anchor in the lane ``$types`` is on the ledger; a person's approval alone changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chain.catalogue import SHIPPED, Catalogue, CertificateType, Definition, Retirement, read_type_document
from chain.credentials.leaf import type_leaf
from chain.desk._type_texts import approved_type, judged
from chain.desk.lanes import TYPES_LANE
from chain.desk.state import SignerState
from chain.documents.manifest import build_manifest
from chain.issuing.contents import Draft
from chain.kernel.encoding import sha256, unb64url
from chain.kernel.errors import Conflict, Refused
from chain.kernel.ports import TrustSource
from chain.ledger.typed import anchor_thumbprint

Sequenced = Callable[[TrustSource, str, int, bytes], None]
"""Refuses a sequence that is not the next one, or a second one for what was signed already."""


class TypeDesk:
    """Certificate types as one signer knows them.

    Args:
        state: what the signer remembers.
        bureau: USCC.
        check_sequence: the signer's rule for places in a lane.
    """

    def __init__(self, state: SignerState, bureau: str, check_sequence: Sequenced) -> None:
        self._state = state
        self._bureau = bureau
        self._check_sequence = check_sequence
        self._read: dict[bytes, Definition | Retirement] = {}

    # ------------------------------------------------------------------ what counts

    def catalogue(self, ledger: Callable[[], TrustSource]) -> Catalogue:
        """Shipped types and those approved here whose anchor stands. The ledger is asked only where there are some."""
        documents = self._state.types.documents()
        if not documents:
            return SHIPPED
        view = ledger()
        standing = [self._parsed(digest, document) for digest, document in documents if self._stands(view, digest)]
        return Catalogue(
            (one.kind for one in standing if isinstance(one, Definition)),
            retired=((one.code, one.version) for one in standing if isinstance(one, Retirement)),
        )

    def _stands(self, ledger: TrustSource, digest: bytes) -> bool:
        for sequence, root in self._state.roots_of(digest):
            held = ledger.anchor(self._bureau, TYPES_LANE, sequence)
            if held is not None and held.root == root:
                return True
        return False

    def _parsed(self, digest: bytes, document: bytes) -> Definition | Retirement:
        if digest not in self._read:
            self._read[digest] = read_type_document(document)
        return self._read[digest]

    # ------------------------------------------------------------------ lists

    def release(
        self, ledger: Callable[[], TrustSource], body: Mapping[str, Any], drafts: Sequence[Draft], first: int = 0
    ) -> tuple[int, bytes | None]:
        """Under which definition a list is released: version, and digest unless it ships with the toolkit.

        Args:
            ledger: answers a fresh view of the ledger.
            body: of the request.
            drafts: drafts of the list to be held to the definition, ``first`` the place of the first one.
            first: 0-based.

        Raises:
            Refused: that version was not approved here or is retired, or a draft is not made by it.
        """
        kind = approved_type(self.catalogue(ledger), body)
        names = {one.name for one in kind.fields} | {one.name for one in kind.derived}
        needed = {one.name for one in kind.fields if one.required}
        for position, draft in enumerate(drafts, first + 1):
            odd = (draft.fields.keys() - names) | (needed - draft.fields.keys())
            if odd:
                raise Refused(
                    f"draft {position} is not made by version {kind.version} of {kind.slug}: {', '.join(sorted(odd))}",
                    code="desk.type_fields",
                    field="drafts",
                )
        own = next(
            (digest for digest, one in self._read.items() if isinstance(one, Definition) and one.kind is kind), None
        )
        return kind.version, own

    def of_release(self, digest: bytes, lane: str) -> CertificateType:
        """The definition a released list was released under."""
        noted = self._state.types.of_release(digest)
        if noted is None or noted[1] is None:
            return SHIPPED.find(lane, None if noted is None else noted[0])
        found = self._parsed(noted[1], self._state.types.document(noted[1]))
        assert isinstance(found, Definition)
        return found.kind

    # ------------------------------------------------------------------ decisions

    def needs_person(self, ledger: Callable[[], TrustSource], body: Mapping[str, Any]) -> bool:
        """False if a person approved this very document before, or it is anchored already."""
        digest = sha256(unb64url(body["document"]))
        return not self._approved(digest) and not self._anchored(ledger(), int(body["sequence"]), digest)

    def decide(
        self, ledger: TrustSource, body: Mapping[str, Any], *, approved: bool, at: int
    ) -> tuple[str, int, bytes, int, bytes] | None:
        """What to sign for a document: lane, sequence, root, size, manifest digest. None if nothing is to be signed,
        because it stands on the ledger and the signer has only learnt it.

        Raises:
            Refused: nobody approved it, or the rules forbid it.
            Conflict: its version or its place is taken.
        """
        document, sequence = unb64url(body["document"]), int(body["sequence"])
        digest = sha256(document)
        root = type_leaf(digest)
        if self._anchored(ledger, sequence, digest):
            # Another approver of this bureau signed it: the contract took that key for it, so it is approved.
            self._check_first(ledger, digest, self._parsed(digest, document))
            with self._state.transaction():
                self._state.types.put(digest, document)
                self._state.put_root(self._bureau, TYPES_LANE, sequence, root, digest)
            return None
        judged(self.catalogue(lambda: ledger), document)
        if approved:
            with self._state.transaction():
                self._state.release(digest, self._bureau, TYPES_LANE, [], at)
                self._state.types.put(digest, document)
        elif not self._approved(digest):
            raise Refused("a certificate type needs a person's approval", code="desk.approval", field="type")
        self._check_sequence(ledger, TYPES_LANE, sequence, digest)
        manifest = build_manifest(bureau=self._bureau, lane=TYPES_LANE, root=root, leaves=[digest])
        with self._state.transaction():
            if not self._approved(digest):
                raise Refused("this proposal was recalled", code="desk.recalled", field="type", fix="propose it again")
            self._state.put_root(self._bureau, TYPES_LANE, sequence, root, digest)
        return TYPES_LANE, sequence, root, 1, manifest.digest

    def _check_first(self, ledger: TrustSource, digest: bytes, found: Definition | Retirement) -> None:
        """A version has one definition: the one this signer knows to be in force is not replaced by what it learns."""
        for known, document in self._state.types.documents():
            other = self._parsed(known, document)
            if known == digest or not isinstance(found, Definition) or not isinstance(other, Definition):
                continue
            same = (other.kind.code, other.kind.version) == (found.kind.code, found.kind.version)
            if same and self._stands(ledger, known):
                raise Conflict(
                    f"another definition of version {found.kind.version} of {found.kind.slug} is in force here",
                    code="desk.type_taken",
                    field="type",
                )

    def _approved(self, digest: bytes) -> bool:
        released = self._state.released(digest)
        return released is not None and released[:2] == (self._bureau, TYPES_LANE) and not released[3]

    def _anchored(self, ledger: TrustSource, sequence: int, digest: bytes) -> bool:
        """Is this very document anchored there, by a key that counted then?"""
        held = ledger.anchor(self._bureau, TYPES_LANE, sequence)
        if held is None or held.root != type_leaf(digest):
            return False
        key = ledger.key(self._bureau, anchor_thumbprint(held.key))
        return key is not None and key.purpose == "anchor" and key.usable(held.block.time)
