"""The house's rules: who may include whom, what is sans-IO, whose names appear where, how long a file is."""
import re

from report import Report
from sources import cpp, line_of, own_includes, production_cpp, reached_from, text, tracked, without_comments

_COMPONENT = {"component/xml", "component/stanza", "component/stream", "component/xep"}
_DOOR = {"gateway/base", "gateway/model", "gateway/adapter"}
_CORE = _DOOR | {"gateway/store", "gateway/security", "gateway/accounts", "gateway/delivery"}
_XMPP_FACING = _CORE | _COMPONENT | {"gateway/translate"}

# Folder -> folders it may include besides itself. The longest matching folder counts; `*` is every folder.
MAY_INCLUDE = {
    "gateway/base": set(),
    "gateway/model": {"gateway/base"},
    "gateway/adapter": {"gateway/base", "gateway/model"},
    "gateway/store": {"gateway/base", "gateway/model"},
    "gateway/store/sqlite": {"gateway/base", "gateway/model", "gateway/store"},
    "gateway/store/postgres": {"gateway/base", "gateway/model", "gateway/store"},
    "gateway/security": _DOOR | {"gateway/store"},
    "gateway/accounts": _DOOR | {"gateway/store", "gateway/security"},
    "gateway/delivery": _DOOR | {"gateway/store", "gateway/security", "gateway/accounts"},
    "gateway/translate": _CORE | _COMPONENT,
    "gateway/presence": _XMPP_FACING,
    "gateway/rooms": _XMPP_FACING,
    # Registering and unregistering touch everything of a user: contacts and rooms too.
    "gateway/commands": _XMPP_FACING | {"gateway/presence", "gateway/rooms"},
    "gateway/admin": {"gateway/base", "gateway/store", "gateway/delivery", "gateway/accounts"},
    "gateway/app": {"*"},
    "component/xml": {"gateway/base"},
    "component/stanza": {"gateway/base", "component/xml"},
    "component/xep": {"gateway/base", "component/xml", "component/stanza"},
    "component/stream": {"gateway/base", "component/xml", "component/stanza", "component/xep"},
    "config": {"gateway/base"},
    "legacy-adapters/loopback": _DOOR,
    "legacy-adapters/irc": _DOOR | {"legacy-adapters/irc/codec"},
    "legacy-adapters/irc/codec": {"gateway/base", "gateway/model"},
    "tests": {"*"},
}

SANS_IO = ("component/xml/", "component/stanza/", "component/xep/", "gateway/model/", "legacy-adapters/irc/codec/", "config/")
_IO = re.compile(r"boost/asio|gateway/base/(task|async|context)\.hpp|sys/socket\.h")
_CLOCK = re.compile(r"(steady|system|high_resolution)_clock::now|\bgettimeofday\b|\bclock_gettime\b|\btime\((nullptr|0|NULL)\)")
_MAY_READ_CLOCK = ("gateway/base/", "gateway/app/", "tests/")

# Words that only adapters and the program's wiring may know. They are looked for in identifiers and strings.
_NETWORK_WORDS = {"irc", "privmsg", "nickserv", "sms", "smpp", "smsc", "smtp", "lmtp", "imap", "email", "mailbox",
                  "purple", "libpurple", "sip", "icq", "aim", "whatsapp", "telegram", "signalapp", "matrix", "twilio"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Names of the precompiled header (gateway/base/pch.hpp) -> the header that a file which names them must reach by itself.
_AT_HOME = {
    **{f"std::{name}": name for name in ("expected", "map", "optional", "span", "string", "string_view", "unordered_map",
                                         "variant", "vector")},
    "std::function": "functional", "std::unique_ptr": "memory", "std::shared_ptr": "memory",
    **{f"asio::{name}": f"boost/asio/{name}.hpp" for name in (
        "any_io_executor", "awaitable", "co_spawn", "detached", "io_context", "redirect_error", "steady_timer",
        "this_coro", "use_awaitable")},
}
_SYSTEM_INCLUDE = re.compile(r"^#include <([^>]+)>", re.M)

_LINE_LIMIT = 800
_README_LIMIT = 200


def folder_of(path: str) -> str:
    """The longest folder of the table that holds `path`."""
    fits = [folder for folder in MAY_INCLUDE if path.startswith(folder + "/")]
    return max(fits, key=len, default="")


def check_includes(report: Report) -> None:
    for path in cpp():
        folder = folder_of(path)
        if not report.check(bool(folder), f"{path}: this folder has no row in tests/lint/structure.py"):
            continue
        allowed = MAY_INCLUDE[folder] | {folder}
        bad = [f"{line}: {included}" for line, included in own_includes(path)
               if "*" not in allowed and folder_of(included) not in allowed]
        report.check(not bad, f"{path}: includes what {folder} may not see: {'; '.join(bad)}")
        lost = [included for _, included in own_includes(path) if included not in tracked()]
        report.check(not lost, f"{path}: includes are written from the root, and exist: {lost}")
    for path in cpp():
        loops = [included for _, included in own_includes(path) if path in reached_from(included)]
        report.check(not loops, f"{path}: includes itself through {loops}")


def check_sans_io(report: Report) -> None:
    for path in production_cpp():
        code = without_comments(path)
        if path.startswith(SANS_IO):
            found = _IO.search(code)
            report.check(found is None, f"{path}: sans-IO, but uses {found and found[0]}")
        if not path.startswith(_MAY_READ_CLOCK):
            found = _CLOCK.search(code)
            report.check(found is None, f"{path}: reads a clock ({found and found[0]}); time is an argument here")


def check_network_names(report: Report) -> None:
    for path in production_cpp():
        if not path.startswith("gateway/") or path.startswith("gateway/app/"):
            continue
        code = without_comments(path)
        found = next((match for match in _WORD.finditer(code) if match[0].lower() in _NETWORK_WORDS), None)
        report.check(found is None, f"{path}:{found and line_of(path, found.start())}: the gateway names a network: "
                                    f"'{found and found[0]}'")


def check_precompiled_names(report: Report) -> None:
    """Headers compile with the precompiled header; this sees what it would hide."""
    for path in cpp():
        if path.endswith(".hpp"):
            reached = {name for own in reached_from(path) for name in _SYSTEM_INCLUDE.findall(text(own))}
            missing = [f"{name} needs <{header}>" for name, header in _AT_HOME.items()
                       if header not in reached and re.search(rf"\b{name}\b", without_comments(path))]
            report.check(not missing, f"{path}: {'; '.join(missing)}")


def check_sizes(report: Report) -> None:
    for path in tracked():
        if path.endswith((".hpp", ".cpp", ".py", ".sh", ".cmake")) or path.endswith("/run") or path == "deploy/demo":
            lines = text(path).count("\n")
            report.check(lines <= _LINE_LIMIT, f"{path}: {lines} lines (limit {_LINE_LIMIT}); split it")
    if "README.md" in tracked():
        lines = text("README.md").count("\n")
        report.check(lines < _README_LIMIT, f"README.md: {lines} lines (limit {_README_LIMIT})")


def check_headers_shape(report: Report) -> None:
    for path in production_cpp():
        if path.endswith(".hpp"):
            report.check(text(path).startswith("#pragma once\n"), f"{path}: does not start with #pragma once")
            report.check("@file " + path in text(path) or path.endswith("pch.hpp"),
                         f"{path}: has no @file block that names it")


def run(report: Report) -> None:
    check_includes(report)
    check_sans_io(report)
    check_network_names(report)
    check_precompiled_names(report)
    check_sizes(report)
    check_headers_shape(report)
