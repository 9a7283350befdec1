#pragma once
/// @file gateway/app/link_outlet.hpp
/// NAME       LinkOutlet: the Outlet that writes to a Link, counts what could not be written, and finds out what the
///            server has taken: one barrier a second while something is sent.
#include "component/stream/link.hpp"
#include "gateway/translate/outlet.hpp"

namespace causeway::app {

class LinkOutlet final : public translate::Outlet {
public:
    LinkOutlet(Executor executor, xmpp::Link& link, const std::string& network, Context context);

    Result<> send(const xml::Element& stanza) override;
    Result<> send_written(std::string_view stanza) override;
    [[nodiscard]] Task<> writable() override;
    [[nodiscard]] Task<Result<>> barrier(SteadyTime deadline) override;
    [[nodiscard]] SteadyTime taken_until() const noexcept override { return taken_until_; }

private:
    Result<> count(Result<> sent);
    [[nodiscard]] Task<> find_out();

    Executor executor_;
    xmpp::Link& link_;
    Context context_;
    std::string network_;
    Counter& unsent_;
    SteadyTime taken_until_ = SteadyTime::min();
    bool finding_out_ = false;
    bool sent_since_ = false;  ///< since the last barrier
};

}  // namespace causeway::app
