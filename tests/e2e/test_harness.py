"""The harness itself: the real servers and clients work before Causeway is blamed."""
from harness.waiting import eventually
from harness.xmpp_user import NS


async def test_two_xmpp_users_talk_through_their_server(any_world):
    romeo, juliet = await any_world.xmpp(), await any_world.xmpp()
    await juliet.iq(juliet.jid, "get", f"<query xmlns='{NS['roster']}'/>")  # by then the server knows that she is there
    romeo.message(juliet.jid, "Good night & <good> night")
    heard = await juliet.expect_message(romeo.full, "Good night & <good> night")
    assert heard.to in (juliet.jid, juliet.full)


async def test_two_irc_users_talk_through_ngircd(world):
    romeo, juliet = await world.irc("", 0), await world.irc()
    channel = world.channel()
    await juliet.join(channel)
    await romeo.join(channel)
    romeo.say(channel, "Good night")
    await juliet.hears("Good night", channel)
    assert await juliet.nicks_in(channel) == {romeo.nick, juliet.nick}
    assert await juliet.whois(world.name("nobody")) == {}


async def test_inspircd_echoes_messages_to_who_asked_for_it(world):
    romeo = await world.irc(port=world.servers.inspircd.port, caps="echo-message server-time")
    channel = world.channel()
    await romeo.join(channel)
    romeo.say(channel, "is anybody here?")
    assert (await romeo.hears("is anybody here?", channel)).tags.get("time")


async def test_the_gate_cuts_and_heals(world):
    gate = await world.gate(world.servers.ngircd.port)
    romeo = await world.irc(port=gate.port)
    gate.cut()
    await romeo.expect("ERROR")
    again = await world.irc(port=gate.port)
    await eventually(lambda: gate.connections == 2, "a second connection through the gate")
    assert await again.whois(again.nick)


async def test_the_fake_irc_server_registers_and_joins(world):
    server = await world.fake_irc()
    romeo = await world.irc(port=server.port)
    await romeo.join("#x")
    seen = await server.connection()
    await seen.expect("JOIN")
