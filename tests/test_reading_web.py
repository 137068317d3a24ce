"""Web pages: blocks, spans of tables, charsets, depth."""

from __future__ import annotations

import pytest

from extractors.errors import Rejected
from extractors.reading import read
from tests.readingsamples import (
    places,
)

PAGES = [
    ("<p>甲<br>乙</p><div>丙<span>丁</span></div>", "甲\n乙\n丙丁"),
    ("<style>p{}</style><script>var a=1</script><noscript>无</noscript><p> 甲\n  乙 </p>", "甲 乙"),
    ("<ol><li>甲<li>乙<ol type=a><li>丙</ol><li value=7>丁</ol>", "1. 甲\n2. 乙\na. 丙\n7. 丁"),
    ('<ol style="list-style-type:cjk-ideographic"><li>甲<li>乙</ol><ul><li>丙</ul>', "一、甲\n二、乙\n丙"),
    ('<ol style="list-style:none"><li>一、甲</ol>', "一、甲"),
    ("<pre>甲\n  乙</pre>丙", "甲\n乙\n丙"),
    ("<p>甲&nbsp;&lt;5%&gt;&#20159;</p>", "甲\xa0<5%>亿"),
    ("<label><input type=radio>已完成</label><label><input type=checkbox checked>未完成</label>", "□已完成☑未完成"),
    ("<nav><a>首页</a></nav><header>县政府</header><p>文</p><footer>备案</footer>", "首页\n县政府\n文\n备案"),
    ("<ruby>环<rt>huan</rt></ruby>保", "环保"),
    (
        "<table><tr><td>菜单</td><td><table border=1><tr><th>任务<th>单位<tr><td>清淤<td>水利局</table></td></tr></table>",
        "菜单\n任务\t单位\n清淤\t水利局",
    ),
    ("<table><tr><td><p>甲</p><p>乙</p></td></tr></table>", "甲\n乙"),
    (
        "<table><caption>表一</caption><tr><th>任务<th>单位<tr><td>清<br>淤<td>甲\t乙</table>",
        "表一\n任务\t单位\n清 淤\t甲 乙",
    ),
]


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_web_content(page: str, expected: str) -> None:
    assert read(f"<html><body>{page}</body></html>".encode(), "a.html").text == expected


def test_spans_of_web_tables() -> None:
    page = (
        "<table><tr><th rowspan=2>任务<th colspan=2>单位<tr><th>牵头<th>配合"
        "<tr><td rowspan=0>清淤<td>水利局<td>各镇<tr><td>城管局<td></table>"
    )
    assert places(read(page.encode(), "a.html")) == {
        (1, 1): ("任务", 2, 1),
        (1, 2): ("单位", 1, 2),
        (2, 2): ("牵头", 1, 1),
        (2, 3): ("配合", 1, 1),
        (3, 1): ("清淤", 2, 1),
        (3, 2): ("水利局", 1, 1),
        (3, 3): ("各镇", 1, 1),
        (4, 2): ("城管局", 1, 1),
    }


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "utf-8", "big5"])
def test_the_declared_charset_may_be_wrong(declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"><script>{"x" * 9000}</script></head><p>完成投资3亿元</p></html>'
    assert read(page.encode("gb18030"), "a.html").text == "完成投资3亿元"
    assert read(page.encode(), "a.html").text == "完成投资3亿元"


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(Rejected, match="too_large"):
        read(b"<html>" + b"<div>" * 100_000 + b"x", "a.html")
