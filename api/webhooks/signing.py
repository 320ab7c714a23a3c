"""Secrets and signatures of webhooks (Standard Webhooks: ``v1``, HMAC-SHA-256 over id, timestamp and body).

No secret is stored. Each follows from the vault's master key and the webhook's own salt, so that a stolen register
signs nothing, and rotating is taking a new salt.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

OVERLAP = 86_400
"""Seconds after a rotation during which requests carry the old secret's signature, too."""


def secret_of(master: bytes, bureau: str, salt: str) -> bytes:
    """The secret of a webhook, 32 bytes.

    Args:
        master: the vault's master key, 32 bytes.
        bureau: USCC.
        salt: the webhook's, hexadecimal.
    """
    key = hmac.digest(master, b"yinxin-webhook-1", "sha256")
    return hmac.digest(key, f"{bureau}\x00{salt}".encode(), "sha256")


def shown(secret: bytes) -> str:
    """The secret as receivers' libraries take it: ``whsec_`` and base64."""
    return "whsec_" + base64.b64encode(secret).decode()


def headers(secrets: Sequence[bytes], event: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a signed request.

    Args:
        secrets: one, or the new and the old one while both count.
        event: id of the event; the same at every repetition.
        timestamp: seconds, when this request is sent.
        body: exact bytes sent.
    """
    content = f"{event}.{timestamp}.".encode() + body
    signatures = ["v1," + base64.b64encode(hmac.digest(secret, content, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
