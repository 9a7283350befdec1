"""A real XMPP client (slixmpp) of one account: what arrives is recorded in order as Stanza values."""
import asyncio
import contextlib
import itertools
import logging
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import slixmpp

from .prosody import PASSWORD
from .waiting import TIMEOUT, Recorder

logging.getLogger("slixmpp").setLevel(logging.CRITICAL)

NS = {
    "client": "jabber:client",
    "muc": "http://jabber.org/protocol/muc",
    "user": "http://jabber.org/protocol/muc#user",
    "admin": "http://jabber.org/protocol/muc#admin",
    "stanzas": "urn:ietf:params:xml:ns:xmpp-stanzas",
    "receipts": "urn:xmpp:receipts",
    "markers": "urn:xmpp:chat-markers:0",
    "sid": "urn:xmpp:sid:0",
    "delay": "urn:xmpp:delay",
    "info": "http://jabber.org/protocol/disco#info",
    "items": "http://jabber.org/protocol/disco#items",
    "version": "jabber:iq:version",
    "conference": "jabber:x:conference",
    "occupant": "urn:xmpp:occupant-id:0",
    "owner": "http://jabber.org/protocol/muc#owner",
    "register": "jabber:iq:register",
    "data": "jabber:x:data",
    "roster": "jabber:iq:roster",
}
_ids = itertools.count(1)


def new_id(word: str = "m") -> str:
    return f"{word}-{next(_ids)}"


class Stanza:
    """One received stanza, read-only."""

    def __init__(self, element: ET.Element):
        self.element = element
        self.kind = element.tag.rpartition("}")[2]
        self.sender = element.get("from", "")
        self.to = element.get("to", "")
        self.id = element.get("id", "")
        self.type = element.get("type", "")

    @property
    def bare(self) -> str:
        return self.sender.partition("/")[0]

    @property
    def resource(self) -> str:
        return self.sender.partition("/")[2]

    def find(self, path: str) -> ET.Element | None:
        return self.element.find(path, NS)

    def findall(self, path: str) -> list[ET.Element]:
        return self.element.findall(path, NS)

    def text(self, path: str) -> str | None:
        return self.element.findtext(path, None, NS)

    @property
    def body(self) -> str | None:
        return self.text("client:body")

    @property
    def subject(self) -> str | None:
        return self.text("client:subject")

    @property
    def show(self) -> str:
        return self.text("client:show") or ""

    @property
    def codes(self) -> set[str]:
        """XEP-0045 status codes."""
        return {status.get("code", "") for status in self.findall("user:x/user:status")}

    @property
    def item(self) -> dict:
        found = self.find("user:x/user:item")
        return dict(found.attrib) if found is not None else {}

    @property
    def error(self) -> str:
        """The condition of the error within, or ''."""
        error = self.find("client:error")
        if error is None:
            return ""
        names = [child.tag.rpartition("}")[2] for child in error if child.tag.startswith(f"{{{NS['stanzas']}}}")]
        return next((name for name in names if name != "text"), "")

    @property
    def error_type(self) -> str:
        error = self.find("client:error")
        return "" if error is None else error.get("type", "")

    def __str__(self) -> str:
        return ET.tostring(self.element, encoding="unicode")[:600]


class XmppUser:
    def __init__(self, jid: str, resource: str = "one", password: str = PASSWORD):
        self.jid = jid
        self.full = f"{jid}/{resource}"
        self.received = Recorder(f"XMPP user {self.full}")
        self._client = slixmpp.ClientXMPP(self.full, password)
        self._client.auto_reconnect = False
        self._client.roster.auto_authorize = None
        self._client.roster.auto_subscribe = False
        mechanisms = self._client["feature_mechanisms"]  # registered already: doing so again would change nothing
        mechanisms.unencrypted_plain = mechanisms.unencrypted_scram = True
        self._client.add_filter("in", self._record)

    async def connect(self, port: int, available: bool = True) -> "XmppUser":
        """Logs in. A stream that ends before that is opened again, as every client does: the c2s of jabberd2 2.7 ends
        about one in two hundred with internal-server-error, right after its features."""
        loop = asyncio.get_running_loop()
        outcome = asyncio.Queue()
        self._client.add_event_handler("session_start", lambda _: outcome.put_nowait("begun"))
        self._client.add_event_handler("failed_all_auth", lambda _: outcome.put_nowait("refused"))
        self._client.add_event_handler("disconnected", lambda _: outcome.put_nowait("lost"))
        deadline = loop.time() + TIMEOUT
        for _ in range(3):
            self._client.connect(("127.0.0.1", port), use_ssl=False, disable_starttls=True)
            came = await asyncio.wait_for(outcome.get(), deadline - loop.time())
            if came != "lost":
                break
        assert came == "begun", f"{self.jid} cannot log in: {came}"
        # From now on the server tells of roster changes: that is how a client learns of a granted subscription.
        self.raw(f"<iq type='get' id='{new_id('roster')}'><query xmlns='{NS['roster']}'/></iq>")
        if available:
            self.presence()
        return self

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            self._client.send_raw("<presence type='unavailable'/>")
            await asyncio.wait_for(asyncio.ensure_future(self._client.disconnect(wait=0.5)), 3)
        self._client.abort()

    def break_off(self) -> None:
        """Loses the connection: no farewell, and not even the end of the stream."""
        self._client.transport.abort()

    def _record(self, stanza):
        if isinstance(stanza, (slixmpp.Message, slixmpp.Presence, slixmpp.Iq)):
            self.received.add(Stanza(stanza.xml))
        return stanza

    # ---- sending
    def raw(self, xml: str) -> None:
        self._client.send_raw(xml)

    def presence(self, to: str = "", type: str = "", show: str = "", status: str = "", inner: str = "") -> None:
        head = "".join(f" {name}={quoteattr(value)}" for name, value in (("to", to), ("type", type)) if value)
        body = (f"<show>{escape(show)}</show>" if show else "") + (f"<status>{escape(status)}</status>" if status else "")
        self.raw(f"<presence{head}>{body}{inner}</presence>")

    def message(self, to: str, body: str | None, type: str = "chat", inner: str = "", id: str = "") -> str:
        """@return the id of the stanza"""
        id = id or new_id()
        text = "" if body is None else f"<body>{escape(body)}</body>"
        self.raw(f"<message to={quoteattr(to)} type={quoteattr(type)} id={quoteattr(id)}>{text}{inner}</message>")
        return id

    async def iq(self, to: str, type: str, payload: str, timeout: float = TIMEOUT) -> Stanza:
        """Asks, and returns the answer (result or error)."""
        id = new_id("iq")
        self.raw(f"<iq to={quoteattr(to)} type={quoteattr(type)} id={quoteattr(id)}>{payload}</iq>")
        return await self.expect(lambda s: s.kind == "iq" and s.id == id and s.type in ("result", "error"),
                                 f"an answer to {payload[:80]}", timeout)

    # ---- receiving
    async def expect(self, predicate, what: str = "", timeout: float = TIMEOUT) -> Stanza:
        return await self.received.expect(predicate, what, timeout)

    async def expect_message(self, sender: str, body: str | None = None, type: str | None = None,
                             timeout: float = TIMEOUT) -> Stanza:
        """`sender` is bare, or full when it holds a resource."""
        return await self.expect(
            lambda s: s.kind == "message" and s.type != "error" and s.body is not None and _from(s, sender)
            and body in (None, s.body) and type in (None, s.type), f"a message of {sender} saying {body!r}", timeout)

    async def expect_presence(self, sender: str, type: str = "", predicate=None, timeout: float = TIMEOUT) -> Stanza:
        return await self.expect(
            lambda s: s.kind == "presence" and s.type == type and _from(s, sender) and (predicate is None or predicate(s)),
            f"presence '{type}' of {sender}", timeout)

    async def expect_subscription(self, contact: str, *states: str, timeout: float = TIMEOUT) -> Stanza:
        """The roster says that `contact` has one of these subscription states."""
        def fits(s: Stanza) -> bool:
            return s.kind == "iq" and s.type == "set" and any(
                item.get("jid") == contact and item.get("subscription") in states for item in s.findall("roster:query/roster:item"))

        return await self.expect(fits, f"a roster entry of {contact} with subscription {' or '.join(states)}", timeout)

    async def befriend(self, contact: str) -> None:
        """Adds `contact`, and grants its own request, as people's clients do."""
        self.presence(to=contact, type="subscribe")
        await self.expect_subscription(contact, "to", "both")
        await self.expect_presence(contact, "subscribe")
        self.presence(to=contact, type="subscribed")
        await self.expect_subscription(contact, "both")

    async def expect_error(self, id: str, condition: str | None = None, timeout: float = TIMEOUT) -> Stanza:
        stanza = await self.expect(lambda s: s.type == "error" and s.id == id, f"an error for {id}", timeout)
        assert condition in (None, stanza.error), f"{stanza.error} instead of {condition}: {stanza}"
        return stanza

    async def receives_nothing(self, mark: int, predicate, what: str, through: str) -> None:
        """A round trip through the gateway `through`, then: nothing matching since `mark`."""
        await self.iq(through, "get", "<ping xmlns='urn:xmpp:ping'/>")
        found = [stanza for stanza in self.received.since(mark) if predicate(stanza)]
        assert not found, f"{self.full} should not have received {what}: {found[0]}"

    # ---- rooms
    def ask_to_join(self, room: str, nick: str, password: str = "") -> None:
        key = f"<password>{escape(password)}</password>" if password else ""
        self.presence(to=f"{room}/{nick}", inner=f"<x xmlns='{NS['muc']}'>{key}</x>")

    async def join(self, room: str, nick: str, password: str = "", timeout: float = TIMEOUT) -> Stanza:
        """Enters; returns the own presence once the subject (the end of the join) has come."""
        self.ask_to_join(room, nick, password)
        own = await self.expect(
            lambda s: s.kind == "presence" and s.bare == room and (s.type == "error" or "110" in s.codes),
            f"own presence in {room}", timeout)
        assert own.type != "error", f"joining {room} was refused: {own}"
        await self.expect(lambda s: s.kind == "message" and s.bare == room and s.subject is not None and s.body is None,
                          f"subject of {room}", timeout)
        return own

    def leave(self, room: str, nick: str, status: str = "") -> None:
        self.presence(to=f"{room}/{nick}", type="unavailable", status=status)


def _from(stanza: Stanza, sender: str) -> bool:
    return stanza.sender == sender if "/" in sender else stanza.bare == sender
