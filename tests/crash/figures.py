"""The figures of the last run of each harness in tests/crash, a line each. Reads what siege.py wrote; used by tests/run."""
import collections
import json
import pathlib
import sys


def lines(directory: pathlib.Path) -> list[str]:
    sums: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for path in sorted(directory.glob("*.json")):
        told = json.loads(path.read_text())
        total = sums[told["what"]]
        total["gateways"] += 1
        total["kills"] += told["kills"]
        total["violations"] += sum(told["violations"].values())
        for network in told["networks"].values():
            total.update({key: network[key] for key in ("accepted", "taken", "taken again", "acknowledged", "received again")})
            total["in doubt"] += network["states"].get("ambiguous", 0)
        if told.get("seconds"):
            total["s at most until the other served"] = round(max(told["seconds"]), 1)
    return [f"{what}: " + ", ".join(f"{count} {name}" for name, count in total.items()) for what, total in sums.items()]


if __name__ == "__main__":
    print("\n".join(lines(pathlib.Path(sys.argv[1]))))
