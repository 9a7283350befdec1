"""The spool is killed at random instants under load both ways; afterwards everything that was accepted is where it belongs.

SPOOL_CYCLES (300): how often gateways are killed, over all six. SPOOL_POINT_ROUNDS (2): how often each of three dies at each
of the ledger's named points. CRASH_SEED: chooses the instants and the load."""
import os
import random
import re
import zlib

import pytest

from harness.causeway import ROOT
from harness.world import World

from oracle import Manners
from siege import report
from spool import SpoolSiege, in_doubt

CYCLES = int(os.environ.get("SPOOL_CYCLES", "300"))
POINT_ROUNDS = int(os.environ.get("SPOOL_POINT_ROUNDS", "2"))
SEED = int(os.environ.get("CRASH_SEED", random.randrange(1_000_000)))
MANNERS = {
    "hold": Manners(),
    "resend": Manners(resends=True),
    "idempotent": Manners(idempotent=True, delivery_reports=True),
}
GATEWAYS = [f"{name}{number}" for number in (1, 2) for name in MANNERS]


def crash_points() -> list[str]:
    header = (ROOT / "gateway/delivery/crash_point.hpp").read_text()
    return re.findall(r'"(\w+)"', header[header.index("kCrashPoints"):])


async def besieged(servers, directory, name: str, what: str, deeds) -> None:
    """A gateway of its own under load meets `deeds`, and comes to rest."""
    manners = MANNERS[name.rstrip("0123456789")]
    world = World(servers, directory, f"spool-{name}")
    try:
        siege = await SpoolSiege(world, name, manners, SEED + zlib.crc32(name.encode()) % 1000).open()
        siege.begin()
        await deeds(siege)
        found = await siege.settled()
        told = siege.summary(what, found)
        assert all(network["taken"] and network["received"] for network in told["networks"].values()), told
        assert not found, report(found, told)
        assert in_doubt(told) <= manners.most_per_crash * siege.kills, told
    finally:
        await world.close()


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.deadline(180 + 3 * CYCLES // len(GATEWAYS))
async def test_the_spool_is_killed_at_random(servers, tmp_path, name):
    await besieged(servers, tmp_path, name, "kill -9 of the spool",
                   lambda siege: siege.kill_the_gateway(CYCLES // len(GATEWAYS)))


@pytest.mark.parametrize("name", MANNERS)
@pytest.mark.deadline(180 + 20 * POINT_ROUNDS)
async def test_the_spool_dies_at_every_named_point(servers, tmp_path, name):
    points = crash_points()
    assert len(points) > 8

    async def deeds(siege):
        hit = await siege.kill_at_points(points, POINT_ROUNDS)
        assert hit == dict.fromkeys(points, POINT_ROUNDS)

    await besieged(servers, tmp_path, name, "death at named points", deeds)
