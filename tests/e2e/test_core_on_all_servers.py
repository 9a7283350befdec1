"""The core of what users do, on every XMPP server. The stories told here by name run with Prosody in their own files."""
import pytest

import test_entity
import test_injection
import test_lifecycle
import test_link
import test_presence
import test_private_messages
import test_registration
import test_rooms
import test_security
from harness.register import become_friends_with, register
from harness.world import World

CORE = [
    test_registration.test_registering_ends_with_the_gateway_in_the_roster,
    test_registration.test_the_registration_can_be_changed,
    test_registration.test_a_form_with_a_hole_is_not_acceptable,
    test_registration.test_unregistering_happens_in_order_and_leaves_nothing,
    test_registration.test_who_is_registered_logs_in_and_out_by_presence,
    test_presence.test_subscribing_twice_is_answered_twice,
    test_presence.test_a_contact_that_was_removed_stays_away,
    test_presence.test_away_said_in_a_room_is_seen_on_irc,
    test_presence.test_the_irc_session_ends_with_the_last_client,
    test_private_messages.test_romeo_and_juliet_write_to_each_other,
    test_private_messages.test_words_to_nobody_come_back_with_their_id,
    test_private_messages.test_many_words_keep_their_order,
    test_rooms.test_joining_shows_occupants_then_oneself_then_the_subject,
    test_rooms.test_both_talk_in_the_room,
    test_rooms.test_romeo_takes_a_new_nickname,
    test_rooms.test_a_nickname_that_is_taken_is_refused_and_the_old_one_stays,
    test_rooms.test_the_subject_changes_from_both_sides,
    test_rooms.test_romeo_is_kicked,
    test_rooms.test_romeo_kicks,
    test_rooms.test_romeo_leaves,
    test_rooms.test_the_channel_is_left_when_the_last_of_two_clients_leaves,
    test_rooms.test_a_client_that_goes_offline_leaves_its_rooms,
    test_rooms.test_a_self_ping_tells_whether_one_is_in_the_room,
    test_rooms.test_a_private_word_to_an_occupant,
    test_rooms.test_words_from_outside_the_room_are_refused,
    test_entity.test_the_gateway_says_what_it_is,
    test_entity.test_a_room_says_that_it_is_one,
    test_entity.test_a_contact_says_that_it_gives_receipts,
    test_entity.test_version_and_ping,
    test_entity.test_every_question_gets_one_answer,
    test_entity.test_errors_are_not_answered,
    test_injection.test_in_an_address,
    test_injection.test_in_a_nickname,
    test_security.test_a_stranger_is_turned_away_everywhere,
    test_security.test_an_oversized_stanza_is_answered_and_the_link_stays,
    test_security.test_a_deep_stanza_is_answered_and_the_link_stays,
    test_lifecycle.test_a_graceful_stop_is_told_on_both_sides,
    test_lifecycle.test_after_a_crash_everything_comes_back_by_itself,
    test_lifecycle.test_a_registration_outlives_a_restart,
    test_link.test_the_irc_session_survives_a_cut_link,
    test_link.test_a_link_that_went_silent_is_found_out,
]


@pytest.mark.parametrize("story", CORE, ids=lambda story: story.__name__.removeprefix("test_"))
@pytest.mark.parametrize("kind", ["ejabberd", "jabberd2"])
async def test_as_with_prosody(servers, tmp_path, kind, story):
    tmp_path.chmod(0o755)
    world = World(servers, tmp_path, kind)
    try:
        await story(world)
    finally:
        await world.close()


# covers: GW-CON-004 GW-PRES-007
@pytest.mark.parametrize("kind", ["ejabberd", "jabberd2"])
async def test_a_contact_is_seen_coming_away_and_going(servers, tmp_path, kind):
    tmp_path.chmod(0o755)
    world = World(servers, tmp_path, kind)
    try:
        await test_presence.test_a_contact_is_seen_coming_away_and_going(world, "ngircd")
    finally:
        await world.close()


# covers: GW-LOG-002
async def test_a_client_that_probes_the_gateway_is_answered_where_the_server_lets_it(any_world):
    romeo, gateway = await any_world.xmpp(), any_world.gateway
    await register(romeo, gateway, nick=any_world.name("romeo"))
    await become_friends_with(romeo, gateway)
    await romeo.expect_presence(gateway)
    start = romeo.received.mark()
    romeo.presence(to=gateway, type="probe")
    if any_world.kind == "jabberd2":  # probing is the server's business there: it keeps those of clients
        await romeo.receives_nothing(start, lambda s: s.kind == "presence", "an answer to a probe", gateway)
    else:
        await romeo.expect_presence(gateway)


# covers: GW-LOG-002 GW-LOG-006
async def test_who_comes_online_is_known_to_the_gateway_without_being_asked(any_world):
    """The server's own probes and broadcasts: they differ most between servers."""
    name = any_world.name("romeo")
    romeo, gateway, juliet = await any_world.xmpp(name), any_world.gateway, await any_world.irc()
    await register(romeo, gateway, nick=name)
    await become_friends_with(romeo, gateway)
    contact = any_world.contact(juliet.nick)
    await romeo.befriend(contact)
    await romeo.expect_presence(contact)
    await romeo.close()
    phone = await any_world.xmpp(name, "phone")
    await phone.expect_presence(gateway)
    await phone.expect_presence(contact)
    phone.message(contact, "here again")
    assert (await juliet.hears("here again")).nick == name
