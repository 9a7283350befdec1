#!/usr/bin/env python3
"""A TCP gate that misbehaves on order: stands between two programs, and cuts, hides, holds up or slices what they say.

As a module:   gate = await Gate(target_port).start(); gate.cut(); ...; gate.heal(); await gate.close()
As a program:  gate.py TARGET_PORT [LISTEN_PORT]   prints the port it listens on, then takes orders from stdin, one a line:
               cut | close | refuse | slam | black_hole [DIRECTION] | half_open [END] | stall [DIRECTION] | slow BYTES [DIRECTION] |
               slices [DIRECTION] | delay SECONDS [DIRECTION] | jitter SECONDS [DIRECTION] | coalesce SECONDS [DIRECTION] |
               corrupt [DIRECTION] | tear_rst BYTES [DIRECTION] | tear_fin BYTES [DIRECTION] | lose_answers | limit_life SECONDS | heal
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
        self.corrupt = False
        self.delay = 0.0        # seconds
        self.jitter = 0.0       # seconds at most, on top of the delay
        self.gather = 0.0       # seconds for which what comes is held, to be written at once
        self.torn_after = 0     # bytes of each connection, and then it ends; 0: never
        self.torn_by = ""       # RST, FIN
        self.rate = 0           # bytes per second; 0: as they come
        self.flowing.set()


class _Pair:
    """One connection through the gate: its end towards the client, its end towards the target."""

    def __init__(self, client: asyncio.StreamWriter, target: asyncio.StreamWriter):
        self.ends = {CLIENT: client, TARGET: target}
        self.has_hole = False   # bytes of it are lost: it can never be right again
        self.dead: str = ""     # the end that is gone while the other does not know
        self.born = time.monotonic()
        self.passed = {UP: 0, DOWN: 0}  # bytes, since tear_*()

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
        self._slamming = False
        self._losing = False
        self._life = 0.0         # seconds that a connection may last; 0: as long as it likes
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

    def slam(self) -> None:
        """Cuts, and accepts new connections only to end them in good order."""
        self._slamming = True
        self.cut()

    def tear_rst(self, after: float, direction: str = BOTH) -> None:
        """Resets each connection once so many more bytes have passed: as good as always, amid a frame."""
        self._tear("RST", int(after), direction)

    def tear_fin(self, after: float, direction: str = BOTH) -> None:
        """The same, with an end in good order."""
        self._tear("FIN", int(after), direction)

    def lose_answers(self) -> None:
        """What is said arrives; the first answer to it does not, and takes the connection with it."""
        self._losing = True

    def limit_life(self, seconds: float) -> None:
        """Ends every connection in good order when it is so old."""
        self._life = seconds
        self._tasks.add(asyncio.create_task(self._end_the_old()))

    def black_hole(self, direction: str = BOTH) -> None:
        """What is sent arrives nowhere, and nobody learns it. What has lost something is reset by heal().
        DOWN only: the far end reads, and is mute."""
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

    def jitter(self, seconds: float, direction: str = BOTH) -> None:
        """Everything arrives later, by a different time each, at most so much; in order, as TCP has it."""
        for way in self._of(direction):
            way.jitter = seconds

    def coalesce(self, seconds: float, direction: str = BOTH) -> None:
        """What comes within so many seconds is written at once."""
        for way in self._of(direction):
            way.gather = seconds

    def corrupt(self, direction: str = BOTH) -> None:
        """Of every read one byte has its highest bit flipped: ASCII is no UTF-8 any more. heal() resets what had it."""
        for way in self._of(direction):
            way.corrupt = True

    def heal(self) -> None:
        self._refusing = self._slamming = self._losing = False
        self._life = 0.0
        for way in self._ways.values():
            way.heal()
        for pair in list(self._pairs):
            if pair.has_hole or pair.dead:
                pair.reset()

    # ---- plumbing
    def _tear(self, by: str, after: int, direction: str) -> None:
        for way in self._of(direction):
            way.torn_after, way.torn_by = after, by
        for pair in self._pairs:
            pair.passed = {UP: 0, DOWN: 0}

    async def _end_the_old(self) -> None:
        while self._life:
            for pair in list(self._pairs):
                if time.monotonic() - pair.born > self._life:
                    pair.finish()
            await asyncio.sleep(0.02)

    def _of(self, direction: str) -> list[_Way]:
        return list(self._ways.values()) if direction == BOTH else [self._ways[direction]]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        if self._slamming:
            writer.close()
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
                if self._losing and direction == DOWN:
                    pair.reset()
                    return
                if way.corrupt:
                    pair.has_hole = True
                    data = data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 0x80]) + data[len(data) // 2 + 1:]
                if way.torn_after and pair.passed[direction] + len(data) > way.torn_after:
                    await late.put((0.0, data[:way.torn_after - pair.passed[direction]]))
                    await late.put((0.0, b""))
                    await sender
                    if way.torn_by == "RST":
                        pair.reset()
                    else:
                        pair.finish()
                    return
                pair.passed[direction] += len(data)
                if way.rate:
                    await asyncio.sleep(len(data) / way.rate)
                await late.put((time.monotonic() + way.delay + random.uniform(0, way.jitter), data))
            await late.put((0.0, b""))
            await sender
        except OSError:
            pass
        finally:
            sender.cancel()

    async def _send(self, way: _Way, late: asyncio.Queue, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            ended = False
            while not ended:
                due, data = await late.get()
                ended = not data
                if due > (now := time.monotonic()):
                    await asyncio.sleep(due - now)
                if way.gather:
                    await asyncio.sleep(way.gather)
                    while not late.empty() and not ended:
                        more = late.get_nowait()[1]
                        data, ended = data + more, not more
                for piece in (data[i:i + 1] for i in range(len(data))) if way.slices else (data,):
                    await way.flowing.wait()
                    writer.write(piece)
                    await writer.drain()


async def _take_orders(gate: Gate) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    names = {"close": gate.shut}
    for order in ("cut", "refuse", "slam", "black_hole", "half_open", "stall", "slow", "slices", "delay", "jitter", "coalesce",
                  "corrupt", "tear_rst", "tear_fin", "lose_answers", "limit_life", "heal"):
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
