#include "legacy-adapters/irc/guard.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace causeway::irc {

namespace {

struct Block {
    std::uint32_t network;
    unsigned bits;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return a << 24U | b << 16U | c << 8U;
}

constexpr std::array<Block, 15> kNotPublic4{{
    {ip(0, 0, 0), 8},        // this network
    {ip(10, 0, 0), 8},       // private
    {ip(100, 64, 0), 10},    // carrier-grade NAT
    {ip(127, 0, 0), 8},      // loopback
    {ip(169, 254, 0), 16},   // link-local, and clouds' metadata services
    {ip(172, 16, 0), 12},    // private
    {ip(192, 0, 0), 24},     // protocol assignments
    {ip(192, 0, 2), 24},     // documentation
    {ip(192, 88, 99), 24},   // 6to4 relays
    {ip(192, 168, 0), 16},   // private
    {ip(198, 18, 0), 15},    // benchmarks
    {ip(198, 51, 100), 24},  // documentation
    {ip(203, 0, 113), 24},   // documentation
    {ip(224, 0, 0), 4},      // multicast
    {ip(240, 0, 0), 4},      // reserved, broadcast
}};

bool is_public4(std::uint32_t address) {
    return std::ranges::none_of(kNotPublic4, [address](const Block& block) {
        return (address ^ block.network) >> (32U - block.bits) == 0;
    });
}

/// Only 2000::/3 is global unicast; in it Teredo, 6to4 and documentation lead elsewhere or nowhere.
bool is_public6(const boost::asio::ip::address_v6::bytes_type& b) {
    if ((b[0] & 0xe0U) != 0x20U) return false;
    const bool teredo_or_orchid = b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02;
    const bool documentation = (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) ||
                               (b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);
    const bool six_to_four = b[0] == 0x20 && b[1] == 0x02;
    return !teredo_or_orchid && !documentation && !six_to_four;
}

}  // namespace

bool is_public(const boost::asio::ip::address& address) {
    if (address.is_v4()) return is_public4(address.to_v4().to_uint());
    return is_public6(address.to_v6().to_bytes());
}

}  // namespace causeway::irc
