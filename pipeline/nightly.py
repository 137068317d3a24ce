"""One night: what is new comes into the store, the tables and the morning report go out.

Everything that a night changes in the store it changes in one transaction at its end; what is stored on the way (readings)
counts for nothing until then. So a night that is killed leaves either the state before it or the state after it, and the
next run completes what is missing: the readings, the transaction, or the export.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from pipeline import batch, inputs, intake, logs, output, pieces, program, roster, spliced, stored
from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.nightly_config import Nightly
from pipeline.report import build, page
from pipeline.report.data import Report, from_dict
from pipeline.roster import Roster
from pipeline.store import Store, followups, marks, matches, open_store, overlay, proposals, retention, reviewed, runs
from pipeline.store.inputs import Night, count, fold, fold_live, listing, set_aside
from pipeline.store.progress import refresh
from pipeline.store.tombstones import barred

log = logging.getLogger(__name__)

MANY_DOCUMENTS = 1000  # above it the night writes CSV only, unless [nightly] formats says otherwise


def night(settings: Nightly, clock: Clock, progress: batch.Progress) -> Report:
    """Do one night. Raises LockedError where another run holds the store or the output, RunError, OSError."""
    if settings.out is None or not settings.inboxes:
        wanted = "[nightly] 的 out" if settings.out is None else "[[inbox]]"
        raise UsageError(f"{settings.file} 里没有 {wanted},夜间运行需要它")
    out = settings.out.resolve()
    output.check(out)
    units = roster.read(settings.roster) if settings.roster else None
    store = open_store(settings.url, create=True, busy=settings.wait, keep=True)
    with closing(store), store.run_lock(), output.workspace(out, "nightly") as partial:
        with store.reader() as connection:
            known = listing(connection, program.program_fingerprint(settings.extract))
            aside = set_aside(connection)
            bars = barred(connection)
            last = runs.last(connection)
        found = inputs.collect([i.path for i in settings.inboxes], [out, output.partial_of(out)], known)
        taken = intake.take_in(
            store, found, known, aside, [i.path for i in settings.inboxes], settings.extract, settings.settle,
            intake.work_folder(partial), progress, bars,
        )  # fmt: skip
        report, changed = _conclude(store, settings, clock, found, taken, units, last)
        _publish(store, settings, partial, out, report, changed)
    log.info("%s", json.dumps(report.counts), extra=logs.about(run=report.run_id, stage="nightly"))
    return report


Concluded = tuple[Report, spliced.Changed | None]


def _conclude(
    store: Store, settings: Nightly, clock: Clock, found: inputs.Inputs, taken: intake.Intake, units: Roster | None,
    last: runs.Run | None,
) -> Concluded:  # fmt: skip
    """The night's one transaction: its report and what it changed. A night that was done already (and perhaps killed before its report was out) is only told anew, and what it changed not known."""
    started = clock.stamp()
    fingerprint = program.program_fingerprint(settings.extract)
    idle = not taken.seen and not taken.gone
    if idle and last is not None and last.started == started:
        return from_dict(json.loads(last.report)), None
    number = (last.number if last else 0) + 1
    run_id = hashlib.blake2b(f"{last.run_id if last else ''}|{number}|{started}".encode(), digest_size=8).hexdigest()

    def work(connection: Connection) -> Concluded:
        done = runs.last(connection)
        if done is not None and done.run_id == run_id:  # the server went away after it had committed
            return from_dict(json.loads(done.report)), None
        register = Night(connection, started, last.started if last else "", program.program_version(), fingerprint)
        register.seen(taken.seen)
        register.gone(taken.gone)
        marks.carry_over(connection, register.changes, started)
        followups.refresh(connection)
        overlay.refresh(connection, [c.after.version for c in register.changes if c.after is not None], started)
        proposals.propose(connection, register.changes, started)
        before_it = last.started if last else ""
        decided = reviewed.decided_since(connection, before_it) | matches.said_since(connection, before_it)
        compared = refresh(connection, register.changes, decided)
        report = Report(run_id, number, started[:10], started, program.program_version(), first_night=last is None)
        before = fold_live(connection) - fold(c.after.version for c in register.changes if c.after is not None)
        before += fold(c.before.version for c in register.changes if c.before is not None)
        build.fill(report, connection, register.changes, taken, units, clock.today(), compared)
        retention.clean(connection, clock.now(), settings.keep_days, fingerprint)
        runs.add(connection, runs.Run(
            run_id, number, "nightly", started, started[:10], program.program_version(), fingerprint,
            json.dumps({"year": settings.extract.year}), found.files, found.ignored,
            json.dumps(found.links, ensure_ascii=False), json.dumps(report.as_dict(), ensure_ascii=False),
        ))  # fmt: skip
        since = f"{last.run_id if last else ''} {before:x}"
        return report, spliced.Changed(since, register.changes, compared.documents, frozenset(decided))

    return store.write(work)


def republish(store: Store, settings: Nightly) -> bool:
    """Write the output of the last night anew, from the start, and drop what a killed night left; whether there is one."""
    with store.reader() as connection:
        last = runs.last(connection)
    if settings.out is None or last is None or not output.is_ours(settings.out):
        return False
    out = settings.out.resolve()
    with output.workspace(out, "nightly") as partial:
        for name in ("journal", "new", "old"):
            shutil.rmtree(partial / name, ignore_errors=True)
        for name in (STATE, pieces.FILE):
            (out / name).unlink(missing_ok=True)
        _publish(store, settings, partial, out, from_dict(json.loads(last.report)), None)
    return True


def _publish(
    store: Store, settings: Nightly, partial: Path, out: Path, report: Report, changed: spliced.Changed | None
) -> None:
    """Put tables and report out; the tables only where they are not those that stand there."""
    with store.reader() as connection:
        readings = f"{fold_live(connection):x}"
        now, told = _state(connection, readings, settings), f"{report.run_id} {readings}"
        before, before_told = _exported(out)
        if before == now:
            page.write(report, out)
            _note(out, now, told)
            return
        new = output.fresh(partial)
        if changed is not None and before_told != changed.since:
            changed = None  # the old tables are not those of the night before
        _export(connection, new, out, export_settings(connection, settings), now, before, changed)
        page.write(report, new)
        _note(new, now, told)
        output.publish(partial, out)


def _export(
    connection: Connection,
    new: Path,
    out: Path,
    settings: Settings,
    now: str,
    before: str,
    changed: spliced.Changed | None,
) -> None:
    """Write the tables: CSV alone from those of the night before, other formats from the start."""
    if settings.formats != ("csv",):
        stored.write(connection, new, out, settings)
        return
    found = spliced.write(connection, out, new, now, before, changed)
    written = stored.Written(found.documents, sum(found.parts), found.rejects(), found.totals())
    stored.describe(connection, new, out, settings, written)
    (new / pieces.FILE).write_bytes(found.written())


STATE = "state.txt"


def _exported(out: Path) -> tuple[str, str]:
    """The state of the tables that stand in ``out``; and the run that last found or made them so, with its readings."""
    try:
        state, _, told = (out / STATE).read_text("utf-8").strip().partition("\n")
    except OSError:
        return "", ""
    return state, told


def _note(folder: Path, state: str, told: str) -> None:
    draft = folder / f"{STATE}.draft"
    draft.write_text(f"{state}\n{told}\n", "utf-8")
    draft.replace(folder / STATE)


def _state(connection: Connection, readings: str, settings: Nightly) -> str:
    """What the exported tables depend on: the readings that count, the decisions on them, what the last run passed over."""
    last = runs.last(connection)
    raw = f"{readings}|{followups.number(connection)}|{reviewed.last_number(connection)}|{last.ignored if last else 0}|{settings.formats}|{settings.extract}"
    return hashlib.blake2b(raw.encode(), digest_size=16).hexdigest()


def export_settings(connection: Connection, settings: Nightly) -> Settings:
    """The formats of the night."""
    formats = settings.formats
    if formats is None:
        formats = ("csv",) if count(connection) > MANY_DOCUMENTS else settings.extract.formats
    return replace(settings.extract, formats=formats)


def pending(settings: Nightly) -> list[str]:
    """Names of the files that the next night would look at, by size and time alone."""
    known: dict[str, inputs.Told] = {}
    if not (settings.url.startswith("sqlite") and not Path(settings.url.split("///", 1)[-1]).exists()):
        with open_store(settings.url, busy=settings.wait).reader() as connection:
            known = listing(connection, program.program_fingerprint(settings.extract))
    paths = set(known)
    skip = [settings.out, output.partial_of(settings.out)] if settings.out else []
    found = inputs.collect([i.path for i in settings.inboxes], skip, known)
    return [i.source for i in found.items if not i.problem or inputs.printable(i.path) not in paths]
