#include "component/stanza/jid.hpp"

#include "component/stanza/prepare.hpp"

namespace causeway::xmpp {

Result<Jid> Jid::parse(std::string_view text) {
    // The resource begins at the first '/', the local part ends at the first '@' before it. @source RFC 7622 §3.1
    const auto slash = text.find('/');
    const auto bare = text.substr(0, slash);
    const auto at = bare.find('@');
    const bool has_local = at != std::string_view::npos;
    if (has_local && at == 0) return fail(Errc::bad_input, "an empty local part");
    if (slash != std::string_view::npos && slash + 1 == text.size()) return fail(Errc::bad_input, "an empty resource");
    return make(has_local ? bare.substr(0, at) : std::string_view{}, has_local ? bare.substr(at + 1) : bare,
                slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1));
}

Result<Jid> Jid::make(std::string_view local, std::string_view domain, std::string_view resource) {
    auto prepared_domain = detail::prepare_domain(domain);
    if (!prepared_domain) return fail(prepared_domain.error());
    Jid jid;
    jid.text_.reserve(local.size() + prepared_domain->size() + resource.size() + 2);
    if (!local.empty()) {
        auto prepared = detail::prepare_node(local);
        if (!prepared) return fail(prepared.error());
        jid.text_ += *prepared;
        jid.local_size_ = static_cast<std::uint16_t>(prepared->size());
        jid.text_ += '@';
    }
    jid.text_ += *prepared_domain;
    jid.domain_size_ = static_cast<std::uint16_t>(prepared_domain->size());
    if (!resource.empty()) {
        auto prepared = detail::prepare_resource(resource);
        if (!prepared) return fail(prepared.error());
        jid.text_ += '/';
        jid.text_ += *prepared;
    }
    return jid;
}

std::string_view Jid::local() const noexcept { return std::string_view(text_).substr(0, local_size_); }

std::string_view Jid::domain() const noexcept {
    const std::size_t start = local_size_ == 0 ? 0 : local_size_ + 1U;
    return std::string_view(text_).substr(start, domain_size_);
}

std::string_view Jid::bare_view() const noexcept {
    const std::size_t start = local_size_ == 0 ? 0 : local_size_ + 1U;
    return std::string_view(text_).substr(0, start + domain_size_);
}

std::string_view Jid::resource() const noexcept {
    const auto bare_size = bare_view().size();
    return text_.size() > bare_size ? std::string_view(text_).substr(bare_size + 1) : std::string_view{};
}

Jid Jid::bare() const {
    Jid jid;
    jid.text_ = std::string(bare_view());
    jid.local_size_ = local_size_;
    jid.domain_size_ = domain_size_;
    return jid;
}

Result<Jid> Jid::with_resource(std::string_view resource) const {
    auto prepared = detail::prepare_resource(resource);
    if (!prepared) return fail(prepared.error());
    auto jid = bare();
    jid.text_ += '/';
    jid.text_ += *prepared;
    return jid;
}

Result<std::string> prepare_local(std::string_view local) { return detail::prepare_node(local); }

Result<std::string> prepare_resource(std::string_view resource) { return detail::prepare_resource(resource); }

}  // namespace causeway::xmpp
