"""Hostile plain text, tables and web pages."""

from __future__ import annotations

from collections.abc import Iterator

PLAN = "云溪县2026年工作计划\n一、重点任务\n由县水利局牵头,6月底前完成清淤12公里,投资3.6亿元。\n"
FORMULAS = (
    "=1+1",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://x.invalid","点")',
    "\t=1",
    "\r=1",
)
INVISIBLE = {
    "zero-width": "\u200b", "joiner": "\u200d", "bidi-override": "\u202e", "bidi-isolate": "\u2067", "bom": "\ufeff",
    "soft-hyphen": "\xad", "variation": "\ufe0f", "tag": "\U000e0041", "line-separator": "\u2028", "nul": "\0",
    "replacement": "\ufffd", "private": "\ue123", "noncharacter": "\uffff", "combining": "\u0301", "ideographic": "\u3000",
}  # fmt: skip
RUNS = {
    "digits": "1", "zeros": "0", "han-digits": "三", "tens": "十", "points": "1.", "commas": "1,", "percents": "%", "years": "2026年",
    "open": "(", "wide-open": "（", "nested": "（(〔", "closed": "）", "quotes": "“", "item": "一、", "spaces": " ", "tabs": "\t",
    "breaks": "\n", "units": "县水利局、", "deadlines": "6月底前", "ranges": "1-", "dashes": "—", "semicolons": "；", "star": "*", "bars": "|-",
}  # fmt: skip
LONG = 1_500_000  # characters
# Runs of what the grammars look for, all in one sentence: the work on a sentence grows with its mentions.
DENSE = {
    "commas": 3000,
    "points": 30_000,
    "years": 2000,
    "item": 20_000,
    "units": 10_000,
    "deadlines": 2000,
    "ranges": 10_000,
}


def texts() -> Iterator[tuple[str, bytes]]:
    """(name, bytes)"""
    for name, unit in RUNS.items():
        yield f"run-{name}.txt", (PLAN + unit * (DENSE.get(name, LONG) // len(unit)) + "万元\n" + PLAN).encode()
    for name, char in INVISIBLE.items():
        yield f"invisible-{name}.txt", char.join(PLAN).encode("utf-8", "surrogatepass")
        yield (
            f"invisible-{name}.csv",
            f"任务,单位\n{char}清淤{char}12公里,{char}县水利局\n".encode("utf-8", "surrogatepass"),
        )
    for number, formula in enumerate(FORMULAS):
        yield f"formula-{number}.csv", f'任务,指标,单位\n"{formula}","投资{number}亿元","{formula}"\n'.encode()
        yield f"formula-{number}.txt", f"{formula}县水利局6月底前完成投资{number + 1}亿元\n".encode()
    yield from charsets()
    yield from tables()
    yield from pages()


def charsets() -> Iterator[tuple[str, bytes]]:
    """Charsets that are broken, mixed or lied about."""
    for codec in ("gb18030", "big5", "utf-16-le", "utf-16-be", "utf-32-le", "utf-7", "shift_jis", "euc_kr"):
        data = (PLAN * 3).encode(codec, "replace")
        yield f"charset-{codec}.txt", data
        yield f"charset-{codec}-odd.txt", data[1:-1]
        yield f"charset-{codec}-in-utf8.txt", PLAN.encode() + data
        yield f"charset-{codec}.html", b'<meta charset="utf-8"><p>' + data + b"</p>"
    yield "mojibake.txt", PLAN.encode().decode("gb18030", "replace").encode()
    yield "mojibake-latin.txt", PLAN.encode("gb18030").decode("latin-1").encode()
    yield "overlong.txt", b"\xc0\xaf\xe0\x80\xaf" * 200 + PLAN.encode()
    yield "surrogates.txt", b"\xff\xfe" + b"\x00\xd8" * 300 + PLAN.encode("utf-16-le")
    yield "half-character.txt", PLAN.encode()[:-2]


def tables() -> Iterator[tuple[str, bytes]]:
    """CSV and Markdown that do not hold together."""
    yield "quote-open.csv", b'"' + PLAN.encode() * 200
    yield "quotes.csv", b'"' * 400_000 + b",1\n" * 10
    yield "ragged.csv", b"\n".join(b"," * (n % 50) + b"1" for n in range(5000))
    yield "wide.csv", (",".join(["6月底前完成投资3亿元"] * 3000)).encode()
    yield "tall.csv", "任务,3亿元\n".encode() * 3000
    yield "dashes.md", b"|-" * 200_000 + b"\n|a|b|\n"
    yield "fences.md", b"```\n" * 100_000
    yield "tabs.txt", ("\t" * 50_000 + "\n").encode() * 3 + PLAN.encode()


def pages() -> Iterator[tuple[str, bytes]]:
    """HTML that nests, lies or reaches out."""
    text = "<p>6月底前完成投资3亿元</p>".encode()
    for tag in ("div", "table", "b", "ul", "td", "blockquote", "svg", "font"):
        yield f"nest-{tag}.html", f"<{tag}>".encode() * 30_000 + text
    yield "open-tags.html", b"<" * 500_000
    yield "open-comments.html", b"<!--" * 100_000 + text
    yield "attributes.html", b"<p " + b"a=1 " * 200_000 + b">" + text
    yield "spans.html", b"<table>" + b"<tr><td colspan=1000 rowspan=65000>a<td>b" * 3000
    yield "entities.html", b"<p>" + b"&amp;#x41;" * 100_000 + text
    yield (
        "reach.html",
        b'<img src="http://192.0.2.1/x.png"><link href="file:///etc/passwd"><iframe src="http://192.0.2.1/">' + text,
    )
    yield "script.html", b"<script>while(1);</script>" + text
    yield "codec.html", '<meta charset="rot13"><p>完成投资3亿元</p>'.encode("gb18030")
