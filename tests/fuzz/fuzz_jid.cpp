// Addresses from strangers. What is believed: parsing what was parsed changes nothing; parts fit together;
// XEP-0106 escaping is undone by unescaping; an escaped text that is a local part stays one.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "component/stanza/jid.hpp"
#include "component/xep/xep0106_escape.hpp"
#include "gateway/base/assert.hpp"
#include "gateway/base/text.hpp"

namespace {

using namespace causeway;

void check_jid(std::string_view text) {
    const auto jid = xmpp::Jid::parse(text);
    if (!jid) return;
    CAUSEWAY_ASSERT(!jid->domain().empty() && jid->domain().size() <= 1023);
    CAUSEWAY_ASSERT(jid->local().size() <= 1023 && jid->resource().size() <= 1023);
    CAUSEWAY_ASSERT(text::is_xml_text(jid->str()));
    const auto again = xmpp::Jid::parse(jid->str());
    CAUSEWAY_ASSERT(again && *again == *jid);
    CAUSEWAY_ASSERT(again->local() == jid->local() && again->resource() == jid->resource());
    const auto rebuilt = xmpp::Jid::make(jid->local(), jid->domain(), jid->resource());
    CAUSEWAY_ASSERT(rebuilt && *rebuilt == *jid);
    CAUSEWAY_ASSERT(jid->bare().is_bare() && jid->bare().str() == jid->bare_view());
}

void check_parts(std::string_view text) {
    if (const auto local = xmpp::prepare_local(text)) CAUSEWAY_ASSERT(xmpp::prepare_local(*local) == *local);
    if (const auto resource = xmpp::prepare_resource(text)) {
        CAUSEWAY_ASSERT(xmpp::prepare_resource(*resource) == *resource);
        CAUSEWAY_ASSERT(xmpp::Jid::make("", "example.org", text)->resource() == *resource);
    }
}

void check_escaping(std::string_view text) {
    const std::string escaped = xmpp::xep0106::escape(text);
    static_cast<void>(xmpp::xep0106::unescape(text));  // any bytes at all
    const bool promised = !text.starts_with(' ') && !text.ends_with(' ');
    if (promised) CAUSEWAY_ASSERT(xmpp::xep0106::unescape(escaped) == text);
    const auto local = xmpp::prepare_local(escaped);
    if (promised && local && *local == escaped) {
        const auto jid = xmpp::Jid::parse(escaped + "@example.org");
        CAUSEWAY_ASSERT(jid && xmpp::xep0106::unescape(jid->local()) == text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_jid(text);
    check_parts(text);
    check_escaping(text);
    return 0;
}
