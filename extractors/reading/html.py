"""Web pages: block elements and <br> make lines, lists get their numbers, data tables become tables.

Scripts, styles and form machinery are dropped; menus, headers and footers of the page stay, since deciding what is
site text is not a reader's job.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from extractors.errors import Rejected
from extractors.reading.assembly import Assembly, GridCell, Parsed
from extractors.reading.charset import BEYOND_ASCII, MARKS, OTHERS, PLAUSIBLE, decode, detect, fit
from extractors.reading.listnumbers import number_text, separated

SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "noframes",
        "noembed",
        "template",
        "head",
        "iframe",
        "object",
        "svg",
        "math",
        "audio",
        "video",
        "canvas",
    }
)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
        "st1:chsdate",
    ]
)
RUBY = frozenset({"rt", "rp"})  # the reading beside a character, not text of the document
BLANKS = re.compile(r"[ \t\n\r\f]+")
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{3,20})""", re.IGNORECASE)
KNOWN = frozenset({"utf-8", "big5hkscs", *OTHERS})
MARKUP = re.compile(rb"<[^<>]{0,2000}>")
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
MAX_DEPTH = 2000
MAX_SPAN = 1000  # as browsers clamp colspan
MAX_SLOTS = 1_000_000  # grid places looked at; a table that needs more was made to exhaust its reader
PROSE = 1200  # characters in one cell that are the page's text rather than a table's
LIST_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
LIST_STYLES = {
    "decimal": "decimal",
    "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand",
    "trad-chinese-informal": "chineseCountingThousand",
    "cjk-decimal": "ideographDigital",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
}
STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)")


def read(data: bytes, name: str) -> Parsed:
    """Lines and tables of a web page or fragment, in reading order."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    source = _decode(data)
    if _too_deep(source):
        raise Rejected("too_large", f"elements nested more than {MAX_DEPTH} deep")
    assembly = Assembly()
    root = LexborHTMLParser(source).root
    if root is not None:
        _blocks(root, assembly)
    return assembly.parsed()


def _decode(data: bytes) -> str:
    """The page's text by byte order mark, strict UTF-8, the declared charset where it fits, then the ladder."""
    if any(data.startswith(mark) for mark, _ in MARKS):
        return decode(data)[0]
    try:
        if b"\0" not in data:
            return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Tags are ASCII in any charset; without them the sample is of the page's own words.
    words = MARKUP.sub(b"", data)
    words = words if words.strip() else data
    encoding = _declared(data)
    if not encoding or fit(words, encoding) < PLAUSIBLE or not BEYOND_ASCII.search(words):
        return data.decode(detect(words), "replace")
    found = detect(words)
    return data.decode(encoding if fit(words, encoding) >= fit(words, found) else found, "replace")


def _declared(data: bytes) -> str:
    """Codec of the charset that the page names; empty without one that is known. GB2312 is read as its superset."""
    declared = DECLARED.search(data[:4096])
    label = declared[1].decode("ascii").lower() if declared else ""
    if label.startswith(("gb", "x-gbk")):
        return "gb18030"
    try:
        name = codecs.lookup("big5hkscs" if label.startswith("big5") else label).name if label else ""
    except LookupError:
        return ""
    return name if name in KNOWN else ""  # Python also knows codecs of other things than text


def _too_deep(source: str) -> bool:
    """Whether elements nest beyond MAX_DEPTH: the parser's time grows with the square of the depth."""
    if source.count("<") < MAX_DEPTH:
        return False
    depth = 0
    for closing, tag in TAG.findall(source):
        if closing:
            depth = max(depth - 1, 0)
        elif tag.lower() not in VOID and tag.lower() not in {"p", "li", "td", "th", "tr", "option", "dd", "dt"}:
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False


class _Lines:
    """Collects inline text and cuts it into lines."""

    def __init__(self) -> None:
        self._inline: list[str] = []
        self.prefix = ""

    def text(self, text: str) -> None:
        self._inline.append(text)

    def cut(self) -> str:
        """The line so far, blanks collapsed, its list number before it; empty if there is none."""
        line = BLANKS.sub(" ", "".join(self._inline)).strip(" \xa0")
        self._inline.clear()
        if line and self.prefix:
            line, self.prefix = separated(self.prefix) + line, ""
        return line


def _walk(root: Any, skip: set[int]) -> Iterator[tuple[str, Any]]:
    """(event, node) for ``root`` and below: "open" and "close" for elements, "text" for text; never recursive.

    The consumer adds ``mem_id`` of a node to ``skip`` on "open" to pass over what is inside; it gets no "close".
    """
    node = root
    while node is not None:
        tag = node.tag
        if tag == "-text":
            yield "text", node
        elif tag[0] not in "-_!":
            yield "open", node
            child = node.child
            if node.mem_id in skip:
                child = None
                skip.clear()
            else:
                if child is not None:
                    node = child
                    continue
                yield "close", node
        while node.next is None or node.mem_id == root.mem_id:
            if node.mem_id == root.mem_id:
                return
            node = node.parent
            if node is None:
                return
            yield "close", node
        node = node.next


def _blocks(root: Any, assembly: Assembly | None) -> list[str]:
    """Write the lines and tables below ``root`` to ``assembly``; without one (inside a cell), give the lines back."""
    lines, out, skip = _Lines(), list[str](), set[int]()
    lists: list[list[Any]] = []  # of open lists: [format or "", next number]
    preformatted = 0
    write = out.append if assembly is None else assembly.line

    def flush() -> None:
        line = lines.cut()
        if line:
            write(line)

    for event, node in _walk(root, skip):
        if event == "text":
            text = node.text_content or ""
            if preformatted:
                *whole, rest = text.splitlines() or [""]
                for part in whole:
                    lines.text(part)
                    flush()
                text = rest
            lines.text(text)
            continue
        tag = node.tag
        if tag == "input":
            lines.text(_choice(node) if event == "open" else "")
        if event == "open" and (tag in SKIPPED or tag in RUBY):
            skip.add(node.mem_id)
            continue
        if tag in INLINE:
            continue
        flush()
        if tag in {"pre", "textarea", "listing", "xmp"}:
            preformatted += 1 if event == "open" else -1
        elif tag in {"ol", "ul", "menu", "dir"}:
            if event == "open":
                lists.append(_list(node))
            elif lists:
                lists.pop()
        elif tag == "li":
            lines.prefix = _item_number(node, lists) if event == "open" else ""
        elif tag == "table" and event == "open" and assembly is not None:
            cells = _grid(node)
            if cells is not None:
                caption = node.css_first("caption")
                for line in _blocks(caption, None) if caption is not None else ():
                    assembly.line(line)
                assembly.table(cells)
                skip.add(node.mem_id)
    flush()
    return out


def _choice(node: Any) -> str:
    """A box before the label of a radio button or check box: a choice that is not made states nothing."""
    attributes = node.attributes
    if (attributes.get("type") or "").lower() not in {"radio", "checkbox"}:
        return ""
    return "☑" if "checked" in attributes else "□"


def _list(node: Any) -> list[Any]:
    """[number format, next number] of a list; the format is empty where no number is shown."""
    if node.tag != "ol":
        return ["", 1]
    attributes = node.attributes
    style = STYLE.search((attributes.get("style") or "").lower())
    kind = LIST_TYPES.get(attributes.get("type") or "1", "decimal")
    if style:
        kind = LIST_STYLES.get(style[1], "" if style[1] == "none" else kind)
    start = attributes.get("start") or ""
    return [kind, int(start) if re.fullmatch(r"-?\d{1,6}", start) else 1]


def _item_number(node: Any, lists: list[list[Any]]) -> str:
    if not lists:
        return ""
    current = lists[-1]
    value = node.attributes.get("value") or ""
    number = int(value) if re.fullmatch(r"-?\d{1,6}", value) else current[1]
    current[1] = number + 1
    if not current[0]:
        return ""
    mark = "、" if current[0].startswith(("chinese", "ideograph")) else "."
    return number_text(number, current[0]) + mark


def _rows(table: Any) -> list[list[Any]]:
    """Cell nodes of each row of ``table`` itself, not of tables inside its cells."""
    rows: list[list[Any]] = []
    for section in table.iter():
        if section.tag == "tr":
            rows.append([cell for cell in section.iter() if cell.tag in {"td", "th"}])
        elif section.tag in {"thead", "tbody", "tfoot"}:
            rows.extend([c for c in row.iter() if c.tag in {"td", "th"}] for row in section.iter() if row.tag == "tr")
    return rows


def _span(cell: Any, attribute: str) -> int:
    value = (cell.attributes.get(attribute) or "1").strip()
    return max(1, min(int(value), MAX_SPAN)) if re.fullmatch(r"\d{1,9}", value) else 1


def _grid(table: Any) -> list[GridCell] | None:
    """Cells of a data table; None where the table only lays out the page and its content reads as blocks."""
    if (
        any(inner.mem_id != table.mem_id for inner in table.css("table"))
        or (table.attributes.get("role") or "") == "presentation"
    ):
        return None
    rows = _rows(table)
    grid: list[GridCell] = []
    taken: dict[int, int] = {}  # column -> last row that a cell from above covers
    slots = 0
    for number, row in enumerate(rows, 1):
        column = 1
        for cell in row:
            while taken.get(column, 0) >= number:
                column += 1
                slots += 1
            attributes = cell.attributes
            width = _span(cell, "colspan") if "colspan" in attributes else 1
            height = _span(cell, "rowspan") if "rowspan" in attributes else 1
            if (attributes.get("rowspan") or "").strip() == "0":
                height = MAX_SPAN
            height = min(height, len(rows) - number + 1)
            slots += width
            if slots > MAX_SLOTS:
                return None
            for covered in range(column, column + width):
                taken[covered] = number + height - 1
            grid.append(GridCell(number, column, " ".join(_blocks(cell, None)), height, width))
            column += width
    return grid if _holds_data(table, grid) else None


def _holds_data(table: Any, grid: list[GridCell]) -> bool:
    """A table for data has two columns and two rows with text, and no cell that holds the page's whole text."""
    filled = [cell for cell in grid if cell.text]
    if len({cell.column for cell in filled}) < 2:
        return False
    if table.css_first("th") is not None:
        return True
    if len({cell.row for cell in filled}) < 2:
        return False
    longest, total = max(len(cell.text) for cell in filled), sum(len(cell.text) for cell in filled)
    return not (longest > PROSE and 2 * longest > total)
