"""What can be found: the channels of a server, and people by what they are called."""
import pytest

from harness.scenes import both_in_a_room
from harness.xmpp_user import NS

RSM = "http://jabber.org/protocol/rsm"
SEARCH = "jabber:iq:search"


def items(inside: str = "") -> str:
    return f"<query xmlns='{NS['items']}'>{inside}</query>"


def rsm(inside: str) -> str:
    return f"<set xmlns='{RSM}'>{inside}</set>"


def listed(answer) -> dict[str, str]:
    """JID -> name"""
    assert answer.type == "result", answer
    return {item.get("jid"): item.get("name") for item in answer.findall("items:query/items:item")}


def count(answer) -> int:
    return int(answer.element.find(f"{{{NS['items']}}}query/{{{RSM}}}set/{{{RSM}}}count").text)


# covers: GW-DISCO-005
@pytest.mark.parametrize("daemon", ["ngircd", "inspircd"])
async def test_channels_are_listed_with_their_members_in_pages(world, daemon):
    ircd = getattr(world.servers, daemon)
    gateway, jid = world.own_gateway([{"name": ircd.name, "host": "127.0.0.1", "port": ircd.port, "tls": False}])
    await gateway.up()
    scene = await both_in_a_room(world, jid, ircd.port, ircd.name)
    empty = world.channel("lonely")
    await scene.juliet.join(empty)
    server = f"{ircd.name}@{jid}"
    answer = await scene.romeo.iq(server, "get", items())
    rooms = listed(answer)
    assert rooms[scene.room] == f"{scene.channel} (2)", rooms
    assert rooms[world.room(empty, jid, ircd.name)] == f"{empty} (1)"
    order = list(rooms)
    first = await scene.romeo.iq(server, "get", items(rsm("<max>1</max>")))
    assert list(listed(first)) == order[:1] and count(first) == len(order)
    after = await scene.romeo.iq(server, "get", items(rsm(f"<max>1</max><after>{order[0]}</after>")))
    assert list(listed(after)) == order[1:2]
    last = await scene.romeo.iq(server, "get", items(rsm("<max>1</max><before/>")))
    assert list(listed(last)) == order[-1:]
    features = await scene.romeo.iq(server, "get", f"<query xmlns='{NS['info']}'/>")
    assert RSM in {feature.get("var") for feature in features.findall("info:query/info:feature")}


# covers: GW-DISCO-005
async def test_with_a_fixed_server_the_gateway_itself_lists_the_channels(world):
    ircd = world.servers.ngircd
    gateway, jid = world.own_gateway([world.ngircd_entry()], network_options={"fixed_server": ircd.name})
    await gateway.up()
    juliet, romeo, nick, channel = await world.irc(), await world.xmpp(), world.name("romeo"), world.channel()
    await juliet.join(channel)
    await romeo.join(f"{channel}@{jid}", nick)
    assert listed(await romeo.iq(jid, "get", items()))[f"{channel}@{jid}"].startswith(channel + " (")


# covers: GW-DISCO-006
async def test_channels_are_shown_to_nobody_without_a_session_of_their_own(world):
    scene = await both_in_a_room(world)
    server = f"{world.servers.ngircd.name}@{world.gateway}"
    assert scene.room in listed(await scene.romeo.iq(server, "get", items()))
    stranger = await world.xmpp()
    assert not listed(await stranger.iq(server, "get", items()))


# covers: GW-SRCH-001 GW-SRCH-002
async def test_people_are_found_by_their_nickname(world):
    romeo = await world.xmpp()
    form = await romeo.iq(world.gateway, "get", f"<query xmlns='{SEARCH}'/>")
    assert form.element.find(f".//{{{NS['data']}}}field[@var='nick']") is not None, form
    nick = world.name("juliet")
    address = f"{nick}%{world.servers.ngircd.name}"
    found = await romeo.iq(world.gateway, "set", f"<query xmlns='{SEARCH}'><nick>{address}</nick></query>")
    assert [item.get("jid") for item in found.element.iter(f"{{{SEARCH}}}item")] == [world.contact(nick)]
    nobody = await romeo.iq(world.gateway, "set", f"<query xmlns='{SEARCH}'><nick>no such server</nick></query>")
    assert nobody.type == "result" and not list(nobody.element.iter(f"{{{SEARCH}}}item"))
    answers = [await romeo.iq(world.gateway, "set", f"<query xmlns='{SEARCH}'><nick>{address}</nick></query>") for _ in range(12)]
    assert answers[-1].error == "resource-constraint"


# covers: GW-PROF-004
async def test_a_contact_has_a_card_in_the_new_form_too(world):
    romeo = await world.xmpp()
    juliet = world.contact(world.name("juliet"))
    card = await romeo.iq(juliet, "get", "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>")
    assert juliet.partition("%")[0] in card.element.findtext(".//{urn:ietf:params:xml:ns:vcard-4.0}text")
    refused = await romeo.iq(juliet, "set", "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>")
    assert refused.error == "forbidden"
