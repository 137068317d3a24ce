"""What one input holds: itself, or the members of the archive or mail that it is.

Every piece of work on an input (opening it, reading a member) is a *step*, told to the engine before it begins. A step that
ended its worker is known by its number when the input is taken up again, and becomes a reject while the others are read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from extractors.errors import Rejected
from pipeline.inputs import IGNORED, printable

Step = Callable[[int], None]
MAX_NAME = 400  # characters of a member's name; the middle of a longer one is left out
PATIENCE = 10  # times the limit of one document: what all members of a container may take together


@dataclass(frozen=True, slots=True)
class Lost:
    """A step that ended its worker."""

    step: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A document (``data``), or what cannot be read (``refusal``).

    ``optional``: a mail, which does not stand for itself if it has no text.
    """

    source: str
    data: bytes | None = None
    refusal: Rejected | None = None
    optional: bool = False


class Expansion:
    """The leaves of one input, in order."""

    def __init__(self, timeout: float, lost: tuple[Lost, ...], step: Step) -> None:
        from extractors.reading.containers import Budget  # noqa: PLC0415

        self._budget = Budget()
        self._lost = {loss.step: loss for loss in lost}
        self._tell = step
        self._step = -1
        self._end = time.monotonic() + PATIENCE * timeout
        self._names: set[str] = set()

    def leaves(self, data: bytes, source: str) -> Iterator[Leaf]:
        """The document in ``data``, or the files of the container that it is."""
        refusal = self._next()
        if refusal is not None:
            yield Leaf(source, data, refusal)
            return
        yield from self._inside(data, source, source, 0)

    def _next(self) -> Rejected | None:
        """Begin a step; gives why it must not be done."""
        self._step += 1
        loss = self._lost.get(self._step)
        if loss is not None:
            return Rejected(loss.reason, loss.detail)
        if self._step and time.monotonic() > self._end:
            return Rejected("timeout", "the archive as a whole took too long")
        self._tell(self._step)
        return None

    def _inside(self, data: bytes, name: str, source: str, depth: int) -> Iterator[Leaf]:
        """``name`` is that of the file itself, ``source`` the one it stands under."""
        from extractors.reading import containers  # noqa: PLC0415

        try:
            members = containers.members(data, name, self._budget, depth)
        except Rejected as error:
            yield Leaf(source, data, error)
            return
        if members is None:
            yield Leaf(source, data)
            return
        count = 0
        held: Leaf | None = None
        if containers.is_document(data, name):  # a mail
            held = Leaf(source, data)
        for member in members:
            if any(fnmatch(member.name.rsplit("/", 1)[-1].lower(), pattern) for pattern in IGNORED):
                continue
            inner = self._name(source, member.name)
            count += 1
            if held is not None:
                yield Leaf(source, data, optional=True)
                held = None
            refusal = self._next()
            if refusal is not None:
                yield Leaf(inner, refusal=refusal)
                continue
            try:
                content = member.load()
            except Rejected as error:
                yield Leaf(inner, refusal=error)
                continue
            except MemoryError:
                yield Leaf(inner, refusal=Rejected("memory", "too large to unpack"))
                continue
            yield from self._inside(content, member.name, inner, depth + 1)
        if held is not None:
            yield held
        elif not count:
            yield Leaf(source, data, Rejected("empty", "an archive without files"))

    def _name(self, source: str, member: str) -> str:
        """``source!member``, told apart from members of the same name."""
        shown = printable(member)
        if len(shown) > MAX_NAME:
            shown = f"{shown[: MAX_NAME // 2]}…{shown[-MAX_NAME // 2 :]}"
        name, number = f"{source}!{shown}", 1
        while name in self._names:
            number += 1
            name = f"{source}!{shown} ({number})"
        self._names.add(name)
        return name
