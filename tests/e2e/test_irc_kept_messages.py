"""`keep_messages` on IRC: words to a person wait in the store while the IRC server cannot be reached."""
from harness.causeway import irc_server
from harness.waiting import eventually


async def test_words_to_a_person_wait_for_the_irc_server_and_outlive_the_gateway(world):
    gate = await world.gate(world.servers.ngircd.port)
    gateway, jid = world.own_gateway([irc_server(world.servers.ngircd.name, gate.port)],
                                     network_options={"keep_messages": True})
    await gateway.up()
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = world.contact(juliet.nick, jid)
    romeo.message(contact, "are you there")
    await juliet.hears("are you there")
    gate.refuse()
    for n in range(3):
        romeo.message(contact, f"patience {n}", inner="<request xmlns='urn:xmpp:receipts'/>", id=f"p{n}")
    await eventually(lambda: sum(gateway.metric("causeway_messages_state", state=state, direction="to_network")
                                 for state in ("queued", "deferred")) == 3, "three messages wait")
    gateway.kill()
    await gateway.up()
    gate.heal()
    for n in range(3):
        await juliet.hears(f"patience {n}")
        await romeo.expect(lambda s: (found := s.find("receipts:received")) is not None and found.get("id") == f"p{n}",
                           f"a receipt for patience {n}", timeout=20)
    assert not [s for s in romeo.received.records if s.kind == "message" and s.type == "error"]


async def test_words_of_a_person_are_kept_for_the_user(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()], network_options={"keep_messages": True})
    await gateway.up()
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = world.contact(juliet.nick, jid)
    nick = romeo.jid.partition("@")[0]
    romeo.message(contact, "hello")
    await juliet.hears("hello")
    juliet.say(nick, "good morrow")
    shown = await romeo.expect_message(contact, "good morrow")
    assert gateway.metric("causeway_messages_state", direction="to_xmpp", state="queued") + \
        gateway.metric("causeway_messages_state", direction="to_xmpp", state="delivered") == 1, shown


async def test_nobody_of_that_name_is_still_told(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()], network_options={"keep_messages": True})
    await gateway.up()
    romeo = await world.xmpp()
    id = romeo.message(world.contact("nobody", jid), "hello")
    error = await romeo.expect(lambda s: s.kind == "message" and s.type == "error" and s.id == id)
    assert error.error == "item-not-found"
