#pragma once
/// @file gateway/rooms/occupant_ids.hpp
/// NAME       occupant_id: the id of a person in a room that stays the same whatever they are called (XEP-0421).
/// WHY        A keyed hash: the same person has another id in each room, and nobody without the network's secret can
///            tell from an id who it is.
/// TESTS      tests/unit/gateway/occupant_ids_test.cpp
#include <string>
#include <string_view>

#include "gateway/base/ids.hpp"
#include "gateway/base/secret.hpp"
#include "gateway/model/ids.hpp"

namespace causeway::rooms {

/// HMAC-SHA256 of room and person, 64 hexadecimal digits.
[[nodiscard]] std::string occupant_id(const Secret<>& secret, const RoomId& room, std::string_view identity);

}  // namespace causeway::rooms
