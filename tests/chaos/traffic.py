"""Kept messages both ways between a user on XMPP and a network, and what is wrong with what has become of them.

The link that misbehaves is one of LINKS. On `xmpp` and `database` the network is a durable loopback one, whose far side keeps
a journal; on `irc` it is IRC with `keep_messages`, and the far side is a client on a real IRC server.
"""
import asyncio
import contextlib
import itertools
import sqlite3
import time

from gate import Gate

from harness.causeway import Causeway, irc_server
from harness.far_side import FarSide
from harness.postgres import Postgres
from harness.register import become_friends_with, register
from harness.waiting import SLOW, eventually
from harness.world import World

LINKS = ("xmpp", "irc", "database")
RIGHT_WITHIN = 30.0 * SLOW
PAUSE = 0.1  # seconds between two messages of one way
_UNDER_WAY = ("received", "queued", "sending", "deferred")
_REQUEST = "<request xmlns='urn:xmpp:receipts'/>"


async def in_thread(function, *arguments):
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


class Traffic:
    def __init__(self, world: World, link: str):
        self.world = world
        self.link = link
        self.gate: Gate
        self.gateway: Causeway
        self.starts = 0                       # of the gateway, after the first
        self.sent: dict[str, str] = {}        # texts to the network, by stanza id, in order
        self.offered: list[str] = []          # texts to XMPP, in order
        self.surely: set[str] = set()         # those of them that the network holds until they are taken
        self.postgres: Postgres | None = None
        self._numbers = itertools.count(1)
        self._tasks: list[asyncio.Task] = []

    # ---- the opening and the end
    async def open(self) -> "Traffic":
        await (self._open_irc() if self.link == "irc" else self._open_far_side())
        self._tasks.append(asyncio.create_task(self._start_again()))
        await self.recover()
        return self

    async def _open_far_side(self) -> None:
        world, port = self.world, self.world.server.component_port
        if self.link == "xmpp":
            self.gate = await world.gate(port)
            port = self.gate.port
        self.jid = world.lease()
        self.far = FarSide(world.directory / world.name("far"))
        network = self.far.network(self.jid, port)
        network["server"].update(keepalive="1s", dead_after="1s", reconnect_max="1s")
        self.gateway = world.adopt(Causeway(world.directory / world.name("causeway"), [network]))
        if self.link == "database":
            self.postgres = await in_thread(Postgres(tcp=True).start)
            self.gate = await world.gate(self.postgres.port)
            self.gateway.config["store"] = {"driver": "postgres", "uri": self.postgres.uri_through(self.gate.port)}
            self.gateway.write_config()
        await self.gateway.up()
        self.romeo = await world.xmpp()
        self.nick = self.romeo.jid.partition("@")[0]
        assert (await register(self.romeo, self.jid, username=self.nick)).type == "result"
        await become_friends_with(self.romeo, self.jid)
        self.contact = f"juliet@{self.jid}"

    async def _open_irc(self) -> None:
        world = self.world
        self.gate = await world.gate(world.servers.ngircd.port)
        self.gateway, jid = world.own_gateway([irc_server(world.servers.ngircd.name, self.gate.port)],
                                              network_options={"keep_messages": True})
        await self.gateway.up()
        self.romeo, self.juliet = await world.xmpp(), await world.irc()
        self.nick = self.romeo.jid.partition("@")[0]
        self.contact = world.contact(self.juliet.nick, jid)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.postgres is not None:
            if self.gateway.alive():
                await in_thread(self.gateway.stop)  # else it waits for its database
            await in_thread(self.postgres.stop)

    async def _start_again(self) -> None:
        """As systemd would: without its database for longer than its lease lasts, the gateway ends (ADR 0008)."""
        while True:
            if not self.gateway.alive():
                self.starts += 1
                await in_thread(self.gateway.launch)
            await asyncio.sleep(0.1)

    # ---- talk
    def say(self) -> str:
        id = f"out{next(self._numbers)}"
        self.sent[id] = f"text of {id}"
        self.romeo.message(self.contact, self.sent[id], inner=_REQUEST, id=id)
        return id

    def answer(self) -> str:
        text = f"in {next(self._numbers)}"
        self.offered.append(text)
        if self.link == "irc":
            self.juliet.say(self.nick, text)
        else:
            self.surely.add(text)
            self.far.offer(self.nick, "juliet", text, text)
        return text

    async def talk(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.say()
            self.answer()
            await asyncio.sleep(PAUSE)

    # ---- what came of it
    def receipts(self) -> set[str]:
        found = (stanza.find("receipts:received") for stanza in self.romeo.received.records if stanza.kind == "message")
        return {receipt.get("id") for receipt in found if receipt is not None}

    def errors(self) -> dict[str, str]:
        """By id: what a person is told."""
        return {stanza.id: stanza.text("client:error/stanzas:text") or stanza.error
                for stanza in self.romeo.received.records if stanza.kind == "message" and stanza.type == "error"}

    def arrived(self) -> list[str]:
        if self.link == "irc":
            # From nobody else, but perhaps under another nick, while a ghost has the own one.
            return [line.text for line in self.juliet.received.records if line.command == "PRIVMSG"]
        return self.far.texts()

    def heard(self) -> list[tuple[str, str]]:
        """Texts and ids, as they came to the user."""
        return [(stanza.body, stanza.id) for stanza in self.romeo.received.records
                if stanza.kind == "message" and stanza.type != "error" and (stanza.body or "").startswith("in ")]

    # ---- the end of a fault
    async def recover(self) -> float:
        """A fresh word each way goes through. @return the seconds until both have"""
        begun = time.monotonic()
        await asyncio.wait_for(asyncio.gather(self._a_word_goes_out(), self._a_word_comes_in()), RIGHT_WITHIN)
        return time.monotonic() - begun

    async def _a_word_goes_out(self) -> None:
        await self._once(self.say, self.receipts)

    async def _a_word_comes_in(self) -> None:
        def heard() -> set[str]:
            return {text for text, _ in self.heard()}

        if self.link == "irc":
            await self._is_on_irc()
        await self._once(self.answer, heard)

    async def _is_on_irc(self) -> None:
        """Words to who is not there would be punished: ngIRCd reads nothing of Juliet for seconds after each."""
        while True:
            self.juliet.send(f"ISON {self.nick}")
            if (await self.juliet.expect("303")).text.strip():
                return
            await asyncio.sleep(0.2)

    @staticmethod
    async def _once(speak, there) -> None:
        fresh: set[str] = set()
        while True:
            fresh.add(speak())
            with contextlib.suppress(AssertionError):
                await eventually(lambda: fresh & there(), "a fresh word goes through", 0.3)
                return

    async def all_is_there(self) -> None:
        """Everything that was accepted is where it belongs, or its sender has been told; nothing waits any more."""
        end = time.monotonic() + RIGHT_WITHIN
        while found := await in_thread(self._wrongs):
            if time.monotonic() > end:
                raise AssertionError(f"{len(found)} wrong after {RIGHT_WITHIN:.0f} s:\n  " + "\n  ".join(found[:20]))
            await asyncio.sleep(0.1)

    def figures(self) -> dict:
        receipts, errors = self.receipts(), self.errors()
        return {"sent": len(self.sent), "receipts": len(receipts & self.sent.keys()), "errors": len(errors.keys() - receipts),
                "offered": len(self.offered), "heard": len({text for text, _ in self.heard()}), "starts": self.starts}

    def _wrongs(self) -> list[str]:
        return [*self._outward(), *self._inward(), *self._waiting()]

    def _outward(self) -> list[str]:
        receipts, errors, arrived, found = self.receipts(), self.errors(), self.arrived(), []
        there = set(arrived)
        accepted = self._in_store() if self.link == "xmpp" else set(self.sent)
        for id, text in self.sent.items():
            if id in receipts and text not in there:
                found.append(f"{id} has a receipt and is not there")
            if id in accepted and id not in receipts and id not in errors:
                found.append(f"{id} was accepted{' and is there' if text in there else ''}; its sender was told nothing")
            if id in errors and id not in receipts and text in there and "not known" not in errors[id]:
                found.append(f"{id} is there, and its sender was told '{errors[id]}'")
        if self.link != "irc":  # which declares that what is in doubt is sent once more
            found += [f"'{text}' is there {count} times" for text in there if (count := arrived.count(text)) > 1]
        return found + _in_order(arrived)

    def _inward(self) -> list[str]:
        heard = self.heard()
        texts = {text for text, _ in heard}
        found = [f"'{text}' has not come" for text in self.offered if text in self.surely and text not in texts]
        if len(set(heard)) > len(texts):
            found.append("a word has come with two ids")
        if len({id for _, id in heard}) < len(texts):
            found.append("one id stands for two words")
        return found + _in_order([text for text, _ in heard])

    def _waiting(self) -> list[str]:
        try:
            return [f"{count:.0f} messages are {state}" for state in _UNDER_WAY
                    if (count := self.gateway.metric("causeway_messages_state", state=state))]
        except OSError:
            return ["the gateway does not answer"]

    def _in_store(self) -> set[str]:
        """Ids of what was accepted from XMPP. What the server wrote into a link that died is not: XEP-0114 acknowledges nothing."""
        with contextlib.closing(sqlite3.connect(f"file:{self.gateway.directory}/causeway.db?mode=ro", uri=True, timeout=5)) as store:
            return {id for (id,) in store.execute("SELECT stanza_id FROM messages WHERE direction = 0")}


def _in_order(texts: list[str]) -> list[str]:
    """Of each text its first coming counts."""
    numbers = [int("".join(filter(str.isdigit, text))) for text in dict.fromkeys(texts)]
    return [f"{after} came after {before}" for before, after in itertools.pairwise(numbers) if after < before]
