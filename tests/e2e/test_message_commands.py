"""What an operator sees of kept messages and has done with them: on the command line, and as an administrator by XMPP."""
import json
import re

from harness.waiting import eventually
from test_commands import command, note, of, says
from test_kept_messages import Scene

DATA = "jabber:x:data"


def listed(scene, *arguments) -> list[dict]:
    done = scene.gateway.command("messages", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def in_state(scene, state: str) -> dict:
    """The only message in this state, once there is one."""
    found = await eventually(lambda: listed(scene, "--state", state), f"a message is {state}")
    assert len(found) == 1, found
    return found[0]


async def by_form(asker, gateway, node, **answers):
    session = of(await command(asker, gateway, node)).get("sessionid")
    return await command(asker, gateway, node, session, "complete", answers)


# ---- on the command line
async def test_a_doubtful_message_is_found_traced_and_released(world):
    scene = await Scene(world).begin()
    id = scene.says("doubt", "did you get this")
    await scene.error("doubt", id)
    other = scene.says("juliet", "hello")
    await scene.receipt("juliet", other)

    table = scene.gateway.command("messages", "--state", "ambiguous", "--account", scene.romeo.jid).stdout
    head, row = table.splitlines()
    assert head.split() == ["ID", "AGE", "NETWORK", "DIRECTION", "STATE", "ATTEMPTS", "USER", "CONTACT", "REASON"]
    assert re.match(rf"\d+ +\d+ s +far +to_network +ambiguous +1 +{re.escape(scene.romeo.jid)} +{re.escape(scene.contact('doubt'))}", row)
    number = row.split()[0]

    for name in (number, id):
        trace = scene.gateway.command("trace", name)
        assert trace.returncode == 0, trace.stderr
        assert re.search(r"queued\n.*\+\d+\.\d{3} s +sending\n.*\+\d+\.\d{3} s +ambiguous\n", trace.stdout), trace.stdout
        assert re.search(rf"stanza id +{id}\n", trace.stdout) and "did you get this" not in trace.stdout + table
    refused = scene.gateway.command("retry", id)
    assert refused.returncode == 3 and "Release it" in refused.stderr

    scene.far.does("doubt accept")
    released = scene.gateway.command("release", id)
    assert released.returncode == 0 and "a second time" in released.stdout, released.stderr
    await eventually(lambda: scene.far.texts().count("did you get this") == 2, "it arrives a second time")
    assert [line["attempt"] for line in scene.far.taken() if line["text"] == "did you get this"] == [1, 2]
    await scene.receipt("doubt", id)
    again = scene.gateway.command("release", id)
    assert again.returncode == 3 and "already" in again.stderr
    (message,) = json.loads(scene.gateway.command("trace", "--json", number).stdout)
    states = [step["state"] for step in message["steps"]]
    assert states[:5] == ["queued", "sending", "ambiguous", "queued", "sending"] and message["network_ids"]
    # What the network calls it names it as well.
    assert f"message {number}:" in scene.gateway.command("trace", message["network_ids"][0]).stdout


async def test_a_queued_message_is_cancelled_and_its_sender_reads_why(world):
    scene = await Scene(world).begin()
    scene.far.does("down")
    id = scene.says("juliet", "never mind")
    kept = scene.says("juliet", "this one stays")
    await eventually(lambda: len(listed(scene, "--state", "queued")) == 2, "both wait")
    oldest = scene.gateway.metric("causeway_message_oldest_queued_seconds", network="far", direction="to_network")
    assert 0 < oldest < 60
    done = scene.gateway.command("cancel", id)
    assert done.returncode == 0 and "given up" in done.stdout, done.stderr
    await scene.error("juliet", id)
    assert "given up already" in scene.gateway.command("cancel", id).stderr
    scene.far.does()
    await scene.receipt("juliet", kept)
    assert scene.far.texts() == ["this one stays"]
    await eventually(lambda: scene.gateway.metric("causeway_message_oldest_queued_seconds", direction="to_network") == 0,
                     "nothing waits")


async def test_a_failed_message_is_retried(world):
    scene = await Scene(world).begin()
    id = scene.says("refuse-her", "hello again")
    await scene.error("refuse-her", id)
    scene.far.does("refuse-her accept")
    done = scene.gateway.command("retry", id)
    assert done.returncode == 0, done.stderr
    await scene.receipt("refuse-her", id)
    assert scene.far.texts() == ["hello again"]


async def test_what_cannot_be_asked_is_told(world):
    scene = await Scene(world).begin()
    unknown = scene.gateway.command("trace", "no-such-id")
    assert unknown.returncode == 3 and "There is no message" in unknown.stderr
    assert scene.gateway.command("cancel", "999").returncode == 3
    assert scene.gateway.command("messages").stdout == "no messages\n"
    for arguments, expected in ((("--state", "lost"), "ambiguous"), (("--network", "sea"), "there are: far"),
                                (("--account", "@@"), "JID"), (("--limit", "0"), "1 to 1000"), (("--direction", "up"), "to_xmpp")):
        wrong = scene.gateway.command("messages", *arguments)
        assert wrong.returncode == 1 and expected in wrong.stderr, wrong
    assert scene.gateway.command("retry").returncode > 100
    scene.gateway.stop()
    down = scene.gateway.command("messages")
    assert down.returncode == 1 and "no daemon answered" in down.stderr


async def test_counts_are_right_after_a_restart(world):
    scene = await Scene(world).begin()
    await scene.receipt("juliet", scene.says("juliet", "hello"))
    await scene.error("doubt", scene.says("doubt", "perhaps"))
    await scene.error("refuse-her", scene.says("refuse-her", "no"))

    def counts():
        return {state: scene.gateway.metric("causeway_messages_state", network="far", direction="to_network", state=state)
                for state in ("queued", "sending", "accepted", "ambiguous", "failed")}

    expected = {"queued": 0, "sending": 0, "accepted": 1, "ambiguous": 1, "failed": 1}
    await eventually(lambda: counts() == expected, "all are counted")
    scene.gateway.kill()
    await scene.gateway.up()
    assert counts() == expected


# ---- by XMPP
async def test_an_administrator_does_the_same_by_forms(world):
    scene = await Scene(world).begin()
    admin = await world.xmpp("admin")
    id = scene.says("doubt", "perhaps")
    await scene.error("doubt", id)
    answer = await by_form(admin, scene.jid, "messages", state="ambiguous", user=scene.romeo.jid)
    table = of(answer).find(f"{{{DATA}}}x")
    cells = [value.text for value in table.findall(f"{{{DATA}}}item/{{{DATA}}}field/{{{DATA}}}value")]
    assert "ambiguous" in cells and scene.contact("doubt") in cells and "perhaps" not in cells
    traced = of(await by_form(admin, scene.jid, "trace", id=id)).find(f"{{{DATA}}}x")
    steps = [value.text for value in traced.iter(f"{{{DATA}}}value")]
    assert {"queued", "sending", "ambiguous", id} <= set(steps)
    assert "Release it" in note(await by_form(admin, scene.jid, "retry", id=id))
    scene.far.does("doubt accept")
    assert "a second time" in note(await by_form(admin, scene.jid, "release", id=id))
    await scene.receipt("doubt", id)
    moved = await scene.gateway.logged("CAUSEWAY_MESSAGE_MOVED")
    assert moved["command"] == "release"


async def test_an_administrator_does_the_same_by_words(world):
    scene = await Scene(world).begin()
    admin = await world.xmpp("admin")
    scene.far.does("down")
    id = scene.says("juliet", "never mind")
    message = await in_state(scene, "queued")
    await says(admin, scene.jid, "messages queued -", f"{message['id']} — ")
    await says(admin, scene.jid, f"trace {id}", "queued")
    await says(admin, scene.jid, f"retry {id}", "waits for its turn")
    await says(admin, scene.jid, f"cancel {message['id']}", "is given up")
    await scene.error("juliet", id)
    scene.far.does()
    await says(admin, scene.jid, f"retry {id}", "tried again")
    await scene.receipt("juliet", id)


async def test_nobody_else_may(world):
    scene = await Scene(world).begin()
    id = scene.says("doubt", "perhaps")
    await scene.error("doubt", id)
    for node in ("messages", "trace", "retry", "release", "cancel"):
        assert (await command(scene.romeo, scene.jid, node)).error == "forbidden"
        await says(scene.romeo, scene.jid, f"{node} {id}", "You may not do this.")
    assert (await in_state(scene, "ambiguous"))["stanza_id"] == id
