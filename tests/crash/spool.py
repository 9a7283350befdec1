"""A siege of the spool alone: one gateway with one network, and an XMPP server of the tests' own that costs next to nothing."""
import asyncio
import collections
import contextlib
import hashlib
import signal
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from harness.causeway import Causeway
from harness.ports import free_port
from harness.prosody import COMPONENT_SECRET, DOMAIN
from harness.waiting import NotSeen, TIMEOUT, eventually

from oracle import Manners, Received
from siege import PEOPLE, Siege, in_thread

_STREAM_ID = "spool"
_RECEIPTS = "urn:xmpp:receipts"
_RECEIVED = f"{{{_RECEIPTS}}}received"
_UNAVAILABLE = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
_STARTING = 0.09  # seconds that a gateway takes from its start to the link, and a little


class Server:
    """An XEP-0114 server with one component: it hands on to talkers what comes for them, in order, and answers every IQ."""

    def __init__(self) -> None:
        self.port = free_port()
        self.talkers: dict[str, Talker] = {}
        self.linked = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()

    async def start(self) -> "Server":
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, xml: str) -> bool:
        """@return False: the component is not there, and nothing was sent"""
        if self._writer is None or self._writer.is_closing():
            return False
        self._writer.write(xml.encode())
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, ET.ParseError, asyncio.CancelledError):
                await self._read(reader, writer)
        finally:
            if self._writer is writer:
                self._writer = None
                self.linked.clear()
            writer.close()
            self._tasks.discard(task)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = ET.XMLPullParser(("start", "end"))
        depth, root = 0, None
        while data := await reader.read(65536):
            parser.feed(data)
            for event, element in parser.read_events():
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    root = element
                    writer.write(f"<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' id='{_STREAM_ID}' "
                                 f"xmlns:stream='http://etherx.jabber.org/streams' from={quoteattr(root.get('to'))}>".encode())
                elif event == "end" and depth == 1:
                    root.clear()  # else a long life fills the memory
                    self._take(element, writer)

    def _take(self, stanza: ET.Element, writer: asyncio.StreamWriter) -> None:
        kind = stanza.tag.rpartition("}")[2]
        if kind == "handshake":
            assert stanza.text == hashlib.sha1((_STREAM_ID + COMPONENT_SECRET).encode()).hexdigest()
            writer.write(b"<handshake/>")
            self._writer = writer
            self.linked.set()
        elif kind == "iq" and stanza.get("type") in ("get", "set"):
            writer.write(f"<iq type='error' id={quoteattr(stanza.get('id'))} from={quoteattr(stanza.get('to'))} "
                         f"to={quoteattr(stanza.get('from'))}>{_UNAVAILABLE}</iq>".encode())
        elif kind == "message" and (talker := self.talkers.get(stanza.get("to", "").partition("/")[0])) is not None:
            talker.take(stanza)


class Talker:
    """What a Person is in the siege of the full stack, without a client and an account."""
    priority = 0

    def __init__(self, jid: str, server: Server):
        self.jid = jid
        self.name = jid.partition("@")[0]
        self.receipts: collections.Counter = collections.Counter()
        self.told: dict[str, str] = {}
        self.received: dict[str, list[Received]] = collections.defaultdict(list)
        self._sent: set[str] = set()
        self._server = server
        server.talkers[jid] = self

    async def online(self) -> None:
        await asyncio.wait_for(self._server.linked.wait(), TIMEOUT)

    async def close(self) -> None:
        pass

    def say(self, to: str, text: str) -> bool:
        said = self._server.send(f"<message from='{self.jid}/load' to={quoteattr(to)} type='chat' id={quoteattr(text)}>"
                                 f"<body>{escape(text)}</body><request xmlns='{_RECEIPTS}'/></message>")
        if said:
            self._sent.add(text)
        return said

    def take(self, message: ET.Element) -> None:
        namespace = message.tag.partition("}")[0] + "}"
        receipt, body, id = message.find(_RECEIVED), message.findtext(f"{namespace}body"), message.get("id", "")
        contact, _, gateway = message.get("from", "").partition("/")[0].partition("@")
        if message.get("type") == "error":
            names = [child.tag.rpartition("}")[2] for child in message.find(f"{namespace}error") or ()]
            self.told[id] = next((name for name in names if name != "text"), "?")
        elif receipt is not None:
            self.receipts[receipt.get("id", "")] += 1
        elif body is not None and id in self._sent:
            self.told[id] = "a remark"
        elif body is not None and gateway:
            self.received[gateway].append(Received(body, contact, id))


class SpoolSiege(Siege):
    """Dies far more often than the full stack: a start takes less than a tenth of a second, and nothing else has to come back."""

    def __init__(self, world, name: str, manners: Manners, seed: int):
        super().__init__(world, {name: manners}, seed)
        self.server = Server()
        self.unborn = 0  # how many were dead before they had a link

    async def open(self) -> "SpoolSiege":
        await self.world.keep(self.server)
        place, = self.places
        network = place.network(f"{place.name}.{DOMAIN}", self.server.port)
        self.gateway = self.world.adopt(Causeway(self.world.directory / "causeway", [network],
                                                 limits={"messages_per_minute": 10_000_000, "burst": 1_000_000}))
        self.gateway.config["log"]["level"] = "info"
        self.gateway.write_config()
        for number in range(PEOPLE):
            self.people.append(Talker(f"user{number}@{DOMAIN}", self.server))
        await self.gateway.up()
        return self

    async def kill_the_gateway(self, times: int) -> None:
        for _ in range(times):
            # Most are there for some milliseconds of load and more; some die while they start.
            if self.chance.random() < 0.2:
                await asyncio.sleep(self.chance.uniform(0, _STARTING))
            else:
                await eventually(self.server.linked.is_set, "the link is there", TIMEOUT)
                await asyncio.sleep(self.chance.uniform(0.002, 0.3))
            self._look()
            self._crash()
            await in_thread(self.gateway.launch, None, False)
        await self._back()

    async def kill_at_points(self, points: list[str], rounds: int) -> dict[str, int]:
        """Has the gateway die at each of the ledger's named places. @return how often it did"""
        hit: collections.Counter = collections.Counter()
        self._crash()
        for point in points * rounds:
            passes = self.chance.randint(1, 8)
            await in_thread(self.gateway.launch, {"CAUSEWAY_CRASH_AT": f"{point}:{passes}"}, False)
            assert await self.gateway.ended() == -signal.SIGKILL, f"at {point}:\n{self.gateway.log_text()[-3000:]}"
            hit[point] += 1
            self._crash()
        await in_thread(self.gateway.launch)
        await self._back()
        return hit

    def _crash(self) -> None:
        self.gateway.kill()
        self.kills += 1
        self.server.linked.clear()
        self.places[0].crashed()

    async def _back(self) -> None:
        await eventually(self.gateway.ready, "causeway is ready again", 2 * TIMEOUT)
        for person in self.people:  # a network offers its words to whom it knows: who has spoken
            self.say(person, self.places[0], "bob")

    def _look(self) -> None:
        if not self.gateway.alive():
            raise NotSeen(f"causeway ended by itself:\n{self.gateway.log_text()[-3000:]}")
        self.unborn += not self.server.linked.is_set()

    def figures(self) -> dict:
        return {"killed before the link": self.unborn}


def in_doubt(told: dict) -> int:
    """How many messages the crashes left in doubt; each is told to its sender, or marked where it came again."""
    return sum(network["states"].get("ambiguous", 0) + network["taken again"] for network in told["networks"].values())

