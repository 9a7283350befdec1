"""The program under test, with a configuration of its own: started, stopped, killed, read."""
import asyncio
import copy
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import yaml

from .ports import free_port
from .process import ServerProcess
from .prosody import COMPONENT_SECRET, DOMAIN
from .waiting import SLOW, TIMEOUT, NotSeen, eventually, eventually_sync

ROOT = pathlib.Path(__file__).resolve().parents[3]
_SANITIZER = re.compile(r"ERROR: \w+Sanitizer|: runtime error:|SUMMARY: \w+Sanitizer")


def binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CAUSEWAY_BIN", ROOT / "build/dev/gateway/app/causeway"))


def _link(component_port: int) -> dict:
    return {"host": "127.0.0.1", "port": component_port, "security": "plaintext", "domain": DOMAIN,
            "secret_file": "component.secret", "keepalive": "5s", "dead_after": "5s", "reconnect_first": "100ms",
            "reconnect_max": "2s"}


def irc_network(name: str, jid: str, component_port: int, servers: list[dict], **options) -> dict:
    """One `networks:` entry with the short delays that tests want."""
    return {
        "name": name, "protocol": "irc", "jid": jid,
        "server": _link(component_port),
        "options": {"allow_public": False, "servers": servers, "flood_burst": 0, "flood_rate": "0s",
                    "presence_poll": "500ms", "reconnect_first": "100ms", "reconnect_max": "2s", **options},
    }


def durable_network(name: str, jid: str, component_port: int, directory: pathlib.Path, **options) -> dict:
    """A loopback network of the durable class; its far side is `directory` (legacy-adapters/loopback/README.md)."""
    files = {"journal": str(directory / "journal"), "offers": str(directory / "offers"), "script": str(directory / "script")}
    return {"name": name, "protocol": "loopback", "jid": jid, "server": _link(component_port),
            "options": {"durable": True, **files, "reconnect_first": "50ms", "reconnect_max": "500ms", **options}}


def irc_server(name: str, port: int, host: str = "127.0.0.1") -> dict:
    return {"name": name, "host": host, "port": port, "tls": False}


class Causeway:
    def __init__(self, directory: pathlib.Path, networks: list[dict], access: dict | None = None,
                 limits: dict | None = None, secret: str = COMPONENT_SECRET):
        self.directory = directory
        self.admin_port = free_port()
        directory.mkdir(parents=True)
        self.secret_file = self.write_private("component.secret", secret)
        self.write_private("vault.key", secrets.token_hex(32))
        self.config = {
            "store": {"path": str(directory / "causeway.db")},
            "vault": {"key_file": str(directory / "vault.key")},
            "admin": {"listen": f"127.0.0.1:{self.admin_port}", "control_socket": str(directory / "control.sock")},
            "log": {"level": "debug", "format": "json"},
            "access": {"domains": [DOMAIN], "users": [], "admins": [f"admin@{DOMAIN}"], **(access or {})},
            "limits": {"messages_per_minute": 6000, "burst": 1000, "joins_per_minute": 600, **(limits or {})},
            "networks": [self._at_home(network) for network in networks],
        }
        self.config_path = directory / "causeway.yaml"
        self.write_config()
        self._env: dict[str, str] = {}
        self._process: ServerProcess | None = None

    def _at_home(self, network: dict) -> dict:
        network = copy.deepcopy(network)
        network["server"]["secret_file"] = str(self.directory / network["server"]["secret_file"])
        return network

    def write_private(self, name: str, content: str) -> pathlib.Path:
        path = self.directory / name
        path.write_text(content + "\n")
        path.chmod(0o600)
        return path

    def write_config(self) -> None:
        self.config_path.write_text(yaml.safe_dump(self.config, sort_keys=False))

    # ---- life
    def launch(self, env: dict | None = None, wait: bool = True) -> "Causeway":
        """Starts without waiting for the XMPP server: /healthz answers when it returns; at once without `wait`."""
        self._env = env or {}
        self._process = ServerProcess("causeway", [str(binary()), "serve", "--config", str(self.config_path)],
                                      self.directory, self._env)
        self._process.start([self.admin_port] if wait else [])
        return self

    def start(self, env: dict | None = None) -> "Causeway":
        """Starts, and returns when all links are up. Blocks: for set-up and the demo."""
        self.launch(env)
        eventually_sync(self._settled, "causeway is ready", 20 * SLOW)
        return self._checked()

    async def up(self, env: dict | None = None) -> "Causeway":
        """The same within a story, whose own peers go on meanwhile. Also starts again after an end, with the same `env`."""
        self.launch(env or self._env)
        try:
            await eventually(self._settled_async, "causeway is ready", 20 * SLOW)
        except NotSeen as missed:
            raise NotSeen(f"{missed}; its log ends:\n{self.log_text()[-3000:]}") from None
        return self._checked()

    def _settled(self) -> bool:
        return not self.alive() or self.ready()

    async def _settled_async(self) -> bool:
        return await asyncio.get_running_loop().run_in_executor(None, self._settled)

    def _checked(self) -> "Causeway":
        assert self.alive(), f"causeway ended:\n{self.log_text()[-3000:]}"
        return self

    def alive(self) -> bool:
        return self._process is not None and self._process.alive()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def terminate(self) -> None:
        """SIGTERM; returns at once."""
        assert self._process is not None
        self._process.signal(signal.SIGTERM)

    async def ended(self, timeout: float = 20.0) -> int:
        """Waits for the end without blocking the clients. @return the exit status"""
        assert self._process is not None
        await eventually(lambda: not self.alive(), "causeway ends", timeout * SLOW)
        return self._process.wait()

    def reload(self) -> None:
        assert self._process is not None
        self._process.signal(signal.SIGHUP)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()

    def stop(self) -> None:
        """Ends it, and fails if it did not end well or a sanitizer complained."""
        if self._process is None:
            return
        was_alive = self.alive()
        status = self._process.stop()
        report = _SANITIZER.search(self.log_text())
        assert report is None, f"a sanitizer reported in {self._process.log_path}:\n{self.log_text()[report.start():][:4000]}"
        assert not was_alive or status == 0, f"causeway ended with {status}:\n{self.log_text()[-3000:]}"

    # ---- what it says
    def log_text(self) -> str:
        return self._process.log_text() if self._process is not None else ""

    def log_lines(self, id: str = "") -> list[dict]:
        lines = []
        for text in self.log_text().splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict) and id in ("", line.get("event")):
                lines.append(line)
        return lines

    async def logged(self, id: str, count: int = 1, timeout: float = TIMEOUT) -> dict:
        """Waits until `id` has been logged `count` times; returns the last of them."""
        lines = await eventually(lambda: (found := self.log_lines(id)) and len(found) >= count and found,
                                 f"log line {id} × {count}", timeout)
        return lines[count - 1]

    def http(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=5 * SLOW) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ready(self) -> bool:
        try:
            return self.http("/readyz")[0] == 200
        except (OSError, ValueError):
            return False

    def metrics(self) -> str:
        status, text = self.http("/metrics")
        assert status == 200, f"/metrics answered {status}"
        return text

    def metric(self, name: str, **labels: str) -> float:
        """Sum over all series of `name` that carry `labels`."""
        total = 0.0
        for line in self.metrics().splitlines():
            match = re.match(rf"{re.escape(name)}(?:\{{(.*)\}})? (\S+)$", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                total += float(match[2])
        return total

    def command(self, *arguments: str, timeout: float = 30) -> subprocess.CompletedProcess:
        return run(*arguments, "--config", str(self.config_path), timeout=timeout)


def run(*arguments: str, timeout: float = 30, env: dict | None = None) -> subprocess.CompletedProcess:
    """One call of the command line."""
    return subprocess.run([str(binary()), *arguments], capture_output=True, text=True, timeout=timeout * SLOW,
                          stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, check=False)


class NotifySocket:
    """What systemd would listen on."""

    def __init__(self, directory: pathlib.Path):
        self.path = directory / "notify.sock"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)
        self.said: list[str] = []

    def heard(self, word: str) -> bool:
        while True:
            try:
                self.said += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return any(line.startswith(word) for line in self.said)

    def close(self) -> None:
        self._socket.close()
