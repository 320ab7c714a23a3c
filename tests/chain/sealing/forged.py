"""Bids as a dishonest bidder would make them: each with one thing wrong, everything else right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chain.containers import Stanza, encrypt
from chain.kernel.canonical import canonical
from chain.kernel.encoding import sha256
from chain.sealing import BidIdentity, Committed, Form, Manifest, Recipients, padded_size
from chain.sealing.locks import BidRecipient
from chain.sealing.manifest import TAG, Document
from tests.chain.sealing.samples import FIGURES, RECIPIENTS, holders, identity

CONTENT = b"one document " * 6000
DOCUMENT = Document("a.pdf", "application/pdf", len(CONTENT), sha256(CONTENT))
FORM = Form.of(FIGURES)


class Bent:
    """Our recipient, whose stanza's body is changed before it is written."""

    def __init__(
        self,
        change: Callable[[bytes], bytes] = lambda body: body,
        who: BidIdentity | None = None,
        recipients: Recipients = RECIPIENTS,
        args: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda args: args,
    ) -> None:
        self.inner = BidRecipient(who or identity(), holders().key.key, recipients)
        self.change, self.args = change, args

    def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
        (stanza,) = self.inner.wrap(file_key)
        return (Stanza(self.args(stanza.args), self.change(stanza.body)),)


def manifest(**changes: object) -> bytes:
    """The manifest of an honest bid with one document, members changed."""
    honest = Manifest(identity(), {}, FORM, (DOCUMENT,))
    return replace(honest, **changes).to_bytes()  # type: ignore[arg-type]


def loose(**changes: object) -> bytes:
    """A manifest that our own writer would refuse to write."""
    from chain.kernel.canonical import read_canonical

    return canonical({**read_canonical(manifest()), **changes})


def plaintext(head: bytes, content: bytes = CONTENT, pad: int | None = None, fill: bytes = b"\0") -> bytes:
    """Tag, manifest, document, padding."""
    data = TAG + len(head).to_bytes(4, "big") + head + content
    return data + fill * (padded_size(len(data)) - len(data) if pad is None else pad)


def write(path: Path, text: bytes, recipient: Bent | None = None) -> tuple[Committed, bytes]:
    """The sealed file, what is committed of it, and k2."""
    recipient = recipient or Bent()
    file = encrypt(text, recipient)
    path.write_bytes(file)
    root = FORM.root(identity().digest())
    return Committed(identity(), holders().key.key, RECIPIENTS, sha256(file), len(file), root), recipient.inner.k2
