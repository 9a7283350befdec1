#pragma once
/// @file gateway/adapter/adapter.hpp
/// NAME       The door: the only interface between the gateway and a legacy network.
///
/// Rules, each held by tests/conformance for every adapter:
///  1. An adapter never blocks the loop and never throws out of these functions; every call has returned by its
///     deadline. publish() and deliver() are called one at a time per conversation and keep order.
///  2. Ids are opaque to the gateway, and the same thing always has the same id.
///  3. send() says accepted, submitted (a report follows) or an Error that is true about retry and ambiguous.
///  4. What is not declared is never called; limits that are declared are kept by the gateway.
///  5. The gateway owns back-off and reconnecting: run() ends when the connection ends, and is called again.
/// THREADS    Everything runs on the loop thread.
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/adapter/event.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/result.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/base/task.hpp"
#include "gateway/model/message.hpp"
#include "gateway/model/presence.hpp"
#include "gateway/model/room.hpp"

namespace causeway::adapter {

using model::Address;
using model::Conversation;
using model::DeliveryStage;
using model::OutgoingMessage;

// ------------------------------------------------------------------------------------------------ declarations
enum class Capability : std::uint32_t {
    rooms = 1U << 0,             ///< Session::rooms() is not null
    roster = 1U << 1,            ///< Session::roster() is not null
    presence = 1U << 2,          ///< contacts' presence is reported, set_presence() means something
    typing = 1U << 3,            ///< set_typing() means something, EventTyping may come
    queries = 1U << 4,           ///< Session::queries() is not null
    directory = 1U << 5,         ///< Session::directory() is not null
    accept_ack = 1U << 11,       ///< the network confirms that it took a message
    delivery_report = 1U << 12,  ///< the network reports arrival at the recipient
    idempotent_send = 1U << 14,  ///< sending one MessageKey twice shows one message
};

class Capabilities {
public:
    constexpr Capabilities() = default;
    constexpr Capabilities(std::initializer_list<Capability> list) {
        for (const auto capability : list) bits_ |= static_cast<std::uint32_t>(capability);
    }
    [[nodiscard]] constexpr bool has(Capability capability) const noexcept {
        return (bits_ & static_cast<std::uint32_t>(capability)) != 0U;
    }
    friend constexpr bool operator==(const Capabilities&, const Capabilities&) = default;

private:
    std::uint32_t bits_ = 0;
};

/// Hard numbers of a network. The gateway refuses so that no adapter ever sees more.
struct Limits {
    std::size_t max_text_bytes = 16 * 1024;  ///< bytes of UTF-8 in one OutgoingMessage
    std::size_t max_text_lines = 50;         ///< lines of one OutgoingMessage
    std::size_t max_in_flight = 64;          ///< send() calls under way per session
    Millis send_timeout{30'000};             ///< deadline the gateway gives send()
};

/// How seriously a network's messages are taken (DESIGN §5).
enum class Durability : std::uint8_t { live, durable };

/// What is done with a durable message that may have arrived or not, where idempotent_send is not declared.
enum class OnDoubt : std::uint8_t {
    hold,         ///< it stays ambiguous, and its sender is told: where a second one costs or annoys
    resend_once,  ///< it is sent once more, marked by its attempt
};

struct NetworkInfo {
    std::string display_name;   ///< shown to people: "IRC"
    std::string protocol;       ///< XEP-0030 gateway type from the registrar's list: "irc", "sms", "smtp", …
    std::string contact_noun;   ///< what an address of a contact is called: "nickname", "phone number"
    Capabilities capabilities;  ///< upper bound; per conversation it may be less
    Limits limits;
    Durability durability = Durability::live;
    OnDoubt on_doubt = OnDoubt::hold;
    bool keeps_order =
        false;  ///< a conversation's messages must arrive in order: one put off holds up the next
    bool login_required = true;      ///< false: a user may speak without registering first
    bool approval_required = false;  ///< true: adding a contact waits for the contact's answer
    bool many_endpoints = false;     ///< addresses carry an endpoint
};

// ------------------------------------------------------------------------------------------------ sending
struct Accepted {
    std::vector<LegacyMessageId> parts;  ///< ids that the network gave, in part order; may be empty
};
struct Submitted {};  ///< on the wire; SessionHost::report() with this key follows
using SendOutcome = std::variant<Accepted, Submitted>;

// ------------------------------------------------------------------------------------------------ optional parts
/// Refusals of rooms carry their reason apart from the Error's code.
struct RoomError {
    Error error;
    model::RoomRefusal refusal = model::RoomRefusal::other;
    std::string reason;  ///< the network's own words, safe to show to the user; may be empty
};
template <class T = void>
using RoomResult = std::expected<T, RoomError>;

/// Group conversations of one session. Changes come as events; what one asked for oneself comes as event too.
/// What a network's rooms do not know stays as it is here: not permitted.
class Rooms {
public:
    virtual ~Rooms() = default;
    /// Enters. When it returns a snapshot, every later change of that room comes by publish(), in order.
    /// Joining a room one is in already gives a fresh snapshot.
    [[nodiscard]] virtual Task<RoomResult<model::RoomSnapshot>> join(RoomId room, std::string nick,
                                                                     Secret<std::string> password,
                                                                     SteadyTime deadline) = 0;
    [[nodiscard]] virtual Task<Result<>> leave(RoomId room, std::string reason, SteadyTime deadline) = 0;
    [[nodiscard]] virtual Task<RoomResult<>> set_topic(RoomId, std::string /*text*/,
                                                       SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    [[nodiscard]] virtual Task<RoomResult<>> kick(RoomId, std::string /*nick*/, std::string /*reason*/,
                                                  SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    /// Gives a member exactly this rank, as far as the network has it; else the nearest below.
    [[nodiscard]] virtual Task<RoomResult<>> set_rank(RoomId, std::string /*nick*/, model::Rank,
                                                      SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    /// Bans and, when they are inside, puts out. `who`: a nick in the room or a pattern in the network's writing.
    [[nodiscard]] virtual Task<RoomResult<>> ban(RoomId, std::string /*who*/, std::string /*reason*/,
                                                 SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    /// `mask`: as bans() gave it.
    [[nodiscard]] virtual Task<RoomResult<>> unban(RoomId, std::string /*mask*/, SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    [[nodiscard]] virtual Task<RoomResult<std::vector<model::Ban>>> bans(RoomId, SteadyTime /*deadline*/) {
        co_return std::unexpected(not_permitted().error());
    }
    [[nodiscard]] virtual Task<RoomResult<>> invite(RoomId, ContactId /*who*/, std::string /*reason*/,
                                                    SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    /// Changes what is present in `changes`; EventRoomChanged follows. One setting that the network does not have
    /// refuses the whole change before anything is sent.
    [[nodiscard]] virtual Task<RoomResult<>> configure(RoomId, model::RoomSettings /*changes*/,
                                                       SteadyTime /*deadline*/) {
        co_return not_permitted();
    }
    /// One nick for the whole session: every room sees MemberRenamed.
    [[nodiscard]] virtual Task<RoomResult<>> change_nick(std::string /*nick*/, SteadyTime /*deadline*/) {
        co_return not_permitted();
    }

protected:
    [[nodiscard]] static RoomResult<> not_permitted() {
        return std::unexpected(
            RoomError{make_error(Errc::unsupported), model::RoomRefusal::not_permitted, {}});
    }
};

/// Contacts whose presence is wanted.
class Roster {
public:
    virtual ~Roster() = default;
    /// Starts watching; the present state follows as EventPresence. @return bad_recipient
    [[nodiscard]] virtual Task<Result<>> add(ContactId who, SteadyTime deadline) = 0;
    [[nodiscard]] virtual Task<Result<>> remove(ContactId who, SteadyTime deadline) = 0;
};

/// Questions to a contact's own client.
class Queries {
public:
    virtual ~Queries() = default;
    [[nodiscard]] virtual Task<Result<std::string>> client_version(ContactId who, SteadyTime deadline) = 0;
    [[nodiscard]] virtual Task<Result<>> ping(ContactId who, SteadyTime deadline) = 0;
};

/// The network's own list of rooms.
class Directory {
public:
    virtual ~Directory() = default;
    /// All rooms the user may see, at most 50 000, in no order. May be slow: the gateway asks rarely and keeps what
    /// it got. @return timed_out, refused, rate_limited
    [[nodiscard]] virtual Task<Result<std::vector<model::RoomListing>>> list(SteadyTime deadline) = 0;
};

// ------------------------------------------------------------------------------------------------ host
enum class SessionState : std::uint8_t {
    stopped,
    connecting,
    connected,
    backing_off,
    bad_credentials,
    needs_user,
};

/// A small keyed store of the adapter's own (id maps, cursors), scoped to the account.
class Records {
public:
    virtual ~Records() = default;
    [[nodiscard]] virtual Task<Result<std::optional<std::string>>> get(std::string key) = 0;
    /// @return after the commit. An empty value removes.
    [[nodiscard]] virtual Task<Result<>> put(std::string key, std::string value) = 0;
};

/// What the gateway lends to one session. Outlives it.
class SessionHost {
public:
    virtual ~SessionHost() = default;
    /// Durable: returns after the gateway has taken responsibility. Only then may the network be acknowledged.
    [[nodiscard]] virtual Task<Result<>> deliver(Event event) = 0;
    /// Live: in order, bounded. Suspends while the XMPP side is slow: stop reading the network meanwhile.
    [[nodiscard]] virtual Task<> publish(EventBody event) = 0;
    /// Presence and typing; newest wins, may be dropped under load.
    virtual void hint(EventBody event) noexcept = 0;
    /// After Submitted: how it went on.
    virtual void report(MessageKey key, DeliveryStage stage, std::optional<Error> error) noexcept = 0;
    /// `reason` is shown to the user; may be empty. The adapter reports `connected`, and `needs_user` with a
    /// question or notice; everything else follows from run()'s end.
    virtual void state(SessionState state, std::string reason) noexcept = 0;
    [[nodiscard]] virtual Records& records() noexcept = 0;
};

// ------------------------------------------------------------------------------------------------ session
/// One account's connection to one endpoint. Owned by the gateway.
class Session {
public:
    virtual ~Session() = default;
    /// Connects and serves until the connection ends; returns why (cancelled after close()). May be called again.
    [[nodiscard]] virtual Task<Error> run() = 0;
    /// Says goodbye with `reason`, then run() ends. Idempotent; when it returns, nothing of the session is scheduled.
    [[nodiscard]] virtual Task<> close(std::string reason, SteadyTime deadline) = 0;
    /// Hands the message to the network's own queue before its first suspension, so that order is the order of
    /// calls; returns when the network has accepted it or will not.
    [[nodiscard]] virtual Task<Result<SendOutcome>> send(OutgoingMessage message, SteadyTime deadline) = 0;
    [[nodiscard]] virtual Task<Result<>> set_presence(model::Presence, SteadyTime /*deadline*/) {
        co_return Result<>{};
    }
    virtual void set_typing(Conversation, bool) noexcept {}
    [[nodiscard]] virtual Capabilities capabilities(const Conversation& in) const noexcept = 0;
    [[nodiscard]] virtual Rooms* rooms() noexcept { return nullptr; }
    [[nodiscard]] virtual Roster* roster() noexcept { return nullptr; }
    [[nodiscard]] virtual Queries* queries() noexcept { return nullptr; }
    [[nodiscard]] virtual Directory* directory() noexcept { return nullptr; }
};

// ------------------------------------------------------------------------------------------------ login
struct Field {
    enum class Kind : std::uint8_t { text, secret, choice, boolean, lines };  ///< boolean: "true" or "false"
    std::string
        id;  ///< for networks with plain forms one of XEP-0077's names where it fits: username, nick, password
    std::string label;
    Kind kind = Kind::text;
    bool required = true;
    std::string value;  ///< what is on file; never for secrets
    std::vector<std::string> choices;
};
struct StepForm {
    std::string instructions;
    std::vector<Field> fields;
};
struct StepDone {
    std::string remote_name;          ///< shown to the user: "romeo on irc.example.net"
    Secret<std::string> credentials;  ///< opaque to the gateway, which seals it
};
using LoginStep = std::variant<StepForm, StepDone>;
using Answers = std::vector<std::pair<std::string, std::string>>;

/// A login as a small state machine: start, then submit until done.
class LoginProcess {
public:
    virtual ~LoginProcess() = default;
    [[nodiscard]] virtual Task<Result<LoginStep>> start(SteadyTime deadline) = 0;
    /// Validates, with the network where it can. @return bad_credentials, bad_input, timed_out, not_connected
    [[nodiscard]] virtual Task<Result<LoginStep>> submit(Answers answers, SteadyTime deadline) = 0;
};

// ------------------------------------------------------------------------------------------------ network
struct SessionSettings {
    AccountId account;
    EndpointId endpoint;
    std::string preferred_name;       ///< for networks without login: what the user wants to be called
    Secret<std::string> credentials;  ///< what StepDone gave; empty when the user never registered
    Secret<std::string> options;      ///< what change_options() gave; empty when the user never set any
};

/// One configured network. Created once at start; everything of it lives until the process ends.
class Network {
public:
    virtual ~Network() = default;
    [[nodiscard]] virtual const NetworkInfo& info() const noexcept = 0;
    /// What belongs to the network and to no user (listeners, shared timers). Runs until close().
    [[nodiscard]] virtual Task<> run() = 0;
    [[nodiscard]] virtual Task<> close(SteadyTime deadline) = 0;
    /// Can the network be reached with its configuration? For `causeway check --connect`.
    [[nodiscard]] virtual Task<Result<>> check(SteadyTime deadline) = 0;
    /// `on_file`: credentials of an earlier login, to pre-fill the form; empty for a first one.
    [[nodiscard]] virtual std::unique_ptr<LoginProcess> begin_login(Secret<std::string> on_file) = 0;
    /// Pure: no I/O. All work happens in Session::run().
    [[nodiscard]] virtual Result<std::unique_ptr<Session>> open(SessionSettings settings,
                                                                SessionHost& host) = 0;
    /// Where an account with these credentials is logged in whenever its user is online.
    [[nodiscard]] virtual std::vector<EndpointId> home_endpoints(
        const Secret<std::string>& /*credentials*/) const {
        return info().many_endpoints ? std::vector<EndpointId>{} : std::vector<EndpointId>{EndpointId{}};
    }
    /// What a user may set for the own sessions to `endpoint` (nickname, passwords, encodings, …), filled with what is
    /// on file in `options`; none: nothing can be set. Labels are English: the gateway translates them.
    [[nodiscard]] virtual std::vector<Field> option_fields(const EndpointId& /*endpoint*/,
                                                           const Secret<std::string>& /*options*/) const {
        return {};
    }
    /// A new blob for the gateway to seal; takes effect with the next open(). A secret that is empty stays as it is.
    /// @return bad_input; its detail names the field and what was expected
    [[nodiscard]] virtual Result<Secret<std::string>> change_options(const EndpointId& /*endpoint*/,
                                                                     const Secret<std::string>& /*on_file*/,
                                                                     const Answers& /*answers*/) const {
        return fail(Errc::unsupported);
    }
    /// Canonical ids from an address in the network's own writing (`#Foo%irc.example.net`), as it stands unescaped
    /// in a JID's local part or as somebody typed it. @return bad_recipient, refused (endpoint not allowed)
    [[nodiscard]] virtual Result<Address> parse_address(std::string_view typed) const = 0;
    /// The way back: what parse_address() turns into `address` again.
    [[nodiscard]] virtual std::string format_address(const Address& address) const = 0;
};

}  // namespace causeway::adapter
