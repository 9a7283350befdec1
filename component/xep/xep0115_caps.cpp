#include "component/xep/xep0115_caps.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "gateway/base/assert.hpp"

namespace causeway::xmpp::xep0115 {

namespace {

/// '<' separates the parts: inside one it would let two different sets have the same string.
void append_part(std::string& out, std::string_view part) {
    for (const char c : part) {
        if (c == '<') {
            out += "&lt;";
        } else {
            out += c;
        }
    }
}

void append_sorted(std::string& out, std::vector<std::string> parts) {
    std::ranges::sort(parts);
    for (const auto& part : parts) {
        append_part(out, part);
        out += '<';
    }
}

std::vector<std::string> values_of(const xml::Element& field) {
    std::vector<std::string> values;
    for (const auto* child : field.children()) {
        if (child->name() == "value") values.push_back(child->text());
    }
    return values;
}

/// What a form adds, behind its FORM_TYPE; "" for a form without one, which is not hashed.
std::string form_part(const xml::Element& form) {
    std::string type;
    std::vector<std::pair<std::string, std::vector<std::string>>> fields;
    for (const auto* field : form.children()) {
        if (field->name() != "field") continue;
        auto values = values_of(*field);
        if (field->attr("var") != "FORM_TYPE") {
            fields.emplace_back(field->attr("var"), std::move(values));
        } else if (field->attr("type") == "hidden" && !values.empty()) {
            type = values.front();
        }
    }
    if (type.empty()) return {};
    std::ranges::sort(fields, {}, [](const auto& field) { return field.first; });
    std::string part;
    append_part(part, type);
    part += '<';
    for (auto& [var, values] : fields) {
        append_part(part, var);
        part += '<';
        append_sorted(part, std::move(values));
    }
    return part;
}

std::string base64(const std::array<unsigned char, EVP_MAX_MD_SIZE>& bytes, unsigned size) {
    std::string text(4 * ((std::size_t{size} + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(size));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace

std::string canonical(const xep0030::Info& info) {
    std::string out;
    auto identities = info.identities;
    std::ranges::sort(identities, {}, [](const xep0030::Identity& identity) {
        return std::tie(identity.category, identity.type, identity.lang, identity.name);
    });
    for (const auto& identity : identities) {
        append_part(out, identity.category);
        out += '/';
        append_part(out, identity.type);
        out += '/';
        append_part(out, identity.lang);
        out += '/';
        append_part(out, identity.name);
        out += '<';
    }
    auto features = info.features;
    if (std::ranges::find(features, xep0030::kInfoNs) == features.end())
        features.emplace_back(xep0030::kInfoNs);
    append_sorted(out, std::move(features));
    std::vector<std::string> forms;
    forms.reserve(info.forms.size());
    for (const auto& form : info.forms) forms.push_back(form_part(form));
    std::ranges::sort(forms);
    for (const auto& form : forms) out += form;
    return out;
}

std::string make_ver(const xep0030::Info& info) {
    const auto text = canonical(info);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    CAUSEWAY_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
    return base64(digest, size);
}

xml::Element make_caps(std::string ver) {
    xml::Element caps("c", std::string(kNs));
    caps.set_attr("hash", "sha-1").set_attr("node", std::string(kNode)).set_attr("ver", std::move(ver));
    return caps;
}

std::string disco_node(std::string_view ver) {
    return std::string(kNode) + "#" + std::string(ver);
}

}  // namespace causeway::xmpp::xep0115
