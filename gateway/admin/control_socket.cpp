#include "gateway/admin/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>

#include "gateway/base/async.hpp"

namespace causeway::admin {
namespace {

namespace json = boost::json;
using asio::local::stream_protocol;

constexpr std::size_t kMostLineBytes = 4096;
constexpr std::size_t kMostReplyBytes = 4 * 1024 * 1024;
constexpr std::size_t kMostConnections = 16;
constexpr Millis kAskWithin{10'000};

constexpr log::Message kPeerRefused{"CAUSEWAY_CONTROL_PEER_REFUSED", log::Level::warning,
                                    "another user's process connected to the control socket and was refused"};

bool peer_is_ours(stream_protocol::socket& socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return false;
    return credentials.uid == ::geteuid() || credentials.uid == 0;
}

json::object error_reply(std::string_view text) {
    json::object reply;
    reply["ok"] = false;
    reply["error"] = json::string(text);
    return reply;
}

}  // namespace

struct ControlSocket::Impl : std::enable_shared_from_this<Impl> {
    Impl(Executor executor, std::map<std::string, Command> table, Context in)
        : loop(std::move(executor)), commands(std::move(table)), context(in), acceptor(loop) {}

    Task<> accept_all() {
        const auto self = shared_from_this();
        while (acceptor.is_open()) {
            boost::system::error_code error;
            auto socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, error));
            if (error == asio::error::operation_aborted) co_return;
            if (error) {  // no file descriptor is free, say: it may be better in a second
                co_await sleep_until(context.clock.steady() + std::chrono::seconds{1});
                continue;
            }
            if (connections >= kMostConnections) continue;
            if (!peer_is_ours(socket)) {
                context.log.event(kPeerRefused);
                continue;
            }
            spawn(loop, serve(std::make_shared<stream_protocol::socket>(std::move(socket))));
        }
    }

    Task<> serve(std::shared_ptr<stream_protocol::socket> socket) {
        const auto self = shared_from_this();
        ++connections;
        // Whoever does not finish in time is cut off: the operation under way then ends with an error.
        Timer deadline(loop, context.clock.steady() + kAskWithin);
        deadline.async_wait([socket](const boost::system::error_code& error) {
            boost::system::error_code ignored;
            if (!error) socket->close(ignored);
        });
        std::string line;
        boost::system::error_code error;
        const auto size = co_await asio::async_read_until(*socket, asio::dynamic_buffer(line, kMostLineBytes),
                                                          '\n', asio::redirect_error(use_awaitable, error));
        json::object answered;
        if (error == asio::error::not_found) {
            answered = error_reply("the request is longer than " + std::to_string(kMostLineBytes) + " bytes");
        } else if (!error) {
            line.resize(size);
            answered = co_await answer(std::move(line));
        }
        if (!answered.empty()) {
            const auto reply = json::serialize(answered) + "\n";
            co_await asio::async_write(*socket, asio::buffer(reply),
                                       asio::redirect_error(use_awaitable, error));
        }
        deadline.cancel();
        --connections;
    }

    Task<json::object> answer(std::string line) const {
        boost::system::error_code error;
        auto request = json::parse(line, error);
        auto* object = error ? nullptr : request.if_object();
        const auto* name = object ? object->if_contains("command") : nullptr;
        if (!name || !name->is_string())
            co_return error_reply(R"(expected one line: {"command": "…", "arguments": {…}})");
        auto* given = object->if_contains("arguments");
        if (given && !given->is_object()) co_return error_reply(R"("arguments" is not an object)");
        const auto command = commands.find(std::string(name->as_string()));
        if (command == commands.end()) co_return error_reply("unknown command");
        json::object arguments;
        if (given) arguments = std::move(given->as_object());
        auto result = co_await command->second(std::move(arguments));
        if (!result) co_return error_reply(result.error().detail);
        json::object reply;
        reply["ok"] = true;
        reply["result"] = std::move(*result);
        co_return reply;
    }

    Executor loop;
    std::map<std::string, Command> commands;
    Context context;
    stream_protocol::acceptor acceptor;
    std::string path;
    std::size_t connections = 0;
};

ControlSocket::ControlSocket(Executor loop, std::map<std::string, Command> commands, Context context)
    : impl_(std::make_shared<Impl>(std::move(loop), std::move(commands), context)) {}

ControlSocket::~ControlSocket() {
    stop();
}

Result<> ControlSocket::start(const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un{}.sun_path))
        return fail(Errc::bad_input, "the path is too long: " + path);
    const stream_protocol::endpoint endpoint(path);
    boost::system::error_code error;
    stream_protocol::socket probe(impl_->loop);
    probe.connect(endpoint, error);
    if (!error) return fail(Errc::conflict, "another causeway answers on " + path);
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0) {
        if (!S_ISSOCK(status.st_mode)) return fail(Errc::conflict, path + " exists and is not a socket");
        ::unlink(path.c_str());  // left by a process that died
    }

    auto& acceptor = impl_->acceptor;
    acceptor.open(endpoint.protocol(), error);
    // The mode must be right from the start, not a moment later.
    const auto old_mask = ::umask(0177);
    if (!error) acceptor.bind(endpoint, error);
    ::umask(old_mask);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(Errc::conflict, path + ": " + error.message());
    impl_->path = path;
    spawn(impl_->loop, impl_->accept_all());
    return {};
}

void ControlSocket::stop() {
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    if (!impl_->path.empty()) ::unlink(std::exchange(impl_->path, {}).c_str());
}

Result<json::value> ask_control(const std::string& path, const std::string& command, Millis within,
                                json::object arguments) {
    asio::io_context io;
    stream_protocol::socket socket(io);
    boost::system::error_code error;
    socket.connect(stream_protocol::endpoint(path), error);
    if (error == asio::error::access_denied) return fail(Errc::refused, path + ": " + error.message());
    if (error) return fail(Errc::not_connected, path + ": " + error.message());

    json::object request;
    request["command"] = command;
    if (!arguments.empty()) request["arguments"] = std::move(arguments);
    const auto line = json::serialize(request) + "\n";
    if (line.size() > kMostLineBytes) return fail(Errc::too_large, "what was given is too long");
    asio::write(socket, asio::buffer(line), error);
    std::string reply;
    bool done = false;
    asio::async_read_until(socket, asio::dynamic_buffer(reply, kMostReplyBytes), '\n',
                           [&](const boost::system::error_code& result, std::size_t) {
                               done = true;
                               error = result;
                           });
    io.run_for(within);
    if (!done) return fail(Errc::timed_out, "no answer on " + path);
    if (error) return fail(Errc::refused, "the daemon closed the connection");

    const auto parsed = json::parse(reply, error);
    const auto* object = error ? nullptr : parsed.if_object();
    if (!object || !object->contains("ok")) return fail(Errc::internal, "not an answer of a causeway");
    if (object->at("ok") == true) return object->at("result");
    return fail(Errc::refused, std::string(object->at("error").as_string()));
}

}  // namespace causeway::admin
