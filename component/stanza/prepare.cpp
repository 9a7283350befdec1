#include "component/stanza/prepare.hpp"

#include <unicode/uidna.h>
#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <array>
#include <memory>
#include <vector>

#include "gateway/base/text.hpp"

namespace causeway::xmpp::detail {
namespace {

/// RFC 7622 §3.3.1: what no local part may hold, beside controls and spaces.
constexpr std::string_view kForbiddenInNode = "\"&'/:<>@";

template <class Allowed>
bool all_of(std::string_view text, Allowed allowed) {
    for (const char c : text) {
        if (!allowed(static_cast<unsigned char>(c))) return false;
    }
    return true;
}

bool is_plain_node(std::string_view text) {
    return all_of(text, [](unsigned char c) {
        return c > 0x20 && c < 0x7f && !(c >= 'A' && c <= 'Z') &&
               kForbiddenInNode.find(static_cast<char>(c)) == std::string_view::npos;
    });
}

bool is_plain_resource(std::string_view text) {
    return all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_plain_domain(std::string_view text) {
    return all_of(text, [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

/// A profile is read-only once it is open and may be used by any thread; opening one reads ICU's data.
class Profile {
public:
    explicit Profile(UStringPrepProfileType type) {
        UErrorCode status = U_ZERO_ERROR;
        profile_.reset(usprep_openByType(type, &status));
    }

    [[nodiscard]] Result<std::string> apply(std::string_view text) const {
        if (!profile_) return fail(Errc::internal, "ICU has no stringprep data");
        UErrorCode status = U_ZERO_ERROR;
        // Every code unit may become at most a few; parts are bounded by kMostPartBytes.
        std::vector<char16_t> source(text.size() + 1);
        std::int32_t size = 0;
        u_strFromUTF8(source.data(), static_cast<std::int32_t>(source.size()), &size, text.data(),
                      static_cast<std::int32_t>(text.size()), &status);
        std::vector<char16_t> prepared(static_cast<std::size_t>(size) * 4 + 16);
        const auto prepared_size =
            usprep_prepare(profile_.get(), source.data(), size, prepared.data(),
                           static_cast<std::int32_t>(prepared.size()), USPREP_ALLOW_UNASSIGNED, nullptr, &status);
        std::vector<char> utf8(static_cast<std::size_t>(std::max(prepared_size, 0)) * 3 + 1);
        std::int32_t bytes = 0;
        u_strToUTF8(utf8.data(), static_cast<std::int32_t>(utf8.size()), &bytes, prepared.data(), prepared_size,
                    &status);
        if (U_FAILURE(status) != 0) return fail(Errc::bad_input, u_errorName(status));
        return std::string(utf8.data(), static_cast<std::size_t>(bytes));
    }

private:
    struct Close {
        void operator()(UStringPrepProfile* profile) const noexcept { usprep_close(profile); }
    };
    std::unique_ptr<UStringPrepProfile, Close> profile_;
};

// Immutable after construction, so that sharing them is no shared state.
const Profile& node_profile() {
    static const Profile profile(USPREP_RFC3920_NODEPREP);
    return profile;
}

const Profile& resource_profile() {
    static const Profile profile(USPREP_RFC3920_RESOURCEPREP);
    return profile;
}

struct CloseIdna {
    void operator()(UIDNA* idna) const noexcept { uidna_close(idna); }
};

const UIDNA* uts46() {
    static const std::unique_ptr<UIDNA, CloseIdna> idna = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<UIDNA, CloseIdna>(
            uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_UNICODE | UIDNA_CHECK_BIDI, &status));
    }();
    return idna.get();
}

Result<> check_size(std::string_view text) {
    if (text.empty()) return fail(Errc::bad_input, "an empty part of a JID");
    if (text.size() > kMostPartBytes) return fail(Errc::bad_input, "a part of a JID over 1023 bytes");
    return {};
}

Result<std::string> prepare_by(const Profile& profile, std::string_view text) {
    if (!text::is_utf8(text)) return fail(Errc::bad_input, "a JID that is not UTF-8");
    auto prepared = profile.apply(text);
    if (!prepared) return prepared;
    if (auto size = check_size(*prepared); !size) return fail(size.error());
    return prepared;
}

}  // namespace

Result<std::string> prepare_node(std::string_view text) {
    if (auto size = check_size(text); !size) return fail(size.error());
    if (is_plain_node(text)) return std::string(text);
    auto prepared = prepare_by(node_profile(), text);
    if (!prepared) return prepared;
    // Nodeprep prohibits these, except where an older table leaves one open; a space maps to nothing allowed.
    for (const char c : *prepared) {
        if (c == ' ' || kForbiddenInNode.find(c) != std::string_view::npos) {
            return fail(Errc::bad_input, "a character that no local part may hold");
        }
    }
    return prepared;
}

Result<std::string> prepare_resource(std::string_view text) {
    if (auto size = check_size(text); !size) return fail(size.error());
    if (is_plain_resource(text)) return std::string(text);
    return prepare_by(resource_profile(), text);
}

Result<std::string> prepare_domain(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (auto size = check_size(text); !size) return fail(size.error());
    const bool has_empty_label = text.starts_with('.') || text.find("..") != std::string_view::npos;
    if (has_empty_label) return fail(Errc::bad_input, "an empty label in a domain");
    if (is_plain_domain(text)) return std::string(text);
    if (text.starts_with('[') && text.ends_with(']')) {
        const auto inner = text.substr(1, text.size() - 2);
        if (inner.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos && !inner.empty()) {
            return text::ascii_lower(text);
        }
        return fail(Errc::bad_input, "not an IPv6 address");
    }
    if (!text::is_utf8(text)) return fail(Errc::bad_input, "a domain that is not UTF-8");
    std::array<char, 4096> out{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const auto size = uidna_nameToUnicodeUTF8(uts46(), text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                                              static_cast<std::int32_t>(out.size()), &info, &status);
    if (U_FAILURE(status) != 0 || info.errors != 0) return fail(Errc::bad_input, "not a domain");
    std::string prepared(out.data(), static_cast<std::size_t>(size));
    // UTS 46 lets some ASCII through that no host name has and that would change how the JID is split.
    if (prepared.find_first_of(" \"&'/:<>@\\[]") != std::string::npos) return fail(Errc::bad_input, "not a domain");
    if (auto bytes = check_size(prepared); !bytes) return fail(bytes.error());
    return prepared;
}

}  // namespace causeway::xmpp::detail
