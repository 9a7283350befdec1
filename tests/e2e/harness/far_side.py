"""The loopback network in its durable class, as a story sees it: what it has taken, what it offers, how it misbehaves."""
import json
import os
import pathlib

from .prosody import DOMAIN
from .waiting import TIMEOUT, eventually


class FarSide:
    """The files that such a network reads and writes (legacy-adapters/loopback/README.md)."""

    def __init__(self, directory: pathlib.Path, **options):
        directory.mkdir(parents=True, exist_ok=True)
        self.journal, self.offers, self.script = (directory / name for name in ("journal", "offers", "script"))
        self.script.write_text("")
        self.options = {"durable": True, "journal": str(self.journal), "offers": str(self.offers), "script": str(self.script),
                        "reconnect_first": "100ms", "reconnect_max": "500ms", "retry_after": "200ms", **options}

    def network(self, jid: str, component_port: int, name: str = "far") -> dict:
        """A `networks:` entry."""
        return {"name": name, "protocol": "loopback", "jid": jid,
                "server": {"host": "127.0.0.1", "port": component_port, "security": "plaintext", "domain": DOMAIN,
                           "secret_file": "component.secret", "keepalive": "5s", "dead_after": "5s",
                           "reconnect_first": "100ms", "reconnect_max": "2s"},
                "options": self.options}

    def does(self, *lines: str) -> None:
        """From now on it does this: `down`, `drop`, `CONTACT DEED [COUNT]`; nothing: what contacts' names say."""
        fresh = self.script.with_suffix(".new")
        fresh.write_text("".join(line + "\n" for line in lines))
        os.replace(fresh, self.script)

    def offer(self, user: str, contact: str, text: str, key: str) -> None:
        line = json.dumps({"user": user, "contact": contact, "text": text, "key": key}) + "\n"
        handle = os.open(self.offers, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(handle, line.encode())
        os.close(handle)

    @staticmethod
    def _lines(path: pathlib.Path) -> list[dict]:
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def taken(self) -> list[dict]:
        return self._lines(self.journal)

    def texts(self) -> list[str]:
        return [line["text"] for line in self.taken()]

    def acks(self) -> list[dict]:
        return self._lines(self.journal.with_name(self.journal.name + ".acks"))

    async def takes(self, text: str, timeout: float = TIMEOUT) -> dict:
        await eventually(lambda: text in self.texts(), f"the network takes '{text}'", timeout)
        return next(line for line in self.taken() if line["text"] == text)
