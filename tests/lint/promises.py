"""gateway/doc/promises.md and the tests are in step: every promise has tests that are there, and every file of tests that
crashes, breaks or cuts something holds a promise."""
import re

from report import Report
from sources import text, tracked

PAGE = "gateway/doc/promises.md"
_ROW = re.compile(r"^\| (P\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_REFERENCE = re.compile(r"`([^`]+)`")
# Folders whose tests exist for promises only. What tries the oracles and the gate of faults holds none.
_PROMISING = ("tests/crash/", "tests/chaos/", "tests/power/")
_TRIES_ORACLES = ("tests/crash/test_oracle.py", "tests/chaos/test_gate.py", "tests/chaos/test_traffic.py")


def _file_of(reference: str) -> list[str]:
    name = reference.partition("::")[0]
    return [path for path in tracked() if path.startswith("tests/") and ("/" + path).endswith("/" + name)]


def _has_test(path: str, name: str) -> bool:
    content = text(path)
    if path.endswith(".py"):
        return re.search(rf"^(?:async )?def {re.escape(name)}\(", content, re.MULTILINE) is not None
    return re.search(rf"^\s*(?:TYPED_)?TEST(?:_F|_P)?\(\w+,\s*{re.escape(name)}\)", content, re.MULTILINE) is not None


def _check_reference(report: Report, promise: str, reference: str) -> str:
    files = _file_of(reference)
    if not report.check(len(files) == 1, f"{PAGE}: {promise}: `{reference}` is {'no file' if not files else 'several files'} "
                                         "below tests/"):
        return ""
    name = reference.partition("::")[2]
    report.check(not name or _has_test(files[0], name), f"{PAGE}: {promise}: {files[0]} has no test {name}")
    return files[0]


def run(report: Report) -> None:
    rows = _ROW.findall(text(PAGE))
    report.check(len(rows) > 0, f"{PAGE}: no table of promises")
    numbers = [number for number, _, _ in rows]
    report.check(numbers == [f"P{number:02}" for number in range(1, len(rows) + 1)], f"{PAGE}: promises are not numbered in order")
    holding = set()
    for number, _, held_by in rows:
        references = _REFERENCE.findall(held_by)
        report.check(bool(references), f"{PAGE}: {number} names no test")
        holding |= {_check_reference(report, number, reference) for reference in references}
    for path in tracked():
        is_test = path.startswith(_PROMISING) and re.search(r"(?:^|/)(?:test_\w+\.py|\w+_test\.cpp)$", path)
        if is_test and path not in _TRIES_ORACLES:
            report.check(path in holding, f"{path}: holds no promise: name it in {PAGE}")
