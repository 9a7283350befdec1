"""Gajim on a screen of its own (Xvfb): keys and clicks go in, pictures come out. It refuses root, so it runs as nobody."""
import asyncio
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess

from harness.process import ServerProcess
from harness.prosody import DOMAIN, PASSWORD
from harness.waiting import eventually
from stage import CHANNEL, Stage

WIDTH, HEIGHT = 900, 620
ACCOUNT = "benvolio"
# Gajim's own tables; what is missing in them has Gajim's default.
_TABLES = """CREATE TABLE settings (name TEXT UNIQUE, settings TEXT);
CREATE TABLE account_settings (account TEXT UNIQUE, settings TEXT); PRAGMA user_version=5;"""


def write_profile(directory: pathlib.Path, port: int) -> None:
    """An account with its password, on loopback and without TLS: what a person would enter in the account's settings."""
    directory.mkdir()
    workspace = {"name": "Verona", "color": "#3584e4", "avatar_sha": "", "chats": []}
    app = {"use_keyring": False, "check_for_update": False, "workspace_order": ["one"], "show_notifications": False}
    account = {"name": ACCOUNT, "account_label": ACCOUNT, "hostname": DOMAIN, "password": PASSWORD, "savepass": True,
               "use_custom_host": True, "custom_host": "127.0.0.1", "custom_port": port, "custom_type": "PLAIN",
               "use_plain_connection": True, "confirm_unencrypted_connection": False, "autoconnect": True, "active": True}
    tables = {"app": app, "soundevents": {}, "status_presets": {}, "proxies": {}, "plugins": {}, "workspaces": {"one": workspace}}
    with sqlite3.connect(directory / "settings.sqlite") as base:
        base.executescript(_TABLES)
        base.executemany("INSERT INTO settings VALUES (?, ?)", [(name, json.dumps(value)) for name, value in tables.items()])
        base.execute("INSERT INTO account_settings VALUES (?, ?)",
                     (ACCOUNT, json.dumps({"account": account, "contact": {}, "group_chat": {}})))


class Screen:
    def __init__(self, directory: pathlib.Path, port: int):
        directory.mkdir()
        self._directory = directory
        self.display = f":{100 + os.getpid() % 800}"
        profile, home = directory / "profile", directory / "home"
        write_profile(profile, port)
        (home / ".config/gtk-3.0").mkdir(parents=True)
        home.chmod(0o700)
        # Or the screen would never be still.
        (home / ".config/gtk-3.0/settings.ini").write_text("[Settings]\ngtk-cursor-blink=0\ngtk-enable-animations=0\n")
        env = {"DISPLAY": self.display, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "LANG": "C.UTF-8", "NO_AT_BRIDGE": "1"}
        for path in [directory, *directory.rglob("*")]:
            shutil.chown(path, "nobody", "nogroup")
        session = f"echo $DBUS_SESSION_BUS_ADDRESS >'{home}/bus'; exec gajim -c '{profile}' -s"
        self._as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        self._bus = home / "bus"
        self._xvfb = ServerProcess("xvfb", ["Xvfb", self.display, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
                                   directory)
        self._openbox = ServerProcess("openbox", [*self._as_nobody, "openbox"], directory, env)
        self._gajim = ServerProcess("gajim", [*self._as_nobody, "dbus-run-session", "--", "bash", "-c", session], directory, env)

    async def start(self) -> "Screen":
        self._xvfb.start([])
        await eventually(lambda: self._run("xdotool", "getdisplaygeometry"), "the screen")
        self._openbox.start([])
        await eventually(lambda: self._run("xdotool", "get_desktop"), "the window manager")
        self._gajim.start([])
        await self.window("^Gajim$")
        return self

    def stop(self) -> None:
        self._gajim.stop()
        self._openbox.stop()
        self._xvfb.stop()

    def _run(self, *argv: str) -> str:
        """@return what it printed; '' if it failed"""
        done = subprocess.run(argv, env={**os.environ, "DISPLAY": self.display}, capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else ""

    async def window(self, title: str) -> str:
        """Waits for a window, and for it to be drawn. @return its id"""
        found = await eventually(lambda: self._run("xdotool", "search", "--onlyvisible", "--name", title), f"window {title}", 120)
        await self.still()
        return found.split()[0]

    async def gone(self, title: str) -> None:
        await eventually(lambda: not self._run("xdotool", "search", "--onlyvisible", "--name", title), f"no window {title}", 120)
        await self.still()

    def close_window(self, title: str) -> None:
        for id in self._run("xdotool", "search", "--onlyvisible", "--name", title).split():
            self._run("xdotool", "windowclose", id)

    async def still(self) -> None:
        """Waits until nothing moves on the screen for a second."""
        last, same = b"", 0
        while same < 4:
            await asyncio.sleep(0.25)  # between two looks
            now = subprocess.run(["import", "-display", self.display, "-window", "root", "rgb:-"], capture_output=True,
                                 check=True).stdout
            same = same + 1 if now == last else 0
            last = now

    async def type(self, text: str, key: str = "Return") -> None:
        self._run("xdotool", "type", "--delay", "15", text)
        await self.still()
        await self.press(key)

    async def press(self, key: str) -> None:
        self._run("xdotool", "key", key)
        await self.still()

    async def click(self, window: str, x: int, y: int) -> None:
        self._run("xdotool", "mousemove", "--window", window, str(x), str(y), "click", "1")
        await self.still()

    async def menu(self, action: str, value: str) -> None:
        """What an entry of Gajim's menus does."""
        env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self._bus.read_text().strip()}
        subprocess.run([*self._as_nobody, "gdbus", "call", "--session", "--dest", "org.gajim.Gajim", "--object-path",
                        "/org/gajim/Gajim", "--method", "org.gtk.Actions.Activate", action, f'[<"{value}">]', "{}"],
                       env=env, check=True, capture_output=True)

    def picture(self, path: pathlib.Path) -> None:
        subprocess.run(["import", "-display", self.display, "-window", "root", "-trim", "+repage", "-resize", "70%", "-colors", "64", "-strip",
                        f"PNG8:{path}"], check=True)


async def converse(stage: Stage, juliet, into: pathlib.Path) -> None:
    stage.prosody.add_account(ACCOUNT)
    screen = Screen(stage.directory / "gajim", stage.prosody.c2s_port)
    try:
        await screen.start()
        await register(screen, into)
        await room(screen, stage, juliet, into)
        await contact(screen, stage, juliet, into)
    except Exception:
        screen.picture(into / "gajim-failed.png")
        raise
    finally:
        screen.stop()


async def register(screen: Screen, into: pathlib.Path) -> None:
    await screen.menu(f"{ACCOUNT}-services", ACCOUNT)
    window = await screen.window("^Browsing")
    await screen.click(window, 113, 206)  # the gateway, below "Transports"
    screen.picture(into / "gajim-services.png")
    await screen.click(window, 253, 514)  # "Register"
    window = await screen.window("^Register$")
    await screen.click(window, 368, 118)  # the nickname
    await screen.type(ACCOUNT, "Tab")
    screen.picture(into / "gajim-register.png")
    await screen.click(window, 530, 360)  # "Register"
    await screen.window("^Registration successful$")
    screen.close_window("^Registration successful$")
    screen.close_window("^Browsing")


async def room(screen: Screen, stage: Stage, juliet, into: pathlib.Path) -> None:
    await screen.press("ctrl+n")
    await screen.window("^Start / Join Chat$")
    await screen.type(stage.room())
    await screen.press("Return")  # what the room is has been shown: "Join"
    await juliet.expect("JOIN", lambda line: line.nick == ACCOUNT and line.text == CHANNEL)
    await screen.gone("^Start / Join Chat$")
    await screen.type("But soft, what light?")
    await heard(juliet, "But soft, what light?")
    await screen.still()
    screen.picture(into / "gajim-room.png")


async def contact(screen: Screen, stage: Stage, juliet, into: pathlib.Path) -> None:
    await screen.menu("add-contact", stage.contact("juliet"))
    window = await screen.window("^Add Contact$")
    await screen.press("Return")
    await screen.click(window, 390, 361)  # "Add Contact"
    await screen.click(await screen.window("^Gajim$"), 35, 468)  # the account, whose page lists the contacts
    screen.picture(into / "gajim-contact.png")
    await screen.press("ctrl+n")
    await screen.window("^Start / Join Chat$")
    await screen.type(stage.contact("juliet"))
    await screen.gone("^Start / Join Chat$")
    await screen.type("Shall I hear more?")
    await heard(juliet, "Shall I hear more?")
    await screen.still()
    screen.picture(into / "gajim-chat.png")


async def heard(juliet, text: str) -> None:
    """She has heard it from the one with Gajim. (Her answers take the lines, so they are only looked at here.)"""
    await eventually(lambda: any(line.command == "PRIVMSG" and line.nick == ACCOUNT and line.text == text
                                 for line in juliet.received.records), f"juliet hears {text}", 120)
