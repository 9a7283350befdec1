"""What the gateway says of itself, and to questions that it does not understand."""
from harness.scenes import both_in_a_room
from harness.xmpp_user import NS

INFO = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
ITEMS = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
PING = "<ping xmlns='urn:xmpp:ping'/>"
VERSION = "<query xmlns='jabber:iq:version'/>"


def features(answer):
    return {feature.get("var") for feature in answer.findall("info:query/info:feature")}


def identities(answer):
    return {(i.get("category"), i.get("type")) for i in answer.findall("info:query/info:identity")}


# covers: GW-DISCO-001 GW-DISCO-002 GW-DISCO-003 GW-DISCO-013 GW-ADDR-004
async def test_the_gateway_says_what_it_is(world):
    romeo = await world.xmpp()
    answer = await romeo.iq(world.gateway, "get", INFO)
    assert ("gateway", "irc") in identities(answer)
    assert {NS["info"], "jabber:iq:register", "urn:xmpp:ping", "jabber:iq:version", r"jid\20escaping",
            "http://jabber.org/protocol/muc"} <= features(answer)
    assert "urn:xmpp:http:upload:0" not in features(answer)


# covers: GW-DISCO-003
async def test_an_unknown_node_is_not_found(world):
    romeo = await world.xmpp()
    answer = await romeo.iq(world.gateway, "get", "<query xmlns='http://jabber.org/protocol/disco#info' node='nowhere'/>")
    assert answer.type == "error" and answer.error == "item-not-found"


# covers: GW-DISCO-004 GW-DISCO-006
async def test_items_are_listed_or_empty_never_an_error(world):
    scene = await both_in_a_room(world)
    other = await world.xmpp()
    answer = await other.iq(world.gateway, "get", ITEMS)
    assert answer.type == "result" and scene.channel not in str(answer)


# covers: GW-DISCO-012
async def test_version_and_ping(world):
    romeo = await world.xmpp()
    version = await romeo.iq(world.gateway, "get", VERSION)
    assert "causeway" in version.text("version:query/version:name").lower()
    assert version.text("version:query/version:version")
    assert (await romeo.iq(world.gateway, "get", PING)).type == "result"


# covers: GW-COMP-011 GW-COMP-012 GW-PING-001 GW-DISCO-014
async def test_every_question_gets_one_answer(world):
    scene = await both_in_a_room(world)
    romeo = scene.romeo
    places = [world.gateway, world.contact("juliet"), scene.room, scene.here]
    for place in places:
        answer = await romeo.iq(place, "get", "<query xmlns='urn:example:nobody-knows'/>")
        assert answer.type == "error" and answer.error in ("service-unavailable", "feature-not-implemented"), place
        assert answer.sender == place, "an answer comes from where the question went"
    answer = await romeo.iq(world.gateway, "get", "<query xmlns='jabber:iq:agents'/>")
    assert answer.error == "service-unavailable"
    answer = await romeo.iq(world.gateway, "get", PING + VERSION)
    assert answer.error == "bad-request"


# covers: GW-COMP-013
async def test_errors_are_not_answered(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    start = romeo.received.mark()
    broken = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    for target in (world.gateway, world.contact(juliet.nick), world.room(world.channel())):
        romeo.raw(f"<message to='{target}' type='error' id='e1'><body>x</body>{broken}</message>")
        romeo.raw(f"<presence to='{target}' type='error' id='e2'>{broken}</presence>")
        romeo.raw(f"<iq to='{target}' type='error' id='e3'>{broken}</iq>")
        romeo.raw(f"<iq to='{target}' type='result' id='e4'/>")
    await romeo.receives_nothing(start, lambda s: s.id.startswith("e") and len(s.id) == 2, "an answer to an error", world.gateway)


# covers: GW-MUC-018
async def test_a_room_says_that_it_is_one(world):
    scene = await both_in_a_room(world)
    answer = await scene.romeo.iq(scene.room, "get", INFO)
    assert any(category == "conference" for category, _ in identities(answer))
    assert "http://jabber.org/protocol/muc" in features(answer)


# covers: GW-RCPT-001 GW-DISCO-007
async def test_a_contact_says_that_it_gives_receipts(world):
    romeo = await world.xmpp()
    answer = await romeo.iq(world.contact("juliet"), "get", INFO)
    assert answer.type == "result" and identities(answer)
    assert "urn:xmpp:receipts" in features(answer)


# covers: GW-DISCO-012
async def test_a_contacts_version_is_asked_of_its_client(world):
    scene = await both_in_a_room(world)
    answer_id = "version-1"
    scene.romeo.raw(f"<iq to='{world.contact(scene.juliet.nick)}' type='get' id='{answer_id}'>{VERSION}</iq>")
    await scene.juliet.hears("\x01VERSION\x01", scene.juliet.nick)
    scene.juliet.send(f"NOTICE {scene.nick} :\x01VERSION Balcony 1.2\x01")
    answer = await scene.romeo.expect(lambda s: s.kind == "iq" and s.id == answer_id)
    assert answer.type == "result" and "Balcony" in str(answer)


async def test_the_gateway_answers_ctcp_for_its_users(world):
    scene = await both_in_a_room(world)
    for question in ("VERSION", "TIME", "PING 12345"):
        scene.juliet.send(f"PRIVMSG {scene.nick} :\x01{question}\x01")
        word = question.split()[0]
        answer = await scene.juliet.expect("NOTICE", lambda line: line.nick == scene.nick and line.text.startswith(f"\x01{word} "))
        assert answer.text.endswith("\x01")
    assert not [s for s in scene.romeo.received.records if s.body and "VERSION" in s.body]
