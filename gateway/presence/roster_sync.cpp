#include "gateway/presence/roster_sync.hpp"

namespace causeway::presence {
namespace {

using xmpp::xep0356::RosterItem;

/// Virtual hosts that may grant something; any domain could send adverts.
constexpr std::size_t kMostDomains = 256;
/// Servers read rosters from disk for this.
constexpr Millis kAnswerWithin{30'000};

Result<> judge(const Result<xml::Element>& answer) {
    if (!answer) return fail(answer.error());
    if (answer->attr("type") != "result") return fail(Errc::refused, "the server refused access to a roster");
    return {};
}

}  // namespace

bool RosterSync::on_advert(const xmpp::Stanza& stanza) {
    auto grants = xmpp::xep0356::read_advert(stanza);
    if (!grants) return false;
    const auto domain = std::string(stanza.head.from.domain());
    if (granted_.contains(domain) || granted_.size() < kMostDomains) granted_[domain] = std::move(*grants);
    return true;
}

bool RosterSync::on_push(const xmpp::Stanza& stanza) {
    const auto& head = stanza.head;
    if (head.kind != xmpp::StanzaKind::iq || head.type != "set" || !head.from.resource().empty())
        return false;
    if (!stanza.payload(xmpp::xep0356::kRosterNs) || !granted_.contains(head.from.domain())) return false;
    static_cast<void>(face_.outlet.send(xmpp::make_result(head)));
    return true;
}

bool RosterSync::may_write(const UserId& user) const {
    const auto found = granted_.find(translate::user_jid(user).domain());
    if (found == granted_.end()) return false;
    const auto& grants = found->second;
    return grants.version == 2 && grants.roster_get && grants.roster_set;
}

Task<Result<>> RosterSync::befriend(xmpp::Jid user, xmpp::Jid contact, std::string name) {
    auto roster = co_await requests_.ask(face_.component(), user, "get", xmpp::xep0356::make_roster_get(),
                                         face_.in(kAnswerWithin));
    if (auto read = judge(roster); !read) co_return read;
    auto item = xmpp::xep0356::find_item(*roster, contact.str());
    if (item && item->subscription == "both") co_return Result<>{};
    if (!item) item = RosterItem{contact.str(), std::move(name), "", {}};
    item->subscription = "both";
    const auto written = co_await requests_.ask(
        face_.component(), user, "set", xmpp::xep0356::make_roster_set(*item), face_.in(kAnswerWithin));
    co_return judge(written);
}

}  // namespace causeway::presence
