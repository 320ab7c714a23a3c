"""The ledger as one home reaches it: embedded node or endpoints, trust root, reader, sender, checkpoints."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home
from chain.kernel.ports import BlockRef
from chain.keys.signatures import sign
from chain.ledger import typed
from chain.ledger.node import NodeHandle, ensure_node
from chain.ledger.reader import LedgerReader
from chain.ledger.rpc import Finality, RpcClient
from chain.ledger.sender import Sender
from chain.ledger.tenders import AccountActs, TenderReader, named_in
from chain.ledger.trustroot import ANCHOR_LOG, TrustRoot
from chain.ledger.witness.client import WitnessedBlock, open_source, witnessed

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

_TIMEOUT = 30.0
_WITNESS_WAIT = 10.0


class Ledger:
    """One home's way to the ledger.

    Args:
        home: its settings say how: ``ledger.node`` (embedded, started if none runs) or ``ledger.endpoints``.

    Raises:
        InvalidInput: no trust root is pinned, or neither node nor endpoints are set.
        Unavailable: the node cannot be started or nobody answers.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._node: NodeHandle | None = None
        self._senders: dict[str, Sender] = {}

    @cached_property
    def endpoints(self) -> list[str]:
        """Addresses asked; starts the embedded node where one is configured."""
        settings = self._home.settings.ledger
        if settings.endpoints:
            return list(settings.endpoints)
        if settings.node is None:
            raise InvalidInput(
                "neither ledger.node nor ledger.endpoints is set",
                code="ledger.none",
                field="ledger",
                fix="set one in config.toml",
            )
        self._node = ensure_node(self._home.resolve(settings.node))
        return [self._node.url]

    @cached_property
    def trust_root(self) -> TrustRoot:
        """The pinned trust root. Raises NotFound."""
        return TrustRoot.load(self._home.resolve(self._home.settings.ledger.trust_root))

    @cached_property
    def rpc(self) -> RpcClient:
        """The endpoints, asked with the configured quorum."""
        settings = self._home.settings.ledger
        return RpcClient(
            self.endpoints, quorum=settings.quorum, timeout=_TIMEOUT, finality=_finality(settings.finality)
        )

    def own_reader(self, *, timeout: float) -> LedgerReader:
        """A reader that nobody else uses, with connections of its own; close its ``rpc`` after use.

        Args:
            timeout: seconds for one exchange with one endpoint.
        """
        settings, root = self._home.settings.ledger, self.trust_root
        rpc = RpcClient(self.endpoints, quorum=settings.quorum, timeout=timeout, finality=_finality(settings.finality))
        try:
            return LedgerReader(rpc, root)
        except BaseException:
            rpc.close()
            raise

    @cached_property
    def reader(self) -> LedgerReader:
        """Facts at one final block."""
        root = self.trust_root  # before a node is started for a home that could not use it
        return LedgerReader(self.rpc, root)

    def refresh(self) -> LedgerReader:
        """The reader, moved to the newest final block."""
        self.reader.refresh()
        return self.reader

    def sender(self, account: LocalAccount) -> Sender:
        """Sends from that account; its transactions are kept in ``<home>/outbox-<address>.sqlite``."""
        name = account.address.lower()
        if name not in self._senders:
            store = self._home / f"outbox-{name}.sqlite"
            self._senders[name] = Sender(self.rpc, account, store, chain_id=self.trust_root.chain_id)
        return self._senders[name]

    @cached_property
    def tenders(self) -> TenderReader:
        """The contracts of tenders at one final block. Raises NotFound: this ledger has no tenders."""
        root = self.trust_root
        named_in(root)  # before a node is started for nothing
        return TenderReader(self.rpc, root)

    def acts(self, account: LocalAccount, *, timeout: float = 120.0) -> AccountActs:
        """Writes tenders from that account; each act is final when it returns, within ``timeout`` seconds."""
        return AccountActs(self.sender(account), self.tenders.contracts, timeout=timeout)

    def checkpoint(self, block: BlockRef, *, wait: float = _WITNESS_WAIT) -> WitnessedBlock | None:
        """A witnessed checkpoint over that block, with its inclusion path, or None if too few witnesses have one.

        Waits some seconds (``wait``) for witnesses that have not come that far. Raises Conflict if they saw another
        chain.
        """
        places = [
            place if "://" in place else str(self._home.resolve(place))
            for place in self._home.settings.ledger.witnesses
        ]
        return witnessed([open_source(place) for place in places], self.trust_root, block, wait=wait if places else 0.0)

    @property
    def domain(self) -> typed.Domain:
        """EIP-712 domain of the AnchorLog in use."""
        return typed.Domain(self.trust_root.chain_id, self.trust_root.ranges(ANCHOR_LOG)[-1].address)

    def close(self) -> None:
        """Close what was opened; an embedded node started for this ends by itself when nobody uses it."""
        for sender in self._senders.values():
            sender.close()
        self._senders.clear()
        if self._node is not None:
            self._node.close()
            self._node = None


def _finality(text: str) -> Finality:
    if text.isdigit():
        return int(text)
    if text == "latest":
        return "latest"
    if text == "finalized":
        return "finalized"
    raise InvalidInput(
        f"ledger.finality: {text!r}",
        code="config.value",
        field="ledger.finality",
        fix='"finalized", "latest" or a number of confirmations',
    )


def open_ledger(home: Home) -> Ledger:
    """The ledger of a home; nothing is started before it is used."""
    return Ledger(home)


class AccountAnchorKey:
    """An anchor key held as a ledger account, for :class:`chain.desk.signer.Signer`.

    Args:
        account: the key.
        domain: where its signatures count.
    """

    def __init__(self, account: LocalAccount, domain: typed.Domain) -> None:
        self._key = bytes(account.key)
        self._domain = domain
        self.address = hex0x(bytes.fromhex(account.address[2:]))

    def sign_anchor(
        self, bureau: str, lane: str, sequence: int, root: bytes, size: int, manifest_digest: bytes
    ) -> bytes:
        """EIP-712 signature of an ``Anchor``, 65 bytes."""
        return sign(typed.Anchor(bureau, lane, sequence, root, size, manifest_digest).digest(self._domain), self._key)

    def sign_status(self, bureau: str, name: str, previous_head: bytes, digest: bytes, actor: str) -> bytes:
        """EIP-712 signature of a ``Status``, 65 bytes."""
        return sign(typed.StatusChange(bureau, name, previous_head, digest, actor).digest(self._domain), self._key)
