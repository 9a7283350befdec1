"""What needs a compiler: every header alone, clang-format, clang-tidy. Results are kept by content in build/lint."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess

from report import Report
from sources import ROOT, cpp, production_cpp, reached_from, text, tracked

JOBS = os.cpu_count() or 2
KEPT = ROOT / "build/lint"
_FLAGS = ["-std=c++23", f"-I{ROOT}", "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED",
          '-DCAUSEWAY_VERSION="lint"', "-Wall", "-Wextra", "-Werror",
          "-Wno-missing-designated-field-initializers", "-Wno-unused-const-variable"]


def _in_parallel(work, items) -> None:
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for future in [pool.submit(work, item) for item in items]:
            future.result()


def _precompiled() -> pathlib.Path:
    """The house's precompiled header, made for these flags: without it, Asio is read again for every header."""
    made = KEPT / "pch.pch"
    mark = KEPT / ("pch-" + _fingerprint("gateway/base/pch.hpp", " ".join(_FLAGS)))
    if not (made.exists() and mark.exists()):
        subprocess.run(["clang++-19", *_FLAGS, "-x", "c++-header", str(ROOT / "gateway/base/pch.hpp"), "-o", str(made)], check=True)
        mark.touch()
    return made


def check_headers_alone(report: Report) -> None:
    """As a file that holds nothing but the one include. What the precompiled header hides, structure.py looks for."""
    kept = KEPT / "headers"
    kept.mkdir(parents=True, exist_ok=True)
    precompiled = _precompiled()

    def compile_one(header: str) -> None:
        mark = kept / _fingerprint(header, " ".join(_FLAGS))
        if mark.exists():
            report.check(True, "")
            return
        done = subprocess.run(["clang++-19", *_FLAGS, "-include-pch", str(precompiled), "-fsyntax-only", "-x", "c++", "-"],
                              cwd=ROOT, input=f'#include "{header}"\n', capture_output=True, text=True, check=False)
        if report.check(done.returncode == 0, f"{header}: does not compile alone:\n{done.stderr[:1500]}"):
            mark.touch()

    _in_parallel(compile_one, [path for path in cpp() if path.endswith(".hpp")])


def check_format(report: Report) -> None:
    def format_one(path: str) -> None:
        done = subprocess.run(["clang-format-19", "--dry-run", "-Werror", path], cwd=ROOT, capture_output=True, text=True,
                              check=False)
        report.check(done.returncode == 0, f"{path}: not formatted (clang-format-19 -i {path})")

    _in_parallel(format_one, cpp())


def check_tidy(report: Report, build: pathlib.Path) -> None:
    """clang-tidy-19 over the compile commands of `build`, which has been built (its precompiled header is used)."""
    commands_file = build / "compile_commands.json"
    if not report.check(commands_file.exists(), f"{commands_file} is missing: build the dev preset first"):
        return
    commands = {os.path.relpath(entry["file"], ROOT): entry for entry in json.loads(commands_file.read_text())}
    kept = KEPT / "tidy"
    kept.mkdir(parents=True, exist_ok=True)

    def tidy_one(path: str) -> None:
        mark = kept / _fingerprint(path, commands[path]["command"])
        if mark.exists():
            report.check(True, "")
            return
        done = subprocess.run(["clang-tidy-19", "-p", str(build), "--quiet", path], cwd=ROOT, capture_output=True, text=True,
                              check=False)
        if report.check(done.returncode == 0, f"{path}: clang-tidy:\n{done.stdout[:4000] or done.stderr[:1500]}"):
            mark.touch()

    # Not over the tests: GoogleTest's macros break most of these rules, and sanitizers watch them running.
    _in_parallel(tidy_one, [path for path in production_cpp() if path.endswith(".cpp") and path in commands])


def _fingerprint(path: str, command: str) -> str:
    """Changes whenever anything of ours changes that a compiler or clang-tidy would see in `path`."""
    digest = hashlib.sha256(command.encode())
    for name in sorted(reached_from(path)) + [name for name in tracked() if name.endswith(".clang-tidy")]:
        digest.update(name.encode() + text(name).encode())
    return digest.hexdigest()
