"""Rooms that one may not enter: each refusal of the network is told with XEP-0045's own condition."""
import pytest

REFUSALS = [
    ("+k sesame", "not-authorized"),
    ("+b *!*@*", "forbidden"),
    ("+l 1", "service-unavailable"),
    ("+i", "registration-required"),
]


# covers: GW-MUC-005
@pytest.mark.parametrize("mode, condition", REFUSALS, ids=["key", "banned", "full", "invite-only"])
async def test_a_closed_room_says_why(world, mode, condition):
    juliet = await world.irc()
    channel, nick = world.channel(), world.name("romeo")
    await juliet.join(channel)
    juliet.send(f"MODE {channel} {mode}")
    await juliet.expect("MODE")
    romeo = await world.xmpp(nick)
    room = world.room(channel)
    romeo.ask_to_join(room, nick)
    refusal = await romeo.expect_presence(room, "error")
    assert refusal.error == condition and refusal.to == romeo.full
    assert await juliet.nicks_in(channel) == {juliet.nick}


# covers: GW-MUC-005
async def test_the_right_key_opens_the_room(world):
    juliet = await world.irc()
    channel, nick = world.channel(), world.name("romeo")
    await juliet.join(channel)
    juliet.send(f"MODE {channel} +k sesame")
    await juliet.expect("MODE")
    romeo = await world.xmpp(nick)
    await romeo.join(world.room(channel), nick, password="sesame")
    assert nick in await juliet.nicks_in(channel)


# covers: GW-MUC-002
async def test_joining_without_a_nickname_is_malformed(world):
    romeo = await world.xmpp()
    room = world.room(world.channel())
    romeo.presence(to=room, inner="<x xmlns='http://jabber.org/protocol/muc'/>")
    refusal = await romeo.expect_presence(room, "error")
    assert refusal.error == "jid-malformed" and refusal.error_type == "modify"


# covers: GW-MUC-024
async def test_leaving_a_room_one_is_not_in_changes_nothing(world):
    juliet = await world.irc()
    channel = world.channel()
    await juliet.join(channel)
    romeo = await world.xmpp()
    start = romeo.received.mark()
    room = world.room(channel)
    romeo.leave(room, juliet.nick)
    await romeo.receives_nothing(start, lambda s: s.bare == room and s.type == "", "presence of a room", world.gateway)
    assert await juliet.nicks_in(channel) == {juliet.nick}


async def test_a_server_that_is_not_listed_is_out_of_reach(world):
    romeo = await world.xmpp()
    room = world.room("#x", server="irc.elsewhere.test")
    romeo.ask_to_join(room, "romeo")
    refusal = await romeo.expect_presence(room, "error")
    assert refusal.error in ("forbidden", "not-allowed", "item-not-found", "remote-server-not-found")
