#include "component/xml/writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "gateway/base/assert.hpp"
#include "gateway/base/text.hpp"
#include "gateway/base/utf8.hpp"

namespace causeway::xml {

namespace {

/// What to do with a byte; anything but `keep` ends a run that is copied at once.
enum class Act : std::uint8_t { keep, lt, gt, amp, apos, quot, tab, lf, cr, replace, multibyte };
using Table = std::array<Act, 256>;
constexpr std::size_t kBlock = 16;

/// A parser turns a bare CR into LF everywhere, and TAB and LF into spaces in attribute values: those are written
/// as character references, so that what arrives is what was meant.
constexpr Table make_table(bool attribute) {
    Table table{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = Act::replace;
    for (std::size_t byte = 0x80; byte < 256; ++byte) table[byte] = Act::multibyte;
    table['\t'] = attribute ? Act::tab : Act::keep;
    table['\n'] = attribute ? Act::lf : Act::keep;
    table['\r'] = Act::cr;
    table['<'] = Act::lt;
    table['>'] = Act::gt;
    table['&'] = Act::amp;
    table['\''] = Act::apos;
    table['"'] = Act::quot;
    return table;
}

constexpr Table kContent = make_table(false);
constexpr Table kAttribute = make_table(true);

constexpr std::string_view written_as(Act act) noexcept {
    switch (act) {
        case Act::lt:
            return "&lt;";
        case Act::gt:
            return "&gt;";
        case Act::amp:
            return "&amp;";
        case Act::apos:
            return "&apos;";
        case Act::quot:
            return "&quot;";
        case Act::tab:
            return "&#9;";
        case Act::lf:
            return "&#10;";
        case Act::cr:
            return "&#13;";
        case Act::keep:
        case Act::replace:
        case Act::multibyte:
            break;
    }
    return "\xEF\xBF\xBD";
}

/// Whether the first 16 bytes at `bytes` are written as they are. Without a branch in it, so that compilers make a few
/// vector instructions of it.
bool is_plain_block(const char* bytes) noexcept {
    unsigned char special = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        special |= static_cast<unsigned char>((c < 0x20) | (c >= 0x80) | (c == '<') | (c == '>') |
                                              (c == '&') | (c == '\'') | (c == '"'));
    }
    return special == 0;
}

void append_safe(std::string& out, std::string_view text, const Table& table) {
    std::size_t run = 0;  // start of what has not been copied yet
    for (std::size_t i = 0; i < text.size();) {
        if (text.size() - i >= kBlock && is_plain_block(text.data() + i)) {
            i += kBlock;
            continue;
        }
        const std::size_t stop = std::min(text.size(), i + kBlock);
        while (i < stop && table[static_cast<unsigned char>(text[i])] == Act::keep) ++i;
        if (i == stop) continue;
        const Act act = table[static_cast<unsigned char>(text[i])];
        std::size_t length = 1;
        bool fine = false;
        if (act == Act::multibyte) {
            const utf8::Decoded next = utf8::decode(text, i);
            length = next.length;
            fine = next.well_formed && utf8::is_xml_char(next.code_point);
        }
        if (!fine) {
            out.append(text, run, i - run);
            out += written_as(act);
            run = i + length;
        }
        i += length;
    }
    out.append(text, run);
}

/// Enough of XML's Name to make sure that nothing but a name is written: exact for ASCII, any character beyond.
bool is_name(std::string_view name) noexcept {
    const auto starts = [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    };
    const auto follows = [starts](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return starts(byte) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    bool ascii = true;
    for (const char c : name) ascii &= static_cast<unsigned char>(c) < 0x80;
    return !name.empty() && starts(static_cast<unsigned char>(name.front())) &&
           std::ranges::all_of(name, follows) && (ascii || text::is_xml_text(name));
}

}  // namespace

Writer::Writer(std::string& out, std::string_view default_ns) : out_(out), default_ns_(default_ns) {}

Writer& Writer::open(std::string_view name, std::string_view ns) {
    CAUSEWAY_ASSERT(is_name(name));
    end_start_tag();
    const std::string_view outer = frames_.empty() ? default_ns_ : frames_.back().ns;
    if (ns.empty()) ns = outer;
    out_ += '<';
    out_ += name;
    if (ns != outer) {
        out_ += " xmlns='";
        append_safe(out_, ns, kAttribute);
        out_ += '\'';
    }
    frames_.push_back({name, ns});
    tag_open_ = true;
    return *this;
}

Writer& Writer::attr(std::string_view name, std::string_view value) {
    CAUSEWAY_ASSERT(tag_open_ && name != "xmlns" && (name == "xml:lang" || is_name(name)));
    out_ += ' ';
    out_ += name;
    out_ += "='";
    append_safe(out_, value, kAttribute);
    out_ += '\'';
    return *this;
}

Writer& Writer::text(std::string_view text) {
    CAUSEWAY_ASSERT(!frames_.empty());
    if (text.empty()) return *this;
    end_start_tag();
    append_safe(out_, text, kContent);
    return *this;
}

Writer& Writer::close() {
    CAUSEWAY_ASSERT(!frames_.empty());
    if (tag_open_) {
        out_ += "/>";
        tag_open_ = false;
    } else {
        out_ += "</";
        out_ += frames_.back().name;
        out_ += '>';
    }
    frames_.pop_back();
    return *this;
}

Writer& Writer::element(const Element& element) {
    open(element.name(), element.ns());
    for (const Attribute& attribute : element.attributes()) attr(attribute.name, attribute.value);
    for (const Element::Node& node : element.nodes()) {
        if (const auto* run = std::get_if<std::string>(&node)) {
            text(*run);
        } else {
            // Recursion is bounded: trees come from the parser, which limits depth, or from our own code.
            this->element(std::get<Element>(node));
        }
    }
    return close();
}

void Writer::end_start_tag() {
    if (tag_open_) out_ += '>';
    tag_open_ = false;
}

std::string to_string(const Element& element, std::string_view default_ns) {
    std::string out;
    out.reserve(512);
    Writer(out, default_ns).element(element);
    return out;
}

void append_escaped(std::string& out, std::string_view text) {
    append_safe(out, text, kAttribute);
}

}  // namespace causeway::xml
