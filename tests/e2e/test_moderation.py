"""Who runs a room: ranks, kicks, bans, settings and invitations, as clients ask for them and as IRC has them.

Each story is told on ngIRCd (plain) and on InspIRCd (echo-message, more prefixes and modes)."""
import pytest

from harness.scenes import Scene, both_in_a_room, romeo_owns_the_room
from harness.waiting import eventually
from harness.xmpp_user import NS



@pytest.fixture(params=["ngircd", "inspircd"])
def ircd(request, world):
    world.gateway  # runs, with both
    return getattr(world.servers, request.param)


async def owned(world, ircd) -> Scene:
    return await romeo_owns_the_room(world, irc_port=ircd.port, server=ircd.name)


async def visited(world, ircd) -> Scene:
    return await both_in_a_room(world, irc_port=ircd.port, server=ircd.name)


async def also_there(world, scene, word="mercutio"):
    """Another XMPP user who watches, with a session of the own."""
    nick = world.name(word)
    other = await world.xmpp(nick)
    await other.join(scene.room, nick)
    await scene.romeo.expect_presence(f"{scene.room}/{nick}")
    await scene.juliet.expect("JOIN", lambda line: line.nick == nick)
    return other, nick


async def admin(user, room, *items):
    inside = "".join(f"<item {attributes}>{f'<reason>{reason}</reason>' if reason else ''}</item>" for attributes, reason in items)
    return await user.iq(room, "set", f"<query xmlns='{NS['admin']}'>{inside}</query>")


async def grants(user, room, attributes, reason=""):
    answer = await admin(user, room, (attributes, reason))
    assert answer.type == "result", answer


async def list_of(user, room, attributes) -> list[dict]:
    answer = await user.iq(room, "get", f"<query xmlns='{NS['admin']}'><item {attributes}/></query>")
    assert answer.type == "result", answer
    return [dict(item.attrib) for item in answer.findall("admin:query/admin:item")]


def standing(affiliation, role):
    return lambda s: (s.item.get("affiliation"), s.item.get("role")) == (affiliation, role)


async def ranked(juliet, channel, nick, prefix):
    async def has_it():
        return (await juliet.ranks_in(channel)).get(nick) == prefix

    await eventually(has_it, f"{nick} has the prefix {prefix!r} in {channel}")


def occupant_id(stanza) -> str:
    found = stanza.findall("occupant:occupant-id")
    assert len(found) == 1, f"one occupant-id: {stanza}"
    return found[0].get("id")


# covers: GW-MUC-021
async def test_a_moderator_is_made_and_unmade_by_role(world, ircd):
    scene = await owned(world, ircd)
    mercutio, _ = await also_there(world, scene)
    await grants(scene.romeo, scene.room, f"nick='{scene.juliet.nick}' role='moderator'")
    await ranked(scene.juliet, scene.channel, scene.juliet.nick, "@")
    for user in (scene.romeo, mercutio):
        await user.expect_presence(scene.juliets_place, predicate=standing("admin", "moderator"))
    await grants(scene.romeo, scene.room, f"nick='{scene.juliet.nick}' role='participant'")
    await ranked(scene.juliet, scene.channel, scene.juliet.nick, "")
    for user in (scene.romeo, mercutio):
        await user.expect_presence(scene.juliets_place, predicate=standing("none", "participant"))


# covers: GW-MUC-021
@pytest.mark.parametrize("by", ["jid", "nick"])  # clients name whom they mean in either way
async def test_affiliations_are_ranks(world, ircd, by):
    scene = await owned(world, ircd)
    mercutio, _ = await also_there(world, scene)
    contact = world.contact(scene.juliet.nick, server=ircd.name)
    whom = f"jid='{contact}'" if by == "jid" else f"nick='{scene.juliet.nick}'"
    for affiliation, role, prefix in (("admin", "moderator", "@"), ("member", "participant", "+"), ("none", "participant", "")):
        await grants(scene.romeo, scene.room, f"{whom} affiliation='{affiliation}'")
        await ranked(scene.juliet, scene.channel, scene.juliet.nick, prefix)
        for user in (scene.romeo, mercutio):
            await user.expect_presence(scene.juliets_place, predicate=standing(affiliation, role))


# covers: GW-MUC-003 GW-MUC-021
async def test_ranks_that_irc_gives_are_seen_in_the_room(world, ircd):
    scene = await visited(world, ircd)
    mercutio, _ = await also_there(world, scene)
    for mode, affiliation, role in (("+v", "member", "participant"), ("+o", "admin", "moderator"), ("-o", "member", "participant"),
                                    ("-v", "none", "participant")):
        scene.juliet.send(f"MODE {scene.channel} {mode} {scene.nick}")
        await mercutio.expect_presence(scene.here, predicate=standing(affiliation, role))
        own = await scene.romeo.expect_presence(scene.here, predicate=standing(affiliation, role))
        assert "110" in own.codes


# covers: GW-MUC-021
async def test_who_is_no_moderator_changes_nothing(world, ircd):
    scene = await visited(world, ircd)
    for item in (f"nick='{scene.nick}' role='moderator'", f"nick='{scene.juliet.nick}' affiliation='outcast'",
                 f"nick='{scene.juliet.nick}' role='none'", "jid='*!*@*.example' affiliation='outcast'"):
        refusal = await admin(scene.romeo, scene.room, (item.replace("*.example", "x.example"), ""))
        assert refusal.type == "error", item
    nobody = await admin(scene.romeo, scene.room, ("nick='nobody-of-that-name' role='moderator'", ""))
    assert nobody.error == "item-not-found"
    assert await scene.juliet.ranks_in(scene.channel) == {scene.juliet.nick: "@", scene.nick: ""}
    assert await scene.juliet.bans_of(scene.channel) == []


# covers: GW-MUC-013 GW-MUC-021
async def test_a_ban_by_nick_is_listed_keeps_out_and_is_lifted(world, ircd):
    scene = await owned(world, ircd)
    mercutio, nick = await also_there(world, scene)
    await grants(scene.romeo, scene.room, f"nick='{nick}' affiliation='outcast'", "a plague")
    out = await mercutio.expect_presence(f"{scene.room}/{nick}", "unavailable")
    assert {"110"} < out.codes and out.codes & {"301", "307"}, out
    assert out.text("user:x/user:item/user:reason") == "a plague"
    assert out.find("user:x/user:item/user:actor").get("nick") == scene.nick
    await scene.romeo.expect_presence(f"{scene.room}/{nick}", "unavailable")
    await scene.juliet.expect("KICK", lambda line: line.params[1] == nick and line.text == "a plague")

    bans = await scene.juliet.bans_of(scene.channel)
    assert len(bans) == 1
    listed = await list_of(scene.romeo, scene.room, "affiliation='outcast'")
    assert len(listed) == 1 and listed[0]["affiliation"] == "outcast" and listed[0]["jid"]

    mercutio.ask_to_join(scene.room, nick)
    refusal = await mercutio.expect_presence(scene.room, "error")
    assert (refusal.error, refusal.error_type) == ("forbidden", "auth")

    await grants(scene.romeo, scene.room, f"jid='{listed[0]['jid']}' affiliation='none'")
    assert await scene.juliet.bans_of(scene.channel) == []
    assert await list_of(scene.romeo, scene.room, "affiliation='outcast'") == []
    await mercutio.join(scene.room, nick)


# covers: GW-MUC-013
async def test_a_ban_on_irc_keeps_out_and_is_told(world, ircd):
    scene = await visited(world, ircd)
    scene.juliet.send(f"MODE {scene.channel} +b {scene.nick}!*@*", f"KICK {scene.channel} {scene.nick} :banished")
    out = await scene.romeo.expect_presence(scene.here, "unavailable")
    assert "110" in out.codes and out.codes & {"301", "307"}
    scene.romeo.ask_to_join(scene.room, scene.nick)
    refusal = await scene.romeo.expect_presence(scene.room, "error")
    assert refusal.error == "forbidden"


# covers: GW-MUC-013 GW-MUC-021
async def test_a_kick_tells_who_and_why_both_ways(world, ircd):
    scene = await owned(world, ircd)
    mercutio, nick = await also_there(world, scene)
    await grants(scene.romeo, scene.room, f"nick='{nick}' role='none'", "too loud")
    kick = await scene.juliet.expect("KICK", lambda line: line.params[1] == nick)
    assert (kick.nick, kick.text) == (scene.nick, "too loud")
    for user in (mercutio, scene.romeo):
        out = await user.expect_presence(f"{scene.room}/{nick}", "unavailable")
        assert "307" in out.codes and ("110" in out.codes) == (user is mercutio)
        assert out.text("user:x/user:item/user:reason") == "too loud"
        assert out.find("user:x/user:item/user:actor").get("nick") == scene.nick
        assert out.item["role"] == "none"

    await grants(scene.romeo, scene.room, f"nick='{scene.juliet.nick}' role='moderator'")
    scene.juliet.send(f"KICK {scene.channel} {scene.nick} :and you")
    out = await scene.romeo.expect_presence(scene.here, "unavailable")
    assert {"307", "110"} <= out.codes
    assert out.text("user:x/user:item/user:reason") == "and you"
    assert out.find("user:x/user:item/user:actor").get("nick") == scene.juliet.nick


async def settings(user, room) -> dict[str, str]:
    answer = await user.iq(room, "get", f"<query xmlns='{NS['owner']}'/>")
    assert answer.type == "result", answer
    return {field.get("var"): field.findtext("data:value", "", NS) for field in answer.findall("owner:query/data:x/data:field")}


async def configure(user, room, **values):
    values = {"FORM_TYPE": "http://jabber.org/protocol/muc#roomconfig", **{f"muc#roomconfig_{k}": v for k, v in values.items()}}
    fields = "".join(f"<field var='{var}'><value>{value}</value></field>" for var, value in values.items())
    return await user.iq(room, "set", f"<query xmlns='{NS['owner']}'><x xmlns='jabber:x:data' type='submit'>{fields}</x></query>")


# covers: GW-MUC-021
async def test_the_owners_form_is_read_and_changes_modes(world, ircd):
    scene = await owned(world, ircd)
    mercutio, _ = await also_there(world, scene)
    now = await settings(scene.romeo, scene.room)
    assert now["muc#roomconfig_moderatedroom"] == "0" and now["muc#roomconfig_membersonly"] == "0"
    assert now["muc#roomconfig_passwordprotectedroom"] == "0" and now["muc#roomconfig_maxusers"] == "none"
    answer = await configure(scene.romeo, scene.room, moderatedroom="1", membersonly="1", passwordprotectedroom="1",
                             roomsecret="sesame", maxusers="9", changesubject="0", publicroom="0")
    assert answer.type == "result", answer
    flags, *values = await scene.juliet.modes_of(scene.channel)
    assert set("imkslt") <= set(flags), flags
    assert {"sesame", "9"} <= set(values) or "9" in values, "the key may be told to operators only"
    for user in (scene.romeo, mercutio):
        await user.expect(lambda s: s.kind == "message" and s.sender == scene.room and s.type == "groupchat" and "104" in s.codes,
                          "that the room is set otherwise")
    now = await settings(scene.romeo, scene.room)
    assert (now["muc#roomconfig_moderatedroom"], now["muc#roomconfig_membersonly"]) == ("1", "1")
    assert (now["muc#roomconfig_roomsecret"], now["muc#roomconfig_maxusers"]) == ("sesame", "9")
    assert now["muc#roomconfig_changesubject"] == "0" and now["muc#roomconfig_publicroom"] == "0"

    answer = await configure(scene.romeo, scene.room, moderatedroom="0", membersonly="0", passwordprotectedroom="0",
                             roomsecret="", maxusers="none", changesubject="1", publicroom="1")
    assert answer.type == "result", answer
    flags, *values = await scene.juliet.modes_of(scene.channel)
    assert not set("imkslpt") & set(flags), flags
    await world_round(scene.romeo, scene.room)
    now = await settings(scene.romeo, scene.room)
    assert now["muc#roomconfig_passwordprotectedroom"] == "0" and now["muc#roomconfig_maxusers"] == "none"


async def world_round(user, room):
    await user.iq(room, "get", "<ping xmlns='urn:xmpp:ping'/>")


# covers: GW-MUC-021
async def test_one_setting_is_changed_and_the_rest_stays(world, ircd):
    scene = await owned(world, ircd)
    scene.romeo.received.mark()
    before = set((await scene.juliet.modes_of(scene.channel))[0]) - {"+"}
    assert (await configure(scene.romeo, scene.room, maxusers="7")).type == "result"
    mode = await scene.juliet.expect("MODE", lambda line: line.nick == scene.nick)
    assert mode.params == (scene.channel, "+l", "7")
    assert set((await scene.juliet.modes_of(scene.channel))[0]) - {"+"} == before | {"l"}


# covers: GW-MUC-021
async def test_settings_are_for_moderators_and_their_changes_on_irc_are_told(world, ircd):
    scene = await visited(world, ircd)
    refusal = await scene.romeo.iq(scene.room, "get", f"<query xmlns='{NS['owner']}'/>")
    assert refusal.error == "forbidden"
    assert (await configure(scene.romeo, scene.room, moderatedroom="1")).error == "forbidden"
    scene.juliet.send(f"MODE {scene.channel} +i")
    await scene.romeo.expect(lambda s: s.kind == "message" and s.sender == scene.room and "104" in s.codes, "104")
    info = await scene.romeo.iq(scene.room, "get", f"<query xmlns='{NS['info']}'/>")
    features = {feature.get("var") for feature in info.findall("info:query/info:feature")}
    assert "muc_membersonly" in features and "muc_open" not in features
    destroy = await scene.romeo.iq(scene.room, "set", f"<query xmlns='{NS['owner']}'><destroy/></query>")
    assert destroy.error == "not-allowed"


# covers: GW-MUC-020
async def test_who_is_invited_through_an_invite_only_room_gets_in(world, ircd):
    scene = await owned(world, ircd)
    nurse = await world.irc(world.name("nurse"), ircd.port)
    assert (await configure(scene.romeo, scene.room, membersonly="1")).type == "result"
    nurse.send(f"JOIN {scene.channel}")
    await nurse.expect("473")
    contact = world.contact(nurse.nick, server=ircd.name)
    scene.romeo.message(scene.room, None, "normal", inner=f"<x xmlns='{NS['user']}'><invite to='{contact}'>"
                        "<reason>come up</reason></invite></x>")
    invite = await nurse.expect("INVITE")
    assert (invite.nick, invite.params[0], invite.params[1].lower()) == (scene.nick, nurse.nick, scene.channel.lower())
    await nurse.join(scene.channel)
    await scene.romeo.expect_presence(f"{scene.room}/{nurse.nick}")


# covers: GW-MUC-020
async def test_a_direct_invitation_to_a_person_is_one_into_the_channel(world, ircd):
    scene = await owned(world, ircd)
    nurse = await world.irc(world.name("nurse"), ircd.port)
    scene.romeo.message(world.contact(nurse.nick, server=ircd.name), None, "normal",
                        inner=f"<x xmlns='{NS['conference']}' jid='{scene.room}' reason='come up'/>")
    invite = await nurse.expect("INVITE")
    assert (invite.nick, invite.params[1].lower()) == (scene.nick, scene.channel.lower())


# covers: GW-MUC-020
async def test_invitations_that_cannot_be_sent_come_back(world, ircd):
    scene = await visited(world, ircd)
    scene.juliet.send(f"MODE {scene.channel} +i")
    await scene.romeo.expect(lambda s: "104" in s.codes, "104")
    nurse = await world.irc(world.name("nurse"), ircd.port)

    def invite(jid):
        return scene.romeo.message(scene.room, None, "normal", inner=f"<x xmlns='{NS['user']}'><invite to='{jid}'/></x>")

    await scene.romeo.expect_error(invite(world.contact(nurse.nick, server=ircd.name)), "forbidden")
    await scene.romeo.expect_error(invite(world.contact(world.name("nobody"), server=ircd.name)))
    await scene.romeo.expect_error(invite("somebody@elsewhere.test"), "item-not-found")
    await nurse.hears_nothing_else(lambda line: line.command == "INVITE", "an invitation of who may not invite")


# covers: GW-MUC-020
async def test_an_invitation_on_irc_is_told_in_both_ways_and_opens_the_room(world, ircd):
    scene = await visited(world, ircd)
    nurse = await world.irc(world.name("nurse"), ircd.port)
    closed = world.channel()
    await nurse.join(closed)
    nurse.send(f"MODE {closed} +i")
    await nurse.expect("MODE", lambda line: "i" in line.params[1])
    room = world.room(closed, server=ircd.name)
    scene.romeo.ask_to_join(room, scene.nick)
    assert (await scene.romeo.expect_presence(room, "error")).error == "registration-required"
    nurse.send(f"INVITE {scene.nick} {closed}")
    told = await scene.romeo.expect(lambda s: s.kind == "message" and s.find("user:x/user:invite") is not None, "a mediated invitation")
    assert told.sender == room
    assert told.find("user:x/user:invite").get("from") == world.contact(nurse.nick, server=ircd.name)
    direct = told.find("conference:x")
    if direct is None:
        direct = (await scene.romeo.expect(lambda s: s.find("conference:x") is not None, "a direct invitation")).find("conference:x")
    assert direct.get("jid") == room
    await scene.romeo.join(room, scene.nick)
    await nurse.expect("JOIN", lambda line: line.nick == scene.nick)


# covers: GW-MUC-009
async def test_a_visitor_in_a_moderated_room_is_not_heard_and_learns_it(world, ircd):
    scene = await visited(world, ircd)
    scene.juliet.send(f"MODE {scene.channel} +m")
    await scene.romeo.expect_presence(scene.here, predicate=standing("none", "visitor"))
    id = scene.romeo.message(scene.room, "may I speak?", "groupchat")
    refusal = await scene.romeo.expect_error(id, "forbidden")
    assert refusal.sender == scene.room
    await scene.juliet.hears_nothing_else(lambda line: line.text == "may I speak?", "a visitor's words")

    scene.juliet.send(f"MODE {scene.channel} +v {scene.nick}")
    await scene.romeo.expect_presence(scene.here, predicate=standing("member", "participant"))
    scene.romeo.message(scene.room, "now I may", "groupchat")
    await scene.juliet.hears("now I may", scene.channel)
    scene.juliet.send(f"MODE {scene.channel} -v {scene.nick}")
    await scene.romeo.expect_presence(scene.here, predicate=standing("none", "visitor"))
    scene.juliet.send(f"MODE {scene.channel} -m")
    await scene.romeo.expect_presence(scene.here, predicate=standing("none", "participant"))


# covers: GW-MUC-021
async def test_voice_is_given_and_taken_by_role_in_a_moderated_room(world, ircd):
    scene = await owned(world, ircd)
    assert (await configure(scene.romeo, scene.room, moderatedroom="1")).type == "result"
    await scene.romeo.expect_presence(scene.juliets_place, predicate=standing("none", "visitor"))
    await grants(scene.romeo, scene.room, f"nick='{scene.juliet.nick}' role='participant'")
    await ranked(scene.juliet, scene.channel, scene.juliet.nick, "+")
    await scene.romeo.expect_presence(scene.juliets_place, predicate=standing("member", "participant"))
    await grants(scene.romeo, scene.room, f"nick='{scene.juliet.nick}' role='visitor'")
    await ranked(scene.juliet, scene.channel, scene.juliet.nick, "")
    await scene.romeo.expect_presence(scene.juliets_place, predicate=standing("none", "visitor"))


# covers: GW-MUC-017
async def test_an_occupant_is_known_by_the_same_id_under_each_name(world, ircd):
    scene = await visited(world, ircd)
    mercutio, nick = await also_there(world, scene)
    first = occupant_id(await mercutio.expect_presence(scene.juliets_place))
    assert first and scene.juliet.nick not in first
    scene.juliet.say(scene.channel, "by this name")
    said = await mercutio.expect_message(scene.juliets_place, "by this name", "groupchat")
    assert occupant_id(said) == first
    other = world.name("capulet")
    scene.juliet.send(f"NICK {other}")
    gone = await mercutio.expect_presence(scene.juliets_place, "unavailable")
    assert "303" in gone.codes and occupant_id(gone) == first
    assert occupant_id(await mercutio.expect_presence(f"{scene.room}/{other}")) == first
    scene.juliet.say(scene.channel, "or that")
    assert occupant_id(await mercutio.expect_message(f"{scene.room}/{other}", "or that", "groupchat")) == first

    scene.romeo.message(scene.room, "mine", "groupchat", inner="<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>")
    own = occupant_id(await scene.romeo.expect_message(scene.here, "mine", "groupchat"))
    assert own not in (first, "forged")
    assert own == occupant_id(await mercutio.expect_message(scene.here, "mine", "groupchat"))


# covers: GW-MUC-010 GW-MUC-017
async def test_a_private_word_through_the_room_comes_from_the_occupant(world, ircd):
    scene = await visited(world, ircd)
    juliets_id = occupant_id(await scene.romeo.expect_presence(scene.juliets_place))
    marker = f"<x xmlns='{NS['user']}'/>"
    scene.romeo.message(scene.juliets_place, "meet me at dawn", inner=marker)
    heard = await scene.juliet.hears("meet me at dawn", scene.juliet.nick)
    scene.juliet.say(heard.nick, "at dawn then")
    answer = await scene.romeo.expect_message(scene.juliets_place, "at dawn then", "chat")
    assert answer.find("user:x") is not None
    assert occupant_id(answer) == juliets_id


CLOSED = [("+k sesame", "not-authorized", "auth"), ("+b *!*@*", "forbidden", "auth"), ("+l 1", "service-unavailable", "wait"),
          ("+i", "registration-required", "auth"), ("+R", "registration-required", "auth")]


# covers: GW-MUC-005
@pytest.mark.parametrize("mode, condition, type", CLOSED, ids=["key", "banned", "full", "invite-only", "registered-only"])
async def test_a_closed_room_says_why(world, ircd, mode, condition, type):
    juliet = await world.irc(port=ircd.port)
    channel, nick = world.channel(), world.name("romeo")
    await juliet.join(channel)
    juliet.send(f"MODE {channel} {mode}")
    await juliet.expect("MODE", lambda line: mode[:2] in line.params)
    romeo = await world.xmpp(nick)
    room = world.room(channel, server=ircd.name)
    romeo.ask_to_join(room, nick)
    refusal = await romeo.expect_presence(room, "error")
    assert (refusal.error, refusal.error_type) == (condition, type)
    assert refusal.to == romeo.full
    assert await juliet.nicks_in(channel) == {juliet.nick}
    juliet.send(f"MODE {channel} -{mode[1:] if mode[1] in 'bk' else mode[1]}")
    await juliet.expect("MODE", lambda line: line.params[1].startswith("-"))
    await romeo.join(room, nick)


# covers: GW-MUC-007 GW-MUC-021
async def test_a_locked_subject_is_for_moderators_and_has_an_author(world, ircd):
    scene = await visited(world, ircd)
    scene.juliet.send(f"MODE {scene.channel} +t", f"TOPIC {scene.channel} :Verona")
    told = await scene.romeo.expect(lambda s: s.kind == "message" and s.subject == "Verona", "the subject")
    assert told.sender == scene.juliets_place and told.body is None
    id = scene.romeo.message(scene.room, None, "groupchat", inner="<subject>Mantua</subject>")
    await scene.romeo.expect_error(id, "forbidden")
    mercutio = await world.xmpp(world.name("mercutio"))
    start = mercutio.received.mark()
    await mercutio.join(scene.room, world.name("mercutio"))
    subjects = [s for s in mercutio.received.since(start) if s.subject is not None]
    assert [(s.subject, s.sender) for s in subjects] == [("Verona", scene.juliets_place)]
    assert subjects[0].find("delay:delay") is not None, "when it was set"


# covers: GW-MUC-021
async def test_lists_name_who_has_what(world, ircd):
    scene = await owned(world, ircd)
    _, nick = await also_there(world, scene)
    await grants(scene.romeo, scene.room, f"nick='{nick}' affiliation='member'")
    await ranked(scene.juliet, scene.channel, nick, "+")
    moderators = await list_of(scene.romeo, scene.room, "role='moderator'")
    assert [item["nick"] for item in moderators] == [scene.nick]
    members = await list_of(scene.romeo, scene.room, "affiliation='member'")
    assert [(item["nick"], item["role"]) for item in members] == [(nick, "participant")]
    participants = await list_of(scene.romeo, scene.room, "role='participant'")
    assert {item["nick"] for item in participants} == {nick, scene.juliet.nick}
    assert await list_of(scene.romeo, scene.room, "affiliation='outcast'") == []
    both = await scene.romeo.iq(scene.room, "get", f"<query xmlns='{NS['admin']}'><item role='none' affiliation='none'/></query>")
    assert both.error == "bad-request"


# covers: GW-MUC-012
async def test_one_of_two_clients_leaves_and_the_other_stays(world, ircd):
    scene = await visited(world, ircd)
    phone = await world.xmpp(scene.nick, "phone")
    await phone.join(scene.room, scene.nick)
    phone.leave(scene.room, scene.nick)
    assert "110" in (await phone.expect_presence(scene.here, "unavailable")).codes
    start = phone.received.mark()
    scene.juliet.say(scene.channel, "who is left?")
    await scene.romeo.expect_message(scene.juliets_place, "who is left?", "groupchat")
    await phone.receives_nothing(start, lambda s: s.body == "who is left?", "words of a room it has left", world.gateway)
    assert scene.nick in await scene.juliet.nicks_in(scene.channel)
    await scene.juliet.hears_nothing_else(lambda line: line.command == "PART", "a PART")


# covers: GW-MSG-001
async def test_slash_me_both_ways(world, ircd):
    scene = await visited(world, ircd)
    scene.romeo.message(scene.room, "/me climbs the wall", "groupchat")
    await scene.juliet.hears("\x01ACTION climbs the wall\x01", scene.channel)
    await scene.romeo.expect_message(scene.here, "/me climbs the wall", "groupchat")
    scene.juliet.say(scene.channel, "\x01ACTION appears above\x01")
    await scene.romeo.expect_message(scene.juliets_place, "/me appears above", "groupchat")


# covers: GW-MUC-001 GW-MUC-005
async def test_a_nickname_in_use_is_replaced_or_refused(world, ircd):
    juliet = await world.irc(port=ircd.port)
    romeo = await world.xmpp()
    channel = world.channel()
    await juliet.join(channel)
    room = world.room(channel, server=ircd.name)
    own = await romeo.join(room, juliet.nick)
    assert "210" in own.codes and own.resource != juliet.nick
    assert await juliet.nicks_in(channel) == {juliet.nick, own.resource}
