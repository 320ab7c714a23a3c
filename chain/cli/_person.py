"""The key with which a person signs decisions: a keystore file of any wallet, or an account of this home."""

from __future__ import annotations

import json
from pathlib import Path

from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.home import Home
from chain.keys import Keystore, passphrase_for
from chain.keys.keystore import open_wallet


def person_key(home: Home, named: str) -> bytes:
    """The private key, 32 bytes.

    Args:
        home: where passphrases are looked for, and accounts by name.
        named: path of a Web3 Secret Storage file (version 3), or the name of an account of this home.

    Raises:
        InvalidInput: nothing is named, or the file is no keystore.
        NotFound, Refused: no key of that name; the passphrase does not open it.
    """
    if not named:
        raise InvalidInput(
            "no key is named",
            code="decide.key",
            field="--key",
            fix="name your keystore file or an account of this home",
        )
    passphrase = passphrase_for(home.path)
    path = Path(named)
    if not path.is_file():
        return bytes(Keystore(home / "keys", passphrase).account(named).key)
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"{path} is no keystore", code="decide.key", field="--key", fix="name a version 3 keystore file"
        ) from error
    try:
        return open_wallet(data, passphrase)
    except ValueError as error:
        raise Refused(
            f"the passphrase does not open {path}", code="keys.passphrase_wrong", field="passphrase", fix="try again"
        ) from error
