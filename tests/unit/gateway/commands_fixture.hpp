#pragma once
/// @file tests/unit/gateway/commands_fixture.hpp
/// NAME       CommandsTest: asking for commands by forms and by words, and reading what comes back.
#include <string>
#include <vector>

#include "tests/unit/gateway/house.hpp"

namespace causeway::commands {

inline constexpr std::string_view kNs = "http://jabber.org/protocol/commands";
inline constexpr std::string_view kRomeoA = "romeo@home.test/a";
inline constexpr std::string_view kAdminA = "admin@home.test/a";

class CommandsTest : public test::HouseTest {
protected:
    [[nodiscard]] xml::Element iq(std::string_view from, std::string_view type, const std::string& payload,
                                  std::string_view lang = "en") {
        forget_so_far();
        house.receive("<iq type='" + std::string(type) + "' id='c' xml:lang='" + std::string(lang) +
                      "' from='" + std::string(from) + "' to='net.test'>" + payload + "</iq>");
        auto sent = house.outlet.take();
        EXPECT_THAT(sent, ::testing::Not(::testing::IsEmpty()));
        return sent.empty() ? xml::Element{} : std::move(sent.front());
    }
    [[nodiscard]] xml::Element command(std::string_view from, const std::string& node,
                                       const std::string& session = "", const std::string& action = "",
                                       const std::string& inside = "", std::string_view lang = "en") {
        std::string text = "<command xmlns='" + std::string(kNs) + "' node='" + node + "'";
        if (!session.empty()) text += " sessionid='" + session + "'";
        if (!action.empty()) text += " action='" + action + "'";
        return iq(from, "set", text + ">" + inside + "</command>", lang);
    }
    [[nodiscard]] static std::string form(const std::vector<std::pair<std::string, std::string>>& answers) {
        std::string text = "<x xmlns='jabber:x:data' type='submit'>";
        for (const auto& [var, value] : answers)
            text += "<field var='" + var + "'><value>" + value + "</value></field>";
        return text + "</x>";
    }
    [[nodiscard]] static std::string attribute(const xml::Element& reply, std::string_view name) {
        const auto* command = reply.child("command", kNs);
        return command ? std::string(command->attr(name)) : std::string();
    }
    [[nodiscard]] static std::string note(const xml::Element& reply) {
        const auto* command = reply.child("command", kNs);
        const auto* note = command ? command->child("note") : nullptr;
        return note ? std::string(note->attr("type")) + ": " + note->text() : std::string();
    }
    /// "bad-request+bad-action"
    [[nodiscard]] static std::string error(const xml::Element& reply) {
        const auto error = xmpp::read_error(reply);
        if (!error) return "";
        const auto* own = reply.child("error")->child_in(kNs);
        return std::string(xmpp::to_string(error->condition)) + (own ? "+" + own->name() : "");
    }
    [[nodiscard]] std::vector<std::string> nodes_for(std::string_view from) {
        const auto reply =
            iq(from, "get",
               "<query xmlns='http://jabber.org/protocol/disco#items' node='" + std::string(kNs) + "'/>");
        std::vector<std::string> nodes;
        for (const auto* item : reply.child_in("http://jabber.org/protocol/disco#items")->children())
            nodes.emplace_back(item->attr("node"));
        return nodes;
    }
    /// Words to the gateway; what comes back.
    std::string say(const std::string& words, std::string_view from = kRomeoA, std::string_view lang = "en") {
        forget_so_far();
        house.receive("<message type='chat' xml:lang='" + std::string(lang) + "' from='" + std::string(from) +
                      "' to='net.test'><body>" + words + "</body></message>");
        std::string all;
        for (const auto& stanza : house.outlet.take()) {
            if (stanza.name() == "message")
                all += stanza.child_text("body").value_or("") + "\n";
            else
                heard.push_back(test::brief(stanza));
        }
        return all;
    }
    void register_romeo() {
        house.receive(
            "<iq type='set' id='r' from='romeo@home.test/a' to='net.test'><query xmlns='jabber:iq:register'>"
            "<username>Romeo</username><password>sesame</password></query></iq>");
        forget_so_far();
    }
    std::vector<std::string> heard;
};

}  // namespace causeway::commands
