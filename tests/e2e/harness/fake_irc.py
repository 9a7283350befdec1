"""A scripted IRC server: behaves by default, and misbehaves where a story replaces a handler."""
import asyncio
import base64
import contextlib

from .irc_user import Line, parse_line
from .ports import free_port
from .waiting import TIMEOUT, Recorder


class FakeIrcConnection:
    """One client of the fake server. Handlers are looked up by command in `server.handlers` first."""

    def __init__(self, server: "FakeIrcServer", reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.server = server
        self.nick = "*"
        self.registered = False
        self.received = Recorder("the fake IRC server")
        self._reader, self._writer = reader, writer
        self._has_user = False
        self._negotiating = False

    # ---- for stories
    def send(self, *lines: str) -> None:
        self.send_bytes("".join(f"{line}\r\n" for line in lines).encode())

    def send_bytes(self, data: bytes) -> None:
        self._writer.write(data)

    def numeric(self, number: str, *words: str, text: str = "") -> None:
        middle = "".join(f" {word}" for word in words)
        self.send(f":{self.server.name} {number} {self.nick}{middle} :{text}")

    def drop(self) -> None:
        """Resets the connection."""
        self._writer.transport.abort()

    async def expect(self, command: str, predicate=None, timeout: float = TIMEOUT) -> Line:
        return await self.received.expect(
            lambda line: line.command == command and (predicate is None or predicate(line)), command, timeout)

    # ---- default behaviour
    async def serve(self) -> None:
        while True:
            try:
                data = await self._reader.readline()
            except (OSError, ValueError):
                return
            if not data:
                return
            line = parse_line(data.decode("utf-8", "replace").rstrip("\r\n"))
            self.received.add(line)
            handler = self.server.handlers.get(line.command)
            if handler is not None:
                answer = handler(self, line)
                if asyncio.iscoroutine(answer):
                    answer = await answer
                if answer is not False:  # False: let the default happen too
                    continue
            default = getattr(self, f"on_{line.command.lower()}", None)
            if default is not None:
                default(line)

    def welcome(self) -> None:
        if self.registered or self._negotiating or self.nick == "*" or not self._has_user:
            return
        self.registered = True
        self.numeric("001", text="Welcome")
        self.numeric("002", text="Your host")
        self.numeric("004", self.server.name, "fake-1", "i", "klo")
        self.numeric("005", *self.server.isupport, text="are supported by this server")
        self.numeric("422", text="No MOTD")

    def on_cap(self, line: Line) -> None:
        sub = line.params[0].upper()
        if sub == "LS":
            self._negotiating = True
            self.send(f":{self.server.name} CAP {self.nick} LS :{self.server.caps}")
        elif sub == "REQ":
            known = {cap.partition("=")[0] for cap in self.server.caps.split()}
            verdict = "ACK" if set(line.text.split()) <= known else "NAK"
            self.send(f":{self.server.name} CAP {self.nick} {verdict} :{line.text}")
        elif sub == "END":
            self._negotiating = False
            self.welcome()

    def on_authenticate(self, line: Line) -> None:
        if line.text.upper() == "PLAIN":
            self.send("AUTHENTICATE +")
            return
        parts = base64.b64decode(line.text).split(b"\0")
        if [part.decode() for part in parts[1:]] == list(self.server.sasl_account or ()):
            self.numeric("900", f"{self.nick}!u@h", parts[1].decode(), text="You are now logged in")
            self.numeric("903", text="SASL authentication successful")
        else:
            self.numeric("904", text="SASL authentication failed")

    def on_nick(self, line: Line) -> None:
        wanted = line.params[0]
        if wanted in self.server.taken_nicks:
            self.numeric("433", wanted, text="Nickname is already in use")
            return
        if self.registered:
            self.send(f":{self.nick}!u@h NICK :{wanted}")
        self.nick = wanted
        self.welcome()

    def on_user(self, _: Line) -> None:
        self._has_user = True
        self.welcome()

    def on_ping(self, line: Line) -> None:
        self.send(f":{self.server.name} PONG {self.server.name} :{line.text}")

    def on_join(self, line: Line) -> None:
        for channel in line.params[0].split(","):
            self.send(f":{self.nick}!u@h JOIN {channel}")
            self.numeric("353", "=", channel, text=f"{self.nick} @juliet")
            self.numeric("366", channel, text="End of NAMES")

    def on_part(self, line: Line) -> None:
        self.send(f":{self.nick}!u@h PART {line.params[0]}")

    def on_topic(self, line: Line) -> None:
        self.send(f":{self.nick}!u@h TOPIC {line.params[0]} :{line.text}")

    def on_quit(self, _: Line) -> None:
        self.send("ERROR :Closing link")
        self._writer.close()


class FakeIrcServer:
    def __init__(self, name: str = "fake.localhost.test", caps: str = "", isupport: tuple = ("CASEMAPPING=rfc1459",
                 "CHANTYPES=#", "PREFIX=(ov)@+", "NICKLEN=30")):
        self.name = name
        self.caps = caps
        self.isupport = isupport
        self.port = free_port()
        self.handlers: dict = {}
        self.sasl_account: tuple[str, str] | None = None
        self.taken_nicks: set[str] = set()
        self.connections_made = 0
        self._connections: asyncio.Queue[FakeIrcConnection] = asyncio.Queue()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()

    async def start(self) -> "FakeIrcServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 22)
        return self

    async def connection(self, timeout: float = TIMEOUT) -> FakeIrcConnection:
        """The next client that connected."""
        return await asyncio.wait_for(self._connections.get(), timeout)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        connection = FakeIrcConnection(self, reader, writer)
        self._connections.put_nowait(connection)
        self.connections_made += 1
        with contextlib.suppress(asyncio.CancelledError):
            await connection.serve()
        writer.close()
        self._tasks.discard(task)
