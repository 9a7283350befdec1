"""A throw-away ejabberd: the same hosts and component names as Prosody has. No epmd, and a node name of its own."""
import json
import os
import pathlib
import urllib.error
import urllib.request

from .ports import free_port
from .process import ServerProcess
from .prosody import COMPONENT_SECRET, DOMAIN, FOREIGN, PASSWORD
from .waiting import SLOW

_CONFIG = """\
hosts: [ {domain}, {foreign} ]
loglevel: info
auth_method: internal
auth_password_format: plain
default_db: mnesia
s2s_access: none
listen:
  - {{ port: {c2s}, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 4194304, shaper: none, access: all }}
  - port: {component}
    ip: "127.0.0.1"
    module: ejabberd_service
    access: all
    shaper: none
    global_routes: false
    hosts:
{components}
  - {{ port: {api}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {{ /api: mod_http_api }} }}
acl: {{ loopback: {{ ip: [ 127.0.0.0/8 ] }} }}
api_permissions: {{ "loopback": {{ who: [ {{ access: {{ allow: {{ acl: loopback }} }} }} ], what: "*" }} }}
modules: {{ mod_roster: {{}}, mod_disco: {{}}, mod_offline: {{}}, mod_ping: {{}}, mod_carboncopy: {{}}, mod_http_api: {{}}{module} }}
"""
# XEP-0356 in its first version; a roster that is written closes the component's stream (ejabberd issue 3942).
_PRIVILEGES = ", mod_privilege: { roster: { both: all }, message: { outgoing: all } }"
# Without this file Erlang asks DNS for the names of the test.
_INETRC = '{lookup,["file","native"]}.\n{host,{127,0,0,1}, ["localhost"]}.\n'


class Ejabberd:
    def __init__(self, directory: pathlib.Path, components: list[str], privileged: bool = False):
        self.directory = directory
        self.c2s_port = free_port()
        self.component_port = free_port()
        self._api_port = free_port()
        distribution_port = free_port()
        self.components = components
        (directory / "spool").mkdir(parents=True)
        config = directory / "ejabberd.yml"
        config.write_text(_CONFIG.format(
            module=_PRIVILEGES if privileged else "", domain=DOMAIN, foreign=FOREIGN, c2s=self.c2s_port, component=self.component_port, api=self._api_port,
            components="\n".join(f'      "{name}": {{ password: {COMPONENT_SECRET} }}' for name in components)))
        (directory / "inetrc").write_text(_INETRC)
        # As ejabberdctl does it, without its change of user: that one wants to be root, or the package's user.
        argv = ["erl", "-sname", f"causeway{os.getpid()}p{distribution_port}@localhost",
                "-erl_epmd_port", str(distribution_port), "-start_epmd", "false", "-noinput",
                "-kernel", "inet_dist_use_interface", "{127,0,0,1}", "+sbwt", "none", "+S", "1:1",
                "-mnesia", "dir", f'"{directory}/spool"', "-ejabberd", "quiet", "true", "-s", "ejabberd"]
        libraries = next(pathlib.Path("/usr/lib").glob("*/ejabberd-*/ebin")).parents[1]
        self._process = ServerProcess("ejabberd", argv, directory, {
            "HOME": str(directory), "EJABBERD_CONFIG_PATH": str(config), "EJABBERD_LOG_PATH": str(directory / "events.log"),
            "ERL_INETRC": str(directory / "inetrc"), "ERL_LIBS": str(libraries), "ERL_CRASH_DUMP_SECONDS": "0"})

    def start(self) -> None:
        self._process.start([self.c2s_port, self.component_port, self._api_port])

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def add_account(self, user: str, domain: str = DOMAIN) -> str:
        """@return the bare JID"""
        body = json.dumps({"user": user, "host": domain, "password": PASSWORD}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self._api_port}/api/register", body,
                                         {"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=10 * SLOW).close()
        except urllib.error.HTTPError as refused:
            if refused.code != 409:  # it exists: the account's second client
                raise RuntimeError(f"ejabberd does not register {user}: {refused.read().decode()}") from None
        return f"{user}@{domain}"
