"""The second reader against a local server that speaks the chat interface: grounding, doubt, candidates, failures."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import Options, Source, extract, secondreading
from tests.cliruns import contents, one_line, run

PLAN = """柳河县水利局2023年工作计划

1.新建提灌站12座,9月底前完成。责任单位:县水利局。
2.完成水利投资1.5亿元。
3.请滨河中心所把泵房钥匙送到档案室。
柳河县水利局
2023年1月9日
"""

Answer = Callable[[str], tuple[int, str]]


class Server:
    """A server that answers each passage with what ``answer`` says: (status, content). ``asked`` holds the requests."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _: (200, "{}")
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(body)
                outer.keys.append(self.headers.get("Authorization", ""))
                status, content = outer.answer(body["messages"][-1]["content"])
                reply = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"],
                         "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}]}  # fmt: skip
                data = json.dumps(reply if status == 200 else {"error": {"message": content}}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.http.shutdown()
    started.http.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    (made / "计划.txt").write_text(PLAN, "utf-8")
    return made


def rows(out: Path, table: str) -> list[dict[str, str]]:
    with (out / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read(folder: Path, out: Path, server: Server, *more: str) -> None:
    done = run("extract", folder, "--out", out, "--quiet", "--second-reader", server.url, "--second-model", "small", *more,
               env={"TAIZHANG_SECOND_KEY": "key-of-mine"})  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


AGREES = {
    "figures": [{"quote": "12座", "status": "target"}, {"quote": "1.5亿元", "status": "target"}],
    "deadlines": [{"quote": "9月底前"}],
    "units": [{"quote": "县水利局", "role": "responsible"}],
}


def differing(passage: str) -> tuple[int, str]:
    """12座 is read otherwise, 1.5亿元 not at all, 责任单位 as the rows have it, one unit more, one quote is invented."""
    answer = {
        "figures": [{"quote": "12座", "status": "actual", "indicator": "提灌站"}, {"quote": "99座", "status": "target"}],
        "deadlines": [{"quote": "9月底前", "action": "新建提灌站"}],
        "units": [{"quote": "县水利局", "role": "responsible"}, {"quote": "滨河中心所", "role": "responsible", "action": "送钥匙"}],
    }  # fmt: skip
    return 200, f"好的:\n```json\n{json.dumps(answer, ensure_ascii=False)}\n```"


def test_nobody_is_asked_by_default(folder: Path, tmp_path: Path, server: Server) -> None:
    assert run("extract", folder, "--out", tmp_path / "out", "--quiet").returncode == 0
    assert server.asked == []


def test_where_both_agree_nothing_changes(folder: Path, tmp_path: Path, server: Server) -> None:
    server.answer = lambda _: (200, json.dumps(AGREES, ensure_ascii=False))
    assert run("extract", folder, "--out", tmp_path / "plain", "--quiet").returncode == 0
    read(folder, tmp_path / "out", server)
    plain, twice = contents(tmp_path / "plain"), contents(tmp_path / "out")
    assert plain.pop("manifest.json") != twice.pop("manifest.json")
    assert twice == plain
    assert server.keys == ["Bearer key-of-mine"]
    assert [m["role"] for m in server.asked[0]["messages"]] == ["system", "user"]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_difference_is_doubt_and_what_only_the_second_has_a_candidate(
    folder: Path, tmp_path: Path, server: Server, workers: str
) -> None:
    server.answer = differing
    assert run("extract", folder, "--out", tmp_path / "plain", "--quiet").returncode == 0
    read(folder, tmp_path / "out", server, "--workers", workers)
    before = {r["quote"]: r for r in rows(tmp_path / "plain", "figures")}
    after = {r["quote"]: r for r in rows(tmp_path / "out", "figures")}
    assert set(after) == set(before) == {"12座", "1.5亿元"}, "99座 does not stand in the text"
    for quote, said in (("12座", "二读:actual"), ("1.5亿元", "二读:无")):
        assert 0.5 <= float(after[quote]["confidence"]) < float(before[quote]["confidence"])
        assert after[quote]["cue"].endswith(said)
        assert after[quote]["status"] == before[quote]["status"]
    assert rows(tmp_path / "out", "deadlines") == rows(tmp_path / "plain", "deadlines")
    units = rows(tmp_path / "out", "units")
    assert [u["quote"] for u in units] == ["县水利局", "滨河中心所"]
    new = units[1]
    assert (new["rule"], new["cue"], new["confidence"], new["task_id"]) == ("second_reader", "二读:small", "0.4", "")
    assert PLAN[int(new["start"]) : int(new["end"])] == new["quote"] == "滨河中心所"
    assert "second_ungrounded=1" in rows(tmp_path / "out", "documents")[0]["warnings"]
    written = (tmp_path / "out" / "manifest.json").read_text("utf-8")
    assert "small" in written
    assert all(b"key-of-mine" not in data for data in contents(tmp_path / "out").values())


@pytest.mark.parametrize(
    "content", ["", "没有", "[1]", '{"figures": 3}', '{"figures": [3, {"quote": 5}, {}]}', "{" * 9999]
)
def test_any_answer_is_borne(folder: Path, tmp_path: Path, server: Server, content: str) -> None:
    server.answer = lambda _: (200, content)
    read(folder, tmp_path / "out", server)
    found = rows(tmp_path / "out", "figures")
    assert [r["quote"] for r in found] == ["12座", "1.5亿元"]
    usable = content.startswith('{"')
    assert ("second_failed=1" in rows(tmp_path / "out", "documents")[0]["warnings"]) is not usable
    assert all(("二读:无" in r["cue"]) is usable for r in found)


def test_two_claims_of_one_place_are_one(folder: Path, tmp_path: Path, server: Server) -> None:
    figures = [{"quote": q, "status": "target"} for q in ("新建提灌站12座", "12座", "12座", "1.5亿元")]
    server.answer = lambda _: (200, json.dumps(AGREES | {"figures": figures}, ensure_ascii=False))
    read(folder, tmp_path / "out", server)
    assert [(r["quote"], r["rule"] == "second_reader") for r in rows(tmp_path / "out", "figures")] == [
        ("12座", False),
        ("1.5亿元", False),
    ]
    assert "second_ungrounded=1" in rows(tmp_path / "out", "documents")[0]["warnings"]


def test_who_does_not_answer_is_left(tmp_path: Path, server: Server) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(8):
        (folder / f"{n}.txt").write_text(PLAN.replace("12座", f"{n + 2}座"), "utf-8")
    server.answer = lambda _: (401, "no such key")
    done = run("extract", folder, "--out", tmp_path / "out", "--second-reader", server.url, "--second-model", "small")
    assert done.returncode == 0
    said = [line for line in done.stderr.decode().splitlines() if "二读" in line]
    assert len(said) == 1
    assert "no such key" not in done.stderr.decode()
    assert len(server.asked) < 8, "after five in a row nobody is asked any more"
    assert all(r["warnings"] == "second_failed=1" for r in rows(tmp_path / "out", "documents"))
    assert len(rows(tmp_path / "out", "figures")) == 16


def test_settings_come_in_pairs(folder: Path, tmp_path: Path, server: Server) -> None:
    done = run("extract", folder, "--out", tmp_path / "out", "--second-reader", server.url)
    assert done.returncode == 2
    assert "second_model" in one_line(done)
    done = run("extract", folder, "--out", tmp_path / "out", "--second-reader", "nowhere", "--second-model", "m")
    assert done.returncode == 2
    assert "http" in one_line(done)


def test_the_night_is_read_twice_as_well(folder: Path, tmp_path: Path, server: Server) -> None:
    server.answer = differing
    (tmp_path / "taizhang.toml").write_text(
        f'[extract]\nsecond_reader = "{server.url}"\nsecond_model = "small"\n[store]\nurl = "sqlite:///{tmp_path}/s.db"\n'
        f'[[inbox]]\npath = "{folder}"\n[nightly]\nout = "{tmp_path}/out"\n',
        "utf-8",
    )
    done = run("nightly", "--config", tmp_path / "taizhang.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert {u["rule"] for u in rows(tmp_path / "out", "units")} >= {"second_reader"}


ROWS = extract(Source("0" * 16, "计划.txt", "txt", PLAN), Options())
JSON = st.recursive(
    st.none() | st.integers() | st.text("12座月底前亿元", max_size=6), lambda x: st.lists(x, max_size=3)
)
ITEM = st.fixed_dictionaries(
    {"quote": st.sampled_from(["12座", "9月底前", "县水利局", "1.5亿元", "责任单位", "建提灌站12座", "2023年", "2023年1月"]) | JSON},
    optional={"status": st.sampled_from(["actual", "target", "x"]) | JSON, "role": st.sampled_from(["lead", "y"]) | JSON,
              "action": st.text(max_size=80), "indicator": JSON},
)  # fmt: skip
ANSWER = st.dictionaries(st.sampled_from(["figures", "deadlines", "units", "z"]), st.lists(ITEM, max_size=5) | JSON)


@given(ANSWER)
def test_whatever_is_answered_rows_quote_their_text_and_none_is_lost(answer: dict[str, Any]) -> None:
    fresh = extract(Source("0" * 16, "计划.txt", "txt", PLAN), Options())
    tables = secondreading.Tables(fresh.documents, fresh.figures, fresh.deadlines, fresh.units, fresh.tasks)
    reading = secondreading.Reading()
    for span in secondreading.passages(PLAN):
        secondreading.ground(PLAN, span, answer, tables, reading)
    secondreading.weigh(tables, PLAN, reading, "m")
    for table in ("figures", "deadlines", "units"):
        had, has = getattr(ROWS, table), getattr(tables, table)
        for row in has:
            assert PLAN[row.start : row.end] == row.quote
        own = [r for r in has if r.rule != secondreading.RULE]
        assert [(r.start, r.quote) for r in own] == [(r.start, r.quote) for r in had]
        assert all(0.5 <= r.confidence <= h.confidence for r, h in zip(own, had, strict=True) if h.confidence >= 0.5)
        key = {"figures": "figure_id", "deadlines": "deadline_id", "units": "unit_id"}[table]
        assert len({getattr(r, key) for r in has}) == len(has)


@given(st.text("字。\n;,数", max_size=4000))
def test_passages_cover_the_text(text: str) -> None:
    spans = list(secondreading.passages(text))
    assert all(a < b for a, b in spans)
    at = 0
    for a, b in spans:
        assert not text[at:a].strip()
        at = b
    assert not text[at:].strip()
