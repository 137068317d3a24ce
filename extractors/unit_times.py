"""Times around organisations: what may stand between a body and its verb (县水利局12月中下旬…) or before a body."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from extractors.language.times import Time
from extractors.unit_words import words

_COUNTED = re.compile(r"[0-9一二两三四五六七八九十半]+个?[^0-9一二两三四五六七八九十后起]{1,5}$")
_LONG = 8
_LEADS = frozenset("用于在从自到至以按")
# 收到通知后5个工作日内, 自印发之日起10日内: what a length is counted from.
_SINCE = re.compile(r"[^,，。;；:：、\n0-9要应须]{1,10}?(?:后|之日起|起)(?=[0-9一二两三四五六七八九十半])")
_ENDS_NAMELY = frozenset("年月份日号旬季度周天内前后初末底起期间")


def _beginning(t: Time) -> int:
    """Where a time begins; of a length that is counted from an event, the length (县水利局收到通知后+5日内)."""
    counted = _COUNTED.search(t.text) if t.kind == "within" and len(t.text) > _LONG else None
    return t.start + counted.start() if counted else t.start


class Times:
    """The times of a part by where they begin; all offsets are clean offsets."""

    def __init__(self, found: Iterable[Time]) -> None:
        self._all = [t for t in found if t.kind != "duration" or t.text[-1:] in "右间年月天"]
        self._starts = [_beginning(t) for t in self._all]
        self._end = dict(zip(self._starts, (t.end for t in self._all), strict=True))

    def cuts(self) -> list[int]:
        """Where names may begin anew: behind each time that is no part of a name (春节前+综采一队, not 五一+小学)."""
        return [t.end for t in self._all if t.kind != "in" or t.text[-1] in _ENDS_NAMELY]

    def between(self, start: int, stop: int) -> bool:
        """Whether a time begins between two offsets."""
        i = bisect_left(self._starts, start)
        return i < len(self._starts) and self._starts[i] < stop

    def lead_to(self, text: str, place: int) -> bool:
        """Whether a time ends right before a place, but for a comma: 9月底前,+服务中心."""
        i = bisect_left(self._starts, place) - 1
        return i >= 0 and self._all[i].end <= place and not text[self._all[i].end : place].strip(",， ")

    def fill(self, text: str, place: int, end: int) -> int:
        """Where adverbs and times end that begin at a place."""
        match = words().fill.match
        while place < end:
            if (led := self._led(text, place)) is not None and led <= end:
                place = led
                continue
            m = match(text, place, end)
            at = self._out(m.end()) if m else place
            if at == place or at > end:
                since = _SINCE.match(text, place, end)
                if since is None or since.end() not in self._end:
                    return place
                at = since.end()
            place = at
        return place

    def without(self, text: str, start: int, stop: int) -> str:
        """The text between two offsets without the times that lie in it and the prepositions before them."""
        i, kept = bisect_left(self._starts, start), ""
        while i < len(self._starts) and self._starts[i] < stop and self._all[i].end <= stop:
            piece = text[start : self._starts[i]]
            since = _SINCE.search(piece + "1")
            if since is not None and since.end() == len(piece):
                piece = piece[: since.start()]
            kept += piece[:-1] if piece[-1:] in _LEADS else piece
            start = self._all[i].end
            i += 1
        return kept + text[start:stop]

    def _led(self, text: str, place: int) -> int | None:
        """Where the time ends that begins at a place or behind a preposition there."""
        found = self._end.get(place)
        return self._end.get(place + 1) if found is None and text[place] in _LEADS else found

    def _out(self, place: int) -> int:
        """The end of the time that a place lies in, else the place."""
        i = bisect_right(self._starts, place) - 1
        return max(place, self._all[i].end) if i >= 0 and self._starts[i] < place else place
