"""Debian's Chromium, driven by Playwright; every visit keeps a log of what the page asked for and what went wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Program
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from scripts.chromium import FLAGS

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PATIENCE = 60_000
"""Milliseconds that anything may take on a busy machine."""
READY = "#start-camera, article.verdict, main#main"
"""There as soon as a page is: of the scanner, or of the frame that all other pages share."""


@dataclass
class Visit:
    """One person's visit.

    Attributes:
        page: the page, open at /verify.
        context: cookies and storage of this visit.
        url: address of the service.
        asked: every address that was asked for.
        complaints: errors on the console and of the page, refusals of the policy among them.
        expected: complaints that a test provokes begin with one of these.
    """

    page: Page
    context: BrowserContext
    url: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def open(self, path: str = "/verify") -> None:
        """Go there and wait for the page."""
        self.page.goto(f"{self.url}{path}")
        self.page.wait_for_selector(READY, state="attached")

    def reload(self) -> None:
        """Load the page again and wait for it."""
        self.page.reload()
        self.page.wait_for_selector(READY, state="attached")

    def ready_offline(self) -> None:
        """Wait until the device has all it needs without a network: the page's files, the trust root, the snapshot."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.until(HAS_SNAPSHOT)

    def until(self, script: str, good: Callable[[Any], bool] = bool) -> Any:
        """Ask the page again and again until the answer is good (its policy forbids Playwright's own way)."""
        for _ in range(PATIENCE // 50):
            if good(found := self.page.evaluate(script)):
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{script}: {found!r} for {PATIENCE} ms")

    def speak(self, tag: str) -> None:
        """Choose a language, ``zh-CN`` or ``en``."""
        self.page.click(f"header button[lang='{tag}']")
        self.page.wait_for_selector(f"html[lang='{tag}']")

    def paste(self, text: str) -> None:
        """Check a text by the dialog."""
        self.page.click("#open-paste")
        self.page.fill("#pasted", text)
        self.page.click("dialog button[type=submit]")

    def scan(self, text: str) -> None:
        """What a hand scanner does: the address, the digits, Enter."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def drop(self, name: str, data: bytes, kind: str) -> None:
        """Choose a file."""
        self.page.set_input_files("#file", {"name": name, "mimeType": kind, "buffer": data})

    def verdict(self) -> str:
        """Wait for an answer."""
        self.page.wait_for_selector("article.verdict")
        found = self.page.get_attribute("article.verdict", "data-verdict")
        assert found is not None
        return found

    def results(self) -> dict[str, str]:
        """Result of each step by its name."""
        found: dict[str, str] = self.page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('.step')].map(e => [e.dataset.step, e.dataset.result]))"
        )
        return found

    def foreign(self) -> list[str]:
        """Addresses elsewhere that were asked for."""
        own = urlsplit(self.url).netloc
        return [one for one in self.asked if urlsplit(one).netloc != own and not one.startswith(("data:", "blob:"))]

    def look_back(self) -> None:
        """Nothing third-party was asked for, and nothing went wrong that no test provoked."""
        assert not self.foreign(), self.foreign()
        wrong = [one for one in self.complaints if not one.startswith(tuple(self.expected) or ("\0",))]
        assert not wrong, wrong


HAS_SNAPSHOT = """() => new Promise((resolve) => {
  const request = indexedDB.open('yinxin');
  request.onsuccess = () => {
    const found = request.result.transaction('public').objectStore('public').get('snapshot');
    found.onsuccess = () => { request.result.close(); resolve(found.result !== undefined); };
    found.onerror = () => { request.result.close(); resolve(false); };
  };
  request.onerror = () => resolve(false);
})"""


@dataclass
class Browser:
    """The program, and where the service is."""

    playwright: Playwright
    program: Program
    executable: Path
    url: str

    @classmethod
    @contextlib.contextmanager
    def start(cls, executable: Path, url: str, playwright: Playwright | None = None) -> Iterator[Browser]:
        """Start it.

        Args:
            executable: Chromium.
            url: where the service is.
            playwright: the one that runs in this thread, where there is one: a second one cannot.
        """
        with contextlib.ExitStack() as stack:
            playwright = playwright or stack.enter_context(sync_playwright())
            program = _launch(playwright, executable, ())
            stack.callback(program.close)
            yield cls(playwright, program, executable, url)

    @contextlib.contextmanager
    def with_flags(self, *flags: str) -> Iterator[Browser]:
        """Another one beside it, with more flags: a camera is given to a whole program."""
        program = _launch(self.playwright, self.executable, flags)
        try:
            yield Browser(self.playwright, program, self.executable, self.url)
        finally:
            program.close()

    @contextlib.contextmanager
    def visit(self, path: str | None = "/verify", *, checked: bool = True, **settings: Any) -> Iterator[Visit]:
        """A visit, at first to nowhere if ``path`` is None; afterwards its log is looked at, if it is ``checked``."""
        context = self.program.new_context(
            **{
                "viewport": DESK,
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                "accept_downloads": True,
                **settings,
            }
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        visit = Visit(page, context, self.url)
        context.on("request", lambda request: visit.asked.append(request.url))
        context.on(
            "console", lambda message: visit.complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`))"
        )
        try:
            if path is not None:
                visit.open(path)
            yield visit
            if checked:
                visit.look_back()
        finally:
            context.unroute_all(behavior="ignoreErrors")
            context.close()

    @contextlib.contextmanager
    def room(
        self, path: str | None, *, secret: str | None = None, language: str = "zh", **settings: Any
    ) -> Iterator[Visit]:
        """A visit to a page that the service makes.

        Args:
            path: where it begins; None for nowhere yet.
            secret: of a session (``house.served.token(name)``); None for a stranger.
            language: ``zh`` or ``en``.
            settings: of Playwright's context, such as ``viewport=PHONE``; ``checked=False`` to leave out looking back.
        """
        cookies = {"yinxin_language": language, **({} if secret is None else {"yinxin_session": secret})}
        state = {
            "cookies": [
                {"name": name, "value": value, "domain": urlsplit(self.url).hostname, "path": "/", "expires": -1,
                 "httpOnly": name == "yinxin_session", "secure": False, "sameSite": "Strict"}
                for name, value in cookies.items()
            ],
            "origins": [],
        }  # fmt: skip
        with self.visit(path, storage_state=state, **settings) as opened:
            yield opened


def _launch(playwright: Playwright, executable: Path, flags: Sequence[str]) -> Program:
    return playwright.chromium.launch(executable_path=str(executable), args=[*FLAGS, *flags], headless=True)
