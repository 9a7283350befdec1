"""One server process: started in a directory of its own, ended by its pid."""
import os
import pathlib
import signal
import socket
import subprocess

from .waiting import SLOW, eventually_sync


def accepts(port: int) -> bool:
    """Does something listen on this loopback port?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class ServerProcess:
    def __init__(self, name: str, argv: list[str], directory: pathlib.Path, env: dict | None = None):
        self.name = name
        self.directory = directory
        self.log_path = directory / f"{name}.log"
        self._argv = argv
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen | None = None

    def start(self, ports: list[int]) -> None:
        """Starts, and returns once all `ports` accept connections."""
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(self._argv, cwd=self.directory, env=self._env, stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log, start_new_session=True)
        eventually_sync(lambda: not self.alive() or all(accepts(port) for port in ports),
                        f"{self.name} listens on {ports}", 30 * SLOW)
        if not self.alive():
            raise RuntimeError(f"{self.name} ended at once with {self._process.returncode}:\n{self.log_text()[-3000:]}")

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float = 20.0) -> int:
        """Waits for the end. @return the exit status, negative for a signal"""
        assert self._process is not None
        return self._process.wait(timeout * SLOW)

    def stop(self) -> int | None:
        """SIGTERM, and SIGKILL if that is not enough. @return the exit status"""
        if self._process is None:
            return None
        if self.alive():
            self._process.terminate()
            try:
                self._process.wait(15 * SLOW)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        return self._process.returncode

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def log_text(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
