#include "tests/sim/plan.hpp"

#include <algorithm>

namespace causeway::sim {
namespace {

void make_rules(Chance& chance, Plan& plan) {
    auto& rules = plan.rules;
    rules.keeps_order = chance.percent(50);
    rules.idempotent = chance.percent(30);
    rules.on_doubt = chance.percent(50) ? adapter::OnDoubt::hold : adapter::OnDoubt::resend_once;
    rules.confirms = chance.percent(60);
    rules.reports = chance.percent(50);
    rules.most_under_way = chance.pick<std::size_t>({1, 2, 3, 16});
    rules.send_timeout = Millis{3'000};
    rules.first_retry = chance.pick({Millis{200}, Millis{1'000}, Millis{5'000}});
    rules.longest_retry = chance.pick({Millis{5'000}, Millis{20'000}});
    rules.lifetime = chance.pick({Millis{20'000}, Millis{90'000}, Millis{600'000}, Millis{600'000}});
    rules.warn_after = rules.lifetime / chance.between(2, 20);
    rules.most_losses = static_cast<std::uint32_t>(chance.between(2, 3));
    rules.most_cached = chance.pick<std::size_t>({0, 2, 2048});
    auto& xmpp = plan.xmpp;
    xmpp.most_unconfirmed = chance.pick<std::size_t>({1, 2, 5, 8, 64});
    xmpp.most_unconfirmed_bytes = chance.percent(20) ? 700 : 256 * 1024;
    xmpp.most_ready = chance.pick<std::size_t>({1, 4, 1024});
    xmpp.first_retry = chance.pick({Millis{300}, Millis{2'000}});
    xmpp.longest_retry = Millis{10'000};
    xmpp.most_attempts = static_cast<std::uint32_t>(chance.between(2, 6));
}

/// Mostly bursts, now and then a pause.
Millis next_time(Chance& chance, Millis now, Millis end) {
    const auto gap = chance.percent(70) ? chance.between(0, 30) : chance.between(100, end.count() / 5);
    return std::min(now + Millis{gap}, end + Millis{5'000});
}

void make_talk(Chance& chance, Plan& plan) {
    const bool killers = chance.percent(6);
    const bool poison = chance.percent(25);
    const bool bounces = chance.percent(30);
    for (const auto& account : plan.accounts) {
        const auto conversations = chance.between(1, 3);
        for (auto c = 0; c < conversations; ++c) {
            const auto name = "c" + std::to_string(c);
            const auto& endpoint = plan.endpoints[chance.next() % plan.endpoints.size()];
            auto now = chance.millis(0, plan.quiet_at.count() / 3);
            for (auto left = chance.between(1, 8); left > 0; --left) {
                now = next_time(chance, now, plan.quiet_at);
                plan.sayings.push_back(
                    {now, account, endpoint, name, MessageKey("u" + std::to_string(plan.sayings.size())),
                     chance.percent(60), chance.percent(20), killers && chance.percent(8)});
            }
            now = chance.millis(0, plan.quiet_at.count() / 3);
            for (auto left = chance.between(0, 6); left > 0; --left) {
                now = next_time(chance, now, plan.quiet_at);
                Telling telling;
                telling.when = now;
                telling.account = account;
                telling.conversation = name;
                telling.key = MessageKey("n" + std::to_string(plan.tellings.size()));
                telling.poison = poison && chance.percent(7);
                telling.unwritable = poison && chance.percent(4);
                if (bounces && chance.percent(15))
                    telling.bounces = static_cast<unsigned>(chance.between(1, 8));
                telling.refused = bounces && chance.percent(7);
                plan.tellings.push_back(std::move(telling));
            }
        }
    }
}

/// More at once than one read of the store or one window holds, perhaps with one among them that ends every stream.
void make_crowd(Chance& chance, Plan& plan) {
    if (!chance.percent(4)) return;
    const auto begin = chance.millis(0, plan.quiet_at.count() / 2);
    const bool poison = chance.percent(60);
    const auto count = chance.between(70, 200);
    const auto culprit = chance.between(0, count - 1);
    for (auto i = 0; i < count; ++i) {
        Telling telling;
        telling.when = begin + Millis{i};
        telling.account = plan.accounts.front();
        telling.conversation = "crowd" + std::to_string(i % 20);
        telling.key = MessageKey("n" + std::to_string(plan.tellings.size()));
        telling.poison = poison && i == culprit;
        plan.tellings.push_back(std::move(telling));
    }
}

void make_faults(Chance& chance, Plan& plan) {
    const auto end = plan.quiet_at.count();
    const auto outage = [&](Fault fault, unsigned percent, std::int64_t longest) {
        while (chance.percent(percent)) {
            const auto from = chance.between(0, end - 200);
            const auto to = std::min(end, from + chance.between(1, longest));
            const auto& endpoint = plan.endpoints[chance.next() % plan.endpoints.size()];
            plan.outages.push_back({fault, Millis{from}, Millis{to}, endpoint});
        }
    };
    outage(Fault::store_fails, 35, chance.percent(50) ? 50 : 8'000);
    outage(Fault::store_slow, 35, 10'000);
    outage(Fault::endpoint_down, 45, end);
    outage(Fault::endpoint_moody, 55, end);
    outage(Fault::link_down, 45, end / 2);
    const auto instants = [&](std::vector<Millis>& into, unsigned percent, std::size_t most) {
        while (into.size() < most && chance.percent(percent)) into.push_back(chance.millis(0, end - 1));
    };
    instants(plan.crashes, 55, 4);
    instants(plan.link_losses, 55, 5);
    instants(plan.server_kills, 45, 3);
    instants(plan.session_losses, 60, 6);
    instants(plan.operators, chance.percent(40) ? 85 : 0, 12);
    instants(plan.wall_jumps, 8, 2);
}

}  // namespace

bool Plan::on(Fault fault, Millis now, const EndpointId& endpoint) const {
    return std::ranges::any_of(outages, [&](const Outage& each) {
        return each.fault == fault && each.from <= now && now < each.to &&
               (endpoint.empty() || each.endpoint == endpoint);
    });
}

Plan make_plan(Chance& chance) {
    Plan plan;
    plan.quiet_at = chance.pick({Millis{5'000}, Millis{20'000}, Millis{60'000}, Millis{200'000}});
    make_rules(chance, plan);
    for (auto i = chance.between(1, 4); i > 0; --i) plan.accounts.emplace_back("a" + std::to_string(i));
    for (auto i = chance.between(1, 2); i > 0; --i) plan.endpoints.emplace_back("e" + std::to_string(i));
    make_talk(chance, plan);
    make_crowd(chance, plan);
    make_faults(chance, plan);
    plan.closes_link = chance.percent(50);
    plan.lossy_reports = chance.percent(30);
    plan.refuses = static_cast<unsigned>(chance.pick({0, 3, 15}));
    plan.later = static_cast<unsigned>(chance.pick({0, 5, 40}));
    plan.doubts = static_cast<unsigned>(chance.pick({0, 5, 30}));
    plan.submits = static_cast<unsigned>(chance.pick({0, 20, 60}));
    plan.slow = static_cast<unsigned>(chance.pick({0, 10, 50}));
    if (chance.percent(8)) {
        plan.forgotten = plan.accounts.front();
        plan.forget_at = chance.millis(0, plan.quiet_at.count());
    }
    return plan;
}

}  // namespace causeway::sim
