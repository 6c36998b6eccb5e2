"""People in front of their browsers: each a browser context of its own, watched for faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

PASSWORD = "doradztwo-demo"  # of the demonstration's made-up people
WIDE, NARROW = 1280, 320
HEIGHT = 900
PATIENCE_MS = 15_000
SERVER_ERROR = 500

STAFF = "program@example.org"
COORDINATOR = "koordynator-lubelskie-wielkopolskie@example.org"
COORDINATOR_OF_SILESIA = "koordynator-slaskie@example.org"
EDITOR = "redaktor@example.org"
OPERATOR = "operator@example.org"
EXPERT = "gerard.mrugalec@example.org"
JST = "ludmila.czerepak@example.org"


@dataclass
class Visit:
    """One person's window, and what went wrong in it that no person may ever see."""

    page: Page
    own_host: str
    faults: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take note of script errors, of requests that leave the host, of broken answers."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")
        # Chromium also says so when a page itself answers 404 or 422; see _on_response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console error on {self.page.url}: {message.text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.own_host:
            self.faults.append(f"{self.page.url} asks another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        is_broken = response.status >= SERVER_ERROR
        is_missing = response.status >= 400 and not response.request.is_navigation_request()
        if is_broken or is_missing:
            self.faults.append(f"{response.status} for {response.url} on {self.page.url}")


class Visitors:
    """Opens windows for people; signs each account in once and remembers it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.signed_in: dict[str, Any] = {}
        self.visits: list[Visit] = []
        self.kept: dict[tuple[str | None, str], Visit] = {}

    def open(
        self,
        account: str | None = None,
        *,
        language: str = "pl",
        has_scripts: bool = True,
        width: int = WIDE,
    ) -> Page:
        """A window of somebody who was never here, or of somebody with an account."""
        context = self.browser.new_context(
            base_url=self.address,
            locale="pl-PL" if language == "pl" else "en-GB",
            java_script_enabled=has_scripts,
            viewport={"width": width, "height": HEIGHT},
            storage_state=self._state(account) if account else None,
            timezone_id="Europe/Warsaw",
        )
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(context.new_page(), urlsplit(self.address).netloc)
        visit.watch()
        self.visits.append(visit)
        return visit.page

    def keep_open(self, account: str | None = None, language: str = "pl") -> Page:
        """A window that stays open from test to test, for those who only look at pages."""
        key = (account, language)
        if key not in self.kept:
            page = self.open(account)
            page.context.add_cookies([{"name": "lang", "value": language, "url": self.address}])
            self.kept[key] = self.visits[-1]
        elif self.kept[key] not in self.visits:
            self.visits.append(self.kept[key])
        return self.kept[key].page

    def faults(self) -> list[str]:
        """What went wrong in any window so far."""
        return [fault for visit in self.visits for fault in visit.faults]

    def keep(self, folder: Path) -> None:
        """Save every window as it is: picture, HTML, console."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, visit in enumerate(self.visits, start=1):
            page = visit.page
            if page.is_closed():
                continue
            name = folder / f"window-{number}"
            page.screenshot(path=name.with_suffix(".png"), full_page=True)
            name.with_suffix(".html").write_text(page.content())
            name.with_suffix(".txt").write_text(
                "\n".join([page.url, *visit.faults, *visit.console])
            )

    def close(self) -> None:
        """Close every window but those that stay open."""
        for visit in self.visits:
            if visit in self.kept.values():
                visit.faults.clear()
                visit.console.clear()
            else:
                visit.page.context.close()
        self.visits.clear()

    def _state(self, account: str) -> Any:
        if account not in self.signed_in:
            context = self.browser.new_context(base_url=self.address)
            page = context.new_page()
            page.goto("/logowanie")
            page.locator("#email").fill(account)
            page.locator("#password").fill(PASSWORD)
            page.locator("main form button").click()
            page.wait_for_url("**/panel")
            self.signed_in[account] = context.storage_state()
            context.close()
        return self.signed_in[account]
