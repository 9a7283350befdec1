"""The planted bugs: each names a place in gateway/delivery and what stands there instead.

A place is text that occurs exactly once in its file. What is switched is between @( and )@, or all of it; with a `;` or `}` at
its end it is a statement, else an expression.
"""
from typing import NamedTuple


class Bug(NamedTuple):
    name: str
    file: str
    place: str
    wrong: str


BUGS = [
    # ------------------------------------------------------------------------------------------- towards the network
    Bug("early_acknowledgement", "to_network.cpp", "batch.emplace_back(store::PutMessage{row});",
        "batch.emplace_back(store::PutMessage{row}); taken({}); taken = [](const Result<>&) {};"),
    Bug("sent_before_the_intent_is_durable", "to_network.cpp", "batch.emplace_back(std::move(move));",
        "batch.emplace_back(std::move(move)); port_.commit(std::move(batch), [](const Result<>&) {});"
        " return port_.send(std::move(row));"),
    Bug("conflict_on_intent_ignored", "to_network.cpp",
        "if (result.error().code != Errc::conflict) return put_back(row.sequence, Begun::yes);",
        "return port_.send(std::move(row));"),
    Bug("early_receipt", "moves.cpp", "return @(wanted && rules_.confirms && !rules_.reports)@ ?", "wanted"),
    Bug("parked_notice_lost", "to_network.cpp",
        "if (message.notice != model::Notice::none) port_.notice_kept(message.sequence, message.notice);", ""),
    Bug("notice_never_told", "moves.cpp",
        "if (move.notice && *move.notice != model::Notice::none) port_.notice_kept(move.sequence, *move.notice);", ""),
    Bug("repeat_not_answered", "to_network.cpp",
        "if (result.error().code == Errc::conflict) repeat(row.account, row.key);", ""),
    Bug("order_swapped", "lanes.cpp", "lane.waiting.push_back(entry);", "lane.push_front(entry);"),
    Bug("next_does_not_wait_for_the_outcome", "lanes.cpp", "(@(!keeps_order_ || lane.under_way == 0)@);", "true"),
    Bug("put_off_is_overtaken", "lanes.cpp", "@(lane.blocked_by == 0)@ && (!keeps_order_", "true"),
    Bug("too_many_under_way", "lanes.cpp", "while (@(destination.under_way < destination.limit)@ &&", "true"),
    Bug("place_leaked_by_a_refusal", "to_network.cpp", "advance(std::move(change));\n    @(free_place(*way.lane, 0);)@", ""),
    Bug("doubtful_sent_again", "to_network.cpp",
        "rules_.idempotent || @((rules_.on_doubt == adapter::OnDoubt::resend_once && attempts < 2))@;", "true"),
    Bug("doubt_taken_for_failure", "to_network.cpp",
        "const bool doubtful = @(error.ambiguous == Ambiguous::yes)@ || (final", "false"),
    Bug("earlier_doubt_forgotten", "to_network.cpp", "entry.doubted |= error.ambiguous == Ambiguous::yes;", ""),
    Bug("temporary_failure_is_final", "to_network.cpp", "const bool final = @(error.retry == Retry::never)@;", "true"),
    Bug("put_off_not_kept", "to_network.cpp", "change.move.next = clock_.wall() + delay;",
        "change.move.next = clock_.wall();"),
    Bug("network_asked_to_wait_in_vain", "to_network.cpp",
        "if (error.retry_after) return @(std::clamp(*error.retry_after, Millis{0}, rules_.longest_retry))@;", "Millis{1}"),
    Bug("restart_sends_doubtful_again", "to_network.cpp", "if (@(!may_resend(entry.attempts))@)", "false"),
    Bug("restart_forgets_deferred", "to_network.cpp",
        "return scheduled(in, entry, clock_.steady() + wait);", "return;"),
    Bug("losses_not_counted", "to_network.cpp", "++entry.losses;", ""),
    Bug("set_aside_too_early", "to_network.cpp", "if (@(entry.losses >= rules_.most_losses)@)", "true"),
    Bug("restart_renews_lifetime", "moves.cpp", "return clock_.steady() + @((rules_.lifetime - age))@;", "rules_.lifetime"),
    Bug("never_expires", "moves.cpp", "if (@(entry.expires <= now && restoring_ == 0)@)", "false"),
    Bug("expired_told_as_failed", "moves.cpp",
        "entry.doubted ? model::Notice::ambiguous : @(model::Notice::expired)@", "model::Notice::failed"),
    Bug("expired_told_without_doubt", "moves.cpp",
        "@(entry.doubted)@ ? model::Notice::ambiguous : model::Notice::expired", "false"),
    Bug("report_lost_while_the_store_is_down", "moves.cpp",
        "for (auto& report : std::exchange(unheard_, {})) report();", "unheard_.clear();"),
    Bug("failed_commit_forgotten", "moves.cpp", "stuck_.push_back(std::move(change));", ""),
    Bug("submitted_forgotten", "to_network.cpp",
        "unresolved_[sequence] = {State::sending, way.entry.expires};", ""),
    Bug("everybody_is_forgotten", "to_network_operators.cpp",
        "if (@(lane.channel->account != account)@) return;", "false"),
    # ------------------------------------------------------------------------------------------- towards XMPP
    Bug("xmpp_early_acknowledgement", "to_xmpp.cpp", "batch.emplace_back(store::PutMessage{row});",
        "batch.emplace_back(store::PutMessage{row}); taken({}); taken = [](const Result<>&) {};"),
    Bug("xmpp_repeat_not_recognised", "to_xmpp.cpp", "if (@(!result && result.error().code == Errc::conflict)@)", "false"),
    Bug("xmpp_restart_forgets", "to_xmpp.cpp",
        "waiting_.push_back({.sequence = message.sequence, .since = seconds_of(message.accepted), .again = true});", ""),
    Bug("barrier_too_early", "to_xmpp.cpp", "auto covered = @(std::exchange(covered_, 0))@;",
        "covered_ = 0, written_.size()"),
    Bug("barrier_not_awaited", "to_xmpp.cpp", "covered_ = written_.size();",
        "covered_ = written_.size(); return barrier_passed({});"),
    Bug("grace_ignored", "to_xmpp.cpp", "const auto until = @(clock_.steady() - rules_.grace)@;", "clock_.steady()"),
    Bug("failed_settling_forgotten", "to_xmpp.cpp", "routed_.insert(place, routed);", "static_cast<void>(place);"),
    Bug("stale_epoch_accepted", "to_xmpp.cpp", "if (@(epoch == epoch_)@) fetched(std::move(rows));", "true"),
    Bug("resent_in_reverse", "to_xmpp.cpp", "if (!routed.stored) @(back.push_back(routed.item);)@",
        "back.push_front(routed.item);"),
    Bug("resent_behind_the_new", "to_xmpp.cpp", "waiting_.insert(@(waiting_.begin())@, back.begin(), back.end());",
        "waiting_.end()"),
    Bug("unconfirmed_not_resent", "to_xmpp.cpp", "for (const auto& written : written_) @(back.push_back(written.item);)@", ""),
    Bug("repeat_not_marked", "to_xmpp.cpp", "item.again = true;", ""),
    Bug("replaced_notice_told", "to_xmpp.cpp", "@(row->notice == item.notice)@", "true"),
    Bug("poison_not_bisected", "to_xmpp.cpp",
        "if (@(window_ == 1 && written_.size() == 1)@ &&", "!written_.empty()"),
    Bug("poison_never_suspected", "to_xmpp.cpp", "if (written.item.losses < 0xff) ++written.item.losses;", ""),
    Bug("bounce_forgotten", "to_xmpp.cpp",
        "later_.push_back({item, attempts, clock_.steady() + delay});", ""),
    Bug("given_up_too_early", "to_xmpp.cpp", "attempts >= @(rules_.most_attempts)@) {", "rules_.most_attempts - 1"),
]
