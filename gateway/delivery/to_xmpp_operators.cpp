// ToXmpp, second part: what operators do with messages.
#include <algorithm>
#include <functional>
#include <utility>

#include "gateway/delivery/to_xmpp.hpp"

namespace causeway::delivery {

void ToXmpp::release(std::int64_t sequence, Taken done) {
    port_.fetch({sequence},
                [this, done = std::move(done)](Result<std::vector<store::MessageRow>> rows) mutable {
                    if (!rows) return done(fail(rows.error()));
                    if (rows->empty()) return done(fail(Errc::bad_input, "no such message"));
                    release_found(rows->front(), std::move(done));
                });
}

void ToXmpp::release_found(const store::MessageRow& row, Taken done) {
    if (!after(row.state, Step::released))
        return done(fail(Errc::conflict, "it is " + std::string(model::to_string(row.state))));
    if (row.text.empty()) return done(fail(Errc::conflict, "its text is not kept any more"));
    store::MoveMessage move{
        .sequence = row.sequence, .from = row.state, .to = State::queued, .at = clock_.wall()};
    move.accepted = move.at;
    move.losses = 0;
    const Item item{.sequence = row.sequence, .since = seconds_of(move.at), .again = true};
    store::Batch batch;
    batch.emplace_back(std::move(move));
    port_.commit(std::move(batch),
                 [this, item, from = row.state, done = std::move(done)](Result<> result) mutable {
                     if (result) {
                         port_.moved(model::Direction::to_xmpp, from, State::queued);
                         add(item, std::nullopt);
                     }
                     done(std::move(result));
                 });
}

void ToXmpp::cancel(std::int64_t sequence, Taken done) {
    port_.fetch({sequence},
                [this, done = std::move(done)](Result<std::vector<store::MessageRow>> rows) mutable {
                    if (!rows) return done(fail(rows.error()));
                    if (rows->empty()) return done(fail(Errc::bad_input, "no such message"));
                    cancel_found(rows->front(), std::move(done));
                });
}

void ToXmpp::cancel_found(const store::MessageRow& row, Taken done) {
    if (!after(row.state, Step::cancelled))
        return done(fail(Errc::conflict, "it is " + std::string(model::to_string(row.state))));
    const auto item = take_out(row.sequence);
    if (!item && row.state == State::queued)
        return done(fail(Errc::conflict, "it has been written, and is being settled"));
    store::MoveMessage move{
        .sequence = row.sequence, .from = row.state, .to = State::failed, .at = clock_.wall()};
    move.reason = "cancelled by an operator";
    store::Batch batch;
    batch.emplace_back(std::move(move));
    port_.commit(std::move(batch), [this, item, row, done = std::move(done)](Result<> result) mutable {
        if (result) {
            bounces_.erase({row.sequence, model::Notice::none});
            port_.moved(model::Direction::to_xmpp, row.state, State::failed);
            port_.remark(row.sequence, State::failed, make_error(Errc::refused, "cancelled by an operator"));
        } else if (item) {
            add(*item, std::nullopt);  // the store still has it as it was
        }
        done(std::move(result));
    });
}

std::optional<ToXmpp::Item> ToXmpp::take_out(std::int64_t sequence) {
    const auto is_it = [sequence](const Item& item) {
        return item.sequence == sequence && item.notice == model::Notice::none;
    };
    const auto from = [&](auto& items, auto projection) -> std::optional<Item> {
        const auto found = std::ranges::find_if(items, is_it, projection);
        if (found == items.end()) return std::nullopt;
        auto item = std::invoke(projection, *found);
        items.erase(found);
        return item;
    };
    if (auto item = from(waiting_, std::identity{})) return item;
    if (auto item = from(ready_, &Ready::item)) return item;
    return from(later_, &Later::item);
}

}  // namespace causeway::delivery
