"""Commands of the gateway: by forms (XEP-0050) and by words, for clients without forms."""
from harness.scenes import both_in_a_room
from harness.register import register
from harness.waiting import eventually
from harness.xmpp_user import NS

COMMANDS = "http://jabber.org/protocol/commands"
DATA = "jabber:x:data"


async def command(user, gateway, node, session="", action="", answers=None):
    form = ""
    if answers is not None:
        inside = "".join(f"<field var='{var}'><value>{value}</value></field>" for var, value in answers.items())
        form = f"<x xmlns='{DATA}' type='submit'>{inside}</x>"
    more = (f" sessionid='{session}'" if session else "") + (f" action='{action}'" if action else "")
    return await user.iq(gateway, "set", f"<command xmlns='{COMMANDS}' node='{node}'{more}>{form}</command>")


def of(answer):
    found = answer.element.find(f"{{{COMMANDS}}}command")
    assert found is not None, answer
    return found


def note(answer):
    return of(answer).findtext(f"{{{COMMANDS}}}note") or ""


async def nodes(user, gateway):
    answer = await user.iq(gateway, "get", f"<query xmlns='{NS['items']}' node='{COMMANDS}'/>")
    return {item.get("node") for item in answer.element.iter() if item.get("node") and item.get("jid")}


async def says(user, gateway, words, expected):
    start = user.received.mark()
    user.message(gateway, words)

    async def answered():
        return [s for s in user.received.since(start) if s.kind == "message" and s.bare == gateway and expected in (s.body or "")]

    return (await eventually(answered, f"the gateway answers {expected!r} to {words!r}"))


# covers: GW-CMD-001
async def test_commands_are_listed_for_who_asks(world):
    romeo, admin = await world.xmpp(), await world.xmpp("admin")
    answer = await romeo.iq(world.gateway, "get", f"<query xmlns='{NS['info']}'/>")
    assert COMMANDS in {f.get("var") for f in answer.findall("info:query/info:feature")}
    plain, all_of_them = await nodes(romeo, world.gateway), await nodes(admin, world.gateway)
    assert {"help", "status", "join", "register"} <= plain
    assert "users" not in plain and "users" in all_of_them
    assert (await command(romeo, world.gateway, "users")).error == "forbidden"


# covers: GW-CMD-002 GW-CMD-003
async def test_a_command_asks_is_filled_in_or_cancelled(world):
    romeo = await world.xmpp()
    first = of(await command(romeo, world.gateway, "add"))
    assert first.get("status") == "executing" and first.find(f"{{{DATA}}}x") is not None
    cancelled = await command(romeo, world.gateway, "add", first.get("sessionid"), "cancel")
    assert of(cancelled).get("status") == "canceled"
    again = await command(romeo, world.gateway, "add", first.get("sessionid"), "complete", {"address": "x"})
    assert again.error == "bad-request"


# covers: GW-CMD-005
async def test_a_session_is_nobody_elses(world):
    romeo, juliet = await world.xmpp(), await world.xmpp()
    session = of(await command(romeo, world.gateway, "add")).get("sessionid")
    assert (await command(juliet, world.gateway, "add", session, "cancel")).error == "forbidden"
    assert of(await command(romeo, world.gateway, "add", session, "cancel")).get("status") == "canceled"


# covers: GW-CMD-004 GW-CMD-008
async def test_rooms_are_a_table_and_can_be_left(world):
    scene = await both_in_a_room(world)
    listed = of(await command(scene.romeo, world.gateway, "rooms"))
    assert listed.find(f"{{{DATA}}}x/{{{DATA}}}reported") is not None
    assert scene.room in {value.text for value in listed.iter(f"{{{DATA}}}value")}
    session = of(await command(scene.romeo, world.gateway, "leave")).get("sessionid")
    left = await command(scene.romeo, world.gateway, "leave", session, "complete", {"room": scene.room})
    assert of(left).get("status") == "completed"
    assert not of(await command(scene.romeo, world.gateway, "rooms")).findall(f"{{{DATA}}}x/{{{DATA}}}item")
    session = of(await command(scene.romeo, world.gateway, "leave")).get("sessionid")
    failed = of(await command(scene.romeo, world.gateway, "leave", session, "complete", {"room": scene.room}))
    assert failed.find(f"{{{COMMANDS}}}note").get("type") == "error"


# covers: GW-CMD-006 GW-MSG-007
async def test_words_do_what_forms_do(world):
    romeo = await world.xmpp()
    await says(romeo, world.gateway, "help", "contacts — ")
    await says(romeo, world.gateway, "help status", "Status")
    await says(romeo, world.gateway, "no such thing", "no such command")
    await says(romeo, world.gateway, "join", "Room")
    await says(romeo, world.gateway, "cancel", "Cancelled.")
    await says(romeo, world.gateway, "users", "You may not do this.")


# covers: GW-CMD-007
async def test_logged_out_means_until_login(world):
    name = world.name("romeo")
    romeo, juliet = await world.xmpp(name), await world.irc()
    gateway = world.gateway
    assert (await register(romeo, gateway, nick=name)).type == "result"
    contact = world.contact(juliet.nick)
    romeo.message(contact, "still here")
    assert (await juliet.hears("still here")).nick == name
    await says(romeo, gateway, "logout", "You are logged out.")

    async def gone():
        return not await juliet.whois(name)

    await eventually(gone, "the IRC session has ended")
    start = romeo.received.mark()
    romeo.message(contact, "not now")

    async def refused():
        return [s for s in romeo.received.since(start) if s.type == "error" and s.error == "not-authorized"]

    await eventually(refused, "a message while logged out comes back")
    await says(romeo, gateway, "login", "Logging in.")
    romeo.message(contact, "here again")
    assert (await juliet.hears("here again")).nick == name


# covers: GW-CMD-007 GW-CMD-010
async def test_administrators_count_and_list(world):
    romeo, admin = await world.xmpp(), await world.xmpp("admin")
    assert (await register(romeo, world.gateway, nick=world.name("romeo"))).type == "result"
    counted = await command(admin, world.gateway, "http://jabber.org/protocol/admin#get-registered-users-num")
    assert "users are registered" in note(counted)
    await says(admin, world.gateway, "users", romeo.jid)
    refused = await command(romeo, world.gateway, "http://jabber.org/protocol/admin#announce")
    assert refused.error == "forbidden"
