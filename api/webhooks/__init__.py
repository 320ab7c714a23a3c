"""Webhooks: other systems are told what happened, by signed requests that carry numbers and counts, never fields.

Signatures follow the Standard Webhooks convention; :mod:`api.webhooks.service` holds what an administrator does,
:mod:`api.webhooks.events` what is told, :mod:`api.webhooks.sending` how.
"""

from api.webhooks.service import (
    Delivery,
    Webhook,
    create_webhook,
    delete_webhook,
    deliveries_of,
    list_webhooks,
    ping,
    redeliver,
    rotate_secret,
)

__all__ = [
    "Delivery",
    "Webhook",
    "create_webhook",
    "delete_webhook",
    "deliveries_of",
    "list_webhooks",
    "ping",
    "redeliver",
    "rotate_secret",
]
