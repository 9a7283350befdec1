"""A throw-away Prosody: two virtual hosts and a few component names, all on loopback. With privileges (XEP-0356) if wanted."""
import pathlib

from .ports import free_port
from .process import ServerProcess

DOMAIN = "xmpp.test"
FOREIGN = "other.test"
COMPONENT_SECRET = "component-secret-7f3a"
PASSWORD = "open-sesame-41"

_CONFIG = """\
run_as_root = true
pidfile = "{dir}/prosody.pid"
data_path = "{dir}/data"
certificates = "{dir}"
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{dir}/prosody-events.log" }} }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
component_ports = {{ {component} }}
component_interfaces = {{ "127.0.0.1" }}
s2s_ports = {{ }}; http_ports = {{ }}; https_ports = {{ }}
network_backend = "epoll"
modules_enabled = {{ "roster", "saslauth", "disco", "ping", "presence", "message", "iq", "offline", "carbons"{module} }}
modules_disabled = {{ "s2s", "tls" }}
authentication = "internal_plain"
storage = "internal"
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
limits = {{ }}
-- Larger than Causeway's own limit, so that its answers to oversized stanzas can be seen.
c2s_stanza_size_limit = 4 * 1024 * 1024
component_stanza_size_limit = 4 * 1024 * 1024
VirtualHost "{domain}"
{grants}
VirtualHost "{foreign}"
{components}
"""


class Prosody:
    def __init__(self, directory: pathlib.Path, components: list[str], privileged: bool = False):
        self.directory = directory
        self.c2s_port = free_port()
        self.component_port = free_port()
        self.components = components
        directory.mkdir(parents=True)
        (directory / "data").mkdir()
        config = directory / "prosody.cfg.lua"
        module = ', "privilege"' if privileged else ""
        grants = "".join(f'["{name}"] = {{ roster = "both"; message = "outgoing" }}; ' for name in components)
        config.write_text(_CONFIG.format(
            module=module, grants=f"  privileged_entities = {{ {grants}}}" if privileged else "", dir=directory, c2s=self.c2s_port, component=self.component_port, domain=DOMAIN, foreign=FOREIGN,
            components="\n".join(f'Component "{name}"\n  component_secret = "{COMPONENT_SECRET}"'
                                 + ('\n  modules_enabled = { "privilege" }' if privileged else "") for name in components)))
        self._process = ServerProcess("prosody", ["prosody", "--config", str(config), "-F"], directory)

    def start(self) -> None:
        self._process.start([self.c2s_port, self.component_port])

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def add_account(self, user: str, domain: str = DOMAIN) -> str:
        """Writes the account where Prosody's internal storage looks for it. @return the bare JID"""
        accounts = self.directory / "data" / _encoded(domain) / "accounts"
        accounts.mkdir(parents=True, exist_ok=True)
        (accounts / f"{_encoded(user)}.dat").write_text(f'return {{ ["password"] = "{PASSWORD}"; }};\n')
        return f"{user}@{domain}"


def _encoded(name: str) -> str:
    """Prosody's file names: everything but letters and digits as %hh."""
    return "".join(c if c.isascii() and c.isalnum() else "".join(f"%{b:02x}" for b in c.encode()) for c in name)
