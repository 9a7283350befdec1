"""Who is there: contacts for the user, the user for the network."""
import pytest

from harness.scenes import both_in_a_room
from harness.waiting import eventually


async def befriend(world, romeo, nick, server="") -> str:
    contact = world.contact(nick, server=server)
    await romeo.befriend(contact)
    return contact


# covers: GW-CON-004 GW-LOG-002 GW-PRES-007
@pytest.mark.parametrize("ircd", ["ngircd", "inspircd"])  # the first is asked in turns, the second tells by itself
async def test_a_contact_is_seen_coming_away_and_going(world, ircd):
    server = getattr(world.servers, ircd)
    romeo, nick = await world.xmpp(), world.name("juliet")
    contact = await befriend(world, romeo, nick, server.name)
    juliet = await world.irc(nick, server.port)
    there = await romeo.expect_presence(contact)
    assert there.show == ""
    juliet.send("AWAY :asleep")
    await romeo.expect_presence(contact, predicate=lambda s: s.show == "away")
    juliet.send("AWAY")
    await romeo.expect_presence(contact, predicate=lambda s: s.show == "")
    await juliet.close()
    await romeo.expect_presence(contact, "unavailable")


# covers: GW-PRES-013 GW-NF-001
async def test_presence_is_told_only_when_it_changes(world):
    romeo = await world.xmpp()
    juliet, nurse = await world.irc(), world.name("nurse")
    first, second = await befriend(world, romeo, juliet.nick), await befriend(world, romeo, nurse)
    await romeo.expect_presence(first)
    await romeo.iq(world.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>")
    start = romeo.received.mark()
    # Three comings and goings of somebody else: as many rounds of asking the network have passed by then.
    for _ in range(3):
        client = await world.irc(nurse)
        await romeo.expect(lambda s: s in romeo.received.since(start) and s.bare == second and s.type == "", "nurse")
        await client.close()
        await romeo.expect(lambda s: s in romeo.received.since(start) and s.bare == second and s.type == "unavailable", "nurse going")
    repeated = [s for s in romeo.received.since(start) if s.kind == "presence" and s.bare == first]
    assert not repeated, f"Juliet has not changed: {repeated[0]}"


# covers: GW-CON-005
async def test_subscribing_twice_is_answered_twice(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = await befriend(world, romeo, juliet.nick)
    await romeo.expect_presence(contact)
    romeo.presence(to=contact, type="unsubscribe")
    await romeo.expect_subscription(contact, "from", "none")
    romeo.presence(to=contact, type="subscribe")
    await romeo.expect_subscription(contact, "to", "both")


# covers: GW-CON-012 GW-CON-013
async def test_a_contact_that_was_removed_stays_away(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = await befriend(world, romeo, juliet.nick)
    await romeo.expect_presence(contact)
    await romeo.iq(romeo.jid, "set", f"<query xmlns='jabber:iq:roster'><item jid='{contact}' subscription='remove'/></query>")
    await romeo.iq(world.gateway, "get", "<ping xmlns='urn:xmpp:ping'/>")
    start = romeo.received.mark()
    juliet.send("AWAY :gone")
    nurse = await world.irc(world.name("nurse"))
    await romeo.expect_presence(await befriend(world, romeo, nurse.nick))
    again = [s for s in romeo.received.since(start) if s.kind == "presence" and s.bare == contact and s.type in ("", "subscribe")]
    assert not again


# covers: GW-PRES-001
async def test_a_probe_is_answered_with_what_is_known(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = await befriend(world, romeo, juliet.nick)
    await romeo.expect_presence(contact)
    romeo.presence(to=contact, type="probe")
    await romeo.expect_presence(contact)


async def sees_away(juliet, nick, words):
    async def reason():
        return (await juliet.whois(nick)).get("301")

    assert words in (await eventually(reason, "Romeo is away on IRC")).text


async def sees_back(juliet, nick):
    async def back():
        return "301" not in await juliet.whois(nick)

    await eventually(back, "Romeo is back on IRC")


# covers: GW-LOG-006 GW-PRES-008
async def test_romeos_away_is_seen_on_irc(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = await befriend(world, romeo, juliet.nick)
    romeo.message(contact, "who am I?")
    nick = (await juliet.hears("who am I?")).nick
    romeo.presence(show="away", status="in Mantua")
    await sees_away(juliet, nick, "in Mantua")
    romeo.presence()
    await sees_back(juliet, nick)


# covers: GW-LOG-006
async def test_away_said_in_a_room_is_seen_on_irc(world):
    scene = await both_in_a_room(world)
    scene.romeo.presence(to=scene.here, show="away", status="in Mantua")
    await sees_away(scene.juliet, scene.nick, "in Mantua")
    scene.romeo.presence(to=scene.here)
    await sees_back(scene.juliet, scene.nick)


# covers: GW-LOG-008 GW-LOG-010
async def test_the_irc_session_ends_with_the_last_client(world):
    name = world.name("romeo")
    romeo, juliet = await world.xmpp(name), await world.irc()
    phone = await world.xmpp(name, "phone")
    contact = await befriend(world, romeo, juliet.nick)
    await romeo.expect_presence(contact)
    romeo.message(contact, "who am I?")
    nick = (await juliet.hears("who am I?")).nick
    await romeo.close()
    assert await juliet.whois(nick), "the phone is still online"
    await phone.close()

    async def gone():
        return not await juliet.whois(nick)

    await eventually(gone, "Romeo's IRC session has ended")
