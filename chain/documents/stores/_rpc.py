"""The door to an IPFS node: the client is set up, and every fault turned into one of ours, here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ipfshttpclient
import requests
import urllib3

from chain.kernel.errors import InvalidInput, NotFound, Refused, Unavailable

_faults = ipfshttpclient.exceptions


def open_client(api: str, *, authorization: str | None, timeout: tuple[float, float]) -> Any:
    """A client for the node at the multiaddr ``api``; nothing is sent yet. Raises InvalidInput.

    Proxies of the environment are not used and redirects not followed: what is sent belongs to that node alone.
    """
    if api.startswith("/unix/") and api != api.lower():
        raise InvalidInput(
            f"{api!r}: capitals in the path of a socket do not survive HTTP",
            code="ipfs.address",
            field="ipfs_api",
            fix="name a path without capitals, such as a symbolic link to the folder",
        )
    headers = {"Authorization": authorization} if authorization else {}
    try:
        client = ipfshttpclient.Client(api, session=True, timeout=timeout, headers=headers)
    except (_faults.AddressError, ValueError) as error:
        raise InvalidInput(
            f"{api!r} is no address of an IPFS node",
            code="ipfs.address",
            field="ipfs_api",
            fix="write /ip4/127.0.0.1/tcp/5001 or /unix/path/to/api.sock",
        ) from error
    session = client._client._session
    session.trust_env = False
    session.max_redirects = 0
    for adapter in session.adapters.values():  # a parameter that urllib3 2 warns of and version 3 will refuse
        adapter.poolmanager.connection_pool_kw.pop("strict", None)
    return client


@contextmanager
def calling(api: str, cid: str = "") -> Iterator[None]:
    """Turn every fault of the library, its HTTP client and the node into one of ours.

    Args:
        api: the node's address, for the message.
        cid: what is asked for; then "not found" and a time-out are NotFound.
    """
    try:
        yield
    except _faults.ErrorResponse as error:
        text = str(error)
        if cid and ("not found" in text or "could not find" in text or "deadline" in text):
            raise NotFound(f"{cid} is not on this IPFS node or a peer of it", code="blob.unknown") from error
        raise Unavailable(f"IPFS node: {text}", code="ipfs.error") from error
    except _faults.StatusError as error:
        response = getattr(error.original, "response", None)
        if getattr(response, "status_code", None) in (401, 403):
            raise Refused(
                "the IPFS node refuses this authorization",
                code="ipfs.authorization",
                fix="give the value that API.Authorizations of the node names",
            ) from error
        raise Unavailable(f"IPFS node: {error}", code="ipfs.status") from error
    except _faults.TimeoutError as error:
        if cid:
            raise NotFound(f"{cid} did not come within the time allowed", code="blob.unknown") from error
        raise Unavailable("the IPFS node did not answer in time", code="ipfs.timeout") from error
    except (_faults.Error, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(
            f"the IPFS node at {api} does not answer ({type(error).__name__})",
            code="ipfs.unreachable",
            fix="start it (`ipfs daemon`), or correct documents.ipfs_api in config.toml",
        ) from error
    except (AssertionError, KeyError, TypeError, IndexError) as error:
        raise Unavailable("the IPFS node's answer is not understood", code="ipfs.answer") from error
