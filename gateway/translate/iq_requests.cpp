#include "gateway/translate/iq_requests.hpp"

namespace causeway::translate {
namespace {
constexpr std::size_t kMostOpen = 20'000;
}

Task<Result<xml::Element>> IqRequests::ask(xmpp::Jid from, xmpp::Jid to, std::string type,
                                           xml::Element payload, SteadyTime deadline) {
    if (open_.size() >= kMostOpen) co_return fail(Errc::rate_limited, "too many open IQs");
    const auto id = "q-" + context_.random.token();
    auto iq = xmpp::make_stanza(xmpp::StanzaKind::iq, from, to, type, id);
    iq.add(std::move(payload));
    if (auto sent = outlet_.send(iq); !sent) co_return fail(sent.error());

    const auto open = std::make_shared<Open>(executor_);
    open->asked = to;
    open_.emplace(id, open);
    const bool in_time = co_await open->done.wait(deadline);
    open_.erase(id);
    if (open->reply) co_return std::move(*open->reply);
    if (!in_time) co_return fail(Errc::timed_out, "no answer to an IQ");
    co_return fail(Errc::not_connected, "the link was lost");
}

bool IqRequests::answer(const xmpp::Stanza& stanza) {
    const auto found = open_.find(stanza.head.id);
    // Only the one who was asked may answer: ids alone could be guessed.
    if (found == open_.end() || found->second->asked != stanza.head.from) return false;
    found->second->reply = stanza.element;
    found->second->done.open();
    return true;
}

void IqRequests::fail_all() {
    for (auto& [id, open] : open_) open->done.open();
}

}  // namespace causeway::translate
