"""Column types that give back exactly what was put in, on either database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, Numeric, Text, TypeDecorator
from sqlalchemy.types import TypeEngine, UserDefinedType

_SAFE_INTEGER = 1 << 53
_SAFE_DIGITS = 15  # decimal digits that survive a binary double
_ESCAPE = "\U0010ffff"  # a code point that no text may hold; PostgreSQL cannot store U+0000


class _Bare(UserDefinedType[Any]):
    """A SQLite column without affinity: numbers stay numbers, so that a browser of the file sorts them as such."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "BLOB"


class Exact(TypeDecorator[Decimal]):
    """A decimal of any length: NUMERIC on PostgreSQL; on SQLite a number where it holds exactly, else its digits as text."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Numeric() if dialect.name == "postgresql" else _Bare())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        if value == value.to_integral_value() and abs(value) < _SAFE_INTEGER:
            return int(value)
        if len(value.as_tuple().digits) <= _SAFE_DIGITS and -200 < value.adjusted() < 200:
            return float(value)
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return value if value is None or isinstance(value, Decimal) else Decimal(str(value))


class _Escaped(TypeDecorator[str]):
    """Text on PostgreSQL, which refuses U+0000."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or ("\0" not in value and _ESCAPE not in value):
            return value
        return value.replace(_ESCAPE, _ESCAPE + "1").replace("\0", _ESCAPE + "0")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or _ESCAPE not in value:
            return value
        return value.replace(_ESCAPE + "0", "\0").replace(_ESCAPE + "1", _ESCAPE)


def Words() -> TypeEngine[str]:  # noqa: N802 (stands where a type stands)
    """Text of any characters. On SQLite it is plain text, which costs no call a value."""
    return Text().with_variant(_Escaped(), "postgresql")
