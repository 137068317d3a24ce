"""One plan in every format that an office hands in, made on the spot; old Word formats and PDF by LibreOffice."""

from __future__ import annotations

import io
import subprocess
import tempfile
from email.message import EmailMessage
from pathlib import Path

import docx

from tests.compounds import compound, message
from tests.readingsamples import package, saved

# A list number in front is automatic where the format has such.
LINES = (
    ("", "云溪县2026年城乡建设工作计划"),
    ("", "为做好全年工作,结合我县实际,制定本计划。"),
    ("一、", "加快道路建设"),
    ("", "由县交通运输局牵头,县财政局配合,6月底前完成云水大道改造12.5公里,总投资不低于3.6亿元,其中争取上级资金8500万元,带动沿线三个乡镇发展。"),
    ("", "县公安局负责在9月30日前增设信号灯46处,城区平均通行时间下降15%。"),
    ("二、", "改善供水条件"),
    ("", "年底前新建水厂2座,日供水能力达到5万吨,供水保证率达到98%以上。责任单位:县水利局。"),
    ("", "各乡镇人民政府每季度末向县政府报送进展情况。"),
    ("三、", "重点任务分解"),
)  # fmt: skip
ROWS = (
    ("序号", "重点任务", "目标", "责任单位", "完成时限"),
    ("1", "改造老旧小区", "改造老旧小区28个", "县住建局", "2026年10月底"),
    ("2", "建设口袋公园", "新建口袋公园15个", "县园林中心、东关街道", "12月底前"),
    ("3", "治理内涝点", "治理易涝点9处,投资2300万元", "县城管局", "汛期前"),
)
CLOSING = ("县住建局每月5日前汇总上报,连续三次排名末位的单位由县政府督查室约谈。", "云溪县人民政府", "2026年1月15日")
CHINESE = {"一、": 1, "二、": 2, "三、": 3}
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def txt() -> bytes:
    """Plain text in GB18030, the table by tabs."""
    lines = [number + text for number, text in LINES] + ["\t".join(row) for row in ROWS] + list(CLOSING)
    return "\n".join(lines).encode("gb18030")


def word() -> bytes:
    """.docx with automatic numbers."""
    document = docx.Document()
    part = document.part.numbering_part.element
    for child in list(part):
        part.remove(child)
    for child in docx.oxml.parse_xml(f"<w:n {docx.oxml.ns.nsdecls('w')}>{NUMBERING}</w:n>"):
        part.append(child)
    for number, text in LINES:
        paragraph = document.add_paragraph(text)
        if number:
            paragraph._p.get_or_add_pPr().append(
                docx.oxml.parse_xml(
                    f'<w:numPr {docx.oxml.ns.nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
                )
            )
    table = document.add_table(len(ROWS), len(ROWS[0]), style="Table Grid")
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    for text in CLOSING:
        document.add_paragraph(text)
    return saved(document)


def html() -> bytes:
    """A web page."""
    body = "".join(f"<p>{number}{text}</p>" for number, text in LINES)
    rows = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in ROWS)
    end = "".join(f"<p>{text}</p>" for text in CLOSING)
    return f"<html><head><meta charset=utf-8></head><body>{body}<table>{rows}</table>{end}</body></html>".encode()


def eml() -> bytes:
    """A mail with the web page as its body."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.invalid", "b@example.invalid", "报送工作计划"
    message.set_content("请看附件")
    message.add_alternative(html().decode(), subtype="html")
    return message.as_bytes()


def mht() -> bytes:
    """The web page saved in one file."""
    head = "From: <Saved>\r\nSubject: plan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    part = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return (head + part).encode() + html() + b"\r\n--x--\r\n"


SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


class _OfdPage:
    """Draws text and rules; millimetres from the top left."""

    def __init__(self) -> None:
        self.objects: list[str] = []
        self.y = 20.0

    def text(self, x: float, y: float, text: str, size: float = 4) -> None:
        """A line of text whose top is ``y``."""
        self.objects.append(
            f'<ofd:TextObject ID="{len(self.objects) + 10}" Boundary="{x} {y} 180 6" Font="3" Size="{size}">'
            f'<ofd:TextCode X="0" Y="4" DeltaX="g {len(text) - 1} {size}">{text}</ofd:TextCode></ofd:TextObject>'
        )

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A straight line."""
        self.objects.append(
            f'<ofd:PathObject ID="{len(self.objects) + 10}" Boundary="{x0} {y0} {x1 - x0 + 0.2} {y1 - y0 + 0.2}" LineWidth="0.2">'
            f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def paragraph(self, text: str, width: int = 42) -> None:
        """A paragraph, its lines as wide as the page."""
        for at in range(0, len(text), width):
            self.text(20, self.y, text[at : at + width])
            self.y += 7

    def table(self, rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> None:
        """A ruled table with one line a row."""
        xs = [20 + sum(widths[:i]) for i in range(len(widths) + 1)]
        for r in range(len(rows) + 1):
            self.rule(xs[0], self.y + 7 * r, xs[-1], self.y + 7 * r)
        for x in xs:
            self.rule(x, self.y, x, self.y + 7 * len(rows))
        for r, row in enumerate(rows):
            for x, text in zip(xs, row, strict=False):
                self.text(x + 1, self.y + 7 * r + 1, text, 3)
        self.y += 7 * len(rows) + 4


def ofd() -> bytes:
    """One page as OFD."""
    page = _OfdPage()
    for number, text in LINES:
        page.paragraph(number + text)
    page.table(ROWS, (12, 35, 50, 45, 30))
    for text in CLOSING:
        page.paragraph(text)
    content = (
        f'<ofd:Page {SPACE}><ofd:Content><ofd:Layer ID="1">{"".join(page.objects)}</ofd:Layer></ofd:Content></ofd:Page>'
    )
    return package(
        {
            "OFD.xml": f'<ofd:OFD {SPACE} Version="1.0"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'.encode(),
            "Doc_0/Document.xml": (
                f"<ofd:Document {SPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
                '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
            ).encode(),
            "Doc_0/Pages/Page_0/Content.xml": content.encode(),
        }
    )


def msg() -> bytes:
    """An Outlook message with the web page as its body."""
    return compound(message("报送工作计划", "请看附件", html()))


def made() -> dict[str, bytes]:
    """The formats that need no other program, by suffix."""
    return {"txt": txt(), "docx": word(), "html": html(), "eml": eml(), "mht": mht(), "ofd": ofd(), "msg": msg()}


def converted(soffice: str, data: bytes, *kinds: str) -> dict[str, bytes]:
    """A .docx as other formats, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "s.docx").write_bytes(data)
        for kind in kinds:
            subprocess.run(
                [soffice, "--headless", f"-env:UserInstallation={(home / 'profile').as_uri()}", "--convert-to", kind, "s.docx"],
                cwd=home, check=True, capture_output=True, timeout=120,
            )  # fmt: skip
        return {kind: (home / f"s.{kind}").read_bytes() for kind in kinds}


def scanned(pdf: bytes, pages: int = 100) -> bytes:
    """A PDF whose pages are pictures of the pages of another."""
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    images = [document[i].render(scale=200 / 72).to_pil().convert("L") for i in range(min(pages, len(document)))]
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=200, save_all=True, append_images=images[1:])
    return out.getvalue()
