"""Starting, stopping, dying, coming back."""
from harness.causeway import NotifySocket, irc_network
from harness.register import become_friends_with, register
from harness.scenes import both_in_a_room
from harness.waiting import eventually


def groupchat(sender, body):
    return lambda s: s.type == "groupchat" and s.sender == sender and s.body == body


# covers: GW-MUC-015 GW-COMP-023 GW-LOG-014 GW-PRES-031
async def test_a_graceful_stop_is_told_on_both_sides(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    scene = await both_in_a_room(world, jid)
    gateway.terminate()
    out = await scene.romeo.expect_presence(scene.here, "unavailable")
    assert {"332", "110"} <= out.codes
    await scene.juliet.expect("QUIT", lambda line: line.nick == scene.nick)
    assert await gateway.ended() == 0


# covers: GW-NF-005 GW-LOG-013 GW-LOG-015
async def test_after_a_crash_everything_comes_back_by_itself(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    scene = await both_in_a_room(world, jid)
    gateway.kill()
    await scene.juliet.expect("QUIT", lambda line: line.nick == scene.nick)
    await gateway.up()
    await scene.juliet.expect("JOIN", lambda line: line.nick == scene.nick, timeout=20)
    scene.juliet.say(scene.channel, "there you are")
    await scene.romeo.expect(groupchat(scene.juliets_place, "there you are"))
    scene.romeo.message(scene.room, "I never left", "groupchat")
    await scene.juliet.hears("I never left")


# covers: GW-NF-005 GW-LOG-014
async def test_a_registration_outlives_a_restart(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    nick = world.name("romeo")
    romeo, juliet = await world.xmpp(), await world.irc()
    await register(romeo, jid, nick=nick)
    await become_friends_with(romeo, jid)
    contact = world.contact(juliet.nick, jid)
    await romeo.befriend(contact)
    await romeo.expect_presence(contact)
    start = romeo.received.mark()
    gateway.terminate()
    assert await gateway.ended() == 0
    await romeo.expect_presence(jid, "unavailable")
    await gateway.up()
    await romeo.expect(lambda s: s in romeo.received.since(start) and s.kind == "presence" and s.bare == contact and s.type == "",
                       "the contact's presence, unasked")
    romeo.message(contact, "as before")
    assert (await juliet.hears("as before")).nick == nick


async def test_several_networks_live_in_one_process(world):
    gateway, first = world.own_gateway([world.ngircd_entry()])
    second = world.lease()
    inspircd = world.servers.inspircd
    gateway.config["networks"].append(gateway._at_home(
        irc_network("second", second, world.server.component_port,
                    [{"name": inspircd.name, "host": "127.0.0.1", "port": inspircd.port, "tls": False}])))
    gateway.write_config()
    await gateway.up()
    one = await both_in_a_room(world, first)
    two = await both_in_a_room(world, second, inspircd.port, inspircd.name)
    for scene in (one, two):
        scene.juliet.say(scene.channel, "which network is this?")
        await scene.romeo.expect(groupchat(scene.juliets_place, "which network is this?"))
        scene.romeo.message(scene.room, "yours", "groupchat")
        await scene.juliet.hears("yours")


# covers: GW-COMP-011
async def test_it_tells_systemd_when_it_is_ready_and_alive_and_going(world):
    notify = NotifySocket(world.directory)
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    await gateway.up({"NOTIFY_SOCKET": str(notify.path), "WATCHDOG_USEC": "600000"})
    try:
        await eventually(lambda: notify.heard("READY=1"), "READY=1")
        await eventually(lambda: notify.heard("WATCHDOG=1"), "WATCHDOG=1")
        gateway.terminate()
        assert await gateway.ended() == 0
        assert notify.heard("STOPPING=1")
    finally:
        notify.close()


async def test_the_vault_must_open_or_nothing_starts(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    romeo = await world.xmpp()
    assert (await register(romeo, jid, nick=world.name("romeo"))).type == "result"
    gateway.terminate()
    assert await gateway.ended() == 0
    gateway.write_private("vault.key", "0" * 64)
    try:
        gateway.launch()
    except RuntimeError:
        pass
    await eventually(lambda: not gateway.alive(), "it ends")
    assert gateway._process.wait() != 0


async def test_a_reload_takes_what_it_can_and_says_what_it_cannot(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    juliet, tybalt = await world.irc(), await world.xmpp(domain="other.test")
    contact = world.contact(juliet.nick, jid)
    await tybalt.expect_error(tybalt.message(contact, "may I?"))

    gateway.config["access"]["domains"].append("other.test")
    gateway.config["store"]["path"] = str(world.directory / "elsewhere.db")
    gateway.write_config()
    gateway.reload()

    async def allowed():
        tybalt.message(contact, "and now?")
        return any(line.text == "and now?" for line in juliet.received.records)

    await eventually(allowed, "the new domain may speak")
    assert any("store" in str(line) for line in gateway.log_lines() if line["level"] in ("warning", "error"))

    gateway.config_path.write_text("networks: [\n")
    lines = len(gateway.log_lines())
    gateway.reload()
    await eventually(lambda: any(line["level"] == "error" for line in gateway.log_lines()[lines:]), "the mistake is logged")
    tybalt.message(contact, "still running")
    await juliet.hears("still running")
