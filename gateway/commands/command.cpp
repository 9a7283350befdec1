#include "gateway/commands/command.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/text.hpp"

namespace causeway::commands {

const Command* Registry::by_node(std::string_view node) const noexcept {
    const auto found = std::ranges::find(commands_, node, &Command::node);
    return found == commands_.end() ? nullptr : &*found;
}

const Command* Registry::by_name(std::string_view name) const noexcept {
    const auto found = std::ranges::find(commands_, name, &Command::name);
    return found == commands_.end() ? nullptr : &*found;
}

std::string answer(const Answers& answers, std::string_view field) {
    const auto found = std::ranges::find(answers, field, &Answers::value_type::first);
    return found == answers.end() ? std::string() : found->second;
}

bool has_answer(const Answers& answers, std::string_view field) {
    return std::ranges::find(answers, field, &Answers::value_type::first) != answers.end();
}

std::expected<std::string, std::string_view> checked(const adapter::Field& field, std::string given,
                                                     const Asker& asker) {
    using Kind = adapter::Field::Kind;
    if (given.empty()) {
        if (field.required) return std::unexpected("This is needed.");
        return given;
    }
    if (field.kind == Kind::choice && std::ranges::find(field.choices, given) == field.choices.end())
        return std::unexpected("Choose one of these.");
    if (field.kind != Kind::boolean) return given;
    const auto word = text::ascii_lower(given);
    for (const auto& yes : {std::string("true"), std::string("1"), std::string("yes"), asker.say("yes")})
        if (word == yes) return "true";
    for (const auto& no : {std::string("false"), std::string("0"), std::string("no"), asker.say("no")})
        if (word == no) return "false";
    return std::unexpected("Answer yes or no.");
}

}  // namespace causeway::commands
