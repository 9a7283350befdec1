#!/usr/bin/env python3
"""Prints what the stories of faults have measured (build/test-logs/faults/*.json) as a table: fault x server, in seconds."""
import json
import pathlib
import sys


def main() -> int:
    default = pathlib.Path(__file__).resolve().parents[2] / "build/test-logs/faults"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    cells = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    servers = [name for name in ("prosody", "ejabberd", "jabberd2") if any(cell["server"] == name for cell in cells)]
    seconds = {(cell["fault"], cell["server"]): cell["seconds"] for cell in cells}
    print("| fault | " + " | ".join(servers) + " |")
    print("|---|" + "---|" * len(servers))
    for fault in sorted({cell["fault"] for cell in cells}):
        row = (str(seconds.get((fault, server), "–")) for server in servers)
        print(f"| {fault} | " + " | ".join(row) + " |")
    return 0 if cells else 1


if __name__ == "__main__":
    sys.exit(main())
