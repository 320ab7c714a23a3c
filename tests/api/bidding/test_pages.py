"""What a notice says of custodians comes into the page's policy; nothing but an origin may."""

from __future__ import annotations

import pytest

from api.service.pages.policy import origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://custodian.example/base/", "https://custodian.example"),
        ("http://10.0.0.7:8443", "http://10.0.0.7:8443"),
        ("http://[fd00::1]:80/x", "http://[fd00::1]:80"),
        ("https://custodian.example;script-src *", ""),
        ("https://custodian.example *", ""),
        ("https://user@custodian.example", ""),
        ("https://*.example", ""),
        ("data:text/plain,x", ""),
        ("https://a.example\r\nX: y", ""),
        ("http://[x", ""),
    ],
)
def test_only_an_origin_comes_into_the_policy(url: str, origin: str) -> None:
    assert origin_of(url) == origin
