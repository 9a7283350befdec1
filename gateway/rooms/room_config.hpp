#pragma once
/// @file gateway/rooms/room_config.hpp
/// NAME       RoomConfig: a room's settings as a form, and the form as a change of settings (muc#owner).
/// INVARIANTS The form has the settings that the network has, and no others; only what differs is asked for.
/// TESTS      tests/unit/gateway/room_config_test.cpp
#include <expected>

#include "component/xep/xep0004_forms.hpp"
#include "gateway/rooms/room.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::rooms {

class RoomConfig {
public:
    RoomConfig(translate::Face face, Millis within) : face_(face), within_(within) {}

    /// A muc#owner request of somebody who is seated in the room.
    void on_iq(const xmpp::Stanza& stanza, const RoomPtr& room);

private:
    [[nodiscard]] Task<> configure(RoomPtr room, xmpp::StanzaHead head, model::RoomSettings changes);

    translate::Face face_;
    Millis within_;
};

[[nodiscard]] xmpp::xep0004::Form config_form(const model::RoomSettings& settings);
/// What the answered form changes in `now`. @return why it cannot be taken
[[nodiscard]] std::expected<model::RoomSettings, xmpp::StanzaError> read_config(
    const xmpp::xep0004::Form& form, const model::RoomSettings& now);

}  // namespace causeway::rooms
