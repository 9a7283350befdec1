#pragma once
/// @file component/stanza/jid.hpp
/// NAME       Jid: an XMPP address, always prepared and valid.
/// WHY        ejabberd and jabberd2 pass addresses on as clients wrote them; so Causeway prepares every one
///            itself, and two Jids are the same address exactly when they are equal.
/// INVARIANTS Each part at most 1023 bytes; local and domain lower-cased by nodeprep and UTS 46; domain never empty.
/// TRUST      Input is hostile. @source RFC 7622 §3, RFC 6122 (ICU's nodeprep/resourceprep, unassigned allowed)
/// TESTS      tests/unit/component/jid_test.cpp (RFC 7622 tables 1 and 2), tests/fuzz/fuzz_jid.cpp
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace causeway::xmpp {

class Jid {
public:
    /// An empty Jid: only "not there". domain() is empty.
    Jid() = default;

    /// Splits and prepares. ASCII that needs no change takes a fast path. @return bad_input
    [[nodiscard]] static Result<Jid> parse(std::string_view text);
    /// From parts that are not yet prepared; empty local or resource = none. @return bad_input
    [[nodiscard]] static Result<Jid> make(std::string_view local, std::string_view domain,
                                          std::string_view resource = {});

    [[nodiscard]] std::string_view local() const noexcept;
    [[nodiscard]] std::string_view domain() const noexcept;
    [[nodiscard]] std::string_view resource() const noexcept;
    [[nodiscard]] std::string_view bare_view() const noexcept;  ///< `local@domain`
    [[nodiscard]] const std::string& str() const noexcept { return text_; }

    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    [[nodiscard]] bool is_bare() const noexcept { return resource().empty(); }
    [[nodiscard]] Jid bare() const;
    /// The same address with another resource, which is prepared here. @return bad_input
    [[nodiscard]] Result<Jid> with_resource(std::string_view resource) const;

    friend bool operator==(const Jid& a, const Jid& b) noexcept { return a.text_ == b.text_; }
    friend auto operator<=>(const Jid& a, const Jid& b) noexcept { return a.text_ <=> b.text_; }

private:
    /// Of a bare one: the same with a resource, if that is not empty.
    [[nodiscard]] Result<Jid> and_resource(std::string_view resource) &&;

    std::string text_;
    std::uint16_t local_size_ = 0;  ///< 0 = no local part
    std::uint16_t domain_size_ = 0;
};

/// Prepares one part alone; used by address translation to see whether a legacy id survives as it is.
[[nodiscard]] Result<std::string> prepare_local(std::string_view local);
[[nodiscard]] Result<std::string> prepare_resource(std::string_view resource);

}  // namespace causeway::xmpp

template <>
struct std::hash<causeway::xmpp::Jid> {
    std::size_t operator()(const causeway::xmpp::Jid& jid) const noexcept {
        return std::hash<std::string>{}(jid.str());
    }
};
