"""A PostgreSQL server of its own: in a temporary directory, on a Unix socket, on loopback TCP if asked, as a user that is not root."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from .ports import free_port
from .waiting import SLOW, eventually_sync


class Postgres:
    def __init__(self, tcp: bool = False):
        # Not below the story's directory: sockets have short paths, and another user must be able to get there.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="causeway-postgres-"))
        self.port = free_port() if tcp else 0
        self.uri = f"postgresql:///postgres?user=causeway&host={self.directory}" + (f"&port={self.port}" if tcp else "")
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
        tcp = ["-c", "listen_addresses=127.0.0.1", "-p", str(self.port)] if self.port else ["-c", "listen_addresses="]
        port = ["-p", str(self.port)] if self.port else []
        self._process = self._run("postgres", "-D", data, "-k", str(self.directory), *tcp)
        eventually_sync(lambda: self._run("pg_isready", "-h", str(self.directory), *port).wait() == 0, "PostgreSQL is ready",
                        30 * SLOW)
        return self

    def rows(self, query: str) -> list[list[str]]:
        """What `query` finds, as text."""
        answer = subprocess.run([str(self._programs / "psql"), self.uri, "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", query],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30 * SLOW, check=True)
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def signal_all(self, number: signal.Signals) -> None:
        """To the server and the processes of its sessions."""
        assert self._process is not None
        server = self._process.pid
        sessions = pathlib.Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for pid in (server, *map(int, sessions)):
            os.kill(pid, number)

    def uri_through(self, port: int) -> str:
        """For who connects by way of a gate on this port."""
        return f"postgresql://causeway@127.0.0.1:{port}/postgres?sslmode=disable&gssencmode=disable"

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30 * SLOW)
        shutil.rmtree(self.directory)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen([str(self._programs / program), *arguments], cwd="/", stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._user)
