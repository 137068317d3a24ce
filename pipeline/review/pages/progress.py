"""Targets beside their results: both sources one click away, matches confirmed or taken apart."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from pipeline.review.guard import Form, Here, Somebody, needs
from pipeline.review.rendering import page
from pipeline.store import comparisons, matches
from pipeline.store.comparisons import STATES, Place, places
from pipeline.store.deciding import lock
from pipeline.store.dossier import dossier
from pipeline.store.marks import Spot
from pipeline.store.matches import SPLIT, VERDICTS
from pipeline.store.progress import rematch

router = APIRouter()
TITLE, PATH = "对照", "/progress"
_SIZE = 50
_LONGEST = 100


@router.get(PATH)
def progress(request: Request, site: Here) -> Response:
    """The list, and the pairs that were taken apart."""
    asked = {k: request.query_params.get(k, "").strip()[:_LONGEST] for k in ("q", "state")}
    after = request.query_params.get("after", "")
    with site.store.reader() as connection:
        found = comparisons.comparisons(connection, asked["q"], asked["state"], after, _SIZE)
        said = {(m.target, m.actual): m for m in matches.standing(connection)}
        apart = [m for m in said.values() if m.verdict == SPLIT] if not after else []
        ids = [i for r in found.rows for i in (r.target_figure_id, r.actual_figure_id)]
        where = places(connection, ids + [i for m in apart for i in (m.target, m.actual)])
    kept = {k: v for k, v in asked.items() if v}
    return page(
        request, "progress.html", rows=found.rows, places=where, said=said, apart=apart, states=STATES, q=asked["q"],
        state=asked["state"], first=not after, more=urlencode(kept | {"after": found.after}) if found.after else "",
        start=urlencode(kept),
    )  # fmt: skip


@router.post(PATH)
@needs("analyst")
def word(site: Here, who: Somebody, form: Form) -> Response:
    """Confirm a match, take it apart, or take the word back."""
    verdict, target, actual = form.get("verdict", ""), form.get("target", ""), form.get("actual", "")
    if verdict not in VERDICTS:
        raise HTTPException(422, "没有这种意见")

    def work(connection: Connection) -> None:
        lock(connection)
        found = places(connection, [target, actual])
        if target not in found or actual not in found or target == actual:
            raise HTTPException(404, "这一对数字已不在台账里")
        sides = [_side(connection, found[i]) for i in (target, actual)]
        matches.record(connection, sides[0], sides[1], verdict, who.name, site.clock.stamp(), site.program)
        rematch(connection, {found[target].version, found[actual].version}, target)

    site.store.write(work)
    back = {k: form[k] for k in ("q", "state") if form.get(k)}
    return RedirectResponse(f"{PATH}?{urlencode(back)}#t-{target}" if back else f"{PATH}#t-{target}", status_code=303)


def _side(connection: Connection, place: Place) -> tuple[Spot, str]:
    one = dossier(connection, place.doc_id)
    if one is None:
        raise HTTPException(404, "这一对数字已不在台账里")
    return Spot("figures", place.figure_id, one.path, one.version, one.doc_id, place.start, place.end), one.text
