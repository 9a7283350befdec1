"""One person to another, both ways, with receipts that mean something."""
REQUEST = "<request xmlns='urn:xmpp:receipts'/>"


def receipt(id):
    return lambda s: s.kind == "message" and any(r.get("id") == id for r in s.findall("receipts:received"))


# covers: GW-MSG-001 GW-MSG-003 GW-MSG-004 GW-RCPT-002
async def test_romeo_and_juliet_write_to_each_other(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    contact = world.contact(juliet.nick)
    id = romeo.message(contact, "Wilt thou be gone? ☂", inner=REQUEST)
    heard = await juliet.hears("Wilt thou be gone? ☂", juliet.nick)
    acknowledged = await romeo.expect(receipt(id), "a receipt")
    assert acknowledged.sender == contact and acknowledged.id not in ("", id)
    assert acknowledged.find("receipts:request") is None

    juliet.say(heard.nick, "It is not yet near day")
    answer = await romeo.expect_message(contact, "It is not yet near day", "chat")
    addressed = romeo.full if world.kind == "jabberd2" else romeo.jid  # that server writes in whom it chose
    assert answer.id and answer.to == addressed, "to the bare JID, with an id of its own"


# covers: GW-RCPT-002
async def test_no_receipt_without_request(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    start = romeo.received.mark()
    id = romeo.message(world.contact(juliet.nick), "no need to confirm")
    await juliet.hears("no need to confirm")
    await romeo.receives_nothing(start, receipt(id), "a receipt", world.gateway)


# covers: GW-RCPT-003
async def test_the_receipt_waits_for_the_network(world):
    server = await world.fake_irc()
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    romeo = await world.xmpp()
    pings = []

    def hold(connection, line):
        pings.append(line)

    def let_first_message_pass(connection, line):
        server.handlers["PING"] = hold
        return False

    server.handlers["PRIVMSG"] = let_first_message_pass
    id = romeo.message(world.contact("juliet", jid, server.name), "are you awake?", inner=REQUEST)
    start = romeo.received.mark()
    network = await server.connection()
    await network.expect("PRIVMSG", lambda line: line.params == ("juliet", "are you awake?"))
    await network.expect("PING", lambda line: line in pings)
    await romeo.receives_nothing(start, receipt(id), "a receipt before the network's word", jid)
    for ping in pings:
        network.on_ping(ping)
    await romeo.expect(receipt(id), "a receipt")


# covers: GW-MSG-002
async def test_words_to_nobody_come_back_with_their_id(world):
    romeo = await world.xmpp()
    contact = world.contact(world.name("nobody"))
    id = romeo.message(contact, "hello?", inner=REQUEST)
    refusal = await romeo.expect_error(id, "item-not-found")
    assert refusal.sender == contact and refusal.to == romeo.full


# covers: GW-MSG-002 GW-RCPT-003
async def test_words_to_a_server_that_is_down_come_back(world):
    server = await world.fake_irc()
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    await server.close()
    romeo = await world.xmpp()
    start = romeo.received.mark()
    id = romeo.message(world.contact("juliet", jid, server.name), "hello?", inner=REQUEST)
    refusal = await romeo.expect_error(id, timeout=40)
    assert refusal.error in ("remote-server-timeout", "service-unavailable", "recipient-unavailable")
    assert not [s for s in romeo.received.since(start) if receipt(id)(s)]


# covers: GW-MSG-001
async def test_groupchat_to_a_person_is_a_bad_request(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    id = romeo.message(world.contact(juliet.nick), "everyone!", "groupchat")
    await romeo.expect_error(id, "bad-request")


# covers: GW-COMP-010
async def test_many_words_keep_their_order(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    contact = world.contact(juliet.nick)
    words = [f"verse {number}" for number in range(100)]
    for word in words:
        romeo.message(contact, word)
    heard = [(await juliet.expect("PRIVMSG")) for _ in words]
    assert [line.text for line in heard] == words
    for word in words:
        juliet.say(heard[0].nick, word)
    answers = [(await romeo.expect_message(contact)).body for _ in words]
    assert answers == words


# covers: GW-MSG-005
async def test_each_message_has_an_id_of_its_own(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    romeo.message(world.contact(juliet.nick), "hi")
    nick = (await juliet.hears("hi")).nick
    for _ in range(3):
        juliet.say(nick, "the same words")
    ids = {(await romeo.expect_message(world.contact(juliet.nick), "the same words")).id for _ in range(3)}
    assert len(ids) == 3 and "" not in ids


# covers: GW-MSG-011
async def test_states_and_markers_are_not_words(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    contact = world.contact(juliet.nick)
    romeo.message(contact, None, inner="<composing xmlns='http://jabber.org/protocol/chatstates'/>")
    romeo.message(contact, None, inner="<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>")
    romeo.message(contact, "words")
    await juliet.hears("words", juliet.nick)
    assert [line.text for line in juliet.received.records if line.command == "PRIVMSG"] == ["words"]


# covers: GW-MSG-001
async def test_a_long_private_message_arrives_whole(world):
    juliet, romeo = await world.irc(), await world.xmpp()
    text = "ö€𝄞 " * 400
    romeo.message(world.contact(juliet.nick), text.strip())
    heard = ""
    while len(heard.replace(" ", "")) < len(text.replace(" ", "")):
        line = await juliet.expect("PRIVMSG")
        assert len(line.raw.encode()) + 2 <= 512 and "\ufffd" not in line.text
        heard += line.text
    assert heard.replace(" ", "") == text.replace(" ", "")
