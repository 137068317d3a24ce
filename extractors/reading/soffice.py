"""LibreOffice without a window, as a converter. The one place where reading starts a process.

Each call has a folder of its own for profile, input and output, below the process' temporary folder, and is removed with
it. The program dies with the process that started it and with its time limit; it is given no network where the system
lets a process be cut off, and its settings keep links, macros and pictures from elsewhere closed.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from extractors.errors import Rejected

TIMEOUT = 90.0  # seconds; below the limit of a whole document
RESTART = 81  # exit code by which LibreOffice asks to be started again after it set up its profile
FILTERS = {"docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML"}
PR_SET_PDEATHSIG = 1
PLACES = ("/usr/lib/libreoffice", "/usr/lib64/libreoffice", "/opt/libreoffice")

SETTING = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
)
# Nothing from elsewhere is fetched or run, nothing is kept for later, and no proxy leads out.
SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Office.Common/Save/Document", "CreateBackup", "false"),
    ("Office.Recovery/AutoSave", "Enabled", "false"),
    ("Office.Common/Misc", "UseLocking", "false"),
    ("Office.Common/History", "PickListSize", "0"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Setup/Office", "ooSetupInstCompleted", "true"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def convert(data: bytes, suffix: str, target: str) -> bytes:
    """``data``, a file of kind ``suffix`` (``.doc``), as ``docx`` or ``xlsx``.

    Raises Rejected: unsupported without LibreOffice, timeout, unreadable.
    """
    binary = program()
    if not binary:
        raise Rejected("unsupported", f"{suffix} files are read through LibreOffice, which is not installed here")
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / f"in{suffix}").write_bytes(data)
        _profile(home)
        command = [
            binary, "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
            f"-env:UserInstallation={(home / 'profile').as_uri()}",
            "--convert-to", FILTERS[target], "--outdir", str(home / "out"), str(home / f"in{suffix}"),
        ]  # fmt: skip
        for _ in range(2):
            if _run(command, home) != RESTART:
                break
        converted = home / "out" / f"in.{target}"
        try:
            return converted.read_bytes()
        except OSError as error:
            raise Rejected("unreadable", f"LibreOffice cannot open this {suffix} file") from error


@cache
def program() -> str:
    """Path of LibreOffice's own binary (its launcher starts a child that would outlive it); empty without one."""
    found = shutil.which("soffice") or shutil.which("libreoffice") or ""
    candidates = [Path(found).resolve().parent] if found else []
    candidates += [Path(place) / "program" for place in PLACES]
    return next((str(p / "soffice.bin") for p in candidates if (p / "soffice.bin").is_file()), found)


def _profile(home: Path) -> None:
    user = home / "profile" / "user"
    user.mkdir(parents=True)
    items = "".join(SETTING.format(path=path, name=name, value=value) for path, name, value in SETTINGS)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>",
        "utf-8",
    )


def _run(command: list[str], home: Path) -> int:
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    process = subprocess.Popen(
        command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=_tie if sys.platform == "linux" else None,  # noqa: PLW1509 (workers have one thread)
    )  # fmt: skip
    limit = _patience()
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired as error:
        raise Rejected("timeout", f"LibreOffice gave no result within {limit:.0f} s") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _pipe(home).unlink(missing_ok=True)


def _patience() -> float:
    """Seconds to wait: a little less than this process' own alarm leaves, so that it can still tell what happened."""
    left = signal.getitimer(signal.ITIMER_REAL)[0]
    return max(0.1, min(TIMEOUT, left - 1.0)) if left else TIMEOUT


def _pipe(home: Path) -> Path:
    """The socket by which a running LibreOffice finds itself; one that was killed leaves it behind."""
    profile = (home / "profile").as_uri().encode("utf-16-le")
    digest = hashlib.md5(profile, usedforsecurity=False).digest()
    return Path(f"/tmp/OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}")


def _tie() -> None:
    """In the child: die with the parent."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
