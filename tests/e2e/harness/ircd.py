"""Throw-away IRC servers: ngIRCd (plain, strict) and InspIRCd (echo-message, MONITOR, server-time)."""
import pathlib

from .ports import free_port
from .process import ServerProcess

NGIRCD_NAME = "irc.localhost.test"

_NGIRCD = """\
[Global]
    Name = {name}
    Info = server of a test
    Listen = 127.0.0.1
    Ports = {port}
    MotdPhrase = hello
    ServerUID = 65534
    ServerGID = 65534
    {password}
[Limits]
    MaxConnections = 0
    MaxConnectionsIP = 0
    MaxJoins = 0
    MaxNickLength = 30
    MaxPenaltyTime = 0
    PingTimeout = {ping_timeout}
    PongTimeout = {ping_timeout}
[Options]
    DNS = no
    Ident = no
    PAM = no
[Operator]
    Name = oper
    Password = oper
"""

_INSPIRCD = """\
<server name="{name}" description="server of a test" network="Test" id="001">
<admin name="test" nick="test" email="test@example.test">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="all" allow="*" timeout="30" pingfreq="120" hardsendq="1M" softsendq="256K" recvq="64K"
         threshold="0" commandrate="1000000" fakelag="no" localmax="1000" globalmax="1000" maxchans="100"
         resolvehostnames="no" useident="no">
<options prefixquit="Quit: " syntaxhints="no" casemapping="rfc1459" hidesplits="no">
<limits maxnick="30" maxchan="64" maxmodes="20" maxtopic="390" maxkick="300" maxquit="255" maxaway="200">
<performance nouserdns="yes" softlimit="4096">
<security hideserver="" maxtargets="20">
<dns server="127.0.0.1" timeout="1">
<log method="file" type="*" level="default" target="{dir}/inspircd-events.log" flush="1">
<files motd="{dir}/motd">
<path configdir="{dir}" datadir="{dir}" logdir="{dir}" runtimedir="{dir}">
<pid file="{dir}/inspircd.pid">
<module name="ircv3">
<module name="ircv3_capnotify">
<module name="ircv3_echomessage">
<module name="ircv3_servertime">
<module name="ircv3_msgid">
<module name="cap">
<module name="monitor">
<module name="namesx">
<module name="services_account">
"""


class _Ircd:
    process_name = ""

    def __init__(self, directory: pathlib.Path, name: str, argv: list[str], port: int):
        self.name = name
        self.port = port
        self._process = ServerProcess(self.process_name, argv, directory)

    def start(self) -> None:
        self._process.start([self.port])

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()


class Ngircd(_Ircd):
    process_name = "ngircd"

    def __init__(self, directory: pathlib.Path, name: str = NGIRCD_NAME, port: int = 0,
                 password: str = "", ping_timeout: int = 120):
        directory.mkdir(parents=True)
        port = port or free_port()
        config = directory / "ngircd.conf"
        config.write_text(_NGIRCD.format(name=name, port=port, ping_timeout=ping_timeout,
                                         password=f"Password = {password}" if password else ""))
        super().__init__(directory, name, ["/usr/sbin/ngircd", "-n", "-f", str(config)], port)


class Inspircd(_Ircd):
    process_name = "inspircd"

    def __init__(self, directory: pathlib.Path, name: str = "inspircd.localhost.test"):
        directory.mkdir(parents=True)
        port = free_port()
        config = directory / "inspircd.conf"
        (directory / "motd").write_text("hello\n")
        config.write_text(_INSPIRCD.format(name=name, port=port, dir=directory))
        super().__init__(directory, name, ["/usr/sbin/inspircd", "--runasroot", "--nofork", f"--config={config}"], port)
