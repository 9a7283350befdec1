"""Everybody comes at once, and the gateway is started again under them: presence costs no more than what changes."""
import asyncio
import contextlib
import os

from harness.crowd import CrowdMember, count_stanzas, roster_sizes, write_accounts, write_rosters
from harness.fake_irc import FakeIrcConnection
from harness.waiting import SLOW, NotSeen, eventually

PEOPLE = int(os.environ.get("STORM_PEOPLE", "40"))  # 200: gateway/doc/performance.md
CONTACTS = 50
ABSENT = 10  # of the contacts: not on IRC


def answer_questions(fake, present: list[str]) -> None:
    """MONITOR and USERHOST, as a server does that has all of them."""

    def on_monitor(client: FakeIrcConnection, line) -> None:
        wanted = line.params[1].split(",")
        here = [nick for nick in wanted if nick in present]
        gone = [nick for nick in wanted if nick not in present]
        if here:
            client.numeric("730", text=",".join(f"{nick}!u@h" for nick in here))
        if gone:
            client.numeric("731", text=",".join(gone))

    def on_userhost(client: FakeIrcConnection, line) -> None:
        client.numeric("302", text=" ".join(f"{nick}=+u@h" for nick in line.params if nick in present))

    fake.handlers |= {"MONITOR": on_monitor, "USERHOST": on_userhost}


class Storm:
    """People with the same contacts, known to their server and to the gateway before anybody comes."""

    def __init__(self, world, people: int, contacts: int):
        self.world = world
        self.people = [world.name("storm") for _ in range(people)]
        self.nicks = [f"c{number}" for number in range(contacts)]
        self.present = self.nicks[ABSENT:]
        self.members = [CrowdMember(name) for name in self.people]
        self.said = 0

    async def prepare(self) -> "Storm":
        self.fake = await self.world.fake_irc(isupport=("CHANTYPES=#", "PREFIX=(ov)@+", "NICKLEN=30", "MONITOR=100"))
        answer_questions(self.fake, self.present)
        prosody = self.world.server
        self.proxy = await self.world.gate(prosody.component_port)
        entry = {"name": self.fake.name, "host": "127.0.0.1", "port": self.fake.port, "tls": False}
        self.gateway, self.jid = self.world.own_gateway([entry], self.proxy.port)
        addresses = [f"{nick}%{self.fake.name}" for nick in self.nicks]
        await self.gateway.up()  # makes the tables
        self.gateway.terminate()
        await self.gateway.ended()
        write_accounts(self.gateway.directory / "causeway.db", self.people, addresses)
        write_rosters(prosody.directory, self.people, [self.jid, *(f"{address}@{self.jid}" for address in addresses)])
        for name in self.people:
            prosody.add_account(name)
        return self

    async def everybody_comes(self) -> float:
        """@return in how many seconds"""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for some in range(0, len(self.members), 20):
            await asyncio.gather(*(member.come(self.world.server.c2s_port) for member in self.members[some:some + 20]))
        return loop.time() - began

    async def all_is_right(self) -> None:
        """Each sees who is on IRC, and nobody else."""
        there = {f"{nick}%{self.fake.name}@{self.jid}" for nick in self.present} | {self.jid}
        behind = list(self.members)  # who was right once stays so unless something changes

        def wrong() -> set[str]:
            return there ^ {who for who, how in behind[-1].shown().items() if how == "" and who.endswith(self.jid)}

        def right() -> bool:
            while behind and not wrong():
                behind.pop()
            return not behind

        try:
            await eventually(right, "everybody sees who is there", 20 * SLOW)
        except NotSeen as missed:
            raise NotSeen(f"{missed}: {len(behind)} do not, {behind[-1].name} is wrong about {sorted(wrong())}") from None

    def sent(self):
        """Stanzas of the gateway since the last call, by kind."""
        said, self.said = self.proxy.said[self.said:], len(self.proxy.said)
        counts = count_stanzas(bytes(said))
        counts.pop("iq get", None)  # pings of the link itself
        return counts

    async def close(self) -> None:
        for member in self.members:
            with contextlib.suppress(OSError):
                await member.leave()


# covers: GW-NF-001 GW-NF-003 GW-PRES-005 GW-CON-013 GW-LOG-013 GW-LOG-015
async def test_a_storm_of_logins_and_a_restart_cost_no_more_than_what_changes(world):
    people, contacts = PEOPLE, CONTACTS
    storm = await Storm(world, people, contacts).prepare()
    try:
        sizes = roster_sizes(world.server.directory, storm.people)
        assert sizes == [contacts + 1] * people
        await storm.gateway.up()
        storm.sent()

        seconds = await storm.everybody_comes()
        await storm.all_is_right()
        # Each contact who is there comes online once, the gateway is "connecting" and then there; who is not there
        # is said once, because the user's server asks (RFC 6121 §4.3.2).
        changes, asked = people * (len(storm.present) + 2), people * ABSENT
        first = storm.sent()
        print(f"login: {people} × {contacts} in {seconds:.1f} s: {sum(first.values())} stanzas, {changes} changes, {asked} asked: {first}")
        assert sum(first.values()) <= 1.1 * changes + asked, first

        storm.gateway.terminate()
        await storm.gateway.ended(30)
        gone = storm.sent()
        connected = storm.fake.connections_made
        await storm.gateway.up()
        await eventually(lambda: storm.fake.connections_made - connected == people, "everybody is on IRC again", 60 * SLOW)
        await storm.all_is_right()
        back = storm.sent()
        changes = people * (len(storm.present) + 1) + people * (len(storm.present) + 2)
        print(f"restart: {sum(gone.values())} + {sum(back.values())} stanzas, {changes} changes: {gone} {back}")
        assert sum(gone.values()) + sum(back.values()) <= 1.1 * changes, (gone, back)

        assert not [request for member in storm.members for request in member.requests()]
        for counts in (first, gone, back):
            assert not any("subscribe" in kind for kind in counts), counts
        assert roster_sizes(world.server.directory, storm.people) == sizes
    finally:
        await storm.close()
