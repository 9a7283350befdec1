"""Rosters that the server lets the gateway write (XEP-0356): Prosody with mod_privilege does, old ejabberd only says so.

Each story's gateway speaks through a proxy, which keeps what was said."""
import pytest

from harness.register import register
from harness.waiting import eventually
from harness.world import World
from harness.xmpp_user import NS
from test_commands import command, of

PING = "<ping xmlns='urn:xmpp:ping'/>"


@pytest.fixture
def world(servers, tmp_path):
    tmp_path.chmod(0o755)
    return World(servers, tmp_path, "prosody+privilege")


@pytest.fixture
def old_world(servers, tmp_path):
    tmp_path.chmod(0o755)
    return World(servers, tmp_path, "ejabberd+privilege")


async def watched_gateway(world):
    """@return the gateway, its JID, the proxy on its link"""
    proxy = await world.gate(world.server.component_port)
    gateway, jid = world.own_gateway([world.ngircd_entry()], component_port=proxy.port)
    await gateway.up()
    return gateway, jid, proxy


async def roster(user) -> dict[str, str]:
    answer = await user.iq(user.jid, "get", f"<query xmlns='{NS['roster']}'/>")
    return {item.get("jid"): item.get("subscription") for item in answer.findall("roster:query/roster:item")}


async def add(user, gateway, address) -> None:
    session = of(await command(user, gateway, "add")).get("sessionid")
    assert of(await command(user, gateway, "add", session, "complete", {"address": address})).get("status") == "completed"


def requests(user, start) -> list:
    return [s for s in user.received.since(start) if s.kind == "presence" and s.type == "subscribe"]


# covers: GW-CON-019 GW-PRIV-001 GW-PRIV-008
async def test_who_registers_and_adds_is_asked_nothing(world):
    gateway, jid, proxy = await watched_gateway(world)
    await eventually(lambda: b"urn:xmpp:privilege:2" in proxy.heard, "the server grants something")
    juliet, romeo, nick = await world.irc(), await world.xmpp(), world.name("romeo")
    start = romeo.received.mark()
    assert (await register(romeo, jid, nick=nick)).type == "result"
    await romeo.expect_subscription(jid, "both")
    await romeo.expect_presence(jid)
    contact = world.contact(juliet.nick, jid)
    await add(romeo, jid, contact)
    await romeo.expect_subscription(contact, "both")
    await romeo.expect_presence(contact)
    assert not requests(romeo, start), "nobody asked him anything"
    juliet.send("AWAY :asleep")
    await romeo.expect_presence(contact, predicate=lambda s: s.show == "away")
    romeo.message(contact, "so easily")
    assert (await juliet.hears("so easily")).nick == nick
    assert await roster(romeo) == {jid: "both", contact: "both"}
    assert gateway.log_lines("CAUSEWAY_LINK_LOST") == []


# covers: GW-CON-019 GW-CON-020
async def test_a_contact_asked_for_in_the_client_is_there_with_the_users_name_for_it(world):
    _, jid, _ = await watched_gateway(world)
    juliet, romeo = await world.irc(), await world.xmpp()
    contact = world.contact(juliet.nick, jid)
    item = f"<item jid='{contact}' name='Jule'><group>Verona</group></item>"
    await romeo.iq(romeo.jid, "set", f"<query xmlns='{NS['roster']}'>{item}</query>")
    start = romeo.received.mark()
    romeo.presence(to=contact, type="subscribe")
    await romeo.expect_subscription(contact, "both")
    await romeo.expect_presence(contact)
    assert not requests(romeo, start)
    answer = await romeo.iq(romeo.jid, "get", f"<query xmlns='{NS['roster']}'/>")
    kept = next(found for found in answer.findall("roster:query/roster:item") if found.get("jid") == contact)
    assert kept.get("name") == "Jule" and kept.findtext("roster:group", "", NS) == "Verona"


# covers: GW-CON-013 GW-CON-020
async def test_a_restart_changes_no_roster_and_brings_back_nobody(world):
    gateway, jid, proxy = await watched_gateway(world)
    romeo, juliet, nurse = await world.xmpp(), await world.irc(), await world.irc(world.name("nurse"))
    assert (await register(romeo, jid, nick=world.name("romeo"))).type == "result"
    await romeo.expect_subscription(jid, "both")
    stays, goes = world.contact(juliet.nick, jid), world.contact(nurse.nick, jid)
    for contact in (stays, goes):
        await add(romeo, jid, contact)
        await romeo.expect_subscription(contact, "both")
        await romeo.expect_presence(contact)
    await romeo.iq(romeo.jid, "set", f"<query xmlns='{NS['roster']}'><item jid='{goes}' subscription='remove'/></query>")
    await romeo.iq(jid, "get", PING)
    before = await roster(romeo)
    assert before == {jid: "both", stays: "both"}

    gateway.terminate()
    assert await gateway.ended() == 0
    await romeo.expect_presence(stays, "unavailable")
    said, start = len(proxy.said), romeo.received.mark()
    await gateway.up()
    await romeo.expect(lambda s: s in romeo.received.since(start) and s.kind == "presence" and s.bare == stays and s.type == "",
                       "Juliet again")
    await romeo.iq(jid, "get", PING)
    assert await roster(romeo) == before
    assert not requests(romeo, start)
    assert b"jabber:iq:roster" not in proxy.said[said:], "nothing was to be written"
    assert not [s for s in romeo.received.since(start) if s.kind == "presence" and s.bare == goes]


# covers: GW-CON-013
async def test_who_was_removed_comes_back_when_the_user_adds_it_again(world):
    _, jid, _ = await watched_gateway(world)
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = world.contact(juliet.nick, jid)
    await add(romeo, jid, contact)
    await romeo.expect_subscription(contact, "both")
    await romeo.iq(romeo.jid, "set", f"<query xmlns='{NS['roster']}'><item jid='{contact}' subscription='remove'/></query>")
    await romeo.expect_subscription(contact, "remove")
    await romeo.iq(jid, "get", PING)
    await add(romeo, jid, contact)
    await romeo.expect_subscription(contact, "both")


# covers: GW-PRIV-003 GW-PRIV-009 GW-PRIV-010
async def test_the_old_privilege_is_never_used_and_the_link_stays(old_world):
    world = old_world
    gateway, jid, proxy = await watched_gateway(world)
    links = proxy.connections  # a server that is just starting may have needed several
    try:
        await eventually(lambda: b"urn:xmpp:privilege:1" in proxy.heard, "the server offers rosters")
        juliet, romeo = await world.irc(), await world.xmpp()
        assert (await register(romeo, jid, nick=world.name("romeo"))).type == "result"
        await romeo.expect_presence(jid, "subscribe")
        romeo.presence(to=jid, type="subscribed")
        contact = world.contact(juliet.nick, jid)
        await add(romeo, jid, contact)
        await romeo.expect_presence(contact, "subscribe")
        romeo.presence(to=contact, type="subscribed")
        romeo.presence(to=contact, type="subscribe")
        await romeo.expect_subscription(contact, "both")
        await romeo.expect_presence(contact)
        await romeo.iq(jid, "get", PING)
        assert b"jabber:iq:roster" not in proxy.said
        assert proxy.connections == links and gateway.log_lines("CAUSEWAY_LINK_LOST") == []
    finally:
        await world.close()
