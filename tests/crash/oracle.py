"""What must be true after crashes, whatever happened: compares what senders, networks and receivers have seen. Pure.

Every message is known by a text that is its own, USER.CONTACT.NUMBER; towards networks that is also its stanza's id.
A record says what was seen; `outward` and `inward` say what is wrong with it. tests/crash/test_oracle.py plants errors.
"""
import collections
import dataclasses
from typing import Iterable, Iterator

# model::State, by number.
STATES = ("received", "queued", "sending", "accepted", "delivered", "displayed", "deferred", "ambiguous", "failed", "expired",
          "quarantined")
_UNDER_WAY = {"received", "queued", "sending", "deferred"}
_ARRIVED = {"accepted", "delivered", "displayed"}
_GIVEN_UP = {"failed", "expired"}
_TO_BE_TOLD = _GIVEN_UP | {"ambiguous", "quarantined"}
# What these contacts take is in doubt, and no order can be asked of it.
_UNORDERED = ("doubt", "silent")


@dataclasses.dataclass(frozen=True)
class Violation:
    kind: str  # a word per rule
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclasses.dataclass(frozen=True)
class Manners:
    """What the network has declared."""
    idempotent: bool = False
    resends: bool = False  # once, what is in doubt
    keeps_order: bool = True
    delivery_reports: bool = False
    most_per_crash: int = 16

    @property
    def may_repeat(self) -> bool:
        return self.resends and not self.idempotent


@dataclasses.dataclass
class Taken:
    """A line of the network's journal."""
    text: str
    contact: str
    attempt: int = 1
    repeat: bool = False  # an idempotent network has seen its key before, and shows nothing


@dataclasses.dataclass
class Row:
    """A message in the store that is bound for the network: it was accepted."""
    state: str
    wants_receipt: bool = True


@dataclasses.dataclass
class Outward:
    """From XMPP to one network."""
    sent: set[str] = dataclasses.field(default_factory=set)
    rows: dict[str, Row] = dataclasses.field(default_factory=dict)
    journal: list[Taken] = dataclasses.field(default_factory=list)
    receipts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    told: dict[str, str] = dataclasses.field(default_factory=dict)  # errors and remarks about a message: the condition
    crashes: list[int] = dataclasses.field(default_factory=list)    # how long the journal was at each
    # False: senders were away now and then, and a server drops errors for a client that is away (RFC 6121 §8.5.3.2)
    senders_stayed: bool = True


@dataclasses.dataclass
class Received:
    text: str
    contact: str
    id: str


@dataclasses.dataclass
class Inward:
    """From one network to XMPP."""
    offered: dict[str, list[str]] = dataclasses.field(default_factory=dict)   # texts by user, in order
    acked: dict[str, set[str]] = dataclasses.field(default_factory=dict)      # by user: what the gateway has taken
    received: dict[str, list[Received]] = dataclasses.field(default_factory=dict)
    open_rows: list[str] = dataclasses.field(default_factory=list)            # states of what is not settled


def name_of(user: str, contact: str, number: int) -> str:
    return f"{user}.{contact}.{number}"


def conversation_of(text: str) -> str:
    return text.rpartition(".")[0]


def contact_of(text: str) -> str:
    return conversation_of(text).rpartition(".")[2]


def number_of(text: str) -> int:
    return int(text.rpartition(".")[2])


def _out_of_order(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs (before, after) of one conversation whose numbers fall. Of each text its first coming counts."""
    last: dict[str, str] = {}
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            continue
        seen.add(text)
        before = last.get(conversation_of(text))
        if before is not None and number_of(before) > number_of(text):
            yield before, text
        last[conversation_of(text)] = text


# ---------------------------------------------------------------------------------------------------- to the network
def outward(record: Outward, manners: Manners) -> list[Violation]:
    shown = collections.Counter(taken.text for taken in record.journal if not taken.repeat)
    found = [*_kept(record, shown), *_said(record, shown, manners), *_repeated(record, manners)]
    if manners.keeps_order:
        in_order = (taken.text for taken in record.journal
                    if not taken.repeat and taken.text in record.sent and not contact_of(taken.text).startswith(_UNORDERED))
        found += [Violation("order", f"{after} came after {before}") for before, after in _out_of_order(in_order)]
    return found


def _kept(record: Outward, shown: collections.Counter) -> Iterator[Violation]:
    """Everything accepted ended, and nothing is there that was not accepted."""
    for text, row in record.rows.items():
        if text not in record.sent:
            yield Violation("invented", f"{text} is in the store; nobody has said it")
        if row.state in _UNDER_WAY:
            yield Violation("unfinished", f"{text} is {row.state}")
        elif not shown[text] and not _told(record, text, row):
            yield Violation("lost", f"{text} was accepted and is {row.state}: not in the journal, and its sender knows nothing")
    for taken in record.journal:
        if taken.text not in record.sent:
            yield Violation("invented", f"{taken.text!r} is in the journal; nobody has said it")
        elif taken.text not in record.rows:
            yield Violation("not kept", f"{taken.text} is in the journal; it was not in the store before")
        elif taken.contact != contact_of(taken.text):
            yield Violation("astray", f"{taken.text} came to {taken.contact}")


def _told(record: Outward, text: str, row: Row) -> bool:
    return text in record.told or (row.state in _TO_BE_TOLD and not record.senders_stayed)


def _said(record: Outward, shown: collections.Counter, manners: Manners) -> Iterator[Violation]:
    """What senders have been told is true, and they have been told."""
    for text in record.receipts:
        if not shown[text]:
            yield Violation("false receipt", f"{text} has a receipt and is not in the journal")
    for text, condition in record.told.items():
        if text not in record.sent:
            yield Violation("invented", f"an error for {text} ({condition}), which nobody has said")
        elif shown[text] and text not in record.rows:
            yield Violation("false failure", f"{text} is in the journal; its sender was told {condition}")
    for text, row in record.rows.items():
        if row.state in _ARRIVED and not shown[text]:
            yield Violation("false success", f"{text} is {row.state} and not in the journal")
        if row.state in _GIVEN_UP and shown[text] and not contact_of(text).startswith("report-failed"):
            yield Violation("false failure", f"{text} is {row.state}, but in the journal")
        if row.state in _TO_BE_TOLD and not _told(record, text, row):
            yield Violation("untold", f"{text} is {row.state}, and its sender was not told")
        due = _ARRIVED - {"accepted"} if manners.delivery_reports else _ARRIVED
        if row.state in due and row.wants_receipt and not record.receipts[text]:
            yield Violation("no receipt", f"{text} is {row.state}, and its sender has no receipt")


def _repeated(record: Outward, manners: Manners) -> Iterator[Violation]:
    """Duplicates: few, after crashes only, and marked."""
    seen: set[str] = set()
    repeats: list[int] = []  # places in the journal
    for place, taken in enumerate(record.journal):
        if taken.text in seen:
            if taken.attempt <= 1:
                yield Violation("unmarked", f"{taken.text} came again as attempt {taken.attempt}")
            if not taken.repeat:
                repeats.append(place)
                if not manners.may_repeat:
                    yield Violation("duplicate", f"{taken.text} came again, which this network does not allow")
        elif taken.repeat:
            yield Violation("invented", f"{taken.text} is a repeat of nothing")
        seen.add(taken.text)
    for crash, end in enumerate([*record.crashes, len(record.journal)]):
        before = sum(place < end for place in repeats)
        if manners.may_repeat and before > crash * manners.most_per_crash:
            yield Violation("too many", f"{before} messages came again after {crash} crashes")
            return


# ---------------------------------------------------------------------------------------------------- to XMPP
def inward(record: Inward, in_order: bool = True) -> list[Violation]:
    found = [Violation("unfinished", f"a message to XMPP is {state}") for state in record.open_rows]
    for user in {*record.offered, *record.acked, *record.received}:
        received = record.received.get(user, [])
        known = set(record.offered.get(user, []))
        found += _arrived(user, record.offered.get(user, []), record.acked.get(user, set()), received)
        found += _ids(user, received)
        if in_order:
            found += [Violation("order", f"{user} got {after} after {before}")
                      for before, after in _out_of_order(one.text for one in received if one.text in known)]
    return found


def _arrived(user: str, offered: list[str], acked: set[str], received: list[Received]) -> Iterator[Violation]:
    there = {one.text for one in received}
    known = set(offered)
    for text in offered:
        if text in acked and text not in there:
            yield Violation("lost", f"{user} never got {text}, which the gateway had taken")
        if text not in acked:
            yield Violation("not taken", f"the gateway has never taken {text} for {user}")
    for text in acked - known:
        yield Violation("invented", f"the gateway took {text} for {user}, which nobody has said")
    for one in received:
        if one.text not in known:
            yield Violation("invented", f"{user} got {one.text!r}, which nobody has said")
        elif one.contact != contact_of(one.text):
            yield Violation("astray", f"{user} got {one.text} from {one.contact}")


def _ids(user: str, received: list[Received]) -> Iterator[Violation]:
    """One message, one id: then a client shows it once, however often it comes."""
    ids: dict[str, set[str]] = collections.defaultdict(set)
    texts: dict[str, set[str]] = collections.defaultdict(set)
    for one in received:
        ids[one.text].add(one.id)
        texts[one.id].add(one.text)
        if not one.id:
            yield Violation("no id", f"{user} got {one.text} without an id")
    for text, names in ids.items():
        if len(names) > 1:
            yield Violation("duplicate", f"{user} got {text} as {sorted(names)}")
    for id, said in texts.items():
        if len(said) > 1:
            yield Violation("one id", f"{user} got {sorted(said)} as {id}")


def on_the_wire_again(record: Inward) -> int:
    """How many stanzas came more often than once, with the same id: allowed, and worth knowing."""
    return sum(len(received) - len({one.id for one in received}) for received in record.received.values())
