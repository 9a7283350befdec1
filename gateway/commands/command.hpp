#pragma once
/// @file gateway/commands/command.hpp
/// NAME       Command: something that users may ask the gateway to do, whatever way they ask.
/// WHY        One list for ad-hoc commands (XEP-0050) and for chat: a command is a function from the answers given
///            so far to the next step, so neither way of asking shows in it.
/// INVARIANTS A command acts only when no answer is missing; asked again with fewer answers, it shows the earlier
///            form. Who may run it is checked before every step.
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "component/stanza/stanza.hpp"
#include "gateway/accounts/accounts.hpp"
#include "gateway/translate/texts.hpp"

namespace causeway::commands {

using adapter::Answers;

enum class Audience { everybody, registered, admin };

/// Who asks, and in which language.
struct Asker {
    xmpp::Jid from;  ///< the full JID
    UserId user;
    accounts::AccountPtr account;  ///< null: not known yet
    bool admin = false;
    translate::Language language = translate::Language::english;
    std::span<const translate::Translation> of_network;  ///< texts of the network's own

    [[nodiscard]] std::string say(std::string_view english) const {
        return translate::in_language(language, english, of_network);
    }
};

struct Form {
    std::string instructions;
    std::vector<adapter::Field> fields;
};
struct Table {
    std::vector<std::string> columns;  ///< as people read them
    std::vector<std::vector<std::string>> rows;
};
struct Done {
    std::string text;  ///< may be empty beside a table
    Table table;
    std::function<void()> afterwards;  ///< done when the answer has been sent
};
struct Failed {
    std::string text;
};
using Step = std::variant<Form, Done, Failed>;

struct Command {
    std::string node;   ///< of the ad-hoc command
    std::string name;   ///< the word in chat
    std::string title;  ///< English, a key of the catalogue, as `help` is
    std::string help;
    std::string takes{};  ///< what may follow the word in chat, a key of the catalogue; may be empty
    Audience audience = Audience::everybody;
    std::function<Task<Step>(Asker, Answers)> run;
};

[[nodiscard]] inline bool may_run(const Command& command, const Asker& asker) {
    if (command.audience == Audience::admin) return asker.admin;
    if (command.audience == Audience::everybody) return true;
    return asker.account && asker.account->row.registered;
}

class Registry {
public:
    Command& add(Command command) { return commands_.emplace_back(std::move(command)); }
    [[nodiscard]] const Command* by_node(std::string_view node) const noexcept;
    [[nodiscard]] const Command* by_name(std::string_view name) const noexcept;
    [[nodiscard]] const std::vector<Command>& all() const noexcept { return commands_; }

private:
    std::vector<Command> commands_;
};

/// What is given for a field; "" when nothing is.
[[nodiscard]] std::string answer(const Answers& answers, std::string_view field);
[[nodiscard]] bool has_answer(const Answers& answers, std::string_view field);
/// Takes what somebody gave for a field, or says why it will not do (a key of the catalogue).
[[nodiscard]] std::expected<std::string, std::string_view> checked(const adapter::Field& field,
                                                                   std::string given, const Asker& asker);

}  // namespace causeway::commands
