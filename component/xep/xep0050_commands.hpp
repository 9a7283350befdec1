#pragma once
/// @file component/xep/xep0050_commands.hpp
/// NAME       Ad-hoc commands. @source XEP-0050; GW-CMD-001 … -005
/// TRUST      Requests come from clients: what is read is bounded by the stanza's own limits.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza.hpp"
#include "component/xep/xep0004_forms.hpp"

namespace causeway::xmpp::xep0050 {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/commands";

enum class Action { execute, cancel, prev, next, complete };
enum class Status { executing, completed, canceled };
enum class NoteType { info, warn, error };

struct Request {
    std::string node;
    std::string sessionid;         ///< "" begins a session
    std::optional<Action> action;  ///< execute when none was given; nullopt: no action of the XEP's
    std::optional<xep0004::Form> form;
    bool bad_payload = false;  ///< there is a form, but none that can be read
};
/// nullopt: not a command request.
[[nodiscard]] std::optional<Request> read(const Stanza& iq);

struct Note {
    NoteType type = NoteType::info;
    std::string text;
};
struct Reply {
    std::string node;
    std::string sessionid;
    Status status = Status::completed;
    std::vector<Action> actions;  ///< the first is what `execute` stands for; only while executing
    std::optional<Note> note;
    std::optional<xep0004::Form> form;
};
[[nodiscard]] xml::Element make_reply(const Stanza& request, const Reply& reply);

/// Conditions of the XEP's own, each with the general one that belongs to it. @source XEP-0050 §4.4
enum class Refusal { bad_sessionid, session_expired, bad_action, malformed_action, bad_payload };
[[nodiscard]] xml::Element make_refusal(const Stanza& request, Refusal refusal, std::string text = {});

}  // namespace causeway::xmpp::xep0050
