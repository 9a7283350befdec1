#pragma once
/// @file component/xml/element.hpp
/// NAME       Element: a namespace-aware XML element tree, small and movable.
/// WHY        Stanzas are read whole (they are bounded by the parser) and looked at by name and namespace.
/// INVARIANTS Text is UTF-8 that XML can carry when it came from the parser; what code puts in is made safe by
///            the writer. `xmlns` is never an attribute: it is ns(). Namespaced attributes keep their prefix
///            form only for `xml:lang` ("xml:lang"); others are dropped by the parser. An element that was sent
///            without any namespace has ns() == kUnqualified, because ns() empty means "the parent's".
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace causeway::xml {

/// Namespace of parsed elements that have none; equal to no real one, so they are never taken for anything.
inline constexpr std::string_view kUnqualified = "about:unqualified";

struct Attribute {
    std::string name;
    std::string value;
};

class Element {
public:
    using Node = std::variant<Element, std::string>;  ///< a child element or a run of text, in document order

    Element() = default;
    /// `ns` empty = the parent's namespace is meant when written (used for stanza children of one extension).
    explicit Element(std::string name, std::string ns = {}) : name_(std::move(name)), ns_(std::move(ns)) {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& ns() const noexcept { return ns_; }
    void set_ns(std::string ns) { ns_ = std::move(ns); }
    [[nodiscard]] bool is(std::string_view name, std::string_view ns) const noexcept {
        return name_ == name && ns_ == ns;
    }

    /// The attribute's value, or "" when it is absent.
    [[nodiscard]] std::string_view attr(std::string_view name) const noexcept;
    [[nodiscard]] bool has_attr(std::string_view name) const noexcept;
    /// Sets or replaces. Returns *this for chaining.
    Element& set_attr(std::string_view name, std::string value);
    Element& remove_attr(std::string_view name);
    void reserve_attributes(std::size_t count) { attributes_.reserve(count); }
    [[nodiscard]] const std::vector<Attribute>& attributes() const noexcept { return attributes_; }

    /// Appends a child element and returns it.
    Element& add(Element child);
    /// Appends a new child and returns it. Its namespace is this element's when `ns` is empty.
    Element& add(std::string_view name, std::string_view ns = {});
    /// Appends text. Returns *this for chaining.
    Element& add_text(std::string_view text);

    [[nodiscard]] const std::vector<Node>& nodes() const noexcept { return nodes_; }
    /// First child element of that name and namespace, or nullptr. Namespace "" means: the same as this one's;
    /// a child whose own ns() is empty has this one's too.
    [[nodiscard]] const Element* child(std::string_view name, std::string_view ns = {}) const noexcept;
    /// First child element of that namespace, whatever its name, or nullptr.
    [[nodiscard]] const Element* child_in(std::string_view ns) const noexcept;
    /// Every child element, in order.
    [[nodiscard]] std::vector<const Element*> children() const;
    [[nodiscard]] std::size_t child_count() const noexcept;
    /// All text directly inside this element.
    [[nodiscard]] std::string text() const;
    /// Text of the first child of that name and namespace; nullopt when there is no such child.
    [[nodiscard]] std::optional<std::string> child_text(std::string_view name,
                                                        std::string_view ns = {}) const;

private:
    std::string name_;
    std::string ns_;
    std::vector<Attribute> attributes_;
    std::vector<Node> nodes_;
};

}  // namespace causeway::xml
