"""Decisions from a document's page: each is one record, and the answer shows what it did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from pipeline.review import cards
from pipeline.review.guard import Form, Here, Somebody, needs
from pipeline.review.pages.document import counts, head, opened
from pipeline.review.rendering import fragment
from pipeline.review.site import Site
from pipeline.store.deciding import Conflict, Refused, Wish, decide
from pipeline.store.dossier import Dossier
from pipeline.store.people import Session
from pipeline.verdicts import corrections
from pipeline.verdicts.corrections import Wrong
from pipeline.verdicts.effective import Judged
from pipeline.verdicts.ruling import (
    ADD,
    CONFIRM,
    EDIT,
    LINK,
    MEMBERS,
    PLACED,
    UNDO,
    UNLINK,
    VERDICTS,
    as_json,
    content,
    snapshot,
)

router = APIRouter()
_LONGEST = 1000  # code points of a comment


@router.post("/doc/{doc_id}/decide")
@needs("analyst")
def decision(site: Here, who: Somebody, form: Form, doc_id: str) -> Response:
    """Take a decision. 409 with both sides where somebody was faster, 422 with what is wrong."""
    before = opened(site, doc_id)
    try:
        wish = _wish(before, form, who)
        after = _decided(site, wish, form)
    except Wrong as wrong:
        return JSONResponse({"problems": wrong.problems, "words": str(wrong)}, 422)
    except Refused as refused:
        return JSONResponse({"words": str(refused)}, 422)
    except Conflict as conflict:
        return _conflict(conflict, opened(site, doc_id), who, form)
    return JSONResponse(_answer(before, after, wish, who))


def _decided(site: Site, wish: Wish, form: dict[str, str]) -> Dossier:
    """The document with the decision, and with the link to a task that came with it."""
    now = site.clock.stamp()

    def work(connection: Any) -> Dossier:
        after = decide(connection, wish, now, site.program)
        task = form.get("task_id")
        if wish.verdict in (EDIT, ADD) and wish.table in MEMBERS and task is not None:
            row = _same(after, wish)
            if row is not None and row.row.task_id != task:
                verdict, target = (LINK, task) if task else (UNLINK, row.row.task_id)
                bound = replace(
                    wish, verdict=verdict, row_id=row.row_id, key=wish.key + "+", mark=None, reason="",
                    after={"task_id": target},
                )  # fmt: skip
                after = decide(connection, bound, now, site.program)
        return after

    return site.store.write(work)


def _same(one: Dossier, wish: Wish) -> Judged | None:
    """The row that a decision was about; of an added one, the one that it made."""
    if wish.verdict != ADD:
        return one.find(wish.table, wish.row_id)
    fresh = [j for j in one.judged[wish.table] if j.extracted is None]
    return max(fresh, key=lambda j: j.thread[0].number, default=None)


def _wish(one: Dossier, form: dict[str, str], who: Session) -> Wish:
    verdict, table = form.get("verdict", ""), form.get("table", "")
    if verdict not in VERDICTS or table not in (*PLACED, "documents"):
        raise Refused("没有这种意见")
    if verdict == CONFIRM and not who.may("reviewer"):
        raise Refused("复核要由复核员来做")
    key, reason = form.get("key", ""), form.get("reason", "").strip()
    if not 8 <= len(key) <= 64 or len(reason) > _LONGEST:
        raise Refused("批注太长" if len(reason) > _LONGEST else "页面已过期,请重新打开")
    wish = Wish(
        one.doc_id, verdict, table, form.get("row_id", ""), who.name, key, form.get("mark", ""), _after(one, form),
        reason, _whole(form.get("start", "")), _whole(form.get("end", "")),
    )  # fmt: skip
    if verdict == EDIT and not wish.after and not _relinked(one, form):
        raise Refused("没有改动;如果这一行是对的,请认可")
    return wish


def _relinked(one: Dossier, form: dict[str, str]) -> bool:
    row = one.find(form["table"], form.get("row_id", ""))
    return row is not None and "task_id" in form and form["task_id"] != getattr(row.row, "task_id", "")


def _after(one: Dossier, form: dict[str, str]) -> dict[str, Any]:
    """What a decision puts into the row."""
    verdict, table = form["verdict"], form["table"]
    if verdict in (LINK, UNLINK):
        return {"task_id": form.get("task_id", "")}
    if verdict not in (EDIT, ADD):
        return {}
    typed = {n: form[n] for n in content(table) if n in form}
    if verdict == ADD:
        values = corrections.read(table, typed)
        return {n: v for n, v in values.items() if v not in (None, "")} | _place(one, _whole(form.get("start", "")))
    row = one.find(table, form.get("row_id", ""))
    if row is None:
        raise Refused("这一行已不在这份材料里,请重新打开页面")
    before = snapshot(table, row.row)
    changed = corrections.changed(table, before, corrections.read(table, typed, before))
    start, end = _whole(form.get("start", "")), _whole(form.get("end", ""))
    if table in PLACED and 0 <= start < end <= len(one.text) and (start, end) != (row.row.start, row.row.end):
        changed["span"] = {
            "start": start - row.row.start, "end": end - row.row.end, "quote": one.text[start:end],
        }  # fmt: skip
    return changed


def _place(one: Dossier, start: int) -> dict[str, Any]:
    """Section and page of an added row: those of the nearest row before it."""
    before = [j.row for t in PLACED for j in one.judged[t] if j.extracted is not None and j.row.start <= start]
    near = max(before, key=lambda row: row.start, default=None)
    return {"section": near.section, "page": near.page} if near is not None else {}


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


def _answer(before: Dossier, after: Dossier, wish: Wish, who: Session) -> dict[str, Any]:
    """What the page has to change: cards that look otherwise now, cards that are gone, the bar above."""
    shown: dict[str, str] = {}
    gone: list[str] = []
    old = {cards.key(t, j.row_id): j for t in PLACED for j in before.judged[t] if not j.empty}
    new = {cards.key(t, j.row_id): j for t in PLACED for j in after.judged[t] if not j.empty}
    for key, j in new.items():
        known = old.get(key)
        if known is None or known.row != j.row or known.thread != j.thread or known.state != j.state:
            shown[key] = cards.card(after, j, who)
    gone = [key for key in old if key not in new]
    row = _same(after, wish)
    # Edges that moved, or a row that came or went, change the highlights: the page asks for the source again.
    redraw = {(s.start, s.end, s.key) for s in cards.spans(before)} != {
        (s.start, s.end, s.key) for s in cards.spans(after)
    }
    return {
        "cards": shown, "gone": gone, "head": head(after, who), "counts": counts(after), "redraw": redraw,
        "key": cards.key(row.table, row.row_id) if row is not None else "",
        "undone": wish.verdict == UNDO,
    }  # fmt: skip


def _conflict(conflict: Conflict, one: Dossier, who: Session, form: dict[str, str]) -> Response:
    """Both sides: what the other person did, and what was not taken."""
    now = conflict.now
    mine = []
    for c in corrections.editable(now.table):
        if c.name in conflict.wish.after:
            mine.append((c.header, as_json(getattr(now.row, c.name)), conflict.wish.after[c.name]))
    words = fragment(
        "conflict.html", now=now, wish=conflict.wish, mine=mine, theirs=cards.changes(now), last=now.thread[-1]
    )
    shown = {cards.key(now.table, now.row_id): cards.card(one, now, who)} if now.table in PLACED else {}
    return JSONResponse({"conflict": words, "mark": now.mark, "cards": shown, "head": head(one, who)}, 409)


@router.post("/doc/{doc_id}/finish")
@needs("analyst")
def finish(request: Request, site: Here, who: Somebody, form: Form, doc_id: str) -> Response:
    """The whole document: seen by an analyst (accept), confirmed by a reviewer (confirm), or taken back (undo)."""
    verdict, key = form.get("verdict", ""), form.get("key", "")
    one = opened(site, doc_id)
    try:
        if verdict not in ("accept", CONFIRM, UNDO) or not 8 <= len(key) <= 64:
            raise Refused("没有这种意见")
        if verdict == CONFIRM and not who.may("reviewer"):
            raise Refused("复核要由复核员来做")
        left = sum(not j.reviewed for t in PLACED for j in one.judged[t] if not j.empty)
        if verdict == "accept" and left:
            raise Refused(f"还有 {left} 条没有看,都看过才算看完")
        now = site.clock.stamp()

        def work(connection: Any) -> Dossier:
            for part in one.judged["documents"]:
                wish = Wish(
                    one.doc_id, verdict, "documents", part.row_id, who.name, f"{key}{part.row_id}", part.mark
                )  # fmt: skip
                decide(connection, wish, now, site.program)
            return one

        site.store.write(work)
    except Refused as refused:
        return JSONResponse({"words": str(refused)}, 422)
    except Conflict as conflict:
        return _conflict(conflict, opened(site, doc_id), who, form)
    return JSONResponse({"head": head(opened(site, doc_id), who), "cards": {}, "gone": [], "counts": counts(one)})
