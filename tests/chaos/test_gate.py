"""The gate itself: each fault does what its name says, and heal() ends it."""
import asyncio
import contextlib

import pytest

from gate import DOWN, UP, Gate


@contextlib.asynccontextmanager
async def before_an_echo(greeting: bytes = b""):
    """A gate before a server that gives every read back. Yields the gate, how to connect, and what the server has read."""
    read = bytearray()
    writers = []

    async def serve(reader, writer):
        writers.append(writer)
        writer.write(greeting)
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                read.extend(data)
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    gate = await Gate(server.sockets[0].getsockname()[1]).start()

    async def connect():
        connected = await asyncio.open_connection("127.0.0.1", gate.port)
        writers.append(connected[1])
        return connected

    try:
        yield gate, connect, read
    finally:
        await gate.close()
        server.close()
        for writer in writers:
            writer.close()


async def says(connection, words: bytes, count: int = 0) -> bytes:
    reader, writer = connection
    writer.write(words)
    return await asyncio.wait_for(reader.readexactly(count or len(words)), 5)


async def works(connect) -> None:
    assert await says(await connect(), b"hello") == b"hello"


async def test_slam_accepts_and_ends():
    async with before_an_echo() as (gate, connect, read):
        gate.slam()
        reader, _ = await connect()
        assert await asyncio.wait_for(reader.read(), 5) == b"" and not read
        gate.heal()
        await works(connect)


@pytest.mark.parametrize("by", ["rst", "fin"])
async def test_tear_ends_amid_a_frame(by):
    async with before_an_echo() as (gate, connect, read):
        reader, writer = connection = await connect()
        assert await says(connection, b"before") == b"before"
        (gate.tear_rst if by == "rst" else gate.tear_fin)(10, UP)
        writer.write(b"x" * 25)
        if by == "fin":
            await asyncio.wait_for(reader.read(), 5)
        else:
            with pytest.raises(ConnectionResetError):
                while await asyncio.wait_for(reader.read(100), 5):
                    pass
        assert bytes(read) == b"before" + b"x" * 10
        gate.heal()
        await works(connect)


async def test_a_lost_answer_takes_the_connection_with_it():
    async with before_an_echo() as (gate, connect, read):
        reader, writer = await connect()
        gate.lose_answers()
        writer.write(b"did you get this")
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 5)
        assert read == b"did you get this"
        gate.heal()
        await works(connect)


async def test_mute_reads_all_the_same():
    async with before_an_echo() as (gate, connect, read):
        reader, writer = await connect()
        gate.black_hole(DOWN)
        writer.write(b"hello?")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(100), 0.3)
        assert read == b"hello?"
        gate.heal()
        await works(connect)


async def test_a_connection_has_its_time():
    async with before_an_echo() as (gate, connect, _):
        gate.limit_life(0.3)
        reader, _ = connection = await connect()
        assert await says(connection, b"young") == b"young"
        assert await asyncio.wait_for(reader.read(), 5) == b""
        gate.heal()
        await works(connect)


async def test_what_is_held_comes_at_once():
    async with before_an_echo() as (gate, connect, _):
        reader, writer = await connect()
        gate.coalesce(0.4, UP)
        for word in (b"one ", b"two ", b"three"):
            writer.write(word)
            await asyncio.sleep(0.05)
        assert await asyncio.wait_for(reader.read(100), 5) == b"one two three"
        gate.heal()
        await works(connect)


async def test_jitter_keeps_order():
    async with before_an_echo() as (gate, connect, _):
        gate.jitter(0.05)
        connection = await connect()
        words = [b"%03d" % number for number in range(20)]
        for word in words:
            connection[1].write(word)
            await asyncio.sleep(0.001)
        assert await says(connection, b"end", 63) == b"".join(words) + b"end"


async def test_corruption_flips_one_bit_of_a_read():
    async with before_an_echo() as (gate, connect, _):
        connection = await connect()
        gate.corrupt(UP)
        got = await says(connection, b"hello")
        assert [a ^ b for a, b in zip(got, b"hello")] == [0, 0, 0x80, 0, 0]
        gate.heal()
        await works(connect)
