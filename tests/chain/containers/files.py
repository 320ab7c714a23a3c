"""A small valid record file, and one fault a name: files that no reader may accept."""

from __future__ import annotations

from collections.abc import Callable

from chain.containers import RecordRecipient, encrypt
from chain.containers._primitives import hkdf, hmac_sha256
from chain.containers.stanza import b64

KEY_ID = bytes(range(16))
SECRET = bytes(range(32, 64))


def secret_of(key_id: bytes) -> bytes:
    """The one secret the tests know."""
    assert key_id == KEY_ID
    return SECRET


def sealed(plaintext: bytes) -> bytes:
    """A record of ``plaintext``."""
    return encrypt(plaintext, RecordRecipient(KEY_ID, SECRET))


def with_header(data: bytes, change: Callable[[bytes], bytes], file_key: bytes) -> bytes:
    """``data`` with its header up to ``---`` changed and the MAC made again, so that only the form is at fault."""
    end = data.index(b"\n---") + 4
    covered = change(data[:end])
    mac = b64(hmac_sha256(hkdf(file_key, b"", b"header"), covered)).encode()
    return covered + b" " + mac + data[end + 44 :]


def file_key_of(data: bytes) -> bytes:
    """The file key of a record made by :func:`sealed`."""
    from chain.containers import RecordIdentity
    from chain.containers.header import read_header

    return RecordIdentity(secret_of).unwrap(read_header(data).stanzas)


FORM_FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "version_2": lambda head: head.replace(b"org/v1", b"org/v2"),
    "version_line_has_space": lambda head: head.replace(b"org/v1\n", b"org/v1 \n"),
    "crlf": lambda head: head.replace(b"\n", b"\r\n"),
    "leading_newline": lambda head: b"\n" + head,
    "byte_order_mark": lambda head: b"\xef\xbb\xbf" + head,
    "doubled_space_between_args": lambda head: head.replace(b"record-1 ", b"record-1  "),
    "trailing_space_after_args": lambda head: head.replace(b"\n---", b"\n---").replace(b"Dw\n", b"Dw \n"),
    "tab_between_args": lambda head: head.replace(b"record-1 ", b"record-1\t"),
    "non_ascii_argument": lambda head: head.replace(b"record-1 ", "record-1é ".encode()),
    "arrow_without_space": lambda head: head.replace(b"-> ", b"->"),
    "body_padded": lambda head: head.replace(b"\n---", b"=\n---"),
    "body_has_blank_line_after": lambda head: head.replace(b"\n---", b"\n\n---"),
    "body_split_in_two_lines": lambda head: head[:-14] + b"\n" + head[-14:],
    "no_stanza": lambda head: head.split(b"\n")[0] + b"\n---",
    "empty_argument_only": lambda head: head.replace(b"-> yinxin-record-1 AAECAwQFBgcICQoLDA0ODw", b"-> "),
    "dashes_four": lambda head: head + b"-",
    "dashes_two": lambda head: head[:-1],
}

SET_FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "second_stanza": lambda head: head.replace(b"\n---", b"\n-> other-type x\n\n---"),
    "stanza_twice": lambda head: head[:-4] + head[head.index(b"\n") : -4] + b"\n---",
    "grease_first": lambda head: head.replace(b"\n-> yin", b"\n-> grease\n\n-> yin"),
    "third_argument": lambda head: head.replace(b"Dw\n", b"Dw more\n"),
    "no_key_id": lambda head: head.replace(b" AAECAwQFBgcICQoLDA0ODw", b""),
    "type_of_another_version": lambda head: head.replace(b"record-1", b"record-2"),
    "key_id_with_unused_bits": lambda head: head.replace(b"0ODw\n", b"0ODx\n"),
    "key_id_padded": lambda head: head.replace(b"0ODw\n", b"0ODw==\n"),
    "key_id_short": lambda head: head.replace(b"0ODw\n", b"0O\n"),
}
