"""One story's world: people with names of their own on servers that all stories of a worker share."""
import asyncio
import itertools
import os
import pathlib

from gate import Gate

from .causeway import Causeway, irc_network, irc_server
from .ejabberd import Ejabberd
from .fake_irc import FakeIrcServer
from .fake_xmpp import FakeXmppServer
from .irc_user import IrcUser
from .ircd import Inspircd, Ngircd
from .jabberd2 import Jabberd2
from .ports import free_port
from .prosody import DOMAIN, Prosody
from .xmpp_user import XmppUser

SHARED_GATEWAY = f"irc.{DOMAIN}"
_SPARE_GATEWAYS = tuple(f"gw{number}.{DOMAIN}" for number in range(1, 9))
_XMPP_SERVERS = {"prosody": Prosody, "ejabberd": Ejabberd, "jabberd2": Jabberd2}
XMPP_SERVERS = tuple(_XMPP_SERVERS)
PRIVILEGING = ("prosody+privilege", "ejabberd+privilege")  # the same servers, with XEP-0356 granted to every component
_numbers = itertools.count(1)


class Servers:
    """Started on first use, once per worker; stopped by the session's fixture."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self._spare = list(_SPARE_GATEWAYS)
        self._xmpp: dict[str, Prosody | Ejabberd | Jabberd2] = {}
        self._ngircd: Ngircd | None = None
        self._inspircd: Inspircd | None = None
        self._causeway: dict[str, Causeway] = {}

    def xmpp(self, kind: str) -> Prosody | Ejabberd | Jabberd2:
        """The XMPP server of this kind: one of XMPP_SERVERS or PRIVILEGING."""
        if kind not in self._xmpp:
            make = _XMPP_SERVERS[kind.partition("+")[0]]
            options = {"privileged": True} if kind.endswith("+privilege") else {}
            server = make(self.directory / kind, [SHARED_GATEWAY, *_SPARE_GATEWAYS], **options)
            self._xmpp[kind] = server  # before the start: what of it runs is stopped even if the start fails
            server.start()
        return self._xmpp[kind]

    @property
    def prosody(self) -> Prosody:
        return self.xmpp("prosody")

    @property
    def ngircd(self) -> Ngircd:
        if self._ngircd is None:
            self._ngircd = Ngircd(self.directory / "ngircd")
            self._ngircd.start()
        return self._ngircd

    @property
    def inspircd(self) -> Inspircd:
        if self._inspircd is None:
            self._inspircd = Inspircd(self.directory / "inspircd")
            self._inspircd.start()
        return self._inspircd

    def causeway(self, kind: str) -> Causeway:
        """The gateway beside this XMPP server that stories share which leave it as they found it."""
        if kind not in self._causeway:
            servers = [irc_server(self.ngircd.name, self.ngircd.port), irc_server(self.inspircd.name, self.inspircd.port)]
            network = irc_network("irc", SHARED_GATEWAY, self.xmpp(kind).component_port, servers)
            self._causeway[kind] = Causeway(self.directory / f"causeway-{kind}", [network])
            self._causeway[kind].start()
        return self._causeway[kind]

    def lease(self) -> str:
        """A component name that no running gateway uses."""
        return self._spare.pop(0)

    def give_back(self, name: str) -> None:
        self._spare.append(name)

    def stop(self) -> None:
        for server in (*self._causeway.values(), self._inspircd, self._ngircd, *self._xmpp.values()):
            if server is not None:
                server.stop()


class World:
    def __init__(self, servers: Servers, directory: pathlib.Path, kind: str = "prosody"):
        self.servers = servers
        self.kind = kind  # of the XMPP server
        self.directory = directory
        self._clients: list = []
        self._gateways: list[Causeway] = []
        self._leased: list[str] = []
        self._ircds: list[Ngircd] = []

    @property
    def server(self) -> Prosody | Ejabberd | Jabberd2:
        """The XMPP server."""
        return self.servers.xmpp(self.kind)

    # ---- the shared gateway
    @property
    def causeway(self) -> Causeway:
        return self.servers.causeway(self.kind)

    @property
    def gateway(self) -> str:
        """JID of the shared gateway, which runs after this call."""
        assert self.causeway.alive(), f"the shared gateway has died:\n{self.causeway.log_text()[-3000:]}"
        return SHARED_GATEWAY

    def room(self, channel: str, gateway: str = "", server: str = "") -> str:
        return f"{channel}%{server or self.servers.ngircd.name}@{gateway or self.gateway}"

    contact = room  # a person's address has the same shape

    # ---- names
    def name(self, word: str) -> str:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "w")[2:]
        return f"{word}{worker}x{next(_numbers)}"

    def channel(self, word: str = "room") -> str:
        return "#" + self.name(word)

    # ---- people
    async def xmpp(self, name: str = "", resource: str = "one", domain: str = DOMAIN, available: bool = True) -> XmppUser:
        """A client of a new account, or another client of account `name` (as returned in `.jid`'s local part)."""
        name = name or self.name("romeo")
        jid = self.server.add_account(name, domain)
        user = XmppUser(jid, resource)
        self._clients.append(user)
        return await user.connect(self.server.c2s_port, available)

    async def irc(self, nick: str = "", port: int = 0, caps: str = "") -> IrcUser:
        user = IrcUser(nick or self.name("juliet"))
        self._clients.append(user)
        return await user.connect(port or self.servers.ngircd.port, caps)

    # ---- own peers
    async def gate(self, port: int) -> Gate:
        """A gate in front of `port` that misbehaves on order (tests/chaos/gate.py)."""
        return await self.keep(Gate(port, find_port=free_port))

    async def fake_irc(self, **options) -> FakeIrcServer:
        return await self.keep(FakeIrcServer(**options))

    async def fake_xmpp(self, **options) -> FakeXmppServer:
        return await self.keep(FakeXmppServer(**options))

    def own_ngircd(self, **options) -> Ngircd:
        server = Ngircd(self.directory / self.name("ngircd"), **options)
        self._ircds.append(server)
        server.start()
        return server

    def lease(self) -> str:
        name = self.servers.lease()
        self._leased.append(name)
        return name

    def own_gateway(self, irc_servers: list[dict], component_port: int = 0, **options) -> tuple[Causeway, str]:
        """A gateway of this story's own, not yet started, and its JID."""
        jid = self.lease()
        port = component_port or self.server.component_port
        network_options = options.pop("network_options", {})
        gateway = Causeway(self.directory / self.name("causeway"),
                           [irc_network("irc", jid, port, irc_servers, **network_options)], **options)
        return self.adopt(gateway), jid

    def adopt(self, gateway: Causeway) -> Causeway:
        """Stopped and checked with the story's end."""
        self._gateways.append(gateway)
        return gateway

    def ngircd_entry(self, port: int = 0) -> dict:
        return irc_server(self.servers.ngircd.name, port or self.servers.ngircd.port)

    async def keep(self, peer):
        """Starts it; it is closed with the story's end."""
        self._clients.append(peer)
        return await peer.start()

    async def close(self) -> None:
        for client in reversed(self._clients):
            await client.close()
        loop = asyncio.get_running_loop()
        try:
            for gateway in self._gateways:
                await loop.run_in_executor(None, gateway.stop)
        finally:
            for server in self._ircds:
                server.stop()
            for name in self._leased:
                self.servers.give_back(name)
