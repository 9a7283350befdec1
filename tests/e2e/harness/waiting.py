"""Waiting for conditions instead of for time."""
import asyncio
import inspect
import os
import time

# Sanitizer builds are slower; tests/run sets the factor. It stretches limits, never the waiting itself.
SLOW = float(os.environ.get("E2E_SLOW", "1"))
TIMEOUT = 10.0 * SLOW
POLL = 0.02


class NotSeen(AssertionError):
    """What a story waited for did not happen."""


async def eventually(condition, what: str, timeout: float = TIMEOUT):
    """Calls `condition` (plain or async) until it returns something true, and returns that."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if time.monotonic() > end:
            raise NotSeen(f"not within {timeout:.0f} s: {what}")
        await asyncio.sleep(POLL)


def eventually_sync(condition, what: str, timeout: float = TIMEOUT):
    """The same, for set-up code that runs outside the event loop."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise NotSeen(f"not within {timeout:.0f} s: {what}")
        time.sleep(POLL)


class Recorder:
    """Everything a client received, in order. `expect` takes each record at most once."""

    def __init__(self, owner: str):
        self.owner = owner
        self.records: list = []
        self._taken: set[int] = set()
        self._news = asyncio.Event()

    def add(self, record) -> None:
        self.records.append(record)
        self._news.set()

    def mark(self) -> int:
        """A place in the record: `since(mark)` gives what came after it."""
        return len(self.records)

    def since(self, mark: int) -> list:
        return self.records[mark:]

    async def expect(self, predicate, what: str = "", timeout: float = TIMEOUT):
        end = time.monotonic() + timeout
        looked_at = 0
        while True:
            for index in range(looked_at, len(self.records)):
                if index not in self._taken and predicate(self.records[index]):
                    self._taken.add(index)
                    return self.records[index]
            looked_at = len(self.records)
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, end - time.monotonic()))
            except asyncio.TimeoutError:
                raise NotSeen(self._report(what, timeout)) from None

    def _report(self, what: str, timeout: float) -> str:
        tail = "\n".join(f"    {record}" for record in self.records[-25:])
        return f"{self.owner} did not receive {what or 'what was expected'} within {timeout:.0f} s; the last records:\n{tail}"
