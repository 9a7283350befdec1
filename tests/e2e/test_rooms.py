"""A channel as a room: coming in, talking, changing names, going."""
from harness.scenes import both_in_a_room, romeo_owns_the_room

SELF_PING = "<ping xmlns='urn:xmpp:ping'/>"
KICK = "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='{nick}' role='none'><reason>{reason}</reason></item></query>"


def groupchat(sender, body=None):
    return lambda s: s.kind == "message" and s.type == "groupchat" and s.sender == sender and body in (None, s.body)


# covers: GW-MUC-001 GW-MUC-003 GW-MUC-007
async def test_joining_shows_occupants_then_oneself_then_the_subject(world):
    juliet, nurse = await world.irc(), await world.irc(world.name("nurse"))
    channel, nick = world.channel(), world.name("romeo")
    await juliet.join(channel)
    juliet.send(f"TOPIC {channel} :The balcony scene")
    await nurse.join(channel)
    romeo = await world.xmpp(nick)
    room = world.room(channel)
    start = romeo.received.mark()
    await romeo.join(room, nick)

    seen = [s for s in romeo.received.since(start) if s.bare == room]
    kinds = [(s.kind, s.resource) for s in seen]
    assert {resource for _, resource in kinds[:2]} == {juliet.nick, nurse.nick}, "the others come first"
    assert kinds[2] == ("presence", nick) and "110" in seen[2].codes, "then the own presence, marked 110"
    assert seen[3].kind == "message" and seen[3].subject == "The balcony scene" and seen[3].body is None
    assert len(seen) == 4
    for presence in seen[:3]:
        assert len(presence.findall("user:x")) == 1 and len(presence.findall("user:x/user:item")) == 1
        assert presence.item["affiliation"] and presence.item["role"]
    assert seen[0].to == romeo.full, "a join is answered to the resource that joined"
    assert nick in await juliet.nicks_in(channel)


# covers: GW-MUC-007
async def test_a_room_without_topic_has_an_empty_subject(world):
    channel, nick = world.channel(), world.name("romeo")
    romeo = await world.xmpp(nick)
    start = romeo.received.mark()
    await romeo.join(world.room(channel), nick)
    subjects = [s.subject for s in romeo.received.since(start) if s.subject is not None]
    assert subjects == [""]


# covers: GW-MUC-004
async def test_joining_again_from_the_same_resource_tells_everything_again(world):
    scene = await both_in_a_room(world)
    again = await scene.romeo.join(scene.room, scene.nick)
    assert again.resource == scene.nick
    await scene.romeo.expect_presence(scene.juliets_place)
    await scene.romeo.expect_presence(scene.juliets_place)


# covers: GW-MUC-008 GW-ID-001
async def test_both_talk_in_the_room(world):
    scene = await both_in_a_room(world)
    id = scene.romeo.message(scene.room, "But soft! <What> light & \"breaks\"?", "groupchat")
    await scene.juliet.hears("But soft! <What> light & \"breaks\"?", scene.channel)
    own = await scene.romeo.expect(groupchat(scene.here), "his own words")
    assert own.id == id, "the reflection carries the sender's id"
    assert [mark.get("by") for mark in own.findall("sid:stanza-id")] == [scene.room]

    scene.juliet.say(scene.channel, "Ay me! ünïcödé ☂")
    heard = await scene.romeo.expect(groupchat(scene.juliets_place), "Juliet's words")
    assert heard.body == "Ay me! ünïcödé ☂"
    assert [mark.get("by") for mark in heard.findall("sid:stanza-id")] == [scene.room]


# covers: GW-ID-001
async def test_a_forged_stanza_id_does_not_pass(world):
    scene = await both_in_a_room(world)
    forged = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{scene.room}' id='forged'/>"
    scene.romeo.message(scene.room, "trust me", "groupchat", inner=forged)
    own = await scene.romeo.expect(groupchat(scene.here, "trust me"))
    ids = [mark.get("id") for mark in own.findall("sid:stanza-id") if mark.get("by") == scene.room]
    assert len(ids) == 1 and ids[0] != "forged"


# covers: GW-MUC-008
async def test_words_are_reflected_only_after_the_network_confirmed_them(world):
    server = await world.fake_irc()
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    nick = world.name("romeo")
    romeo = await world.xmpp(nick)
    room = world.room("#balcony", jid, server.name)
    await romeo.join(room, nick)
    network = await server.connection()

    pings = []
    server.handlers["PING"] = lambda connection, line: pings.append(line)
    start = romeo.received.mark()
    id = romeo.message(room, "is anybody there?", "groupchat")
    await network.expect("PRIVMSG", lambda line: line.text == "is anybody there?")
    await network.expect("PING")
    await romeo.receives_nothing(start, lambda s: s.body == "is anybody there?", "an unconfirmed reflection", jid)
    del server.handlers["PING"]
    for ping in pings:
        network.on_ping(ping)
    own = await romeo.expect(groupchat(f"{room}/{nick}", "is anybody there?"))
    assert own.id == id


# covers: GW-MUC-008
async def test_a_server_with_echo_message_confirms_by_the_echo(world):
    inspircd = world.servers.inspircd
    world.gateway
    scene = await both_in_a_room(world, irc_port=inspircd.port, server=inspircd.name)
    id = scene.romeo.message(scene.room, "echo, are you there?", "groupchat")
    await scene.juliet.hears("echo, are you there?", scene.channel)
    own = await scene.romeo.expect(groupchat(scene.here))
    assert (own.id, own.body) == (id, "echo, are you there?")
    start = scene.romeo.received.mark()
    scene.juliet.say(scene.channel, "once is enough")
    await scene.romeo.expect(groupchat(scene.juliets_place, "once is enough"))
    assert not [s for s in scene.romeo.received.since(start) if s.body == "echo, are you there?"]


# covers: GW-MSG-001
async def test_slash_me_is_an_action_both_ways(world):
    scene = await both_in_a_room(world)
    scene.romeo.message(scene.room, "/me climbs the wall", "groupchat")
    await scene.juliet.hears("\x01ACTION climbs the wall\x01", scene.channel)
    scene.juliet.say(scene.channel, "\x01ACTION appears above\x01")
    await scene.romeo.expect(groupchat(scene.juliets_place, "/me appears above"))


# covers: GW-MSG-001 GW-MUC-008
async def test_lines_of_a_message_arrive_as_lines_in_order(world):
    scene = await both_in_a_room(world)
    id = scene.romeo.message(scene.room, "one\ntwo\n\nthree", "groupchat")
    heard = [(await scene.juliet.expect("PRIVMSG")).text for _ in range(3)]
    assert heard == ["one", "two", "three"]
    own = await scene.romeo.expect(groupchat(scene.here))
    assert own.id == id and own.body.splitlines()[0] == "one"


# covers: GW-MSG-001
async def test_a_long_message_is_split_between_characters_and_nothing_is_lost(world):
    scene = await both_in_a_room(world)
    text = "".join(f"{number}é€𝄞" for number in range(300))
    scene.romeo.message(scene.room, text, "groupchat")
    heard = ""
    while len(heard) < len(text):
        line = await scene.juliet.expect("PRIVMSG")
        assert len(line.raw.encode()) + 2 <= 512, "no longer than IRC allows, prefix included"
        heard += line.text
    assert heard == text


# covers: GW-MUC-011
async def test_a_new_nickname_on_irc_is_seen_in_the_room(world):
    scene = await both_in_a_room(world)
    other = world.name("capulet")
    scene.juliet.send(f"NICK {other}")
    gone = await scene.romeo.expect_presence(scene.juliets_place, "unavailable")
    assert "303" in gone.codes and gone.item["nick"] == other
    await scene.romeo.expect_presence(f"{scene.room}/{other}")


# covers: GW-MUC-011
async def test_romeo_takes_a_new_nickname(world):
    scene = await both_in_a_room(world)
    other = world.name("montague")
    scene.romeo.presence(to=f"{scene.room}/{other}")
    gone = await scene.romeo.expect_presence(scene.here, "unavailable")
    assert {"303", "110"} <= gone.codes and gone.item["nick"] == other
    new = await scene.romeo.expect_presence(f"{scene.room}/{other}")
    assert "110" in new.codes
    await scene.juliet.expect("NICK", lambda line: line.nick == scene.nick and line.text == other)


# covers: GW-MUC-011
async def test_a_nickname_that_is_taken_is_refused_and_the_old_one_stays(world):
    scene = await both_in_a_room(world)
    scene.romeo.presence(to=scene.juliets_place)
    refusal = await scene.romeo.expect_presence(scene.room, "error")
    assert refusal.error == "conflict"
    assert (await scene.romeo.iq(scene.here, "get", SELF_PING)).type == "result"


# covers: GW-MUC-001 GW-MUC-005
async def test_joining_with_a_nickname_that_is_taken_says_so(world):
    juliet = await world.irc()
    romeo = await world.xmpp()
    romeo.ask_to_join(world.room(world.channel()), juliet.nick)
    answer = await romeo.expect(lambda s: s.kind == "presence" and (s.type == "error" or "110" in s.codes))
    if answer.type == "error":
        assert answer.error == "conflict"
    else:
        assert "210" in answer.codes and answer.resource != juliet.nick


# covers: GW-MUC-007
async def test_the_subject_changes_from_both_sides(world):
    scene = await romeo_owns_the_room(world)
    scene.romeo.message(scene.room, None, "groupchat", inner="<subject>Verona at night</subject>")
    await scene.juliet.expect("TOPIC", lambda line: line.text == "Verona at night")
    await scene.romeo.expect(lambda s: s.subject == "Verona at night" and s.body is None and s.sender == scene.here)
    scene.juliet.send(f"TOPIC {scene.channel} :Verona by day")
    await scene.romeo.expect(lambda s: s.subject == "Verona by day" and s.body is None and s.sender == scene.juliets_place)


# covers: GW-MUC-013 GW-MUC-009
async def test_romeo_is_kicked(world):
    scene = await both_in_a_room(world)
    scene.juliet.send(f"KICK {scene.channel} {scene.nick} :banished")
    out = await scene.romeo.expect_presence(scene.here, "unavailable")
    assert {"307", "110"} <= out.codes
    assert out.text("user:x/user:item/user:reason") == "banished"
    id = scene.romeo.message(scene.room, "let me in", "groupchat")
    await scene.romeo.expect_error(id, "not-acceptable")


# covers: GW-MUC-013 GW-MUC-021
async def test_romeo_kicks(world):
    scene = await romeo_owns_the_room(world)
    answer = await scene.romeo.iq(scene.room, "set", KICK.format(nick=scene.juliet.nick, reason="good night"))
    assert answer.type == "result", answer
    await scene.juliet.expect("KICK", lambda line: line.params[1] == scene.juliet.nick and line.text == "good night")
    out = await scene.romeo.expect_presence(scene.juliets_place, "unavailable")
    assert "307" in out.codes


# covers: GW-MUC-021
async def test_romeo_may_not_kick_where_he_has_no_rank(world):
    scene = await both_in_a_room(world)
    answer = await scene.romeo.iq(scene.room, "set", KICK.format(nick=scene.juliet.nick, reason="ha"))
    assert answer.type == "error" and answer.error in ("forbidden", "not-allowed")
    assert scene.juliet.nick in await scene.juliet.nicks_in(scene.channel)


# covers: GW-MUC-012
async def test_romeo_leaves(world):
    scene = await both_in_a_room(world)
    scene.romeo.leave(scene.room, scene.nick, "parting is such sweet sorrow")
    out = await scene.romeo.expect_presence(scene.here, "unavailable")
    assert "110" in out.codes
    gone = await scene.juliet.expect("PART", lambda line: line.nick == scene.nick)
    assert "parting is such sweet sorrow" in gone.text


# covers: GW-MUC-012 GW-MUC-008
async def test_the_channel_is_left_when_the_last_of_two_clients_leaves(world):
    scene = await both_in_a_room(world)
    phone = await world.xmpp(scene.nick, "phone")
    await phone.join(scene.room, scene.nick)
    scene.romeo.message(scene.room, "I have two clients", "groupchat")
    await scene.juliet.hears("I have two clients")
    for client in (scene.romeo, phone):
        await client.expect(groupchat(scene.here, "I have two clients"))

    scene.romeo.leave(scene.room, scene.nick)
    await scene.romeo.expect_presence(scene.here, "unavailable")
    scene.juliet.say(scene.channel, "still here?")
    await phone.expect(groupchat(scene.juliets_place, "still here?"))
    assert scene.nick in await scene.juliet.nicks_in(scene.channel)
    phone.leave(scene.room, scene.nick)
    await scene.juliet.received.expect(lambda line: line.command in ("PART", "QUIT") and line.nick == scene.nick, "his leaving")


# covers: GW-MUC-012
async def test_a_client_that_goes_offline_leaves_its_rooms(world):
    scene = await both_in_a_room(world)
    await scene.romeo.close()
    gone = await scene.juliet.received.expect(lambda line: line.command in ("PART", "QUIT") and line.nick == scene.nick)
    assert gone


# covers: GW-MUC-016
async def test_a_self_ping_tells_whether_one_is_in_the_room(world):
    scene = await both_in_a_room(world)
    assert (await scene.romeo.iq(scene.here, "get", SELF_PING)).type == "result"
    phone = await world.xmpp(scene.nick, "phone")
    answer = await phone.iq(scene.here, "get", SELF_PING)
    assert answer.type == "error" and answer.error == "not-acceptable" and answer.error_type == "cancel"


# covers: GW-MUC-009
async def test_words_from_outside_the_room_are_refused(world):
    scene = await both_in_a_room(world)
    mercutio = await world.xmpp()
    id = mercutio.message(scene.room, "a plague on both your houses", "groupchat")
    await mercutio.expect_error(id, "not-acceptable")
    await scene.juliet.hears_nothing_else(lambda line: "plague" in line.text, "words from outside")


# covers: GW-MUC-010
async def test_groupchat_to_one_occupant_is_a_bad_request(world):
    scene = await both_in_a_room(world)
    id = scene.romeo.message(scene.juliets_place, "psst", "groupchat")
    await scene.romeo.expect_error(id, "bad-request")


# covers: GW-MUC-010
async def test_a_private_word_to_an_occupant(world):
    scene = await both_in_a_room(world)
    scene.romeo.message(scene.juliets_place, "meet me at dawn")
    heard = await scene.juliet.hears("meet me at dawn", scene.juliet.nick)
    assert heard.nick == scene.nick
    id = scene.romeo.message(f"{scene.room}/nobody-of-that-name", "hello?")
    await scene.romeo.expect_error(id, "item-not-found")
    paris = await world.xmpp()
    id = paris.message(scene.juliets_place, "madam")
    await paris.expect_error(id, "not-acceptable")


# covers: GW-MUC-003
async def test_others_come_and_go(world):
    scene = await both_in_a_room(world)
    nurse = await world.irc(world.name("nurse"))
    await nurse.join(scene.channel)
    seen = await scene.romeo.expect_presence(f"{scene.room}/{nurse.nick}")
    assert seen.item["role"] and seen.item["affiliation"]
    nurse.send(f"PART {scene.channel}")
    await scene.romeo.expect_presence(f"{scene.room}/{nurse.nick}", "unavailable")
    scene.juliet.send("QUIT :asleep")
    await scene.romeo.expect_presence(scene.juliets_place, "unavailable")
