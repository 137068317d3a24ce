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
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from pipeline import batch, inputs, intake, logs, output, program, roster, spliced, stored
from pipeline.clock import Clock
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.nightly_config import Nightly
from pipeline.report import build, page
from pipeline.report.data import Report, from_dict
from pipeline.roster import Roster
from pipeline.run import SHARD_DOCUMENTS
from pipeline.store import Store, followups, marks, open_store, overlay, proposals, retention, reviewed, runs
from pipeline.store.inputs import Night, current, set_aside
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
    store = open_store(settings.url, create=True, busy=settings.wait)
    with store.run_lock(), output.workspace(out, "nightly") as partial:
        found = inputs.collect([i.path for i in settings.inboxes], skip=[out, output.partial_of(out)])
        with store.reader() as connection:
            known = {k.path: k for k in current(connection)}
            aside = set_aside(connection)
            bars = barred(connection)
            last = runs.last(connection)
        taken = intake.take_in(
            store, found, known, aside, [i.path for i in settings.inboxes], settings.extract, settings.settle,
            intake.work_folder(partial), progress, bars,
        )  # fmt: skip
        report = _conclude(store, settings, clock, found, taken, units, last)
        _publish(store, settings, partial, out, report)
    log.info("%s", json.dumps(report.counts), extra=logs.about(run=report.run_id, stage="nightly"))
    return report


def _conclude(
    store: Store, settings: Nightly, clock: Clock, found: inputs.Inputs, taken: intake.Intake, units: Roster | None,
    last: runs.Run | None,
) -> Report:  # fmt: skip
    """The night's one transaction. A night that was done already (and perhaps killed before its report was out) is only told anew."""
    started = clock.stamp()
    fingerprint = program.program_fingerprint(settings.extract)
    idle = not taken.seen and not taken.gone
    if idle and last is not None and last.started == started:
        return from_dict(json.loads(last.report))
    number = (last.number if last else 0) + 1
    run_id = hashlib.blake2b(f"{last.run_id if last else ''}|{number}|{started}".encode(), digest_size=8).hexdigest()

    def work(connection: Connection) -> Report:
        done = runs.last(connection)
        if done is not None and done.run_id == run_id:  # the server went away after it had committed
            return from_dict(json.loads(done.report))
        register = Night(connection, started, program.program_version(), fingerprint)
        register.seen(taken.seen)
        register.gone(taken.gone)
        register.still_there()
        marks.carry_over(connection, register.changes, started)
        overlay.refresh(connection, [c.after.version for c in register.changes if c.after is not None], started)
        proposals.propose(connection, register.changes, started)
        decided = reviewed.decided_since(connection, last.started if last else "")
        compared = refresh(connection, register.changes, decided)
        report = Report(run_id, number, started[:10], started, program.program_version(), first_night=last is None)
        build.fill(report, connection, register.changes, taken, units, clock.today(), compared)
        retention.clean(connection, clock.now(), settings.keep_days, fingerprint)
        runs.add(connection, runs.Run(
            run_id, number, "nightly", started, started[:10], program.program_version(), fingerprint,
            json.dumps({"year": settings.extract.year}), len(found.items), found.ignored,
            json.dumps(found.links, ensure_ascii=False), json.dumps(report.as_dict(), ensure_ascii=False),
        ))  # fmt: skip
        return report

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
        for name in (STATE, spliced.PIECES):
            (out / name).unlink(missing_ok=True)
        _publish(store, settings, partial, out, from_dict(json.loads(last.report)))
    return True


def _publish(store: Store, settings: Nightly, partial: Path, out: Path, report: Report) -> None:
    """Put tables and report out; the tables only where they are not those that stand there."""
    with store.reader() as connection:
        state = _state(connection, settings)
        if _exported(out) == state:
            page.write(report, out)
            return
        new = output.fresh(partial)
        _export(connection, new, out, export_settings(connection, settings))
        page.write(report, new)
        (new / STATE).write_text(state + "\n", "utf-8")
        output.publish(partial, out)


def _export(connection: Connection, new: Path, out: Path, settings: Settings) -> None:
    """Write the tables: CSV alone from those of the night before, other formats from the start."""
    if settings.formats == ("csv",) and len(current(connection)) <= SHARD_DOCUMENTS:
        merge, rows, pieces = spliced.write(connection, out, new)
        stored.finish(connection, merge, new, out, settings, "", rows)
        (new / spliced.PIECES).write_text(pieces, "utf-8")
        return
    stored.write(connection, new, out, settings)


STATE = "state.txt"


def _exported(out: Path) -> str:
    try:
        return (out / STATE).read_text("utf-8").strip()
    except OSError:
        return ""


def _state(connection: Connection, settings: Nightly) -> str:
    """What the exported tables depend on."""
    digest = hashlib.blake2b(digest_size=16)
    for k in current(connection):
        digest.update(f"{k.version}|".encode())
    last = runs.last(connection)
    digest.update(f"{followups.number(connection)}|{reviewed.last_number(connection)}|".encode())
    digest.update(f"{last.ignored if last else 0}|{settings.formats}|{settings.extract}".encode())
    return digest.hexdigest()


def export_settings(connection: Connection, settings: Nightly) -> Settings:
    """The formats of the night."""
    formats = settings.formats
    if formats is None:
        many = len(current(connection)) > MANY_DOCUMENTS
        formats = ("csv",) if many else settings.extract.formats
    return replace(settings.extract, formats=formats)


def pending(settings: Nightly) -> list[str]:
    """Names of the files that the next night would look at, by size and time alone."""
    skip = [settings.out, output.partial_of(settings.out)] if settings.out else []
    found = inputs.collect([i.path for i in settings.inboxes], skip=skip)
    known = {}
    if not (settings.url.startswith("sqlite") and not Path(settings.url.split("///", 1)[-1]).exists()):
        with open_store(settings.url, busy=settings.wait).reader() as connection:
            known = {k.path: k for k in current(connection)}
    return [
        i.source
        for i in found.items
        if (k := known.get(inputs.printable(i.path))) is None or (k.size, k.mtime_ns) != (i.size, i.modified_ns)
    ]
