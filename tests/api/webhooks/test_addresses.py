"""Where a webhook may go."""

from __future__ import annotations

import socket
from unittest import mock

import pytest

from api.webhooks.addresses import check_url, resolve
from chain.kernel.errors import InvalidInput, Refused, Unavailable, YinxinError


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/a",
        "ftp://hooks.example/a",
        "https://user:word@hooks.example/a",
        "https://hooks.example/a#part",
        "https:///a",
        "https://hooks.example:0/a",
        "https://hooks.example:99999/a",
        "https://[::1/a",
        "https://hooks.example/a b",
        "https://hooks.example/a\n",
        "https://例.example/a",
        "https://hooks.example/" + "a" * 2000,
        "",
        "hooks.example",
    ],
)
@pytest.mark.parametrize("private", [False, True])
def test_only_plain_https_addresses(url: str, private: bool) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_url(url, private=private)
    assert (caught.value.code, caught.value.field) == ("webhook.url", "url")


def test_plain_http_to_this_machine_where_private_addresses_are_allowed() -> None:
    assert check_url("http://127.0.0.1:8080/a", private=True)
    assert check_url("http://localhost/a", private=True)
    for url in ("http://127.0.0.1:8080/a", "https://127.0.0.1/a"):
        with pytest.raises(YinxinError):
            check_url(url, private=False)
    with pytest.raises(InvalidInput):
        check_url("http://10.0.0.1/a", private=True)


NEVER = ["0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::", "fe80::1", "ff02::1", "64:ff9b::a00:1"]
PRIVATE = ["10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1",
           "2002:a00:1::1"]  # fmt: skip
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


def named(*addresses: str) -> mock._patch[mock.Mock]:
    """The name service answers these."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    return mock.patch.object(socket, "getaddrinfo", return_value=found)


@pytest.mark.parametrize("address", [*NEVER, *PRIVATE])
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with named(address), pytest.raises(Refused) as caught:
        resolve("https://hooks.example/a", private=False)
    assert caught.value.code == "webhook.address"
    with named(PUBLIC[0], address), pytest.raises(Refused):
        resolve("https://hooks.example/a", private=False)
    number = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        check_url(f"https://{number}/a", private=False)


@pytest.mark.parametrize("address", NEVER)
def test_link_local_and_special_ones_are_refused_always(address: str) -> None:
    with named(address), pytest.raises(Refused):
        resolve("https://hooks.example/a", private=True)


@pytest.mark.parametrize("address", [*PUBLIC, "192.168.1.1"])
def test_the_address_looked_at_is_the_one_connected_to(address: str) -> None:
    with named(address):
        target = resolve("https://hooks.example:8443/a?b=c", private=True)
    number = f"[{address}]" if ":" in address else address
    assert (target.url, target.authority) == (f"https://{number}:8443/a?b=c", "hooks.example:8443")
    assert target.host == "hooks.example"


def test_plain_http_goes_to_this_machine_alone_whatever_the_name_says() -> None:
    with named("10.0.0.1"), pytest.raises(Refused):
        resolve("http://localhost/a", private=True)


def test_an_unknown_name_can_be_tried_again() -> None:
    with mock.patch.object(socket, "getaddrinfo", side_effect=socket.gaierror()), pytest.raises(Unavailable):
        resolve("https://hooks.example/a", private=False)
