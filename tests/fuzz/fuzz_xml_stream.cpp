// StreamParser over any bytes, in slices. What is believed:
// 1. the same bytes in other slices give the same events and the same verdict;
// 2. every stanza that was read is written by Writer, and reads back as the same.
// The first byte of the input is the size of the slices; a header is put before the rest unless its top bit is set.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "component/stanza/stanza_error.hpp"
#include "component/xml/stream_parser.hpp"
#include "component/xml/writer.hpp"
#include "gateway/base/assert.hpp"
#include "gateway/base/text.hpp"

namespace {

using namespace causeway;

constexpr std::string_view kHeader =
    "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>";

class Recorder final : public xml::StreamEvents {
public:
    void on_stream_open(xml::Element header) override { add("open", header); }
    void on_stanza(xml::Element stanza) override { add("stanza", stanza); }
    void on_oversize(xml::Element head, std::string_view limit) override { add(limit, head); }
    void on_stream_close() override { said.emplace_back("close"); }

    std::vector<std::string> said;
    std::vector<std::string> stanzas;
    bool alive = true;

private:
    void add(std::string_view what, const xml::Element& element) {
        std::string text = xml::to_string(element, xmpp::kComponentNs);
        CAUSEWAY_ASSERT(text::is_xml_text(text));
        if (const auto head = xmpp::read_head(element)) {
            static_cast<void>(
                xmpp::make_error_reply(*head, xmpp::make_condition(xmpp::Condition::bad_request)));
        }
        static_cast<void>(xmpp::read_error(element));
        said.push_back(std::string(what) + ' ' + text);
        if (what == "stanza") stanzas.push_back(std::move(text));
    }
};

Recorder parse(std::string_view bytes, std::size_t slice, bool header, const xml::ParserLimits& limits) {
    Recorder recorder;
    xml::StreamParser parser(limits, recorder);
    if (header) CAUSEWAY_ASSERT(parser.feed(kHeader).has_value());
    while (!bytes.empty() && recorder.alive) {
        recorder.alive = parser.feed(bytes.substr(0, slice)).has_value();
        bytes.remove_prefix(std::min(slice, bytes.size()));
    }
    return recorder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool header = (data[0] & 0x80U) == 0;
    const std::size_t slice = 1 + (data[0] & 0x7FU);
    xml::ParserLimits limits;
    limits.stanza_bytes = 1024;
    limits.depth = 5;
    limits.attributes = 6;
    limits.children = 16;

    const Recorder whole = parse(bytes, bytes.size() + 1, header, limits);
    const Recorder sliced = parse(bytes, slice, header, limits);
    // Before a stream has begun, expat may hold back its refusal of an unfinished token: that is no difference.
    CAUSEWAY_ASSERT(!header || whole.alive == sliced.alive);
    CAUSEWAY_ASSERT(whole.said == sliced.said);

    for (const std::string& stanza : whole.stanzas) {
        const Recorder again = parse(stanza, stanza.size(), true, {});
        CAUSEWAY_ASSERT(again.stanzas == std::vector<std::string>{stanza});
    }
    return 0;
}
