"""Every fault, on every XMPP server: whatever happens meanwhile, rooms and presence are right soon after its end, and nobody
has had to do anything. What is right is said by the IRC server itself (town.py)."""
import asyncio
import json
import pathlib
import time

import pytest

from gate import CLIENT, DOWN, TARGET, UP, Gate
from town import RIGHT_WITHIN, Town

from harness.waiting import eventually
from harness.world import XMPP_SERVERS

LOGS = pathlib.Path(__file__).resolve().parents[2] / "build/test-logs/faults"

# What is wrong on the way, by name. All end with heal().
WAYS = {
    "cut": Gate.cut,
    "closed": Gate.shut,
    "refused": Gate.refuse,
    "black hole": Gate.black_hole,
    "black hole up": lambda gate: gate.black_hole(UP),
    "black hole down": lambda gate: gate.black_hole(DOWN),
    "half-open, our end dead": lambda gate: gate.half_open(CLIENT),
    "half-open, far end dead": lambda gate: gate.half_open(TARGET),
    "no read": Gate.stall,
    "slow, 3 kB/s": lambda gate: gate.slow(3000),
    "1-byte slices": Gate.slices,
    "0.3 s delay": lambda gate: gate.delay(0.3),
}
_LINK_DIES = {"refused", "black hole", "black hole up", "black hole down", "half-open, far end dead", "no read"}


def record(kind: str, fault: str, seconds: float) -> None:
    """One cell of the table that tests/chaos/table.py makes."""
    LOGS.mkdir(parents=True, exist_ok=True)
    name = f"{kind}-{fault}".replace(" ", "_").replace("/", "_")
    (LOGS / f"{name}.json").write_text(json.dumps({"server": kind, "fault": fault, "seconds": round(seconds, 1)}))


async def recovered(town: Town, fault: str) -> None:
    """To be called at the fault's end."""
    begun = time.monotonic()
    await town.everything_is_right()
    seconds = time.monotonic() - begun
    await town.words_flow()
    assert not await town.wrongs(), await town.wrongs()
    assert seconds <= RIGHT_WITHIN
    record(town.world.kind, fault, seconds)


async def in_thread(function) -> None:
    await asyncio.get_running_loop().run_in_executor(None, function)


# covers: GW-NF-001 GW-NF-002 GW-COMP-005 GW-COMP-017
@pytest.mark.deadline(240)
async def test_the_component_link_fails_in_every_way(any_world):
    town = await Town(any_world).open()
    for name, fault in WAYS.items():
        fault(town.link)
        await town.stir()
        if name in _LINK_DIES:
            await eventually(lambda: not town.gateway.ready(), f"the gateway notices: {name}")
            await town.stir()
        town.link.heal()
        await recovered(town, f"component link: {name}")


# covers: GW-NF-002 GW-LOG-017
@pytest.mark.deadline(240)
async def test_the_irc_link_fails_in_every_way(any_world):
    town = await Town(any_world).open()
    for name, fault in WAYS.items():
        fault(town.irc)
        await town.stir()
        town.irc.heal()
        await recovered(town, f"IRC link: {name}")


# covers: GW-NF-005 GW-LOG-013 GW-LOG-015
@pytest.mark.deadline(120)
async def test_causeway_is_killed(any_world):
    town = await Town(any_world).open()
    for _ in range(2):
        town.gateway.kill()
        await town.stir()
        await town.gateway.up()
        await recovered(town, "kill -9 of Causeway")


# covers: GW-NF-002 GW-COMP-005
@pytest.mark.deadline(120)
async def test_the_xmpp_server_is_killed(any_world):
    town = await Town(any_world).open()
    await in_thread(any_world.server.kill)
    try:
        await town.stir()
    finally:
        await in_thread(any_world.server.start)
    await town.clients_return()
    await recovered(town, "kill -9 of the XMPP server")


# covers: GW-NF-002 GW-LOG-017
@pytest.mark.deadline(120)
async def test_the_irc_daemon_is_killed(any_world):
    town = await Town(any_world).open()
    await in_thread(town.ircd.kill)
    await in_thread(town.ircd.start)
    await town.people_come()
    await town.stir()
    await recovered(town, "kill -9 of the IRC daemon")


# covers: GW-COMP-006
@pytest.mark.deadline(120)
async def test_a_second_instance_wants_the_same_name(any_world):
    town = await Town(any_world).open()
    second, lease = any_world.own_gateway([any_world.ngircd_entry()])
    second.config["networks"][0]["jid"] = town.jid
    second.write_config()
    second.launch()
    if any_world.kind == "prosody":  # which refuses it
        await second.logged("CAUSEWAY_LINK_CONFLICT")
    else:
        await eventually(second.ready, "the second is linked as well")
    await town.stir()
    second.terminate()
    await second.ended()
    await recovered(town, "conflict with a second instance")
