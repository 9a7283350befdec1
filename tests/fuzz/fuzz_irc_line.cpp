// Any bytes from an IRC server: lines are bounded and the same however they arrive, and what comes out of the codec
// is fit for XML and for one line.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/base/assert.hpp"
#include "gateway/base/text.hpp"
#include "legacy-adapters/irc/codec/ctcp.hpp"
#include "legacy-adapters/irc/codec/formatting.hpp"
#include "legacy-adapters/irc/codec/isupport.hpp"
#include "legacy-adapters/irc/codec/line.hpp"
#include "legacy-adapters/irc/codec/message.hpp"
#include "legacy-adapters/irc/codec/split.hpp"

namespace {

using namespace causeway;

void check_text(std::string_view bytes) {
    for (const auto encoding : {irc::Encoding::latin1, irc::Encoding::utf8_replace}) {
        const std::string text = irc::decode_text(bytes, encoding);
        CAUSEWAY_ASSERT(text::is_xml_text(text));
        for (const auto& part : irc::split_text(text, 64)) {
            CAUSEWAY_ASSERT(!part.empty() && part.size() <= 64 && text::is_utf8(part));
            CAUSEWAY_ASSERT(irc::encode("PRIVMSG", {"#c", part}).has_value());
        }
    }
    if (const auto ctcp = irc::parse_ctcp(bytes)) CAUSEWAY_ASSERT(ctcp->text.size() < bytes.size());
}

void check_message(const irc::Message& message, irc::Isupport& isupport) {
    for (const auto param : message.params()) {
        check_text(param);
        isupport.apply(param);
        (void)isupport.rank_of(isupport.bit_of_symbol(param.empty() ? '@' : param.front()));
    }
    (void)message.tag("time");
    const auto line = irc::encode(message.command, message.params());
    if (line) {
        CAUSEWAY_ASSERT(line->find_first_of("\r\n") == line->size() - 2);
        CAUSEWAY_ASSERT(line->find('\0') == std::string::npos);
    }
}

std::string gather(irc::LineBuffer& buffer, irc::Isupport* isupport) {
    std::string lines;
    while (const auto line = buffer.next()) {
        CAUSEWAY_ASSERT(!line->empty() && line->size() <= irc::LineBuffer::kMaxLine);
        if (const auto message = irc::Message::parse(*line); message && isupport != nullptr) {
            check_message(*message, *isupport);
        }
        lines.append(*line).append("\n");
    }
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    const std::string_view all(bytes);
    irc::Isupport isupport;
    irc::LineBuffer whole;
    whole.feed(all);
    const std::string expected = gather(whole, &isupport);

    irc::LineBuffer halves;
    const std::size_t cut = size == 0 ? 0 : data[0] % size;
    halves.feed(all.substr(0, cut));
    std::string lines = gather(halves, nullptr);
    halves.feed(all.substr(cut));
    lines += gather(halves, nullptr);
    CAUSEWAY_ASSERT(lines == expected);
    return 0;
}
