"""The project's files, and C++ text without its comments."""
import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("gateway/", "component/", "config/", "legacy-adapters/")
_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


@functools.cache
def tracked() -> list[str]:
    """Every file that is, or would be, in git, as paths from the root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.splitlines()
    return sorted(path for path in set(listed) if (ROOT / path).is_file())


def cpp() -> list[str]:
    return [path for path in tracked() if path.endswith((".hpp", ".cpp"))]


def production_cpp() -> list[str]:
    return [path for path in cpp() if path.startswith(CODE_FOLDERS)]


@functools.cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@functools.cache
def without_comments(path: str) -> str:
    """Comments become spaces, line breaks stay, strings stay."""
    def blank(match: re.Match) -> str:
        token = match[0]
        return re.sub(r"[^\n]", " ", token) if token.startswith(("//", "/*")) else token

    return _TOKEN.sub(blank, text(path))


def line_of(path: str, offset: int) -> int:
    return text(path).count("\n", 0, offset) + 1


@functools.cache
def own_includes(path: str) -> list[tuple[int, str]]:
    """`#include "…"` as (line, included path from the root)."""
    return [(line_of(path, match.start()), match[1])
            for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', text(path), re.M)]


@functools.cache
def reached_from(path: str) -> frozenset[str]:
    """The project's files that `path` includes, directly or not, and itself."""
    seen, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in seen and (ROOT / current).is_file():
            seen.add(current)
            waiting += [included for _, included in own_includes(current)]
    return frozenset(seen)
