"""A private PostgreSQL server in a temporary folder, for tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

_BINARIES = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]


def binary(name: str) -> str | None:
    """Path of one of PostgreSQL's programs: of the search path, else of the newest version that Debian has put aside."""
    found = shutil.which("pg_ctl")
    folders = [*([Path(found).resolve().parent] if found else []), *_BINARIES]
    return next((str(f / name) for f in folders if (f / name).exists()), None)


class Server:
    """A server that listens on a socket in its own folder only. It refuses to run as root, so root lends it to another user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tzpg"))
        self._identity: dict[str, Any] = {}
        if os.getuid() == 0:
            names = [u.pw_name for u in pwd.getpwall()]
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.folder.chmod(0o755)
            self._identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", str(self.data), "-U", "taizhang", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        self._count = 0

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.folder / "data"

    def _run(self, name: str, *arguments: str) -> None:
        program = binary(name)
        assert program
        done = subprocess.run(
            [program, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)}, **self._identity,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    def restart(self) -> None:
        """As after a power cut: all connections die, nothing that was committed is lost."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")
        self.start()

    def database(self) -> str:
        """The URL of a new empty database."""
        import psycopg  # noqa: PLC0415

        self._count += 1
        name = f"t{self._count}"
        with psycopg.connect(host=str(self.folder), user="taizhang", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://taizhang@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop and remove everything."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
