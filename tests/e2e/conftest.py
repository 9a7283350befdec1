"""Fixtures of the end-to-end stories, and how an `async def` test runs: in an event loop of its own, with a deadline."""
import asyncio
import inspect
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness.waiting import SLOW  # noqa: E402
from harness.world import XMPP_SERVERS, Servers, World  # noqa: E402

STORY_DEADLINE = 60 * SLOW


@pytest.fixture(scope="session")
def servers():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="causeway-e2e-"))
    directory.chmod(0o755)  # ngIRCd reads its configuration as nobody
    made = Servers(directory)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def world(servers, tmp_path):
    tmp_path.chmod(0o755)
    return World(servers, tmp_path)


@pytest.fixture(params=XMPP_SERVERS)
def any_world(request, servers, tmp_path):
    """The same once for each XMPP server."""
    tmp_path.chmod(0o755)
    return World(servers, tmp_path, request.param)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(_tell(pyfuncitem.obj, arguments))
    return True


async def _tell(story, arguments) -> None:
    try:
        await asyncio.wait_for(story(**arguments), STORY_DEADLINE)
    finally:
        world = arguments.get("world") or arguments.get("any_world")
        if world is not None:
            await world.close()
