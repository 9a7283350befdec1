"""What users set for themselves: for their sessions to one server, and what they prefer of the gateway."""
import base64

from test_commands import command, note, of, says

from harness.waiting import eventually


def entry(server):
    return [{"name": server.name, "host": "127.0.0.1", "port": server.port, "tls": False}]


async def fill_in(user, gateway, server, **answers):
    """The settings of one server by the command's forms. @return the form, and the end"""
    session = of(await command(user, gateway, "settings")).get("sessionid")
    form = await command(user, gateway, "settings", session, "complete", {"endpoint": server})
    return form, await command(user, gateway, "settings", session, "complete", answers)


# covers: GW-CMD-007
async def test_a_nickname_is_set_for_one_server_and_outlives_a_restart(world):
    juliet, channel = await world.irc(), world.channel()
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    server, nick, later = world.servers.ngircd.name, world.name("set"), world.name("later")
    romeo = await world.xmpp()
    _, done = await fill_in(romeo, jid, server, nick=nick, realname="Romeo Montague")
    assert note(done).startswith("Saved."), done
    await juliet.join(channel)
    room = world.room(channel, jid)
    romeo.ask_to_join(room, "romeo")
    await juliet.expect("JOIN", lambda line: line.nick == nick)
    gateway.terminate()
    assert await gateway.ended() == 0
    await gateway.up()
    form, done = await fill_in(romeo, jid, server, nick=later)
    assert nick in {value.text for value in form.element.iter("{jabber:x:data}value")}, "the form shows what is on file"
    assert note(done).startswith("Saved."), done
    romeo.ask_to_join(room, "romeo")
    await juliet.expect("JOIN", lambda line: line.nick == later)


# covers: GW-CMD-007 GW-REG-025
async def test_a_password_for_one_server_is_used_sealed_and_never_shown(world):
    server = await world.fake_irc(caps="sasl=PLAIN")
    server.sasl_account = ("romeo-account", "sesame-open")
    seen: list[str] = []

    def note_login(connection, line):
        if line.text.upper() != "PLAIN":
            seen.append(base64.b64decode(line.text).decode())
        return False

    server.handlers["AUTHENTICATE"] = note_login
    gateway, jid = world.own_gateway(entry(server))
    await gateway.up()
    romeo = await world.xmpp()
    await fill_in(romeo, jid, server.name, sasl_account="romeo-account", sasl_password="sesame-open")
    form, _ = await fill_in(romeo, jid, server.name, realname="Romeo")  # the password stays, and is not told
    shown = {field.get("var"): field for field in form.element.iter("{jabber:x:data}field")}
    assert shown["sasl_account"].findtext("{jabber:x:data}value") == "romeo-account"
    assert shown["sasl_password"].get("type") == "text-private" and not list(shown["sasl_password"])
    await romeo.join(world.room("#balcony", jid, server.name), world.name("romeo"))
    assert seen and all(login.split("\0")[1:] == ["romeo-account", "sesame-open"] for login in seen)
    kept = (gateway.directory / "causeway.db").read_bytes() + (gateway.directory / "causeway.db-wal").read_bytes()
    assert b"sesame-open" not in kept and "sesame-open" not in gateway.log_text()


# covers: GW-CMD-006
async def test_settings_can_be_made_by_words_while_connected(world):
    juliet, channel = await world.irc(), world.channel()
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    romeo, first, second = await world.xmpp(), world.name("first"), world.name("second")
    await juliet.join(channel)
    await romeo.join(world.room(channel, jid), first)
    await juliet.expect("JOIN", lambda line: line.nick == first)
    await says(romeo, jid, f"settings {world.servers.ngircd.name}", "Nickname")
    await says(romeo, jid, f"{second} is no nickname", "Real name")
    for question in ("Account", "Password", "Password", "commands", "Encoding"):
        await says(romeo, jid, "-", question)
    await says(romeo, jid, "-", "Nickname: ")
    await says(romeo, jid, f"settings {world.servers.ngircd.name}", "Nickname")
    await says(romeo, jid, second, "Real name")
    for question in ("Account", "Password", "Password", "commands", "Encoding"):
        await says(romeo, jid, "-", question)
    await says(romeo, jid, "-", "Saved.")
    await juliet.expect("JOIN", lambda line: line.nick == second)  # connected anew, and in the room again


# covers: GW-CMD-007 GW-LOG-009
async def test_preferences_are_kept_and_in_force_at_once(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    romeo = await world.xmpp()
    session = of(await command(romeo, jid, "preferences")).get("sessionid")
    done = await command(romeo, jid, "preferences", session, "complete", {"always_on": "1", "language": "de"})
    assert note(done) == "Gespeichert."
    gateway.terminate()
    assert await gateway.ended() == 0
    await gateway.up()
    form = of(await command(romeo, jid, "preferences"))
    shown = {field.get("var"): field.findtext("{jabber:x:data}value") for field in form.iter("{jabber:x:data}field")}
    assert shown["language"] == "de" and shown["always_on"] in ("1", "true")

    async def in_german():
        return "Sie sind in keinem Raum." in note(await command(romeo, jid, "rooms"))

    await eventually(in_german, "the gateway speaks German")
