"""A TCP proxy that misbehaves on order: cuts, swallows, delays."""
import asyncio
import contextlib

from .ports import free_port


class ChaosProxy:
    def __init__(self, target_port: int):
        self.target_port = target_port
        self.port = free_port()
        self.connections = 0  # accepted so far
        self.said = bytearray()  # all that came from who connects
        self._server: asyncio.Server | None = None
        self._pipes: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task] = set()
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._swallowing = False
        self._delay = 0.0

    async def start(self) -> "ChaosProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- faults; each until `heal`
    def cut(self) -> None:
        """Resets every connection that is open now."""
        for pair in list(self._pipes):
            for writer in pair:
                with contextlib.suppress(OSError):
                    writer.transport.abort()

    def refuse(self) -> None:
        """Cuts, and closes new connections at once."""
        self._refusing = True
        self.cut()

    def stall(self) -> None:
        """Stops reading: the senders' windows fill up."""
        self._flowing.clear()

    def swallow(self) -> None:
        """A black hole: what is sent arrives nowhere, and nobody learns it."""
        self._swallowing = True

    def slow(self, seconds: float) -> None:
        """Each packet waits."""
        self._delay = seconds

    def heal(self) -> None:
        self._refusing = self._swallowing = False
        self._delay = 0.0
        self._flowing.set()

    # ---- plumbing
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, far_writer)
        self._pipes.add(pair)
        both = [asyncio.create_task(self._pump(reader, far_writer, self.said)), asyncio.create_task(self._pump(far_reader, writer))]
        self._tasks.update(both)
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        self._pipes.discard(pair)
        for task in both:
            task.cancel()
            self._tasks.discard(task)
        for end in pair:
            with contextlib.suppress(OSError):
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copy: bytearray | None = None) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while True:
                await self._flowing.wait()
                data = await reader.read(65536)
                if not data:
                    return
                if copy is not None:
                    copy += data
                if self._delay:
                    await asyncio.sleep(self._delay)
                if not self._swallowing:
                    writer.write(data)
                    await writer.drain()
