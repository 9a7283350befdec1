"""Where XMPP servers differ: addresses as they were typed, second links, refusals, being killed, what they bounce."""
import asyncio

import pytest

from harness.scenes import both_in_a_room
from harness.waiting import eventually

PING = "<ping xmlns='urn:xmpp:ping'/>"
REQUEST = "<request xmlns='urn:xmpp:receipts'/>"


def groupchat(sender, body):
    return lambda s: s.type == "groupchat" and s.sender == sender and s.body == body


async def in_thread(function) -> None:
    await asyncio.get_running_loop().run_in_executor(None, function)


async def room_still_works(scene, word):
    scene.romeo.message(scene.room, f"{word} from Romeo", "groupchat")
    await scene.juliet.hears(f"{word} from Romeo")
    await scene.romeo.expect(groupchat(scene.here, f"{word} from Romeo"))
    scene.juliet.say(scene.channel, f"{word} from Juliet")
    await scene.romeo.expect(groupchat(scene.juliets_place, f"{word} from Juliet"))


async def test_a_component_that_is_away_is_answered_by_the_server(any_world):
    romeo = await any_world.xmpp()
    answer = await romeo.iq(any_world.lease(), "get", PING)
    expected = {"prosody": "remote-server-timeout", "ejabberd": "forbidden", "jabberd2": "item-not-found"}
    assert answer.type == "error" and answer.error == expected[any_world.kind]


# covers: GW-ADDR-004
async def test_addresses_are_the_same_however_they_are_typed(any_world):
    """Prosody prepares addresses before it passes stanzas on; the others pass on what the client wrote."""
    romeo, juliet = await any_world.xmpp(), await any_world.irc()
    gateway, contact = any_world.gateway, any_world.contact(juliet.nick)
    assert (await romeo.iq(gateway.upper(), "get", PING)).sender == gateway
    id = romeo.message(contact.upper(), "LOUDLY", inner=REQUEST)
    heard = await juliet.hears("LOUDLY")
    receipt = await romeo.expect(lambda s: any(r.get("id") == id for r in s.findall("receipts:received")), "a receipt")
    assert receipt.sender == contact
    juliet.say(heard.nick, "softly")
    await romeo.expect_message(contact, "softly")


# covers: GW-ADDR-004 GW-MUC-001
async def test_a_room_is_the_same_however_it_is_typed(any_world):
    juliet, nick = await any_world.irc(), any_world.name("romeo")
    channel = any_world.channel("ünï")
    await juliet.join(channel)
    romeo, room = await any_world.xmpp(nick), any_world.room(channel)
    shouted = room.replace("ünï", "ÜNÏ").replace(any_world.gateway, any_world.gateway.upper())
    romeo.ask_to_join(shouted, nick)
    await romeo.expect_presence(room, predicate=lambda s: "110" in s.codes)
    romeo.message(shouted, "in the same room", "groupchat")
    await juliet.hears("in the same room", channel)
    await romeo.expect(groupchat(f"{room}/{nick}", "in the same room"))


# covers: GW-ADDR-004
async def test_names_that_addresses_cannot_hold_are_escaped(any_world):
    juliet, odd = await any_world.irc(), f"[{any_world.name('j')}]|`^"
    juliet.send(f"NICK {odd}")
    await juliet.expect("NICK", lambda line: line.text == odd)
    juliet.nick = odd
    channel, nick = any_world.channel("a/b@c'd"), any_world.name("romeo")
    await juliet.join(channel)
    romeo = await any_world.xmpp(nick)
    room = any_world.room(channel.replace("/", r"\2f").replace("@", r"\40").replace("'", r"\27"))
    await romeo.join(room, nick)
    juliet.say(channel, "odd names")
    heard = await romeo.expect(lambda s: s.type == "groupchat" and s.body == "odd names")
    assert heard.bare == room and heard.resource == juliet.nick
    contact = any_world.contact(juliet.nick)
    romeo.message(contact, "to you")
    await juliet.hears("to you", juliet.nick)


# covers: GW-MUC-012
async def test_a_client_whose_connection_breaks_leaves_its_rooms(any_world):
    scene = await both_in_a_room(any_world)
    scene.romeo.break_off()
    assert await scene.juliet.received.expect(lambda line: line.command in ("PART", "QUIT") and line.nick == scene.nick)


# covers: GW-COMP-005
async def test_a_wrong_secret_is_named_in_the_log(any_world):
    gateway, _ = any_world.own_gateway([any_world.ngircd_entry()], secret="wrong-secret")
    gateway.launch()
    await gateway.logged("CAUSEWAY_LINK_NOT_AUTHORIZED")
    assert gateway.alive() and not gateway.ready() and "wrong-secret" not in gateway.log_text()


# covers: GW-COMP-005
async def test_a_name_that_the_server_does_not_know(any_world):
    gateway, _ = any_world.own_gateway([any_world.ngircd_entry()])
    gateway.config["networks"][0]["jid"] = "unknown.xmpp.test"
    gateway.write_config()
    if any_world.kind == "jabberd2":  # who knows the secret may take any name
        await gateway.up()
        romeo = await any_world.xmpp()
        assert (await romeo.iq("unknown.xmpp.test", "get", PING)).type == "result"
        return
    gateway.launch()
    # ejabberd does not tell the two apart.
    await gateway.logged("CAUSEWAY_LINK_NOT_AUTHORIZED" if any_world.kind == "ejabberd" else "CAUSEWAY_LINK_HOST_UNKNOWN")
    assert gateway.alive() and not gateway.ready()


# covers: GW-COMP-006
async def test_a_second_gateway_of_the_same_name_takes_over(any_world):
    first, jid = any_world.own_gateway([any_world.ngircd_entry()])
    second, _ = any_world.own_gateway([any_world.ngircd_entry()])
    second.config["networks"][0]["jid"] = jid
    second.write_config()
    await first.up()
    if any_world.kind == "prosody":
        second.launch()
        await eventually(lambda: "conflict" in second.log_text(), "the log names the conflict")
        assert not second.ready()
    else:  # these take both; whose stanza goes where is the server's choice
        await second.up()
    assert first.ready()
    first.terminate()
    assert await first.ended() == 0
    await eventually(second.ready, "the second is linked")
    romeo = await any_world.xmpp()
    for _ in range(8):
        assert (await romeo.iq(jid, "get", PING)).type == "result"


# covers: GW-COMP-005 GW-NF-002
@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_the_xmpp_server_goes_and_comes_back(any_world, how):
    gateway, jid = any_world.own_gateway([any_world.ngircd_entry()])
    await gateway.up()
    scene = await both_in_a_room(any_world, jid)
    server = any_world.server
    await in_thread(getattr(server, how))
    try:
        await eventually(lambda: not gateway.ready(), "the gateway notices")
    finally:
        await in_thread(server.start)
    await eventually(gateway.ready, "the link is up again")
    assert any_world.gateway and await eventually(any_world.causeway.ready, "so is the shared gateway's")
    scene.romeo = await any_world.xmpp(scene.nick)
    await scene.romeo.join(scene.room, scene.nick)
    await room_still_works(scene, "again")
