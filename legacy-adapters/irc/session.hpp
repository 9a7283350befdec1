#pragma once
/// @file legacy-adapters/irc/session.hpp
/// NAME       IrcSession: one account on one server: moves bytes between a Transport and a Client.
/// WHY        Idle sessions cost nothing: no timer ticks, no buffer waits; a coroutine that writes lives only while
///            there is something to write, and a timer only while a line waits for its turn.
/// INVARIANTS Who waits for a request goes on before later events are published, so that a room's snapshot comes
///            before its changes and a confirmed message before the next one's.
/// THREADS    loop
/// TESTS      tests/unit/irc/session_test.cpp
#include <memory>
#include <optional>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "gateway/base/async.hpp"
#include "legacy-adapters/irc/client.hpp"
#include "legacy-adapters/irc/codec/line.hpp"
#include "legacy-adapters/irc/transport.hpp"

namespace causeway::irc {

class IrcSession;

/// What the sessions of a network share.
struct Shared {
    Executor executor;
    Context context;
    const NetworkOptions& options;
    Connector& connector;
    std::vector<IrcSession*>& connected;  ///< for the sweep
    std::span<char> read_buffer;
    Counter& lines_in;
    Counter& lines_out;
    Gauge& connections;
    Histogram& flood_wait;
};

class IrcSession final : public adapter::Session,
                         public adapter::Rooms,
                         public adapter::Roster,
                         public adapter::Queries,
                         public adapter::Directory {
public:
    IrcSession(Shared& shared, Connector::Target target, ClientSettings settings, AccountId account,
               adapter::SessionHost& host);
    ~IrcSession() override;

    // ---- Session
    Task<Error> run() override;
    Task<> close(std::string reason, SteadyTime deadline) override;
    Task<Result<adapter::SendOutcome>> send(model::OutgoingMessage message, SteadyTime deadline) override;
    Task<Result<>> set_presence(model::Presence presence, SteadyTime deadline) override;
    [[nodiscard]] adapter::Capabilities capabilities(const model::Conversation& in) const noexcept override;
    [[nodiscard]] adapter::Rooms* rooms() noexcept override { return this; }
    [[nodiscard]] adapter::Roster* roster() noexcept override { return this; }
    [[nodiscard]] adapter::Queries* queries() noexcept override { return this; }
    [[nodiscard]] adapter::Directory* directory() noexcept override { return this; }

    // ---- Rooms. A nick asked for on entering is not taken: there is one for the session, and the snapshot tells it.
    Task<adapter::RoomResult<model::RoomSnapshot>> join(RoomId room, std::string nick,
                                                        Secret<std::string> password,
                                                        SteadyTime deadline) override;
    Task<Result<>> leave(RoomId room, std::string reason, SteadyTime deadline) override;
    Task<adapter::RoomResult<>> set_topic(RoomId room, std::string text, SteadyTime deadline) override;
    Task<adapter::RoomResult<>> kick(RoomId room, std::string nick, std::string reason,
                                     SteadyTime deadline) override;
    Task<adapter::RoomResult<>> set_rank(RoomId room, std::string nick, model::Rank rank,
                                         SteadyTime deadline) override;
    Task<adapter::RoomResult<>> ban(RoomId room, std::string who, std::string reason,
                                    SteadyTime deadline) override;
    Task<adapter::RoomResult<>> unban(RoomId room, std::string mask, SteadyTime deadline) override;
    Task<adapter::RoomResult<std::vector<model::Ban>>> bans(RoomId room, SteadyTime deadline) override;
    Task<adapter::RoomResult<>> invite(RoomId room, ContactId who, std::string reason,
                                       SteadyTime deadline) override;
    Task<adapter::RoomResult<>> configure(RoomId room, model::RoomSettings changes,
                                          SteadyTime deadline) override;
    Task<adapter::RoomResult<>> change_nick(std::string nick, SteadyTime deadline) override;

    // ---- Roster
    Task<Result<>> add(ContactId who, SteadyTime deadline) override;
    Task<Result<>> remove(ContactId who, SteadyTime deadline) override;

    // ---- Queries
    Task<Result<std::string>> client_version(ContactId who, SteadyTime deadline) override;
    Task<Result<>> ping(ContactId who, SteadyTime deadline) override;

    // ---- Directory
    Task<Result<std::vector<model::RoomListing>>> list(SteadyTime deadline) override;

    /// From the network's one timer for all sessions.
    void sweep(SteadyTime now, bool poll_presence);

private:
    struct Waiter {
        Waiter(const Executor& executor, RequestId asked) : request(asked), answered(executor) {}
        RequestId request;
        Gate answered;
        std::optional<Outcome> outcome;
    };
    /// Made when a line has to wait for the first time on a connection.
    struct FloodTimer {
        explicit FloodTimer(const Executor& executor) : timer(executor) {}
        ~FloodTimer() { *alive = false; }
        FloodTimer(const FloodTimer&) = delete;
        FloodTimer& operator=(const FloodTimer&) = delete;
        Timer timer;
        std::shared_ptr<bool> alive = std::make_shared<bool>(true);  ///< for a handler that is on its way
    };

    // run() and serve() stay suspended for as long as the session lives, so their frames are kept small.
    [[nodiscard]] Task<Result<>> connect(SteadyTime deadline);
    [[nodiscard]] Task<> serve();
    /// Tells what the client has to tell.
    [[nodiscard]] Task<> hand_on();
    /// Gives answers to who waits for them, and lets them go on first.
    [[nodiscard]] Task<> go_on(std::vector<Completion> answers);
    /// Gives answers to who waits for them. @return whether anybody did
    bool wake(std::vector<Completion>& completions);
    /// Answers that no line of the server's has brought.
    void wake_now();
    /// @return why it has ended, never success
    [[nodiscard]] Task<Result<>> end_connection(SteadyTime deadline);
    [[nodiscard]] Error why_ended(SteadyTime deadline) const;
    /// Says that run() is over. @param result why, never success; cancelled if that was our own wish
    void finish(Result<>& result);
    [[nodiscard]] Task<> publish(adapter::EventBody& event);
    void hint_all(std::vector<adapter::EventBody>& hints);
    void on_ready();

    /// Starts a writer unless one is at work.
    void schedule_flush();
    void flush();
    /// What the next bytes to write are; counts them as written.
    [[nodiscard]] std::string take_written();
    [[nodiscard]] Task<> flush_slowly(std::shared_ptr<Transport> transport, std::string bytes);
    void flush_ended();
    void arm_flood_timer();

    [[nodiscard]] Task<Outcome> answer(Client::Begun begun, SteadyTime deadline);
    [[nodiscard]] Task<adapter::RoomResult<>> done(Client::Begun begun, SteadyTime deadline);

    Shared& shared_;
    Connector::Target target_;
    Client client_;
    AccountId account_;
    adapter::SessionHost& host_;

    std::shared_ptr<Transport> transport_;
    std::shared_ptr<Abort> abort_;           ///< while connecting
    std::unique_ptr<Deadline> registering_;  ///< while registering
    std::unique_ptr<FloodTimer> flood_timer_;
    std::vector<Waiter*> waiters_;  ///< in the order of asking, which is nearly always that of the answers
    Gate stopped_;
    Gate flushed_;
    bool closing_ = false;
    bool running_ = false;
    bool flushing_ = false;
    bool handing_on_ = false;  ///< the gateway is slow: silence is ours, not the server's
    bool silent_ = false;      ///< closed by the sweep
};

}  // namespace causeway::irc
