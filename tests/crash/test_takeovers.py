"""Two gateways with one PostgreSQL database under load: the one that serves is killed, or put to sleep and woken, again and again.

TAKEOVERS (4): how often, half of each kind. CRASH_SEED: chooses the instants and the load."""
import asyncio
import copy
import os
import random
import signal
import time

import pytest

from harness.causeway import Causeway
from harness.postgres import Postgres
from harness.waiting import SLOW, TIMEOUT, eventually
from harness.world import World

from oracle import Manners
from siege import QUERY, Rows, in_thread, report
from spool import SpoolSiege, in_doubt

TAKEOVERS = int(os.environ.get("TAKEOVERS", "4"))
SEED = int(os.environ.get("CRASH_SEED", random.randrange(1_000_000)))
WITHIN = 10 * SLOW  # seconds


@pytest.fixture
def database():
    server = Postgres().start()
    yield server
    server.stop()


# Who has written, in order: each life of a gateway gives its sessions a name of its own. Aborted writes leave nothing here.
_AUDIT = """
CREATE SCHEMA audit;
CREATE TABLE audit.writes (place bigserial PRIMARY KEY, life text NOT NULL);
CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit.writes (life) VALUES (current_setting('application_name')); RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON messages FOR EACH STATEMENT EXECUTE FUNCTION audit.note();
"""
_SPANS = "SELECT life, min(place), max(place) FROM audit.writes GROUP BY life ORDER BY min(place)"


class Pair(SpoolSiege):
    """`gateway` is the one that serves, `standby` the other."""

    def __init__(self, world, name: str, manners: Manners, database: Postgres):
        super().__init__(world, name, manners, SEED)
        self.database = database
        self.standby: Causeway
        self.seconds: list[float] = []

    async def open(self) -> "Pair":
        await super().open()
        await in_thread(self.gateway.stop)
        networks = copy.deepcopy(self.gateway.config["networks"])
        self.standby = self.world.adopt(Causeway(self.world.directory / "standby", networks))
        for name in ("access", "limits", "log"):
            self.standby.config[name] = self.gateway.config[name]
        self.standby.write_private("vault.key", (self.gateway.directory / "vault.key").read_text().strip())
        for gateway in (self.gateway, self.standby):
            gateway.config["store"] = {"driver": "postgres", "uri": self.database.uri}
            gateway.write_config()
        await self.gateway.up()
        await in_thread(self.database.rows, _AUDIT)
        await in_thread(self.standby.launch)
        return self

    async def take_over(self, sleeps: bool) -> None:
        await asyncio.sleep(self.chance.uniform(0.5, 1.5))
        holder, begun = self.gateway, time.monotonic()
        if sleeps:
            os.kill(holder.pid, signal.SIGSTOP)
        else:
            holder.kill()
        self.kills += 1
        self.server.linked.clear()
        self.places[0].crashed()
        await eventually(self.standby.ready, "the other one serves", 3 * TIMEOUT)
        self.seconds.append(time.monotonic() - begun)
        self.gateway, self.standby = self.standby, holder
        if sleeps:
            os.kill(holder.pid, signal.SIGCONT)
            assert await holder.ended() == 1, holder.log_text()[-3000:]
        await in_thread(holder.launch)
        for person in self.people:
            self.say(person, self.places[0], "bob")

    async def settled(self, in_order: bool = True):
        await in_thread(self.standby.stop)
        return await super().settled(in_order)

    def _rows(self) -> Rows:
        return Rows.of((network, int(direction), id, int(state), receipt == "t")
                       for network, direction, id, state, receipt in self.database.rows(QUERY))

    def late_writes(self) -> list[str]:
        """What a holder wrote after the one that took over had begun to."""
        spans = [(life, int(first), int(last)) for life, first, last in self.database.rows(_SPANS)]
        assert len(spans) == self.kills + 1, spans  # each has served, and has written
        return [f"{old} wrote until {last}, {new} from {first} on"
                for (old, _, last), (new, first, _) in zip(spans, spans[1:]) if last > first]

    def figures(self) -> dict:
        return {**super().figures(), "seconds": self.seconds}


@pytest.mark.parametrize("sleeps", [False, True], ids=["killed", "asleep"])
@pytest.mark.deadline(180 + 10 * TAKEOVERS)
async def test_a_standby_takes_over_under_load(servers, tmp_path, database, sleeps):
    world = World(servers, tmp_path, f"takeover-{'asleep' if sleeps else 'killed'}")
    # One that wakes finishes what it had begun: late, so no order can be asked of these.
    manners = Manners(keeps_order=not sleeps)
    try:
        pair = await Pair(world, "far", manners, database).open()
        pair.begin()
        for _ in range((TAKEOVERS + 1) // 2):
            await pair.take_over(sleeps)
        found = await pair.settled()
        told = pair.summary(f"takeover from one that {'sleeps' if sleeps else 'is killed'}", found)
        assert not found, report(found, told)
        assert not pair.late_writes()
        assert max(pair.seconds) <= WITHIN, told
        assert in_doubt(told) <= manners.most_per_crash * pair.kills, told
    finally:
        await world.close()
