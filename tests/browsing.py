"""A real browser over a running review page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from pipeline.review.app import create_app
from pipeline.review.guard import COOKIE
from pipeline.review.serving import _listen
from pipeline.review.site import Site
from pipeline.store import people

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """The site on a free port of this machine; its address."""
    listening = _listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(site), log_level="error", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A person at a browser: a page that is logged in; what went wrong in its console is in ``complaints``."""

    def __init__(self, browser: Any, site: Site, address: str, name: str, role: str, viewport: dict[str, int]) -> None:
        token = site.store.write(lambda c: people.begin_session(c, name, role, site.clock.now()))
        self.context = browser.new_context(viewport=viewport, locale="zh-CN", reduced_motion="reduce")
        self.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        self.page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def _heard(self, message: Any) -> None:
        refused = "status of 422" in message.text or "status of 409" in message.text  # answers that the page shows
        if message.type == "error" and not refused:
            self.complaints.append(message.text)

    def go(self, path: str) -> Any:
        """Open a page of the site."""
        self.page.goto(self.address + path)
        return self.page

    def shot(self, folder: Path, name: str) -> Path:
        """A picture of what the person sees."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        self.page.screenshot(path=path)
        return path
