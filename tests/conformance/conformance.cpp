#include "tests/conformance/conformance.hpp"

#include <chrono>

namespace causeway::conformance {

Conformance::Conformance()
    : host_(loop_.get_executor()),
      subject_(GetParam().make(loop_, Context{clock_, random_, metrics_, log::Log(sink_)})) {}

Conformance::~Conformance() {
    host_.release();
    close_all();
}

bool Conformance::run_until(const std::function<bool()>& done) {
    const auto limit = soon(10'000);
    while (!done()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        if (loop_.stopped()) loop_.restart();
        loop_.run_one_for(Millis(10));
    }
    return true;
}

void Conformance::turns(int count) {
    for (int i = 0; i < count; ++i) {
        if (loop_.stopped()) loop_.restart();
        loop_.poll();
    }
}

void Conformance::await(Task<> task) {
    auto ended = std::make_shared<bool>(false);
    asio::co_spawn(loop_, std::move(task), [ended](const std::exception_ptr& error) {
        EXPECT_FALSE(error) << "an exception left the door";
        *ended = true;
    });
    EXPECT_TRUE(run_until([&] { return *ended; })) << "the call did not return";
}

SessionSettings Conformance::settings() {
    auto login = subject_->network().begin_login(Secret<std::string>{});
    EXPECT_TRUE(await(login->start(soon())).has_value());
    auto step = await(login->submit(subject_->answers(), soon()));
    EXPECT_TRUE(step.has_value() && std::holds_alternative<StepDone>(*step)) << "the login does not work";
    SessionSettings result{.account = AccountId("account"),
                           .endpoint = address(subject_->contact()).endpoint};
    result.preferred_name = "romeo";
    if (step && std::holds_alternative<StepDone>(*step))
        result.credentials = std::get<StepDone>(*step).credentials;
    return result;
}

void Conformance::open_session() {
    auto opened = subject_->network().open(settings(), host_);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    session_ = std::move(*opened);
}

void Conformance::start_run() {
    ended_.reset();
    asio::co_spawn(loop_, session_->run(), [this](const std::exception_ptr& error, Error why) {
        EXPECT_FALSE(error) << "an exception left run()";
        ended_ = std::move(why);
    });
}

void Conformance::connect() {
    if (!session_) open_session();
    ASSERT_TRUE(session_);
    const int before = host_.connects();
    start_run();
    ASSERT_TRUE(run_until([&] { return host_.connects() > before || ended_; }));
    ASSERT_FALSE(ended_) << "run() ended instead of connecting: " << ended_->detail;
}

void Conformance::close_all() {
    if (session_) await(session_->close("bye", soon(2'000)));
    await(subject_->network().close(soon(2'000)));
    subject_->stop();
    turns(20);
}

Address Conformance::address(const std::string& typed) {
    const auto parsed = subject_->network().parse_address(typed);
    EXPECT_TRUE(parsed.has_value()) << typed;
    return parsed.value_or(Address{});
}

model::Conversation Conformance::conversation(const std::string& typed) {
    const auto target = address(typed).target;
    if (const auto* in_room = std::get_if<RoomId>(&target)) return *in_room;
    return std::get<ContactId>(target);
}

model::Conversation Conformance::contact() {
    return conversation(subject_->contact());
}
RoomId Conformance::room() {
    return std::get<RoomId>(conversation(subject_->room()));
}

std::vector<model::Conversation> Conformance::conversations() {
    std::vector<model::Conversation> all{contact()};
    if (has_rooms()) all.emplace_back(room());
    return all;
}
std::vector<std::string> Conformance::typed_addresses() const {
    std::vector<std::string> all{subject_->contact()};
    if (has_rooms()) all.push_back(subject_->room());
    return all;
}

model::RoomSnapshot Conformance::enter_room() {
    if (!has_rooms()) return {};
    auto entered = await(session_->rooms()->join(room(), "romeo", Secret<std::string>{}, soon()));
    EXPECT_TRUE(entered.has_value());
    return entered ? std::move(*entered) : model::RoomSnapshot{};
}

model::OutgoingMessage Conformance::message(const model::Conversation& to, std::string text) {
    model::OutgoingMessage result{.key = MessageKey("key" + std::to_string(++keys_)), .to = to};
    result.text = std::move(text);
    return result;
}

void Conformance::start_send(model::OutgoingMessage message, SteadyTime deadline,
                             std::optional<Result<SendOutcome>>& into) {
    asio::co_spawn(loop_, session_->send(std::move(message), deadline),
                   [&into](const std::exception_ptr& error, Result<SendOutcome> result) {
                       EXPECT_FALSE(error) << "an exception left send()";
                       into.emplace(std::move(result));
                   });
}

std::vector<std::string> Conformance::arrived() {
    return subject_->heard().value_or(host_.texts(contact()));
}

}  // namespace causeway::conformance
