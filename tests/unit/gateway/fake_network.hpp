#pragma once
/// @file tests/unit/gateway/fake_network.hpp
/// NAME       FakeNetwork: a network whose answers a test chooses, and which remembers what it was asked.
/// WHY        The real door, with a script behind it: gates hold calls back, fields say how they end.
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "gateway/adapter/wording.hpp"
#include "gateway/base/async.hpp"

namespace causeway::test {

class FakeSession;

class FakeNetwork final : public adapter::Network, public adapter::Wording {
public:
    explicit FakeNetwork(const Executor& executor);

    [[nodiscard]] const adapter::NetworkInfo& info() const noexcept override { return declared; }
    [[nodiscard]] Task<> run() override { co_return; }
    [[nodiscard]] Task<> close(SteadyTime) override { co_return; }
    [[nodiscard]] Task<Result<>> check(SteadyTime) override { co_return Result<>{}; }
    [[nodiscard]] std::unique_ptr<adapter::LoginProcess> begin_login(Secret<std::string> on_file) override;
    [[nodiscard]] Result<std::unique_ptr<adapter::Session>> open(adapter::SessionSettings settings,
                                                                 adapter::SessionHost& host) override;
    [[nodiscard]] std::vector<adapter::Field> option_fields(
        const EndpointId& endpoint, const Secret<std::string>& options) const override;
    /// "nick/password"; a nick with a space is refused.
    [[nodiscard]] Result<Secret<std::string>> change_options(const EndpointId& endpoint,
                                                             const Secret<std::string>& on_file,
                                                             const adapter::Answers& answers) const override;
    /// `bob`, `#hall`; with `many_endpoints` also `%far` (an endpoint), `bob%far`, `#hall%far`.
    [[nodiscard]] Result<model::Address> parse_address(std::string_view typed) const override;
    [[nodiscard]] std::string format_address(const model::Address& address) const override;

    [[nodiscard]] std::span<const model::Translation> wording() const noexcept override { return words; }

    void call(std::string what) { calls.push_back(std::move(what)); }
    /// How often exactly this was asked.
    [[nodiscard]] std::size_t count(std::string_view what) const;
    /// Ends the running sessions with this.
    void lose(Error why);
    /// The session that was opened last and still lives, or nullptr.
    [[nodiscard]] FakeSession* session() const noexcept {
        return sessions.empty() ? nullptr : sessions.back();
    }

    adapter::NetworkInfo declared;
    std::vector<std::string> calls;
    std::vector<FakeSession*> sessions;  ///< those that live
    std::vector<model::Translation> words{{"Name", "Rufname", "名字"},
                                          {"one word", "ein Wort", "一个词"}};  ///< the network's own
    std::size_t running = 0;                                                    ///< run()s under way
    std::size_t most_running = 0;

    // The script. Gates are open at first: a call is answered at once. Closed, it waits (until its deadline).
    Gate connecting, closing, joining, sending, adding, login, listing;
    std::optional<Error> connect_error;  ///< run() ends with this instead of connecting
    std::optional<adapter::RoomError> join_error;
    std::size_t join_errors_left = 1'000'000;      ///< so many joins end with join_error, later ones do not
    std::optional<adapter::RoomError> room_error;  ///< of everything asked in a room but to enter
    std::optional<Error> send_error, add_error, login_error;
    bool has_options = false;  ///< users may set a nick and a password for an endpoint
    bool submits = false;      ///< send() says Submitted instead of Accepted
    std::optional<Error> list_error;
    std::vector<model::RoomListing> listed;  ///< what list() gives
    std::vector<model::Ban> ban_list;        ///< what bans() gives
    model::RoomSnapshot hall;                ///< what join() gives; own nick and id are filled in
    std::vector<adapter::Field> form{
        {.id = "username", .label = "Name"},
        {.id = "password", .label = "Password", .kind = adapter::Field::Kind::secret}};

private:
    Executor executor_;
};

class FakeSession final : public adapter::Session,
                          public adapter::Rooms,
                          public adapter::Roster,
                          public adapter::Directory {
public:
    FakeSession(const Executor& executor, FakeNetwork& network, adapter::SessionHost& host);
    ~FakeSession() override;

    [[nodiscard]] Task<Error> run() override;
    [[nodiscard]] Task<> close(std::string reason, SteadyTime deadline) override;
    [[nodiscard]] Task<Result<adapter::SendOutcome>> send(model::OutgoingMessage message,
                                                          SteadyTime deadline) override;
    [[nodiscard]] Task<Result<>> set_presence(model::Presence presence, SteadyTime deadline) override;
    [[nodiscard]] adapter::Capabilities capabilities(const model::Conversation&) const noexcept override {
        return network_.declared.capabilities;
    }
    [[nodiscard]] adapter::Rooms* rooms() noexcept override { return this; }
    [[nodiscard]] adapter::Roster* roster() noexcept override { return this; }
    [[nodiscard]] adapter::Directory* directory() noexcept override { return this; }
    void set_typing(model::Conversation in, bool typing) noexcept override;
    [[nodiscard]] Task<Result<std::vector<model::RoomListing>>> list(SteadyTime deadline) override;

    [[nodiscard]] Task<adapter::RoomResult<model::RoomSnapshot>> join(RoomId room, std::string nick,
                                                                      Secret<std::string> password,
                                                                      SteadyTime deadline) override;
    [[nodiscard]] Task<Result<>> leave(RoomId room, std::string reason, SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> set_topic(RoomId room, std::string text,
                                                        SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> kick(RoomId room, std::string nick, std::string reason,
                                                   SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> change_nick(std::string nick, SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> set_rank(RoomId room, std::string nick, model::Rank rank,
                                                       SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> ban(RoomId room, std::string who, std::string reason,
                                                  SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> unban(RoomId room, std::string mask,
                                                    SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<std::vector<model::Ban>>> bans(RoomId room,
                                                                          SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> invite(RoomId room, ContactId who, std::string reason,
                                                     SteadyTime deadline) override;
    [[nodiscard]] Task<adapter::RoomResult<>> configure(RoomId room, model::RoomSettings changes,
                                                        SteadyTime deadline) override;
    [[nodiscard]] Task<Result<>> add(ContactId who, SteadyTime deadline) override;
    [[nodiscard]] Task<Result<>> remove(ContactId who, SteadyTime deadline) override;

    void lose(Error why);
    [[nodiscard]] adapter::SessionHost& host() noexcept { return host_; }

private:
    [[nodiscard]] Task<Error> serve();
    [[nodiscard]] adapter::RoomResult<> room_answer() const;

    FakeNetwork& network_;
    adapter::SessionHost& host_;
    Gate ended_;
    Error why_;
    bool closed_ = false;
};

}  // namespace causeway::test
