"""Outlook messages (.msg): the body is the document, attachments are members.

A message is a compound file in which every property is a stream named by its number and type (MS-OXMSG 2.1): 1000 the body
as text, 1013 as HTML, 3701 the bytes of an attachment, 3707 its name; 001F are UTF-16, 001E bytes in the sender's code
page. A message inside a message is a member with its own body and attachments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from extractors.errors import Rejected
from extractors.reading import html, plain
from extractors.reading.assembly import Parsed
from extractors.reading.charset import decode
from extractors.reading.containers import Budget, Member, refuse, tidy

PREFIX = "__substg1.0_"
ATTACHMENT = "__attach_version1.0_#"
TEXT, HTML, SUBJECT, DATA, LONG_NAME, SHORT_NAME = "1000", "1013", "0037", "3701", "3707", "3704"
UNICODE, BYTES, BINARY, OBJECT = "001F", "001E", "0102", "000D"
MAX_DEPTH = 4  # messages inside messages
BOM = b"\xef\xbb\xbf"


def read(data: bytes, name: str) -> Parsed:
    """The body, as HTML where there is one. Raises Rejected: no_text, truncated, unreadable."""
    with _open(data) as container:
        body = _body(container, ())
    if body is None:
        raise Rejected("no_text", "a message without a body")
    kind, content = body
    return html.read(content, name) if kind == ".html" else plain.read(content, name)


def members(data: bytes, name: str, budget: Budget) -> Iterator[Member]:
    """The attachments. Raises Rejected: archive_limit, truncated, unreadable."""
    container = _open(data)
    found = list(_attachments(container, (), "", 0, budget.members))
    budget.take(len(found), sum(size for _, size, _ in found), len(data))
    return (Member(tidy(path), load) for path, _, load in found)


def _open(data: bytes) -> Any:
    import olefile  # noqa: PLC0415

    try:
        return olefile.OleFileIO(BytesIO(data))
    except Exception as error:
        raise Rejected("truncated" if "incomplete" in str(error) else "unreadable", "broken OLE container") from error


def _stream(container: Any, path: tuple[str, ...]) -> bytes:
    """A stream's bytes; none where it is missing or damaged."""
    try:
        return bytes(container.openstream(list(path)).read()) if container.exists(list(path)) else b""
    except (OSError, ValueError, TypeError, IndexError):
        return b""


def _text(container: Any, folder: tuple[str, ...], number: str) -> str:
    wide = _stream(container, (*folder, PREFIX + number + UNICODE))
    if wide:
        return wide.decode("utf-16-le", "replace").strip("\0")
    narrow = _stream(container, (*folder, PREFIX + number + BYTES))
    return decode(narrow)[0].strip("\0") if narrow else ""


def _body(container: Any, folder: tuple[str, ...]) -> tuple[str, bytes] | None:
    """(suffix, bytes) of a message's body, None where it has none."""
    page = _stream(container, (*folder, PREFIX + HTML + BINARY))
    if not page and (text := _text(container, folder, HTML)):
        page = BOM + text.encode("utf-8", "replace")
    if page.strip():
        return ".html", page
    text = _text(container, folder, TEXT)
    return (".txt", BOM + text.encode("utf-8", "replace")) if text.strip() else None


def _attachments(
    container: Any, folder: tuple[str, ...], within: str, depth: int, most: int
) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """(name, size, loader) of the files attached to a message and to the messages in it."""
    level = len(folder)
    names = {
        entry[level]
        for entry in container.listdir(streams=True, storages=True)
        if len(entry) > level and tuple(entry[:level]) == folder and entry[level].startswith(ATTACHMENT)
    }
    for number, storage in enumerate(sorted(names), 1):
        if number > most:
            refuse(f"more than {most} members")
        here = (*folder, storage)
        inner = (*here, PREFIX + DATA + OBJECT)
        if container.exists(list(inner)):
            if depth >= MAX_DEPTH:
                refuse(f"messages nested more than {MAX_DEPTH} deep")
            title = f"{within}{_text(container, inner, SUBJECT).replace('/', '_') or f'attachment{number}'}.msg"
            body = _body(container, inner)
            if body is not None:
                suffix, content = body
                yield title + suffix, len(content), lambda content=content: content  # type: ignore[misc]
            yield from _attachments(container, inner, title + "/", depth + 1, most)
            continue
        path = (*here, PREFIX + DATA + BINARY)
        name = _text(container, here, LONG_NAME) or _text(container, here, SHORT_NAME) or f"attachment{number}"
        size = container.get_size(list(path)) if container.exists(list(path)) else 0
        yield within + name, size, _loader(container, path)


def _loader(container: Any, path: tuple[str, ...]) -> Callable[[], bytes]:
    def load() -> bytes:
        content = _stream(container, path)
        if not content:
            raise Rejected("empty", "an attachment without content")
        return content

    return load
