"""Every route, tried by everybody in every wrong way. The table is made from the application: a new route is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from pipeline.review.app import create_app
from pipeline.review.guard import ANYBODY, SAFE, role_needed
from pipeline.review.site import Site
from pipeline.store.people import ROLES
from tests.nights import dump
from tests.reviewing import client, doc_id, opened, site_over

TRICKS = (
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "' OR '1'='1", "1; DROP TABLE decisions;--", "%", "a%00b", "-1", "9" * 40,
    "<script>alert(1)</script>", "\u202e\U0001f600\U00020000", "x" * 2000, "%ff%fe",
)  # fmt: skip
# What a session is for besides its routes: tables that a refused request must leave alone.
LEFT_ALONE = (
    "decisions",
    "anchors",
    "users",
    "followups",
    "matches",
    "inputs",
    "readings",
    "overlays",
    "standings",
    "reviews",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("routes")
    return site_over(folder, f"sqlite:///{folder}/store.db")


def routes(site: Site) -> Iterator[tuple[str, str, Any]]:
    """(method, path, endpoint) of everything that the application answers."""
    for route in flat(create_app(site).routes):
        assert isinstance(route, APIRoute), f"{route} is no route that the guards run before"
        for method in sorted(route.methods or ()):
            yield method, route.path, route.endpoint


def flat(found: Iterable[Any]) -> Iterator[Any]:
    """Routes, those of included routers too, which newer FastAPI keeps in their router."""
    for route in found:
        inner = getattr(route, "original_router", None)
        yield from flat(inner.routes) if inner is not None else (route,)


def filled(site: Site, path: str) -> str:
    """A path with values that exist."""
    row = opened(site).judged["figures"][0]
    known = {
        "doc_id": doc_id(site, "计划.txt"),
        "table": "figures",
        "row_id": row.row_id,
        "name": "base.css",
        "page": "1",
    }
    return re.sub(r"{(\w+)(?::\w+)?}", lambda m: known.get(m[1], "x"), path)


def held(site: Site) -> dict[str, Any]:
    return {t: rows for t, rows in dump(site.store).items() if t in LEFT_ALONE}


def test_nobody_comes_in_without_a_session(site: Site) -> None:
    before = held(site)
    browser = TestClient(create_app(site), base_url="http://127.0.0.1", follow_redirects=False)
    for method, path, endpoint in routes(site):
        answer = browser.request(method, filled(site, path))
        if role_needed(endpoint, method) == ANYBODY:
            assert path in ("/login", "/enter", "/static/{name}", "/favicon.ico"), f"{path} is open to anybody: why?"
        elif method == "GET":
            assert (answer.status_code, answer.headers.get("location")) == (303, "/login"), path
        else:
            assert answer.status_code == 401, (method, path)
        forged = browser.request(method, filled(site, path), headers={"cookie": "taizhang=" + "x" * 43})
        assert forged.status_code == answer.status_code, (method, path)
    assert held(site) == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_it_may_and_no_more(site: Site, role: str) -> None:
    before = held(site)
    browser = client(site, "某人", role)
    for method, path, endpoint in routes(site):
        needed = role_needed(endpoint, method)
        if needed == ANYBODY or path == "/logout":
            continue
        answer = browser.request(method, filled(site, path))
        if ROLES.index(role) < ROLES.index(needed):
            assert answer.status_code == 403, (method, path, role)
        else:
            assert answer.status_code not in (401, 403, 500, 503), (method, path, role, answer.text[:200])
        if method not in SAFE:
            assert ROLES.index(needed) >= ROLES.index("analyst"), f"{path} changes things for a viewer"
    assert held(site) == before, "empty forms change nothing"


def test_no_change_without_the_word_of_the_session(site: Site) -> None:
    before = held(site)
    for word in (None, "", "x" * 32):
        browser = client(site, "某人", "admin")
        del browser.headers["x-csrf"]
        for method, path, endpoint in routes(site):
            if method in SAFE or role_needed(endpoint, method) == ANYBODY:
                continue
            headers = {} if word is None else {"x-csrf": word}
            answer = browser.request(method, filled(site, path), headers=headers, data={"csrf": word or ""})
            assert answer.status_code == 403, (method, path)
        right = client(site, "某人", "admin")
        for method, path, endpoint in routes(site):
            if method not in SAFE and role_needed(endpoint, method) != ANYBODY:
                answer = right.request(method, filled(site, path), headers={"origin": "http://evil.example"})
                assert answer.status_code == 403, (method, path)
    assert held(site) == before


def test_tricks_in_every_parameter_find_nothing(site: Site) -> None:
    before = held(site)
    browser = client(site, "某人", "admin")
    for method, path, _ in routes(site):
        if path == "/logout":
            continue
        names = re.findall(r"{(\w+)(?::\w+)?}", path)
        for trick in TRICKS:
            for name in names:
                here = filled(site, path.replace(f"{{{name}}}", "\0")).replace("\0", trick)
                check(browser.request(method, here), method, here)
            query = dict.fromkeys(QUERY, trick)
            check(browser.request(method, filled(site, path), params=query if method == "GET" else None,
                                  data=dict.fromkeys(FORM, trick) if method != "GET" and path != "/upload" else None), method, path)  # fmt: skip
    assert held(site) == before


QUERY = (
    "q", "unit", "kind", "status", "flag", "doubt", "who", "dated_from", "dated_to", "changed", "order", "after", "start",
    "end", "ids", "word", "group", "month", "sort", "state", "page", "format", "due",
)  # fmt: skip
FORM = (
    "verdict", "table", "row_id", "mark", "key", "start", "end", "reason", "task_id", "name", "password", "role", "visit",
    "indicator", "value_low", "state", "new_date",
)  # fmt: skip


def check(answer: Any, method: str, path: str) -> None:
    """No fault of ours, no file of the machine, no text taken for a page."""
    assert answer.status_code < 500, (method, path, answer.text[:300])
    assert "root:x:" not in answer.text and "Traceback" not in answer.text
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "<script>alert(1)" not in answer.text, (method, path)
