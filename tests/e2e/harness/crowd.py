"""Many people at once: XMPP clients that are cheap enough for hundreds, and rosters that are there before they come."""
import asyncio
import base64
import collections
import contextlib
import itertools
import pathlib
import re
import sqlite3

from .prosody import DOMAIN, PASSWORD, _encoded
from .waiting import TIMEOUT

_STREAM = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
           f"version='1.0' to='{DOMAIN}'>")
_STANZA = re.compile(rb"<(presence|message|iq)[ />]")
_SUBSCRIBED = 2  # store::Decision


class CrowdMember:
    """One client of one account. What comes is kept as text: stories look at it when the crowd is at rest."""

    def __init__(self, name: str):
        self.name = name
        self.text = bytearray()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._pump: asyncio.Task | None = None

    async def come(self, port: int) -> None:
        """Logs in, asks for the roster, and comes online."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        self._writer.write(_STREAM.encode())
        await self._until(b"</stream:features>")
        plain = base64.b64encode(f"\0{self.name}\0{PASSWORD}".encode()).decode()
        self._writer.write(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>".encode())
        await self._until(b"<success")
        self._writer.write(_STREAM.encode())
        await self._until(b"</stream:features>")
        self._writer.write(b"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                           b"<resource>one</resource></bind></iq>")
        await self._until(b"</iq>")
        self._writer.write(b"<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>")
        self._pump = asyncio.create_task(self._read())

    async def leave(self) -> None:
        if self._writer is not None:
            self._writer.write(b"<presence type='unavailable'/></stream:stream>")
            self._writer.close()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)

    def shown(self) -> dict[str, str]:
        """What the client shows of each who told it something: '', 'away', 'unavailable', by bare address."""
        seen = {}
        for stanza in self._presences():
            sender = re.search(rb"from=['\"]([^'\"/]*)", stanza)
            kind = re.search(rb"^<presence[^>]* type=['\"]([^'\"]*)", stanza)
            show = re.search(rb"<show>([^<]*)", stanza)
            if sender:
                seen[sender[1].decode()] = (kind[1] if kind else show[1] if show else b"").decode()
        return seen

    def requests(self) -> list[bytes]:
        """Questions to be seen, and what would change the roster."""
        subscriptions = [s for s in self._presences() if re.search(rb"type=['\"](un)?subscribed?['\"]", s)]
        pushes = re.findall(rb"<iq[^>]*type=['\"]set['\"][^>]*>\s*<query[^>]*jabber:iq:roster.*?</iq>", self.text, re.S)
        return subscriptions + pushes

    def _presences(self) -> list[bytes]:
        return re.findall(rb"<presence(?:[^>]*/>|.*?</presence>)", self.text, re.S)

    async def _until(self, mark: bytes) -> None:
        await asyncio.wait_for(self._reader.readuntil(mark), TIMEOUT)

    async def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := await self._reader.read(65536):
                self.text += data


def write_rosters(directory: pathlib.Path, people: list[str], contacts: list[str]) -> None:
    """Everybody has all `contacts`, mutually, in Prosody's internal storage."""
    rosters = directory / "data" / _encoded(DOMAIN) / "roster"
    rosters.mkdir(parents=True, exist_ok=True)
    items = "".join(f'["{contact}"] = {{ ["subscription"] = "both"; ["groups"] = {{}}; }};\n' for contact in contacts)
    for name in people:
        (rosters / f"{_encoded(name)}.dat").write_text(f'return {{ [false] = {{ ["version"] = 1; }};\n{items}}};\n')


def roster_sizes(directory: pathlib.Path, people: list[str]) -> list[int]:
    """How many entries Prosody has on disk for each."""
    rosters = directory / "data" / _encoded(DOMAIN) / "roster"
    texts = ((rosters / f"{_encoded(name)}.dat").read_text() for name in people)
    return [len(re.findall(r'\["[^"]*@[^"]*"\]|\["[^"]*\.test"\]', text)) for text in texts]


def write_accounts(database: pathlib.Path, people: list[str], addresses: list[str]) -> None:
    """The same in the gateway's store: the gateway itself (no address) and each of `addresses`, mutually."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        for number, name in enumerate(people):
            account = f"account-{number}"
            connection.execute("INSERT INTO accounts (id, network, user, registered, logged_out, remote_name, "
                               "sealed_credentials, created_ms) VALUES (?, 'irc', ?, 0, 0, '', '', 0)",
                               (account, f"{name}@{DOMAIN}"))
            connection.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?)",
                                   [(account, address, address, _SUBSCRIBED, _SUBSCRIBED) for address in ["", *addresses]])


def count_stanzas(said: bytes) -> collections.Counter:
    """What a component wrote, by kind; presence by type ('presence', 'presence probe', …)."""
    counts: collections.Counter = collections.Counter()
    starts = [found.start() for found in _STANZA.finditer(said)]
    for start, end in itertools.zip_longest(starts, starts[1:], fillvalue=len(said)):
        tag = bytes(said[start:min(end, said.index(b">", start) + 1)])
        kind = _STANZA.match(tag)[1].decode()
        type_of = re.search(rb" type=['\"]([^'\"]*)['\"]", tag)
        counts[f"{kind} {type_of[1].decode()}" if type_of else kind] += 1
    return counts
