#include "gateway/app/message_client.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <boost/json/serialize.hpp>

#include "gateway/admin/control_socket.hpp"
#include "gateway/app/daemon.hpp"
#include "gateway/delivery/trace.hpp"

namespace causeway::app {
namespace {

namespace json = boost::json;

/// More than the daemon itself allows a question to take.
constexpr Millis kAnswerWithin{15'000};
constexpr std::size_t kWidestReason = 60;

/// One line without control characters.
std::string shown(std::string_view text) {
    std::string line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool c1 = byte == 0xC2U && next >= 0x80U && next < 0xA0U;  // two bytes of UTF-8
        line += byte < 0x20U || byte == 0x7FU || c1 ? ' ' : text[i];
        if (c1) ++i;
    }
    return line;
}

std::string text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value) return {};
    if (const auto* text = value->if_string()) return shown(*text);
    if (const auto* list = value->if_array()) {
        std::string all;
        for (const auto& each : *list)
            if (const auto* text = each.if_string()) all += (all.empty() ? "" : ", ") + shown(*text);
        return all;
    }
    return json::serialize(*value);
}

Millis millis_of(const json::object& object, std::string_view key, std::int64_t factor) {
    const auto* value = object.if_contains(key);
    const auto* number = value ? value->if_int64() : nullptr;
    constexpr std::int64_t kMost = 1'000'000'000'000'000;
    return Millis{number ? std::clamp(*number, -kMost, kMost) * factor : 0};
}

/// Characters, not bytes: each of them takes one place, or nearly so.
std::size_t width(std::string_view utf8) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cut(std::string text) {
    if (width(text) <= kWidestReason) return text;
    std::size_t end = 0;
    for (std::size_t places = 0; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
        if (begins && ++places >= kWidestReason) break;
    }
    return text.substr(0, end) + "…";
}

std::string laid_out(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i] + std::string(i + 1 < row.size() ? widths[i] - width(row[i]) + 2 : 0, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string trace_of(const json::object& message) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kFields{{
        {"network", "network"},
        {"direction", "direction"},
        {"user", "user"},
        {"contact", "contact"},
        {"stanza id", "stanza_id"},
        {"network ids", "network_ids"},
        {"attempts", "attempts"},
        {"losses", "losses"},
        {"to be told", "to_be_told"},
        {"next try", "next_try"},
        {"text kept", "text_kept"},
        {"reason", "reason"},
    }};
    std::vector<std::vector<std::string>> fields;
    for (const auto& [label, key] : kFields) {
        if (auto value = text_of(message, key); !value.empty())
            fields.push_back({"  " + std::string(label), std::move(value)});
    }
    std::vector<std::vector<std::string>> steps;
    const auto* list = message.if_contains("steps");
    const auto* array = list ? list->if_array() : nullptr;
    for (std::size_t i = 0; array && i < array->size(); ++i) {
        const auto* step = (*array)[i].if_object();
        if (!step) continue;
        steps.push_back({"  " + text_of(*step, "at"),
                         i == 0 ? "" : delivery::format_difference(millis_of(*step, "after_ms", 1)),
                         text_of(*step, "state")});
    }
    return "message " + text_of(message, "id") + ": " + text_of(message, "state") + "\n" + laid_out(fields) +
           laid_out(steps);
}

int show_move(const json::value& answer, const std::string& command, std::ostream& out,
              std::ostream& errors) {
    const auto* object = answer.if_object();
    const auto* done = object ? object->if_contains("done") : nullptr;
    if (!done || !done->is_bool()) {
        errors << "causeway " << command << ": not an answer of a causeway\n";
        return kFailed;
    }
    if (done->as_bool()) {
        out << text_of(*object, "text") << '\n';
        return kOk;
    }
    errors << "causeway " << command << ": " << text_of(*object, "text") << '\n';
    return kNotDone;
}

}  // namespace

std::string messages_table(const json::value& answer) {
    std::vector<std::vector<std::string>> rows{
        {"ID", "AGE", "NETWORK", "DIRECTION", "STATE", "ATTEMPTS", "USER", "CONTACT", "REASON"}};
    const auto* list = answer.if_array();
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        const auto* message = (*list)[i].if_object();
        if (!message) continue;
        rows.push_back({text_of(*message, "id"),
                        delivery::format_age(millis_of(*message, "age_seconds", 1'000)),
                        text_of(*message, "network"), text_of(*message, "direction"),
                        text_of(*message, "state"), text_of(*message, "attempts"), text_of(*message, "user"),
                        text_of(*message, "contact"), cut(text_of(*message, "reason"))});
    }
    return rows.size() > 1 ? laid_out(rows) : "no messages\n";
}

std::string trace_text(const json::value& answer) {
    std::string text;
    const auto* list = answer.if_array();
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        const auto* message = (*list)[i].if_object();
        if (message) text += (text.empty() ? "" : "\n") + trace_of(*message);
    }
    return text;
}

int ask_about_messages(const MessageQuestion& question, std::ostream& out, std::ostream& errors) {
    const auto answer =
        admin::ask_control(question.control_socket, question.command, kAnswerWithin, question.arguments);
    if (!answer) {
        const bool nobody = answer.error().code == Errc::not_connected;
        errors << "causeway " << question.command << ": "
               << (nobody ? "no daemon answered (" + shown(answer.error().detail) + ")"
                          : shown(answer.error().detail))
               << '\n';
        return kFailed;
    }
    if (question.command == "messages" || question.command == "trace") {
        const bool is_trace = question.command == "trace";
        if (is_trace && answer->is_array() && answer->as_array().empty()) {
            errors << "causeway trace: There is no message of this id.\n";
            return kNotDone;
        }
        if (question.format == MessageFormat::json)
            out << json::serialize(*answer) << '\n';
        else
            out << (is_trace ? trace_text(*answer) : messages_table(*answer));
        return kOk;
    }
    return show_move(*answer, question.command, out, errors);
}

}  // namespace causeway::app
