"""Shares in a backup: one file with the shares, still encrypted, and one with the keys that give them.

The two are to be kept apart. Both are encrypted: the first under secrets of the keystore, the second under the home's
passphrase. The second has the keys of the cards, too: with them and the public deals a share can be computed again.
When a share is destroyed, all this goes; then no copy of the first file gives it back, wherever it lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.holding.known_backups import LARGEST, LISTS, SECRETS, SHARES, KnownBackups
from chain.tenders.holding.store import ShareStore, overwrite

_PARTS = {SHARES: ("file",), SECRETS: ("file", "card")}
"""What the files have of each ceremony: the share's file; the files of its secret, and of the key on the card."""


def back_up(store: ShareStore, file: Path, secrets: Path) -> list[int]:
    """Write both files; the ceremonies whose shares are in them.

    Raises:
        NotFound: this home has no share.
        Conflict: one of the files exists.
    """
    numbers = store.ceremonies()
    if not numbers:
        raise NotFound("this home has no share yet", code="holding.no_share", field="home", fix="yinxin keyholder run")
    for path in (file, secrets):
        if path.exists():
            raise Conflict(f"{path} exists", code="holding.backup_exists", field="file", fix="choose another name")
    sealed = {number: (store.file(number).read_bytes(),) for number in numbers}
    keys = {
        number: tuple(store.keys.sealed(name) for name in (store.secret_name(number), store.card_name(number)))
        for number in numbers
    }
    known(store).note(numbers, file, secrets)  # first: what is written is known, whatever dies
    _write(store, secrets, SECRETS, keys)
    _write(store, file, SHARES, sealed)
    return numbers


def restore(ledger: TenderLedger, store: ShareStore, file: Path, secrets: Path) -> list[int]:
    """Take shares from a backup that this home has not; the ceremonies that were taken.

    The home must have the passphrase under which the backup was made.

    Raises:
        Refused: a backup of another ledger or registry, another passphrase, or nothing in it but shares whose
            destruction is on the ledger or begun in this home; such shares are passed over where others are taken.
        InvalidInput: not such files, or files that do not belong together.
        Damaged: a share that its secret does not open.
    """
    shares, keys = _read(store, file, SHARES), _read(store, secrets, SECRETS)
    if set(shares) != set(keys):
        raise InvalidInput(
            "the two files are of different backups", code="holding.backup_pair", field="file",
            fix="name the file with the secrets that was written beside it: --secrets",
        )  # fmt: skip
    taken, gone = [], None
    for number, (data,) in sorted(shares.items()):
        if store.has(number) and store.has_card(number):
            known(store).note([number], file, secrets)
            continue
        try:
            _take_one(ledger, store, number, data, keys[number])
        except Refused as error:
            if error.code != "holding.destroyed":
                raise
            gone = error
            continue
        known(store).note([number], file, secrets)
        taken.append(number)
    if gone is not None and not taken:
        raise gone
    return taken


def known(store: ShareStore) -> KnownBackups:
    """The backups that the home of ``store`` knows of."""
    return KnownBackups(store.folder, store.place)


def _take_one(ledger: TenderLedger, store: ShareStore, number: int, data: bytes, sealed: tuple[bytes, ...]) -> None:
    store.read_kept(data, number)
    if store.record_file(number).exists():
        raise _destroyed(number)
    fresh: list[str] = []
    kept = store.has(number)
    try:
        for name, kind, one in zip(
            (store.secret_name(number), store.card_name(number)), ("secret", "desk"), sealed, strict=True
        ):
            if not store.keys.has(name):
                store.keys.put_back(name, kind, one)
                fresh.append(name)
        if not kept:
            store.put(number, data)
        share = store.share(number)
        state = ledger.ceremony(number)
        if state is None or state.plan.roster_digest != share.ceremony:
            raise _elsewhere(f"a share of a ceremony that is not number {number} of this ledger")
        told = (event for event in ledger.ceremony_events(number) if event.name == "ShareDestroyed")
        if any(event.values["member"] == share.key_holder for event in told):
            raise _destroyed(number)
    except BaseException:
        if not kept:
            overwrite(store.file(number))
        for name in fresh:
            store.keys.destroy(name)
        raise


def _destroyed(number: int) -> Refused:
    return Refused(
        f"the share of ceremony {number} was destroyed; it is not taken again", code="holding.destroyed", field="file",
        fix="destroy the file of secrets, too",
    )  # fmt: skip


def _write(store: ShareStore, path: Path, form: str, found: Mapping[int, tuple[bytes, ...]]) -> None:
    listed = [
        {"ceremony": number, **{name: b64url(one) for name, one in zip(_PARTS[form], parts, strict=True)}}
        for number, parts in sorted(found.items())
    ]
    write_atomically(path, canonical({"format": form, **store.place.as_dict(), LISTS[form]: listed}))


def _read(store: ShareStore, path: Path, form: str) -> dict[int, tuple[bytes, ...]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{path}: {error.strerror}", code="holding.backup", field="file", fix="name the file"
        ) from error
    value = read_canonical(data, what="backup", limit=LARGEST)
    place, name = store.place.as_dict(), LISTS[form]
    if not isinstance(value, dict) or value.get("format") != form or set(value) != {"format", *place, name}:
        raise InvalidInput(f"{path}: not of the form {form}", code="holding.backup", field="file", fix="name the file")
    if {key: value[key] for key in place} != place:
        raise _elsewhere(f"{path} is of another ledger or registry")
    return dict(_entries(value[name], path, _PARTS[form]))


def _entries(listed: Any, path: Path, parts: tuple[str, ...]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    for one in listed if isinstance(listed, list) else [None]:
        entry = one if isinstance(one, dict) else {}
        number, texts = entry.get("ceremony"), [entry.get(name) for name in parts]
        right = set(entry) == {"ceremony", *parts} and all(isinstance(text, str) for text in texts)
        if type(number) is not int or number < 1 or not right:
            raise InvalidInput(
                f"{path}: ceremony, {', '.join(parts)}", code="holding.backup", field="file", fix="name the file"
            )
        yield number, tuple(unb64url(str(text), field="file") for text in texts)


def _elsewhere(what: str) -> Refused:
    return Refused(what, code="holding.backup_elsewhere", field="file", fix="use a home of that ledger")
