"""IRC servers and people that misbehave: the user is told, the others notice nothing, and things come back."""
from harness.scenes import both_in_a_room
from harness.waiting import eventually


async def enter(world, server, **network_options):
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}],
                                     network_options=network_options)
    await gateway.up()
    nick = world.name("romeo")
    romeo = await world.xmpp(nick)
    room = world.room("#balcony", jid, server.name)
    await romeo.join(room, nick)
    return gateway, romeo, room, nick, await server.connection()


def groupchat(sender, body):
    return lambda s: s.type == "groupchat" and s.sender == sender and s.body == body


# covers: GW-COMP-007
async def test_broken_text_from_irc_is_mended_and_the_link_stays(world):
    scene = await both_in_a_room(world)
    broken = [b"latin-1 \xe9t\xe9", b"overlong \xc0\xaf \xe0\x80\xaf", b"beyond \xf5\x80\x80\x80 \xf4\x90\x80\x80",
              b"surrogate \xed\xa0\x80", b"nonchar \xef\xbf\xbe \xef\xbf\xbf", b"control \x07\x1b[31m\x0f", b"cut \xe2\x82"]
    reconnects = world.causeway.metric("causeway_link_reconnects_total")
    for text in broken:
        scene.juliet.send_bytes(b"PRIVMSG " + scene.channel.encode() + b" :" + text + b"\r\n")
    for text in broken:
        word = text.split()[0].decode()
        await scene.romeo.expect(lambda s: s.sender == scene.juliets_place and (s.body or "").startswith(word), f"'{word} …'")
    assert world.causeway.metric("causeway_link_reconnects_total") == reconnects


# covers: GW-COMP-007 GW-COMP-008
async def test_an_endless_line_is_cut(world):
    server = await world.fake_irc()
    gateway, romeo, room, nick, network = await enter(world, server)
    network.send_bytes(b":juliet!j@h PRIVMSG #balcony :" + b"a" * 4_000_000 + b"\r\n")
    network.send(":juliet!j@h PRIVMSG #balcony :and then?")
    await romeo.expect(groupchat(f"{room}/juliet", "and then?"))
    assert all(len(s.body or "") < 20_000 for s in romeo.received.records)
    assert gateway.metric("causeway_link_reconnects_total") == 0


async def test_nonsense_from_the_server_is_passed_over(world):
    server = await world.fake_irc()
    _, romeo, room, _, network = await enter(world, server)
    network.send("", " ", ":", "@", ":x", "@a=b", "353", ":s 353 me = #balcony", ":s 005", "JOIN", ":!@ PART #nowhere", ":s 999999 x",
                 ":juliet!j@h NICK", ":s KICK #balcony", "PING")
    network.send_bytes(b"\0\0\0\r\n\x01\x02\r\nPRIVMSG\r\n")
    network.send(":juliet!j@h PRIVMSG #balcony :still there?")
    await romeo.expect(groupchat(f"{room}/juliet", "still there?"))


# covers: GW-LOG-017 GW-NF-005
async def test_a_lost_irc_server_is_told_and_the_room_comes_back(world):
    gate = await world.gate(world.servers.ngircd.port)
    gateway, jid = world.own_gateway([world.ngircd_entry(gate.port)])
    await gateway.up()
    scene = await both_in_a_room(world, jid)
    start = scene.romeo.received.mark()
    gate.refuse()
    await scene.juliet.expect("QUIT", lambda line: line.nick == scene.nick)
    await eventually(lambda: [s for s in scene.romeo.received.since(start) if s.bare == scene.room], "Romeo is told")
    id = scene.romeo.message(scene.room, "anybody?", "groupchat")
    await scene.romeo.expect_error(id)
    gate.heal()
    await scene.juliet.expect("JOIN", lambda line: line.nick == scene.nick, timeout=20)
    scene.juliet.say(scene.channel, "welcome back")
    await scene.romeo.expect(groupchat(scene.juliets_place, "welcome back"))


# covers: GW-NF-002
async def test_a_server_that_hangs_up_while_joining_does_not_leave_romeo_waiting(world):
    server = await world.fake_irc()
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    drops = []

    def hang_up(connection, line):
        if len(drops) >= 2:
            return False
        drops.append(line)
        return connection.drop()

    server.handlers["JOIN"] = hang_up
    romeo = await world.xmpp()
    room = world.room("#balcony", jid, server.name)
    romeo.ask_to_join(room, "romeo")
    answer = await romeo.expect(lambda s: s.kind == "presence" and s.bare == room and (s.type == "error" or "110" in s.codes),
                                "an end of the join", timeout=40)
    assert answer


async def test_a_taken_nickname_gets_a_suffix_and_romeo_is_told(world):
    server = await world.fake_irc()
    nick = world.name("romeo")
    server.taken_nicks = {nick}
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    romeo = await world.xmpp(nick)
    room = world.room("#balcony", jid, server.name)
    romeo.ask_to_join(room, nick)
    answer = await romeo.expect(lambda s: s.kind == "presence" and s.bare == room and (s.type == "error" or "110" in s.codes))
    if answer.type == "error":
        assert answer.error == "conflict"
    else:
        assert "210" in answer.codes and answer.resource != nick


async def test_a_refused_capability_does_not_stop_the_login(world):
    server = await world.fake_irc(caps="sasl=PLAIN server-time echo-message")

    def refuse(connection, line):
        if line.params[0].upper() != "REQ":
            return False
        connection.send(f":{server.name} CAP {connection.nick} NAK :{line.text}")
        return True

    server.handlers["CAP"] = refuse
    _, romeo, room, nick, network = await enter(world, server)
    network.send(":juliet!j@h PRIVMSG #balcony :welcome")
    await romeo.expect(groupchat(f"{room}/juliet", "welcome"))


async def test_a_silent_server_is_noticed(world):
    server = await world.fake_irc()
    gateway, jid = world.own_gateway([{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}])
    await gateway.up()
    server.handlers["NICK"] = lambda connection, line: None  # never answers
    server.handlers["USER"] = lambda connection, line: None
    romeo = await world.xmpp()
    id = romeo.message(world.contact("juliet", jid, server.name), "hello?")
    refusal = await romeo.expect_error(id, timeout=50)
    assert refusal.error in ("remote-server-timeout", "service-unavailable", "recipient-unavailable")
