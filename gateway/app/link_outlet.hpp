#pragma once
/// @file gateway/app/link_outlet.hpp
/// NAME       LinkOutlet: the Outlet that writes to a Link, and counts what could not be written.
#include "component/stream/link.hpp"
#include "gateway/translate/outlet.hpp"

namespace causeway::app {

class LinkOutlet final : public translate::Outlet {
public:
    LinkOutlet(xmpp::Link& link, const std::string& network, Context context);

    Result<> send(const xml::Element& stanza) override;
    Result<> send_written(std::string_view stanza) override;
    [[nodiscard]] Task<> writable() override;
    [[nodiscard]] bool is_writable() const noexcept override;
    [[nodiscard]] Task<Result<>> barrier(SteadyTime deadline) override;

private:
    Result<> count(Result<> sent);

    xmpp::Link& link_;
    Context context_;
    std::string network_;
    Counter& unsent_;
};

}  // namespace causeway::app
