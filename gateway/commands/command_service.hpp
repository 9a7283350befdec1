#pragma once
/// @file gateway/commands/command_service.hpp
/// NAME       CommandService: commands as XEP-0050 has them: listed for who asks, run in sessions.
/// INVARIANTS A session belongs to one full JID (GW-CMD-005); a user has at most kMostPerUser, the oldest goes.
///            Every request is answered once. No secret is ever sent back.
/// TESTS      tests/unit/gateway/commands_test.cpp, tests/e2e/test_commands.py
#include <map>
#include <memory>

#include "component/xep/xep0050_commands.hpp"
#include "gateway/commands/command.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::commands {

class CommandService {
public:
    static constexpr std::size_t kMostPerUser = 8;
    static constexpr Millis kLifetime{5 * 60'000};

    CommandService(translate::Face face, const Registry& registry) : face_(face), registry_(registry) {}

    /// @return false: nothing about commands
    [[nodiscard]] bool on_iq(const xmpp::Stanza& stanza, const Asker& asker);
    [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }

private:
    struct Session {
        std::string id;
        const Command* command = nullptr;
        xmpp::Jid owner;
        UserId user;
        std::vector<Answers> stages;  ///< what was answered, a form each
        Form form;                    ///< what is asked now
        SteadyTime used{};
        bool busy = false;
    };
    using SessionPtr = std::shared_ptr<Session>;

    [[nodiscard]] bool list(const xmpp::Stanza& stanza, const Asker& asker);
    [[nodiscard]] bool describe(const xmpp::Stanza& stanza, const Asker& asker);
    void begin(const xmpp::Stanza& stanza, const xmpp::xep0050::Request& request, const Asker& asker);
    void proceed(const xmpp::Stanza& stanza, const xmpp::xep0050::Request& request, const Asker& asker);
    void cancel(const xmpp::Stanza& stanza, const SessionPtr& session);
    /// @return whether the form was taken; else it has been refused
    [[nodiscard]] bool take_answers(const xmpp::Stanza& stanza, const xmpp::xep0050::Request& request,
                                    const Asker& asker, Session& session);
    void start(const xmpp::Stanza& stanza, const SessionPtr& session, const Asker& asker);
    [[nodiscard]] Task<> run(xmpp::Stanza stanza, SessionPtr session, Asker asker);
    void show(const xmpp::Stanza& stanza, const Session& session, const Asker& asker);
    void finish(const xmpp::Stanza& stanza, const Session& session, const Step& step);
    [[nodiscard]] SessionPtr make_session(const Command& command, const Asker& asker);
    void refuse(const xmpp::Stanza& stanza, xmpp::xep0050::Refusal refusal, std::string text = {});

    translate::Face face_;
    const Registry& registry_;
    std::map<std::string, SessionPtr, std::less<>> sessions_;
};

}  // namespace causeway::commands
