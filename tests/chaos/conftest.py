"""The stories of this folder stand on the end-to-end harness. CHAOS_THIRD=0, 1 or 2 plays a third of them; three in a row, all."""
import os
import pathlib
import sys

_HERE = pathlib.Path(__file__).resolve().parent
_TOOLS = ("test_gate.py", "test_traffic.py")  # tests of what the stories stand on: part of each third
sys.path[:0] = [str(_HERE), str(_HERE.parent / "e2e")]

from harness.fixtures import *  # noqa: E402, F403


def pytest_collection_modifyitems(config, items):
    third = os.environ.get("CHAOS_THIRD", "")
    if not third:
        return
    always = [item for item in items if item.path.name in _TOOLS]
    others = [item for item in items if item.path.name not in _TOOLS]
    # Slanted: neighbours are one fault on three servers or links, and each third has some of each.
    chosen = [item for place, item in enumerate(others) if (place + place // 3) % 3 == int(third)]
    config.hook.pytest_deselected(items=[item for item in others if item not in chosen])
    items[:] = [*always, *chosen]
