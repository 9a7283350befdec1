"""The whole stack under load is killed at random instants; afterwards everything that was accepted is where it belongs.

CRASH_CYCLES (30): how often the gateway is killed, over both servers. CRASH_SERVER_KILLS (5): how often each XMPP server is.
CRASH_SEED: chooses the instants and the load; CRASH_PEOPLE (4), CRASH_RATE (40 a second and person): how much load."""
import os
import random

import pytest

from harness.world import World

from oracle import Manners
from siege import Siege, report

CYCLES = int(os.environ.get("CRASH_CYCLES", "30"))
SERVER_KILLS = int(os.environ.get("CRASH_SERVER_KILLS", "5"))
SEED = int(os.environ.get("CRASH_SEED", random.randrange(1_000_000)))
SERVERS = ("prosody", "ejabberd")

# What networks are like, each with a far side of its own. All are served by one gateway with one store.
MANNERS = {
    "hold": Manners(),
    "resend": Manners(resends=True),
    "idempotent": Manners(idempotent=True, delivery_reports=True),
}


@pytest.fixture(params=SERVERS)
def any_world(request, servers, tmp_path):
    tmp_path.chmod(0o755)
    return World(servers, tmp_path, request.param)


@pytest.mark.deadline(180 + 5 * CYCLES)
async def test_the_gateway_is_killed_at_random(any_world):
    siege = await Siege(any_world, MANNERS, SEED).open()
    siege.begin()
    await siege.kill_the_gateway(CYCLES // len(SERVERS))
    found = await siege.settled()
    told = siege.summary("kill -9 of Causeway", found)
    assert all(network["taken"] and network["received"] for network in told["networks"].values()), told
    assert not found, report(found, told)


@pytest.mark.deadline(180 + 20 * SERVER_KILLS)
async def test_the_xmpp_server_is_killed_under_load(any_world):
    siege = await Siege(any_world, MANNERS, SEED).open()
    siege.begin()
    await siege.kill_the_server(SERVER_KILLS)
    found = await siege.settled(in_order=False)
    told = siege.summary("kill -9 of the XMPP server", found)
    assert all(network["taken"] and network["received"] for network in told["networks"].values()), told
    assert not found, report(found, told)


@pytest.mark.deadline(180)
async def test_without_any_crash_all_is_right(any_world):
    """What the two above stand on: the load itself leaves nothing wrong."""
    siege = await Siege(any_world, MANNERS, SEED).open()
    siege.begin()
    await siege.quiet(5)
    found = await siege.settled()
    told = siege.summary("nothing", found)
    assert not found, report(found, told)
