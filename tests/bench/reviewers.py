"""Twenty reviewers at once on a server that is killed meanwhile: no acknowledged decision may be missing.

``python -m tests.bench.reviewers [rounds] [decisions a round]`` does it on SQLite and PostgreSQL and prints how long pages
and decisions took.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import func, select, text

from pipeline.review.guard import COOKIE
from pipeline.review.site import Site
from pipeline.store import Store, overlay, people
from pipeline.store.dossier import dossiers
from pipeline.store.outcomes import DECLARED, overlay_of
from pipeline.store.schema import DECISIONS, ROWS
from pipeline.verdicts.ruling import JUDGED
from tests.cliruns import ROOT
from tests.reviewing import site_over

REVIEWERS = 20


@dataclass
class Outcome:
    """What the reviewers saw: ids of the decisions that were acknowledged, conflicts told, and seconds of each answer."""

    acknowledged: set[str] = field(default_factory=set)
    conflicts: int = 0
    faults: list[str] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    decisions: list[float] = field(default_factory=list)


class Server:
    """``taizhang review`` as a process."""

    def __init__(self, url: str, inbox: Path) -> None:
        command = [sys.executable, "-m", "pipeline.cli", "review", "--store", url, "--port", "0", "--inbox", str(inbox)]
        env = {k: v for k, v in os.environ.items() if not k.startswith("TAIZHANG_")} | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True)
        assert self._process.stdout
        line = self._process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", line)
        assert found, line
        self.address = found[0]

    def kill(self) -> None:
        """As a power cut would, as far as the process goes."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()


def sessions(site: Site) -> list[tuple[str, str, str]]:
    """(name, cookie, word) of so many analysts, of the server's own day."""
    from pipeline.clock import Clock  # noqa: PLC0415

    found = []
    for n in range(REVIEWERS):
        now = Clock().now()
        token = site.store.write(lambda c, n=n, now=now: people.begin_session(c, f"分析员{n}", "analyst", now))
        with site.store.reader() as connection:
            session = people.session_of(connection, token, now)
        assert session is not None
        found.append((session.name, token, session.csrf))
    return found


def review(
    address: str, who: tuple[str, str, str], doc_ids: list[str], seed: int, stop: threading.Event, seen: Outcome
) -> None:
    """One analyst: opens documents, decides on rows, until told to stop or the server is gone."""
    random = Random(seed)
    name, token, word = who
    headers = {"cookie": f"{COOKIE}={token}", "x-csrf": word, "x-requested-with": "taizhang"}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as browser:
        number = 0
        while not stop.is_set():
            try:
                doc_id = random.choice(doc_ids)
                began = time.perf_counter()
                page = browser.get(f"/doc/{doc_id}")
                seen.pages.append(time.perf_counter() - began)
                cards = re.findall(r'data-table="(\w+)" data-row="(\w+)" data-mark="(\w*)"', page.text)
                if page.status_code != 200 or not cards:
                    seen.faults.append(f"{page.status_code} {page.text[:200]}")
                    return
                for table, row_id, mark in random.sample(cards, min(3, len(cards))):
                    key = f"{seed}-{number:06d}"
                    number += 1
                    values = {
                        "verdict": random.choice(["accept", "reject"]),
                        "table": table,
                        "row_id": row_id,
                        "mark": mark,
                    }
                    began = time.perf_counter()
                    answer = browser.post(f"/doc/{doc_id}/decide", data=values | {"key": key})
                    seen.decisions.append(time.perf_counter() - began)
                    if answer.status_code == 200:
                        seen.acknowledged.add(hashlib.blake2b(f"{name}|{key}".encode(), digest_size=8).hexdigest())
                    elif answer.status_code == 409:
                        seen.conflicts += 1
                    else:
                        seen.faults.append(f"{answer.status_code} {answer.text[:200]}")
            except httpx.TransportError:
                return  # the server was killed


def storm(folder: Path, url: str, rounds: int, decisions: int, documents: int = 12) -> Outcome:
    """So many rounds of reviewers and a kill each, after about so many decisions; what they saw, checked with the store."""
    site = site_over(folder, url, copies=documents)
    with site.store.reader() as connection:
        doc_ids = list(
            connection.scalars(text("SELECT doc_id FROM current_outcomes WHERE reason = '' ORDER BY source"))
        )
    whole = Outcome()
    for round_ in range(rounds):
        server = Server(url, folder / "uploads")
        stop, before = threading.Event(), len(whole.acknowledged)
        threads = [
            threading.Thread(target=review, args=(server.address, who, doc_ids, 1000 * round_ + n, stop, whole))
            for n, who in enumerate(sessions(site))
        ]
        for thread in threads:
            thread.start()
        while len(whole.acknowledged) < before + decisions and not whole.faults and any(t.is_alive() for t in threads):
            time.sleep(0.01)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        check(site.store, whole)
    return whole


def check(store: Store, seen: Outcome) -> None:
    """Nothing acknowledged is missing, numbers are all there once, and the rows kept for queries are those that decisions
    make."""
    assert seen.faults == [], seen.faults[:3]
    with store.reader() as connection:
        held = set(connection.scalars(select(DECISIONS.c.decision_id)))
        assert seen.acknowledged <= held, f"{len(seen.acknowledged - held)} acknowledged decisions are missing"
        numbers = list(connection.scalars(select(DECISIONS.c.number).order_by(DECISIONS.c.number)))
        assert numbers == list(range(1, len(numbers) + 1))
        versions = list(connection.scalars(text("SELECT DISTINCT version FROM overlays")))
        for one in dossiers(connection, versions):
            for table in JUDGED:
                expected = [tuple(getattr(j.row, n) for n in DECLARED[table]) for j in one.judged[table] if j.counts]
                assert kept(connection, table, one.version, one.document) == expected, (one.source, table)
            count = select(func.count()).select_from(overlay.REVIEWS).where(overlay.REVIEWS.c.version == one.version)
            assert connection.execute(count).scalar() == 1


def kept(connection: Any, table: str, version: str, document: int) -> list[tuple[Any, ...]]:
    """The rows of a document as queries see them."""
    t = ROWS[table]
    query = select(*(t.c[n] for n in DECLARED[table])).where(
        t.c.version == overlay_of(version), t.c.document == document
    )
    return [tuple(row) for row in connection.execute(query.order_by(t.c.ordinal))]


def said(name: str, seen: Outcome) -> str:
    """One line."""
    page, decision = (statistics.median(t) * 1000 if t else 0.0 for t in (seen.pages, seen.decisions))
    return (
        f"{name}: {len(seen.acknowledged)} decisions acknowledged, none missing; {seen.conflicts} conflicts told; "
        f"median page {page:.0f} ms, median decision {decision:.0f} ms with {REVIEWERS} at once"
    )


def main(rounds: int = 5, decisions: int = 400) -> None:
    """On both databases."""
    from tests.postgres import Server as Postgres  # noqa: PLC0415

    for name in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder:
            server = Postgres() if name == "PostgreSQL" else None
            url = server.database() if server else f"sqlite:///{folder}/store.db"
            try:
                print(said(name, storm(Path(folder), url, rounds, decisions)), flush=True)
            finally:
                if server:
                    server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
