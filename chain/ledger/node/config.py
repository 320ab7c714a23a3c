"""Settings of the embedded node: ``node.toml`` in its folder."""

from __future__ import annotations

import tomllib

import msgspec

from chain.kernel.errors import InvalidInput
from chain.ledger.node.layout import NodeDir


class NodeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the node runs.

    Attributes:
        host: address the gateway listens on. Anything but loopback shows the ledger to the network.
        port: port of the gateway; 0 takes a free one at each start.
        heartbeat: seconds between empty blocks while somebody uses the gateway.
        idle_heartbeat: seconds between empty blocks when nobody asked for a minute.
        origins: web origins that may send transactions (reads answer every origin).
        body_limit: bytes of a request.
        batch_limit: calls in one request.
        log_blocks: blocks one ``eth_getLogs`` may span.
        log_results: logs one ``eth_getLogs`` may return.
        call_gas: gas of one ``eth_call`` or ``eth_estimateGas``.
        transaction_gas: gas limit a transaction may ask for.
        block_gas: gas limit of a block.
        pool_limit: transactions that may wait.
        rate: calls a second that one client address may make on average.
        burst: calls it may make at once.
        write_rate: transactions a second from one client address on average.
        write_burst: transactions at once.
        timeout: seconds one call may take.
    """

    host: str = "127.0.0.1"
    port: int = 0
    heartbeat: float = 4.0
    idle_heartbeat: float = 60.0
    origins: tuple[str, ...] = ()
    body_limit: int = 2**20
    batch_limit: int = 200
    log_blocks: int = 10_000
    log_results: int = 10_000
    call_gas: int = 100_000_000
    transaction_gas: int = 100_000_000
    block_gas: int = 1_000_000_000
    pool_limit: int = 20_000
    rate: float = 2_000.0
    burst: float = 20_000.0
    write_rate: float = 200.0
    write_burst: float = 5_000.0
    timeout: float = 15.0


def read_config(folder: NodeDir) -> NodeConfig:
    """The settings of a node folder; the defaults where no file is.

    Raises:
        InvalidInput: not TOML, an unknown name, or a value of the wrong kind; names the setting.
    """
    try:
        values = tomllib.loads(folder.config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return NodeConfig()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{folder.config.name}: not TOML: {error}", code="node.config", field=folder.config.name
        ) from error
    try:
        config = msgspec.convert(values, NodeConfig)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"{folder.config.name}: {error}",
            code="node.config",
            field=folder.config.name,
            fix="see docs/node.md for the names",
        ) from error
    for name in ("heartbeat", "idle_heartbeat", "rate", "burst", "write_rate", "write_burst", "timeout"):
        if getattr(config, name) <= 0:
            raise InvalidInput(f"{folder.config.name}: {name} must be above 0", code="node.config", field=name)
    for name in (
        "body_limit",
        "batch_limit",
        "log_blocks",
        "log_results",
        "call_gas",
        "transaction_gas",
        "block_gas",
        "pool_limit",
    ):
        if getattr(config, name) < 1:
            raise InvalidInput(f"{folder.config.name}: {name} must be at least 1", code="node.config", field=name)
    if not 0 <= config.port <= 65535:
        raise InvalidInput(f"{folder.config.name}: port {config.port} does not exist", code="node.config", field="port")
    return config
