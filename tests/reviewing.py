"""A review page over a small office's store: what the tests of the review share."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from pipeline import nightly_config
from pipeline.clock import Clock
from pipeline.review.app import create_app
from pipeline.review.guard import COOKIE
from pipeline.review.site import Site
from pipeline.store import people
from pipeline.store.dossier import Dossier, dossier
from tests import nights

NOW = datetime(2022, 7, 20, 9, 0)


def site_over(folder: Path, url: str, copies: int = 0) -> Site:
    """A site over a store with a plan and a summary (and so many plans of villages), after a night."""
    file = nights.setting(folder, url, copies=copies)
    nights.run(file)
    settings = nightly_config.load(file, {})
    return Site(
        nights.store_of(file), folder / "in", replace(settings.extract, workers=0), Clock(date(2022, 7, 20)), local="周明",
        program="0.1",
    )  # fmt: skip


def client(site: Site, name: str = "甲", role: str = "analyst") -> TestClient:
    """A browser without a window, logged in; its changes carry the session's word."""
    token = site.store.write(lambda c: people.begin_session(c, name, role, site.clock.now()))
    browser = TestClient(create_app(site), base_url="http://127.0.0.1", follow_redirects=False)
    browser.cookies.set(COOKIE, token)
    with site.store.reader() as connection:
        session = people.session_of(connection, token, site.clock.now())
    assert session is not None
    browser.headers["x-csrf"] = session.csrf
    return browser


def doc_id(site: Site, source: str) -> str:
    """The id of the document of a file."""
    with site.store.reader() as connection:
        query = text("SELECT doc_id FROM current_outcomes WHERE source = :s")
        return str(connection.execute(query, {"s": source}).scalar_one())


def opened(site: Site, source: str = "计划.txt") -> Dossier:
    """The document of a file, as it stands."""
    with site.store.reader() as connection:
        found = dossier(connection, doc_id(site, source))
    assert found is not None
    return found


def seen(page: str) -> str:
    """The text of a page as a reader sees it, roughly."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))
