#include "gateway/delivery/to_xmpp.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "gateway/base/assert.hpp"

namespace causeway::delivery {
namespace {

constexpr Millis kStoreRetry{1'000};
constexpr std::size_t kFetchAtOnce = 256;
constexpr std::size_t kSettleAtOnce = 512;

}  // namespace

ToXmpp::ToXmpp(XmppRules rules, Port& port, const Clock& clock, Random& random)
    : rules_(rules), port_(port), clock_(clock), random_(random), window_(rules.most_unconfirmed) {}

ToXmpp::~ToXmpp() = default;

std::uint32_t ToXmpp::seconds_of(WallTime time) noexcept {
    return static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

// ------------------------------------------------------------------------------------------------ taking

void ToXmpp::restore(const store::OpenMessage& message) {
    if (message.state != State::queued && message.state != State::deferred) return;
    waiting_.push_back({.sequence = message.sequence, .since = seconds_of(message.accepted), .again = true});
}

void ToXmpp::accept(store::MessageRow row, store::Batch along, Taken taken) {
    row.direction = model::Direction::to_xmpp;
    row.accepted = clock_.wall();
    row.state = State::queued;
    row.steps = "queued@" + std::to_string(row.accepted.time_since_epoch().count());
    store::Batch batch;
    batch.emplace_back(store::PutMessage{row});
    std::ranges::move(along, std::back_inserter(batch));
    port_.commit(std::move(batch),
                 [this, row = std::move(row), taken = std::move(taken)](Result<> result) mutable {
                     if (!result && result.error().code == Errc::conflict)
                         return taken({});  // a repeat: we have it
                     if (!result) return taken(std::move(result));
                     port_.moved(model::Direction::to_xmpp, State::received, State::queued);
                     const Item item{.sequence = row.sequence, .since = seconds_of(row.accepted)};
                     add(item, std::move(row));
                     taken({});
                 });
}

void ToXmpp::tell(std::int64_t sequence, model::Notice notice) {
    add({.sequence = sequence, .notice = notice}, std::nullopt);
}

void ToXmpp::add(Item item, std::optional<store::MessageRow> row) {
    if (row && waiting_.empty() && fetching_.empty() && ready_.size() < rules_.most_ready) {
        ready_.push_back({item, std::move(*row)});
    } else {
        waiting_.push_back(item);
    }
    pump();
}

// ------------------------------------------------------------------------------------------------ writing

void ToXmpp::pump() {
    while (up_ && write_one()) {
    }
    refill();
    const auto every = std::min(rules_.barrier_every, (rules_.most_unconfirmed + 1) / 2);
    if (written_.size() - covered_ >= every) ask_for_barrier();
}

bool ToXmpp::write_one() {
    if (ready_.empty() || written_.size() >= window_ || written_bytes_ >= rules_.most_unconfirmed_bytes)
        return false;
    auto [item, row] = std::move(ready_.front());
    ready_.pop_front();
    const auto result = item.notice == model::Notice::none ? port_.write(row, item.again)
                                                           : port_.write_notice(row, item.notice);
    if (!result && result.error().code == Errc::not_connected) {
        ready_.push_front({item, std::move(row)});
        return false;  // the link's end is about to be told
    }
    if (!result) {
        // It can never be written: too large, or an address that is none.
        set_aside(item, Step::poisoned, State::quarantined, result.error().detail);
        return true;
    }
    item.again = true;
    const auto bytes = row.text.size() + 256;
    written_.push_back({item, bytes});
    written_bytes_ += bytes;
    if (!oldest_unconfirmed_) oldest_unconfirmed_ = clock_.steady();
    return true;
}

void ToXmpp::refill() {
    // What is read while nothing can be written may be of yesterday when it can.
    if (!up_ || !fetching_.empty() || waiting_.empty() || ready_.size() >= kFetchAtOnce / 2) return;
    const auto count = std::min(waiting_.size(), kFetchAtOnce);
    fetching_.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<std::int64_t> sequences;
    sequences.reserve(fetching_.size());
    for (const auto& item : fetching_) sequences.push_back(item.sequence);
    port_.fetch(std::move(sequences), [this, epoch = epoch_](auto rows) {
        if (epoch == epoch_) fetched(std::move(rows));  // else they wait again already
    });
}

void ToXmpp::fetched(Result<std::vector<store::MessageRow>> rows) {
    const auto wanted = std::exchange(fetching_, {});
    if (!rows) {
        waiting_.insert(waiting_.begin(), wanted.begin(), wanted.end());
        retry_ = clock_.steady() + kStoreRetry;
        return;
    }
    for (const auto& item : wanted) {
        const auto row = std::ranges::find(*rows, item.sequence, &store::MessageRow::sequence);
        // A notice that another has replaced is not said any more; what was given up neither.
        const bool wanted_still =
            row != rows->end() && (item.notice != model::Notice::none
                                       ? row->notice == item.notice
                                       : row->state == State::queued || row->state == State::deferred);
        if (wanted_still) ready_.push_back({item, *row});
    }
    pump();
}

// ------------------------------------------------------------------------------------------------ barrier

void ToXmpp::ask_for_barrier() {
    if (barrier_out_ || !up_ || written_.empty()) return;
    barrier_out_ = true;
    covered_ = written_.size();
    port_.barrier([this, epoch = epoch_](const Result<>& result) {
        if (epoch == epoch_) barrier_passed(result);  // else of a stream that is gone
    });
}

void ToXmpp::barrier_passed(const Result<>& result) {
    barrier_out_ = false;
    auto covered = std::exchange(covered_, 0);
    if (!result) return;  // link_down() follows, or tick() asks again
    const auto now = clock_.steady();
    for (; covered > 0; --covered) {
        written_bytes_ -= written_.front().bytes;
        auto item = written_.front().item;
        item.losses = 0;
        routed_.push_back({item, now, ++routed_ever_});
        written_.pop_front();
    }
    if (window_ < rules_.most_unconfirmed && !anybody_suspect()) window_ = rules_.most_unconfirmed;
    oldest_unconfirmed_.reset();
    if (!written_.empty()) oldest_unconfirmed_ = now;
    pump();
}

// ------------------------------------------------------------------------------------------------ grace, settled

void ToXmpp::settle() {
    const auto until = clock_.steady() - rules_.grace;
    while (!routed_.empty() && routed_.front().at <= until) {
        std::vector<Routed> those;
        store::SettleMessages messages;
        store::Batch batch;
        while (!routed_.empty() && routed_.front().at <= until && those.size() < kSettleAtOnce) {
            const auto& item = those.emplace_back(routed_.front()).item;
            routed_.pop_front();
            if (item.notice == model::Notice::none) {
                messages.sequences.push_back(item.sequence);
            } else {
                batch.emplace_back(store::SettleNotice{item.sequence, item.notice});
            }
        }
        messages.at = clock_.wall();
        if (!messages.sequences.empty()) batch.emplace_back(std::move(messages));
        settling_ += those.size();
        port_.commit(std::move(batch), [this, those = std::move(those)](const Result<>& result) mutable {
            settled(std::move(those), result);
        });
    }
}

void ToXmpp::settled(std::vector<Routed> those, const Result<>& result) {
    settling_ -= those.size();
    if (!result) {
        // They are with the server; only our book does not know it yet.
        for (auto& routed : those) {
            routed.stored = true;
            routed.at = clock_.steady() - rules_.grace + kStoreRetry;
            const auto place = std::ranges::upper_bound(routed_, routed.number, {}, &Routed::number);
            routed_.insert(place, routed);
        }
        return;
    }
    for (const auto& [item, at, number, stored] : those) {
        bounces_.erase({item.sequence, item.notice});
        if (item.notice == model::Notice::none)
            port_.moved(model::Direction::to_xmpp, State::queued, State::delivered);
    }
}

// ------------------------------------------------------------------------------------------------ the link

void ToXmpp::link_up() {
    up_ = true;
    pump();
}

void ToXmpp::link_down(bool stream_error) {
    up_ = false;
    barrier_out_ = false;
    covered_ = 0;
    ++epoch_;
    if (stream_error) suspect();
    // Everything the server may not have again, in the order in which it was first written, before what was never written.
    std::deque<Item> back;
    for (const auto& routed : routed_) {
        if (!routed.stored) back.push_back(routed.item);
    }
    for (const auto& written : written_) back.push_back(written.item);
    for (const auto& ready : ready_) back.push_back(ready.item);
    back.insert(back.end(), fetching_.begin(), fetching_.end());
    fetching_.clear();
    std::erase_if(routed_, [](const Routed& routed) { return !routed.stored; });
    written_.clear();
    ready_.clear();
    written_bytes_ = 0;
    oldest_unconfirmed_.reset();
    waiting_.insert(waiting_.begin(), back.begin(), back.end());
}

/// What was in flight at three ends of the stream is halved until one is left: the culprit.
void ToXmpp::suspect() {
    if (window_ == 1 && written_.size() == 1 && written_.front().item.losses >= rules_.most_losses) {
        const auto culprit = written_.front().item;
        written_.clear();
        window_ = rules_.most_unconfirmed;
        set_aside(culprit, Step::poisoned, State::quarantined,
                  "the XMPP server ended the stream whenever it was sent");
        return;
    }
    std::size_t suspects = 0;
    for (auto& written : written_) {
        if (written.item.losses < 0xff) ++written.item.losses;
        if (written.item.losses >= rules_.most_losses) ++suspects;
    }
    if (suspects > 0) window_ = std::max<std::size_t>(std::min(suspects, window_) / 2, 1);
}

/// Wherever it waits to be written once more: behind many others, perhaps.
bool ToXmpp::anybody_suspect() const {
    const auto suspect = [this](const Item& item) { return item.losses >= rules_.most_losses; };
    return std::ranges::any_of(written_, suspect, &Written::item) ||
           std::ranges::any_of(ready_, suspect, &Ready::item) || std::ranges::any_of(fetching_, suspect) ||
           std::ranges::any_of(waiting_, suspect);
}

void ToXmpp::set_aside(const Item& item, Step step, State to, std::string reason) {
    bounces_.erase({item.sequence, item.notice});
    store::Batch batch;
    if (item.notice != model::Notice::none) {
        batch.emplace_back(store::SettleNotice{item.sequence, item.notice});  // it cannot be told
    } else {
        store::MoveMessage move{
            .sequence = item.sequence, .from = State::queued, .to = to, .at = clock_.wall()};
        move.reason = reason;
        CAUSEWAY_ASSERT(after(State::queued, step) == to);
        batch.emplace_back(std::move(move));
    }
    port_.commit(
        std::move(batch), [this, item, step, to, reason = std::move(reason)](const Result<>& result) {
            if (!result && result.error().code != Errc::conflict) {
                aside_.push_back({item, step, to, reason});
                retry_ = std::min(retry_, clock_.steady() + kStoreRetry);
                return;
            }
            if (result && item.notice == model::Notice::none)
                port_.moved(model::Direction::to_xmpp, State::queued, to);
            port_.remark(item.sequence, to, make_error(result ? Errc::refused : result.error().code, reason));
        });
}

// ------------------------------------------------------------------------------------------------ sent back

void ToXmpp::bounced(std::int64_t sequence, model::Notice notice, bool for_now, std::string reason) {
    const auto is_it = [&](const auto& each) {
        return each.item.sequence == sequence && each.item.notice == notice;
    };
    Item item;
    if (const auto routed = std::ranges::find_if(routed_, is_it); routed != routed_.end()) {
        item = routed->item;
        routed_.erase(routed);
    } else if (const auto written = std::ranges::find_if(written_, is_it); written != written_.end()) {
        item = written->item;
        written_bytes_ -= written->bytes;
        if (static_cast<std::size_t>(written - written_.begin()) < covered_) --covered_;
        written_.erase(written);
        if (written_.empty()) oldest_unconfirmed_.reset();
    } else {
        return;  // settled long ago
    }
    const auto attempts = ++bounces_[{sequence, notice}];
    if (!for_now || attempts >= rules_.most_attempts) {
        set_aside(item, Step::refused, State::failed, std::move(reason));
    } else {
        const auto ceiling = std::min(rules_.longest_retry.count(), rules_.first_retry.count()
                                                                        << std::min(attempts - 1U, 20U));
        const Millis delay{1 + static_cast<Millis::rep>(random_.below(static_cast<std::uint64_t>(ceiling)))};
        later_.push_back({item, attempts, clock_.steady() + delay});
    }
    pump();
}

void ToXmpp::come_back() {
    const auto now = clock_.steady();
    for (const auto& later : later_) {
        if (later.due <= now) waiting_.push_back(later.item);
    }
    std::erase_if(later_, [now](const Later& later) { return later.due <= now; });
}

// ------------------------------------------------------------------------------------------------ time

std::optional<Millis> ToXmpp::longest_wait() const {
    std::optional<std::uint32_t> oldest;
    const auto see = [&oldest](const Item& item) {
        if (item.notice == model::Notice::none) oldest = std::min(oldest.value_or(item.since), item.since);
    };
    for (const auto& item : waiting_) see(item);
    for (const auto& item : fetching_) see(item);
    for (const auto& each : ready_) see(each.item);
    for (const auto& each : written_) see(each.item);
    for (const auto& each : routed_) see(each.item);
    for (const auto& each : later_) see(each.item);
    if (!oldest) return std::nullopt;
    const auto now = seconds_of(clock_.wall());
    return std::chrono::seconds{now > *oldest ? now - *oldest : 0};
}

SteadyTime ToXmpp::next_tick() const {
    auto when = retry_;
    if (up_ && !barrier_out_ && oldest_unconfirmed_)
        when = std::min(when, *oldest_unconfirmed_ + rules_.barrier_after);
    if (!routed_.empty()) when = std::min(when, routed_.front().at + rules_.grace);
    for (const auto& later : later_) when = std::min(when, later.due);
    return when;
}

void ToXmpp::tick() {
    const auto now = clock_.steady();
    if (now >= retry_) {
        retry_ = SteadyTime::max();
        for (auto& each : std::exchange(aside_, {}))
            set_aside(each.item, each.step, each.to, std::move(each.reason));
    }
    come_back();
    if (oldest_unconfirmed_ && now >= *oldest_unconfirmed_ + rules_.barrier_after) ask_for_barrier();
    settle();
    pump();
}

}  // namespace causeway::delivery
