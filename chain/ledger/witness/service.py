"""One witness in its own home: memory, published folder, evidence, and the loop that keeps it going.

::

    <home>/witness.sqlite     what it saw and signed; never restore an older copy of it
    <home>/published/         what it says (see chain.ledger.witness.publish)
    <home>/evidence/          one folder for each contradiction it met
    <home>/endpoint.json      address while it serves
    <home>/witness.lock       held while it works, so that it never works twice
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.canonical import canonical
from chain.kernel.clock import Clock, rfc3339, system_clock
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import Conflict, Damaged, NotFound, Unavailable
from chain.kernel.home import write_atomically
from chain.ledger.rpc import RpcClient
from chain.ledger.trustroot import TrustRoot, WitnessKey
from chain.ledger.witness.publish import Published, Publisher
from chain.ledger.witness.server import application
from chain.ledger.witness.store import WitnessStore
from chain.ledger.witness.walker import EVERY, Contradiction, Progress, Walker

log = logging.getLogger("yinxin.witness")
_LONGEST_PAUSE = 10.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class WitnessConfig:
    """How a witness works.

    Attributes:
        name: its name in signed notes and trust roots.
        every: every block whose number plus 1 is a multiple of this is signed; equal for all witnesses of a chain.
        interval: least seconds between signatures that only show that the chain goes on.
        poll: seconds between two looks at the chain.
    """

    name: str
    every: int = EVERY
    interval: int = 10
    poll: float = 1.0


class Witness:
    """A witness; use as a context manager.

    Args:
        home: its own folder.
        key: its private key.
        trust_root: chain and contracts; it need not name this witness yet.
        rpc: its own endpoints.
        config: how it works.
        clock: the device's time.

    Raises:
        Conflict: another process works in this home.
    """

    def __init__(
        self, home: Path, key: Ed25519PrivateKey, trust_root: TrustRoot, rpc: RpcClient, config: WitnessConfig,
        *, clock: Clock = system_clock,
    ) -> None:  # fmt: skip
        self.home, self.trust_root, self.config = home, trust_root, config
        card = WitnessKey(config.name, key.public_key().public_bytes_raw())
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(home / "witness.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _take(self._lock):
            os.close(self._lock)
            raise Conflict(
                f"a witness already works in {home}", code="witness.running", field="home", fix="stop it, or use it"
            )
        (home / "endpoint.json").unlink(missing_ok=True)
        self._store = WitnessStore(home / "witness.sqlite")
        self._walker = Walker(
            self._store, rpc, trust_root, config.name, key, clock, every=config.every, interval=config.interval
        )
        self._publisher = Publisher(home / "published", self._store)
        self._publisher.card(card.name, b64url(card.key), trust_root.chain_id)
        self._publisher.publish()
        self._clock = clock

    def __enter__(self) -> Witness:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the memory and give up the home."""
        self._store.close()
        os.close(self._lock)

    def once(self, progress: Callable[[int, int], None] | None = None, *, sign_tip: bool = False) -> Progress:
        """Look at the chain once, sign, publish.

        Args:
            progress: called with (blocks seen, blocks there are).
            sign_tip: sign the newest block even if the interval has not passed.

        Raises:
            Contradiction: the chain was rewritten; evidence lies in the home.
            Damaged, Conflict, Unavailable: as :meth:`chain.ledger.witness.walker.Walker.step`.
        """
        try:
            return self._walker.step(progress, sign_tip=sign_tip)
        except Contradiction as error:
            self._keep_evidence(error)
            raise
        finally:
            self._publisher.publish()

    async def run(
        self, *, host: str = "127.0.0.1", port: int = 0, ready: Callable[[str], None] | None = None,
        renew: Callable[[], RpcClient] | None = None,
    ) -> None:  # fmt: skip
        """Serve and look at the chain until cancelled.

        Args:
            host: address to serve on.
            port: 0 takes a free one.
            ready: called with the address once it serves.
            renew: called after the endpoints failed; gives those to ask from then on.

        Raises:
            Contradiction: the chain was rewritten; the witness stops.
            Conflict: the endpoints serve another chain.
        """
        runner, url = await _serve(self.home, host, port)
        try:
            if ready is not None:
                ready(url)
            pause = self.config.poll
            while True:
                try:
                    await _finish(asyncio.to_thread(self.once))
                    pause = self.config.poll
                except (Unavailable, Damaged) as error:
                    log.warning("nothing signed: %s", error.message)
                    pause = min(_LONGEST_PAUSE, max(pause * 2, 0.1))
                    if renew is not None:
                        with suppress(Unavailable):
                            self._walker.use(await _finish(asyncio.to_thread(renew)))
                await asyncio.sleep(pause)
        finally:
            (self.home / "endpoint.json").unlink(missing_ok=True)
            await runner.cleanup()

    def _keep_evidence(self, error: Contradiction) -> None:
        folder = self.home / "evidence" / f"{self._clock()}-{error.number}"
        folder.mkdir(parents=True, exist_ok=True)
        signed, _ = self._store.signed
        published = Published(self.home / "published")
        self._publisher.publish()
        with suppress(NotFound):
            write_atomically(folder / "checkpoint", published.checkpoint().encode())
        document = {
            "format": "yinxin-contradiction-1",
            "witness": self.config.name,
            "seenAt": rfc3339(self._clock()),
            "block": error.number,
            "signedHash": hex0x(error.ours),
            "size": signed,
            "path": [b64url(node) for node in published.inclusion(error.number, signed)],
            "servedHeader": hex0x(error.theirs),
        }
        write_atomically(folder / "contradiction.json", canonical(document))
        log.error("the chain was rewritten at block %d; evidence in %s", error.number, folder)


def _take(handle: int) -> bool:
    """Take the lock of a home; tries for a second, since whoever only looks holds it for an instant."""
    for _ in range(20):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


async def _finish(work: Coroutine[Any, Any, _T]) -> _T:
    """Wait for work in a thread to its end also when cancelled: what it uses is closed afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def serve(
    home: Path, *, host: str = "127.0.0.1", port: int = 0, ready: Callable[[str], None] | None = None
) -> None:
    """Only publish what was signed before, until cancelled; looks at no chain and needs no key."""
    runner, url = await _serve(home, host, port)
    try:
        if ready is not None:
            ready(url)
        await asyncio.Event().wait()
    finally:
        (home / "endpoint.json").unlink(missing_ok=True)
        await runner.cleanup()


async def _serve(home: Path, host: str, port: int) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(application(home / "published"), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise Unavailable(
            f"cannot serve on {host}:{port}: {error}", code="witness.port", fix="choose another port"
        ) from error
    url = f"http://{host}:{runner.addresses[0][1]}"
    write_atomically(home / "endpoint.json", canonical({"url": url, "pid": os.getpid()}), mode=0o644)
    return runner, url
