#include "component/xml/stream_parser.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <expat.h>
#include <fmt/format.h>

#include "gateway/base/assert.hpp"

namespace causeway::xml {

namespace {

// What expat puts between namespace and local name. No name can hold it, and expat refuses it in a namespace.
constexpr char kSeparator = '\n';
constexpr std::string_view kXmlNs = "http://www.w3.org/XML/1998/namespace";

// expat keeps every element name, attribute name and prefix it has ever seen, and tag frames of the deepest stanza,
// until it is freed. A link lives for months: so a new expat takes over, between two stanzas, after this much input.
constexpr std::uint64_t kRenewAfter = 1024 * 1024;

// Deeper stanzas than `ParserLimits::depth` are skimmed, but expat keeps a frame (160 bytes) for each open element.
// Nobody gets 3 MB of open tags past a server's own limit; if one does, memory goes before the stream.
constexpr std::size_t kAbsurdDepth = 1'000'000;

constexpr std::size_t kMostPerCall = 1024 * 1024;  // expat takes an int

struct Name {
    std::string_view ns;
    std::string_view local;
};

Name split(const XML_Char* full) noexcept {
    const std::string_view text(full);
    const std::size_t at = text.find(kSeparator);
    if (at == std::string_view::npos) return {{}, text};
    return {text.substr(0, at), text.substr(at + 1)};
}

Element make_element(const XML_Char* full_name) {
    const Name name = split(full_name);
    return Element(std::string(name.local), std::string(name.ns.empty() ? kUnqualified : name.ns));
}

std::size_t count_attributes(const XML_Char** attributes) noexcept {
    std::size_t count = 0;
    while (attributes[count] != nullptr) ++count;
    return count / 2;
}

void copy_attributes(Element& element, const XML_Char** attributes, std::size_t count) {
    element.reserve_attributes(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Name name = split(attributes[2 * i]);
        if (name.ns.empty()) {
            element.set_attr(name.local, attributes[2 * i + 1]);
        } else if (name.ns == kXmlNs && name.local == "lang") {
            element.set_attr("xml:lang", attributes[2 * i + 1]);
        }
    }
}

/// Of a stanza with too many attributes only what an answer needs.
void copy_address(Element& element, const XML_Char** attributes, std::size_t count) {
    constexpr std::array<std::string_view, 4> kKept{"from", "to", "id", "type"};
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view name = attributes[2 * i];
        if (std::ranges::find(kKept, name) != kKept.end()) element.set_attr(name, attributes[2 * i + 1]);
    }
}

}  // namespace

struct StreamParser::Impl {
    struct Free {
        void operator()(XML_Parser parser) const noexcept { XML_ParserFree(parser); }
    };
    using Expat = std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free>;

    Impl(ParserLimits parser_limits, StreamEvents& stream_events)
        : limits(parser_limits), events(stream_events) {
        start();
    }

    // What expat calls. @param self the Impl
    static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
        static_cast<Impl*>(self)->start_element(name, attributes);
    }
    static void on_end(void* self, const XML_Char*) { static_cast<Impl*>(self)->end_element(); }
    static void on_text(void* self, const XML_Char* text, int size) {
        static_cast<Impl*>(self)->text({text, static_cast<std::size_t>(size)});
    }
    static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        static_cast<Impl*>(self)->stop(Errc::bad_input, "a document type declaration");
    }
    static void on_instruction(void* self, const XML_Char*, const XML_Char*) {
        static_cast<Impl*>(self)->stop(Errc::bad_input, "a processing instruction");
    }
    static void on_comment(void* self, const XML_Char*) {
        static_cast<Impl*>(self)->stop(Errc::bad_input, "a comment");
    }

    void start();
    void renew();
    Result<> feed(std::string_view bytes);
    Result<> feed_some(std::string_view bytes);
    void start_element(const XML_Char* name, const XML_Char** attributes);
    void open_stream(const XML_Char* name, const XML_Char** attributes);
    void open_stanza(const XML_Char* name, const XML_Char** attributes);
    void open_child(const XML_Char* name, const XML_Char** attributes);
    void end_element();
    void close_stanza();
    void text(std::string_view run);
    void skim(std::string_view limit);
    void stop(Errc code, std::string_view what);
    [[nodiscard]] std::uint64_t event_begin() const noexcept;
    [[nodiscard]] std::uint64_t event_end() const noexcept;
    void note_progress() noexcept { progress = event_end(); }
    [[nodiscard]] std::string place() const;

    ParserLimits limits;
    StreamEvents& events;
    Expat expat;
    std::string header;          ///< the stream's start tag as it was written, for the next expat
    std::uint64_t fed = 0;       ///< bytes given to this expat
    std::uint64_t progress = 0;  ///< where its last event ended
    std::uint64_t lines = 0;     ///< of the expats before, for messages
    std::size_t depth = 0;       ///< open elements, the stream's own included
    std::uint64_t stanza_begin = 0;
    std::size_t stanza_elements = 0;
    std::vector<Element> open;  ///< of the stanza under way, outermost first; the head alone while skimming
    std::string_view skimming;  ///< the limit that the stanza under way is over; "" = none
    bool replaying = false;     ///< the header is being given to a new expat
    bool renewal_due = false;
    std::optional<Error> dead;
};

void StreamParser::Impl::start() {
    // The encoding is said here, so that no declaration can change it: XMPP is UTF-8 (RFC 6120 §11.6).
    expat.reset(XML_ParserCreateNS("UTF-8", kSeparator));
    CAUSEWAY_ASSERT(expat != nullptr);  // out of memory
    XML_Parser parser = expat.get();
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    XML_SetProcessingInstructionHandler(parser, on_instruction);
    XML_SetCommentHandler(parser, on_comment);
#ifdef CAUSEWAY_EXPAT_HAS_REPARSE_DEFERRAL
    XML_SetReparseDeferralEnabled(parser, XML_FALSE);
#endif
#ifdef CAUSEWAY_EXPAT_HAS_AMPLIFICATION_LIMIT
    // There are no entities to amplify without a DTD; should expat think otherwise, it shall stop early.
    XML_SetBillionLaughsAttackProtectionMaximumAmplification(parser, 2.0F);
    XML_SetBillionLaughsAttackProtectionActivationThreshold(parser, 64 * 1024);
#endif
    fed = 0;
    progress = 0;
    renewal_due = false;
}

/// A new expat continues after a stanza: it is told the stream's start tag again, silently.
void StreamParser::Impl::renew() {
    lines += XML_GetCurrentLineNumber(expat.get()) - 1;
    start();
    depth = 0;
    replaying = true;
    const XML_Status status =
        XML_Parse(expat.get(), header.data(), static_cast<int>(header.size()), XML_FALSE);
    CAUSEWAY_ASSERT(status == XML_STATUS_OK && depth == 1);  // it was read once before
    replaying = false;
    fed = header.size();
}

std::uint64_t StreamParser::Impl::event_begin() const noexcept {
    return static_cast<std::uint64_t>(std::max<XML_Index>(XML_GetCurrentByteIndex(expat.get()), 0));
}

std::uint64_t StreamParser::Impl::event_end() const noexcept {
    return event_begin() + static_cast<std::uint64_t>(XML_GetCurrentByteCount(expat.get()));
}

std::string StreamParser::Impl::place() const {
    return fmt::format("line {}, column {}", lines + XML_GetCurrentLineNumber(expat.get()),
                       XML_GetCurrentColumnNumber(expat.get()) + 1);
}

Result<> StreamParser::Impl::feed(std::string_view bytes) {
    while (!bytes.empty() && !dead) {
        const std::string_view some = bytes.substr(0, kMostPerCall);
        const std::uint64_t before = fed;
        if (auto done = feed_some(some); !done) return done;
        // Renewal stops expat in the middle of `some`; what lies behind the stanza goes to the next one.
        const std::uint64_t taken = renewal_due ? progress - before : some.size();
        if (renewal_due) renew();
        bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
    if (dead) return fail(*dead);
    return {};
}

Result<> StreamParser::Impl::feed_some(std::string_view bytes) {
    fed += bytes.size();
    const XML_Status status = XML_Parse(expat.get(), bytes.data(), static_cast<int>(bytes.size()), XML_FALSE);
    if (dead) return fail(*dead);
    if (renewal_due) return {};
    if (status != XML_STATUS_OK) {
        stop(Errc::bad_input, XML_ErrorString(XML_GetErrorCode(expat.get())));
        return fail(*dead);
    }
    // Text is reported as it comes, so what has not been reported is one tag or token.
    if (fed - progress > limits.token_bytes) {
        stop(Errc::too_large, "a token over the limit");
        return fail(*dead);
    }
    return {};
}

void StreamParser::Impl::stop(Errc code, std::string_view what) {
    if (!dead) dead = make_error(code, fmt::format("{} at {}", what, place()));
    XML_StopParser(expat.get(), XML_FALSE);
}

void StreamParser::Impl::start_element(const XML_Char* name, const XML_Char** attributes) {
    if (dead) return;  // after XML_StopParser expat may still report the end of an empty element
    note_progress();
    ++depth;
    if (depth == 1) return open_stream(name, attributes);
    if (depth == 2) return open_stanza(name, attributes);
    open_child(name, attributes);
}

void StreamParser::Impl::open_stream(const XML_Char* name, const XML_Char** attributes) {
    if (replaying) return;
    int offset = 0;
    int size = 0;
    const char* context = XML_GetInputContext(expat.get(), &offset, &size);
    const int length = XML_GetCurrentByteCount(expat.get());
    // Without input context (an expat built so) there is no renewal: it is a guard, not a need.
    if (context != nullptr && offset >= 0 && length > 0 && offset + length <= size) {
        header.assign(context + offset, static_cast<std::size_t>(length));
    }
    Element stream = make_element(name);
    copy_attributes(stream, attributes, count_attributes(attributes));
    events.on_stream_open(std::move(stream));
}

void StreamParser::Impl::open_stanza(const XML_Char* name, const XML_Char** attributes) {
    stanza_begin = event_begin();
    stanza_elements = 0;
    skimming = {};
    open.push_back(make_element(name));
    const std::size_t count = count_attributes(attributes);
    if (count > limits.attributes) {
        copy_address(open.back(), attributes, count);
        return skim("attributes");
    }
    copy_attributes(open.back(), attributes, count);
    if (progress - stanza_begin > limits.stanza_bytes) skim("stanza_bytes");
}

void StreamParser::Impl::open_child(const XML_Char* name, const XML_Char** attributes) {
    if (depth > kAbsurdDepth) return stop(Errc::too_large, "elements nested beyond all reason");
    if (!skimming.empty()) return;
    const std::size_t count = count_attributes(attributes);
    if (progress - stanza_begin > limits.stanza_bytes) return skim("stanza_bytes");
    if (depth - 1 > limits.depth) return skim("depth");
    if (++stanza_elements > limits.children) return skim("children");
    if (count > limits.attributes) return skim("attributes");
    open.push_back(make_element(name));
    copy_attributes(open.back(), attributes, count);
}

void StreamParser::Impl::end_element() {
    if (dead) return;
    note_progress();
    --depth;
    if (depth == 0) return events.on_stream_close();
    if (skimming.empty() && progress - stanza_begin > limits.stanza_bytes) skim("stanza_bytes");
    if (depth == 1) return close_stanza();
    if (!skimming.empty()) return;
    Element done = std::move(open.back());
    open.pop_back();
    open.back().add(std::move(done));
}

void StreamParser::Impl::close_stanza() {
    Element stanza = std::move(open.back());
    open.clear();
    if (progress > kRenewAfter && !header.empty()) {
        renewal_due = true;
        XML_StopParser(expat.get(), XML_FALSE);
    }
    if (skimming.empty()) {
        events.on_stanza(std::move(stanza));
    } else {
        events.on_oversize(std::move(stanza), std::exchange(skimming, {}));
    }
}

void StreamParser::Impl::text(std::string_view run) {
    note_progress();
    // Between stanzas there is only white space, which keeps connections alive and means nothing.
    if (dead || depth < 2 || !skimming.empty()) return;
    if (progress - stanza_begin > limits.stanza_bytes) return skim("stanza_bytes");
    open.back().add_text(run);
}

/// From here on nothing of this stanza is kept but its head.
void StreamParser::Impl::skim(std::string_view limit) {
    skimming = limit;
    const Element& whole = open.front();
    Element head(whole.name(), whole.ns());
    for (const Attribute& attribute : whole.attributes()) head.set_attr(attribute.name, attribute.value);
    open.clear();
    open.push_back(std::move(head));
}

StreamParser::StreamParser(ParserLimits limits, StreamEvents& events)
    : impl_(std::make_unique<Impl>(limits, events)) {}

StreamParser::~StreamParser() = default;

Result<> StreamParser::feed(std::string_view bytes) {
    if (impl_->dead) return fail(*impl_->dead);
    return impl_->feed(bytes);
}

void StreamParser::reset() {
    impl_ = std::make_unique<Impl>(impl_->limits, impl_->events);
}

}  // namespace causeway::xml
