#!/usr/bin/env python3
"""Tries the simulator's judge: bugs are planted in copies of gateway/delivery, and each must be found.

  plant.py generate TO FILE...   writes the copies; each bug is switched on by `sim_planted --plant NAME`
  plant.py run SIM_PLANTED       looks for each bug in the worlds of some seeds, and for none without a bug
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from bugs import BUGS, Bug  # noqa: E402

SEEDS = 6_000  # a bug must be found in
SOUND_SEEDS = 2_000  # without a bug nothing may be found in
FOUND = re.compile(r'^seed (\d+) violates (.*); replay: ')


class Stale(Exception):
    pass


def spot(bug: Bug, text: str) -> tuple[int, int]:
    """Where in the file the bug's switch goes."""
    before, opened, rest = bug.place.partition("@(")
    inside, closed, behind = rest.partition(")@")
    if not opened:
        before, inside, behind = "", bug.place, ""
    elif not closed:
        raise Stale(f"{bug.name}: @( without )@")
    whole = before + inside + behind
    if (count := text.count(whole)) != 1:
        raise Stale(f"STALE: {bug.name}: its place occurs {count} times in gateway/delivery/{bug.file}: {whole!r}")
    begin = text.index(whole) + len(before)
    return begin, begin + len(inside)


def switch(bug: Bug, right: str) -> str:
    asked = f'::causeway::sim::planted("{bug.name}")'
    if right.endswith((";", "}")):
        return f"{{ if ({asked}) {{ {bug.wrong} }} else {{ {right} }} }}"
    return f"({asked} ? ({bug.wrong}) : ({right}))"


def plant(text: str, bugs: list[Bug]) -> str:
    spots = sorted((*spot(bug, text), bug) for bug in bugs)
    for (_, end, first), (begin, _, second) in zip(spots, spots[1:]):
        if begin < end:
            raise Stale(f"STALE: {first.name} and {second.name} overlap")
    for begin, end, bug in reversed(spots):
        text = text[:begin] + switch(bug, text[begin:end]) + text[end:]
    return text


def generate(target: pathlib.Path, files: list[pathlib.Path]) -> None:
    if stray := {bug.file for bug in BUGS} - {file.name for file in files}:
        raise Stale(f"STALE: no such file: {', '.join(sorted(stray))}")
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        planted = plant(file.read_text(), [bug for bug in BUGS if bug.file == file.name])
        (target / file.name).write_text(f'#include "tests/sim/timeline.hpp"\n#line 1 "planted/{file.name}"\n{planted}')


def live(binary: str, seeds: int, name: str | None) -> tuple[int, str]:
    command = [binary, "--seeds", "1", str(seeds), *(["--plant", name] if name else [])]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, check=False)
    except subprocess.TimeoutExpired:
        return -1, "not in 50 s"
    return done.returncode, (done.stdout + done.stderr).strip()


def verdict(binary: str, bug: Bug) -> tuple[bool, str]:
    """An assertion of the gateway's own, or a crash, is no word of the judge."""
    begun = time.monotonic()
    code, said = live(binary, SEEDS, bug.name)
    found = FOUND.match(said)
    caught = code == 1 and found is not None and "no broken belief" not in said
    what = f"seed {found[1]:>5}, {found[2]}" if found else (said or f"ended with {code}")
    return caught, f"{'caught' if caught else 'MISSED'}  {bug.name:40} {time.monotonic() - begun:5.1f} s  {what}"


def run(binary: str) -> int:
    begun = time.monotonic()
    missed = 0
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        sound = pool.submit(live, binary, SOUND_SEEDS, None)
        for caught, line in pool.map(lambda bug: verdict(binary, bug), BUGS):
            missed += not caught
            print(line, flush=True)
        code, said = sound.result()
    if code != 0:
        print(f"without a bug: {said}")
    print(f"{len(BUGS)} planted bugs, {missed} missed, {time.monotonic() - begun:.0f} s")
    return 1 if missed or code != 0 else 0


def main(words: list[str]) -> int:
    names = [bug.name for bug in BUGS]
    if twice := {name for name in names if names.count(name) > 1}:
        print(f"two bugs of one name: {', '.join(sorted(twice))}", file=sys.stderr)
        return 2
    match words:
        case ["generate", target, *files]:
            try:
                generate(pathlib.Path(target), [pathlib.Path(file) for file in files])
            except Stale as stale:
                print(stale, file=sys.stderr)
                return 1
            return 0
        case ["run", binary]:
            return run(binary)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
