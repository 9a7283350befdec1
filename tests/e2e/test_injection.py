"""Line breaks in what a user writes do not become commands on IRC."""
import pytest

from harness.irc_user import Line

INJECT = "INJECTED"
# As character references, so that the XMPP server passes on exactly these characters.
BREAKS = {"crlf": "&#13;&#10;", "lf": "&#10;", "cr": "&#13;"}
MUC = "http://jabber.org/protocol/muc"


def injected(line: Line) -> bool:
    return line.command == INJECT or "\r" in line.raw


@pytest.fixture
def breaks(request):
    return BREAKS[request.param]


async def enter(world):
    """Romeo in a room of a fake server, which sees every byte."""
    server = await world.fake_irc()
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    nick = world.name("romeo")
    romeo = await world.xmpp(nick)
    room = world.room("#balcony", jid, server.name)
    await romeo.join(room, nick)
    return romeo, room, nick, await server.connection()


async def nothing_injected(romeo, room, nick, network):
    romeo.message(room, "fence", "groupchat")
    await network.expect("PRIVMSG", lambda line: line.text == "fence")
    found = [line for line in network.received.records if injected(line)]
    assert not found, f"injected: {found}"


@pytest.mark.parametrize("breaks", BREAKS, indirect=True)
async def test_in_a_room_key(world, breaks):
    romeo, room, nick, network = await enter(world)
    other = room.replace("#balcony", "#garden")
    romeo.presence(to=f"{other}/{nick}", inner=f"<x xmlns='{MUC}'><password>key{breaks}{INJECT} x</password></x>")
    await romeo.expect_presence(other, "error")
    await nothing_injected(romeo, room, nick, network)


@pytest.mark.parametrize("breaks", BREAKS, indirect=True)
async def test_in_a_kick_reason(world, breaks):
    romeo, room, nick, network = await enter(world)
    answer = await romeo.iq(room, "set", "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='juliet' role='none'>"
                            f"<reason>out{breaks}{INJECT} x</reason></item></query>")
    assert answer.type == "error"
    await nothing_injected(romeo, room, nick, network)


@pytest.mark.parametrize("breaks", BREAKS, indirect=True)
async def test_in_a_topic(world, breaks):
    romeo, room, nick, network = await enter(world)
    id = romeo.message(room, None, "groupchat", inner=f"<subject>a{breaks}{INJECT} x</subject>")
    # Either one line, or an error: both are safe.
    await romeo.expect(lambda s: (s.type == "error" and s.id == id) or (s.subject or "").startswith("a"), "what became of it")
    await nothing_injected(romeo, room, nick, network)


@pytest.mark.parametrize("breaks", BREAKS, indirect=True)
async def test_in_a_body_it_only_begins_a_new_line(world, breaks):
    romeo, room, nick, network = await enter(world)
    romeo.raw(f"<message to='{room}' type='groupchat' id='b1'><body>first{breaks}{INJECT} x</body></message>")
    await network.expect("PRIVMSG", lambda line: line.text.startswith("first"))
    await nothing_injected(romeo, room, nick, network)


@pytest.mark.parametrize("breaks", BREAKS, indirect=True)
async def test_in_a_parting_word(world, breaks):
    romeo, room, nick, network = await enter(world)
    garden = room.replace("#balcony", "#garden")
    await romeo.join(garden, nick)
    romeo.raw(f"<presence to='{garden}/{nick}' type='unavailable'><status>bye{breaks}{INJECT} x</status></presence>")
    await romeo.expect(lambda s: s.kind == "presence" and s.bare == garden and s.type in ("error", "unavailable"))
    await nothing_injected(romeo, room, nick, network)


@pytest.mark.parametrize("breaks", BREAKS, indirect=True)
async def test_in_an_away_message(world, breaks):
    romeo, room, nick, network = await enter(world)
    romeo.raw(f"<presence to='{room}/{nick}'><show>away</show><status>out{breaks}{INJECT} x</status></presence>")
    await nothing_injected(romeo, room, nick, network)


async def test_in_a_nickname(world):
    romeo, room, nick, network = await enter(world)
    for bad in (f"a {INJECT} x", ":a", "a,b", "a!b"):
        romeo.presence(to=f"{room}/{bad}")
        refusal = await romeo.expect_presence(room, "error")
        assert refusal.error in ("not-acceptable", "jid-malformed", "conflict")
    await nothing_injected(romeo, room, nick, network)


async def test_in_an_address(world):
    romeo, room, nick, network = await enter(world)
    jid = room.partition("@")[2]
    server = room.partition("%")[2].partition("@")[0]
    for local in (rf"ju\20{INJECT.lower()}\20x%{server}", rf"a,b%{server}", rf"#a\20{INJECT.lower()}%{server}", f"%{server}", "#", "%"):
        id = romeo.message(f"{local}@{jid}", "words")
        await romeo.expect_error(id)
    await nothing_injected(romeo, room, nick, network)
