#include "gateway/security/keyed_hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace causeway::security {

std::string keyed_hash(const Secret<>& secret, std::string_view what) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.reveal().size()),
         reinterpret_cast<const unsigned char*>(what.data()), what.size(), digest.data(), &size);
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string hash;
    hash.reserve(std::size_t{2} * size);
    for (unsigned i = 0; i < size; ++i) {
        hash += kHex[digest.at(i) >> 4U];
        hash += kHex[digest.at(i) & 15U];
    }
    return hash;
}

}  // namespace causeway::security
