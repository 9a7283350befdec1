#!/usr/bin/env python3
"""Prints what the stories of faults have measured (build/test-logs/faults/*.json) as tables, in seconds: fault x XMPP server, and
for kept messages fault x link."""
import json
import pathlib
import re
import sys

SERVERS = {"prosody": "prosody", "ejabberd": "ejabberd", "jabberd2": "jabberd2"}
LINKS = {"xmpp": "XMPP link", "irc": "IRC link", "database": "database"}


def by_number(fault: str) -> tuple[int, str]:
    number = re.match(r"\d+", fault)
    return (int(number[0]) if number else 0, fault)


def print_table(cells: list[dict], key: str, columns: dict[str, str]) -> None:
    seconds = {(cell["fault"], cell[key]): cell["seconds"] for cell in cells if key in cell}
    shown = [column for column in columns if any(name == column for _, name in seconds)]
    if not shown:
        return
    print("| fault | " + " | ".join(columns[column] for column in shown) + " |")
    print("|---|" + "---|" * len(shown))
    for fault in sorted({fault for fault, _ in seconds}, key=by_number):
        print(f"| {fault} | " + " | ".join(str(seconds.get((fault, column), "–")) for column in shown) + " |")
    print()


def main() -> int:
    default = pathlib.Path(__file__).resolve().parents[2] / "build/test-logs/faults"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    cells = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    print_table(cells, "server", SERVERS)
    print_table(cells, "link", LINKS)
    return 0 if cells else 1


if __name__ == "__main__":
    sys.exit(main())
