"""The oracle of kept messages itself: each planted error is found, and where nothing is wrong nothing is."""
import contextlib
import sqlite3
import types
import xml.etree.ElementTree as ET

import pytest

from traffic import Traffic

from harness.xmpp_user import Stanza

WORDS = 3


def stanza(inner: str, id: str = "", type: str = "chat") -> Stanza:
    return Stanza(ET.fromstring(f"<message xmlns='jabber:client' from='juliet@far.test' id='{id}' type='{type}'>{inner}</message>"))


def receipt(id: str) -> Stanza:
    return stanza(f"<received xmlns='urn:xmpp:receipts' id='{id}'/>", f"r-{id}")


def error(id: str, words: str) -> Stanza:
    return stanza(f"<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                  f"<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>{words}</text></error>", id, "error")


def word(number: int, id: str = "") -> Stanza:
    return stanza(f"<body>in {number}</body>", id or f"w{number}")


class Record:
    """Of a story in which all went well: three words each way."""

    def __init__(self, link: str, directory):
        self.traffic = Traffic(None, link)
        self.waiting: dict[str, float] = {}
        self.stanzas = [receipt(f"out{n}") for n in range(WORDS)] + [word(n) for n in range(WORDS)]
        self.there = [f"text of out{n}" for n in range(WORDS)]
        self.stored = [f"out{n}" for n in range(WORDS)]
        traffic = self.traffic
        traffic.sent = {f"out{n}": f"text of out{n}" for n in range(WORDS)}
        traffic.offered = [f"in {n}" for n in range(WORDS)]
        traffic.surely = set(traffic.offered)
        traffic.arrived = lambda: self.there
        traffic.gateway = types.SimpleNamespace(directory=directory, metric=lambda _, state: self.waiting.get(state, 0.0))

    def wrongs(self) -> list[str]:
        self.traffic.romeo = types.SimpleNamespace(received=types.SimpleNamespace(records=self.stanzas))
        with contextlib.closing(sqlite3.connect(self.traffic.gateway.directory / "causeway.db")) as store, store:
            store.execute("CREATE TABLE messages (stanza_id TEXT, direction INTEGER)")
            store.executemany("INSERT INTO messages VALUES (?, 0)", [(id,) for id in self.stored])
        return self.traffic._wrongs()


def lost_after_a_receipt(record):
    record.there.remove("text of out1")


def told_nothing(record):
    record.stanzas = [one for one in record.stanzas if one.id != "r-out1"]


def told_that_it_failed_but_there(record):
    told_nothing(record)
    record.stanzas.append(error("out1", "Nobody is there."))


def there_twice(record):
    record.there.append("text of out1")


def out_of_order(record):
    record.there.reverse()


def never_came(record):
    record.stanzas = [one for one in record.stanzas if one.body != "in 1"]


def came_with_two_ids(record):
    record.stanzas.append(word(1, "another"))


def two_words_with_one_id(record):
    record.stanzas[-1] = word(2, "w1")


def came_out_of_order(record):
    record.stanzas.reverse()


def still_waits(record):
    record.waiting["deferred"] = 1.0


@pytest.mark.parametrize("plant", [
    lost_after_a_receipt, told_nothing, told_that_it_failed_but_there, there_twice, out_of_order, never_came, came_with_two_ids,
    two_words_with_one_id, came_out_of_order, still_waits])
@pytest.mark.parametrize("link", ["xmpp", "database"])
def test_a_planted_error_is_found(tmp_path, link, plant):
    record = Record(link, tmp_path)
    plant(record)
    assert record.wrongs()


@pytest.mark.parametrize("link", ["xmpp", "irc", "database"])
def test_nothing_is_wrong_where_all_went_well(tmp_path, link):
    assert Record(link, tmp_path).wrongs() == []


def test_what_the_gateway_never_had_is_not_lost(tmp_path):
    record = Record("xmpp", tmp_path)
    told_nothing(record)
    record.there.remove("text of out1")
    record.stored.remove("out1")
    assert record.wrongs() == []


def test_what_is_in_doubt_may_be_there(tmp_path):
    record = Record("database", tmp_path)
    told_nothing(record)
    record.stanzas.append(error("out1", "It is not known whether this arrived."))
    assert record.wrongs() == []


def test_irc_may_send_once_more_what_is_in_doubt(tmp_path):
    record = Record("irc", tmp_path)
    there_twice(record)
    assert record.wrongs() == []
