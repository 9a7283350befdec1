"""A town on both sides: three users of one gateway in two channels, with contacts; and an oracle that knows what is true."""
import asyncio
import dataclasses
import itertools
import time

from gate import Gate

from harness.causeway import Causeway, irc_server
from harness.irc_user import IrcUser
from harness.ircd import Ngircd
from harness.waiting import SLOW, eventually
from harness.world import World
from harness.xmpp_user import Stanza, XmppUser

RIGHT_WITHIN = 30.0 * SLOW


class Belief:
    """What one XMPP client takes for true: a fold over everything that it has received."""

    def __init__(self, user: XmppUser, rooms: list[str], contacts: list[str]):
        self.user = user
        self.rooms: dict[str, set[str]] = {room: set() for room in rooms}
        self.nicks: dict[str, str] = {room: "" for room in rooms}  # the own one; '' while outside
        self.contacts: dict[str, str] = {contact: "gone" for contact in contacts}
        self._read = 0

    def update(self) -> "Belief":
        news = self.user.received.since(self._read)
        self._read += len(news)
        for stanza in news:
            if stanza.kind != "presence" or stanza.type not in ("", "unavailable"):
                continue
            if stanza.bare in self.rooms:
                self._in_room(stanza)
            elif stanza.bare in self.contacts:
                self.contacts[stanza.bare] = "gone" if stanza.type else (stanza.show or "there")
        return self

    def _in_room(self, stanza: Stanza) -> None:
        room, codes = stanza.bare, stanza.codes
        if stanza.type == "":
            self.rooms[room].add(stanza.resource)
            if "110" in codes:
                self.nicks[room] = stanza.resource
            return
        self.rooms[room].discard(stanza.resource)
        if "110" in codes and "303" not in codes:
            self.nicks[room] = ""
            self.rooms[room].clear()


@dataclasses.dataclass
class Citizen:
    """An XMPP user of the gateway, the rooms that the client sits in, and what it believes."""
    name: str
    channels: list[str]
    client: XmppUser
    belief: Belief


class Town:
    def __init__(self, world: World):
        self.world = world
        self.market, self.square = world.channel("market"), world.channel("square")
        self.channels = [self.market, self.square]
        self.citizens: list[Citizen] = []
        self.people: dict[str, IrcUser] = {}        # on IRC, by their part in the play
        self.nicks: dict[str, str] = {part: world.name(part) for part in ("juliet", "nurse", "paris", "tybalt")}
        self.ircd: Ngircd
        self.oracle: IrcUser
        self.gateway: Causeway
        self.jid = ""
        self.link: Gate
        self.irc: Gate
        self._words = itertools.count(1)
        self._guests = itertools.count(1)

    # ---- the opening
    async def open(self) -> "Town":
        world = self.world
        self.ircd = world.own_ngircd(name="irc.town.test")
        self.link, self.irc = await world.gate(world.server.component_port), await world.gate(self.ircd.port)
        self.gateway, self.jid = world.own_gateway([irc_server(self.ircd.name, self.irc.port)], component_port=self.link.port)
        for network in self.gateway.config["networks"]:
            network["server"].update(keepalive="1s", dead_after="1s", reconnect_max="1s")
        self.gateway.write_config()
        await self.gateway.up()
        await self.people_come()
        for name, channels in (("romeo", self.channels), ("benvolio", [self.market]), ("mercutio", [self.square])):
            await self._settle(world.name(name), channels)
        await self.everything_is_right()
        return self

    async def _settle(self, name: str, channels: list[str]) -> None:
        client = await self.world.xmpp(name)
        citizen = Citizen(name, channels, client, self._belief(client, channels))
        self.citizens.append(citizen)
        for channel in channels:
            await client.join(self.room(channel), name)
        for part in ("juliet", "nurse", "paris"):
            await client.befriend(self.room(self.nicks[part]))

    def _belief(self, client: XmppUser, channels: list[str]) -> Belief:
        contacts = [self.room(self.nicks[part]) for part in ("juliet", "nurse", "paris")]
        return Belief(client, [self.room(channel) for channel in channels], contacts)

    def room(self, name: str) -> str:
        return self.world.room(name, self.jid, self.ircd.name)

    async def come(self, part: str, *channels: str) -> IrcUser:
        person = self.people[part] = await self.world.irc(self.nicks.setdefault(part, self.world.name(part)), self.ircd.port)
        for channel in channels:
            await person.join(channel)
        return person

    async def go(self, part: str) -> None:
        await self.people.pop(part).close()

        async def gone():
            return self.nicks[part] not in await self.who_is_on(self.nicks[part])

        await eventually(gone, f"{part} is gone from IRC")

    async def people_come(self) -> None:
        """Those who are on IRC at first, or again after their server died."""
        self.oracle = await self.world.irc(self.world.name("oracle"), self.ircd.port)
        self.people.clear()
        await self.come("juliet", *self.channels)
        await self.come("nurse", self.market)
        await self.come("tybalt", self.square)

    async def clients_return(self) -> None:
        """After the XMPP server died: what every client does by itself, without anybody's touching it."""
        for citizen in self.citizens:
            citizen.client = await self.world.xmpp(citizen.name)
            citizen.belief = self._belief(citizen.client, citizen.channels)
            for channel in citizen.channels:
                citizen.client.ask_to_join(self.room(channel), citizen.name)

    # ---- life on IRC, with or without the gateway's seeing it
    async def stir(self) -> None:
        """Comings and goings of every kind; whoever is there now was not before, and the other way round."""
        guest = f"guest{next(self._guests)}"
        old_guests = [part for part in self.people if part.startswith("guest")]
        await self.come(guest, self.market, self.square)
        for part in old_guests:
            await self.go(part)
        if "nurse" in self.people:
            await self.go("nurse")
        else:
            await self.come("nurse", self.market)
        if "paris" not in self.people:
            await self.come("paris")
        elif not hasattr(self.people["paris"], "is_away"):
            self.people["paris"].is_away = True
            self.people["paris"].send("AWAY :to the feast")
            await self.people["paris"].expect("306")
        else:
            await self.go("paris")
        await self.come("passerby", self.square)
        await self.go("passerby")
        await self._rename("tybalt")
        self.juliet_counts()

    async def _rename(self, part: str) -> None:
        nick = self.world.name(part)
        person = self.people[part]
        person.send(f"NICK {nick}")
        await person.expect("NICK", lambda line: line.text == nick)
        person.nick = self.nicks[part] = nick

    def juliet_counts(self) -> None:
        """Numbered words: whatever part of them arrives must be in order."""
        for channel in self.channels:
            self.people["juliet"].say(channel, f"count {next(self._words)}")

    # ---- the oracle
    async def who_is_on(self, *nicks: str) -> dict[str, str]:
        """Asked of the IRC server itself: nick -> there, away."""
        self.oracle.send(f"USERHOST {' '.join(nicks)}")
        reply = await self.oracle.expect("302")
        found = {}
        for word in reply.text.split():
            nick, _, rest = word.partition("=")
            found[nick.rstrip("*")] = "away" if rest.startswith("-") else "there"
        return found

    async def wrongs(self) -> list[str]:
        """Everything in which a client's belief differs from what the IRC server says."""
        names = {channel: await self.oracle.nicks_in(channel) for channel in self.channels}
        parts = ("juliet", "nurse", "paris")
        on = await self.who_is_on(*(self.nicks[part] for part in parts))
        found = []
        for citizen in self.citizens:
            belief = citizen.belief.update()
            for channel in citizen.channels:
                room = self.room(channel)
                if citizen.name not in names[channel]:
                    found.append(f"{citizen.name} is not in {channel} under that name")
                if belief.nicks[room] != citizen.name:
                    found.append(f"{citizen.name} believes to be '{belief.nicks[room]}' in {channel}")
                found += [f"{citizen.name} does not see {nick} in {channel}" for nick in names[channel] - belief.rooms[room]]
                found += [f"{citizen.name} sees {nick} in {channel}" for nick in belief.rooms[room] - names[channel]]
            for part in parts:
                contact, true = self.room(self.nicks[part]), on.get(self.nicks[part], "gone")
                if belief.contacts[contact] != true:
                    found.append(f"{citizen.name} takes {part} for {belief.contacts[contact]}, who is {true}")
        return found

    async def everything_is_right(self, timeout: float = RIGHT_WITHIN) -> float:
        """@return the seconds until no client believes anything wrong"""
        begun = time.monotonic()
        while found := await self.wrongs():
            if time.monotonic() - begun > timeout:
                raise AssertionError(f"still wrong after {timeout:.0f} s:\n  " + "\n  ".join(found) +
                                     f"\nthe gateway's log ends:\n{self.gateway.log_text()[-4000:]}")
            await asyncio.sleep(0.05)
        return time.monotonic() - begun

    async def words_flow(self) -> None:
        """Every user is heard by Juliet and hears her, in every room; and what she counted was heard in order."""
        juliet = self.people["juliet"]
        for citizen in self.citizens:
            for channel in citizen.channels:
                word = f"{citizen.name} speaks {next(self._words)}"
                citizen.client.message(self.room(channel), word, "groupchat")
                await juliet.hears(word, channel)
        for channel in self.channels:
            word = f"count {next(self._words)}"
            juliet.say(channel, word)
            for citizen in self.citizens:
                if channel in citizen.channels:
                    await citizen.client.expect(lambda s: s.type == "groupchat" and s.body == word, f"'{word}'")
        for citizen in self.citizens:
            for channel in citizen.channels:
                counted = [int(s.body.split()[1]) for s in citizen.client.received.records
                           if s.bare == self.room(channel) and (s.body or "").startswith("count ")]
                assert counted == sorted(set(counted)), f"{citizen.name} heard words out of order or twice: {counted}"
