#include "component/xml/element.hpp"

#include <algorithm>
#include <utility>

namespace causeway::xml {

std::string_view Element::attr(std::string_view name) const noexcept {
    const auto found = std::ranges::find(attributes_, name, &Attribute::name);
    return found == attributes_.end() ? std::string_view{} : std::string_view(found->value);
}

bool Element::has_attr(std::string_view name) const noexcept {
    return std::ranges::find(attributes_, name, &Attribute::name) != attributes_.end();
}

Element& Element::set_attr(std::string_view name, std::string value) {
    const auto found = std::ranges::find(attributes_, name, &Attribute::name);
    if (found != attributes_.end()) {
        found->value = std::move(value);
    } else {
        attributes_.push_back({std::string(name), std::move(value)});
    }
    return *this;
}

Element& Element::remove_attr(std::string_view name) {
    std::erase_if(attributes_, [name](const Attribute& attribute) { return attribute.name == name; });
    return *this;
}

Element& Element::add(Element child) {
    return std::get<Element>(nodes_.emplace_back(std::in_place_type<Element>, std::move(child)));
}

Element& Element::add(std::string_view name, std::string_view ns) {
    return add(Element(std::string(name), std::string(ns.empty() ? std::string_view(ns_) : ns)));
}

Element& Element::add_text(std::string_view text) {
    if (text.empty()) return *this;
    if (auto* last = nodes_.empty() ? nullptr : std::get_if<std::string>(&nodes_.back())) {
        last->append(text);
    } else {
        nodes_.emplace_back(std::in_place_type<std::string>, text);
    }
    return *this;
}

const Element* Element::child(std::string_view name, std::string_view ns) const noexcept {
    const std::string_view wanted = ns.empty() ? std::string_view(ns_) : ns;
    for (const Node& node : nodes_) {
        const auto* element = std::get_if<Element>(&node);
        if (element == nullptr || element->name_ != name) continue;
        const std::string_view own =
            element->ns_.empty() ? std::string_view(ns_) : std::string_view(element->ns_);
        if (own == wanted) return element;
    }
    return nullptr;
}

const Element* Element::child_in(std::string_view ns) const noexcept {
    for (const Node& node : nodes_) {
        const auto* element = std::get_if<Element>(&node);
        if (element != nullptr && element->ns_ == ns) return element;
    }
    return nullptr;
}

std::vector<const Element*> Element::children() const {
    std::vector<const Element*> out;
    out.reserve(nodes_.size());
    for (const Node& node : nodes_) {
        if (const auto* element = std::get_if<Element>(&node)) out.push_back(element);
    }
    return out;
}

std::size_t Element::child_count() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        nodes_, [](const Node& node) { return std::holds_alternative<Element>(node); }));
}

std::string Element::text() const {
    if (nodes_.size() == 1) {  // nearly always
        if (const auto* text = std::get_if<std::string>(&nodes_.front())) return *text;
    }
    std::string out;
    for (const Node& node : nodes_) {
        if (const auto* text = std::get_if<std::string>(&node)) out += *text;
    }
    return out;
}

std::optional<std::string> Element::child_text(std::string_view name, std::string_view ns) const {
    const Element* found = child(name, ns);
    if (found == nullptr) return std::nullopt;
    return found->text();
}

}  // namespace causeway::xml
