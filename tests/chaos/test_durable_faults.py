"""Every fault of TCP, on every link of a gateway that keeps messages: the one to the XMPP server, the one to an IRC server, the
one to its database. Messages go both ways meanwhile. After the fault's end fresh ones go through by themselves, and all that was
accepted is there (traffic.py)."""
import json
import pathlib

import pytest

from gate import CLIENT, DOWN, TARGET, UP, Gate
from traffic import LINKS, RIGHT_WITHIN, Traffic

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


def record(link: str, fault: str, seconds: float, figures: dict) -> None:
    """One cell of the table that tests/chaos/table.py makes."""
    LOGS.mkdir(parents=True, exist_ok=True)
    name = f"kept-{link}-{fault}".replace(" ", "_").replace("/", "_")
    (LOGS / f"{name}.json").write_text(json.dumps({"link": link, "fault": fault, "seconds": round(seconds, 1), **figures}))


# covers: GW-NF-002
@pytest.mark.deadline(120)
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_nothing_accepted_is_lost(world, fault, link):
    traffic = Traffic(world, link)
    try:
        await traffic.open()
        FAULTS[fault](traffic.gate)
        await traffic.talk(LASTS)
        traffic.gate.heal()
        seconds = await traffic.recover()
        await traffic.all_is_there()
    finally:
        await traffic.close()
    assert seconds <= RIGHT_WITHIN
    record(link, fault, seconds, traffic.figures())
