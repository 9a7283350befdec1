#include "tests/bench/poller.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace causeway::bench {
namespace {

constexpr std::size_t kReadSize = 256 * 1024;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// The socket interface wants its own idea of a base class.
const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}
sockaddr* generic(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);
}

int checked(int result, const char* what) {
    if (result < 0) throw std::runtime_error(std::string(what) + ": errno " + std::to_string(errno));
    return result;
}

}  // namespace

Stream::Stream(Poller& poller, int descriptor) : poller_(poller), descriptor_(descriptor) {
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    poller_.watch(descriptor_, this);
}

Stream::~Stream() {
    if (dirty_) std::erase(poller_.dirty_, this);
    poller_.streams_.erase(descriptor_);
    ::close(descriptor_);
}

void Stream::write(std::string_view bytes) {
    if (closed_) return;
    out_.append(bytes);
    if (!std::exchange(dirty_, true)) poller_.dirty_.push_back(this);
}

void Stream::close() {
    if (closed_) return;
    flush();
    ::shutdown(descriptor_, SHUT_RDWR);
}

void Stream::read_some() {
    std::string& fresh = poller_.scratch_;
    const ssize_t got = ::recv(descriptor_, fresh.data(), fresh.size(), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return fail();
    if (got < 0 || !on_data_) return;
    const std::string_view bytes(fresh.data(), static_cast<std::size_t>(got));
    if (in_.empty()) {
        const std::size_t used = on_data_(bytes);
        in_.assign(bytes.substr(used));
    } else {
        in_.append(bytes);
        in_.erase(0, on_data_(in_));
    }
}

void Stream::flush() {
    if (std::exchange(dirty_, false) && poller_.dirty_.size() > 0) std::erase(poller_.dirty_, this);
    if (out_.empty()) return;
    const ssize_t sent = ::send(descriptor_, out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return fail();
    out_.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (!out_.empty() && !std::exchange(dirty_, true)) poller_.dirty_.push_back(this);
}

void Stream::fail() {
    if (std::exchange(closed_, true)) return;
    ::epoll_ctl(poller_.epoll_, EPOLL_CTL_DEL, descriptor_, nullptr);
    out_.clear();
    if (on_close_) on_close_();
}

Poller::Poller()
    : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")), scratch_(kReadSize, '\0') {}

Poller::~Poller() {
    for (const auto& [descriptor, handler] : listeners_) ::close(descriptor);
    ::close(epoll_);
}

void Poller::watch(int descriptor, Stream* stream) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
    if (stream != nullptr) streams_[descriptor] = stream;
}

std::uint16_t Poller::listen(std::uint16_t port, std::function<void(std::unique_ptr<Stream>)> on_accept) {
    const int descriptor =
        checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto address = loopback(port);
    checked(::bind(descriptor, generic(address), sizeof address), "bind");
    checked(::listen(descriptor, 1024), "listen");
    socklen_t size = sizeof address;
    checked(::getsockname(descriptor, generic(address), &size), "getsockname");
    watch(descriptor, nullptr);
    listeners_[descriptor] = std::move(on_accept);
    return ntohs(address.sin_port);
}

std::unique_ptr<Stream> Poller::connect(std::uint16_t port) {
    const int descriptor = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const auto address = loopback(port);
    checked(::connect(descriptor, generic(address), sizeof address), "connect");
    return std::make_unique<Stream>(*this, descriptor);
}

int Poller::wait(std::span<epoll_event> events, SteadyTime deadline) const {
    using namespace std::chrono;
    const auto size = static_cast<int>(events.size());
    // What a socket did not take is tried again soon; there is never much of it.
    if (!dirty_.empty()) return ::epoll_wait(epoll_, events.data(), size, 1);
    if (deadline == SteadyTime::max()) return ::epoll_wait(epoll_, events.data(), size, -1);
    const auto left = std::max(duration_cast<nanoseconds>(deadline - steady_clock::now()), nanoseconds(0));
    const timespec timeout{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    return ::epoll_pwait2(epoll_, events.data(), size, &timeout, nullptr);
}

void Poller::turn(SteadyTime deadline) {
    for (Stream* stream : std::exchange(dirty_, {})) stream->flush();
    std::array<epoll_event, 256> events;
    const int ready = wait(events, deadline);
    for (int i = 0; i < ready; ++i) {
        const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
        if (const auto listener = listeners_.find(descriptor); listener != listeners_.end()) {
            const int accepted = ::accept4(descriptor, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted >= 0) listener->second(std::make_unique<Stream>(*this, accepted));
        } else if (const auto stream = streams_.find(descriptor); stream != streams_.end()) {
            stream->second->read_some();
        }
    }
}

}  // namespace causeway::bench
