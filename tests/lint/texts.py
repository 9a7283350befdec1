"""What the gateway says to people is in the catalogue (gateway/translate/texts.cpp), in all languages."""
import re

from report import Report
from sources import line_of, production_cpp, without_comments

_CATALOGUE = "gateway/translate/texts.cpp"
_SPEAKING = ("gateway/translate/", "gateway/presence/", "gateway/rooms/", "gateway/commands/", "gateway/app/bridge")
# One literal, or several that the compiler joins.
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"(?:\s*"((?:[^"\\\n]|\\.)*)")*')
_PART = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
# Log lines and help of metrics are no sentences: they begin small, or end without a stop.
_SENTENCE = re.compile(r"^[A-Z“][^\n]* [^\n]*[.?…]( \()?$")
_SAY = re.compile(r"\b(?:say|ask_one)\((?:asker, \"\w+\", |stanza\.head\.from, |head\.from, |user, )?(\"(?:[^\"\\\n]|\\.)*\")")
_ROW = re.compile(r"\{\s*" + r",\s*".join([r'((?:"(?:[^"\\\n]|\\.)*"\s*)+)'] * 3) + r"\}")


def _joined(source: str) -> str:
    return "".join(part[1] for part in _PART.finditer(source))


def catalogue() -> dict[str, tuple[str, str]]:
    return {_joined(row[1]): (_joined(row[2]), _joined(row[3])) for row in _ROW.finditer(without_comments(_CATALOGUE))}


def said(code: str) -> list[tuple[int, str]]:
    """Where, and what."""
    found = [(match.start(), text.removesuffix(" (")) for match in _LITERAL.finditer(code)
             if _SENTENCE.match(text := _joined(match[0]))]
    return found + [(match.start(), _joined(match[1])) for match in _SAY.finditer(code)]


def run(report: Report) -> None:
    known = catalogue()
    report.check(len(known) > 100, f"{_CATALOGUE}: the catalogue cannot be read")
    for english, others in known.items():
        report.check(all(others), f"{_CATALOGUE}: '{english}' is not said in every language")
    for path in production_cpp():
        if not path.startswith(_SPEAKING) or path == _CATALOGUE:
            continue
        code = without_comments(path)
        for at, english in said(code):
            report.check(english in known, f"{path}:{line_of(path, at)}: '{english}' is not in {_CATALOGUE}")
