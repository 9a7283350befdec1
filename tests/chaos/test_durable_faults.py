"""Every fault of TCP, on every link of a gateway that keeps messages: the one to the XMPP server, the one to an IRC server, the
one to its database. Messages go both ways meanwhile. After the fault's end fresh ones go through by themselves, and all that was
accepted is there (traffic.py)."""
import asyncio
import contextlib
import json
import pathlib
import signal

import pytest

from gate import CLIENT, DOWN, TARGET, UP, Gate
from traffic import LINKS, RIGHT_WITHIN, Traffic, in_thread

LOGS = pathlib.Path(__file__).resolve().parents[2] / "build/test-logs/faults"
LASTS = 2.5  # seconds

# By name: what is wrong on the way. All end with heal(). The numbers are those of gateway/doc/faults.md.
FAULTS = {
    "1 refused": Gate.refuse,
    "2 accepted, then closed": Gate.slam,
    "3 RST within a frame": lambda gate: gate.tear_rst(700),
    "4 FIN within a frame": lambda gate: gate.tear_fin(700),
    "5 black hole": Gate.black_hole,
    "5 black hole, up only": lambda gate: gate.black_hole(UP),
    "5 half-open, far end dead": lambda gate: gate.half_open(TARGET),
    "5 half-open, our end dead": lambda gate: gate.half_open(CLIENT),
    "6 zero window": Gate.stall,
    "7 read, but mute": lambda gate: gate.black_hole(DOWN),
    "8 0.3 s delay": lambda gate: gate.delay(0.3),
    "9 jitter": lambda gate: gate.jitter(0.3),
    "10 1 kB/s": lambda gate: gate.slow(1000),
    "11 1-byte slices": Gate.slices,
    "12 coalesced": lambda gate: gate.coalesce(0.5),
    "15 answers lost": Gate.lose_answers,
    "16 answers late": lambda gate: gate.delay(2.2, DOWN),
    "17 closed every second": lambda gate: gate.limit_life(1.0),
}
CELLS = [(fault, link) for fault in FAULTS for link in LINKS]
# Only there is a flipped bit always seen for what it is: XML has to be UTF-8. IRC has any bytes, PostgreSQL's rows are binary.
FAULTS["13 corrupt bytes"] = Gate.corrupt
CELLS.append(("13 corrupt bytes", "xmpp"))


def record(link: str, fault: str, seconds: float, figures: dict) -> None:
    """One cell of the table that tests/chaos/table.py makes."""
    LOGS.mkdir(parents=True, exist_ok=True)
    name = f"kept-{link}-{fault}".replace(" ", "_").replace("/", "_")
    (LOGS / f"{name}.json").write_text(json.dumps({"link": link, "fault": fault, "seconds": round(seconds, 1), **figures}))


@contextlib.asynccontextmanager
async def all_is_well_after(world, link: str, fault: str):
    """Yields the traffic while all is well; the fault is over when the block is."""
    traffic = Traffic(world, link)
    try:
        yield await traffic.open()
        seconds = await traffic.recover()
        await traffic.all_is_there()
    finally:
        await traffic.close()
    assert seconds <= RIGHT_WITHIN
    record(link, fault, seconds, traffic.figures())


# covers: GW-NF-002
@pytest.mark.deadline(120)
@pytest.mark.parametrize(("fault", "link"), CELLS)
async def test_nothing_accepted_is_lost(world, fault, link):
    async with all_is_well_after(world, link, fault) as traffic:
        FAULTS[fault](traffic.gate)
        await traffic.talk(LASTS)
        traffic.gate.heal()


@pytest.mark.deadline(120)
@pytest.mark.parametrize("link", LINKS)
async def test_the_server_is_stopped_for_a_while(world, link):
    async with all_is_well_after(world, link, "20 SIGSTOP of the server") as traffic:
        signal_it = {"xmpp": world.server._process.signal, "irc": world.servers.ngircd._process.signal,
                     "database": traffic.postgres and traffic.postgres.signal_all}[link]
        signal_it(signal.SIGSTOP)
        try:
            await traffic.talk(LASTS)
        finally:
            signal_it(signal.SIGCONT)


@pytest.mark.deadline(120)
async def test_somebody_locks_a_table(world):
    async with all_is_well_after(world, "database", "26 locked table") as traffic:
        locked = asyncio.create_task(in_thread(
            traffic.postgres.rows, f"BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({LASTS}); COMMIT"))
        await traffic.talk(LASTS)
        await locked
