"""Fixtures of the stories in tests/e2e and tests/chaos, and how an `async def` test runs: in an event loop of its own, with a deadline."""
import asyncio
import inspect
import pathlib
import shutil
import tempfile

import pytest

from .waiting import SLOW
from .world import XMPP_SERVERS, Servers, World

__all__ = ["servers", "world", "any_world", "pytest_pyfunc_call", "pytest_configure", "pytest_runtest_makereport"]

STORY_DEADLINE = 60 * SLOW
LOG_TAIL = 6000  # characters of each gateway's log that a failing story shows


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
    deadline = pyfuncitem.get_closest_marker("deadline")
    asyncio.run(_tell(pyfuncitem.obj, arguments, deadline.args[0] * SLOW if deadline else STORY_DEADLINE))
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A story that failed shows what its own gateways logged: it may be the only run in which that is to be seen."""
    report = (yield).get_result()
    directory = getattr(item, "funcargs", {}).get("tmp_path")
    if call.when != "call" or not report.failed or directory is None:
        return
    for log in sorted(directory.rglob("causeway.log")):
        report.sections.append((f"end of {log}", log.read_text(errors="replace")[-LOG_TAIL:]))


def pytest_configure(config):
    config.addinivalue_line("markers", "deadline(seconds): how long this story may take; otherwise a minute")


async def _tell(story, arguments, deadline) -> None:
    try:
        await asyncio.wait_for(story(**arguments), deadline)
    finally:
        world = arguments.get("world") or arguments.get("any_world")
        if world is not None:
            await world.close()
