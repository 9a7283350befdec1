"""A PostgreSQL server of its own: in a temporary directory, on a Unix socket only, as a user that is not root."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from .waiting import SLOW, eventually_sync


class Postgres:
    def __init__(self):
        # Not below the story's directory: sockets have short paths, and another user must be able to get there.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="causeway-postgres-"))
        self.uri = f"postgresql:///postgres?user=causeway&host={self.directory}"
        self._programs = max(pathlib.Path("/usr/lib/postgresql").iterdir()) / "bin"
        self._user: dict = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._process: subprocess.Popen | None = None

    def start(self) -> "Postgres":
        data = str(self.directory / "data")
        self._run("initdb", "-D", data, "-A", "trust", "-U", "causeway", "-E", "UTF8", "--locale=C", "-N").wait()
        self._process = self._run("postgres", "-D", data, "-k", str(self.directory), "-c", "listen_addresses=")
        eventually_sync(lambda: self._run("pg_isready", "-h", str(self.directory)).wait() == 0, "PostgreSQL is ready",
                        30 * SLOW)
        return self

    def rows(self, query: str) -> list[list[str]]:
        """What `query` finds, as text."""
        answer = subprocess.run([str(self._programs / "psql"), self.uri, "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", query],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30 * SLOW, check=True)
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30 * SLOW)
        shutil.rmtree(self.directory)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen([str(self._programs / program), *arguments], cwd="/", stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._user)
