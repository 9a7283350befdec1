"""The component's link to the XMPP server: lost, silent, refused, ill-formed; and what IRC notices of it: nothing."""
import re

from harness.causeway import irc_network
from harness.scenes import both_in_a_room
from harness.waiting import eventually


def groupchat(sender, body):
    return lambda s: s.type == "groupchat" and s.sender == sender and s.body == body


async def room_still_works(scene, word):
    scene.romeo.message(scene.room, f"{word} from Romeo", "groupchat")
    await scene.juliet.hears(f"{word} from Romeo")
    await scene.romeo.expect(groupchat(scene.here, f"{word} from Romeo"))
    scene.juliet.say(scene.channel, f"{word} from Juliet")
    await scene.romeo.expect(groupchat(scene.juliets_place, f"{word} from Juliet"))


def told_of_leaving(scene):
    return [line for line in scene.juliet.received.records if line.command in ("QUIT", "PART") and line.nick == scene.nick]


# covers: GW-COMP-005 GW-NF-002
async def test_the_irc_session_survives_a_cut_link(world):
    gate = await world.gate(world.server.component_port)
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=gate.port)
    await gateway.up()
    scene = await both_in_a_room(world, jid)
    gate.cut()
    await eventually(lambda: gate.connections == 2 and gateway.ready(), "the link is up again")
    await room_still_works(scene, "again")
    assert not told_of_leaving(scene)


# covers: GW-COMP-017
async def test_a_link_that_went_silent_is_found_out(world):
    gate = await world.gate(world.server.component_port)
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=gate.port)
    for network in gateway.config["networks"]:
        network["server"].update(keepalive="1s", dead_after="1s")
    gateway.write_config()
    await gateway.up()
    scene = await both_in_a_room(world, jid)
    gate.black_hole()
    await eventually(lambda: not gateway.ready(), "the gateway notices")
    gate.heal()
    gate.cut()
    await eventually(gateway.ready, "the link is up again")
    await room_still_works(scene, "found")
    assert not told_of_leaving(scene)


# covers: GW-COMP-016
async def test_a_quiet_link_is_kept_alive(world):
    gate = await world.gate(world.server.component_port)
    gateway, _ = world.own_gateway([world.ngircd_entry()], component_port=gate.port)
    for network in gateway.config["networks"]:
        network["server"].update(keepalive="1s", dead_after="5s")
    gateway.write_config()
    await gateway.up()
    server = await world.fake_xmpp()
    second, _ = world.own_gateway([world.ngircd_entry()], component_port=server.port)
    for network in second.config["networks"]:
        network["server"].update(keepalive="1s", dead_after="30s")
    second.write_config()
    second.launch()
    link = await server.connection()
    await link.until(r"</handshake>.*(<iq[^>]*>.*urn:xmpp:ping|\s$)")
    assert gateway.ready() and gate.connections == 1


# covers: GW-COMP-003
async def test_nothing_is_said_before_the_handshake_is_answered(world):
    server = await world.fake_xmpp(secret="not-the-one")
    gateway, _ = world.own_gateway([world.ngircd_entry()], component_port=server.port)
    gateway.launch()
    link = await server.connection()
    await link.until("</stream:stream>")
    for word in ("<message", "<presence", "<iq"):
        assert word not in link.text


# covers: GW-COMP-005
async def test_a_wrong_secret_is_said_and_tried_again(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()], secret="wrong-secret")
    gateway.launch()
    await gateway.logged("CAUSEWAY_LINK_NOT_AUTHORIZED")
    assert not gateway.ready() and gateway.alive()
    assert "wrong-secret" not in gateway.log_text()


# covers: GW-COMP-005
async def test_ill_formed_xml_ends_the_stream_with_the_right_error_and_the_link_returns(world):
    server = await world.fake_xmpp()
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=server.port)
    healthy = world.lease()
    gateway.config["networks"].append(gateway._at_home(
        irc_network("second", healthy, world.server.component_port, [world.ngircd_entry()])))
    gateway.write_config()
    gateway.launch()
    link = await server.connection()
    scene = await both_in_a_room(world, healthy)
    link.send(f"<message from='romeo@xmpp.test/x' to='juliet@{jid}'><body>&nbsp;</wrong></message>")
    await link.until(r"<stream:error>.*not-well-formed.*</stream:error>.*</stream:stream>")
    again = await server.connection()
    assert "<handshake" in again.text
    await room_still_works(scene, "other network")
    assert not told_of_leaving(scene)


async def test_a_document_type_is_refused(world):
    server = await world.fake_xmpp()
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=server.port)
    gateway.launch()
    link = await server.connection()
    link.send(f"<message from='romeo@xmpp.test/x' to='j@{jid}'><body>x</body><?php x ?></message>")
    await link.until(r"<stream:error>.*</stream:error>")
    await server.connection()


# covers: GW-COMP-004
async def test_every_stanza_has_a_sender_and_a_receiver(world):
    server = await world.fake_xmpp()
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=server.port)
    gateway.launch()
    link = await server.connection()
    ping = "<ping xmlns='urn:xmpp:ping'/>"
    link.send(f"<iq type='get' id='1' from='romeo@xmpp.test/x' to='{jid}'>{ping}</iq>"
              f"<iq type='get' id='2' from='sm' to='{jid}'>{ping}</iq>"
              f"<iq type='get' id='3' to='{jid}'>{ping}</iq>"
              f"<message from='romeo@xmpp.test/x' id='4'><body>to nobody</body></message>"
              f"<nonsense from='romeo@xmpp.test/x' to='{jid}'/>"
              f"<iq type='get' id='5' from='romeo@xmpp.test/x' to='{jid}'>{ping}</iq>")
    await link.until(r"""id=['"]5['"]""")
    for head in re.findall(r"<(?:iq|message|presence)\b[^>]*>", link.text):
        sender, receiver = (re.search(rf"\b{name}=['\"]([^'\"]+)", head) for name in ("from", "to"))
        assert sender and receiver, head
        assert sender[1].partition("/")[0].rpartition("@")[2] == jid, head


# covers: GW-COMP-006
async def test_a_conflict_is_retried(world):
    jid = world.lease()
    first, _ = world.own_gateway([world.ngircd_entry()])
    second, _ = world.own_gateway([world.ngircd_entry()])
    for gateway in (first, second):
        gateway.config["networks"][0]["jid"] = jid
        gateway.write_config()
    await first.up()
    second.launch()
    await eventually(lambda: "conflict" in second.log_text(), "the log names the conflict")
    assert second.alive() and first.ready() and not second.ready()
