#include "legacy-adapters/loopback/durable.hpp"

#include <algorithm>
#include <cstdlib>

#include "gateway/base/async.hpp"
#include "gateway/base/text.hpp"
#include "legacy-adapters/loopback/far_side.hpp"

namespace causeway::loopback {
namespace {
using namespace adapter;
constexpr Millis kLookEvery{20};  // at the files; whoever waits for a test waits so long

class DurableSession final : public Session {
public:
    struct Surroundings {
        Executor executor;
        const NetworkInfo& info;
        const DurableOptions& options;
        FarSide& far;
        Clock& clock;
    };
    DurableSession(const Surroundings& surroundings, SessionSettings settings, SessionHost& host)
        : in_(surroundings),
          account_(std::move(settings.account)),
          user_(settings.credentials.reveal().empty() ? settings.preferred_name
                                                      : settings.credentials.reveal()),
          host_(host),
          cut_(in_.executor),
          wake_(in_.executor),
          unused_(in_.executor),
          ended_(in_.executor) {
        cut_.open();
        unused_.open();
        ended_.open();
    }

    Task<Error> run() override {
        if (closing_) co_return make_error(Errc::cancelled);
        if (auto there = in_.far.look(); !there) co_return there.error();
        drops_ = in_.far.script().drops();
        ended_.close();
        cut_.close();
        host_.state(SessionState::connected, {});
        Error why = co_await serve();
        cut_.open();  // whoever waits for an answer gets none
        co_await unused_.wait();
        ended_.open();
        co_return closing_ ? make_error(Errc::cancelled) : why;
    }

    Task<> close(std::string, SteadyTime deadline) override {
        closing_ = true;
        wake_.open();
        cut_.open();
        co_await ended_.wait(deadline);
    }

    Task<Result<SendOutcome>> send(OutgoingMessage message, SteadyTime deadline) override {
        if (cut_.is_open() || !in_.far.look() || dropped()) {
            wake_.open();
            co_return fail({.code = Errc::not_connected, .retry = Retry::when_connected});
        }
        if (!std::holds_alternative<ContactId>(message.to)) co_return fail(Errc::bad_recipient);
        const auto verdict = in_.far.judge(account_, message);
        if (verdict.answer == Verdict::Answer::crash) std::abort();
        LegacyMessageId id;
        if (verdict.taken) {
            auto taken = in_.far.take(account_, message);
            if (!taken) co_return fail({.code = Errc::refused, .retry = Retry::later});
            id = std::move(*taken);
        }
        if (auto silence = co_await wait_for_answer(verdict, deadline); !silence) {
            co_return fail(std::move(silence.error()));
        }
        plan_reports(message.key, verdict);
        if (verdict.answer == Verdict::Answer::error) co_return fail(verdict.error);
        if (verdict.answer == Verdict::Answer::submitted) co_return Submitted{};
        co_return Accepted{.parts = {id}};
    }

    Capabilities capabilities(const Conversation&) const noexcept override { return in_.info.capabilities; }

private:
    [[nodiscard]] bool dropped() const { return in_.far.script().drops() != drops_; }

    /// Until the connection ends.
    Task<Error> serve() {
        while (!closing_) {
            if (auto there = in_.far.look(); !there) co_return there.error();
            if (dropped()) break;
            const auto now = in_.clock.steady();
            while (auto report = in_.far.due_report(account_, now)) tell(*report);
            if (const auto* offer = in_.far.next_offer(user_)) {
                if (!co_await hand_over(*offer)) break;
                continue;
            }
            wake_.close();
            co_await wake_.wait(now + kLookEvery);
        }
        co_return Error{.code = Errc::not_connected, .retry = Retry::when_connected};
    }

    void tell(const FarSide::DueReport& report) {
        std::optional<Error> error;
        if (report.stage == DeliveryStage::failed) error = make_error(Errc::refused, "reported");
        host_.report(report.key, report.stage, std::move(error));
    }

    /// What the gateway has kept is acknowledged; what not stays, and comes again in the next run().
    Task<bool> hand_over(Offer offer) {
        EventMessage said{.in = ContactId(offer.contact), .from = ContactId(offer.contact)};
        said.id = LegacyMessageId(offer.key);
        said.text = offer.text;
        Event event{.key = EventKey(offer.key), .body = std::move(said)};
        const auto kept = co_await host_.deliver(std::move(event));
        co_return kept.has_value() && in_.far.acknowledge(offer);
    }

    /// @return an error if none came
    Task<Result<>> wait_for_answer(Verdict verdict, SteadyTime deadline) {
        const bool silent = verdict.answer == Verdict::Answer::silence;
        if (!silent && in_.options.latency.count() == 0) co_return Result<>{};
        const auto answered = in_.clock.steady() + in_.options.latency;
        const bool too_late = silent || answered > deadline;
        if (under_way_++ == 0) unused_.close();
        const bool cut = co_await cut_.wait(too_late ? deadline : answered);
        if (--under_way_ == 0) unused_.open();
        if (cut) {
            co_return fail(
                {.code = Errc::not_connected, .retry = Retry::when_connected, .ambiguous = Ambiguous::yes});
        }
        if (too_late)
            co_return fail({.code = Errc::timed_out, .retry = Retry::later, .ambiguous = Ambiguous::yes});
        co_return Result<>{};
    }

    void plan_reports(const MessageKey& key, const Verdict& verdict) {
        auto at = in_.clock.steady();
        for (const auto stage : verdict.reports)
            in_.far.plan_report(account_, {at += in_.options.report_after, key, stage});
    }

    const Surroundings& in_;
    AccountId account_;
    std::string user_;  // how offers call this account
    SessionHost& host_;
    std::uint32_t drops_ = 0;  // as of this connection
    std::size_t under_way_ = 0;
    Gate cut_;     // open while there is no connection
    Gate wake_;    // there is something to do
    Gate unused_;  // open while nothing waits for an answer
    Gate ended_;   // open while run() is not under way
    bool closing_ = false;
};

class DurableLogin final : public LoginProcess {
    Task<Result<LoginStep>> start(SteadyTime) override {
        co_return StepForm{"Choose a name.", {{.id = "username", .label = "Name"}}};
    }
    Task<Result<LoginStep>> submit(Answers answers, SteadyTime) override {
        const auto name = std::ranges::find(answers, "username", &Answers::value_type::first);
        if (name == answers.end() || name->second.empty()) co_return fail(Errc::bad_input, "no name");
        co_return StepDone{name->second, Secret(name->second)};
    }
};

class DurableNetwork final : public Network {
public:
    DurableNetwork(const Executor& executor, DurableOptions options, Clock& clock)
        : options_(std::move(options)),
          info_(declare(options_)),
          far_(options_),
          closed_(executor),
          in_{executor, info_, options_, far_, clock} {}

    const NetworkInfo& info() const noexcept override { return info_; }
    Task<> run() override { co_await closed_.wait(); }
    Task<> close(SteadyTime) override { co_return closed_.open(); }
    Task<Result<>> check(SteadyTime) override { co_return far_.look(); }
    std::unique_ptr<LoginProcess> begin_login(Secret<>) override { return std::make_unique<DurableLogin>(); }
    Result<std::unique_ptr<Session>> open(SessionSettings settings, SessionHost& host) override {
        return std::make_unique<DurableSession>(in_, std::move(settings), host);
    }
    /// Everybody is a contact; case does not matter.
    Result<Address> parse_address(std::string_view typed) const override {
        const auto name = text::ascii_lower(text::display_name(typed));
        if (name.empty() || name.size() > 512) return fail(Errc::bad_recipient, "not a name");
        return Address{.target = ContactId(name)};
    }
    std::string format_address(const Address& address) const override {
        const auto* contact = std::get_if<ContactId>(&address.target);
        return contact != nullptr ? contact->str() : std::string{};
    }

private:
    [[nodiscard]] static NetworkInfo declare(const DurableOptions& options) {
        NetworkInfo info{
            .display_name = options.display_name, .protocol = "loopback", .contact_noun = "name"};
        info.capabilities = capabilities_of(options);
        info.limits.max_in_flight = options.max_in_flight;
        info.limits.send_timeout = options.send_timeout;
        info.durability = Durability::durable;
        info.login_required = false;
        info.keeps_order = options.keeps_order;
        info.on_doubt = options.on_doubt;
        return info;
    }
    [[nodiscard]] static Capabilities capabilities_of(const DurableOptions& options) {
        using enum Capability;
        if (options.idempotent && options.delivery_reports)
            return {accept_ack, delivery_report, idempotent_send};
        if (options.idempotent) return {accept_ack, idempotent_send};
        if (options.delivery_reports) return {accept_ack, delivery_report};
        return {accept_ack};
    }

    DurableOptions options_;
    NetworkInfo info_;
    FarSide far_;
    Gate closed_;
    DurableSession::Surroundings in_;
};
}  // namespace

std::unique_ptr<Network> make_durable_network(Executor executor, DurableOptions options, Context context) {
    return std::make_unique<DurableNetwork>(executor, std::move(options), context.clock);
}
}  // namespace causeway::loopback
