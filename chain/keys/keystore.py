"""Encrypted key files of one home."""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat

from chain.credentials.es256 import SoftwareSigner, thumbprint_of
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, unb64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

KINDS = ("credential", "seal", "device", "account", "witness", "desk", "secret")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_FORMAT = "yinxin-key-1"
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
_BACKED_UP = ("secret", "desk")


@dataclass(frozen=True, slots=True)
class KeyCard:
    """The public part of a key.

    Attributes:
        name: its name in the home.
        kind: one of :data:`KINDS`.
        public: public key as base64url (P-256: SEC1 compressed, 33 bytes; Ed25519 and X25519: 32 bytes);
            for an account its address as 0x hexadecimal; empty for a secret.
        thumbprint: 32 bytes as 0x hexadecimal, as BureauRegistry names the key; empty for other kinds.
    """

    name: str
    kind: str
    public: str
    thumbprint: str

    def as_dict(self) -> dict[str, str]:
        """The card as plain data."""
        return {"name": self.name, "kind": self.kind, "public": self.public, "thumbprint": self.thumbprint}


def open_wallet(data: Any, passphrase: str) -> bytes:
    """The private key in a Web3 Secret Storage document (version 3), 32 bytes. Raises ValueError."""
    from eth_account import Account  # slow to load, and most commands need no account

    try:
        return bytes(Account.decrypt(data, passphrase))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a version 3 keystore") from error


class Keystore:
    """The keys of one home.

    Args:
        folder: ``<home>/keys``.
        passphrase: unlocks all of them; None allows only the public parts.
    """

    def __init__(self, folder: Path, passphrase: str | None) -> None:
        self.folder = folder
        self._passphrase = passphrase
        self._derived: dict[tuple[bytes, int, int, int], bytes] = {}

    def cards(self) -> list[KeyCard]:
        """Public parts of all keys, by name."""
        return [self.card(path.name.removesuffix(".public.json")) for path in sorted(self.folder.glob("*.public.json"))]

    def has(self, name: str) -> bool:
        """True if a key of that name exists."""
        return (self.folder / f"{name}.public.json").is_file()

    def card(self, name: str) -> KeyCard:
        """Public part of one key. Raises NotFound, Damaged."""
        file = self.folder / f"{name}.public.json"
        if not file.is_file():
            raise NotFound(
                f"no key named {name}", code="keys.unknown", field="key", fix="yinxin keys list shows the names"
            )
        try:
            return KeyCard(**json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise Damaged(
                f"{file} is damaged", code="keys.damaged", field="key", fix="restore it from a backup"
            ) from error

    def create(self, name: str, kind: str) -> KeyCard:
        """Make a new key. Raises InvalidInput for a bad name or kind, Conflict if the name is taken."""
        _check_name(name)
        if kind not in KINDS:
            raise InvalidInput(f"key kind {kind!r}", code="keys.kind", field="kind", fix="one of " + ", ".join(KINDS))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.has(name):
            raise _taken(name, "choose another name")
        card, data = self._make(name, kind)
        self._put(card, data)
        return card

    def take_account(self, name: str, key: bytes) -> KeyCard:
        """Keep a ledger account that was made elsewhere; the same one again changes nothing.

        Args:
            name: its name here.
            key: its private key, 32 bytes.

        Raises:
            InvalidInput: a bad name; Conflict: the name is another key's.
        """
        from eth_account import Account  # slow to load, and most commands need no account

        _check_name(name)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        card = _account_card(name, Account.from_key(key).address)
        if not self.has(name):
            self._put(card, json.dumps(Account.encrypt(key, self._pass())).encode())
        elif self.card(name) != card:
            raise _taken(name, "it belongs to something else; use another home")
        return card

    def set_aside(self, name: str) -> str:
        """Give a key that is used no more another name, ``<name>-old-<n>``, so that a new one may take its place.

        Returns:
            Its new name. Raises NotFound, Refused (wrong passphrase), InvalidInput for an account.
        """
        number = 1
        while self.has(f"{name}-old-{number}"):
            number += 1
        self.rename(name, f"{name}-old-{number}")
        return f"{name}-old-{number}"

    def rename(self, name: str, new: str) -> KeyCard:
        """Give a key another name. Died in the middle, both names have it; then called again it goes on.

        Raises:
            NotFound; Refused: wrong passphrase; InvalidInput: an account, or a bad name; Conflict: the new name is
            another key's.
        """
        card = self._of_kind(name, tuple(kind for kind in KINDS if kind != "account"))
        _check_name(new)
        other = KeyCard(new, card.kind, card.public, card.thumbprint)
        data = self._unseal(card)
        if not self.has(new):
            self._put(other, self._seal(new, card.kind, data))
        elif self.card(new) != other or self._unseal(other) != data:
            raise _taken(new, "choose another name")
        self.destroy(name)
        return other

    def signer(self, name: str) -> SoftwareSigner:
        """A P-256 key: for certificates, PDFs, or a holder's device. Raises NotFound, Refused (wrong passphrase)."""
        return SoftwareSigner(self._pkcs8(name, ("credential", "seal", "device"), ec.EllipticCurvePrivateKey))

    def account(self, name: str) -> LocalAccount:
        """A ledger account. Raises NotFound, Refused (wrong passphrase), Damaged."""
        from eth_account import Account  # slow to load, and most commands need no account

        self._of_kind(name, ("account",))
        try:
            data = json.loads(self._file(name).read_bytes())
            if data["version"] != 3:
                raise ValueError(data["version"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._damaged(name) from error
        try:
            found: LocalAccount = Account.from_key(Account.decrypt(data, self._pass()))
        except ValueError as error:
            raise self._locked(name) from error
        except (KeyError, TypeError) as error:
            raise self._damaged(name) from error
        return found

    def witness(self, name: str) -> ed25519.Ed25519PrivateKey:
        """An Ed25519 key. Raises NotFound, Refused (wrong passphrase)."""
        key = self._pkcs8(name, ("witness",), ed25519.Ed25519PrivateKey)
        assert isinstance(key, ed25519.Ed25519PrivateKey)
        return key

    def desk(self, name: str) -> bytes:
        """A raw X25519 private key, 32 bytes. Raises NotFound, Refused (wrong passphrase)."""
        key = self._pkcs8(name, ("desk",), x25519.X25519PrivateKey)
        raw: bytes = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, serialization.NoEncryption())
        return raw

    def secret(self, name: str) -> bytes:
        """A 32-byte secret. Raises NotFound, Refused (wrong passphrase)."""
        return self._unseal(self._of_kind(name, ("secret",)))

    def destroy(self, name: str, *, missing_ok: bool = False) -> None:
        """Overwrite and delete a key, also one that was being made or destroyed when a machine died. Raises NotFound.

        What was encrypted under it can be read no more, wherever copies of that lie.
        """
        _check_name(name)
        if not missing_ok and not self._file(name).exists():
            self.card(name)
        _overwrite(self._file(name))
        (self.folder / f"{name}.public.json").unlink(missing_ok=True)

    def clear_leftovers(self) -> None:
        """Overwrite and delete what a machine that died left half written. Nobody else may be writing keys here."""
        for path in self.folder.glob(".part-*"):
            _overwrite(path)

    def sealed(self, name: str) -> bytes:
        """The encrypted file of a secret or an X25519 key, for a backup. Raises NotFound, InvalidInput."""
        return self._file(self._of_kind(name, _BACKED_UP).name).read_bytes()

    def put_back(self, name: str, kind: str, sealed: bytes) -> KeyCard:
        """Inverse of :meth:`sealed`, under the passphrase and the name that it was made under.

        Raises:
            Conflict: there is one of that name. Refused: another passphrase, kind or name. Damaged: not such a file.
        """
        _check_name(name)
        if kind not in _BACKED_UP:
            raise InvalidInput(f"key kind {kind!r}", code="keys.kind", field="kind", fix=" or ".join(_BACKED_UP))
        if self.has(name):
            raise _taken(name, "it need not be restored")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        card = KeyCard(name, kind, "", "")
        file = self._file(name)
        write_atomically(file, sealed)
        try:
            data = self._unseal(card)
            if kind == "desk":
                key = serialization.load_der_private_key(data, None)
                card = KeyCard(name, kind, b64url(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), "")
        except BaseException:
            file.unlink()
            raise
        self._put(card, sealed)
        return card

    # ------------------------------------------------------------------ inside

    def _put(self, card: KeyCard, sealed: bytes) -> None:
        """The private part first: what has a public part is whole."""
        write_atomically(self._file(card.name), sealed)
        write_atomically(self.folder / f"{card.name}.public.json", canonical(card.as_dict()) + b"\n", mode=0o644)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _pass(self) -> str:
        if self._passphrase is None:
            raise Refused(
                "the keys of this home are locked", code="keys.locked", field="passphrase", fix="give the passphrase"
            )
        return self._passphrase

    @staticmethod
    def _locked(name: str) -> Refused:
        return Refused(
            f"the passphrase does not open the key {name}",
            code="keys.passphrase_wrong",
            field="passphrase",
            fix="try again",
        )

    @staticmethod
    def _damaged(name: str) -> Damaged:
        return Damaged(
            f"the file of key {name} is damaged", code="keys.damaged", field="key", fix="restore it from a backup"
        )

    def _of_kind(self, name: str, kinds: tuple[str, ...]) -> KeyCard:
        card = self.card(name)
        if card.kind not in kinds:
            raise InvalidInput(
                f"the key {name} is of kind {card.kind}",
                code="keys.kind",
                field="key",
                fix="needed: " + " or ".join(kinds),
            )
        return card

    def _make(self, name: str, kind: str) -> tuple[KeyCard, bytes]:
        if kind == "account":
            from eth_account import Account

            account = Account.create()
            return _account_card(name, account.address), json.dumps(account.encrypt(self._pass())).encode()
        if kind == "secret":
            return KeyCard(name, kind, "", ""), self._seal(name, kind, os.urandom(32))
        if kind in ("credential", "seal", "device"):
            key: Any = ec.generate_private_key(ec.SECP256R1())
            point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
            card = KeyCard(name, kind, b64url(point), hex0x(thumbprint_of(point)))
        else:
            key = ed25519.Ed25519PrivateKey.generate() if kind == "witness" else x25519.X25519PrivateKey.generate()
            card = KeyCard(name, kind, b64url(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), "")
        data = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, serialization.NoEncryption())
        return card, self._seal(name, kind, data)

    def _seal(self, name: str, kind: str, data: bytes) -> bytes:
        salt, nonce = self._salt(), os.urandom(12)
        sealed = ChaCha20Poly1305(self._derive(salt, _SCRYPT)).encrypt(nonce, data, f"{_FORMAT} {kind} {name}".encode())
        body = {
            "format": _FORMAT,
            "kind": kind,
            "scrypt": _SCRYPT,
            "salt": b64url(salt),
            "nonce": b64url(nonce),
            "sealed": b64url(sealed),
        }
        return canonical(body)

    def _unseal(self, card: KeyCard) -> bytes:
        try:
            data = json.loads(self._file(card.name).read_bytes())
            if data["format"] != _FORMAT:
                raise ValueError(data["format"])
            key = self._derive(unb64url(data["salt"]), data["scrypt"])
            aad = f"{_FORMAT} {card.kind} {card.name}".encode()
            return ChaCha20Poly1305(key).decrypt(unb64url(data["nonce"]), unb64url(data["sealed"]), aad)
        except InvalidTag as error:
            raise self._locked(card.name) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._damaged(card.name) from error

    def _salt(self) -> bytes:
        """That of the other keys here, so that the passphrase is stretched once for all; a new one for the first.

        Whoever guesses passphrases needs one file of a home only; two homes made apart have two salts.
        """
        for file in sorted(self.folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, InvalidInput):
                data = json.loads(file.read_bytes())
                salt = unb64url(data["salt"])
                if data["format"] == _FORMAT and data["scrypt"] == _SCRYPT and len(salt) == 16:
                    return salt
        return os.urandom(16)

    def _derive(self, salt: bytes, cost: dict[str, int]) -> bytes:
        known = (salt, cost["n"], cost["r"], cost["p"])
        if known not in self._derived:
            n, r, p = known[1:]
            self._derived[known] = Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(self._pass().encode())
        return self._derived[known]

    def _pkcs8(self, name: str, kinds: tuple[str, ...], form: type) -> Any:
        key = serialization.load_der_private_key(self._unseal(self._of_kind(name, kinds)), None)
        if not isinstance(key, form):
            raise Damaged(f"the file of key {name} holds another kind of key", code="keys.damaged", field="key")
        return key


def _account_card(name: str, address: str) -> KeyCard:
    return KeyCard(name, "account", address.lower(), "0x" + "00" * 12 + address[2:].lower())


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise InvalidInput(f"key name {name!r}", code="keys.name", field="name", fix="use a-z, 0-9 and -, at most 40")


def _taken(name: str, fix: str) -> Conflict:
    return Conflict(f"a key named {name} exists", code="keys.taken", field="name", fix=fix)


def _overwrite(path: Path) -> None:
    if path.exists():
        with path.open("r+b") as stream:
            stream.write(os.urandom(path.stat().st_size))
            stream.flush()
            os.fsync(stream.fileno())
        path.unlink()
