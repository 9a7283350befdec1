#include "gateway/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include "gateway/base/utf8.hpp"

namespace causeway::text {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The first byte of `bytes` at or after `from` that is not plain ASCII text (0x20..0x7F, TAB, LF, CR).
/// Eight bytes at a time: nearly all traffic is this.
std::size_t skip_plain_ascii(std::string_view bytes, std::size_t from) noexcept {
    constexpr std::uint64_t kHigh = 0x8080808080808080U;
    constexpr std::uint64_t kSpaces = 0x2020202020202020U;
    const auto plain = [](unsigned char c) {
        return (c >= 0x20 && c < 0x80) || c == '\t' || c == '\n' || c == '\r';
    };
    std::size_t i = from;
    while (i < bytes.size()) {
        if (i + 8 <= bytes.size()) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + i, sizeof word);
            // The second term has a high bit wherever a byte is below 0x20 (or borrows; then bytes are looked
            // at).
            if (((word | (word - kSpaces)) & kHigh) == 0) {
                i += 8;
                continue;
            }
        }
        const std::size_t stop = std::min(bytes.size(), i + 8);
        while (i < stop && plain(static_cast<unsigned char>(bytes[i]))) ++i;
        if (i < stop) return i;
    }
    return i;
}

/// The first position that repair() would change; bytes.size() if none.
std::size_t first_fault(std::string_view bytes) noexcept {
    std::size_t i = 0;
    while ((i = skip_plain_ascii(bytes, i)) < bytes.size()) {
        const utf8::Decoded next = utf8::decode(bytes, i);
        if (!next.well_formed || !utf8::is_xml_char(next.code_point)) return i;
        i += next.length;
    }
    return i;
}

/// Windows-1252 for 0x80..0x9F; the five bytes it leaves open stay the C1 controls they are in ISO 8859-1.
constexpr std::array<char32_t, 32> kWindows1252{
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

/// The two format characters that names need: emoji and several scripts are written with them.
bool is_joiner(UChar32 c) noexcept {
    return c == 0x200C || c == 0x200D;
}

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    std::size_t i = 0;
    while ((i = skip_plain_ascii(bytes, i)) < bytes.size()) {
        const utf8::Decoded next = utf8::decode(bytes, i);
        if (!next.well_formed) return false;
        i += next.length;
    }
    return true;
}

bool is_xml_text(std::string_view bytes) noexcept {
    return first_fault(bytes) == bytes.size();
}

std::string repair(std::string_view bytes) {
    std::size_t i = first_fault(bytes);
    std::string out(bytes.substr(0, i));
    if (i == bytes.size()) return out;
    out.reserve(bytes.size() + 16);
    while (i < bytes.size()) {
        const utf8::Decoded next = utf8::decode(bytes, i);
        const bool keep = next.well_formed && utf8::is_xml_char(next.code_point);
        out += keep ? bytes.substr(i, next.length) : kReplacement;
        i += next.length;
    }
    return out;
}

std::string from_latin1(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        utf8::append(out, byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte);
    }
    return out;
}

std::string_view prefix(std::string_view utf8, std::size_t max_bytes) noexcept {
    if (utf8.size() <= max_bytes) return utf8;
    std::size_t end = max_bytes;
    // At most three steps back for UTF-8; the bound keeps ill-formed input linear too.
    for (int step = 0; step < 4 && end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xC0U) == 0x80U;
         ++step)
        --end;
    return utf8.substr(0, end);
}

std::vector<std::string_view> lines(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto found = std::ranges::find_if(text, [](char c) { return c == '\r' || c == '\n'; });
        const auto end = static_cast<std::size_t>(found - text.begin());
        out.push_back(text.substr(0, end));
        if (end == text.size()) break;
        const bool crlf = text.substr(end, 2) == "\r\n";
        text.remove_prefix(end + (crlf ? 2 : 1));
    }
    return out;
}

std::string nfc(std::string_view utf8) {
    if (is_ascii(utf8)) return repair(utf8);
    std::string fine = repair(utf8);
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return fine;  // ICU's data is missing: text in another form beats no text
    std::string out;
    out.reserve(fine.size());
    icu::StringByteSink<std::string> sink(&out);
    normalizer->normalizeUTF8(0, icu::StringPiece(fine.data(), static_cast<std::int32_t>(fine.size())), sink,
                              nullptr, status);
    return U_FAILURE(status) ? fine : out;
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool has_line_break(std::string_view text) noexcept {
    // Not find_first_of(), which calls memchr() for every character.
    bool found = false;
    for (const char c : text) found |= c == '\r' || c == '\n' || c == '\0';
    return found;
}

std::string display_name(std::string_view name) {
    const std::string fine = repair(name);
    std::string out;
    out.reserve(fine.size());
    bool space = false;
    for (std::size_t i = 0; i < fine.size();) {
        const utf8::Decoded next = utf8::decode(fine, i);
        const auto code_point = static_cast<UChar32>(next.code_point);
        if (u_isUWhiteSpace(code_point) != 0) {
            space = !out.empty();
        } else if (u_iscntrl(code_point) == 0 || is_joiner(code_point)) {
            if (space) out += ' ';
            space = false;
            out.append(fine, i, next.length);
        }
        i += next.length;
    }
    return out;
}

}  // namespace causeway::text
