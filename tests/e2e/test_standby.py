"""Two gateways with one database: one serves, the other takes over."""
import signal

import pytest

from harness.postgres import Postgres
from harness.scenes import both_in_a_room
from harness.register import register
from harness.waiting import SLOW, eventually


@pytest.fixture
def database():
    server = Postgres().start()
    yield server
    server.stop()


def two_gateways(world, database):
    first, jid = world.own_gateway([world.ngircd_entry()])
    second, _ = world.own_gateway([world.ngircd_entry()])
    second.config["networks"][0]["jid"] = jid
    second.write_private("vault.key", (first.directory / "vault.key").read_text().strip())
    for gateway in (first, second):
        gateway.config["store"] = {"driver": "postgres", "uri": database.uri}
        gateway.write_config()
    return first, second, jid


async def test_a_standby_takes_over_from_one_that_was_killed(world, database):
    first, second, jid = two_gateways(world, database)
    await first.up()
    second.launch()
    romeo = await world.xmpp()
    assert (await register(romeo, jid, nick=world.name("romeo"))).type == "result"
    status, text = second.http("/readyz")
    assert status == 503 and "standby" in text
    first.kill()
    await eventually(second.ready, "the other one serves", 10 * SLOW)
    scene = await both_in_a_room(world, jid)
    scene.juliet.say(scene.channel, "still there?")


async def test_a_holder_that_sleeps_is_replaced_and_ends_when_it_wakes(world, database):
    first, second, jid = two_gateways(world, database)
    await first.up()
    second.launch()
    first._process.signal(signal.SIGSTOP)
    await eventually(lambda: "CAUSEWAY_LEASE_TAKEN" in second.log_text(), "the other one has the lease", 10 * SLOW)
    first._process.signal(signal.SIGCONT)
    assert await first.ended() == 1
    assert "CAUSEWAY_LEASE_LOST" in first.log_text()
    await eventually(second.ready, "the other one serves", 10 * SLOW)
