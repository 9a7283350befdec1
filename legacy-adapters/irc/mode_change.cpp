#include "legacy-adapters/irc/mode_change.hpp"

#include <array>
#include <utility>

#include "gateway/base/text.hpp"

namespace causeway::irc {

namespace {

constexpr std::size_t kMaxKey = 64;

/// Characters that servers cut keys at, or take for several, or that end the line.
bool is_key(std::string_view key) {
    return key.size() <= kMaxKey && !key.starts_with(':') && !text::has_line_break(key) &&
           key.find_first_of(" ,") == std::string_view::npos;
}

}  // namespace

std::vector<std::vector<std::string>> ModeChange::lines(std::size_t most) const {
    std::vector<std::vector<std::string>> lines;
    std::size_t with_parameter = 0;
    char sign = '\0';
    for (const auto& change : changes_) {
        const bool full = !change.parameter.empty() && with_parameter >= most;
        if (lines.empty() || full) {
            lines.emplace_back(1);
            with_parameter = 0;
            sign = '\0';
        }
        auto& line = lines.back();
        const char wanted = change.setting ? '+' : '-';
        if (std::exchange(sign, wanted) != wanted) line.front() += wanted;
        line.front() += change.mode;
        if (change.parameter.empty()) continue;
        line.push_back(change.parameter);
        ++with_parameter;
    }
    return lines;
}

Result<ModeChange> mode_change_of(const Isupport& server, const model::RoomSettings& now,
                                  const model::RoomSettings& wanted, bool is_private) {
    struct Flag {
        char mode = 0;
        std::optional<bool> now;
        std::optional<bool> wanted;
    };
    const char registered = server.registered_mode();
    const std::array<Flag, 6> flags{{{'m', now.moderated, wanted.moderated},
                                     {'i', now.invite_only, wanted.invite_only},
                                     {'t', now.topic_protected, wanted.topic_protected},
                                     {'s', now.hidden, wanted.hidden},
                                     {'n', now.members_only_talk, wanted.members_only_talk},
                                     {registered, now.registered_only, wanted.registered_only}}};
    ModeChange change;
    for (const Flag& flag : flags) {
        if (!flag.wanted) continue;
        if (flag.mode == '\0' || !server.has_flag(flag.mode))
            return fail(Errc::unsupported, "the IRC server has no such channel mode");
        if (flag.now == flag.wanted) continue;
        const bool is_only_private = flag.mode == 's' && !*flag.wanted && is_private;
        if (is_only_private) change.add(false, 'p');
        change.add(*flag.wanted, flag.mode);
    }
    if (wanted.max_members) {
        if (!server.has_limit()) return fail(Errc::unsupported, "the IRC server has no limit of members");
        if (now.max_members != wanted.max_members) {
            const bool limits = *wanted.max_members != 0;
            change.add(limits, 'l', limits ? std::to_string(*wanted.max_members) : std::string{});
        }
    }
    if (wanted.password) {
        if (!server.has_key()) return fail(Errc::unsupported, "the IRC server has no keys");
        if (!is_key(*wanted.password)) return fail(Errc::bad_input, "impossible key");
        const bool differs = now.password != wanted.password;
        // Servers refuse a new key while there is one, and take the old one away whatever it is called.
        if (differs && now.password && !now.password->empty()) change.add(false, 'k', *now.password);
        if (differs && !wanted.password->empty()) change.add(true, 'k', *wanted.password);
        if (differs && !now.password && wanted.password->empty()) change.add(false, 'k', "*");
    }
    return change;
}

}  // namespace causeway::irc
