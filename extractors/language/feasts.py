"""The days of feasts, solar and lunar. Lunar days are known for the years 1900 to 2099."""

from __future__ import annotations

from datetime import timedelta

from lunardate import LunarDate

from extractors.language.dates import Day, of
from extractors.lexicon import settings

# Day of April on which the sun reaches longitude 15°: the usual formula Y*0.2422 + C - Y/4 with C for either century.
_QINGMING = {19: 5.59, 20: 4.81}


def names() -> dict[str, str]:
    """Every feast's name with its rule."""
    feasts = settings("times")["feasts"]
    return {**feasts["free"], **feasts["bound_names"], **feasts["quoted"]}


def day(rule: str, year: int | None) -> Day | None:
    """The day of a feast in a year: ``MM-DD`` solar, ``LMM-DD`` lunar, ``eve`` (除夕) or ``qingming``.

    With an unknown year a solar feast has month and day, any other is None.
    """
    if rule[0].isdigit():
        return year, int(rule[:2]), int(rule[3:])
    if year is None or not 1900 < year < 2100:
        return None
    if rule == "qingming":
        century, short = divmod(year, 100)
        return year, 4, int(short * 0.2422 + _QINGMING[century]) - short // 4
    month, number = (1, 1) if rule == "eve" else (int(rule[1:3]), int(rule[4:]))
    solar = LunarDate(year, month, number).to_solar_date()
    return of(solar - timedelta(days=1) if rule == "eve" else solar)
