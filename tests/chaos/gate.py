#!/usr/bin/env python3
"""A TCP gate that misbehaves on order: stands between two programs, and cuts, hides, holds up or slices what they say.

As a module:   gate = await Gate(target_port).start(); gate.cut(); ...; gate.heal(); await gate.close()
As a program:  gate.py TARGET_PORT [LISTEN_PORT]   prints the port it listens on, then takes orders from stdin, one a line:
               cut | close | refuse | black_hole [DIRECTION] | half_open [END] | stall [DIRECTION] | slow BYTES [DIRECTION] |
               slices [DIRECTION] | delay SECONDS [DIRECTION] | heal
DIRECTION is `up` (from who connects), `down` (to who connects) or `both`; END is `client` or `target`.
"""
import asyncio
import contextlib
import random
import socket
import struct
import sys
import time
from typing import Callable

UP, DOWN, BOTH = "up", "down", "both"
CLIENT, TARGET = "client", "target"
_CHUNK = 65536


def free_port() -> int:
    """A free loopback port below the range from which the kernel takes ports for outgoing connections."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class _Way:
    """One direction of all connections, and what is wrong with it."""

    def __init__(self) -> None:
        self.flowing = asyncio.Event()
        self.heal()

    def heal(self) -> None:
        self.black_hole = False
        self.slices = False
        self.delay = 0.0        # seconds
        self.rate = 0           # bytes per second; 0: as they come
        self.flowing.set()


class _Pair:
    """One connection through the gate: its end towards the client, its end towards the target."""

    def __init__(self, client: asyncio.StreamWriter, target: asyncio.StreamWriter):
        self.ends = {CLIENT: client, TARGET: target}
        self.has_hole = False   # bytes of it are lost: it can never be right again
        self.dead: str = ""     # the end that is gone while the other does not know

    def reset(self, *ends: str) -> None:
        for end in ends or (CLIENT, TARGET):
            with contextlib.suppress(OSError):
                raw = self.ends[end].get_extra_info("socket")
                if raw is not None:
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST, no FIN
                self.ends[end].transport.abort()

    def finish(self) -> None:
        for writer in self.ends.values():
            with contextlib.suppress(OSError):
                writer.close()


class Gate:
    def __init__(self, target_port: int, port: int = 0, find_port: Callable[[], int] = free_port):
        self.target_port = target_port
        self.port = port or find_port()
        self.connections = 0     # accepted so far
        self.said = bytearray()  # all that came from who connects
        self.heard = bytearray()  # and all that came back
        self._ways = {UP: _Way(), DOWN: _Way()}
        self._refusing = False
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> "Gate":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- faults of what is open now
    def cut(self) -> None:
        """Resets every connection (RST to both ends)."""
        for pair in list(self._pairs):
            pair.reset()

    def shut(self) -> None:
        """Ends every connection in good order (FIN to both ends)."""
        for pair in list(self._pairs):
            pair.finish()

    def half_open(self, dead: str = CLIENT) -> None:
        """The end `dead` is reset, the other is not told: it goes on talking to nobody until heal()."""
        for pair in list(self._pairs):
            if not pair.dead:
                pair.dead = dead
                pair.reset(dead)

    # ---- faults until heal()
    def refuse(self) -> None:
        """Cuts, and resets new connections at once."""
        self._refusing = True
        self.cut()

    def black_hole(self, direction: str = BOTH) -> None:
        """What is sent arrives nowhere, and nobody learns it. What has lost something is reset by heal()."""
        for way in self._of(direction):
            way.black_hole = True

    def stall(self, direction: str = BOTH) -> None:
        """Stops reading: the senders' windows fill up. Nothing is lost."""
        for way in self._of(direction):
            way.flowing.clear()

    def slow(self, bytes_per_second: int, direction: str = BOTH) -> None:
        for way in self._of(direction):
            way.rate = bytes_per_second

    def slices(self, direction: str = BOTH) -> None:
        """Every byte is a write of its own."""
        for way in self._of(direction):
            way.slices = True

    def delay(self, seconds: float, direction: str = BOTH) -> None:
        """Everything arrives so much later."""
        for way in self._of(direction):
            way.delay = seconds

    def heal(self) -> None:
        self._refusing = False
        for way in self._ways.values():
            way.heal()
        for pair in list(self._pairs):
            if pair.has_hole or pair.dead:
                pair.reset()

    # ---- plumbing
    def _of(self, direction: str) -> list[_Way]:
        return list(self._ways.values()) if direction == BOTH else [self._ways[direction]]

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
        pair = _Pair(writer, far_writer)
        for end in pair.ends.values():
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pairs.add(pair)
        both = [asyncio.create_task(self._pump(pair, UP, reader, far_writer)),
                asyncio.create_task(self._pump(pair, DOWN, far_reader, writer))]
        self._tasks.update(both)
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if pair.dead:  # the living end stays until it goes by itself, or heal()
                await asyncio.wait(both)
        finally:
            self._pairs.discard(pair)
            self._tasks.difference_update(both)
            for task in both:
                task.cancel()
            pair.finish()

    async def _pump(self, pair: _Pair, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        way = self._ways[direction]
        late: asyncio.Queue = asyncio.Queue(64)
        sender = asyncio.create_task(self._send(way, late, writer))
        try:
            while True:
                await way.flowing.wait()
                data = await reader.read(min(_CHUNK, max(1, way.rate // 20)) if way.rate else _CHUNK)
                if not data:
                    break
                record = self.said if direction == UP else self.heard
                record += data
                if way.black_hole or pair.dead:
                    pair.has_hole = True
                    continue
                if way.rate:
                    await asyncio.sleep(len(data) / way.rate)
                await late.put((time.monotonic() + way.delay, data))
            await late.put((0.0, b""))
            await sender
        except OSError:
            pass
        finally:
            sender.cancel()

    async def _send(self, way: _Way, late: asyncio.Queue, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = await late.get()
                if not data:
                    return
                if due > (now := time.monotonic()):
                    await asyncio.sleep(due - now)
                for piece in (data[i:i + 1] for i in range(len(data))) if way.slices else (data,):
                    await way.flowing.wait()
                    writer.write(piece)
                    await writer.drain()


async def _take_orders(gate: Gate) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    names = {"close": gate.shut}
    for order in ("cut", "refuse", "black_hole", "half_open", "stall", "slow", "slices", "delay", "heal"):
        names[order] = getattr(gate, order)
    while line := (await reader.readline()).decode().split():
        try:
            names[line[0]](*(float(word) if word[0].isdigit() else word for word in line[1:]))
        except (KeyError, TypeError) as wrong:
            print(f"not understood: {' '.join(line)} ({wrong})", file=sys.stderr)


async def _main() -> None:
    gate = await Gate(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0).start()
    print(gate.port, flush=True)
    await _take_orders(gate)
    await gate.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not all(word.isdigit() for word in sys.argv[1:]):
        sys.exit(__doc__)
    asyncio.run(_main())
