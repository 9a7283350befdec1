#pragma once
/// @file gateway/translate/room_info.hpp
/// NAME       room_info: what a room says of itself (XEP-0045 §6.4), to strangers and to those inside.
/// INVARIANTS What a room is set to is told only to who is in it: others are told what is so of most rooms.
#include <cstddef>
#include <string>

#include "component/xep/xep0030_disco.hpp"
#include "gateway/adapter/adapter.hpp"

namespace causeway::translate {

/// What somebody inside sees of the room.
struct RoomView {
    model::RoomSettings settings;
    std::size_t occupants = 0;
    std::string subject;
};
/// `inside`: nullptr for who is not in the room.
[[nodiscard]] xmpp::xep0030::Info room_info(const adapter::NetworkInfo& network, std::string name,
                                            const RoomView* inside);

}  // namespace causeway::translate
