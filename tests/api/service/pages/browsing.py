"""A browser without a screen: keeps cookies, sends what browsers send, fills in forms with the token of the page."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.testclient import TestClient

from api.service.cookies import COOKIE, FIELD
from tests.api.service.hall import WORD, Hall
from tests.api.service.pages.reading import Tags, page


class Browsing:
    """One person's browser.

    Args:
        hall: the service.
        language: what the browser says its reader reads.
    """

    def __init__(self, hall: Hall, language: str = "zh-CN") -> None:
        self.client = TestClient(
            hall.client.app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False
        )
        self.client.headers |= {"Accept": "text/html", "Accept-Language": language, "Sec-Fetch-Site": "same-origin"}

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Open a page."""
        return self.client.get(path, **more)

    def read(self, path: str) -> Tags:
        """Open a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return page(answer)

    def send(self, path: str, data: dict[str, Any], *, seen: str = "/sign-in", **more: Any) -> httpx.Response:
        """Fill in a form: the token is that of the page ``seen``."""
        token = page(self.get(seen)).inputs.get(FIELD, "")
        return self.client.post(path, data={FIELD: token, **data}, **more)

    def enter(self, name: str, following: str = "/") -> httpx.Response:
        """Sign in by the form."""
        answer = self.send("/sign-in", {"name": name, "password": WORD, "next": following})
        assert answer.status_code == 303, answer.text
        return answer

    @property
    def secret(self) -> str | None:
        """The session's secret, which no script could read."""
        return self.client.cookies.get(COOKIE)
