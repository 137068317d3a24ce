"""A ledger changed in LibreOffice as a user would: opened, cells filled, rows sorted, saved."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">{}</script:module>"""
_PROGRAM = """
Function Prop(name As String, value) As com.sun.star.beans.PropertyValue
  Dim p As New com.sun.star.beans.PropertyValue
  p.Name = name
  p.Value = value
  Prop = p
End Function
Function At(sheet, header As String, words As String)
  Dim r, c, k
  For c = 0 To 40
    If sheet.getCellByPosition(c, 0).String = header Then Exit For
  Next
  For r = 1 To 200
    For k = 0 To 40
      If InStr(sheet.getCellByPosition(k, r).String, words) > 0 Then
        At = sheet.getCellByPosition(c, r)
        Exit Function
      End If
    Next
  Next
End Function
Sub Work
  Dim doc, sheet, cell, range
  doc = StarDesktop.loadComponentFromURL("SOURCE", "_blank", 0, Array(Prop("Hidden", True)))
  sheet = doc.Sheets.getByName("任务台账")
STEPS
  doc.storeToURL("TARGET", Array(Prop("FilterName", "Calc MS Excel 2007 XML")))
  doc.close(True)
End Sub
"""


def put(header: str, words: str, value: str) -> str:
    """A step: in the row that holds ``words``, type ``value`` under ``header``, as if on the keyboard."""
    return f'  At(sheet, "{header}", "{words}").FormulaLocal = "{value}"'


def sort(columns: int, rows: int, by: int) -> str:
    """A step: sort the rows below the header by a column, downwards."""
    return f"""  range = sheet.getCellRangeByPosition(0, 1, {columns - 1}, {rows})
  Dim field As New com.sun.star.table.TableSortField
  field.Field = {by}
  field.IsAscending = False
  range.sort(Array(Prop("SortFields", Array(field)), Prop("ContainsHeader", False)))"""


def work(soffice: str, folder: Path, source: Path, target: Path, steps: Sequence[str]) -> None:
    """Run the steps on ``source`` in LibreOffice and save as ``target``."""
    basic = folder / "profile" / "user" / "basic" / "Standard"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [soffice, "--headless", profile, "--terminate_after_init"], capture_output=True, timeout=180, check=False
    )
    basic.mkdir(parents=True, exist_ok=True)
    program = (
        _PROGRAM.replace("SOURCE", source.as_uri())
        .replace("TARGET", target.as_uri())
        .replace("STEPS", "\n".join(steps))
    )
    (basic / "Module1.xba").write_text(_MODULE.format(escape(program)), "utf-8")
    (basic / "script.xlb").write_text(_LIBRARY, "utf-8")
    done = subprocess.run(
        [soffice, "--headless", profile, "macro:///Standard.Module1.Work"],
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert target.exists(), done.stderr.decode()
