#include "tests/unit/store/store_suite.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace causeway::store::testing {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreSuite);

namespace {

TEST_P(StoreSuite, EverythingPutIsThereAfterReopening) {
    const ContactRow contact{AccountId("a"), ContactId("bob"), "bob%irc.example", Decision::subscribed,
                             Decision::refused};
    const JoinRow join{AccountId("a"),        RoomId("#c"), "#c%irc.example",
                       "a@example.org/phone", "alice",      "v1:key"};
    {
        auto store = open();
        ASSERT_TRUE(commit(*store, {PutAccount{account("a")}, PutContact{contact}, PutJoin{join},
                                    PutNetworkRecord{NetworkName("irc"), "room:#c", "alice\n"},
                                    PutNetworkRecord{NetworkName("irc"), "running", "1"},
                                    PutNetworkRecord{NetworkName("irc"), "running", ""},
                                    PutNetworkRecord{NetworkName("other"), "running", "1"},
                                    PutRecord{AccountId("a"), "cursor", std::string("\0\xff", 2)},
                                    PutOptions{{AccountId("a"), EndpointId("irc.example"), "v1:old"}},
                                    PutOptions{{AccountId("a"), EndpointId("irc.example"), "v1:set"}},
                                    PutNetworkSecret{NetworkName("irc"), "v1:room"}}));
        await(store->close());
    }
    auto store = open();
    const auto rows = load(*store);
    ASSERT_EQ(rows.accounts.size(), 1U);
    EXPECT_EQ(rows.accounts[0].user.str(), "a@example.org");
    EXPECT_TRUE(rows.accounts[0].registered);
    EXPECT_FALSE(rows.accounts[0].logged_out);
    EXPECT_EQ(rows.accounts[0].sealed_credentials, "v1:sealed-a");
    EXPECT_EQ(rows.accounts[0].created, account("a").created);
    ASSERT_EQ(rows.contacts.size(), 1U);
    EXPECT_EQ(rows.contacts[0].address, contact.address);
    EXPECT_EQ(rows.contacts[0].user_sees, Decision::subscribed);
    EXPECT_EQ(rows.contacts[0].contact_sees, Decision::refused);
    ASSERT_EQ(rows.joins.size(), 1U);
    EXPECT_EQ(rows.joins[0].resource_jid, join.resource_jid);
    EXPECT_EQ(rows.joins[0].sealed_password, "v1:key");
    EXPECT_EQ(rows.records.size(), 1U);
    EXPECT_EQ(rows.records.at("room:#c"), "alice\n");
    ASSERT_EQ(rows.options.size(), 1U);
    EXPECT_EQ(rows.options[0].account.str(), "a");
    EXPECT_EQ(rows.options[0].endpoint.str(), "irc.example");
    EXPECT_EQ(rows.options[0].sealed, "v1:set");
    EXPECT_EQ(rows.accounts[0].preferences, Preferences{});
    EXPECT_EQ(rows.sealed_network_secret, "v1:room");
    EXPECT_EQ(await(store->record(AccountId("a"), "cursor")).value(), std::string("\0\xff", 2));
    EXPECT_EQ(await(store->record(AccountId("a"), "other")).value(), std::nullopt);
    EXPECT_TRUE(load(*store, "sms").accounts.empty());
}

TEST_P(StoreSuite, PuttingAgainReplaces) {
    auto store = open();
    ASSERT_TRUE(commit(*store, {PutAccount{account("a")}}));
    auto changed = account("a");
    changed.logged_out = true;
    changed.sealed_credentials.clear();
    changed.preferences = {"de", false, false};
    ASSERT_TRUE(commit(*store, {PutAccount{changed}}));
    const auto rows = load(*store);
    ASSERT_EQ(rows.accounts.size(), 1U);
    EXPECT_TRUE(rows.accounts[0].logged_out);
    EXPECT_EQ(rows.accounts[0].preferences, changed.preferences);
    EXPECT_TRUE(await(store->all_sealed()).value().empty());
}

TEST_P(StoreSuite, RemovingAnAccountTakesEverythingOfIt) {
    auto store = open();
    ASSERT_TRUE(commit(
        *store,
        {PutAccount{account("a")}, PutAccount{account("b")},
         PutContact{{AccountId("a"), ContactId("c"), "c"}}, PutContact{{AccountId("b"), ContactId("c"), "c"}},
         PutJoin{{AccountId("a"), RoomId("#r"), "#r", "a@example.org/x", "n", ""}},
         PutOptions{{AccountId("a"), EndpointId("e"), "v1:set"}}, PutRecord{AccountId("a"), "k", "v"}}));
    ASSERT_TRUE(commit(*store, {RemoveAccount{AccountId("a")}}));
    const auto rows = load(*store);
    ASSERT_EQ(rows.accounts.size(), 1U);
    ASSERT_EQ(rows.contacts.size(), 1U);
    EXPECT_EQ(rows.contacts[0].account.str(), "b");
    EXPECT_TRUE(rows.joins.empty());
    EXPECT_TRUE(rows.options.empty());
    EXPECT_EQ(await(store->record(AccountId("a"), "k")).value(), std::nullopt);
}

TEST_P(StoreSuite, SingleRowsCanBeRemoved) {
    auto store = open();
    const auto join = [](const char* room, const char* resource) {
        return PutJoin{{AccountId("a"), RoomId(room), room, resource, "n", ""}};
    };
    ASSERT_TRUE(commit(
        *store, {PutAccount{account("a")}, join("#r", "a@e/1"), join("#r", "a@e/2"), join("#s", "a@e/1"),
                 PutContact{{AccountId("a"), ContactId("c"), "c"}}, PutRecord{AccountId("a"), "k", "v"}}));
    ASSERT_TRUE(
        commit(*store, {RemoveJoin{AccountId("a"), RoomId("#r"), "a@e/1"},
                        RemoveContact{AccountId("a"), ContactId("c")}, PutRecord{AccountId("a"), "k", ""}}));
    auto rows = load(*store);
    EXPECT_EQ(rows.joins.size(), 2U);
    EXPECT_TRUE(rows.contacts.empty());
    EXPECT_EQ(await(store->record(AccountId("a"), "k")).value(), std::nullopt);
    ASSERT_TRUE(commit(*store, {RemoveJoin{AccountId("a"), RoomId("#r"), ""}}));
    rows = load(*store);
    ASSERT_EQ(rows.joins.size(), 1U);
    EXPECT_EQ(rows.joins[0].room.str(), "#s");
}

TEST_P(StoreSuite, SealedValuesNameTheirOwner) {
    auto store = open();
    ASSERT_TRUE(
        commit(*store, {PutAccount{account("a")}, PutOptions{{AccountId("a"), EndpointId("e"), "v1:o"}},
                        PutNetworkSecret{NetworkName("irc"), "v1:s"}}));
    const auto sealed = await(store->all_sealed()).value();
    ASSERT_EQ(sealed.size(), 3U);
    EXPECT_EQ(sealed[0].owner, "account:a");
    EXPECT_EQ(sealed[1].owner, "account:a/options:e");
    EXPECT_EQ(sealed[1].sealed, "v1:o");
    EXPECT_EQ(sealed[2].owner, "network:irc");
    EXPECT_EQ(sealed[2].sealed, "v1:s");
}

TEST_P(StoreSuite, BadBatchFailsAloneAndWhole) {
    auto store = open();
    std::vector<std::optional<Result<>>> results(3);
    const auto start = [&](std::size_t at, Batch batch) {
        asio::co_spawn(
            loop, store->commit(std::move(batch)),
            [&results, at](const std::exception_ptr&, Result<> result) { results[at] = std::move(result); });
    };
    start(0, {PutAccount{account("a")}});
    // Its first change is fine, its second belongs to an account that is not there: none is kept.
    start(1, {PutAccount{account("b")}, PutRecord{AccountId("nobody"), "k", "v"}});
    start(2, {PutAccount{account("c")}});
    loop.run();
    EXPECT_TRUE(results[0]->has_value());
    ASSERT_FALSE(results[1]->has_value());
    EXPECT_EQ(results[1]->error().code, Errc::storage);
    EXPECT_TRUE(results[2]->has_value());
    const auto rows = load(*store);
    ASSERT_EQ(rows.accounts.size(), 2U);
    EXPECT_EQ(rows.accounts[1].id.str(), "c");
    EXPECT_THAT(metrics.text(), ::testing::HasSubstr("causeway_store_commits_total{outcome=\"failed\"} 1"));
}

TEST_P(StoreSuite, ManyCommitsShareFewSyncsAndFinishInOrder) {
    auto store = open();
    constexpr int kCommits = 1'000;
    std::vector<int> finished;
    for (int i = 0; i < kCommits; ++i) {
        Batch batch{PutAccount{account("a" + std::to_string(i))}};
        asio::co_spawn(loop, store->commit(std::move(batch)),
                       [&finished, i](const std::exception_ptr&, Result<> r) {
                           EXPECT_TRUE(r);
                           finished.push_back(i);
                       });
    }
    loop.run();
    EXPECT_EQ(finished.size(), static_cast<std::size_t>(kCommits));
    EXPECT_TRUE(std::ranges::is_sorted(finished));
    EXPECT_EQ(store->queue_depth(), 0U);
    auto& commits = metrics.seconds("causeway_store_commit_seconds", "");
    EXPECT_LT(commits.Collect().histogram.sample_count, 500U);
}

TEST_P(StoreSuite, CloseCommitsWhatWaitsAndRefusesWhatComesLater) {
    auto store = open();
    bool kept = false;
    asio::co_spawn(loop, store->commit({PutAccount{account("a")}}),
                   [&kept](const std::exception_ptr&, Result<> result) { kept = result.has_value(); });
    await(store->close());
    EXPECT_TRUE(kept);
    EXPECT_EQ(commit(*store, {PutAccount{account("b")}}).error().code, Errc::storage);
    EXPECT_EQ(await(store->load(NetworkName("irc"))).error().code, Errc::storage);
    await(store->close());
    store = open();
    EXPECT_EQ(load(*store).accounts.size(), 1U);
}

}  // namespace

}  // namespace causeway::store::testing
