"""A throw-away jabberd2 (router, session manager, client connections): the same hosts as Prosody has."""
import contextlib
import pathlib
import sqlite3

from .ports import free_port
from .process import ServerProcess
from .prosody import COMPONENT_SECRET, DOMAIN, FOREIGN, PASSWORD
from .waiting import SLOW, eventually_sync

_ROUTER_USER = "jabberd"
_LOG = "<log type='file'><file>{dir}/{name}-events.log</file></log><pidfile>{dir}/{name}.pid</pidfile>"
_TO_ROUTER = "<router><ip>127.0.0.1</ip><port>{component}</port><user>jabberd</user><pass>{secret}</pass></router>"
_LIMITS = "<access><order>allow,deny</order></access>"

# One secret for every component, whatever its name.
_ROUTER = """\
<router><id>router</id>{log}
 <local><ip>127.0.0.1</ip><port>{component}</port><users>{dir}/router-users.xml</users><secret>{secret}</secret></local>
 <io><max_fds>1024</max_fds><limits><bytes>0</bytes><connects>0</connects></limits>{limits}</io>
 <aci><acl type='all'><user>jabberd</user></acl></aci>
</router>
"""

_SM = """\
<sm><id>sm</id>{log}{to_router}
 <local><id>{domain}</id><id>{foreign}</id></local>
 <storage><path>{modules}</path><driver>sqlite</driver>
  <sqlite><dbname>{dir}/jabberd2.db</dbname><busy-timeout>5000</busy-timeout></sqlite></storage>
 <modules><path>{modules}</path>{chains}</modules>
 <user><auto-create/><template/></user>
</sm>
"""

_C2S = """\
<c2s><id>c2s</id>{log}{to_router}
 <local><id realm='{domain}'>{domain}</id><id realm='{foreign}'>{foreign}</id><ip>127.0.0.1</ip><port>{c2s}</port></local>
 <io><max_fds>1024</max_fds>
  <limits><bytes>0</bytes><stanzas>0</stanzas><connects>0</connects><stanzasize>4194304</stanzasize></limits>{limits}
  <check><interval>0</interval><idle>0</idle><keepalive>0</keepalive></check></io>
 <authreg><path>{modules}</path><module>sqlite</module>
  <mechanisms><traditional><plain/></traditional><sasl><plain/></sasl></mechanisms>
  <sqlite><dbname>{dir}/jabberd2.db</dbname><busy-timeout>5000</busy-timeout><password_type><plaintext/></password_type></sqlite>
 </authreg></c2s>
"""

# What the package's sm.xml loads, without what these stories never use.
_CHAINS = {
    "in-sess": "validate privacy roster iq-ping disco offline presence deliver",
    "in-router": "session validate presence privacy",
    "out-router": "privacy",
    "pkt-sm": "iq-ping iq-version disco presence",
    "pkt-user": "roster presence disco deliver offline",
    "pkt-router": "session disco",
    "user-load": "active roster privacy",
    "user-create": "active",
    "user-delete": "active offline privacy roster",
    "disco-extend": "iq-version",
}

# The tables of those modules, by their columns beside owner and sequence (from the package's db-setup.sqlite).
_TABLES = {
    "active": '"time" INTEGER NOT NULL DEFAULT 0',
    "logout": '"time" INTEGER NOT NULL DEFAULT 0',
    "roster-items": '"jid" TEXT NOT NULL, "name" TEXT, "to" BOOLEAN NOT NULL, "from" BOOLEAN NOT NULL, "ask" INTEGER NOT NULL',
    "roster-groups": '"jid" TEXT NOT NULL, "group" TEXT NOT NULL',
    "queue": '"xml" TEXT NOT NULL',
    "privacy-default": '"default" TEXT',
    "privacy-items": '"list" TEXT NOT NULL, "type" TEXT, "value" TEXT, "deny" BOOL, "order" INTEGER, "block" INTEGER',
}


class Jabberd2:
    def __init__(self, directory: pathlib.Path, components: list[str]):
        self.directory = directory
        self.c2s_port = free_port()
        self.component_port = free_port()
        self.components = components  # it takes any name from who knows the secret
        directory.mkdir(parents=True)
        modules = next(pathlib.Path("/usr/lib").glob("*/jabberd2"))
        chains = "".join(f"<chain id='{name}'>" + "".join(f"<module>{module}</module>" for module in words.split()) + "</chain>"
                         for name, words in _CHAINS.items())
        (directory / "router-users.xml").write_text(
            f"<users><user><name>{_ROUTER_USER}</name><secret>{COMPONENT_SECRET}</secret></user></users>\n")
        common = {"dir": directory, "component": self.component_port, "c2s": self.c2s_port, "secret": COMPONENT_SECRET,
                  "domain": DOMAIN, "foreign": FOREIGN, "modules": modules, "chains": chains, "limits": _LIMITS}
        self._processes = {}
        for name, text in (("router", _ROUTER), ("sm", _SM), ("c2s", _C2S)):
            config = directory / f"{name}.xml"
            config.write_text(text.format(**common, log=_LOG.format(dir=directory, name=name),
                                          to_router=_TO_ROUTER.format(component=self.component_port, secret=COMPONENT_SECRET)))
            self._processes[name] = ServerProcess(f"jabberd2-{name}", [f"jabberd2-{name}", "-c", str(config)], directory)
        with self._database() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute('CREATE TABLE "authreg" ("username" TEXT NOT NULL, "realm" TEXT NOT NULL, "password" TEXT)')
            for table, columns in _TABLES.items():
                database.execute(f'CREATE TABLE "{table}" ("collection-owner" TEXT NOT NULL, '
                                 f'"object-sequence" INTEGER PRIMARY KEY, {columns})')

    def start(self) -> None:
        marks = {name: self._events(name).count(_READY[name]) for name in _READY}
        for name, port in (("router", self.component_port), ("sm", None), ("c2s", self.c2s_port)):
            self._processes[name].start([] if port is None else [port])
            if name in marks:
                eventually_sync(lambda name=name: self._events(name).count(_READY[name]) > marks[name],
                                f"jabberd2's {name} is ready", 20 * SLOW)

    def stop(self) -> None:
        for process in reversed(self._processes.values()):
            process.stop()

    def kill(self) -> None:
        for process in self._processes.values():
            process.kill()

    def add_account(self, user: str, domain: str = DOMAIN) -> str:
        """@return the bare JID"""
        jid = f"{user}@{domain}"
        with self._database() as database:
            known = database.execute("SELECT 1 FROM authreg WHERE username = ? AND realm = ?", (user, domain)).fetchone()
            if known is None:
                database.execute("INSERT INTO authreg VALUES (?, ?, ?)", (user, domain, PASSWORD))
                database.execute('INSERT INTO active ("collection-owner", "time") VALUES (?, 1)', (jid,))
        return jid

    @contextlib.contextmanager
    def _database(self):
        database = sqlite3.connect(self.directory / "jabberd2.db", timeout=10)
        try:
            with database:
                yield database
        finally:
            database.close()

    def _events(self, name: str) -> str:
        log = self.directory / f"{name}-events.log"
        return log.read_text(errors="replace") if log.exists() else ""


_READY = {"sm": "ready for sessions"}
