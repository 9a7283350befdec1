#include "legacy-adapters/irc/codec/casemap.hpp"

namespace causeway::irc {

CaseMapping casemapping_of(std::string_view name) noexcept {
    if (name == "rfc1459") return CaseMapping::rfc1459;
    if (name == "rfc1459-strict" || name == "strict-rfc1459") return CaseMapping::rfc1459_strict;
    return CaseMapping::ascii;
}

char fold(char c, CaseMapping mapping) noexcept {
    // In ASCII the national letters follow the alphabet: Z [ \ ] ^ and z { | } ~ are 32 apart.
    const char last = mapping == CaseMapping::ascii ? 'Z' : mapping == CaseMapping::rfc1459 ? '^' : ']';
    return c >= 'A' && c <= last ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string fold(std::string_view name, CaseMapping mapping) {
    std::string folded(name);
    for (char& c : folded) c = fold(c, mapping);
    return folded;
}

bool same_name(std::string_view a, std::string_view b, CaseMapping mapping) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (fold(a[i], mapping) != fold(b[i], mapping)) return false;
    }
    return true;
}

}  // namespace causeway::irc
