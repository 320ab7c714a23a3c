"""Sign-In with Ethereum (EIP-4361): the message a wallet signs, read strictly.

The one library for it asks for an older web3; the message is a dozen lines, so it is read here (docs/adr/0015).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chain.kernel.clock import parse_time
from chain.kernel.errors import InvalidInput
from chain.keys.accounts import recover_text, to_checksum

_MESSAGE = re.compile(
    r"(?P<domain>[A-Za-z0-9.:\[\]-]{1,255}) wants you to sign in with your Ethereum account:\n"
    r"(?P<address>0x[0-9A-Fa-f]{40})\n"
    r"\n(?:(?P<statement>[^\n]{1,500})\n)?\n"
    r"URI: (?P<uri>[^\s]{1,500})\n"
    r"Version: (?P<version>[0-9]{1,3})\n"
    r"Chain ID: (?P<chain>[0-9]{1,20})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,96})\n"
    r"Issued At: (?P<issued>[0-9T:.Z+-]{20,35})"
    r"(?:\nExpiration Time: (?P<expires>[0-9T:.Z+-]{20,35}))?"
    r"(?:\nNot Before: (?P<not_before>[0-9T:.Z+-]{20,35}))?"
    r"(?:\nRequest ID: [^\n]{0,200})?"
    r"(?:\nResources:(?:\n- [^\n]{1,500}){0,20})?\Z"
)
_SKEW = 300
LONGEST = 4_000


def _fault(message: str, fix: str) -> InvalidInput:
    return InvalidInput(message, code="access.message", field="message", fix=fix)


@dataclass(frozen=True, slots=True)
class SignInMessage:
    """What a wallet signed.

    Attributes:
        text: the message itself.
        domain: host (and port) that asked for it.
        address: who signs, 0x lower case.
        chain_id: chain the address is meant for.
        nonce: given out by :func:`api.accounts.access.new_nonce`.
        issued: seconds.
        expires: seconds, or None.
        not_before: seconds, or None.
    """

    text: str
    domain: str
    address: str
    chain_id: int
    nonce: str
    issued: int
    expires: int | None
    not_before: int | None

    @classmethod
    def parse(cls, text: str) -> SignInMessage:
        """Read a message. Raises InvalidInput if it is not of EIP-4361, version 1."""
        found = _MESSAGE.match(text) if len(text) <= LONGEST else None
        if found is None or found["version"] != "1":
            raise _fault(
                "not a sign-in message of EIP-4361, version 1", "let the wallet sign the message as it was made"
            )
        if to_checksum(found["address"]) != found["address"]:
            raise _fault(
                "the address is not written with its checksum (ERC-55)", "write the address as the wallet shows it"
            )
        return cls(
            text,
            found["domain"],
            found["address"].lower(),
            int(found["chain"]),
            found["nonce"],
            _time(found["issued"]),
            None if found["expires"] is None else _time(found["expires"]),
            None if found["not_before"] is None else _time(found["not_before"]),
        )

    def check(self, signature: bytes, *, domain: str, chain_id: int, now: int) -> None:
        """Check that the address signed this for us, now.

        Args:
            signature: 65 bytes (EIP-191 personal_sign).
            domain: host and port under which this service is known.
            chain_id: of the service's ledger.
            now: seconds.

        Raises:
            InvalidInput: made for another site or chain, too old or too early, or signed by another key.
        """
        if self.domain != domain:
            raise _fault(f"the message was made for {self.domain}", f"sign in at {domain}")
        if self.chain_id != chain_id:
            raise _fault(f"the message names chain {self.chain_id}", f"name chain {chain_id}")
        late = self.expires is not None and self.expires <= now
        early = max(self.issued - _SKEW, self.not_before or 0) > now
        if late or early or self.issued + 3600 < now:
            raise _fault("the message is not good at this time", "take a new nonce and check the clock")
        if recover_text(self.text, signature) != self.address:
            raise InvalidInput(
                "the signature is not that of the address", code="access.signature", field="signature", fix="sign again"
            )


def _time(text: str) -> int:
    try:
        return int(parse_time(text))
    except InvalidInput as error:
        raise _fault(f"{text} is no time of RFC 3339", "let the wallet sign the message as it was made") from error


def message_text(*, domain: str, address: str, uri: str, chain_id: int, nonce: str, issued: str) -> str:
    """A message to be signed, in the form that :meth:`SignInMessage.parse` reads."""
    return (
        f"{domain} wants you to sign in with your Ethereum account:\n{to_checksum(address)}\n\n"
        f"Sign in to Yinxin. 登录印信。\n\nURI: {uri}\nVersion: 1\nChain ID: {chain_id}\nNonce: {nonce}\n"
        f"Issued At: {issued}"
    )
