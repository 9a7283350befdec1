#include "gateway/security/keyed_hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

namespace causeway::security {

namespace {

std::string hexadecimal(std::span<const unsigned char> bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const auto byte : bytes) {
        text += kHex[byte >> 4U];
        text += kHex[byte & 15U];
    }
    return text;
}

}  // namespace

std::string keyed_hash(const Secret<>& secret, std::string_view what) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.reveal().size()),
         reinterpret_cast<const unsigned char*>(what.data()), what.size(), digest.data(), &size);
    return hexadecimal(std::span(digest).first(size));
}

std::string hash_of(std::string_view what) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(what.data(), what.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hexadecimal(std::span(digest).first(size));
}

}  // namespace causeway::security
