#pragma once
/// @file gateway/delivery/retention.hpp
/// NAME       Retention: forgets messages that have long been done, and counts what is kept.
/// WHY        A repeat is recognised as long as its first is kept: so what is done stays a while, and then goes.
/// INVARIANTS It looks before it deletes: while nothing is old enough, nothing is written. Deletes are small, so that messages
///            pass in between.
/// TESTS      tests/unit/store/retention_test.cpp
#include <functional>
#include <vector>

#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"
#include "gateway/store/store.hpp"

namespace causeway::delivery {

class Retention {
public:
    using Counted = std::function<void(const std::vector<store::MessageCount>&)>;
    static constexpr Millis kFirstAfter{60'000};
    static constexpr Millis kEvery{3'600'000};

    /// @param counted is told what the store holds, at each recount
    Retention(Executor executor, store::Store& store, Millis keep, Counted counted, Context context);
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    [[nodiscard]] Task<Result<>> recount();
    /// Until nothing is left that is older than it is kept; then counts anew, if there was something.
    /// @return how many deletes were committed; storage
    [[nodiscard]] Task<Result<std::size_t>> purge();
    /// Purges every hour from now on.
    void start();
    void stop();

private:
    void arm(Millis after);
    [[nodiscard]] Task<> round();

    Executor executor_;
    store::Store& store_;
    Millis keep_;
    Counted counted_;
    Context context_;
    Timer timer_;
    bool stopped_ = true;
};

}  // namespace causeway::delivery
