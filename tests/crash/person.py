"""A client of one account under load: cheap, comes back whenever it is thrown out, and remembers all that it said and got."""
import asyncio
import base64
import collections
import contextlib
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from harness.prosody import DOMAIN, PASSWORD
from harness.waiting import TIMEOUT

from oracle import Received

_HEAD = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
         f"version='1.0' to='{DOMAIN}'>")
_CLIENT = "{jabber:client}"
_RECEIPTS = "urn:xmpp:receipts"
_RECEIVED = f"{{{_RECEIPTS}}}received"
_UNAVAILABLE = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"


class Stream:
    """Bytes to stanzas."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader = reader
        self.writer = writer
        self.open()

    def open(self) -> None:
        self._parser = ET.XMLPullParser(("start", "end"))
        self._depth = 0
        self._root: ET.Element | None = None
        self.writer.write(_HEAD.encode())

    async def next(self) -> ET.Element:
        while True:
            for event, element in self._parser.read_events():
                if event == "start":
                    self._depth += 1
                    self._root = element if self._depth == 1 else self._root
                    continue
                self._depth -= 1
                if self._depth == 1:
                    self._root.clear()  # else a long life fills the memory
                    return element
                if self._depth == 0:
                    raise ConnectionError("the stream was closed")
            data = await self._reader.read(65536)
            if not data:
                raise ConnectionError("the connection was closed")
            self._parser.feed(data)

    async def until(self, name: str) -> ET.Element:
        while True:
            element = await self.next()
            if element.tag.rpartition("}")[2] == name:
                return element


class Person:
    def __init__(self, jid: str, port: int, priority: int = 0):
        self.jid = jid
        self.port = port
        self.priority = priority  # below 0: words to the account are kept by the server
        self.sent: set[str] = set()
        self.receipts: collections.Counter = collections.Counter()
        self.told: dict[str, str] = {}
        self.received: dict[str, list[Received]] = collections.defaultdict(list)  # by the gateway they came from
        self.logins = 0
        self._stream: Stream | None = None
        self._life: asyncio.Task | None = None
        self._online = asyncio.Event()

    @property
    def name(self) -> str:
        return self.jid.partition("@")[0]

    # ---- life
    def come(self) -> "Person":
        self._life = asyncio.create_task(self._live())
        return self

    async def close(self) -> None:
        if self._life is not None:
            if self._stream is not None:
                with contextlib.suppress(OSError):
                    self._stream.writer.write(b"<presence type='unavailable'/></stream:stream>")
                    await asyncio.wait_for(self._stream.writer.drain(), 2)
                    await asyncio.sleep(0.1)
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    async def online(self, timeout: float = 3 * TIMEOUT) -> None:
        await asyncio.wait_for(self._online.wait(), timeout)

    async def listen(self) -> None:
        """Comes again as one who takes words at once, and so gets what the server has kept."""
        await self.close()
        self.priority = 0
        self.come()
        await self.online()

    async def _live(self) -> None:
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                stream = Stream(reader, writer)
                await asyncio.wait_for(self._log_in(stream), TIMEOUT)
                self._stream = stream
                self.logins += 1
                self._online.set()
                while True:
                    self._take(await stream.next())
            except (OSError, asyncio.TimeoutError, ET.ParseError):
                await asyncio.sleep(0.1)
            finally:
                self._stream = None
                self._online.clear()
                if writer is not None:
                    writer.close()

    async def _log_in(self, stream: Stream) -> None:
        await stream.until("features")
        plain = base64.b64encode(f"\0{self.name}\0{PASSWORD}".encode()).decode()
        stream.writer.write(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>".encode())
        await stream.until("success")
        stream.open()
        await stream.until("features")
        stream.writer.write(b"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                            b"<resource>load</resource></bind></iq>")
        await stream.until("iq")
        stream.writer.write(b"<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>"
                            + f"<presence><priority>{self.priority}</priority></presence>".encode())

    # ---- what is said
    def say(self, to: str, text: str) -> bool:
        """@return False: there is no connection, and nothing was said"""
        if self._stream is None or self._stream.writer.is_closing():
            return False
        self.sent.add(text)
        self._stream.writer.write(f"<message to={quoteattr(to)} type='chat' id={quoteattr(text)}><body>{escape(text)}</body>"
                                  f"<request xmlns='{_RECEIPTS}'/></message>".encode())
        return True

    # ---- what comes
    def _take(self, stanza: ET.Element) -> None:
        kind = stanza.tag.rpartition("}")[2]
        if kind == "iq":
            self._answer(stanza)
        elif kind == "message":
            self._take_message(stanza)

    def _answer(self, iq: ET.Element) -> None:
        if iq.get("type") in ("get", "set") and self._stream is not None:
            pushed = iq.find("{jabber:iq:roster}query") is not None
            to = f" to={quoteattr(iq.get('from'))}" if iq.get("from") else ""
            self._stream.writer.write(f"<iq type='{'result' if pushed else 'error'}' id={quoteattr(iq.get('id', ''))}{to}>"
                                      f"{'' if pushed else _UNAVAILABLE}</iq>".encode())

    def _take_message(self, message: ET.Element) -> None:
        receipt = message.find(_RECEIVED)
        body = message.findtext(f"{_CLIENT}body")
        sender = message.get("from", "").partition("/")[0]
        contact, at, gateway = sender.partition("@")
        if message.get("type") == "error":
            self.told[message.get("id", "")] = _condition(message)
        elif receipt is not None:
            self.receipts[receipt.get("id", "")] += 1
        elif body is not None and message.get("id") in self.sent:
            self.told[message.get("id", "")] = "a remark"
        elif body is not None and at:
            self.received[gateway].append(Received(body, contact, message.get("id", "")))


def _condition(message: ET.Element) -> str:
    error = message.find(f"{_CLIENT}error")
    names = [child.tag.rpartition("}")[2] for child in error] if error is not None else []
    return next((name for name in names if name != "text"), "?")
