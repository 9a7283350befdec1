/// @file tests/bench/store_rate.cpp
/// NAME       bench_store: how fast the store keeps the rows that a message costs, with nothing around it. The bound of the
///            ledger's bench.
/// USE        bench_store sqlite FILE | postgres URI  out|in  COUNT WINDOW
///              out  a message to a network: put, moved to accepted with a receipt, receipt settled
///              in   a message to a user: put, settled (512 in one go)
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "gateway/base/async.hpp"
#include "gateway/base/context.hpp"
#include "gateway/store/postgres/postgres_store.hpp"
#include "gateway/store/sqlite/sqlite_store.hpp"

namespace causeway::bench {
namespace {

using Clock = std::chrono::steady_clock;

class StoreRate {
public:
    StoreRate(Executor executor, store::Store& store, bool out, std::int64_t count)
        : executor_(std::move(executor)), store_(store), out_(out), count_(count), ended_(executor_) {}

    Task<> run(std::int64_t window) {
        const auto last = co_await store_.last_sequence();
        next_ = first_ = last ? *last + 1 : 1;
        store::Batch account;
        account.emplace_back(store::PutAccount{.row = {.id = AccountId("bench"),
                                                       .network = NetworkName("bench"),
                                                       .user = UserId("user@bench.test")}});
        if (const auto put = co_await store_.commit(std::move(account)); !put) fail_with(put.error());
        const auto begun = Clock::now();
        for (std::int64_t i = 0; i < window; ++i) spawn(executor_, out_ ? go_out() : go_in());
        co_await ended_.wait();
        const auto seconds = std::chrono::duration<double>(Clock::now() - begun).count();
        std::cout << "{\"per_s\": " << static_cast<double>(count_) / seconds << ", \"seconds\": " << seconds
                  << "}\n";
        co_await store_.close();
    }

private:
    [[nodiscard]] store::MessageRow row_of(std::int64_t sequence) const {
        store::MessageRow row;
        row.sequence = sequence;
        row.network = NetworkName("bench");
        row.account = AccountId("bench");
        row.direction = out_ ? model::Direction::to_network : model::Direction::to_xmpp;
        row.conversation = "c" + std::to_string(sequence % 50);
        row.key = MessageKey("user@bench.test/m" + std::to_string(sequence));
        row.state = out_ ? model::State::sending : model::State::queued;
        row.attempts = out_ ? 1 : 0;
        row.accepted = row.next = std::chrono::floor<Millis>(std::chrono::system_clock::now());
        row.wants_receipt = out_;
        row.text = "bench:0000000000 the quick brown fox jumps over the lazy dog again and ever";
        if (!out_) row.text.insert(0, 120, ' ');  // a stanza around it
        row.from = "user7@bench.test/bench";
        row.to = "c7@net.bench.test";
        row.stanza_id = "m" + std::to_string(sequence);
        row.steps = "queued@1790000000000 sending@1790000000000";
        return row;
    }

    Task<> commit(store::Change change) {
        store::Batch batch;
        batch.push_back(std::move(change));
        if (const auto done = co_await store_.commit(std::move(batch)); !done) fail_with(done.error());
    }

    Task<> go_out() {
        while (next_ < first_ + count_) {
            const auto sequence = next_++;
            co_await commit(store::PutMessage{row_of(sequence)});
            store::MoveMessage move{.sequence = sequence,
                                    .from = model::State::sending,
                                    .to = model::State::accepted,
                                    .at = std::chrono::floor<Millis>(std::chrono::system_clock::now())};
            move.notice = model::Notice::receipt;
            move.network_ids = "l" + std::to_string(sequence);
            move.forget_text = true;
            co_await commit(std::move(move));
            co_await commit(store::SettleNotice{sequence, model::Notice::receipt});
            if (++done_ == count_) ended_.open();
        }
    }

    Task<> go_in() {
        while (next_ < first_ + count_) {
            const auto sequence = next_++;
            co_await commit(store::PutMessage{row_of(sequence)});
            settle_.sequences.push_back(sequence);
            if (settle_.sequences.size() >= 512 || done_ + 1 == count_) {
                settle_.at = std::chrono::floor<Millis>(std::chrono::system_clock::now());
                co_await commit(std::exchange(settle_, {}));
            }
            if (++done_ == count_) ended_.open();
        }
    }

    [[noreturn]] static void fail_with(const Error& error) {
        std::cerr << "bench_store: " << error.detail << '\n';
        std::exit(1);
    }

    Executor executor_;
    store::Store& store_;
    bool out_;
    std::int64_t count_;
    std::int64_t first_ = 1;
    std::int64_t next_ = 1;
    std::int64_t done_ = 0;
    store::SettleMessages settle_;
    Gate ended_;
};

int run(const std::vector<std::string>& words) {
    if (words.size() != 6) {
        std::cerr << "usage: bench_store sqlite FILE | postgres URI  out|in  COUNT WINDOW\n";
        return 2;
    }
    boost::asio::io_context loop(1);
    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    const Context context{clock, random, metrics, {}};
    std::unique_ptr<store::Store> store;
    if (words[1] == "postgres") {
        store = store::make_postgres_store(loop.get_executor(), {.uri = words[2], .password = {}}, nullptr,
                                           context);
    } else {
        auto opened = store::open_sqlite(loop.get_executor(), words[2], context);
        if (!opened) throw std::runtime_error(opened.error().detail);
        store = std::move(*opened);
    }
    StoreRate rate(loop.get_executor(), *store, words[3] == "out", std::stoll(words[4]));
    spawn(loop.get_executor(), rate.run(std::stoll(words[5])));
    loop.run();
    return 0;
}

}  // namespace
}  // namespace causeway::bench

int main(int count, char** words) {
    try {
        return causeway::bench::run({words, words + count});
    } catch (const std::exception& error) {
        std::cerr << "bench_store: " << error.what() << '\n';
        return 1;
    }
}
