#include "gateway/rooms/occupant_ids.hpp"

#include "gateway/security/keyed_hash.hpp"

namespace causeway::rooms {

std::string occupant_id(const Secret<>& secret, const RoomId& room, std::string_view identity) {
    // The length keeps room and person apart: no two pairs are the same bytes.
    std::string hashed = std::to_string(room.str().size());
    hashed.append(1, ':').append(room.str()).append(identity);
    return security::keyed_hash(secret, hashed);
}

}  // namespace causeway::rooms
