"""Who may use the gateway, how much, and what it never passes on."""
from harness.register import register
from harness.scenes import both_in_a_room
from harness.xmpp_user import NS

OMEMO = ("<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>"
         "<encryption xmlns='urn:xmpp:eme:0' name='OMEMO' namespace='eu.siacs.conversations.axolotl'/>")


# covers: GW-COMP-022 GW-REG-017
async def test_a_stranger_is_turned_away_everywhere(world):
    juliet = await world.irc()
    channel = world.channel()
    await juliet.join(channel)
    tybalt = await world.xmpp(domain="other.test")
    id = tybalt.message(world.contact(juliet.nick), "I hate the word")
    refusal = await tybalt.expect_error(id)
    assert refusal.error in ("forbidden", "not-allowed")
    room = world.room(channel)
    tybalt.ask_to_join(room, "tybalt")
    refusal = await tybalt.expect_presence(room, "error")
    assert refusal.error in ("forbidden", "not-allowed")
    answer = await tybalt.iq(world.gateway, "get", f"<query xmlns='{NS['register']}'/>")
    assert answer.type == "error" and answer.error in ("forbidden", "not-allowed")
    assert await juliet.nicks_in(channel) == {juliet.nick}
    await juliet.hears_nothing_else(lambda line: "hate" in line.text, "a stranger's words")


# covers: GW-MSG-011
async def test_encrypted_words_are_refused_and_never_passed_on(world):
    scene = await both_in_a_room(world)
    contact = world.contact(scene.juliet.nick)
    for to, type, body, inner in (
            (contact, "chat", "I sent you an OMEMO encrypted message", OMEMO),
            (scene.room, "groupchat", "I sent you an OMEMO encrypted message", OMEMO),
            (contact, "chat", "?OTR:AAMDJ+MVmSfjFZcAAAAAAQAAAAIAAADA1g5IjD1ZGLDVQEyCgCyn9hb", "")):
        id = scene.romeo.message(to, body, type, inner=inner)
        refusal = await scene.romeo.expect_error(id)
        assert refusal.error == "not-acceptable"
    await scene.juliet.hears_nothing_else(lambda line: line.command == "PRIVMSG", "anything of an encrypted message")


async def test_too_many_messages_are_refused_and_none_vanishes(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()], limits={"messages_per_minute": 6, "burst": 3})
    await gateway.up()
    romeo, juliet = await world.xmpp(), await world.irc()
    contact = world.contact(juliet.nick, jid)
    ids = [romeo.message(contact, f"word {number}") for number in range(8)]
    refused = [await romeo.expect(lambda s: s.type == "error" and s.id in ids) for _ in range(5)]
    heard = [(await juliet.expect("PRIVMSG")).text for _ in range(3)]
    assert heard == ["word 0", "word 1", "word 2"]
    assert {s.id for s in refused} == set(ids[3:])
    assert all(s.error in ("resource-constraint", "policy-violation") for s in refused)


# covers: GW-COMP-009
async def test_an_oversized_stanza_is_answered_and_the_link_stays(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    reconnects = world.causeway.metric("causeway_link_reconnects_total")
    id = romeo.message(world.contact(juliet.nick), "x" * 200_000)
    await romeo.expect_error(id, "policy-violation")
    romeo.message(world.contact(juliet.nick), "short")
    await juliet.hears("short")
    assert world.causeway.metric("causeway_link_reconnects_total") == reconnects
    await juliet.hears_nothing_else(lambda line: line.text.startswith("xxx"), "pieces of it")


# covers: GW-COMP-009
async def test_a_deep_stanza_is_answered_and_the_link_stays(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    deep = "<a xmlns='urn:example:deep'>" * 60 + "</a>" * 60
    id = romeo.message(world.contact(juliet.nick), "deep", inner=deep)
    await romeo.expect_error(id, "policy-violation")
    romeo.message(world.contact(juliet.nick), "shallow")
    await juliet.hears("shallow")


# covers: GW-COMP-009
async def test_a_stanza_of_ten_thousand_bytes_is_taken(world):
    romeo, juliet = await world.xmpp(), await world.irc()
    body = "\n".join("y" * 380 for _ in range(16))
    padding = f"<x xmlns='urn:example:padding'>{'z' * 5000}</x>"
    romeo.message(world.contact(juliet.nick), body, inner=padding)
    heard = [(await juliet.expect("PRIVMSG")).text for _ in range(16)]
    assert "\n".join(heard) == body


# covers: GW-REG-025
async def test_no_words_and_no_secrets_in_the_log(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    romeo, juliet = await world.xmpp(), await world.irc()
    await register(romeo, jid, nick=world.name("romeo"))
    romeo.message(world.contact(juliet.nick, jid), "the-words-of-romeo")
    nick = (await juliet.hears("the-words-of-romeo")).nick
    juliet.say(nick, "the-words-of-juliet")
    await romeo.expect_message(world.contact(juliet.nick, jid), "the-words-of-juliet")
    channel = world.channel()
    await juliet.join(channel, "the-key-of-the-room")
    juliet.send(f"MODE {channel} +k the-key-of-the-room")
    await juliet.expect("MODE")
    await romeo.join(world.room(channel, jid), nick, password="the-key-of-the-room")
    log = gateway.log_text()
    for secret in ("the-words-of-", "the-key-of-the-room", gateway.secret_file.read_text().strip()):
        assert secret not in log, f"{secret} is in the log"


# covers: GW-NF-004
async def test_metrics_carry_no_addresses(world):
    scene = await both_in_a_room(world)
    text = world.causeway.metrics()
    for word in (scene.nick, scene.channel, scene.juliet.nick, "@xmpp.test"):
        assert word not in text
