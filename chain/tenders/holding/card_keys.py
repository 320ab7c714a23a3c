"""The X25519 key on a key holder's card: a fresh one for each card, and each card for one ceremony.

What is dealt to a member lies on boards for ever, encrypted to this key. So it serves one ceremony only, and goes with
the share: then what lies on the boards gives the share to nobody.

::

    keys/card                    of the card that no ceremony has used yet
    keys/ceremony-<n>-…-card     of the card that ceremony n has used
"""

from __future__ import annotations

from chain.kernel.encoding import b64url
from chain.kernel.errors import Refused
from chain.kernel.steps import reached
from chain.keys import Keystore
from chain.keys.keystore import KeyCard

OPEN = "card"
"""Name of the key of the card that no ceremony has used yet."""


def open_card(keys: Keystore) -> KeyCard:
    """The key for the next card; made where there is none. The same one until a ceremony uses it."""
    if keys.has(OPEN):
        card = keys.card(OPEN)
        if not _others(keys, card.public, OPEN):
            return card
        keys.destroy(OPEN)  # a machine died just after a ceremony had taken it
    return keys.create(OPEN, "desk")


def bind_card(keys: Keystore, name: str, public: bytes) -> None:
    """Let the ceremony whose key is named ``name`` use the card with the key ``public`` (32 bytes), and no other one.

    Raises:
        Refused: this home has no such key, or another ceremony has used it.
    """
    text = b64url(public)
    used = _others(keys, text, OPEN, name)
    if used:
        raise Refused(
            f"the roster has the card that was used already ({used[0]}); a card is good for one ceremony",
            code="holding.card_used", field="roster",
            fix="take no part; write a new card (yinxin keyholder join), and ask the convener to convene again with it",
        )  # fmt: skip
    unused = keys.has(OPEN) and keys.card(OPEN).public == text
    if keys.has(name):
        if keys.card(name).public != text:
            raise _other_key()
        if unused:
            keys.destroy(OPEN)
    elif unused:
        keys.rename(OPEN, name)
        reached("holder-card-bound")
    else:
        raise _other_key()


def destroy_card(keys: Keystore, name: str, public: bytes) -> None:
    """Destroy that key under whatever name it lies in this home."""
    for other in _others(keys, b64url(public)):
        keys.destroy(other)
    keys.destroy(name, missing_ok=True)


def _others(keys: Keystore, public: str, *except_: str) -> list[str]:
    return [card.name for card in keys.cards() if card.public == public and card.name not in except_]


def _other_key() -> Refused:
    return Refused(
        "the roster has an X25519 key under this account's name that is not in this home",
        code="holding.other_key", field="roster",
        fix="take no part; somebody else could read what is dealt to you. Ask the convener to convene again",
    )  # fmt: skip
