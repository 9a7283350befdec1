"""Messages of the durable class: kept before anything else, sent once, told truly, whatever dies meanwhile."""
import sqlite3

from harness.causeway import Causeway
from harness.far_side import FarSide
from harness.waiting import eventually

REQUEST = "<request xmlns='urn:xmpp:receipts'/>"
MARKABLE = "<markable xmlns='urn:xmpp:chat-markers:0'/>"


class Scene:
    def __init__(self, world, **options):
        self.world = world
        self.jid = world.lease()
        self.far = FarSide(world.directory / world.name("far"), **options)
        self.gateway = world.adopt(Causeway(world.directory / world.name("causeway"),
                                            [self.far.network(self.jid, world.server.component_port)]))

    async def begin(self) -> "Scene":
        await self.gateway.up()
        self.romeo = await self.world.xmpp()
        return self

    def contact(self, name: str) -> str:
        return f"{name}@{self.jid}"

    def says(self, name: str, text: str, **kinds) -> str:
        return self.romeo.message(self.contact(name), text, inner=REQUEST + MARKABLE, **kinds)

    async def receipt(self, name: str, id: str, timeout: float = 10):
        return await self.romeo.expect(
            lambda s: s.sender == self.contact(name) and (found := s.find("receipts:received")) is not None and found.get("id") == id,
            f"a receipt for {id}", timeout)

    def receipts(self, id: str) -> int:
        return sum(1 for s in self.romeo.received.records
                   if (found := s.find("receipts:received")) is not None and found.get("id") == id)

    async def error(self, name: str, id: str):
        return await self.romeo.expect(lambda s: s.kind == "message" and s.type == "error" and s.id == id and
                                       s.sender == self.contact(name), f"an error for {id}")


async def test_a_receipt_comes_when_the_network_has_taken_it(world):
    scene = await Scene(world).begin()
    id = scene.says("juliet", "hello")
    taken = await scene.far.takes("hello")
    assert (taken["contact"], taken["attempt"]) == ("juliet", 1)
    await scene.receipt("juliet", id)


async def test_a_refusal_comes_back_with_its_id(world):
    scene = await Scene(world).begin()
    id = scene.says("refuse-her", "hello")
    error = await scene.error("refuse-her", id)
    assert error.error == "forbidden" and error.error_type == "cancel"
    assert scene.receipts(id) == 0 and scene.far.texts() == []


async def test_what_is_refused_for_now_is_tried_again(world):
    scene = await Scene(world).begin()
    id = scene.says("busy2", "knock")
    await scene.receipt("busy2", id, timeout=20)
    assert [line["attempt"] for line in scene.far.taken()] == [3]


async def test_it_waits_while_the_network_is_away_and_survives_the_gateways_death(world):
    scene = await Scene(world).begin()
    scene.far.does("down")
    ids = [scene.says("juliet", f"patience {n}") for n in range(5)]
    later = scene.says("nurse", "patience too")
    await eventually(lambda: scene.gateway.metric("causeway_messages_state", state="queued", direction="to_network") == 6,
                     "six messages wait")
    scene.gateway.kill()
    await scene.gateway.up()
    scene.far.does()
    for id in ids:
        await scene.receipt("juliet", id, timeout=20)
    await scene.receipt("nurse", later, timeout=20)
    assert [text for text in scene.far.texts() if text != "patience too"] == [f"patience {n}" for n in range(5)]


async def test_a_doubtful_one_is_not_sent_again_and_its_sender_knows(world):
    scene = await Scene(world).begin()
    id = scene.says("doubt", "did you get this")
    error = await scene.error("doubt", id)
    assert "not known whether this arrived" in error.text("client:error/stanzas:text")
    assert scene.far.texts() == ["did you get this"] and scene.receipts(id) == 0


async def test_a_repeat_is_sent_once_and_receipted_again(world):
    scene = await Scene(world).begin()
    id = scene.says("juliet", "once")
    await scene.receipt("juliet", id)
    scene.says("juliet", "once", id=id)
    await eventually(lambda: scene.receipts(id) == 2, "the receipt again")
    scene.says("juliet", "after it")
    await scene.far.takes("after it")
    assert scene.far.texts() == ["once", "after it"]


async def test_a_receipt_waits_for_delivery_where_the_network_reports_it(world):
    scene = await Scene(world, delivery_reports=True, report_after="300ms").begin()
    id = scene.says("report", "by hand")
    await scene.far.takes("by hand")
    assert scene.receipts(id) == 0
    await scene.receipt("report", id)
    failed = scene.says("report-failed", "to nowhere")
    await scene.error("report-failed", failed)
    seen = scene.says("seen", "look")
    await scene.romeo.expect(lambda s: s.find("markers:displayed") is not None and s.find("markers:displayed").get("id") == seen)


async def test_words_of_the_network_reach_the_user_once(world):
    scene = await Scene(world).begin()
    for n in range(20):
        scene.far.offer(scene.romeo.jid.partition("@")[0], "juliet", f"word {n}", f"key{n}")
    scene.says("juliet", "speak")  # there is a session from now on
    for n in range(20):
        await scene.romeo.expect_message(scene.contact("juliet"), f"word {n}")
    await eventually(lambda: len(scene.far.acks()) == 20, "all are acknowledged")
    words = [s.body for s in scene.romeo.received.records if s.body and s.body.startswith("word ")]
    assert words == [f"word {n}" for n in range(20)]


async def test_words_of_the_network_survive_the_gateways_death(world):
    scene = await Scene(world).begin()
    scene.says("juliet", "speak")
    await scene.far.takes("speak")
    for n in range(50):
        scene.far.offer(scene.romeo.jid.partition("@")[0], "juliet", f"word {n}", f"key{n}")
    await eventually(lambda: len(scene.far.acks()) > 0, "some are acknowledged")
    scene.gateway.kill()
    await scene.gateway.up()
    scene.says("juliet", "go on")
    for n in range(50):
        await scene.romeo.expect_message(scene.contact("juliet"), f"word {n}", timeout=20)
    ids = {}
    for s in scene.romeo.received.records:
        if s.body and s.body.startswith("word "):
            ids.setdefault(s.body, set()).add(s.id)
    assert all(len(found) == 1 for found in ids.values()), "a word sent again has the id it had"


async def test_nothing_is_taken_while_it_cannot_be_kept(world):
    scene = await Scene(world).begin()
    await scene.receipt("juliet", scene.says("juliet", "before"))
    locked = sqlite3.connect(scene.gateway.directory / "causeway.db", isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")  # as a full disk would: nothing can be committed
    try:
        id = scene.says("juliet", "into the storm")
        error = await scene.error("juliet", id)
        assert error.error_type == "wait"
        await eventually(lambda: scene.gateway.metric("causeway_intake_open") == 0, "the intake is closed")
        await eventually(lambda: not scene.gateway.ready(), "the stream is closed")
        id = scene.says("juliet", "to the server")
        await scene.error("juliet", id)  # the server itself answers
    finally:
        locked.execute("ROLLBACK")
        locked.close()
    await eventually(lambda: scene.gateway.ready(), "the stream is there again")
    await scene.receipt("juliet", scene.says("juliet", "after"))
    assert scene.far.texts() == ["before", "after"]

