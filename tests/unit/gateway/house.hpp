#pragma once
/// @file tests/unit/gateway/house.hpp
/// NAME       House: the gateway's core of one network, put together without a link, and the fixture of its tests.
/// WHY        Presence, rooms, chat and commands are tested as users meet them: stanzas in, stanzas out, calls of
///            the network in between. It routes as gateway/app/bridge.cpp does.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/search.hpp"
#include "gateway/translate/languages.hpp"
#include "gateway/translate/queries.hpp"
#include "tests/unit/gateway/doubles.hpp"
#include "tests/unit/gateway/fake_network.hpp"

namespace causeway::test {

inline constexpr std::string_view kRomeo = "romeo@home.test";

/// Waits are short enough for a test that has to see one end.
struct HouseSettings {
    accounts::SlotSettings slots{.backoff = {Millis{1}, Millis{1}, Millis{60'000}}};
    rooms::RoomServiceSettings rooms;
    presence::PresenceSettings presence{.settle_after_link = Millis{1}};
    delivery::LiveSender::Settings sender;
};

class House final : public accounts::SessionEvents {
public:
    explicit House(HouseSettings settings = {});
    ~House() override;
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    // accounts::SessionEvents
    [[nodiscard]] Task<Result<>> on_deliver(std::shared_ptr<accounts::Slot> slot,
                                            adapter::Event event) override;
    [[nodiscard]] Task<> on_event(std::shared_ptr<accounts::Slot> slot, adapter::EventBody event) override;
    void on_hint(const std::shared_ptr<accounts::Slot>& slot, adapter::EventBody event) override;
    void on_report(const std::shared_ptr<accounts::Slot>& slot, const MessageKey& key,
                   model::DeliveryStage stage, const std::optional<Error>& error) override;
    void on_state(const std::shared_ptr<accounts::Slot>& slot, const std::string& reason) override;

    /// A stanza from a user, and everything that follows at once.
    void receive(std::string_view xml);
    /// One of several stanzas that come with one read of the socket: what follows from it has not happened yet.
    void read(std::string_view xml);
    /// Something that the network of the newest session tells.
    void tell(adapter::EventBody event);
    /// What users were sent since the last call, one line a stanza.
    [[nodiscard]] std::vector<std::string> sent();
    /// What the network was asked since the last call.
    [[nodiscard]] std::vector<std::string> asked() { return std::exchange(network.calls, {}); }
    [[nodiscard]] accounts::AccountPtr account(std::string_view user = kRomeo) const {
        return accounts.find(UserId{std::string(user)});
    }
    [[nodiscard]] std::shared_ptr<accounts::Slot> slot(std::string_view user = kRomeo);

    Loop loop;
    FakeClock clock;
    SeededRandom random;
    Metrics metrics;
    Context context{clock, random, metrics, {}};
    FakeNetwork network;
    RecordingOutlet outlet;
    MemoryStore store;
    NetworkName name{"fake"};
    security::Vault vault;
    translate::AddressBook addresses;
    accounts::Accounts accounts;
    translate::Languages languages;
    translate::Face face;
    accounts::SessionGauges gauges;
    accounts::Supervisor supervisor;
    delivery::LiveSender sender;
    translate::IqRequests requests;
    translate::Chat chat;
    rooms::RoomService rooms;
    presence::PresenceService presence;
    commands::Registration registration;
    commands::Commands commands;
    commands::Search search;
    translate::Queries queries;
    log::Level log_level = log::Level::info;  ///< what an administrator has set
    std::vector<std::string> states;          ///< every state that a slot has moved to, in order

private:
    void route_presence(const xmpp::Stanza& stanza, const translate::Entity& entity);
    void route_message(const xmpp::Stanza& stanza, const translate::Entity& entity);
    void route_iq(const xmpp::Stanza& stanza, const translate::Entity& entity);
    void show(const std::shared_ptr<accounts::Slot>& slot, const adapter::EventBody& event);
};

/// The fixture most tests need: one house, and romeo in it.
class HouseTest : public ::testing::Test {
protected:
    explicit HouseTest(HouseSettings settings = {}) : house(std::move(settings)) {}

    /// Romeo's resource enters #hall as romeo; what that made is forgotten.
    void enter_hall(std::string_view resource = "a");
    /// Romeo sees the contact and is online; what that made is forgotten.
    void befriend(const std::string& contact);
    void come_online(std::string_view resource = "a");
    void forget_so_far();

    House house;
};

}  // namespace causeway::test
