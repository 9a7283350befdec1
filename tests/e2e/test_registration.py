"""Registering with the gateway (XEP-0077 in XEP-0100's order), and taking it back."""
import re
import xml.etree.ElementTree as ET

from harness.register import GET, REMOVE, ask, become_friends_with, fields, filled, register
from harness.waiting import eventually


# covers: GW-REG-001 GW-REG-009
async def test_a_newcomer_is_shown_what_to_fill_in(world):
    romeo = await world.xmpp()
    form = await ask(romeo, world.gateway)
    assert form.text("register:query/register:instructions")
    assert form.find("register:query/register:registered") is None
    assert fields(form), "at least one field"
    types = [f.findtext("{jabber:x:data}value") for f in form.findall("register:query/data:x/data:field") if f.get("var") == "FORM_TYPE"]
    assert types in ([], ["jabber:iq:register"])


# covers: GW-REG-012 GW-REG-013 GW-REG-015 GW-LOG-002
async def test_registering_ends_with_the_gateway_in_the_roster(world):
    romeo, nick = await world.xmpp(), world.name("romeo")
    gateway = world.gateway
    start = romeo.received.mark()
    answer = await register(romeo, gateway, nick=nick)
    assert answer.type == "result" and len(answer.element) == 0
    await become_friends_with(romeo, gateway)
    await romeo.expect_presence(gateway)
    order = [(s.kind, s.type) for s in romeo.received.since(start) if s.bare == gateway and s.id != ""  or s.type == "subscribe"]
    assert order.index(("iq", "result")) < order.index(("presence", "subscribe"))


# covers: GW-REG-015 GW-LOG-002
async def test_a_probe_of_the_gateway_is_answered(world):
    romeo, gateway = await world.xmpp(), world.gateway
    await register(romeo, gateway, nick=world.name("romeo"))
    await become_friends_with(romeo, gateway)
    await romeo.expect_presence(gateway)
    romeo.presence(to=gateway, type="probe")
    await romeo.expect_presence(gateway)


# covers: GW-REG-003 GW-REG-004
async def test_who_is_registered_sees_the_data_but_never_the_password(world):
    server = await world.fake_irc(caps="sasl=PLAIN")
    server.sasl_account = ("romeo", "correct-horse-9")
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    name, nick = world.name("romeo"), world.name("nick")
    romeo = await world.xmpp(name)
    answer = await register(romeo, jid, server=server.name, nick=nick, username="romeo", password="correct-horse-9")
    assert answer.type == "result", answer
    phone = await world.xmpp(name, "phone")
    on_file = await ask(phone, jid)
    assert on_file.find("register:query/register:registered") is not None
    whole = ET.tostring(on_file.element, encoding="unicode")
    assert nick in whole and "correct-horse-9" not in whole


# covers: GW-REG-018 GW-REG-020
async def test_the_registration_can_be_changed(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    first, second = world.name("first"), world.name("second")
    gateway = world.gateway
    assert (await register(romeo, gateway, nick=first)).type == "result"
    await become_friends_with(romeo, gateway)
    contact = world.contact(juliet.nick)
    romeo.message(contact, "by my first name")
    assert (await juliet.hears("by my first name")).nick == first
    start = romeo.received.mark()
    assert (await register(romeo, gateway, nick=second)).type == "result"
    romeo.message(contact, "by my second name")
    assert (await juliet.hears("by my second name")).nick == second
    assert not [s for s in romeo.received.since(start) if s.type == "subscribe"], "no second request to subscribe"


# covers: GW-REG-005 GW-COMP-015
async def test_a_form_with_a_hole_is_not_acceptable(world):
    romeo = await world.xmpp()
    answer = await romeo.iq(world.gateway, "set", filled({}))
    assert answer.type == "error" and answer.error == "not-acceptable" and answer.error_type == "modify"
    assert answer.find("client:error").get("code") == "406"
    assert (await ask(romeo, world.gateway)).find("register:query/register:registered") is None


# covers: GW-REG-021 GW-COMP-015
async def test_removing_what_is_not_there(world):
    romeo = await world.xmpp()
    answer = await romeo.iq(world.gateway, "set", REMOVE)
    assert answer.type == "error" and answer.error == "registration-required"
    assert answer.find("client:error").get("code") == "407"
    both = "<query xmlns='jabber:iq:register'><remove/><nick>romeo</nick></query>"
    answer = await romeo.iq(world.gateway, "set", both)
    assert answer.type == "error" and answer.error == "bad-request"


# covers: GW-REG-022 GW-REG-023
async def test_unregistering_happens_in_order_and_leaves_nothing(world):
    # A server shows its clients only what becomes of subscriptions, so the link itself is listened to.
    gate = await world.gate(world.server.component_port)
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=gate.port)
    await gateway.up()
    romeo, juliet, nick = await world.xmpp(), await world.irc(), world.name("romeo")
    await register(romeo, jid, nick=nick)
    await become_friends_with(romeo, jid)
    contact = world.contact(juliet.nick, jid)
    await romeo.befriend(contact)
    await romeo.expect_presence(contact)
    romeo.message(contact, "farewell")
    assert (await juliet.hears("farewell")).nick == nick

    start = len(gate.said)
    assert (await romeo.iq(jid, "set", REMOVE)).type == "result"
    await romeo.expect_subscription(jid, "none")
    await romeo.expect_presence(jid, "unavailable")
    said = gate.said[start:].decode()
    heads = [dict(re.findall(r"""(\w+)=['"]([^'"]*)['"]""", head)) | {"kind": kind}
             for kind, head in re.findall(r"<(iq|presence|message)\b([^>]*)>", said)]
    own = [(head["kind"], head.get("type")) for head in heads if head["from"] == jid and head.get("to", "").startswith(romeo.jid)]
    result = own.index(("iq", "result"))
    gone = max(index for index, head in enumerate(own) if head == ("presence", "unavailable"))
    assert result < own.index(("presence", "unsubscribe")) < gone
    assert result < own.index(("presence", "unsubscribed")) < gone
    contacts = {head.get("type") for head in heads if head["from"] in (contact, f"{contact}/irc") and head["kind"] == "presence"}
    assert {"unsubscribe", "unsubscribed", "unavailable"} <= contacts

    async def logged_out():
        return not await juliet.whois(nick)

    await eventually(logged_out, "the IRC session has ended")
    assert (await ask(romeo, jid)).find("register:query/register:registered") is None


# covers: GW-LOG-002 GW-LOG-008
async def test_who_is_registered_logs_in_and_out_by_presence(world):
    name = world.name("romeo")
    romeo = await world.xmpp(name)
    gateway = world.gateway
    await register(romeo, gateway, nick=name)
    await become_friends_with(romeo, gateway)
    await romeo.expect_presence(gateway)
    romeo.presence(to=gateway, type="unavailable")
    await romeo.expect_presence(gateway, "unavailable")
    romeo.presence(to=gateway)
    await romeo.expect_presence(gateway)


# covers: GW-REG-001
async def test_the_form_is_for_the_gateway_not_for_its_contacts(world):
    romeo = await world.xmpp()
    answer = await romeo.iq(world.contact("juliet"), "get", GET)
    assert answer.type == "error"
