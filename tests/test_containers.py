"""Archives and mails through the worker: names, members' own outcomes, lost steps; two-column pages."""

from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path

from extractors.reading import read
from pipeline.config import Settings
from pipeline.expansion import Lost
from pipeline.inputs import Item
from pipeline.worker import process
from tests.hostile.originals import boxed, letter, sevenzipped, tarred
from tests.readingsamples import package, pdf


def outcomes(folder: Path, name: str, data: bytes, lost: tuple[Lost, ...] = ()) -> dict[str, str]:
    """Reason by source of what one input holds."""
    path = folder / name
    path.write_bytes(data)
    item = Item(os.fspath(path), name, len(data), 0)
    return {outcome.source: outcome.reason for outcome in process(item, Settings(), lost)}


def test_members_stand_under_their_container(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "a.zip", boxed()) == {
        "a.zip!甲/计划.txt": "", "a.zip!甲/计划.docx": "", "a.zip!内.zip!内层.txt": "",
    }  # fmt: skip
    assert outcomes(tmp_path, "a.tar.gz", tarred()) == {"a.tar.gz!乙/计划.txt": ""}


def test_seven_zip_and_outlook_members(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "a.7z", sevenzipped()) == {
        "a.7z!丙/计划.txt": "", "a.7z!丙/内.zip!甲/计划.txt": "", "a.7z!丙/内.zip!甲/计划.docx": "",
        "a.7z!丙/内.zip!内.zip!内层.txt": "",
    }  # fmt: skip
    assert outcomes(tmp_path, "b.7z", sevenzipped("secret")) == {"b.7z": "encrypted"}
    assert outcomes(tmp_path, "m.msg", letter()) == {
        "m.msg": "", "m.msg!计划.docx": "", "m.msg!内层请示.msg.txt": "", "m.msg!内层请示.msg/清单.txt": "",
    }  # fmt: skip


def test_one_bad_member_is_one_reject_and_system_files_are_none(tmp_path: Path) -> None:
    data = package({"坏.docx": b"PK\x03\x04", "好.txt": "6月底前完成投资3亿元".encode(), "__MACOSX/._好.txt": b"x"})
    assert outcomes(tmp_path, "a.zip", data) == {"a.zip!坏.docx": "truncated", "a.zip!好.txt": ""}
    assert outcomes(tmp_path, "b.zip", package({})) == {"b.zip": "empty"}


def test_a_step_that_ended_its_worker_costs_only_its_member(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "a.zip", boxed(), (Lost(2, "crash", "the reading process ended"),))
    assert found == {"a.zip!甲/计划.txt": "", "a.zip!甲/计划.docx": "crash", "a.zip!内.zip!内层.txt": ""}


def test_a_mail_is_its_body_and_attachments_are_members(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.invalid", "c@d.invalid", "计划"
    mail.set_content("8月底前完成投资2亿元。\n")
    mail.add_attachment("7月底前完成投资1亿元".encode(), maintype="text", subtype="plain", filename="附件一.txt")
    assert outcomes(tmp_path, "m.eml", mail.as_bytes()) == {"m.eml": "", "m.eml!附件一.txt": ""}
    mail.get_payload(0).set_payload("")
    assert outcomes(tmp_path, "n.eml", mail.as_bytes()) == {"n.eml!附件一.txt": ""}


def test_columns_written_across_are_read_one_after_the_other() -> None:
    left = ["各乡镇要把清淤工作摆在重要位置认真抓", "好落实六月底前完成清淤十二公里的任务"] * 6
    right = ["由县财政局统筹安排资金三点六亿元支持", "重点项目建设年底前完成全部支付任务的"] * 6

    def draw(page: object) -> None:
        for a, b in zip(left, right, strict=True):
            page.canvas.drawString(60, page.y, a)  # type: ignore[attr-defined]
            page.canvas.drawString(330, page.y, b)  # type: ignore[attr-defined]
            page.y -= 20  # type: ignore[attr-defined]

    assert [line.strip() for line in read(pdf(draw), "a.pdf").text.split("\n")] == left + right
