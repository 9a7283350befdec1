#include "component/stanza/jid.hpp"

#include <utility>

#include "component/stanza/prepare.hpp"

namespace causeway::xmpp {

Result<Jid> Jid::parse(std::string_view text) {
    // The first slash ends the address proper; an at sign behind it belongs to the resource (RFC 7622 §3.2).
    const std::size_t slash = text.find('/');
    const std::string_view bare = text.substr(0, slash);
    const std::size_t at = bare.find('@');
    std::string_view resource;
    if (slash != std::string_view::npos) {
        resource = text.substr(slash + 1);
        if (resource.empty()) return fail(Errc::bad_input, "an empty resource");
    }
    if (at == std::string_view::npos) return make({}, bare, resource);
    if (at == 0) return fail(Errc::bad_input, "an empty local part");
    return make(bare.substr(0, at), bare.substr(at + 1), resource);
}

Result<Jid> Jid::make(std::string_view local, std::string_view domain, std::string_view resource) {
    if (is_prepared_domain(domain) && (local.empty() || is_prepared_local(local))) {
        Jid jid;
        jid.text_.reserve(local.size() + domain.size() + resource.size() + 2);
        if (!local.empty()) jid.text_.append(local).append(1, '@');
        jid.text_.append(domain);
        jid.local_size_ = static_cast<std::uint16_t>(local.size());
        jid.domain_size_ = static_cast<std::uint16_t>(domain.size());
        return std::move(jid).and_resource(resource);
    }
    auto prepared_domain = prepare_domain(domain);
    if (!prepared_domain) return fail(std::move(prepared_domain.error()));
    Jid jid;
    if (!local.empty()) {
        auto prepared = prepare_local(local);
        if (!prepared) return fail(std::move(prepared.error()));
        jid.local_size_ = static_cast<std::uint16_t>(prepared->size());
        jid.text_ = std::move(*prepared);
        jid.text_ += '@';
    }
    jid.text_ += *prepared_domain;
    jid.domain_size_ = static_cast<std::uint16_t>(prepared_domain->size());
    return std::move(jid).and_resource(resource);
}

std::string_view Jid::local() const noexcept {
    return std::string_view(text_).substr(0, local_size_);
}

std::string_view Jid::domain() const noexcept {
    const std::size_t begin = local_size_ == 0 ? 0U : local_size_ + 1U;
    return std::string_view(text_).substr(begin, domain_size_);
}

std::string_view Jid::bare_view() const noexcept {
    const std::size_t begin = local_size_ == 0 ? 0U : local_size_ + 1U;
    return std::string_view(text_).substr(0, begin + domain_size_);
}

std::string_view Jid::resource() const noexcept {
    const std::size_t bare_size = bare_view().size();
    return bare_size == text_.size() ? std::string_view{} : std::string_view(text_).substr(bare_size + 1);
}

Jid Jid::bare() const {
    Jid jid;
    jid.text_ = bare_view();
    jid.local_size_ = local_size_;
    jid.domain_size_ = domain_size_;
    return jid;
}

Result<Jid> Jid::with_resource(std::string_view resource) const {
    Jid jid;
    const auto own = bare_view();
    jid.text_.reserve(own.size() + 1 + resource.size());
    jid.text_ = own;
    jid.local_size_ = local_size_;
    jid.domain_size_ = domain_size_;
    return std::move(jid).and_resource(resource);
}

Result<Jid> Jid::and_resource(std::string_view resource) && {
    if (resource.empty()) return std::move(*this);
    auto prepared = prepare_resource(resource);
    if (!prepared) return fail(std::move(prepared.error()));
    text_.append(1, '/').append(*prepared);
    return std::move(*this);
}

}  // namespace causeway::xmpp
