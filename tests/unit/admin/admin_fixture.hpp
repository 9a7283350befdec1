#pragma once
// A loop that runs on a thread of its own, so that a test can be a plain blocking client.
#include <gmock/gmock.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"

namespace causeway::admin::testing {

class AdminFixture : public ::testing::Test {
protected:
    AdminFixture() : thread_([this] { loop.run(); }) {
        std::string pattern = (std::filesystem::temp_directory_path() / "causeway-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
    }
    ~AdminFixture() override {
        finish();
        std::filesystem::remove_all(directory);
    }

    /// Runs `work` on the loop, where the objects under test live, and waits for it.
    template <class T>
    T on_loop(std::function<T()> work) {
        std::packaged_task<T()> task(std::move(work));
        auto result = task.get_future();
        asio::post(loop, [&task] { task(); });
        return result.get();
    }
    /// Lets the loop run out of work. What was started must have been stopped before.
    void finish() {
        guard_.reset();
        if (thread_.joinable()) thread_.join();
    }

    SystemClock clock;
    SystemRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, log::Log{}};
    std::string directory;
    asio::io_context loop;

private:
    asio::executor_work_guard<asio::io_context::executor_type> guard_{loop.get_executor()};
    std::thread thread_;
};

}  // namespace causeway::admin::testing
