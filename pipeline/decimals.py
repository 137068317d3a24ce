"""Decimals as text."""

from __future__ import annotations

from decimal import Decimal


def plain(number: Decimal) -> str:
    """A decimal in shortest plain form: no exponent, no trailing zeros after the point.

    >>> plain(Decimal("1.580E+9")), plain(Decimal("12.50"))
    ('1580000000', '12.5')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text
