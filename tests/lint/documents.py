"""Code and documents agree: log ids, links, conformance table; and nothing is promised for later or points outside."""
import pathlib
import re
import subprocess
import sys

from report import Report
from sources import ROOT, line_of, production_cpp, text, tracked, without_comments

_LOG_ID = re.compile(r"""\bMessage\s+k\w+\s*\{\s*"(CAUSEWAY_[A-Z0-9_]+)\"""")
_LOG_DOC = "gateway/doc/log-messages.md"
_LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
# Written in halves, so that this file does not find itself.
_LATER = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|XX" + r"X)\b")
_OUTSIDE = re.compile(r"\.\./" + "shared" + "|(?<![A-Za-z0-9_.])/wo" + r"rk\b")


def check_log_ids(report: Report) -> None:
    declared: dict[str, str] = {}
    for path in production_cpp():
        for match in _LOG_ID.finditer(without_comments(path)):
            where = f"{path}:{line_of(path, match.start())}"
            report.check(match[1] not in declared, f"{where}: {match[1]} is declared in {declared.get(match[1])} too")
            declared[match[1]] = where
    documented = re.findall(r"^### (CAUSEWAY_[A-Z0-9_]+)$", text(_LOG_DOC), re.M) if _LOG_DOC in tracked() else []
    for id, where in declared.items():
        report.check(id in documented, f"{where}: {id} is not explained in {_LOG_DOC}")
    for id in documented:
        report.check(id in declared, f"{_LOG_DOC}: {id} is written by no code")
        report.check(documented.count(id) == 1, f"{_LOG_DOC}: {id} is explained twice")


def check_words(report: Report) -> None:
    for path in tracked():
        if path in ("LICENSE",) or b"\0" in (ROOT / path).read_bytes()[:4096]:
            continue
        later = _LATER.search(text(path))
        report.check(later is None, f"{path}:{later and line_of(path, later.start())}: '{later and later[0]}': do it, or drop it")
        outside = _OUTSIDE.search(text(path))
        report.check(outside is None, f"{path}:{outside and line_of(path, outside.start())}: points outside the project: "
                                      f"'{outside and outside[0]}'")


def check_links(report: Report) -> None:
    for path in tracked():
        if not path.endswith(".md"):
            continue
        for match in _LINK.finditer(text(path)):
            target = match[1]
            if "://" not in target and not target.startswith("mailto:"):
                there = ((ROOT / path).parent / target).exists()
                report.check(there, f"{path}:{line_of(path, match.start())}: link to nothing: {target}")


def check_conformance_table(report: Report) -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tests/conformance_doc.py"), "--check"], capture_output=True, text=True,
                          check=False)
    report.check(done.returncode == 0, "gateway/doc/conformance.md: " + (done.stderr or done.stdout).strip())


def check_scripts(report: Report) -> None:
    for path in tracked():
        first = text(path).split("\n", 1)[0] if (ROOT / path).stat().st_size < 200_000 else ""
        if first.startswith("#!") and "bash" in first:
            done = subprocess.run(["shellcheck", "-x", "-S", "warning", path], cwd=ROOT, capture_output=True, text=True, check=False)
            report.check(done.returncode == 0, f"{path}: shellcheck:\n{done.stdout}")
        elif path.endswith(".py") or (first.startswith("#!") and "python" in first):
            try:
                compile(text(path), path, "exec")
                report.check(True, "")
            except SyntaxError as error:
                report.check(False, f"{path}: {error}")
        if first.startswith("#!"):
            report.check(bool(pathlib.Path(ROOT / path).stat().st_mode & 0o100), f"{path}: has no run bit")


def run(report: Report) -> None:
    check_log_ids(report)
    check_words(report)
    check_links(report)
    check_conformance_table(report)
    check_scripts(report)
