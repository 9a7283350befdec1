"""A small IRC client: every line that came is recorded, PING is answered, nothing else is done by itself."""
import asyncio
import contextlib
import dataclasses

from .waiting import TIMEOUT, NotSeen, Recorder


@dataclasses.dataclass(frozen=True)
class Line:
    raw: str
    tags: dict
    prefix: str
    command: str
    params: tuple

    @property
    def nick(self) -> str:
        return self.prefix.split("!", 1)[0]

    @property
    def text(self) -> str:
        return self.params[-1] if self.params else ""

    def __str__(self) -> str:
        return self.raw


def parse_line(raw: str) -> Line:
    rest, tags, prefix = raw, {}, ""
    if rest.startswith("@"):
        words, _, rest = rest[1:].partition(" ")
        tags = dict(item.partition("=")[::2] for item in words.split(";"))
    rest = rest.lstrip(" ")
    if rest.startswith(":"):
        prefix, _, rest = rest[1:].partition(" ")
    head, colon, trailing = rest.lstrip(" ").partition(" :")
    words = head.split()
    params = tuple(words[1:]) + ((trailing,) if colon else ())
    return Line(raw, tags, prefix, words[0].upper() if words else "", params)


class IrcUser:
    def __init__(self, nick: str):
        self.nick = nick
        self.received = Recorder(f"IRC user {nick}")
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task | None = None

    async def connect(self, port: int, caps: str = "", password: str = "") -> "IrcUser":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        self._task = asyncio.create_task(self._read())
        if password:
            self.send(f"PASS {password}")
        if caps:
            self.send("CAP LS 302", f"CAP REQ :{caps}", "CAP END")
        self.send(f"NICK {self.nick}", f"USER {self.nick} 0 * :A person")
        await self.expect("001")
        return self

    async def close(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self.send("QUIT :bye")
                await self._writer.drain()
            self._writer.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def send(self, *lines: str) -> None:
        self.send_bytes("".join(f"{line}\r\n" for line in lines).encode())

    def send_bytes(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(data)

    async def join(self, channel: str, key: str = "") -> None:
        self.send(f"JOIN {channel} {key}".rstrip())
        await self.expect("366", lambda line: line.params[1].lower() == channel.lower())

    def say(self, target: str, text: str) -> None:
        self.send(f"PRIVMSG {target} :{text}")

    async def expect(self, command: str, predicate=None, timeout: float = TIMEOUT) -> Line:
        wanted = command.upper()
        return await self.received.expect(
            lambda line: line.command == wanted and (predicate is None or predicate(line)), wanted, timeout)

    async def hears(self, text: str, target: str | None = None, timeout: float = TIMEOUT) -> Line:
        """A PRIVMSG with exactly this text."""
        return await self.expect("PRIVMSG", lambda line: line.text == text and target in (None, line.params[0]), timeout)

    async def hears_nothing_else(self, predicate, what: str) -> None:
        """Asks the server for a PONG, and checks that nothing matching came before it."""
        token = f"fence{self.received.mark()}"
        start = self.received.mark()
        self.send(f"PING {token}")
        await self.expect("PONG", lambda line: line.text == token)
        found = [line for line in self.received.since(start) if predicate(line)]
        if found:
            raise NotSeen(f"IRC user {self.nick} should not have received {what}: {found[0]}")

    async def ranks_in(self, channel: str) -> dict[str, str]:
        """Who is in the channel now, and the prefix (or '') of each."""
        self.send(f"NAMES {channel}")
        ranks: dict[str, str] = {}
        start = self.received.mark()
        await self.expect("366", lambda line: line.params[1].lower() == channel.lower())
        for line in self.received.since(start):
            if line.command == "353" and line.params[2].lower() == channel.lower():
                for word in line.text.split():
                    nick = word.lstrip("~&@%+")
                    ranks[nick] = word[:len(word) - len(nick)]
        return ranks

    async def nicks_in(self, channel: str) -> set[str]:
        """Who is in the channel now, without prefixes."""
        return set(await self.ranks_in(channel))

    async def modes_of(self, channel: str) -> tuple[str, ...]:
        """The channel's flags, then their parameters."""
        self.send(f"MODE {channel}")
        line = await self.expect("324", lambda line: line.params[1].lower() == channel.lower())
        return line.params[2:]

    async def bans_of(self, channel: str) -> list[str]:
        start = self.received.mark()
        self.send(f"MODE {channel} b")
        await self.expect("368", lambda line: line.params[1].lower() == channel.lower())
        return [line.params[2] for line in self.received.since(start) if line.command == "367"]

    async def whois(self, nick: str) -> dict[str, Line]:
        """The numerics of WHOIS by number; empty when there is nobody of that name."""
        start = self.received.mark()
        self.send(f"WHOIS {nick}")
        await self.expect("318")
        lines = {line.command: line for line in self.received.since(start)}
        return {} if "401" in lines else lines

    async def _read(self) -> None:
        assert self._reader is not None
        while True:
            try:
                data = await self._reader.readline()
            except (OSError, asyncio.LimitOverrunError, ValueError):
                data = b""
            if not data:
                self.received.add(parse_line("ERROR :connection closed"))
                return
            line = parse_line(data.decode("utf-8", "replace").rstrip("\r\n"))
            if line.command == "PING":
                self.send(f"PONG :{line.text}")
                continue
            self.received.add(line)
