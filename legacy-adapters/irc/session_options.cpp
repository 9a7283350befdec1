#include "legacy-adapters/irc/session_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/address.hpp"
#include "legacy-adapters/irc/codec/message.hpp"

namespace causeway::irc {

namespace {

namespace json = boost::json;
using adapter::Field;

constexpr std::size_t kMaxText = 300;
constexpr std::size_t kMaxRealname = 100;
constexpr std::size_t kMaxCommands = 20;
constexpr std::string_view kDefault = "default";
constexpr std::array<std::pair<std::string_view, Encoding>, 3> kEncodings{
    {{"latin1", Encoding::latin1}, {"cp1252", Encoding::cp1252}, {"utf8_replace", Encoding::utf8_replace}}};

std::string text_of(const json::object& object, json::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}

std::optional<Encoding> encoding_of(std::string_view name) {
    const auto* found = std::ranges::find(kEncodings, name, &std::pair<std::string_view, Encoding>::first);
    return found == kEncodings.end() ? std::nullopt : std::optional(found->second);
}

std::string_view name_of(std::optional<Encoding> encoding) {
    const auto* found = std::ranges::find_if(
        kEncodings, [&](const auto& entry) { return std::optional(entry.second) == encoding; });
    return found == kEncodings.end() ? kDefault : found->first;
}

const std::string* answer_to(const adapter::Answers& answers, std::string_view id) {
    const auto found = std::ranges::find(answers, id, &std::pair<std::string, std::string>::first);
    return found == answers.end() ? nullptr : &found->second;
}

bool is_line(std::string_view text, std::size_t most) {
    return text.size() <= most && !text::has_line_break(text);
}

/// Lines that would take the connection from the adapter's hands are its own.
bool is_command(std::string_view line) {
    constexpr std::array<std::string_view, 10> kOurs{
        {"CAP", "PASS", "NICK", "USER", "AUTHENTICATE", "QUIT", "PING", "PONG", "JOIN", "PART"}};
    if (!is_line(line, kMaxBody) || line.starts_with('@') || line.starts_with(':')) return false;
    const auto message = Message::parse(line);
    return message && std::ranges::none_of(kOurs, [&](std::string_view own) { return message->is(own); });
}

Result<std::vector<std::string>> commands_in(std::string_view text) {
    std::vector<std::string> commands;
    for (auto line : text::lines(text)) {
        while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
        while (line.starts_with(' ') || line.starts_with('/')) line.remove_prefix(1);  // as people type it
        if (line.empty()) continue;
        if (!is_command(line) || commands.size() >= kMaxCommands)
            return fail(Errc::bad_input, "commands: at most 20 lines of IRC, one command each");
        commands.emplace_back(line);
    }
    return commands;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text.append(text.empty() ? "" : "\n").append(line);
    return text;
}

}  // namespace

Result<SessionOptions> read_options(const Secret<std::string>& blob) {
    SessionOptions options;
    if (blob.empty()) return options;
    boost::system::error_code error;
    const json::value value = json::parse(blob.reveal(), error);
    if (error || !value.is_object()) return fail(Errc::bad_input, "stored options cannot be read");
    const json::object& object = value.get_object();
    options.nick = text_of(object, "nick");
    options.realname = text_of(object, "realname");
    options.sasl_account = text_of(object, "sasl_account");
    options.sasl_password = Secret<std::string>(text_of(object, "sasl_password"));
    options.nickserv_password = Secret<std::string>(text_of(object, "nickserv_password"));
    auto commands = commands_in(text_of(object, "commands"));
    if (!commands) return fail(commands.error());
    options.commands = std::move(*commands);
    options.encoding = encoding_of(text_of(object, "encoding"));
    return options;
}

Secret<std::string> seal_options(const SessionOptions& options) {
    const json::object object{{"nick", options.nick},
                              {"realname", options.realname},
                              {"sasl_account", options.sasl_account},
                              {"sasl_password", options.sasl_password.reveal()},
                              {"nickserv_password", options.nickserv_password.reveal()},
                              {"commands", joined(options.commands)},
                              {"encoding", name_of(options.encoding)}};
    return Secret<std::string>(json::serialize(object));
}

std::vector<Field> fields_of(const SessionOptions& options) {
    std::vector<Field> fields;
    const auto add = [&](std::string id, std::string label, Field::Kind kind, std::string value) {
        fields.push_back({.id = std::move(id),
                          .label = std::move(label),
                          .kind = kind,
                          .required = false,
                          .value = std::move(value),
                          .choices = {}});
    };
    add("nick", "Nickname", Field::Kind::text, options.nick);
    add("realname", "Real name", Field::Kind::text, options.realname);
    add("sasl_account", "Account (SASL)", Field::Kind::text, options.sasl_account);
    add("sasl_password", "Password of the account (empty: as before)", Field::Kind::secret, {});
    add("nickserv_password", "Password for NickServ (empty: as before)", Field::Kind::secret, {});
    add("commands", "IRC commands after connecting", Field::Kind::lines, joined(options.commands));
    add("encoding", "Encoding of text that is not UTF-8", Field::Kind::choice,
        std::string(name_of(options.encoding)));
    fields.back().choices.emplace_back(kDefault);
    for (const auto& [name, encoding] : kEncodings) fields.back().choices.emplace_back(name);
    return fields;
}

Result<SessionOptions> change_options(SessionOptions options, const adapter::Answers& answers) {
    if (const auto* nick = answer_to(answers, "nick")) {
        if (!nick->empty() && !is_nick(*nick)) return fail(Errc::bad_input, "nick: a nickname");
        options.nick = *nick;
    }
    if (const auto* name = answer_to(answers, "realname")) {
        if (!is_line(*name, kMaxRealname)) return fail(Errc::bad_input, "realname: one line of 100 bytes");
        options.realname = *name;
    }
    if (const auto* account = answer_to(answers, "sasl_account")) {
        if (!is_line(*account, kMaxText)) return fail(Errc::bad_input, "sasl_account: one line of 300 bytes");
        options.sasl_account = *account;
    }
    for (auto [id, secret] : {std::pair{"sasl_password", &options.sasl_password},
                              std::pair{"nickserv_password", &options.nickserv_password}}) {
        const auto* password = answer_to(answers, id);
        if (password == nullptr || password->empty()) continue;
        if (!is_line(*password, kMaxText))
            return fail(Errc::bad_input, std::string(id) + ": one line of 300 bytes");
        *secret = Secret<std::string>(*password);
    }
    if (const auto* commands = answer_to(answers, "commands")) {
        auto lines = commands_in(*commands);
        if (!lines) return fail(lines.error());
        options.commands = std::move(*lines);
    }
    if (const auto* encoding = answer_to(answers, "encoding")) {
        options.encoding = encoding_of(*encoding);
        if (!options.encoding && !encoding->empty() && *encoding != kDefault)
            return fail(Errc::bad_input, "encoding: one of those offered");
    }
    return options;
}

}  // namespace causeway::irc
