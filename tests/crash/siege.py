"""A gateway under load both ways while things are killed: people on XMPP, durable networks on the other side, and records of all."""
import asyncio
import collections
import dataclasses
import itertools
import json
import os
import pathlib
import random
import sqlite3
import time
from typing import Iterable

from harness.causeway import Causeway, durable_network
from harness.register import become_friends_with, register
from harness.waiting import SLOW, TIMEOUT, eventually
from harness.world import World

from oracle import STATES, Inward, Manners, Outward, Row, Taken, Violation, inward, name_of, on_the_wire_again, outward
from person import Person

LOGS = pathlib.Path(__file__).resolve().parents[2] / "build/test-logs/crash"
PEOPLE = int(os.environ.get("CRASH_PEOPLE", "4"))
RATE = float(os.environ.get("CRASH_RATE", "40"))  # messages per second of each person, and as many to each
SETTLED_WITHIN = float(os.environ.get("CRASH_SETTLED_WITHIN", "90")) * SLOW

# Who is written to, and how often; of `busy` every message waits for its second try, and with it the conversation.
_SPOKEN_TO = {"bob": 40, "carol": 40, "report1": 6, "refuse1": 4, "seen1": 4, "busy1": 1}
_SPEAKING = ("bob", "carol")
_MOST_TO_BUSY = 6
_FIRST_OFFER = 10_000_000  # numbers of what comes from networks: no id of theirs is one of a sent message


async def in_thread(function, *arguments):
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


class LineFile:
    """JSON lines that another program appends, read as they come. What is not whole is passed over."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.lines: list[dict] = []
        self.torn = 0
        self._read = 0

    def update(self) -> list[dict]:
        if self.path.exists():
            with open(self.path, "rb") as file:
                file.seek(self._read)
                news = file.read()
            whole = news[:news.rfind(b"\n") + 1]
            self._read += len(whole)
            for line in whole.splitlines():
                try:
                    self.lines.append(json.loads(line))
                except ValueError:
                    self.torn += 1  # a write that a crash cut: the far side has not taken it
        return self.lines


class Place:
    """One durable network, and what is known of it from outside of the gateway."""

    def __init__(self, name: str, directory: pathlib.Path, manners: Manners):
        self.name = name
        self.directory = directory
        self.manners = manners
        self.jid = ""
        directory.mkdir(parents=True)
        self.journal = LineFile(directory / "journal")
        self.acks = LineFile(directory / "journal.acks")
        self.sent: set[str] = set()
        self.offered: dict[str, list[str]] = collections.defaultdict(list)
        self.crashes: list[int] = []
        self.senders_stayed = True
        self._offers = os.open(directory / "offers", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def network(self, jid: str, component_port: int) -> dict:
        self.jid = jid
        manners = self.manners
        return durable_network(
            self.name, jid, component_port, self.directory, idempotent=manners.idempotent, keeps_order=manners.keeps_order,
            delivery_reports=manners.delivery_reports, on_ambiguous="resend" if manners.resends else "hold",
            max_in_flight=manners.most_per_crash, latency="3ms", retry_after="100ms")

    def offer(self, user: str, contact: str, number: int) -> None:
        text = name_of(user, contact, number)
        line = json.dumps({"user": user, "contact": contact, "text": text, "key": text}) + "\n"
        os.write(self._offers, line.encode())
        self.offered[user].append(text)

    def crashed(self) -> None:
        self.crashes.append(len(self.journal.update()))

    def close(self) -> None:
        os.close(self._offers)

    # ---- for the oracle
    def taken(self) -> list[Taken]:
        return [Taken(line["text"], line["contact"], line["attempt"], line.get("repeat", False)) for line in self.journal.update()]

    def acked(self) -> dict[str, set[str]]:
        acked: dict[str, set[str]] = collections.defaultdict(set)
        for line in self.acks.update():
            acked[line.get("user", "?")].add(line.get("key", str(line)))
        return acked

    def outward(self, people: list[Person], rows: "Rows") -> Outward:
        receipts: collections.Counter = collections.Counter()
        told: dict[str, str] = {}
        for person in people:
            receipts.update({id: count for id, count in person.receipts.items() if id in self.sent})
            told.update({id: condition for id, condition in person.told.items() if id in self.sent})
        return Outward(self.sent, rows.outward[self.name], self.taken(), receipts, told, self.crashes,
                       self.senders_stayed)

    def inward(self, people: list[Person], rows: "Rows") -> Inward:
        received = {person.name: person.received[self.jid] for person in people}
        return Inward(dict(self.offered), self.acked(), received, rows.open_inward[self.name])


QUERY = "SELECT network, direction, stanza_id, state, wants_receipt FROM messages"


@dataclasses.dataclass
class Rows:
    """What the gateway's store holds: messages to networks by the sender's id, states of unsettled ones to XMPP."""
    outward: dict[str, dict[str, Row]]
    open_inward: dict[str, list[str]]

    @staticmethod
    def read(path: pathlib.Path) -> "Rows":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as database:
            rows = Rows.of(database.execute(QUERY))
        database.close()
        return rows

    @staticmethod
    def of(found: Iterable[tuple]) -> "Rows":
        rows = Rows(collections.defaultdict(dict), collections.defaultdict(list))
        for network, direction, id, state, wants_receipt in found:
            if direction == 0:
                rows.outward[network][id] = Row(STATES[state], bool(wants_receipt))
            elif STATES[state] in ("received", "queued", "sending", "deferred"):
                rows.open_inward[network].append(STATES[state])
        return rows


class Siege:
    def __init__(self, world: World, manners: dict[str, Manners], seed: int):
        self.world = world
        self.chance = random.Random(seed)
        self.seed = seed
        self.places = [Place(name, world.directory / "far" / name, one) for name, one in manners.items()]
        self.people: list[Person] = []
        self.gateway: Causeway
        self.kills = 0
        self._numbers = itertools.count(1)
        self._offer_numbers = itertools.count(_FIRST_OFFER)
        self._to_busy: collections.Counter = collections.Counter()
        self._load: list[asyncio.Task] = []

    # ---- the opening
    async def open(self) -> "Siege":
        port = self.world.server.component_port
        networks = [place.network(self.world.lease(), port) for place in self.places]
        self.gateway = self.world.adopt(Causeway(self.world.directory / "causeway", networks,
                                                 limits={"messages_per_minute": 1_000_000, "burst": 100_000}))
        self.gateway.config["log"]["level"] = "info"
        self.gateway.write_config()
        await self.gateway.up()
        for _ in range(PEOPLE):
            await self._settle(self.world.name("user"))
        self.people[-1].priority = -1  # what comes for this one is kept by the XMPP server until the end
        for person in self.people:
            await person.come().online()
        return self

    async def _settle(self, name: str) -> None:
        """Registers with every network, and lets its gateway see when somebody is there."""
        client = await self.world.xmpp(name)
        for place in self.places:
            answer = await register(client, place.jid, username=name)
            assert answer.type == "result", answer
            await become_friends_with(client, place.jid)
        self.people.append(Person(client.jid, self.world.server.c2s_port))
        await client.close()

    # ---- load
    def begin(self) -> None:
        self._load = [asyncio.create_task(self._talk(person)) for person in self.people]
        self._load.append(asyncio.create_task(self._offer()))

    async def cease(self) -> None:
        for task in self._load:
            task.cancel()
        for outcome in await asyncio.gather(*self._load, return_exceptions=True):
            if not isinstance(outcome, asyncio.CancelledError):
                raise AssertionError("the load ended by itself") from outcome

    async def _talk(self, person: Person) -> None:
        while True:
            place = self.chance.choice(self.places)
            contact = self.chance.choices(list(_SPOKEN_TO), list(_SPOKEN_TO.values()))[0]
            if contact == "busy1":
                self._to_busy[person.name, place.name] += 1
                if self._to_busy[person.name, place.name] > _MOST_TO_BUSY:
                    contact = "bob"
            self.say(person, place, contact)
            await asyncio.sleep(self.chance.uniform(0, 2 / RATE))

    def say(self, person, place: Place, contact: str) -> None:
        text = name_of(person.name, contact, next(self._numbers))
        if person.say(f"{contact}@{place.jid}", text):
            place.sent.add(text)

    async def _offer(self) -> None:
        while True:
            person, place = self.chance.choice(self.people), self.chance.choice(self.places)
            place.offer(person.name, self.chance.choice(_SPEAKING), next(self._offer_numbers))
            await asyncio.sleep(self.chance.uniform(0, 2 / RATE / len(self.people)))

    # ---- what happens to it
    async def quiet(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def kill_the_gateway(self, times: int) -> None:
        for _ in range(times):
            # Many die right after their start, while they take up what the last one has left.
            await asyncio.sleep(self.chance.uniform(0, 0.3) if self.chance.random() < 0.4 else self.chance.uniform(0.3, 1.5))
            self.gateway.kill()
            self.kills += 1
            for place in self.places:
                place.crashed()
            await in_thread(self.gateway.launch)
        await eventually(self.gateway.ready, "causeway is ready again", 2 * TIMEOUT)

    async def kill_the_server(self, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(self.chance.uniform(1, 4))
            await in_thread(self.world.server.kill)
            self.kills += 1
            for place in self.places:
                place.senders_stayed = False
            await asyncio.sleep(self.chance.uniform(0, 1))
            await in_thread(self.world.server.start)
            for person in self.people:
                await person.online()
            await eventually(self.gateway.ready, "the link is there again", 3 * TIMEOUT)

    # ---- the end
    async def settled(self, in_order: bool = True) -> list[Violation]:
        """Waits until nothing is wrong any more, then stops the gateway. @return what is wrong for good"""
        await self.cease()
        end = time.monotonic() + SETTLED_WITHIN
        # Whoever goes now may miss what is to be told: all have to know before one comes again.
        while self._violations_now(self._outward) and time.monotonic() < end:
            await asyncio.sleep(0.5)
        for person in self.people:
            await person.listen() if person.priority < 0 else await person.online()
        while self._violations_now(lambda rows: self._outward(rows) + self._inward(rows, in_order)) and time.monotonic() < end:
            await asyncio.sleep(0.5)
        await in_thread(self.gateway.stop)
        checked = await in_thread(lambda: self.gateway.command("fsck"))
        assert checked.returncode == 0, f"the store is not right:\n{checked.stdout}{checked.stderr}"
        rows = self._rows()
        found = self._outward(rows) + self._inward(rows, in_order)
        for person in self.people:
            await person.close()
        for place in self.places:
            place.close()
        return found

    def _rows(self) -> Rows:
        return Rows.read(self.gateway.directory / "causeway.db")

    def _violations_now(self, look) -> bool:
        try:
            return bool(look(self._rows()))
        except sqlite3.OperationalError:  # it is busy, or not there yet
            return True

    def _outward(self, rows: Rows) -> list[Violation]:
        return [one for place in self.places for one in outward(place.outward(self.people, rows), place.manners)]

    def _inward(self, rows: Rows, in_order: bool) -> list[Violation]:
        return [one for place in self.places for one in inward(place.inward(self.people, rows), in_order)]

    def figures(self) -> dict:
        """What else there is to tell."""
        return {}

    def summary(self, what: str, found: list[Violation]) -> dict:
        """Writes down what was seen, for people."""
        rows = self._rows()
        told = {"server": self.world.kind, "what": what, "seed": self.seed, "kills": self.kills,
                "violations": dict(collections.Counter(one.kind for one in found)), **self.figures(), "networks": {}}
        for place in self.places:
            taken = place.taken()
            told["networks"][place.name] = {
                "sent": len(place.sent), "accepted": len(rows.outward[place.name]), "taken": len(taken),
                "taken again": len(taken) - len({one.text for one in taken}), "torn": place.journal.torn,
                "states": dict(collections.Counter(row.state for row in rows.outward[place.name].values())),
                "offered": sum(len(texts) for texts in place.offered.values()),
                "acknowledged": sum(len(texts) for texts in place.acked().values()),
                "received": sum(len(person.received[place.jid]) for person in self.people),
                "received again": on_the_wire_again(place.inward(self.people, rows)),
            }
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / f"{self.world.kind}-{what.replace(' ', '_')}.json").write_text(json.dumps(told, indent=1))
        return told


def report(found: list[Violation], told: dict) -> str:
    """The first of each kind, and the figures."""
    lines, shown = [json.dumps(told)], collections.Counter()
    for one in found:
        shown[one.kind] += 1
        if shown[one.kind] <= 5:
            lines.append(str(one))
    return "\n".join(lines)
