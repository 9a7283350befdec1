"""Logging in to IRC servers with what the user registered."""
import base64

from harness.register import ask, become_friends_with, fields, register


def entry(server):
    return [{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}]


def tried(server) -> list[str]:
    """What clients of the fake server authenticate with, from now on."""
    seen: list[str] = []

    def note(connection, line):
        if line.text.upper() != "PLAIN":
            seen.append(base64.b64decode(line.text).decode())
        return False

    server.handlers["AUTHENTICATE"] = note
    return seen


# covers: GW-REG-012
async def test_a_registered_account_is_used_by_sasl(world):
    server = await world.fake_irc(caps="sasl=PLAIN server-time")
    server.sasl_account = ("romeo-account", "pass word:é")
    seen = tried(server)
    gateway, jid = world.own_gateway(entry(server))
    await gateway.up()
    romeo, nick = await world.xmpp(), world.name("romeo")
    answer = await register(romeo, jid, server=server.name, nick=nick, username="romeo-account", password="pass word:é")
    assert answer.type == "result", answer
    await become_friends_with(romeo, jid)
    await romeo.join(world.room("#balcony", jid, server.name), nick)
    assert seen and all(line.split("\0")[1:] == ["romeo-account", "pass word:é"] for line in seen)
    assert "pass word" not in gateway.log_text()


# covers: GW-REG-006
async def test_a_password_that_is_refused_registers_nothing(world):
    server = await world.fake_irc(caps="sasl=PLAIN")
    server.sasl_account = ("romeo-account", "right")
    gateway, jid = world.own_gateway(entry(server))
    await gateway.up()
    romeo = await world.xmpp()
    answer = await register(romeo, jid, server=server.name, nick=world.name("romeo"), username="romeo-account", password="wrong")
    assert answer.type == "error" and answer.error == "not-acceptable"
    assert (await ask(romeo, jid)).find("register:query/register:registered") is None


# covers: GW-REG-007
async def test_registering_with_a_server_that_is_down_keeps_nothing(world):
    server = await world.fake_irc(caps="sasl=PLAIN")
    gateway, jid = world.own_gateway(entry(server))
    await gateway.up()
    await server.close()
    romeo = await world.xmpp()
    answer = await register(romeo, jid, server=server.name, nick=world.name("romeo"), username="romeo", password="right")
    assert answer.type == "error" and answer.error == "remote-server-timeout"
    assert (await ask(romeo, jid)).find("register:query/register:registered") is None


# covers: GW-REG-019
async def test_an_empty_password_keeps_the_one_on_file(world):
    server = await world.fake_irc(caps="sasl=PLAIN")
    server.sasl_account = ("romeo", "right")
    gateway, jid = world.own_gateway(entry(server))
    await gateway.up()
    romeo = await world.xmpp()
    first, second = world.name("first"), world.name("second")
    assert (await register(romeo, jid, server=server.name, nick=first, username="romeo", password="right")).type == "result"
    assert "password" in fields(await ask(romeo, jid))
    seen = tried(server)
    assert (await register(romeo, jid, server=server.name, nick=second, username="romeo", password="")).type == "result"
    await romeo.join(world.room("#balcony", jid, server.name), second)
    assert seen and all(line.split("\0")[2] == "right" for line in seen)
