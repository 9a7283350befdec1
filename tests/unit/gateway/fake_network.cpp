#include "tests/unit/gateway/fake_network.hpp"

#include <algorithm>
#include <array>

namespace causeway::test {
namespace {

constexpr std::string_view shown(model::Availability show) {
    switch (show) {
        case model::Availability::offline:
            return "offline";
        case model::Availability::online:
            return "online";
        case model::Availability::chat:
            return "chat";
        case model::Availability::away:
            return "away";
        case model::Availability::extended_away:
            return "xa";
        case model::Availability::busy:
            return "busy";
    }
    return "";
}

constexpr std::string_view shown(model::Rank rank) {
    constexpr std::array<std::string_view, 6> kNames{"none",      "voiced", "half_moderator",
                                                     "moderator", "admin",  "owner"};
    return kNames.at(static_cast<std::size_t>(rank));
}

/// What is present of a change, in the order of the fields.
std::string shown(const model::RoomSettings& changes) {
    std::string text;
    const auto add = [&](std::string_view name, const std::optional<bool>& value) {
        if (value) text.append(" ").append(*value ? "+" : "-").append(name);
    };
    add("moderated", changes.moderated);
    add("invite_only", changes.invite_only);
    add("topic_protected", changes.topic_protected);
    add("hidden", changes.hidden);
    add("members_only_talk", changes.members_only_talk);
    add("registered_only", changes.registered_only);
    if (changes.password) text += " password=" + *changes.password;
    if (changes.max_members) text += " max=" + std::to_string(*changes.max_members);
    return text;
}

/// One form; its answers are the credentials.
class FakeLogin final : public adapter::LoginProcess {
public:
    FakeLogin(FakeNetwork& network, Secret<std::string> on_file)
        : network_(network), on_file_(std::move(on_file)) {}

    Task<Result<adapter::LoginStep>> start(SteadyTime) override {
        adapter::StepForm step{"Fill it in.", network_.form};
        if (!on_file_.empty())
            step.fields.front().value = on_file_.reveal().substr(0, on_file_.reveal().find(':'));
        co_return adapter::LoginStep{std::move(step)};
    }
    Task<Result<adapter::LoginStep>> submit(adapter::Answers answers, SteadyTime deadline) override {
        network_.call("login");
        if (!co_await network_.login.wait(deadline)) co_return fail(Errc::timed_out);
        if (network_.login_error) co_return fail(*network_.login_error);
        const auto old = on_file_.reveal().find(':');
        std::string name;
        std::string password = old == std::string::npos ? "" : on_file_.reveal().substr(old + 1);
        for (const auto& [id, value] : answers) {
            if (id == "username") name = value;
            if (id == "password" && !value.empty()) password = value;
        }
        adapter::StepDone done{name, Secret<std::string>(name + ":" + password)};
        co_return adapter::LoginStep{std::move(done)};
    }

private:
    FakeNetwork& network_;
    Secret<std::string> on_file_;
};

}  // namespace

FakeNetwork::FakeNetwork(const Executor& executor)
    : connecting(executor),
      closing(executor),
      joining(executor),
      sending(executor),
      adding(executor),
      login(executor),
      listing(executor),
      executor_(executor) {
    for (Gate* gate : {&connecting, &closing, &joining, &sending, &adding, &login, &listing}) gate->open();
    using adapter::Capability;
    declared.display_name = "Fakenet";
    declared.protocol = "fake";
    declared.contact_noun = "name";
    declared.capabilities = {Capability::rooms, Capability::roster, Capability::presence,
                             Capability::accept_ack};
    declared.login_required = false;
    hall.members = {{.nick = "alice", .contact = ContactId("alice"), .rank = model::Rank::moderator}};
    hall.topic.text = "Welcome";
}

std::unique_ptr<adapter::LoginProcess> FakeNetwork::begin_login(Secret<std::string> on_file) {
    return std::make_unique<FakeLogin>(*this, std::move(on_file));
}

Result<std::unique_ptr<adapter::Session>> FakeNetwork::open(adapter::SessionSettings settings,
                                                            adapter::SessionHost& host) {
    call("open" + (settings.endpoint.empty() ? "" : " " + settings.endpoint.str()) +
         (settings.credentials.empty() ? "" : " with " + settings.credentials.reveal()) +
         (settings.options.empty() ? "" : " set to " + settings.options.reveal()));
    return std::make_unique<FakeSession>(executor_, *this, host);
}

std::vector<adapter::Field> FakeNetwork::option_fields(const EndpointId&,
                                                       const Secret<std::string>& options) const {
    if (!has_options) return {};
    adapter::Field nick{.id = "nick", .label = "Name", .required = false};
    nick.value = options.reveal().substr(0, options.reveal().find('/'));
    return {nick,
            {.id = "key", .label = "Password", .kind = adapter::Field::Kind::secret, .required = false}};
}

Result<Secret<std::string>> FakeNetwork::change_options(const EndpointId&, const Secret<std::string>& on_file,
                                                        const adapter::Answers& answers) const {
    const auto slash = on_file.reveal().find('/');
    std::string nick = on_file.reveal().substr(0, slash);
    std::string key = slash == std::string::npos ? "" : on_file.reveal().substr(slash + 1);
    for (const auto& [id, value] : answers) {
        if (id == "nick") nick = value;
        if (id == "key" && !value.empty()) key = value;
    }
    if (nick.contains(' ')) return fail(Errc::bad_input, "nick: one word");
    return Secret<std::string>(nick + "/" + key);
}

Result<model::Address> FakeNetwork::parse_address(std::string_view typed) const {
    model::Address address;
    if (const auto at = typed.rfind('%'); declared.many_endpoints && at != std::string_view::npos) {
        address.endpoint = EndpointId{std::string(typed.substr(at + 1))};
        typed = typed.substr(0, at);
        if (typed.empty()) return address;
    }
    if (typed.empty() || typed == "nobody") return fail(Errc::bad_recipient);
    if (typed.front() == '#') {
        address.target = RoomId{std::string(typed)};
    } else {
        address.target = ContactId{std::string(typed)};
    }
    return address;
}

std::string FakeNetwork::format_address(const model::Address& address) const {
    std::string text;
    if (const auto* contact = std::get_if<ContactId>(&address.target)) text = contact->str();
    if (const auto* room = std::get_if<RoomId>(&address.target)) text = room->str();
    return declared.many_endpoints ? text + "%" + address.endpoint.str() : text;
}

std::size_t FakeNetwork::count(std::string_view what) const {
    return static_cast<std::size_t>(std::ranges::count(calls, what));
}

void FakeNetwork::lose(Error why) {
    for (auto* session : sessions) session->lose(why);
}

// ------------------------------------------------------------------------------------------------- session

FakeSession::FakeSession(const Executor& executor, FakeNetwork& network, adapter::SessionHost& host)
    : network_(network), host_(host), ended_(executor) {
    network_.sessions.push_back(this);
}

FakeSession::~FakeSession() {
    std::erase(network_.sessions, this);
}

Task<Error> FakeSession::run() {
    network_.call("run");
    network_.most_running = std::max(network_.most_running, ++network_.running);
    auto why = co_await serve();
    --network_.running;
    co_return why;
}

Task<Error> FakeSession::serve() {
    if (closed_) co_return make_error(Errc::cancelled);
    ended_.close();
    co_await network_.connecting.wait();
    if (closed_) co_return make_error(Errc::cancelled);
    if (network_.connect_error) co_return *network_.connect_error;
    host_.state(adapter::SessionState::connected, "");
    co_await ended_.wait();
    co_return why_;
}

Task<> FakeSession::close(std::string reason, SteadyTime deadline) {
    network_.call("close" + (reason.empty() ? "" : " " + reason));
    co_await network_.closing.wait(deadline);
    closed_ = true;
    lose(make_error(Errc::cancelled));
}

void FakeSession::lose(Error why) {
    why_ = std::move(why);
    ended_.open();
}

Task<Result<adapter::SendOutcome>> FakeSession::send(model::OutgoingMessage message, SteadyTime deadline) {
    network_.call("send " + message.text);
    if (!co_await network_.sending.wait(deadline)) co_return fail(Errc::timed_out);
    if (network_.send_error) co_return fail(*network_.send_error);
    if (network_.submits) co_return adapter::SendOutcome{adapter::Submitted{}};
    co_return adapter::SendOutcome{adapter::Accepted{}};
}

Task<Result<>> FakeSession::set_presence(model::Presence presence, SteadyTime) {
    network_.call("presence " + std::string(shown(presence.show)));
    co_return Result<>{};
}

Task<adapter::RoomResult<model::RoomSnapshot>> FakeSession::join(RoomId room, std::string nick,
                                                                 Secret<std::string> password,
                                                                 SteadyTime deadline) {
    network_.call("join " + room.str() + " " + nick + (password.empty() ? "" : " with " + password.reveal()));
    if (!co_await network_.joining.wait(deadline)) {
        co_return std::unexpected(adapter::RoomError{make_error(Errc::timed_out), {}, {}});
    }
    if (network_.join_error && network_.join_errors_left > 0) {
        --network_.join_errors_left;
        co_return std::unexpected(*network_.join_error);
    }
    auto snapshot = network_.hall;
    snapshot.room = room;
    if (snapshot.own_nick.empty()) snapshot.own_nick = nick;
    co_return snapshot;
}

Task<Result<>> FakeSession::leave(RoomId room, std::string reason, SteadyTime) {
    network_.call("leave " + room.str() + (reason.empty() ? "" : " " + reason));
    co_return Result<>{};
}

adapter::RoomResult<> FakeSession::room_answer() const {
    if (network_.room_error) return std::unexpected(*network_.room_error);
    return {};
}

Task<adapter::RoomResult<>> FakeSession::set_topic(RoomId room, std::string text, SteadyTime) {
    network_.call("topic " + room.str() + " " + text);
    co_return room_answer();
}

Task<adapter::RoomResult<>> FakeSession::kick(RoomId room, std::string nick, std::string reason, SteadyTime) {
    network_.call("kick " + room.str() + " " + nick + " " + reason);
    co_return room_answer();
}

Task<adapter::RoomResult<>> FakeSession::set_rank(RoomId room, std::string nick, model::Rank rank,
                                                  SteadyTime) {
    network_.call("rank " + room.str() + " " + nick + " " + std::string(shown(rank)));
    co_return room_answer();
}

Task<adapter::RoomResult<>> FakeSession::ban(RoomId room, std::string who, std::string reason, SteadyTime) {
    network_.call("ban " + room.str() + " " + who + (reason.empty() ? "" : " " + reason));
    co_return room_answer();
}

Task<adapter::RoomResult<>> FakeSession::unban(RoomId room, std::string mask, SteadyTime) {
    network_.call("unban " + room.str() + " " + mask);
    co_return room_answer();
}

Task<adapter::RoomResult<std::vector<model::Ban>>> FakeSession::bans(RoomId room, SteadyTime) {
    network_.call("bans " + room.str());
    if (network_.room_error) co_return std::unexpected(*network_.room_error);
    co_return network_.ban_list;
}

Task<adapter::RoomResult<>> FakeSession::invite(RoomId room, ContactId who, std::string reason, SteadyTime) {
    network_.call("invite " + room.str() + " " + who.str() + (reason.empty() ? "" : " " + reason));
    co_return room_answer();
}

Task<adapter::RoomResult<>> FakeSession::configure(RoomId room, model::RoomSettings changes, SteadyTime) {
    network_.call("configure " + room.str() + shown(changes));
    co_return room_answer();
}

Task<adapter::RoomResult<>> FakeSession::change_nick(std::string nick, SteadyTime) {
    network_.call("nick " + nick);
    co_return room_answer();
}

Task<Result<>> FakeSession::add(ContactId who, SteadyTime deadline) {
    network_.call("add " + who.str());
    if (!co_await network_.adding.wait(deadline)) co_return fail(Errc::timed_out);
    if (network_.add_error) co_return fail(*network_.add_error);
    co_return Result<>{};
}

void FakeSession::set_typing(model::Conversation in, bool typing) noexcept {
    const auto* room = std::get_if<RoomId>(&in);
    network_.call("typing " + (room ? room->str() : std::get<ContactId>(in).str()) + (typing ? "" : " no"));
}

Task<Result<std::vector<model::RoomListing>>> FakeSession::list(SteadyTime deadline) {
    network_.call("list");
    if (!co_await network_.listing.wait(deadline)) co_return fail(Errc::timed_out);
    if (network_.list_error) co_return fail(*network_.list_error);
    co_return network_.listed;
}

Task<Result<>> FakeSession::remove(ContactId who, SteadyTime) {
    network_.call("remove " + who.str());
    co_return Result<>{};
}

}  // namespace causeway::test
