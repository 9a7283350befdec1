"""Profanity in a terminal of its own (tmux): keys go in, the screen is read."""
import os
import pathlib
import subprocess

from harness.prosody import PASSWORD
from harness.waiting import eventually
from stage import GATEWAY, Stage


class Terminal:
    """A detached tmux on a socket of its own; the program's files stay in `directory`."""

    def __init__(self, directory: pathlib.Path, argv: list[str]):
        directory.mkdir()
        self._socket = str(directory / "tmux")
        env = {**os.environ, "XDG_CONFIG_HOME": str(directory), "XDG_DATA_HOME": str(directory), "LANG": "C.UTF-8"}
        subprocess.run(["tmux", "-S", self._socket, "-f", "/dev/null", "new-session", "-d", "-s", "client",
                        "-x", "104", "-y", "30", *argv], env=env, check=True)

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(["tmux", "-S", self._socket, *arguments], capture_output=True, text=True, check=True).stdout

    def type(self, line: str) -> None:
        self._tmux("send-keys", "-t", "client", "-l", line)
        self._tmux("send-keys", "-t", "client", "Enter")

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "client")

    async def shows(self, *texts: str) -> str:
        """Waits until all of `texts` are on the screen; line breaks and columns beside them do not matter."""
        def seen() -> bool:
            plain = " ".join(self.screen().split())
            return all(text in plain for text in texts)

        try:
            await eventually(seen, f"{texts} on the screen", 20)
        except AssertionError as missed:
            raise AssertionError(f"{missed}\n{self.screen()}") from None
        return self.screen()

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], check=False)


async def converse(stage: Stage, juliet, into: pathlib.Path) -> None:
    jid = stage.prosody.add_account("romeo")
    terminal = Terminal(stage.directory / "profanity", ["profanity"])
    try:
        await terminal.shows("Type '/help'")
        terminal.type(f"/connect {jid} server 127.0.0.1 port {stage.prosody.c2s_port} tls disable")
        await terminal.shows("Enter password:")
        terminal.type(PASSWORD)
        await terminal.shows("logged in successfully")
        await commands(terminal, into)
        await room(terminal, stage, into)
        await contact(terminal, stage, juliet, into)
        await status(terminal, into)
    finally:
        terminal.close()


async def commands(terminal: Terminal, into: pathlib.Path) -> None:
    terminal.type(f"/msg {GATEWAY} help")
    await terminal.shows("This is the gateway to IRC.", "join [Room] — ")
    keep(into, "help", terminal)
    terminal.type("/clear")
    terminal.type("register")
    await terminal.shows("Nickname Say “cancel” to stop.")
    terminal.type("romeo")
    for asked in ("Account (if", "Password of the account", "Password of the server"):  # nobody needs them here
        await terminal.shows(asked)
        terminal.type("-")
    await terminal.shows("You are registered.", "Authorization request")
    keep(into, "register", terminal)
    terminal.type(f"/sub allow {GATEWAY}")


async def room(terminal: Terminal, stage: Stage, into: pathlib.Path) -> None:
    terminal.type(f"/join {stage.room()}")
    await terminal.shows("You have joined the room as romeo", "juliet")
    terminal.type("But soft, what light?")
    await terminal.shows("juliet: Ay me!")
    keep(into, "room", terminal)


async def contact(terminal: Terminal, stage: Stage, juliet, into: pathlib.Path) -> None:
    address = stage.contact("juliet")
    terminal.type("/win 1")
    terminal.type("/clear")
    terminal.type(f"/roster add {address} Juliet")
    await terminal.shows("Roster item added")
    terminal.type(f"/sub request {address}")
    await terminal.shows("Received authorization request", "Juliet (irc) is online")
    terminal.type(f"/sub allow {address}")
    await terminal.shows("Accepted subscription")
    juliet.send("AWAY :on the balcony")
    await terminal.shows("Juliet (irc) is away")
    keep(into, "contact", terminal)
    terminal.type("/msg Juliet Shall I hear more?")
    await terminal.shows("Juliet: What man art thou?")
    keep(into, "chat", terminal)
    juliet.send("AWAY")
    terminal.type("/win 1")
    await terminal.shows("Juliet (irc) is online")


async def status(terminal: Terminal, into: pathlib.Path) -> None:
    terminal.type(f"/msg {GATEWAY}")
    terminal.type("/clear")
    for word in ("status", "contacts", "rooms"):
        terminal.type(word)
    await terminal.shows("— connected", "— joined")
    keep(into, "status", terminal)


def keep(into: pathlib.Path, name: str, terminal: Terminal) -> None:
    lines = [line.rstrip() for line in terminal.screen().splitlines()]
    (into / f"profanity-{name}.txt").write_text("\n".join(line for line in lines if line) + "\n")
