#pragma once
/// @file component/xml/writer.hpp
/// NAME       Writer: appends XML to a buffer and cannot write ill-formed XML, whatever text it is given.
/// WHY        One bad byte in the component stream ends the link for every user (GW-COMP-007).
/// INVARIANTS Escapes < > & ' " ; replaces what is not UTF-8 or what XML cannot carry by U+FFFD; names are our
///            own constants and are asserted to be names. No DTD, PI, comment or CDATA can be written.
/// TESTS      tests/unit/component/xml_writer_test.cpp, tests/fuzz/fuzz_xml_stream.cpp (what it writes parses back).
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "component/xml/element.hpp"

namespace causeway::xml {

/// Streaming form, for hot paths: open / attr* / text or children / close. Elements close themselves in order.
class Writer {
public:
    /// Appends to `out`, which must outlive the writer. `default_ns` is the namespace in force at this point of
    /// the stream; elements in it carry no xmlns.
    Writer(std::string& out, std::string_view default_ns);

    /// `ns` empty = the parent's.
    Writer& open(std::string_view name, std::string_view ns = {});
    /// Only directly after open() or another attr().
    Writer& attr(std::string_view name, std::string_view value);
    Writer& text(std::string_view text);
    Writer& close();
    /// A whole tree.
    Writer& element(const Element& element);

    [[nodiscard]] std::size_t depth() const noexcept { return frames_.size(); }

private:
    struct Frame {
        std::string_view name;
        std::string_view ns;
    };
    void end_start_tag();

    std::string& out_;
    std::string_view default_ns_;
    boost::container::small_vector<Frame, 8> frames_;
    bool tag_open_ = false;
};

/// A whole tree as text.
[[nodiscard]] std::string to_string(const Element& element, std::string_view default_ns);

/// Appends `text` escaped and made safe: for element content and for attribute values alike.
void append_escaped(std::string& out, std::string_view text);

}  // namespace causeway::xml
