#include "gateway/rooms/occupant_ids.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace causeway::rooms {

std::string occupant_id(const Secret<>& secret, const RoomId& room, std::string_view identity) {
    // The length keeps room and person apart: no two pairs are the same bytes.
    std::string hashed = std::to_string(room.str().size());
    hashed.append(1, ':').append(room.str()).append(identity);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.reveal().size()),
         reinterpret_cast<const unsigned char*>(hashed.data()), hashed.size(), digest.data(), &size);
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string id;
    id.reserve(std::size_t{2} * size);
    for (unsigned i = 0; i < size; ++i) {
        id += kHex[digest.at(i) >> 4U];
        id += kHex[digest.at(i) & 15U];
    }
    return id;
}

}  // namespace causeway::rooms
