// Commands, fourth part: what administrators see of kept messages and have done with them. The command line does the same by
// the same desk (gateway/app/message_requests.cpp).
#include "gateway/commands/commands.hpp"
#include "gateway/delivery/trace.hpp"
#include "gateway/translate/desk_words.hpp"

namespace causeway::commands {
namespace {

using delivery::Desk;

/// As much as one likes to read in a chat.
constexpr std::size_t kMostListed = 50;
constexpr std::string_view kAny = "any";

std::optional<model::State> state_of(std::string_view name) {
    for (std::size_t i = 0; i < model::kStates; ++i) {
        const auto state = static_cast<model::State>(i);
        if (model::to_string(state) == name) return state;
    }
    return std::nullopt;
}

/// Who of the two is on the network.
const std::string& contact_of(const store::MessageRow& row) noexcept {
    return row.direction == model::Direction::to_network ? row.to : row.from;
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

}  // namespace

void Commands::add_message_commands() {
    if (in_.desk == nullptr) return;
    constexpr auto admin = Audience::admin;
    add("messages", "messages", "Messages", "Lists kept messages, the newest first.", admin,
        &Commands::list_messages)
        .takes = "State";
    add("trace", "trace", "Trace a message", "Shows every step of a message.", admin,
        &Commands::trace_message)
        .takes = "Message";
    add("retry", "retry", "Retry a message", "Tries a message again at once that has not arrived.", admin,
        &Commands::retry_message)
        .takes = "Message";
    add("release", "release", "Release a message",
        "Sends a message again that is in doubt or set aside; it may arrive a second time.", admin,
        &Commands::release_message)
        .takes = "Message";
    add("cancel", "cancel", "Cancel a message", "Gives up a message that is not under way.", admin,
        &Commands::cancel_message)
        .takes = "Message";
}

Form Commands::ask_filter(const Asker& asker) const {
    auto form = ask_one(asker, "state", "State", adapter::Field::Kind::choice);
    auto& state = form.fields.front();
    state.value = kAny;
    state.choices.emplace_back(kAny);
    for (std::size_t i = 1; i < model::kStates; ++i)
        state.choices.emplace_back(model::to_string(static_cast<model::State>(i)));
    adapter::Field user;
    user.id = "user";
    user.label = asker.say("User");
    user.required = false;
    form.fields.push_back(std::move(user));
    return form;
}

Task<Step> Commands::list_messages(Asker asker, Answers answers) {
    if (!has_answer(answers, "state") || !has_answer(answers, "user")) co_return ask_filter(asker);
    store::MessageFilter filter;
    filter.network = face_.name;
    filter.most = kMostListed;
    filter.state = state_of(answer(answers, "state"));
    if (const auto user = answer(answers, "user"); !user.empty()) {
        const auto jid = xmpp::Jid::parse(user);
        if (!jid) co_return Failed{asker.say("Nobody of that name is known.")};
        filter.user = translate::user_id(*jid);
    }
    const auto found = co_await in_.desk->find(std::move(filter));
    if (!found) co_return Failed{asker.say(translate::sentence(Desk::Answer::store_failed))};
    Done done;
    if (found->empty()) co_return Done{asker.say("There are no such messages."), {}, {}};
    for (const auto* column :
         {"Message", "Age", "Direction", "State", "Attempts", "User", "Contact", "Reason"})
        done.table.columns.push_back(asker.say(column));
    for (const auto& [row, user] : *found) {
        done.table.rows.push_back(
            {std::to_string(row.sequence), delivery::format_age(in_.desk->now() - row.accepted),
             std::string(model::to_string(row.direction)), std::string(model::to_string(row.state)),
             std::to_string(row.attempts), user.str(), contact_of(row), row.reason});
    }
    co_return done;
}

Task<Step> Commands::trace_message(Asker asker, Answers answers) {
    if (!has_answer(answers, "id")) co_return ask_one(asker, "id", "Message");
    store::MessageFilter filter;
    filter.network = face_.name;
    filter.id = answer(answers, "id");
    filter.most = kMostListed;
    const auto found = co_await in_.desk->find(std::move(filter));
    if (!found && found.error().code == Errc::storage)
        co_return Failed{asker.say(translate::sentence(Desk::Answer::store_failed))};
    if (!found || found->empty()) co_return Failed{asker.say(translate::sentence(Desk::Answer::unknown))};
    Done done;
    for (const auto* column : {"Message", "Time", "Difference", "Step"})
        done.table.columns.push_back(asker.say(column));
    for (const auto& [row, user] : *found) {
        const auto number = std::to_string(row.sequence);
        for (const auto& step : delivery::steps_of(row.steps)) {
            done.table.rows.push_back({number, delivery::format_utc_millis(step.at),
                                       delivery::format_difference(step.after), step.state});
        }
        const auto add = [&](std::string_view label, std::string value) {
            if (!value.empty()) done.table.rows.push_back({number, asker.say(label), "", std::move(value)});
        };
        add("Direction", std::string(model::to_string(row.direction)));
        add("User", user.str());
        add("Contact", contact_of(row));
        add("Stanza id", row.stanza_id);
        add("Network ids", joined(delivery::ids_of(row.network_ids)));
        add("Attempts", std::to_string(row.attempts));
        if (row.notice != model::Notice::none)
            add("Still to be told", std::string(model::to_string(row.notice)));
        if (row.state == model::State::deferred) add("Next try", delivery::format_utc_millis(row.next));
        add("Reason", row.reason);
    }
    co_return done;
}

Task<Step> Commands::move_message(Desk::Wish wish, Asker asker, Answers answers) {
    if (!has_answer(answers, "id")) co_return ask_one(asker, "id", "Message");
    const auto outcome = co_await in_.desk->act(wish, face_.name, answer(answers, "id"),
                                                face_.context.log.person(asker.user.view()));
    auto words = translate::desk_words(outcome, [&asker](std::string_view text) { return asker.say(text); });
    if (!delivery::is_done_as_wished(outcome.answer)) co_return Failed{std::move(words)};
    co_return Done{std::move(words), {}, {}};
}

Task<Step> Commands::retry_message(Asker asker, Answers answers) {
    return move_message(Desk::Wish::retry, std::move(asker), std::move(answers));
}

Task<Step> Commands::release_message(Asker asker, Answers answers) {
    return move_message(Desk::Wish::release, std::move(asker), std::move(answers));
}

Task<Step> Commands::cancel_message(Asker asker, Answers answers) {
    return move_message(Desk::Wish::cancel, std::move(asker), std::move(answers));
}

}  // namespace causeway::commands
