#include "component/xep/xep0106_escape.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/text.hpp"

namespace causeway::xmpp::xep0106 {

namespace {

struct Sequence {
    char character;
    std::string_view hex;
};

constexpr std::array<Sequence, 10> kSequences{{
    {' ', "20"},
    {'"', "22"},
    {'&', "26"},
    {'\'', "27"},
    {'/', "2f"},
    {':', "3a"},
    {'<', "3c"},
    {'>', "3e"},
    {'@', "40"},
    {'\\', "5c"},
}};
constexpr std::size_t kSequenceSize = 3;

const Sequence* of_character(char character) noexcept {
    const auto* found = std::ranges::find(kSequences, character, &Sequence::character);
    return found == kSequences.end() ? nullptr : found;
}

/// The sequence that `text` begins with at `at`, written just so.
const Sequence* sequence_at(std::string_view text, std::size_t at) noexcept {
    if (text[at] != '\\') return nullptr;
    const auto* found = std::ranges::find(kSequences, text.substr(at + 1, 2), &Sequence::hex);
    return found == kSequences.end() ? nullptr : found;
}

/// Case does not count here: preparing the JID lower-cases its local part, and `\2F` would then be a slash.
bool looks_escaped(std::string_view text, std::size_t at) {
    const std::string folded = text::ascii_lower(text.substr(at, kSequenceSize));
    return sequence_at(folded, 0) != nullptr;
}

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto* sequence = of_character(text[at]);
        const bool plain = !sequence || (text[at] == '\\' && !looks_escaped(text, at));
        if (plain) {
            out += text[at];
        } else {
            out += '\\';
            out += sequence->hex;
        }
    }
    return out;
}

std::string unescape(std::string_view local) {
    if (!local.contains('\\')) return std::string(local);
    std::string out;
    out.reserve(local.size());
    for (std::size_t at = 0; at < local.size();) {
        const auto* sequence = sequence_at(local, at);
        const bool at_an_end = at == 0 || at + kSequenceSize == local.size();
        if (!sequence || (sequence->character == ' ' && at_an_end)) {
            out += local[at++];
        } else {
            out += sequence->character;
            at += kSequenceSize;
        }
    }
    return out;
}

}  // namespace causeway::xmpp::xep0106
