#include "component/stanza/prepare.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <arpa/inet.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>
#include <unicode/usprep.h>

#include "component/stanza/jid.hpp"
#include "gateway/base/text.hpp"

namespace causeway::xmpp {

namespace {

struct CloseProfile {
    void operator()(UStringPrepProfile* profile) const noexcept { usprep_close(profile); }
};
using Profile = std::unique_ptr<UStringPrepProfile, CloseProfile>;

Profile open_profile(UStringPrepProfileType type) {
    UErrorCode status = U_ZERO_ERROR;
    Profile profile(usprep_openByType(type, &status));
    return U_FAILURE(status) ? nullptr : std::move(profile);
}

// Three function-local constants: opening ICU's data takes longer than using it. They are never changed after they
// are made, ICU promises that their use is thread-safe, and the language makes each exactly once: no state is shared.
const UStringPrepProfile* nodeprep() {
    static const Profile kProfile = open_profile(USPREP_RFC3920_NODEPREP);
    return kProfile.get();
}

const UStringPrepProfile* resourceprep() {
    static const Profile kProfile = open_profile(USPREP_RFC3920_RESOURCEPREP);
    return kProfile.get();
}

struct CloseIdna {
    void operator()(UIDNA* idna) const noexcept { uidna_close(idna); }
};

const UIDNA* uts46() {
    static const std::unique_ptr<UIDNA, CloseIdna> kIdna = [] {
        UErrorCode status = U_ZERO_ERROR;
        constexpr std::uint32_t kOptions =
            UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_UNICODE;
        std::unique_ptr<UIDNA, CloseIdna> idna(uidna_openUTS46(kOptions, &status));
        return U_FAILURE(status) ? nullptr : std::move(idna);
    }();
    return kIdna.get();
}

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

bool fits(std::string_view part) noexcept {
    return !part.empty() && part.size() <= kMostPartBytes;
}

/// Printable ASCII; space included.
constexpr bool is_printable(char c) noexcept {
    return c >= 0x20 && c < 0x7F;
}

/// RFC 7622 §3.3.1 and nodeprep's own list: what a local part may not hold.
constexpr bool allowed_in_local(char c) noexcept {
    constexpr std::string_view kForbidden = "\"&'/:<>@ ";
    return is_printable(c) && kForbidden.find(c) == std::string_view::npos;
}

/// STD 3 and the underscore, which private networks use.
constexpr bool allowed_in_domain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

constexpr std::uint8_t kInLocal = 1;
constexpr std::uint8_t kInDomain = 2;

constexpr std::array<std::uint8_t, 256> kPreparedIn = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t byte = 0; byte < 0x80; ++byte) {
        const char c = static_cast<char>(byte);
        const bool upper = c >= 'A' && c <= 'Z';
        if (allowed_in_local(c) && !upper) table.at(byte) |= kInLocal;
        if (allowed_in_domain(c)) table.at(byte) |= kInDomain;
    }
    return table;
}();

bool all_prepared(std::string_view part, std::uint8_t where) noexcept {
    std::uint8_t common = where;
    for (const char c : part) common &= kPreparedIn[static_cast<unsigned char>(c)];
    return fits(part) && common != 0;
}

/// Runs a stringprep profile. Characters younger than Unicode 3.2 (emoji, new scripts) are let through as they are:
/// servers do the same for stored addresses, and a contact must not become unreachable by the age of a table.
Result<std::string> run(const UStringPrepProfile* profile, std::string_view part) {
    if (profile == nullptr) return fail(Errc::internal, "ICU has no stringprep data");
    if (!text::is_utf8(part)) return fail(Errc::bad_input, "not UTF-8");
    const icu::UnicodeString source =
        icu::UnicodeString::fromUTF8(icu::StringPiece(part.data(), static_cast<std::int32_t>(part.size())));
    std::vector<UChar> prepared(kMostPartBytes +
                                1);  // more UTF-16 units than this are more bytes than may be
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t size =
        usprep_prepare(profile, source.getBuffer(), source.length(), prepared.data(),
                       static_cast<std::int32_t>(prepared.size()), USPREP_ALLOW_UNASSIGNED, nullptr, &status);
    if (U_FAILURE(status)) return fail(Errc::bad_input, u_errorName(status));
    std::string out;
    icu::UnicodeString(false, prepared.data(), size).toUTF8String(out);
    if (!fits(out)) return fail(Errc::bad_input, "empty or longer than 1023 bytes when prepared");
    return out;
}

/// As run(), and stable: a few characters of Unicode change once more when prepared again, and an address that
/// differs from itself cannot be compared.
Result<std::string> run_stable(const UStringPrepProfile* profile, std::string_view part) {
    auto once = run(profile, part);
    if (!once) return once;
    auto twice = run(profile, *once);
    if (!twice || *twice != *once) return fail(Errc::bad_input, "has no stable prepared form");
    return once;
}

bool is_ipv6_literal(std::string_view domain) {
    if (domain.find_first_not_of("[]:.0123456789abcdef") != std::string::npos) return false;
    if (domain.size() < 4 || domain.front() != '[' || domain.back() != ']') return false;
    const std::string address(domain.substr(1, domain.size() - 2));
    in6_addr parsed{};
    return inet_pton(AF_INET6, address.c_str(), &parsed) == 1;
}

bool labels_are_sound(std::string_view domain) noexcept {
    while (true) {
        const std::size_t dot = domain.find('.');
        const std::string_view label = domain.substr(0, dot);
        if (label.empty() || label.size() > 63) return false;
        if (dot == std::string_view::npos) return true;
        domain.remove_prefix(dot + 1);
    }
}

std::string_view without_trailing_dot(std::string_view domain) noexcept {
    if (domain.ends_with('.')) domain.remove_suffix(1);
    return domain;
}

Result<std::string> to_unicode(std::string_view domain) {
    if (uts46() == nullptr) return fail(Errc::internal, "ICU has no IDNA data");
    std::array<char, kMostPartBytes + 1> out{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t size =
        uidna_nameToUnicodeUTF8(uts46(), domain.data(), static_cast<std::int32_t>(domain.size()), out.data(),
                                static_cast<std::int32_t>(out.size()), &info, &status);
    // A dot of another script at the end became an empty last label: it is removed like an ASCII one.
    const std::uint32_t errors = info.errors & ~static_cast<std::uint32_t>(UIDNA_ERROR_EMPTY_LABEL);
    if (U_FAILURE(status) || errors != 0 || size <= 0)
        return fail(Errc::bad_input, "not a domain name (UTS 46)");
    const std::string_view name =
        without_trailing_dot(std::string_view(out.data(), static_cast<std::size_t>(size)));
    if (!fits(name) || name.starts_with('.') || name.find("..") != std::string_view::npos) {
        return fail(Errc::bad_input, "an empty label in the domain");
    }
    return std::string(name);
}

}  // namespace

bool is_prepared_local(std::string_view local) noexcept {
    return all_prepared(local, kInLocal);
}

bool is_prepared_domain(std::string_view domain) noexcept {
    return all_prepared(domain, kInDomain) && labels_are_sound(domain) &&
           domain.find("xn--") == std::string_view::npos;
}

Result<std::string> prepare_local(std::string_view local) {
    if (!fits(local)) return fail(Errc::bad_input, "local part: empty or longer than 1023 bytes");
    std::string prepared;
    if (is_ascii(local)) {
        prepared = text::ascii_lower(local);
    } else {
        auto done = run_stable(nodeprep(), local);
        if (!done) return fail(Errc::bad_input, "local part: " + done.error().detail);
        prepared = std::move(*done);
    }
    const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x80 && !allowed_in_local(c); };
    if (std::ranges::any_of(prepared, bad)) return fail(Errc::bad_input, "local part: a forbidden character");
    return prepared;
}

Result<std::string> prepare_resource(std::string_view resource) {
    if (!fits(resource)) return fail(Errc::bad_input, "resource: empty or longer than 1023 bytes");
    if (std::ranges::all_of(resource, is_printable)) return std::string(resource);
    auto done = run_stable(resourceprep(), resource);
    if (!done) return fail(Errc::bad_input, "resource: " + done.error().detail);
    return done;
}

/// What mapping gave must be a domain by the rules for one that needs no mapping: else it would be another the next time.
static Result<std::string> stable_domain(Result<std::string> mapped) {
    if (!mapped) return mapped;
    const bool sound = is_ascii(*mapped)
                           ? std::ranges::all_of(*mapped, allowed_in_domain) && labels_are_sound(*mapped)
                           : [&] {
                                 const auto again = to_unicode(*mapped);
                                 return again && *again == *mapped;
                             }();
    if (!sound || !fits(*mapped)) return fail(Errc::bad_input, "domain: changes when prepared again");
    return mapped;
}

Result<std::string> prepare_domain(std::string_view domain) {
    domain = without_trailing_dot(domain);
    if (!fits(domain)) return fail(Errc::bad_input, "domain: empty or longer than 1023 bytes");
    if (is_ascii(domain)) {
        std::string lower = text::ascii_lower(domain);
        if (is_ipv6_literal(lower)) return lower;
        if (!std::ranges::all_of(lower, allowed_in_domain) || !labels_are_sound(lower)) {
            return fail(Errc::bad_input, "domain: not a domain name or address");
        }
        if (lower.find("xn--") == std::string::npos) return lower;
        return stable_domain(to_unicode(lower));
    }
    if (!text::is_utf8(domain)) return fail(Errc::bad_input, "domain: not UTF-8");
    return stable_domain(to_unicode(domain));
}

}  // namespace causeway::xmpp
