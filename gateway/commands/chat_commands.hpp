#pragma once
/// @file gateway/commands/chat_commands.hpp
/// NAME       ChatCommands: the same commands by words to the gateway, for clients without forms.
/// WHY        `help`, `CMD`, `CMD answer answer`, then a question for each field that is left; `cancel` at any time.
/// INVARIANTS A conversation belongs to one full JID and ends by itself after a while; there are at most kMost. What
///            somebody typed is never repeated: it may be a secret (GW-CMD-006, -008).
/// TESTS      tests/unit/gateway/commands_chat_test.cpp, tests/e2e/test_commands.py
#include <map>
#include <memory>

#include "gateway/commands/command.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::commands {

class ChatCommands {
public:
    static constexpr std::size_t kMost = 2'000;
    static constexpr Millis kLifetime{5 * 60'000};

    ChatCommands(translate::Face face, const Registry& registry) : face_(face), registry_(registry) {}

    void on_message(const std::string& body, const Asker& asker);

private:
    struct Talk {
        const Command* command = nullptr;
        Answers answers;  ///< of forms that are filled in
        Answers filling;  ///< of the form that is being asked
        Form form;
        std::vector<std::string> words;  ///< said together with the command, for its first form
        std::string rest;                ///< the same, as it was written
        SteadyTime used{};
        bool busy = false;
    };
    using TalkPtr = std::shared_ptr<Talk>;

    void begin(const std::string& body, const Asker& asker);
    void take(const TalkPtr& talk, std::string given, const Asker& asker);
    void start(const TalkPtr& talk, const Asker& asker);
    [[nodiscard]] Task<> run(TalkPtr talk, Asker asker);
    /// Takes words that came with the command as the first answers. @return false: one will not do, and it was said
    [[nodiscard]] bool take_words(Talk& talk, const Asker& asker);
    void go_on(const TalkPtr& talk, const Asker& asker);
    void ask(const Talk& talk, const Asker& asker, std::string before = {});
    void end(const Asker& asker) { talks_.erase(asker.from); }
    void make_room();
    void say(const Asker& asker, const std::string& text);

    translate::Face face_;
    const Registry& registry_;
    std::map<xmpp::Jid, TalkPtr> talks_;
};

/// A table as lines of text.
[[nodiscard]] std::string as_text(const Table& table);

}  // namespace causeway::commands
