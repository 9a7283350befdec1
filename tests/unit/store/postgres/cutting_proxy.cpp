#include "tests/unit/store/postgres/cutting_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

namespace causeway::store::testing {

namespace {

using namespace std::string_view_literals;
using namespace std::chrono_literals;

constexpr auto kSocketName = "/.s.PGSQL.5432"sv;
// In the message Bind: the unnamed portal, and the prepared statement's name.
constexpr auto kCommitBound = "\0commit\0"sv;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

int local_socket() {
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool pass_on(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server_uri) : listener_(local_socket()) {
    constexpr auto kHost = "host="sv;
    const auto from = server_uri.find(kHost) + kHost.size();
    const auto to = server_uri.find('&', from);
    const auto server_directory = server_uri.substr(from, to - from);
    const auto own_directory = directory_.file("");
    server_socket_ = server_directory + std::string(kSocketName);
    uri_ = server_uri;
    uri_.replace(from, to - from, own_directory);
    const auto address = address_of(own_directory + std::string(kSocketName));
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    thread_ = std::jthread([this] { serve(); });
}

CuttingProxy::~CuttingProxy() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
}

/// One connection at a time: a store has one.
void CuttingProxy::serve() {
    while (!stopping_) {
        pollfd entry{listener_, POLLIN, 0};
        if (::poll(&entry, 1, 20) <= 0) continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        relay(client);
        ::close(client);
    }
}

void CuttingProxy::relay(int client) {
    const int server = local_socket();
    const auto address = address_of(server_socket_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        ::close(server);
        return;
    }
    std::array<char, 65536> buffer{};
    std::array<pollfd, 2> entries{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    while (!stopping_) {
        if (::poll(entries.data(), entries.size(), 20) <= 0) continue;
        const bool from_client = entries[0].revents != 0;
        const auto size = ::read(from_client ? client : server, buffer.data(), buffer.size());
        if (size <= 0) break;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
        const auto cut = from_client && bytes.contains(kCommitBound) ? cut_.exchange(Cut::none) : Cut::none;
        if (cut == Cut::before_commit || !pass_on(from_client ? server : client, bytes)) break;
        if (cut == Cut::after_commit) std::this_thread::sleep_for(300ms);
        if (cut != Cut::none) break;
    }
    ::close(server);
}

}  // namespace causeway::store::testing
