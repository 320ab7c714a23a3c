"""The embedded chain: one EVM process under a supervisor, behind a gateway, for those who run no network of their own.

* :func:`ensure_node` attaches to the node of a folder or starts it; the returned handle is a lease.
* :func:`node_status` and :func:`stop_node` look at it and end it; :func:`allow_contracts` opens it to our contracts.
* Nothing is served before it is durable: :mod:`chain.ledger.node.engine` tells in which order.
* Nobody reaches the EVM process but the supervisor: :mod:`chain.ledger.node.gateway` answers an allow-list.
* :mod:`chain.ledger.node.checks` finds what is wrong on a machine, for ``yinxin doctor``.

The reasons are in docs/adr/0003-embedded-node.md, the use in docs/node.md.
"""

from chain.ledger.node.client import LINGER, NodeHandle, NodeStatus, ensure_node, node_status, stop_node
from chain.ledger.node.contracts import allow_contracts

__all__ = ["LINGER", "NodeHandle", "NodeStatus", "allow_contracts", "ensure_node", "node_status", "stop_node"]
