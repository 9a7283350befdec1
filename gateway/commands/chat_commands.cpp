#include "gateway/commands/chat_commands.hpp"

#include <algorithm>

#include "gateway/base/async.hpp"
#include "gateway/base/text.hpp"

namespace causeway::commands {
namespace {

using Kind = adapter::Field::Kind;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    while (true) {
        const auto begin = text.find_first_not_of(" \t\r\n");
        if (begin == std::string_view::npos) return words;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(" \t\r\n"), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

/// In chat nothing cannot be said.
bool can_be_emptied(const adapter::Field& field) {
    const bool is_text = field.kind == Kind::text || field.kind == Kind::lines;
    return is_text && !field.required && !field.value.empty();
}

/// What is said for “as it is” and for “nothing”.
std::string meant(const adapter::Field& field, std::string given) {
    if (given == "-" && (!field.required || !field.value.empty())) return field.value;
    if (given == "--" && can_be_emptied(field)) return {};
    return given;
}

std::string question(const adapter::Field& field, const Asker& asker) {
    std::string text = field.label.empty() ? field.id : field.label;
    if (field.kind == Kind::boolean) text += " (" + asker.say("yes") + "/" + asker.say("no") + ")";
    if (field.kind == Kind::choice) {
        std::string choices;
        for (const auto& choice : field.choices) choices += (choices.empty() ? "" : ", ") + choice;
        text += " (" + choices + ")";
    }
    const bool secret = field.kind == Kind::secret;
    if (!secret && !field.value.empty()) text += " [" + field.value + "]";
    if (secret) text += "\n" + asker.say("It is not shown again; delete it from your history afterwards.");
    if (!field.required || !field.value.empty()) text += "\n" + asker.say("“-” leaves it as it is.");
    if (can_be_emptied(field)) text += " " + asker.say("“--” empties it.");
    return text;
}

}  // namespace

std::string as_text(const Table& table) {
    std::string text;
    const auto add = [&](const std::vector<std::string>& row) {
        if (!text.empty()) text += '\n';
        std::string line;
        for (const auto& cell : row) {
            if (cell.empty()) continue;
            if (!line.empty()) line += " — ";
            line += cell;
        }
        text += line;
    };
    for (const auto& row : table.rows) add(row);
    return text;
}

void ChatCommands::on_message(const std::string& body, const Asker& asker) {
    const auto words = trimmed(body);
    if (words.empty()) return;
    const auto found = talks_.find(asker.from);
    auto talk = found == talks_.end() ? nullptr : found->second;
    if (talk && face_.context.clock.steady() - talk->used > kLifetime && !talk->busy) {
        end(asker);
        talk = nullptr;
    }
    if (talk && talk->busy)
        return say(asker, asker.say("One moment, please: the last step is still under way."));
    const auto word = text::ascii_lower(words);
    if (word == "cancel" || word == "abort") {
        const bool any = talk != nullptr;
        end(asker);
        return say(asker, asker.say(any ? "Cancelled." : "There is nothing to cancel."));
    }
    if (talk) return take(talk, words, asker);
    begin(words, asker);
}

void ChatCommands::begin(const std::string& body, const Asker& asker) {
    auto words = split(body);
    auto name = text::ascii_lower(words.front());
    if (name.starts_with('/') || name.starts_with('!')) name.erase(0, 1);
    const auto* command = registry_.by_name(name);
    if (command == nullptr)
        return say(asker, asker.say("There is no such command. Say “help” for the list."));
    if (!may_run(*command, asker)) return say(asker, asker.say("You may not do this."));
    make_room();
    auto talk = std::make_shared<Talk>();
    talk->command = command;
    if (name == "help" && words.size() > 1) {
        talk->answers = {{"command", text::ascii_lower(words[1])}};
        words.resize(1);
    }
    talk->words.assign(words.begin() + 1, words.end());
    // The rest of the line as it was written: a text for many keeps its spaces and lines.
    if (!talk->words.empty()) talk->rest = body.substr(body.find_first_not_of(" \t\r\n", words[0].size()));
    talk->used = face_.context.clock.steady();
    talks_[asker.from] = talk;
    start(talk, asker);
}

void ChatCommands::take(const TalkPtr& talk, std::string given, const Asker& asker) {
    talk->used = face_.context.clock.steady();
    if (!may_run(*talk->command, asker)) {
        end(asker);
        return say(asker, asker.say("You may not do this."));
    }
    const auto& field = talk->form.fields[talk->filling.size()];
    auto value = checked(field, meant(field, std::move(given)), asker);
    if (!value) return ask(*talk, asker, asker.say(value.error()));
    talk->filling.emplace_back(field.id, std::move(*value));
    go_on(talk, asker);
}

void ChatCommands::go_on(const TalkPtr& talk, const Asker& asker) {
    if (talk->filling.size() < talk->form.fields.size()) return ask(*talk, asker);
    std::ranges::move(talk->filling, std::back_inserter(talk->answers));
    talk->filling.clear();
    start(talk, asker);
}

void ChatCommands::start(const TalkPtr& talk, const Asker& asker) {
    talk->busy =
        true;  // not only when the coroutine begins: the next words may be in the same read of the socket
    spawn(face_.executor, run(talk, asker));
}

Task<> ChatCommands::run(TalkPtr talk, Asker asker) {
    auto step = co_await talk->command->run(asker, talk->answers);
    talk->busy = false;
    talk->used = face_.context.clock.steady();
    if (auto* form = std::get_if<Form>(&step); form && !form->fields.empty()) {
        talk->form = std::move(*form);
        // The last field takes all that is left, spaces and all.
        if (talk->form.fields.size() == 1 && !talk->words.empty()) talk->words = {std::move(talk->rest)};
        if (take_words(*talk, asker)) go_on(talk, asker);
        co_return;
    }
    if (const auto found = talks_.find(asker.from); found != talks_.end() && found->second == talk)
        end(asker);
    if (const auto* failed = std::get_if<Failed>(&step)) say(asker, failed->text);
    const auto* done = std::get_if<Done>(&step);
    if (!done) co_return;
    auto words = done->text;
    if (!done->table.rows.empty()) words += (words.empty() ? "" : "\n") + as_text(done->table);
    say(asker, words);
    if (done->afterwards) done->afterwards();
}

bool ChatCommands::take_words(Talk& talk, const Asker& asker) {
    const auto words = std::exchange(talk.words, {});
    for (std::size_t i = 0; i < words.size() && i < talk.form.fields.size(); ++i) {
        auto value = checked(talk.form.fields[i], meant(talk.form.fields[i], words[i]), asker);
        if (!value) {
            ask(talk, asker, asker.say(value.error()));
            return false;
        }
        talk.filling.emplace_back(talk.form.fields[i].id, std::move(*value));
    }
    return true;
}

void ChatCommands::ask(const Talk& talk, const Asker& asker, std::string before) {
    std::string text = std::move(before);
    const auto add = [&](const std::string& line) {
        if (line.empty()) return;
        if (!text.empty()) text += '\n';
        text += line;
    };
    if (talk.filling.empty() && text.empty()) add(talk.form.instructions);
    add(question(talk.form.fields[talk.filling.size()], asker));
    add(asker.say("Say “cancel” to stop."));
    say(asker, text);
}

void ChatCommands::make_room() {
    if (talks_.size() < kMost) return;
    const auto oldest =
        std::ranges::min_element(talks_, {}, [](const auto& entry) { return entry.second->used; });
    talks_.erase(oldest);
}

void ChatCommands::say(const Asker& asker, const std::string& text) {
    auto reply = xmpp::make_stanza(xmpp::StanzaKind::message, face_.component(), asker.from, "chat",
                                   face_.context.random.token());
    if (asker.language == translate::Language::german) reply.set_attr("xml:lang", "de");
    if (asker.language == translate::Language::chinese) reply.set_attr("xml:lang", "zh");
    reply.add("body").add_text(text);
    static_cast<void>(face_.outlet.send(reply));
}

}  // namespace causeway::commands
