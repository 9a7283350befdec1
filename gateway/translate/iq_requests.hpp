#pragma once
/// @file gateway/translate/iq_requests.hpp
/// NAME       IqRequests: IQs that we ask, and their answers.
/// INVARIANTS Every request ends: by an answer from the very JID that was asked, by its deadline, or by the link's
///            loss. What is open is bounded.
#include <memory>
#include <string>
#include <unordered_map>

#include "component/stanza/stanza.hpp"
#include "gateway/base/async.hpp"
#include "gateway/base/context.hpp"
#include "gateway/translate/outlet.hpp"

namespace causeway::translate {

class IqRequests {
public:
    IqRequests(Executor executor, Outlet& outlet, Context context)
        : executor_(std::move(executor)), outlet_(outlet), context_(context) {}

    /// Sends `<iq type=…/>` with a fresh id around `payload`. @return the answer, of type result or error;
    /// timed_out, not_connected, rate_limited (too many are open)
    [[nodiscard]] Task<Result<xml::Element>> ask(xmpp::Jid from, xmpp::Jid to, std::string type,
                                                 xml::Element payload, SteadyTime deadline);
    /// Hands in an IQ of type result or error. @return false: nobody waits for it
    bool answer(const xmpp::Stanza& stanza);
    /// The link is lost: every open request fails with not_connected.
    void fail_all();

private:
    struct Open {
        explicit Open(const Executor& executor) : done(executor) {}
        xmpp::Jid asked;
        Gate done;
        std::optional<xml::Element> reply;
    };

    Executor executor_;
    Outlet& outlet_;
    Context context_;
    std::unordered_map<std::string, std::shared_ptr<Open>> open_;
};

}  // namespace causeway::translate
