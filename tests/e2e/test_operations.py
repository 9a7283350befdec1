"""What an operator sees and types."""
import json
import re
import subprocess

from harness.causeway import run
from harness.scenes import both_in_a_room
from harness.waiting import eventually


async def test_help_and_version(world):
    for arguments in (["--help"], ["serve", "--help"], ["check", "--help"], ["init", "--help"], ["status", "--help"],
                      ["backup", "--help"], ["fsck", "--help"], ["--version"]):
        done = run(*arguments)
        assert done.returncode == 0 and done.stdout.strip(), arguments
    assert run("no-such-command").returncode != 0


async def test_promtool_accepts_the_metrics(world):
    scene = await both_in_a_room(world)
    scene.romeo.message(scene.room, "count me", "groupchat")
    await scene.juliet.hears("count me")
    done = subprocess.run(["promtool", "check", "metrics"], input=world.causeway.metrics(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_messages_and_sessions_are_counted(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    before = gateway.metric("causeway_messages_total")
    scene = await both_in_a_room(world, jid)
    scene.romeo.message(scene.room, "one", "groupchat")
    await scene.juliet.hears("one")
    scene.juliet.say(scene.channel, "two")
    await scene.romeo.expect(lambda s: s.body == "two")
    assert gateway.metric("causeway_messages_total") >= before + 2
    assert re.search(r"^causeway_build_info\{", gateway.metrics(), re.M)


async def test_health_and_readiness(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()], component_port=1)
    gateway.launch()
    assert gateway.http("/healthz")[0] == 200
    assert gateway.http("/readyz")[0] == 503
    assert gateway.http("/nowhere")[0] == 404
    world.gateway
    assert world.causeway.http("/readyz")[0] == 200


async def test_status_over_the_control_socket(world):
    world.gateway
    done = world.causeway.command("status")
    assert done.returncode == 0 and "irc" in done.stdout, done.stderr
    told = world.causeway.command("status", "--json")
    assert told.returncode == 0 and "irc" in json.dumps(json.loads(told.stdout))


async def test_status_of_a_gateway_that_does_not_run(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    done = gateway.command("status")
    assert done.returncode != 0 and done.stderr.strip()


async def test_check_accepts_a_good_configuration(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    done = gateway.command("check")
    assert done.returncode == 0, done.stdout + done.stderr
    done = gateway.command("check", "--connect")
    assert done.returncode == 0, done.stdout + done.stderr


async def test_check_tries_the_links(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()], secret="wrong-secret")
    done = gateway.command("check", "--connect")
    assert done.returncode != 0
    assert "wrong-secret" not in done.stdout + done.stderr


async def test_check_names_every_mistake_with_its_place(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    text = gateway.config_path.read_text()
    text = text.replace("messages_per_minute:", "mesages_per_minute:").replace("level: debug", "level: loud")
    gateway.config_path.write_text(text)
    misspelt = 1 + next(n for n, line in enumerate(text.splitlines()) if "mesages" in line)
    wrong = 1 + next(n for n, line in enumerate(text.splitlines()) if "loud" in line)
    done = gateway.command("check")
    told = done.stdout + done.stderr
    assert done.returncode == 2
    name = re.escape(gateway.config_path.name)
    assert re.search(rf"{name}:{misspelt}:\d+", told) and re.search(rf"{name}:{wrong}:\d+", told), told
    assert "messages_per_minute" in told, "a misspelt key gets a suggestion"


async def test_a_bad_configuration_starts_nothing(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    gateway.config_path.write_text("networks: 3\n")
    done = gateway.command("serve")
    assert done.returncode == 2 and done.stderr.strip()
    assert not (gateway.directory / "causeway.db").exists()


async def test_a_secret_that_all_can_read_is_refused(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    gateway.secret_file.chmod(0o644)
    done = gateway.command("check")
    assert done.returncode == 2 and "component.secret" in done.stdout + done.stderr


async def test_every_log_line_is_an_object_with_a_known_id(world):
    scene = await both_in_a_room(world)
    assert scene
    lines = [line for line in world.causeway.log_text().splitlines() if line.strip()]
    assert lines
    for line in lines:
        entry = json.loads(line)
        assert entry["event"].startswith("CAUSEWAY_") and entry["time"] and entry["level"] and entry["message"]


async def test_a_second_gateway_on_the_same_store_is_refused(world):
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    done = gateway.command("serve", timeout=20)
    assert done.returncode == 1
    assert f"another Causeway serves from the store {gateway.directory / 'causeway.db'}" in done.stdout + done.stderr
    await eventually(gateway.ready, "the first one is not disturbed")


async def test_init_writes_a_configuration_that_passes_check_and_starts(world):
    place = world.directory / "made-by-init"
    place.mkdir()
    jid = world.lease()
    made = run("init", "--domain", "xmpp.test", "--jid", jid, "--server", "prosody", "--dir", str(place))
    assert made.returncode == 0, made.stderr
    assert jid in made.stdout, "what to paste into the server's configuration"
    config = place / "causeway.yaml"
    checked = run("check", "--config", str(config))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for secret in place.iterdir():
        if secret.suffix in (".key", ".secret"):
            assert secret.stat().st_mode & 0o077 == 0 and secret.read_text(errors="replace").strip() not in made.stdout
    again = run("init", "--domain", "xmpp.test", "--jid", jid, "--server", "prosody", "--dir", str(place))
    assert again.returncode != 0, "nothing is overwritten"
    assert run("init", "--domain", "xmpp.test", "--jid", "irc/broken", "--dir", str(place)).returncode != 0

    # With the ports of this test it is a gateway that runs.
    gateway, _ = world.own_gateway([world.ngircd_entry()])
    text = config.read_text().replace("port: 5347", f"port: {world.server.component_port}")
    gateway.config_path.write_text(re.sub(r"listen: \S+", f"listen: 127.0.0.1:{gateway.admin_port}", text))
    secret = next(place.glob("*.secret"))
    secret.write_text(gateway.secret_file.read_text())
    await gateway.up()
    assert gateway.http("/readyz")[0] == 200
