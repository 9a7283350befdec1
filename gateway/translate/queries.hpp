#pragma once
/// @file gateway/translate/queries.hpp
/// NAME       Queries: what the component, far servers, contacts and rooms answer about themselves.
/// WHY        disco, version, ping, vCard, address prompts and the gateway's own words, in one table of answers.
/// INVARIANTS Every advertised feature is answered (GW-DISCO-002); nobody is shown another user's rooms or contacts.
/// TESTS      tests/unit/gateway/queries_test.cpp, tests/e2e/test_queries.py
#include <functional>

#include "gateway/accounts/slot.hpp"
#include "gateway/translate/face.hpp"
#include "gateway/translate/room_directory.hpp"

namespace causeway::translate {

/// What newcomers are told of the gateway: how to write to people and rooms.
using Say = std::function<std::string(std::string_view english)>;
[[nodiscard]] std::string introduction(const adapter::NetworkInfo& network, const std::string& component,
                                       const Say& say);
/// How addresses of people and rooms look here: "name%server@irc.example".
[[nodiscard]] std::string contact_example(const adapter::NetworkInfo& network, const std::string& component);
[[nodiscard]] std::string room_example(const adapter::NetworkInfo& network, const std::string& component);

class Queries {
public:
    explicit Queries(Face face) : face_(face), directory_(face) {}

    /// @return false: nothing here answers it
    [[nodiscard]] bool on_iq(const xmpp::Stanza& stanza, const Entity& entity,
                             const accounts::AccountPtr& account);
    /// What servers ask of every component: disco#info, ping, version of the bare component.
    [[nodiscard]] bool on_iq_of_stranger(const xmpp::Stanza& stanza);
    /// Words to the component or to a far server itself.
    void on_message(const xmpp::Stanza& stanza, const Entity& entity);
    /// Somebody on the network invites the user into a room.
    void show_invite(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventInvite& invite);

private:
    [[nodiscard]] bool answer_info(const xmpp::Stanza& stanza, const Entity& entity);
    [[nodiscard]] bool answer_items(const xmpp::Stanza& stanza, const Entity& entity,
                                    const accounts::AccountPtr& account);
    [[nodiscard]] bool answer_card(const xmpp::Stanza& stanza, const Entity& entity);
    [[nodiscard]] bool answer_prompt(const xmpp::Stanza& stanza);
    void answer_version(const xmpp::Stanza& stanza, const Entity& entity,
                        const accounts::AccountPtr& account);
    [[nodiscard]] Task<> ask_version(xmpp::Stanza stanza, std::shared_ptr<adapter::Session> session,
                                     ContactId who);

    Face face_;
    RoomDirectory directory_;
};

}  // namespace causeway::translate
