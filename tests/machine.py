"""A machine in namespaces of its own: no network but loopback, its own users, /opt, /var/lib and /usr/local/bin."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OWN = ("/etc", "/opt", "/var/lib", "/usr/local/bin")
_COPIED = ("/etc", "/usr/local/bin")


class Machine:
    """Runs commands in it, with an environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        mounts = []
        for number, path in enumerate(_OWN):
            mine = folder / f"mount{number}"
            if path in _COPIED:
                shutil.copytree(path, mine, symlinks=True, ignore_dangling_symlinks=True, copy_function=_copy)
            mine.mkdir(exist_ok=True, mode=0o755)
            mine.chmod(0o755)
            mounts.append(f"mount --bind {mine} {path}")
        script = " && ".join(["ip link set lo up", *mounts, "echo ready", "exec sleep infinity"])
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "sh", "-c", script], stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline().strip() != "ready":
            raise OSError("no namespaces of our own")

    def command(self, *arguments: str | Path) -> list[str]:
        """The arguments, to be run in the machine."""
        inside = ["nsenter", "--target", str(self._holder.pid), "--net", "--mount", "--uts"]
        return [*inside, "env", "-i", f"PATH={PATH}", "HOME=/tmp", "LC_ALL=C.UTF-8", *map(str, arguments)]

    def run(self, *arguments: str | Path, cwd: Path | str = "/", code: int | None = 0) -> str:
        """Run to the end; what it wrote on both streams. ``code`` is the exit code that is expected."""
        done = subprocess.run(
            self.command("sh", "-c", 'cd "$0" && exec "$@"', cwd, *arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        told = done.stdout + done.stderr
        assert code is None or done.returncode == code, f"{arguments}: {done.returncode}\n{told}"
        return told

    def stop(self) -> None:
        """End it."""
        self._holder.kill()
        self._holder.wait()
        assert self._holder.stdout is not None
        self._holder.stdout.close()


def _copy(source: str, target: str) -> str:
    with contextlib.suppress(OSError):  # sockets and the like
        shutil.copy2(source, target)
        status = Path(source).stat()
        os.chown(target, status.st_uid, status.st_gid)
    return target


def pythons() -> Iterator[tuple[str, str]]:
    """(program, version) of the Pythons that an ordinary user of this machine can run."""
    ask = "import sys, venv, sqlite3, ssl; print('%d.%d' % sys.version_info[:2])"
    here = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for name in (here, "python3", "python3.11", "python3.12", "python3.13"):
        path = shutil.which(name, path=PATH)
        if path is None:
            continue
        done = subprocess.run(
            ["runuser", "-u", "nobody", "--", path, "-c", ask], cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode == 0 and tuple(map(int, done.stdout.strip().split("."))) >= (3, 11):
            yield path, done.stdout.strip()
