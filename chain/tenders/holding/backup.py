"""Shares in a backup: one file with the shares, still encrypted, and one with the secrets that open them.

The two are to be kept apart. Both are encrypted: the first under secrets of the keystore, the second under the home's
passphrase. When a share is destroyed, its secret goes; then no copy of the first file gives it back, wherever it lies.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.holding.store import ShareStore, overwrite, read_kept

SHARES = "yinxin-share-backup-1"
SECRETS = "yinxin-share-secrets-1"
_LARGEST = 1 << 20


def back_up(ledger: TenderLedger, store: ShareStore, file: Path, secrets: Path) -> list[int]:
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
    place = _place(ledger)
    sealed = {number: store.file(number).read_bytes() for number in numbers}
    keys = {number: store.keys.sealed_secret(store.secret_name(number)) for number in numbers}
    write_atomically(secrets, canonical({"format": SECRETS, **place, "secrets": _listed(keys)}))
    write_atomically(file, canonical({"format": SHARES, **place, "shares": _listed(sealed)}))
    return numbers


def restore(ledger: TenderLedger, store: ShareStore, file: Path, secrets: Path) -> list[int]:
    """Take shares from a backup that this home has not; the ceremonies that were taken.

    The home must have the passphrase under which the backup was made.

    Raises:
        Refused: a backup of another ledger or book, another passphrase, or nothing in it but shares whose destruction
            is on the ledger or begun in this home; such shares are passed over where others are taken.
        InvalidInput: not such files, or files that do not belong together.
        Damaged: a share that its secret does not open.
    """
    shares, keys = (_read(path, form, ledger) for path, form in ((file, SHARES), (secrets, SECRETS)))
    if set(shares) != set(keys):
        raise InvalidInput(
            "the two files are of different backups", code="holding.backup_pair", field="file",
            fix="name the file with the secrets that was written beside it: --secrets",
        )  # fmt: skip
    taken, gone = [], None
    for number, data in sorted(shares.items()):
        if store.has(number):
            continue
        try:
            _take_one(ledger, store, number, data, keys[number])
        except Refused as error:
            if error.code != "holding.destroyed":
                raise
            gone = error
            continue
        taken.append(number)
    if gone is not None and not taken:
        raise gone
    return taken


def _take_one(ledger: TenderLedger, store: ShareStore, number: int, data: bytes, sealed: bytes) -> None:
    read_kept(data, number)
    if store.record_file(number).exists():
        raise _destroyed(number)
    name = store.secret_name(number)
    fresh = not store.keys.has(name)
    if fresh:
        store.keys.put_back_secret(name, sealed)
    store.put(number, data)
    try:
        share = store.share(number)
        state = ledger.ceremony(number)
        if state is None or state.plan.roster_digest != share.ceremony:
            raise _elsewhere(f"a share of a ceremony that is not number {number} of this ledger")
        told = (event for event in ledger.ceremony_events(number) if event.name == "ShareDestroyed")
        if any(event.values["member"] == share.key_holder for event in told):
            raise _destroyed(number)
    except BaseException:
        overwrite(store.file(number))
        if fresh:
            store.keys.destroy(name)
        raise


def _destroyed(number: int) -> Refused:
    return Refused(
        f"the share of ceremony {number} was destroyed; it is not taken again", code="holding.destroyed", field="file",
        fix="destroy the file of secrets, too",
    )  # fmt: skip


def _place(ledger: TenderLedger) -> dict[str, str]:
    return {"genesis": hex0x(ledger.genesis), "book": hex0x(ledger.book)}


def _listed(files: dict[int, bytes]) -> list[dict[str, Any]]:
    return [{"ceremony": number, "file": b64url(files[number])} for number in sorted(files)]


def _read(path: Path, form: str, ledger: TenderLedger) -> dict[int, bytes]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{path}: {error.strerror}", code="holding.backup", field="file", fix="name the file"
        ) from error
    value = read_canonical(data, what="backup", limit=_LARGEST)
    name = "shares" if form == SHARES else "secrets"
    if not isinstance(value, dict) or value.get("format") != form or set(value) != {"format", "genesis", "book", name}:
        raise InvalidInput(f"{path}: not of the form {form}", code="holding.backup", field="file", fix="name the file")
    if {key: value[key] for key in ("genesis", "book")} != _place(ledger):
        raise _elsewhere(f"{path} is of another ledger or book")
    return dict(_entries(value[name], path))


def _entries(listed: Any, path: Path) -> Iterable[tuple[int, bytes]]:
    for one in listed if isinstance(listed, list) else [None]:
        entry = one if isinstance(one, dict) else {}
        number, text = entry.get("ceremony"), entry.get("file")
        if type(number) is not int or number < 1 or not isinstance(text, str) or len(entry) != 2:
            raise InvalidInput(f"{path}: ceremony and file", code="holding.backup", field="file", fix="name the file")
        yield number, unb64url(text, field="file")


def _elsewhere(what: str) -> Refused:
    return Refused(what, code="holding.backup_elsewhere", field="file", fix="use a home of that ledger")
