#pragma once
/// @file tests/bench/poller.hpp
/// NAME       Poller, Stream: the cheapest event loop that the benchmark's own programs share.
/// WHY        What measures must cost less than what is measured: plain epoll, one read and one write a turn and
///            connection, no allocation in the steady state.
/// TRUST      Both ends are ours; buffers are bounded by the number of messages in flight.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sys/epoll.h>

namespace causeway::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

class Poller;

/// One TCP connection on loopback.
class Stream {
public:
    /// Gets all unread bytes; returns how many of them it has used up.
    using OnData = std::function<std::size_t(std::string_view)>;

    /// Takes `descriptor` over.
    Stream(Poller& poller, int descriptor);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void on_data(OnData handler) { on_data_ = std::move(handler); }
    /// Called once when the far side is gone; the handler must not destroy the stream.
    void on_close(std::function<void()> handler) { on_close_ = std::move(handler); }

    /// Queues bytes; they leave at the start of the next turn, all in one call.
    void write(std::string_view bytes);
    /// Writes out what is queued and hangs up.
    void close();

private:
    friend class Poller;
    void read_some();
    void flush();
    void fail();

    Poller& poller_;
    int descriptor_;
    OnData on_data_;
    std::function<void()> on_close_;
    std::string in_;
    std::string out_;
    bool dirty_ = false;
    bool closed_ = false;
};

class Poller {
public:
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// Accepts connections on 127.0.0.1. @return the port
    std::uint16_t listen(std::uint16_t port, std::function<void(std::unique_ptr<Stream>)> on_accept);
    [[nodiscard]] std::unique_ptr<Stream> connect(std::uint16_t port);

    /// Writes out what was queued, then serves what is ready, waiting for it until `deadline` at most.
    /// Without one it is plain epoll_wait(), which valgrind knows; epoll_pwait2() it does not.
    void turn(SteadyTime deadline = SteadyTime::max());

private:
    friend class Stream;
    void watch(int descriptor, Stream* stream);
    [[nodiscard]] int wait(std::span<epoll_event> events, SteadyTime deadline) const;

    int epoll_;
    std::unordered_map<int, Stream*> streams_;
    std::unordered_map<int, std::function<void(std::unique_ptr<Stream>)>> listeners_;
    std::vector<Stream*> dirty_;
    std::string scratch_;  ///< one read buffer for all streams: what is left over is kept by its stream
};

}  // namespace causeway::bench
