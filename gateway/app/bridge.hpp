#pragma once
/// @file gateway/app/bridge.hpp
/// NAME       Bridge: everything of one network, put together: link, adapter, accounts, presence, rooms, chat.
/// WHY        The only place that knows all parts; it hands each stanza and each event to the one whose matter it is.
/// INVARIANTS Every IQ request is answered exactly once (GW-COMP-011); nothing of a stranger's reaches a part.
/// TESTS      tests/e2e/
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "component/stream/link.hpp"
#include "gateway/accounts/supervisor.hpp"
#include "gateway/app/intake.hpp"
#include "gateway/app/link_outlet.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/search.hpp"
#include "gateway/delivery/desk.hpp"
#include "gateway/delivery/live_sender.hpp"
#include "gateway/presence/presence_service.hpp"
#include "gateway/rooms/room_service.hpp"
#include "gateway/security/policy.hpp"
#include "gateway/security/rate_limit.hpp"
#include "gateway/translate/chat.hpp"
#include "gateway/translate/iq_requests.hpp"
#include "gateway/translate/kept_chat.hpp"
#include "gateway/translate/languages.hpp"
#include "gateway/translate/queries.hpp"

namespace causeway::app {

struct BridgeSettings {
    NetworkName name;
    xmpp::LinkSettings link;
    security::Policy policy;
    security::RateSettings messages;
    security::RateSettings joins;
    accounts::SlotSettings slots;
    std::function<void(log::Level)> set_log_level;  ///< may be empty: then nothing changes
};

class Bridge final : public xmpp::LinkHandler, public accounts::SessionEvents {
public:
    Bridge(Executor executor, BridgeSettings settings, std::unique_ptr<adapter::Network> network,
           store::Store& store, delivery::Sequence& sequence, const security::Vault& vault, Context context);
    ~Bridge() override;

    /// Loads the session map. @return storage
    [[nodiscard]] Task<Result<>> prepare();
    void start();
    /// Reads what the server had queued, tells everybody, logs out, closes. Nothing is left scheduled.
    [[nodiscard]] Task<> stop(std::string goodbye, SteadyTime deadline);

    [[nodiscard]] bool ready() const noexcept;
    [[nodiscard]] boost::json::object status() const;
    [[nodiscard]] const NetworkName& name() const noexcept { return settings_.name; }
    [[nodiscard]] delivery::Ledger& ledger() noexcept { return ledger_; }
    /// Too full for more, and why; or not any more. What is kept goes on being delivered.
    void disk_is(const std::optional<std::string>& low);
    /// What can be changed while running: link, access, limits (SIGHUP).
    void reconfigure(BridgeSettings settings);

    // xmpp::LinkHandler
    void on_stanza(xmpp::Stanza stanza) override;
    void on_oversize(xmpp::StanzaHead head, std::string_view limit) override;
    void on_up() override;
    void on_down(const Error& why) override;

    // accounts::SessionEvents
    [[nodiscard]] Task<Result<>> on_deliver(std::shared_ptr<accounts::Slot> slot,
                                            adapter::Event event) override;
    [[nodiscard]] Task<> on_event(std::shared_ptr<accounts::Slot> slot, adapter::EventBody event) override;
    void on_hint(const std::shared_ptr<accounts::Slot>& slot, adapter::EventBody event) override;
    void on_report(const std::shared_ptr<accounts::Slot>& slot, const MessageKey& key,
                   model::DeliveryStage stage, const std::optional<Error>& error) override;
    void on_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason) override;

private:
    [[nodiscard]] translate::Face face() noexcept;
    void refuse_late(const xmpp::Stanza& stanza);
    void refuse_unkept(const xmpp::Stanza& stanza);
    void refuse_stranger(const xmpp::Stanza& stanza);
    void to_nobody(const xmpp::Stanza& stanza, const Error& why);
    void on_message(const xmpp::Stanza& stanza, const translate::Entity& entity, const UserId& user);
    void on_presence(const xmpp::Stanza& stanza, const translate::Entity& entity, const UserId& user);
    void on_iq(const xmpp::Stanza& stanza, const translate::Entity& entity, const UserId& user);
    [[nodiscard]] bool within(security::RateLimit& limiter, const xmpp::Stanza& stanza, const UserId& user);
    [[nodiscard]] accounts::AccountPtr account_for_use(const xmpp::Stanza& stanza,
                                                       const translate::Entity& entity);
    void show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventBody& event);
    [[nodiscard]] bool keeps_messages() const noexcept;
    [[nodiscard]] adapter::EventMessage* to_be_kept(adapter::EventBody& event) const noexcept;
    [[nodiscard]] Task<> keep_live(std::shared_ptr<accounts::Slot> slot, adapter::EventMessage event);

    Executor executor_;
    BridgeSettings settings_;
    Context context_;
    std::unique_ptr<adapter::Network> network_;
    xmpp::Link link_;
    LinkOutlet outlet_;
    translate::AddressBook addresses_;
    accounts::Accounts accounts_;
    translate::Languages languages_;
    accounts::SessionGauges gauges_;
    accounts::Supervisor supervisor_;
    delivery::LiveSender sender_;
    delivery::Ledger ledger_;
    delivery::Desk desk_;
    Intake intake_;
    translate::IqRequests requests_;
    translate::Chat chat_;
    translate::KeptChat kept_chat_;
    rooms::RoomService rooms_;
    presence::RosterSync rosters_;
    presence::PresenceService presence_;
    commands::Registration registration_;
    commands::Commands commands_;
    commands::Search search_;
    translate::Queries queries_;
    security::RateLimit message_limiter_;
    security::RateLimit join_limiter_;
    security::RateLimit request_limiter_;
    Counter& strangers_;
    std::vector<store::JoinRow> left_joins_;  ///< what a crash left; taken up when the link is first up
    bool closing_ = false;
};

}  // namespace causeway::app
