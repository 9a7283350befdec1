#include "tests/sim/fake_server.hpp"

#include <algorithm>

namespace causeway::sim {

using model::Notice;

// ------------------------------------------------------------------------------------------------ the stream

void FakeServer::connect() {
    if (up_ || std::exchange(connecting_, true)) return;
    time_.in(chance_.millis(20, 600), [this] {
        connecting_ = false;
        if (up_) return;
        if (!gateway_->alive()) return;
        if (!wanted_() || plan_.on(Fault::link_down, time_.elapsed())) return connect();
        up_ = true;
        ++stream_;
        last_arrival_ = time_.steady();
        judge_.stream_begins();
        trace_("server   link is up");
        gateway_->link(true, false);
    });
}

void FakeServer::lose_link(bool stream_error) {
    if (!std::exchange(up_, false)) return;
    trace_("server   link is lost{}", stream_error ? " by a stream error" : "");
    ++stream_;
    const bool barriers_first = chance_.percent(50);
    if (barriers_first) fail_barriers();
    time_.in(chance_.millis(0, 5), [this, stream = stream_, barriers_first, stream_error] {
        if (stream != stream_ || !gateway_->alive()) return;
        gateway_->link(false, stream_error);
        if (!barriers_first) fail_barriers();
        connect();
    });
}

void FakeServer::fail_barriers() {
    for (auto& [number, waiting] : std::exchange(barriers_, {}))
        time_.in(chance_.millis(0, 2), [this, done = std::move(waiting), life = gateway_lives_]() mutable {
            if (life == gateway_lives_) done(fail(Errc::not_connected, "the stream was lost"));
        });
}

/// The server dies: what it has not stored is gone.
void FakeServer::kill() {
    trace_("server   is killed");
    ++incarnation_;
    lose_link(false);
}

void FakeServer::gateway_died() {
    up_ = false;
    ++stream_;
    ++gateway_lives_;
    barriers_.clear();
}

// ------------------------------------------------------------------------------------------------ stanzas

Result<> FakeServer::write(const store::MessageRow& row, bool again) {
    if (!up_) return fail(Errc::not_connected, "no link");
    const auto told = std::ranges::find(plan_.tellings, row.key, &Telling::key);
    if (told != plan_.tellings.end() && told->unwritable) return fail(Errc::too_large, "simulated");
    judge_.writes(row, again);
    trace_("gateway  writes {} for {}{}", row.sequence, row.account.str(), again ? ", again" : "");
    Stanza stanza{.sequence = row.sequence};
    if (told != plan_.tellings.end()) {
        stanza.poison = told->poison;
        stanza.bounces = told->bounces;
        stanza.refused = told->refused;
    }
    transmit(stanza);
    return {};
}

Result<> FakeServer::write_notice(const store::MessageRow& row, Notice notice) {
    if (!up_) return fail(Errc::not_connected, "no link");
    judge_.writes_notice(row, notice);
    trace_("gateway  writes notice {} of {}", model::to_string(notice), row.sequence);
    // What becomes of a notice depends on its message alone, so that every write of it fares the same.
    const auto lot =
        Chance(static_cast<std::uint64_t>(row.sequence) * 16 + static_cast<std::uint64_t>(notice)).next();
    Stanza stanza{.sequence = row.sequence, .notice = notice};
    if (lot % 100 < 3) stanza.bounces = 1 + static_cast<unsigned>(lot / 100 % 3);
    if (lot % 100 == 4) stanza.refused = true;
    transmit(stanza);
    return {};
}

SteadyTime FakeServer::next_arrival() {
    const bool slow = chance_.percent(3);
    last_arrival_ = std::max(last_arrival_, time_.steady() + chance_.millis(0, slow ? 800 : 5));
    return last_arrival_;
}

void FakeServer::transmit(Stanza stanza) {
    time_.at(next_arrival(), [this, stanza, stream = stream_] {
        if (stream == stream_) arrived(stanza);
    });
}

void FakeServer::arrived(const Stanza& stanza) {
    const auto id = id_of(stanza.sequence, stanza.notice);
    if (stanza.poison) return lose_link(true);
    if (stanza.refused) return send_back(stanza, false);
    if (bounced_[id] < stanza.bounces) return send_back(stanza, true);
    time_.in(chance_.millis(0, chance_.percent(50) ? 50 : 4'500), [this, id, incarnation = incarnation_] {
        if (incarnation != incarnation_) return;
        trace_("server   has stored {}", id);
        judge_.stored(id);
    });
}

void FakeServer::send_back(const Stanza& stanza, bool for_now) {
    const auto id = id_of(stanza.sequence, stanza.notice);
    time_.in(chance_.millis(0, chance_.percent(50) ? 20 : 3'000),
             [this, stanza, id, for_now, stream = stream_] {
                 if (stream != stream_) return;  // it is written again, and comes back again
                 ++bounced_[id];
                 if (!for_now || bounced_[id] >= plan_.xmpp.most_attempts) judge_.excused(id);
                 trace_("server   sends {} back{}", id, for_now ? " for now" : "");
                 gateway_->bounced(stanza.sequence, stanza.notice, for_now);
             });
}

void FakeServer::barrier(Committed done) {
    const auto number = ++barrier_numbers_;
    barriers_.emplace(number, std::move(done));
    if (!up_) return fail_barriers();
    const bool swallowed = time_.elapsed() < plan_.quiet_at && chance_.percent(3);
    const auto answer = [this, number, swallowed] {
        auto waiting = barriers_.extract(number);
        if (waiting) waiting.mapped()(swallowed ? Result<>(fail(Errc::timed_out, "barrier")) : Result<>{});
    };
    if (swallowed) return time_.in(chance_.millis(500, 2'000), answer);
    time_.at(next_arrival(), [this, answer, stream = stream_] {
        if (stream != stream_) return;
        time_.in(chance_.millis(0, 3), [this, answer, stream] {
            if (stream == stream_) answer();
        });
    });
}

}  // namespace causeway::sim
