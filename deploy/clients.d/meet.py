"""Juliet on IRC answers whoever speaks to her; people with Profanity and with Gajim meet her through Causeway."""
import asyncio
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "demo.d"))

from stage import CHANNEL, Stage  # noqa: E402 (first: it says where the harness is)
import gajim  # noqa: E402
import profanity  # noqa: E402
from harness.irc_user import IrcUser  # noqa: E402

SUBJECT = "Two households, both alike in dignity"
ANSWERS = {  # what Juliet hears, and what she says
    "But soft, what light?": "Ay me!",
    "Shall I hear more?": "What man art thou?",
}
CLIENTS = {"profanity": profanity, "gajim": gajim}


class Juliet:
    """She is in the channel, and answers there and in private."""

    def __init__(self, port: int):
        self._port = port
        self.irc = IrcUser("juliet")
        self._task: asyncio.Task | None = None

    async def come(self) -> "Juliet":
        await self.irc.connect(self._port)
        await self.irc.join(CHANNEL)
        self.irc.send(f"TOPIC {CHANNEL} :{SUBJECT}")
        self._task = asyncio.create_task(self._answer())
        return self

    async def _answer(self) -> None:
        while True:
            line = await self.irc.expect("PRIVMSG", lambda line: line.text in ANSWERS, timeout=3600)
            where = line.params[0] if line.params[0].startswith("#") else line.nick
            self.irc.say(where, ANSWERS[line.text])

    async def go(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await self.irc.close()


async def meet(stage: Stage, names: list[str], into: pathlib.Path) -> None:
    juliet = await Juliet(stage.ngircd.port).come()
    try:
        for name in names:
            print(f"{name} …", flush=True)
            await CLIENTS[name].converse(stage, juliet.irc, into)
            print(f"{name}: everybody heard what was said; pictures are in {into}", flush=True)
    finally:
        await juliet.go()


def main() -> int:
    into = pathlib.Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stage = Stage()
    try:
        stage.start()
        asyncio.run(meet(stage, sys.argv[2:] or list(CLIENTS), into))
        return 0
    finally:
        stage.stop()


if __name__ == "__main__":
    sys.exit(main())
