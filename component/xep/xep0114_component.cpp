#include "component/xep/xep0114_component.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "component/stanza/stanza.hpp"
#include "component/xml/writer.hpp"
#include "gateway/base/assert.hpp"

namespace causeway::xmpp::xep0114 {

namespace {

constexpr std::size_t kSha1Size = 20;

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

std::string to_hex(const std::array<unsigned char, kSha1Size>& bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * bytes.size());
    for (const unsigned byte : bytes) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 0xFU];
    }
    return hex;
}

}  // namespace

std::string stream_header(std::string_view domain) {
    std::string header = "<?xml version='1.0'?><stream:stream xmlns='";
    header.append(kComponentNs).append("' xmlns:stream='").append(kStreamsNs).append("' to='");
    xml::append_escaped(header, domain);
    header += "'>";
    return header;
}

std::string handshake_digest(std::string_view stream_id, const Secret<std::string>& secret) {
    // Fed in two parts, so that no copy of the secret is left behind in memory.
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    CAUSEWAY_ASSERT(context != nullptr);
    std::array<unsigned char, kSha1Size> digest{};
    const bool done = EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), stream_id.data(), stream_id.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), secret.reveal().data(), secret.reveal().size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    CAUSEWAY_ASSERT(done);
    return to_hex(digest);
}

}  // namespace causeway::xmpp::xep0114
