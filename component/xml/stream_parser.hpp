#pragma once
/// @file component/xml/stream_parser.hpp
/// NAME       StreamParser: bytes of an XML stream in, stream header and whole stanzas out. Sans-IO.
/// WHY        No well-formed stanza of a user's, however large or deep, may end the link for all (DESIGN §8):
///            it is skimmed without being kept and reported with its addresses. Only ill-formed XML, or a single
///            tag or token over the hard limit, ends the stream.
/// INVARIANTS No DTD, processing instruction or comment is accepted. Memory held is bounded by the limits.
///            Reparse deferral is off (a stanza split over two reads would wait for more data); expat's
///            amplification limits are set where the library has them.
/// TRUST      Every byte comes from strangers, through the server.
/// TESTS      tests/unit/component/xml_stream_parser_test.cpp, tests/fuzz/fuzz_xml_stream.cpp
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "component/xml/element.hpp"
#include "gateway/base/result.hpp"

namespace causeway::xml {

struct ParserLimits {
    std::size_t stanza_bytes = 128 * 1024;  ///< larger stanzas are skimmed
    std::size_t depth = 32;                 ///< levels below the stream; deeper stanzas are skimmed
    std::size_t attributes = 256;           ///< per element; more: skimmed
    std::size_t children = 4096;            ///< elements per stanza; more: skimmed
    std::size_t token_bytes = 1024 * 1024;  ///< one tag over this ends the stream
};

/// Called from feed(), in order. Must not destroy the parser.
class StreamEvents {
public:
    virtual ~StreamEvents() = default;
    virtual void on_stream_open(Element header) = 0;  ///< `<stream:stream …>` with its attributes
    virtual void on_stanza(Element stanza) = 0;       ///< a whole child of the stream
    /// A stanza over a limit, after its end was seen: only name, namespace and attributes are kept.
    virtual void on_oversize(Element head, std::string_view limit) = 0;
    virtual void on_stream_close() = 0;  ///< `</stream:stream>`
};

class StreamParser {
public:
    StreamParser(ParserLimits limits, StreamEvents& events);
    ~StreamParser();
    StreamParser(const StreamParser&) = delete;
    StreamParser& operator=(const StreamParser&) = delete;

    /// @return bad_input when the stream cannot go on (detail: what and where); every later call fails too.
    [[nodiscard]] Result<> feed(std::string_view bytes);
    /// Forgets everything: ready for a new stream.
    void reset();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace causeway::xml
