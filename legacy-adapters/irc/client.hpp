#pragma once
/// @file legacy-adapters/irc/client.hpp
/// NAME       Client: one connection to an IRC server as a state machine: lines in, lines and events out.
/// WHY        Everything that IRC is, is here and in its parts (Registration, Channels, Requests, Watch, Outbox),
///            without a socket or a clock; Session moves bytes.
/// INVARIANTS A line that we write comes from encode() or holds no foreign text.
/// TRUST      receive() takes a stranger's bytes.
/// TESTS      tests/unit/irc/talk_test.cpp
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "legacy-adapters/irc/channels.hpp"
#include "legacy-adapters/irc/codec/ctcp.hpp"
#include "legacy-adapters/irc/identity.hpp"
#include "legacy-adapters/irc/mode_change.hpp"
#include "legacy-adapters/irc/outbox.hpp"
#include "legacy-adapters/irc/registration.hpp"
#include "legacy-adapters/irc/requests.hpp"
#include "legacy-adapters/irc/watch.hpp"

namespace causeway::irc {

struct ClientSettings {
    Names names;
    Encoding encoding = Encoding::latin1;
    LoginDetails login;
    FloodLimits flood;
    Secret<std::string> nickserv_password;  ///< told to NickServ where SASL has not logged in
    std::vector<std::string> commands;      ///< lines without CRLF, written once we are in
};

struct Moment {
    SteadyTime steady;
    WallTime wall;
};

/// What a line caused, in the order in which it is to be handed on: events, hints, completions.
struct Output {
    std::vector<adapter::EventBody> events;
    std::vector<adapter::EventBody> hints;
    std::vector<Completion> completions;
};

class Client {
public:
    enum class Phase : std::uint8_t { offline, registering, ready, failed };

    explicit Client(ClientSettings settings);

    // ---- the connection
    /// A new connection stands: begins to register. @return bad_input if the login cannot be written
    [[nodiscard]] Result<> connected(SteadyTime now);
    void receive(std::string_view line, const Moment& now);
    /// The connection is gone: ends all requests, tells of lost rooms and contacts.
    void lost(const Error& why, std::string_view reason);
    void quit(std::string_view reason);
    [[nodiscard]] Outbox::Taken flush(SteadyTime now);
    [[nodiscard]] std::optional<SteadyTime> next_flush() const { return outbox_.next_at(); }
    /// Might flush() give something now?
    [[nodiscard]] bool wants_flush() const noexcept {
        return !outbox_.empty() || requests_.wants_fence() ||
               (phase_ == Phase::ready && watch_.wants_lines());
    }
    /// From the shared sweep. @return false if the server has been silent for too long
    [[nodiscard]] bool sweep(SteadyTime now, bool poll_presence);
    [[nodiscard]] bool has_events() const noexcept {
        return !output_.events.empty() || !output_.hints.empty();
    }
    /// Moves what has happened into `into`, which is empty.
    void take_output(Output& into);
    /// Moves the answers alone behind those that are in `into`.
    void add_completions(std::vector<Completion>& into);

    [[nodiscard]] Phase phase() const noexcept { return phase_; }
    [[nodiscard]] const Identity& identity() const noexcept { return me_; }
    /// Why it failed, and what the server said.
    [[nodiscard]] Error failure() const { return failure_ ? failure_->error : Error{}; }
    [[nodiscard]] std::string failure_reason() const { return failure_ ? failure_->reason : std::string(); }
    [[nodiscard]] bool authenticated() const noexcept { return authenticated_; }

    // ---- requests; each is answered by one Completion unless abandoned
    using Begun = adapter::RoomResult<RequestId>;

    [[nodiscard]] Begun say(const model::OutgoingMessage& message);
    [[nodiscard]] Begun join(const RoomId& room, std::string_view key);
    /// Takes a part() back where that is possible. @return false if we are about to be out of `room`
    [[nodiscard]] bool stay(const RoomId& room);
    [[nodiscard]] Begun part(const RoomId& room, std::string_view reason);
    [[nodiscard]] Begun set_topic(const RoomId& room, std::string_view text);
    [[nodiscard]] Begun kick(const RoomId& room, std::string_view nick, std::string_view reason);
    [[nodiscard]] Begun change_nick(std::string_view nick);
    // client_rooms.cpp; kNothingToDo where things are so already
    [[nodiscard]] Begun set_rank(const RoomId& room, std::string_view nick, model::Rank rank);
    [[nodiscard]] Begun ban(const RoomId& room, std::string_view who, std::string_view reason);
    [[nodiscard]] Begun unban(const RoomId& room, std::string_view mask);
    [[nodiscard]] Begun ask_bans(const RoomId& room);
    [[nodiscard]] Begun invite(const RoomId& room, const ContactId& who);
    [[nodiscard]] Begun configure(const RoomId& room, const model::RoomSettings& changes);
    [[nodiscard]] Begun list_rooms();
    [[nodiscard]] Begun ask_version(const ContactId& who);
    [[nodiscard]] Begun ask_ping(const ContactId& who);
    /// The deadline has passed. @return what to tell, true about ambiguity
    [[nodiscard]] Error abandon(RequestId request);

    [[nodiscard]] std::optional<model::RoomSnapshot> snapshot(const RoomId& room) const;
    [[nodiscard]] Result<> set_presence(const model::Presence& presence);
    [[nodiscard]] Result<> watch(const ContactId& who);
    void unwatch(const ContactId& who);

private:
    // client.cpp
    void receive_line(std::string_view line, const Moment& now);
    void receive_registering(const Message& message, const Moment& now);
    void become_ready();
    [[nodiscard]] std::optional<adapter::RoomError> not_ready() const;
    Begun ask(Ask kind, std::string target, std::string detail, Result<std::string> line, bool by_fence);
    Begun ask_ctcp(Ask kind, const ContactId& who, std::string_view command, std::string token);
    [[nodiscard]] bool has_room_for(std::size_t lines) const;
    void settle_all(Ask kind, std::string_view folded_target, const Outcome& outcome);
    void settle_oldest(Ask kind, std::string_view folded_target, std::string_view detail);
    void notice(std::string text);
    [[nodiscard]] std::string name_of(std::string_view id) const {
        return std::string(me_.names.name_in(id));
    }

    // client_login.cpp: what is done once we are in
    void after_login();
    void identify();
    void write_own(std::string_view line);
    void reclaim_nick();
    /// `nick` is free now: ours, if we wait for it.
    void nick_is_free(std::string_view nick);

    // client_lines.cpp: what the server and people do
    void receive_ready(const Message& message, const Moment& now);
    bool receive_membership(const Message& message, const Moment& now);
    [[nodiscard]] bool may_join(const Message& message) const;
    void on_mode(const Message& message);
    void ask_modes(std::string_view channel);
    void on_part_or_kick(const Message& message);
    void on_nick(const Message& message);
    void on_quit(const Message& message);
    void on_cap(const Message& message);
    void on_error(const Message& message);
    void on_fail(const Message& message);
    void on_invite(const Message& message);
    void on_end_of_names(std::string_view channel);

    // client_talk.cpp: what people say
    void on_talk(const Message& message, bool is_notice, const Moment& now);
    void on_ctcp_request(const Message& message, const Ctcp& ctcp, const Moment& now);
    void on_ctcp_reply(const Message& message, const Ctcp& ctcp);
    [[nodiscard]] bool confirm_echo(const Message& message);
    void publish_talk(const Message& message, std::string_view body, model::MessageKind kind,
                      const Moment& now);

    // client_rooms.cpp: what those who run a channel do
    struct Step {
        Ask ask;
        std::string target;
        std::string detail;
        Result<std::string> line;
    };
    [[nodiscard]] Begun ask_all(std::vector<Step> steps);
    [[nodiscard]] std::vector<Step> mode_steps(const std::string& channel, const ModeChange& change,
                                               std::string_view subject) const;
    bool on_room_reply(const Message& message);
    void on_listed(const Message& message);
    void on_end_of_list();
    void on_invited(const Message& message);
    void on_ban_entry(const Message& message);
    void on_end_of_bans(std::string_view name);

    // client_replies.cpp: numerics
    void on_numeric(const Message& message);
    [[nodiscard]] bool on_error_numeric(const Message& message);

    ClientSettings settings_;
    Identity me_;
    Phase phase_ = Phase::offline;
    std::unique_ptr<Registration> registration_;
    std::map<std::string, std::vector<model::Ban>> bans_;  ///< lists that are coming in, by folded channel
    std::vector<model::RoomListing> listed_;               ///< of the LIST that is under way
    Channels channels_{me_};
    Watch watch_{me_};
    Requests requests_;
    Outbox outbox_;
    Output output_;
    struct Failure {
        Error error;
        std::string reason;
    };
    std::unique_ptr<Failure> failure_;      ///< apart: most sessions have none
    std::optional<std::string> away_;       ///< wanted; absent = here
    std::optional<std::string> away_told_;  ///< what the server knows
    SteadyTime heard_{};                    ///< when the server last said something
    SteadyTime ctcp_window_{};
    int ctcp_answers_ = 0;
    std::uint64_t ping_tokens_ = 0;
    bool authenticated_ = false;
    bool reclaims_nick_ = false;  ///< somebody else had our nick when we came
    SteadyTime nick_tried_{};
};

/// What a 4xx or 5xx means for who wanted to enter or change a room.
/// @param words the server's own; some tell there what the numeric does not
[[nodiscard]] model::RoomRefusal refusal_of(int numeric, std::string_view words) noexcept;
/// What it means for a message.
[[nodiscard]] Error error_of(int numeric);

}  // namespace causeway::irc
