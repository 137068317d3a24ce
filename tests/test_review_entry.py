"""Getting in: the printed word, passwords, roles, and what surrounds every answer."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient

from pipeline import logs
from pipeline.nightly_config import Log
from pipeline.review import serving
from pipeline.review.app import create_app
from pipeline.review.armour import HEADERS
from pipeline.review.site import Attempts
from pipeline.store import open_store, people
from tests.cliruns import one_line, run
from tests.reviewing import NOW, client, site_over

PASSWORD = "长风破浪会有时8"


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def visitor(site: object) -> TestClient:
    return TestClient(create_app(site), base_url="http://127.0.0.1", follow_redirects=False)  # type: ignore[arg-type]


def test_the_printed_word_lets_in_once(sqlite: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, sqlite)
    word = site.word.word
    assert visitor(site).get("/queue").headers["location"] == "/login"
    assert visitor(site).get("/enter?word=wrong").status_code == 403
    browser = visitor(site)
    assert browser.get(f"/enter?word={word}").headers["location"] == "/"
    assert browser.get("/queue").status_code == 200
    assert "周明" in browser.get("/queue").text
    assert visitor(site).get(f"/enter?word={word}").status_code == 403
    assert visitor(site).get("/enter?word=").status_code == 403, "a used word is no empty word"


def test_log_in_by_password_and_out(url: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, url)
    site.store.write(lambda c: people.put_user(c, "王敏", PASSWORD, "analyst", "2022-07-01", "周明"))
    browser = visitor(site)
    assert PASSWORD not in str(site.store)
    visit = browser.get("/login").cookies["taizhang_visit"]
    wrong = browser.post("/login", data={"name": "王敏", "password": "不对不对不对不对", "visit": visit})
    assert wrong.status_code == 403 and "不对" in wrong.text
    forged = browser.post("/login", data={"name": "王敏", "password": PASSWORD, "visit": "x"})
    assert forged.status_code == 403
    right = browser.post("/login", data={"name": "王敏", "password": PASSWORD, "visit": visit})
    assert right.status_code == 303
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower()
    assert "王敏" in browser.get("/queue").text
    assert browser.post("/logout").status_code == 403, "without the session's word"
    page = browser.get("/queue").text
    word = page.split('name="csrf" content="')[1].split('"')[0]
    token = browser.cookies["taizhang"]
    assert browser.post("/logout", data={"csrf": word}).headers["location"] == "/login"
    with site.store.reader() as connection:
        assert people.session_of(connection, token, NOW) is None, "the session itself is gone, not only the cookie"


def test_a_changed_or_disabled_user_is_out_at_once(sqlite: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, sqlite)
    site.store.write(lambda c: people.put_user(c, "甲", PASSWORD, "admin", "2022-07-01", "周明"))
    site.store.write(lambda c: people.put_user(c, "乙", PASSWORD, "analyst", "2022-07-01", "周明"))
    browser = client(site, "乙")
    assert browser.get("/queue").status_code == 200
    assert site.store.write(lambda c: people.set_user(c, "乙", "analyst", disabled=True))
    assert browser.get("/queue").status_code == 303
    with site.store.reader() as connection:
        assert people.role_of(connection, "乙", PASSWORD) == ""
        assert people.role_of(connection, "没有这个人", PASSWORD) == ""
    assert not site.store.write(lambda c: people.set_user(c, "甲", "viewer", disabled=False)), "the last admin stays"


def test_many_wrong_passwords_have_to_wait(sqlite: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, sqlite)
    site.store.write(lambda c: people.put_user(c, "王敏", PASSWORD, "analyst", "2022-07-01", "周明"))
    browser = visitor(site)
    visit = browser.get("/login").cookies["taizhang_visit"]
    codes = [
        browser.post("/login", data={"name": "王敏", "password": "不对不对不对" + str(n), "visit": visit}).status_code
        for n in range(6)
    ]
    assert codes == [403] * 5 + [429]
    last = browser.post("/login", data={"name": "王敏", "password": PASSWORD, "visit": visit})
    assert last.status_code == 429 and int(last.headers["retry-after"]) > 0


def test_attempts_are_forgotten_in_time_and_never_grow_without_end() -> None:
    attempts = Attempts(allowed=1, seconds=0.0, most=3)
    for n in range(10):
        attempts.fail(f"name {n}")
    assert attempts.wait("name 9") == 0.0
    assert len(attempts._failed) == 3


def test_every_answer_wears_the_headers(sqlite: str, tmp_path: Path) -> None:
    browser = client(site_over(tmp_path, sqlite))
    for path in ("/queue", "/static/base.css", "/nothing", "/login"):
        headers = browser.get(path).headers
        assert {k: headers.get(k) for k in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert browser.get("/queue").headers["cache-control"] == "no-store"


def test_another_host_name_is_refused(sqlite: str, tmp_path: Path) -> None:
    site = site_over(tmp_path, sqlite)
    site.hosts = ("127.0.0.1",)
    browser = client(site)
    assert browser.get("/queue", headers={"host": "evil.example:8321"}).status_code == 400
    assert browser.get("/queue", headers={"host": "127.0.0.1:8321"}).status_code == 200


def test_a_long_form_is_refused(sqlite: str, tmp_path: Path) -> None:
    browser = client(site_over(tmp_path, sqlite))
    assert browser.post("/logout", data={"x": "y" * (1 << 20)}).status_code == 413

    def endless() -> object:
        yield from (b"x=" + b"y" * 65536 for _ in range(20))

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/logout", content=endless(), headers=kind).status_code == 413  # type: ignore[arg-type]


def test_users_by_the_command_and_no_door_without_them(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.db"
    refused = run("review", "--store", store, "--host", "0.0.0.0", "--port", "0", timeout=60)
    assert refused.returncode == 2 and "--add-user" in one_line(refused)
    short = run("review", "--store", store, "--add-user", "王敏", input="短".encode(), timeout=60)
    assert short.returncode == 2 and "密码" in one_line(short)
    made = run(
        "review",
        "--store",
        store,
        "--add-user",
        "王敏",
        "--role",
        "reviewer",
        input=f"{PASSWORD}\n".encode(),
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    with open_store(store).reader() as connection:
        assert people.role_of(connection, "王敏", PASSWORD) == "reviewer"
    taken = socket.create_server(("127.0.0.1", 0))
    with taken:
        port = str(taken.getsockname()[1])
        busy = run("review", "--store", store, "--port", port, timeout=60)
    assert busy.returncode == 2 and port in one_line(busy)


def test_the_page_keeps_the_log_of_the_settings(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def run_once(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        logging.getLogger("uvicorn.error").warning("refused")
        for listening in sockets:
            heard.append(listening.getsockname()[0])
            listening.close()

    monkeypatch.setattr(uvicorn.Server, "run", run_once)
    serving.serve(site_over(tmp_path, sqlite), "127.0.0.1", 0, lambda _line: None, Log(tmp_path / "logs", 1, 2, False))
    logs.configure("review", False)
    assert heard == ["127.0.0.1"]
    assert "refused" in (tmp_path / "logs" / "review.log").read_text("utf-8")
