"""The store's disk is nearly full, is full, or may not be written: nothing is taken that cannot be kept, and all goes on by itself."""
import pathlib
import resource
import subprocess

import pytest
from test_kept_messages import Scene

from harness.waiting import eventually

MIB = 1024 * 1024


@pytest.fixture
def small_disk(world):
    """A file system of 32 MiB."""
    place = world.directory / world.name("disk")
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=0700", "causeway-test", str(place)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: pathlib.Path, leave: int) -> pathlib.Path:
    """Until `leave` bytes are free; down to the last block for 0."""
    ballast = place / "ballast"
    left = subprocess.run(["df", "--output=avail", "-B1", str(place)], capture_output=True, text=True, check=True)
    size = int(left.stdout.split()[1]) - leave
    with ballast.open("wb") as file:
        file.write(b"\0" * size)
    return ballast


async def refused(scene: Scene, text: str) -> None:
    id = scene.says("juliet", text)
    error = await scene.error("juliet", id)
    assert error.error_type in ("wait", "cancel") and scene.receipts(id) == 0


async def test_a_disk_that_is_nearly_full_stops_the_intake(world, small_disk):
    scene = Scene(world)
    scene.gateway.config["store"]["path"] = str(small_disk / "causeway.db")
    scene.gateway.write_config()
    await scene.begin()
    await scene.receipt("juliet", scene.says("juliet", "before"))
    assert scene.gateway.metric("causeway_store_disk_floor_bytes") == pytest.approx(32 * MIB / 20, rel=0.01)
    ballast = fill(small_disk, MIB)
    await scene.gateway.logged("CAUSEWAY_DISK_LOW")
    await eventually(lambda: not scene.gateway.ready(), "the stream is closed")
    assert scene.gateway.metric("causeway_intake_open") == 0
    status = scene.gateway.command("status").stdout
    assert "low: true" in status and "intake: closed" in status
    await refused(scene, "no room")
    ballast.unlink()
    await scene.gateway.logged("CAUSEWAY_DISK_ENOUGH")
    await eventually(scene.gateway.ready, "the stream is there again")
    await scene.receipt("juliet", scene.says("juliet", "after"))
    assert scene.far.texts() == ["before", "after"]


async def test_a_full_disk_loses_nothing_that_was_accepted(world, small_disk):
    scene = Scene(world)
    scene.gateway.config["store"].update(path=str(small_disk / "causeway.db"), disk_floor="0")
    scene.gateway.write_config()
    await scene.begin()
    scene.far.does("down")
    accepted = [scene.says("juliet", f"kept {n}") for n in range(3)]
    await eventually(lambda: scene.gateway.metric("causeway_messages_state", state="queued", direction="to_network") == 3, "they are kept")
    ballast = fill(small_disk, 0)
    await refused(scene, "x" * 9000)
    await scene.gateway.logged("CAUSEWAY_INTAKE_CLOSED", timeout=1)
    await eventually(lambda: not scene.gateway.ready(), "the stream is closed")
    ballast.unlink()
    await eventually(scene.gateway.ready, "the stream is there again")
    scene.far.does()
    for id in accepted:
        await scene.receipt("juliet", id, timeout=20)
    await scene.receipt("juliet", scene.says("juliet", "after"))
    assert scene.far.texts() == ["kept 0", "kept 1", "kept 2", "after"]


async def test_writes_that_fail_stop_the_intake_and_it_opens_by_itself(world):
    scene = await Scene(world).begin()
    await scene.receipt("juliet", scene.says("juliet", "before " + "x" * 9000))
    log = scene.gateway.directory / "causeway.db-wal"
    no_limit = resource.prlimit(scene.gateway.pid, resource.RLIMIT_FSIZE)
    # Files become no larger than this: SQLite sees a failed write, as with a broken disk.
    resource.prlimit(scene.gateway.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, no_limit[1]))
    await refused(scene, "x" * 9000)
    await eventually(lambda: not scene.gateway.ready(), "the stream is closed")
    resource.prlimit(scene.gateway.pid, resource.RLIMIT_FSIZE, no_limit)
    await eventually(scene.gateway.ready, "the stream is there again")
    await scene.receipt("juliet", scene.says("juliet", "after"))
    assert [text[:6] for text in scene.far.texts()] == ["before", "after"]
