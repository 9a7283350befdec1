#include "legacy-adapters/irc/watch.hpp"

#include <algorithm>

namespace causeway::irc {

namespace {

constexpr std::size_t kMaxLineBytes = 400;
constexpr std::size_t kUserhostNicks = 5;  // RFC 1459 §5.7
constexpr int kPatience = 3;               // polls without an answer until a question counts as lost

template <class Use>
void for_each_item(std::string_view list, char separator, Use use) {
    while (!list.empty()) {
        const auto item = list.substr(0, list.find(separator));
        list.remove_prefix(std::min(item.size() + 1, list.size()));
        if (!item.empty()) use(item);
    }
}

std::string_view nick_of(std::string_view source) {
    return source.substr(0, source.find('!'));
}

/// The nicks of the question that an answer belongs to, which is no longer under way then. Answers come in the order
/// of the questions: an answer that names somebody belongs to the oldest question after that one, and what was asked
/// before has been lost. One that fits no question came after its question was given up: it says nothing of others.
std::vector<std::string> take_question(std::vector<std::vector<std::string>>& asked,
                                       const std::string& folded) {
    auto question = asked.begin();
    if (!folded.empty()) {
        question = std::ranges::find_if(
            asked, [&](const auto& nicks) { return std::ranges::find(nicks, folded) != nicks.end(); });
    }
    if (question == asked.end()) return {};
    auto nicks = std::move(*question);
    asked.erase(asked.begin(), question + 1);
    return nicks;
}

/// Gathers nicks into lines of `start nick<separator>nick…`, with what each line asks for.
class LineMaker {
public:
    LineMaker(std::string start, char separator, std::size_t most)
        : start_(std::move(start)), separator_(separator), most_(most) {}

    void add(std::string_view nick, const std::string& folded) {
        const bool full = !groups_.empty() && (groups_.back().size() >= most_ ||
                                               lines_.back().size() + nick.size() + 1 > kMaxLineBytes);
        if (groups_.empty() || full) {
            lines_.push_back(start_);
            groups_.emplace_back();
        } else {
            lines_.back() += separator_;
        }
        lines_.back() += nick;
        groups_.back().push_back(folded);
    }
    void finish(std::vector<std::string>& lines, std::vector<std::vector<std::string>>* asked) {
        for (auto& line : lines_) lines.push_back(std::move(line) + "\r\n");
        if (asked != nullptr) std::ranges::move(groups_, std::back_inserter(*asked));
    }

private:
    std::string start_;
    char separator_;
    std::size_t most_;
    std::vector<std::string> lines_;
    std::vector<std::vector<std::string>> groups_;
};

}  // namespace

Watch::Contact* Watch::find(std::string_view nick) {
    if (contacts_.empty()) return nullptr;
    const auto found = contacts_.find(me_.isupport.fold(nick));
    return found == contacts_.end() ? nullptr : &found->second;
}

void Watch::add(std::string_view nick, ContactId contact) {
    Contact& entry = contacts_[me_.isupport.fold(nick)];
    entry.nick = nick;
    entry.id = std::move(contact);
    entry.presence.reset();
    entry.ask_ison = true;
    dirty_ = true;
}

void Watch::remove(std::string_view nick) {
    const auto found = contacts_.find(me_.isupport.fold(nick));
    if (found == contacts_.end()) return;
    if (found->second.monitored) to_unmonitor_.push_back(found->second.nick);
    contacts_.erase(found);
    dirty_ = true;
}

void Watch::rekey() {
    std::map<std::string, Contact> fresh;
    for (auto& [folded, contact] : contacts_) {
        std::string key = me_.isupport.fold(contact.nick);
        fresh.insert_or_assign(std::move(key), std::move(contact));
    }
    contacts_ = std::move(fresh);
}

std::vector<std::string> Watch::lines() {
    std::vector<std::string> lines;
    if (!dirty_) return lines;
    dirty_ = false;
    if (me_.isupport.monitor) monitor_lines(lines);
    to_unmonitor_.clear();
    question_lines(lines);
    return lines;
}

void Watch::monitor_lines(std::vector<std::string>& lines) {
    constexpr std::size_t kNoLimit = 10'000;
    LineMaker removing("MONITOR - ", ',', kNoLimit);
    for (const auto& nick : to_unmonitor_) removing.add(nick, {});
    removing.finish(lines, nullptr);

    LineMaker adding("MONITOR + ", ',', kNoLimit);
    for (auto& [folded, contact] : contacts_) {
        if (contact.polled_only || !contact.ask_ison) continue;
        contact.ask_ison = false;
        contact.monitored = true;
        adding.add(contact.nick, folded);
    }
    adding.finish(lines, nullptr);
}

void Watch::question_lines(std::vector<std::string>& lines) {
    LineMaker ison("ISON ", ' ', 64);
    LineMaker userhost("USERHOST ", ' ', kUserhostNicks);
    for (auto& [folded, contact] : contacts_) {
        if (std::exchange(contact.ask_ison, false))
            ison.add(contact.nick, folded);
        else if (std::exchange(contact.ask_userhost, false))
            userhost.add(contact.nick, folded);
    }
    ison.finish(lines, &ison_asked_);
    userhost.finish(lines, &userhost_asked_);
}

void Watch::poll() {
    if (contacts_.empty()) return;
    if (!(ison_asked_.empty() && userhost_asked_.empty()) && ++skipped_polls_ < kPatience) return;
    skipped_polls_ = 0;
    ison_asked_.clear();
    userhost_asked_.clear();
    for (auto& [folded, contact] : contacts_) {
        const bool is_there = contact.presence && contact.presence->show != model::Availability::offline;
        if (!contact.monitored)
            contact.ask_ison = true;
        else if (!contact.presence || (is_there && !away_is_told()))
            contact.ask_userhost = true;  // who was never told of has been asked for in vain
    }
    dirty_ = true;
}

void Watch::on_monitor_online(std::string_view list) {
    for_each_item(list, ',', [this](std::string_view source) {
        Contact* contact = find(nick_of(source));
        if (contact == nullptr) return;
        contact->ask_userhost = true;  // here, but perhaps away: reported when that is known
        dirty_ = true;
    });
}

void Watch::on_monitor_offline(std::string_view list, Hints& hints) {
    for_each_item(list, ',', [&](std::string_view source) { seen_gone(nick_of(source), hints); });
}

void Watch::on_monitor_full(std::string_view list) {
    for_each_item(list, ',', [this](std::string_view nick) {
        Contact* contact = find(nick);
        if (contact == nullptr) return;
        contact->monitored = false;
        contact->polled_only = true;
        contact->ask_ison = true;
        dirty_ = true;
    });
}

void Watch::on_ison(std::string_view nicks, Hints& hints) {
    auto missing = take_question(ison_asked_, me_.isupport.fold(nicks.substr(0, nicks.find(' '))));
    for_each_item(nicks, ' ', [&](std::string_view nick) {
        std::erase(missing, me_.isupport.fold(nick));
        if (Contact* contact = find(nick)) {
            contact->ask_userhost = true;
            dirty_ = true;
        }
    });
    for (const auto& nick : missing) seen_gone(nick, hints);
}

void Watch::on_userhost(std::string_view replies, Hints& hints) {
    auto missing =
        take_question(userhost_asked_, me_.isupport.fold(replies.substr(0, replies.find_first_of("*="))));
    for_each_item(replies, ' ', [&](std::string_view reply) {  // nick*=-user@host: `*` operator, `-` away
        const auto equals = reply.find('=');
        if (equals == std::string_view::npos || equals + 1 >= reply.size()) return;
        auto nick = reply.substr(0, equals);
        if (nick.ends_with('*')) nick.remove_suffix(1);
        std::erase(missing, me_.isupport.fold(nick));
        Contact* contact = find(nick);
        if (contact == nullptr) return;
        const bool away = reply[equals + 1] == '-';
        std::string status = away && contact->presence ? contact->presence->status : std::string{};
        seen_away(nick, away, std::move(status), hints);
    });
    for (const auto& nick : missing) {
        const Contact* contact = find(nick);
        if (contact != nullptr && !contact->monitored) seen_gone(nick, hints);  // MONITOR tells it by itself
    }
}

void Watch::report(Contact& contact, model::Presence presence, Hints& hints) {
    if (contact.presence == presence) return;
    contact.presence = presence;
    hints.emplace_back(adapter::EventPresence{contact.id, std::move(presence)});
}

void Watch::seen(std::string_view nick, Hints& hints) {
    Contact* contact = find(nick);
    if (contact == nullptr) return;
    const bool is_there = contact->presence && contact->presence->show != model::Availability::offline;
    if (is_there) return;  // whether away or not, that is known better already
    report(*contact, {.show = model::Availability::online, .status = {}}, hints);
    contact->ask_userhost = !away_is_told() || !contact->monitored;
    dirty_ = true;
}

void Watch::seen_away(std::string_view nick, bool away, std::string status, Hints& hints) {
    Contact* contact = find(nick);
    if (contact == nullptr) return;
    const auto show = away ? model::Availability::away : model::Availability::online;
    report(*contact, {.show = show, .status = away ? std::move(status) : std::string{}}, hints);
}

void Watch::seen_gone(std::string_view nick, Hints& hints) {
    Contact* contact = find(nick);
    if (contact == nullptr) return;
    contact->ask_userhost = false;
    report(*contact, {.show = model::Availability::offline, .status = {}}, hints);
}

void Watch::reset(Hints& hints) {
    ison_asked_.clear();
    userhost_asked_.clear();
    to_unmonitor_.clear();
    for (auto& [folded, contact] : contacts_) {
        if (contact.presence && contact.presence->show != model::Availability::offline) {
            hints.emplace_back(adapter::EventPresence{contact.id, {}});
        }
        contact.presence.reset();
        contact.monitored = contact.polled_only = contact.ask_userhost = false;
        contact.ask_ison = true;
    }
    dirty_ = true;
}

}  // namespace causeway::irc
