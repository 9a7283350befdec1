"""Backups of a store that is in use, what they are good for, and what is said of a store that is not right."""
import shutil
import sqlite3
import stat
import subprocess

from harness.postgres import Postgres
from harness.register import register
from harness.waiting import eventually
from test_kept_messages import Scene


def wait(scene: Scene, count: int):
    return eventually(lambda: scene.gateway.metric("causeway_messages_state", state="queued", direction="to_network") == count,
                      f"{count} messages wait")


async def test_what_a_backup_holds_is_delivered_after_the_store_was_lost(world):
    scene = await Scene(world).begin()
    scene.far.does("down")
    store = scene.gateway.directory / "causeway.db"
    copy = scene.gateway.directory / "backup.db"
    ids = [scene.says("juliet", f"before {n}") for n in range(50)]
    await wait(scene, 50)
    for n in range(100):  # the load goes on while it is copied
        scene.says("nurse", f"meanwhile {n}")
    done = scene.gateway.command("backup", str(copy))
    assert done.returncode == 0 and str(copy) in done.stdout, done.stderr
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(scene.gateway.directory.glob("backup.db?*")), "it is one file"
    await wait(scene, 150)
    scene.gateway.kill()
    for file in scene.gateway.directory.glob("causeway.db*"):
        file.unlink()
    checked = scene.gateway.command("fsck", str(copy))
    assert checked.returncode == 0 and "all is well" in checked.stdout, checked.stdout + checked.stderr
    shutil.copy2(copy, store)
    await scene.gateway.up()
    scene.far.does()
    for id in ids:
        await scene.receipt("juliet", id, timeout=30)
    assert [text for text in scene.far.texts() if text.startswith("before")] == [f"before {n}" for n in range(50)]


async def test_a_backup_replaces_nothing_unless_told_and_never_the_store(world):
    scene = await Scene(world).begin()
    await scene.receipt("juliet", scene.says("juliet", "hello"))
    store = scene.gateway.directory / "causeway.db"
    copy = scene.gateway.directory / "backup.db"
    copy.write_text("precious")
    done = scene.gateway.command("backup", str(copy))
    assert done.returncode == 1 and "--force" in done.stderr and copy.read_text() == "precious"
    assert scene.gateway.command("backup", "--force", str(copy)).returncode == 0
    assert scene.gateway.command("fsck", str(copy)).returncode == 0
    done = scene.gateway.command("backup", "--force", str(store))
    assert done.returncode == 1 and "store itself" in done.stderr
    done = scene.gateway.command("backup", str(scene.gateway.directory / "absent" / "copy.db"))
    assert done.returncode == 1 and "absent" in done.stderr
    await scene.receipt("juliet", scene.says("juliet", "still here"))


async def test_fsck_looks_at_a_store_in_use_and_at_one_whose_gateway_died(world):
    scene = await Scene(world).begin()
    for n, name in enumerate(["juliet", "refuse-her", "doubt", "busy1"]):
        scene.says(name, f"word {n}")
    await scene.receipt("juliet", scene.says("juliet", "again"))
    done = scene.gateway.command("fsck")
    assert done.returncode == 0 and "all is well" in done.stdout and "5 messages" in done.stdout, done.stdout + done.stderr
    scene.gateway.kill()
    assert (scene.gateway.directory / "causeway.db-wal").stat().st_size > 0
    done = scene.gateway.command("fsck")
    assert done.returncode == 0 and "5 messages" in done.stdout, done.stdout + done.stderr
    await scene.gateway.up()
    await scene.receipt("juliet", scene.says("juliet", "after"))


async def test_fsck_finds_what_cannot_be(world):
    scene = await Scene(world).begin()
    await scene.receipt("juliet", scene.says("juliet", "hello"))
    scene.gateway.stop()
    with sqlite3.connect(scene.gateway.directory / "causeway.db") as store:
        store.execute("UPDATE messages SET state = 6")
        store.execute("INSERT INTO records VALUES ('nobody', 'key', x'00')")
    store.close()
    done = scene.gateway.command("fsck")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "number 1 is " in done.stdout and "records belongs to no row of accounts" in done.stdout and "NOT RIGHT: 2 findings" in done.stdout


async def test_a_damaged_store_is_refused_with_what_to_do(world):
    scene = await Scene(world).begin()
    await scene.receipt("juliet", scene.says("juliet", "hello"))
    scene.gateway.stop()
    store = scene.gateway.directory / "causeway.db"
    store.write_bytes(b"\xff" * 4096 + store.read_bytes()[4096:])
    done = scene.gateway.command("serve")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert str(store) in said and "causeway fsck" in said and "causeway backup" in said
    done = scene.gateway.command("fsck")
    assert done.returncode == 4 and str(store) in done.stderr
    done = scene.gateway.command("backup", str(scene.gateway.directory / "copy.db"))
    assert done.returncode == 1 and not list(scene.gateway.directory.glob("copy.db*"))


async def test_a_store_of_a_newer_program_is_refused(world):
    scene = await Scene(world).begin()
    scene.gateway.stop()
    store = sqlite3.connect(scene.gateway.directory / "causeway.db", isolation_level=None)
    store.execute("INSERT INTO schema_version VALUES (99)")
    store.close()
    done = scene.gateway.command("serve")
    assert done.returncode == 1 and "schema version 99" in done.stdout + done.stderr
    done = scene.gateway.command("fsck")
    assert done.returncode == 4 and "newer Causeway" in done.stdout


async def test_fsck_tells_when_the_key_does_not_fit(world):
    gateway, jid = world.own_gateway([world.ngircd_entry()])
    await gateway.up()
    romeo = await world.xmpp()
    await register(romeo, jid, nick=world.name("romeo"))
    gateway.stop()
    assert gateway.command("fsck").returncode == 0
    gateway.write_private("vault.key", "0f" * 32)
    done = gateway.command("fsck")
    assert done.returncode == 4 and "cannot be opened" in done.stdout, done.stdout


async def test_a_backup_of_a_postgresql_database_can_be_restored(world):
    database = Postgres().start()
    try:
        scene = Scene(world)
        scene.gateway.config["store"] = {"driver": "postgres", "uri": database.uri}
        scene.gateway.write_config()
        await scene.begin()
        scene.far.does("down")
        id = scene.says("juliet", "kept")
        await wait(scene, 1)
        copy = scene.gateway.directory / "backup.dump"
        done = scene.gateway.command("backup", str(copy))
        assert done.returncode == 0, done.stderr
        checked = scene.gateway.command("fsck")
        assert checked.returncode == 0 and "1 messages" in checked.stdout, checked.stdout + checked.stderr
        scene.gateway.kill()
        restored = subprocess.run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--dbname", database.uri, str(copy)],
                                  capture_output=True, text=True, check=False)
        assert restored.returncode == 0, restored.stderr
        await scene.gateway.up()
        scene.far.does()
        await scene.receipt("juliet", id, timeout=30)
        scene.gateway.stop()
    finally:
        database.stop()
