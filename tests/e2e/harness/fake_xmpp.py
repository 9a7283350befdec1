"""A fake XMPP server for one component: does the handshake, then whatever a story says, ill-formed XML included."""
import asyncio
import contextlib
import hashlib
import re

from .ports import free_port
from .prosody import COMPONENT_SECRET
from .waiting import TIMEOUT, Recorder

_HEADER = ("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
           "xmlns:stream='http://etherx.jabber.org/streams' id='{id}' from='{name}'>")


class FakeXmppConnection:
    """`received` holds what came as text chunks; `text` is all of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.received = Recorder("the fake XMPP server")
        self._reader, self._writer = reader, writer

    @property
    def text(self) -> str:
        return "".join(self.received.records)

    def send(self, xml: str) -> None:
        self._writer.write(xml.encode())

    def drop(self) -> None:
        self._writer.transport.abort()

    async def until(self, pattern: str, timeout: float = TIMEOUT) -> re.Match:
        """Waits until everything received so far matches `pattern`."""
        found = re.search(pattern, self.text, re.S)
        while not found:
            await self.received.expect(lambda _: True, f"text matching {pattern}", timeout)
            found = re.search(pattern, self.text, re.S)
        return found

    async def read(self, name: str, stream_id: str, secret: str) -> None:
        greeted = shaken = False
        while data := await self._reader.read(65536):
            self.received.add(data.decode("utf-8", "replace"))
            if not greeted and "<stream:stream" in self.text:
                greeted = True
                self.send(_HEADER.format(id=stream_id, name=name))
            digest = re.search(r"<handshake[^>]*>([0-9a-f]{40})</handshake>", self.text)
            if digest and not shaken:
                shaken = True
                good = hashlib.sha1((stream_id + secret).encode()).hexdigest() == digest[1]
                self.send("<handshake/>" if good else
                          "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")


class FakeXmppServer:
    def __init__(self, secret: str = COMPONENT_SECRET):
        self.port = free_port()
        self.secret = secret
        self._connections: asyncio.Queue[FakeXmppConnection] = asyncio.Queue()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()

    async def start(self) -> "FakeXmppServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def connection(self, timeout: float = TIMEOUT) -> FakeXmppConnection:
        """The next component that connected and has shaken hands."""
        connection = await asyncio.wait_for(self._connections.get(), timeout)
        await connection.until("</handshake>")
        return connection

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        connection = FakeXmppConnection(reader, writer)
        self._connections.put_nowait(connection)
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await connection.read("fake", "stream-1", self.secret)
        writer.close()
        self._tasks.discard(task)
