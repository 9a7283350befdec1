"""Servers of one's own for people to meet on: Prosody, ngIRCd, and Causeway between them, in a temporary directory."""
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/e2e"))

from harness.causeway import Causeway, irc_network, irc_server  # noqa: E402
from harness.ircd import Ngircd  # noqa: E402
from harness.prosody import DOMAIN, Prosody  # noqa: E402
from harness.xmpp_user import XmppUser  # noqa: E402

GATEWAY = f"irc.{DOMAIN}"
CHANNEL = "#verona"


class Stage:
    """The three servers, in a directory that goes with them."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="causeway-demo-"))
        self.directory.chmod(0o755)  # ngIRCd reads its configuration as nobody
        self.prosody = Prosody(self.directory / "prosody", [GATEWAY])
        self.ngircd = Ngircd(self.directory / "ngircd")
        self.causeway = Causeway(self.directory / "causeway", [irc_network(
            "irc", GATEWAY, self.prosody.component_port, [irc_server(self.ngircd.name, self.ngircd.port)])])

    def start(self) -> None:
        self.prosody.start()
        self.ngircd.start()
        self.causeway.start()

    def stop(self) -> None:
        try:
            self.causeway.stop()
        finally:
            self.ngircd.stop()
            self.prosody.stop()
            shutil.rmtree(self.directory, ignore_errors=True)

    def room(self) -> str:
        return f"{CHANNEL}%{self.ngircd.name}@{GATEWAY}"

    def contact(self, nick: str) -> str:
        return f"{nick}%{self.ngircd.name}@{GATEWAY}"

    async def xmpp(self, name: str) -> XmppUser:
        return await XmppUser(self.prosody.add_account(name), "demo").connect(self.prosody.c2s_port)
