"""The oracle is tried itself: a sound record passes, and each planted error is noticed by its name."""
import copy
import random

import pytest

from oracle import Inward, Manners, Outward, Received, Row, Taken, conversation_of, inward, name_of, outward

HOLD = Manners()
RESEND = Manners(resends=True)
IDEMPOTENT = Manners(idempotent=True)
REPORTS = Manners(delivery_reports=True)
_CONTACTS = ("bob", "carol", "refuse", "doubt-lost")


def sound_outward(manners: Manners) -> Outward:
    """Three users, four contacts, forty messages each; two crashes, of which each left some in doubt."""
    record = Outward()
    texts = [name_of(f"user{user}", contact, number) for number in range(40) for user in range(3) for contact in _CONTACTS]
    for place, text in enumerate(texts):
        record.sent.add(text)
        contact = text.split(".")[1]
        if place in (150, 300):
            _crash(record, manners)
        if text == "user0.bob.39":
            continue  # lost in the socket: never accepted
        if contact == "refuse":
            record.rows[text] = Row("failed")
            record.told[text] = "not-acceptable"
        elif contact == "doubt-lost":
            record.rows[text] = Row("ambiguous")
            record.told[text] = "gone"
        else:
            record.rows[text] = Row("delivered" if manners.delivery_reports else "accepted")
            record.journal.append(Taken(text, contact))
            record.receipts[text] += 1
    return record


def _crash(record: Outward, manners: Manners) -> None:
    record.crashes.append(len(record.journal))
    for taken in record.journal[-5:]:
        if manners.may_repeat or manners.idempotent:
            record.journal.append(Taken(taken.text, taken.contact, attempt=2, repeat=manners.idempotent))
        else:
            record.rows[taken.text] = Row("ambiguous")
            record.told[taken.text] = "undefined-condition"
            del record.receipts[taken.text]


def sound_inward() -> Inward:
    record = Inward()
    for user in ("user0", "user1"):
        record.offered[user] = [name_of(user, contact, number) for number in range(30) for contact in ("bob", "carol")]
        record.acked[user] = set(record.offered[user])
        record.received[user] = [Received(text, text.split(".")[1], f"id-{text}") for text in record.offered[user]]
        again = record.received[user][10:20]  # sent again with the same ids
        record.received[user][20:20] = copy.deepcopy(again)
    return record


def kinds(violations) -> set[str]:
    return {violation.kind for violation in violations}


@pytest.mark.parametrize("manners", [HOLD, RESEND, IDEMPOTENT, REPORTS], ids=["hold", "resend", "idempotent", "reports"])
def test_what_is_right_passes(manners):
    assert outward(sound_outward(manners), manners) == []
    assert inward(sound_inward()) == []


# ---- errors on the way out
def lose_from_journal(record):
    record.journal = [taken for taken in record.journal if taken.text != "user1.bob.7"]


def lose_in_silence(record):
    """Given up, and nobody was told."""
    del record.told["user1.refuse.7"]


def receipt_for_nothing(record):
    record.receipts["user2.refuse.3"] += 1


def receipt_before_it_is_sent(record):
    lose_from_journal(record)
    record.rows["user1.bob.7"] = Row("ambiguous")
    record.told["user1.bob.7"] = "gone"


def lose_a_receipt(record):
    del record.receipts["user1.carol.39"]


def send_before_commit(record):
    del record.rows["user1.carol.20"]


def leave_queued(record):
    record.rows["user1.carol.20"] = Row("queued")


def leave_sending(record):
    record.rows["user1.carol.20"] = Row("sending")


def leave_deferred(record):
    record.rows["user1.refuse.20"] = Row("deferred")


def fail_what_arrived(record):
    record.rows["user1.bob.20"] = Row("failed")
    record.told["user1.bob.20"] = "recipient-unavailable"


def bounce_what_arrived(record):
    """An error of the server's for something that the network has got, which the store does not know."""
    del record.rows["user1.bob.20"]
    record.told["user1.bob.20"] = "remote-server-not-found"


def hide_ambiguous(record):
    record.rows["user1.bob.20"] = Row("ambiguous")


def swap_order(record):
    places = [place for place, taken in enumerate(record.journal) if conversation_of(taken.text) == "user2.carol"]
    a, b = places[-2:]
    record.journal[a], record.journal[b] = record.journal[b], record.journal[a]


def put_to_somebody_else(record):
    record.journal[3].contact = "mallory"


def change_a_text(record):
    record.journal[3].text = "user0.bob.x1"


def say_again_at_once(record):
    record.journal.append(Taken("user1.bob.7", "bob", attempt=1))


def say_again_marked(record):
    record.journal.append(Taken("user1.bob.7", "bob", attempt=2))


def say_again_too_often(record):
    last = [taken for taken in record.journal if taken.attempt == 1][-40:]
    record.journal += [Taken(taken.text, taken.contact, attempt=2) for taken in last]


def say_again_without_a_crash(record):
    record.journal.insert(40, Taken(record.journal[3].text, record.journal[3].contact, attempt=2))
    record.crashes = [mark + 1 for mark in record.crashes]


def repeat_unmarked(record):
    record.journal.append(Taken("user1.bob.7", "bob", attempt=1, repeat=True))


def invent_a_message(record):
    record.rows["user9.bob.1"] = Row("accepted")
    record.journal.append(Taken("user9.bob.1", "bob"))
    record.receipts["user9.bob.1"] += 1


def error_for_nobody(record):
    record.told["user9.bob.1"] = "gone"


@pytest.mark.parametrize("manners,plant,kind", [
    (HOLD, lose_from_journal, "lost"), (RESEND, lose_from_journal, "false success"), (IDEMPOTENT, lose_from_journal, "false receipt"),
    (HOLD, lose_in_silence, "lost"), (HOLD, lose_in_silence, "untold"), (HOLD, receipt_for_nothing, "false receipt"),
    (HOLD, receipt_before_it_is_sent, "false receipt"), (HOLD, lose_a_receipt, "no receipt"), (REPORTS, lose_a_receipt, "no receipt"),
    (HOLD, send_before_commit, "not kept"), (HOLD, leave_queued, "unfinished"), (HOLD, leave_sending, "unfinished"),
    (HOLD, leave_deferred, "unfinished"), (HOLD, fail_what_arrived, "false failure"), (HOLD, bounce_what_arrived, "false failure"),
    (HOLD, hide_ambiguous, "untold"), (HOLD, swap_order, "order"), (IDEMPOTENT, swap_order, "order"),
    (HOLD, put_to_somebody_else, "astray"), (HOLD, change_a_text, "invented"), (RESEND, say_again_at_once, "unmarked"),
    (HOLD, say_again_marked, "duplicate"), (IDEMPOTENT, say_again_marked, "duplicate"), (RESEND, say_again_too_often, "too many"),
    (RESEND, say_again_without_a_crash, "too many"), (IDEMPOTENT, repeat_unmarked, "unmarked"), (HOLD, invent_a_message, "invented"),
    (HOLD, error_for_nobody, "invented"),
], ids=lambda value: getattr(value, "__name__", "") if callable(value) else value if isinstance(value, str) else "")
def test_what_is_wrong_on_the_way_out_is_noticed(manners, plant, kind):
    record = sound_outward(manners)
    plant(record)
    assert kind in kinds(outward(record, manners))


def test_order_is_asked_only_of_networks_that_keep_it():
    record = sound_outward(HOLD)
    swap_order(record)
    assert outward(record, Manners(keeps_order=False)) == []


def test_errors_may_miss_a_sender_who_was_away_but_nothing_else_may():
    record = sound_outward(HOLD)
    record.senders_stayed = False
    lose_in_silence(record)
    assert outward(record, HOLD) == []
    lose_from_journal(record)
    assert "lost" in kinds(outward(record, HOLD))


def test_marked_repeats_within_the_bound_are_allowed():
    record = sound_outward(RESEND)
    say_again_marked(record)
    assert outward(record, RESEND) == []


def test_an_early_acknowledgement_is_noticed_wherever_the_crash_fell():
    """Said to be accepted, not sent, and forgotten: any one message of any place."""
    chance = random.Random(7)
    for _ in range(100):
        record = sound_outward(HOLD)
        gone = chance.choice([taken for taken in record.journal if record.receipts[taken.text]])
        record.journal.remove(gone)
        assert {"lost", "false receipt", "false success"} <= kinds(outward(record, HOLD))


# ---- errors on the way in
def lose_one(record):
    record.received["user0"] = [one for one in record.received["user0"] if one.text != "user0.bob.12"]


def lose_the_last(record):
    record.received["user1"].pop()


def never_take_one(record):
    record.acked["user0"].discard("user0.bob.12")


def another_id(record):
    record.received["user0"].append(Received("user0.bob.12", "bob", "id-new"))


def no_id(record):
    record.received["user0"][3].id = ""


def same_id_for_two(record):
    record.received["user0"][3].id = record.received["user0"][4].id


def swap_two(record):
    received = record.received["user0"]
    received[0], received[2] = received[2], received[0]


def from_somebody_else(record):
    record.received["user0"][3].contact = "mallory"


def for_somebody_else(record):
    record.received["user1"].append(record.received["user0"][3])


def cut_a_text(record):
    record.received["user0"][3].text = "user0.bob"


def take_unsaid(record):
    record.acked["user0"].add("user0.bob.77")


def leave_open(record):
    record.open_rows.append("queued")


@pytest.mark.parametrize("plant,kind", [
    (lose_one, "lost"), (lose_the_last, "lost"), (never_take_one, "not taken"), (another_id, "duplicate"), (no_id, "no id"),
    (same_id_for_two, "one id"), (swap_two, "order"), (from_somebody_else, "astray"), (for_somebody_else, "invented"),
    (cut_a_text, "invented"), (take_unsaid, "invented"), (leave_open, "unfinished"),
], ids=lambda value: value.__name__ if callable(value) else value)
def test_what_is_wrong_on_the_way_in_is_noticed(plant, kind):
    record = sound_inward()
    plant(record)
    assert kind in kinds(inward(record))
