#pragma once
/// @file legacy-adapters/irc/watch.hpp
/// NAME       Watch: the presence of contacts, by MONITOR where the server has it, by ISON and USERHOST else.
/// WHY        ISON tells who is there and costs little; USERHOST tells who is away, five at a time. So: ISON for
///            all, USERHOST for those who are there; what people do in sight updates them at once.
/// INVARIANTS A change is reported once. The first state of a contact is always reported. Sans-IO.
/// TESTS      tests/unit/irc/watch_test.cpp
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/adapter/event.hpp"
#include "legacy-adapters/irc/identity.hpp"

namespace causeway::irc {

class Watch {
public:
    using Hints = std::vector<adapter::EventBody>;

    explicit Watch(const Identity& me) : me_(me) {}

    void add(std::string_view nick, ContactId contact);
    void remove(std::string_view nick);
    [[nodiscard]] bool has(std::string_view nick) const {
        return contacts_.contains(me_.isupport.fold(nick));
    }

    /// The server has told its CASEMAPPING: names are compared by it from now on.
    void rekey();
    /// Lines that what happened since the last call asks for. Only when registered.
    [[nodiscard]] std::vector<std::string> lines();
    [[nodiscard]] bool wants_lines() const noexcept { return dirty_; }
    /// From the shared sweep: asks for everything that nobody tells us by itself.
    void poll();

    // ---- replies
    void on_monitor_online(std::string_view list);                 ///< 730: nick!user@host,…
    void on_monitor_offline(std::string_view list, Hints& hints);  ///< 731
    void on_monitor_full(std::string_view list);                   ///< 734: these are polled instead
    void on_ison(std::string_view nicks, Hints& hints);            ///< 303
    void on_userhost(std::string_view replies, Hints& hints);      ///< 302

    // ---- in sight
    void seen(std::string_view nick, Hints& hints);
    void seen_away(std::string_view nick, bool away, std::string status, Hints& hints);
    void seen_gone(std::string_view nick, Hints& hints);

    /// The connection is gone: nobody is known to be there.
    void reset(Hints& hints);

private:
    struct Contact {
        std::string nick;
        ContactId id;
        std::optional<model::Presence> presence;  ///< as last reported
        bool monitored = false;
        bool polled_only = false;  ///< the server's MONITOR list is full
        bool ask_ison = true;
        bool ask_userhost = false;
    };
    using Asked = std::vector<std::vector<std::string>>;  ///< folded nicks of each question under way

    [[nodiscard]] Contact* find(std::string_view nick);
    void report(Contact& contact, model::Presence presence, Hints& hints);
    void monitor_lines(std::vector<std::string>& lines);
    void question_lines(std::vector<std::string>& lines);
    [[nodiscard]] bool away_is_told() const noexcept {
        return me_.caps.has(Cap::extended_monitor) && me_.caps.has(Cap::away_notify);
    }

    const Identity& me_;
    std::map<std::string, Contact> contacts_;  ///< by folded nick
    std::vector<std::string> to_unmonitor_;
    Asked ison_asked_;
    Asked userhost_asked_;
    int skipped_polls_ = 0;
    bool dirty_ = false;
};

}  // namespace causeway::irc
