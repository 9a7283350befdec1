#include "gateway/app/message_requests.hpp"

#include <algorithm>
#include <memory>

#include <boost/json/array.hpp>

#include "gateway/delivery/trace.hpp"
#include "gateway/translate/address_book.hpp"
#include "gateway/translate/desk_words.hpp"

namespace causeway::app {
namespace {

namespace json = boost::json;
using delivery::Desk;

struct Served {
    Desk& desk;
    std::vector<std::string> networks;
};

std::string listed(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

std::vector<std::string> states() {
    std::vector<std::string> names;
    for (std::size_t i = 1; i < model::kStates; ++i)
        names.emplace_back(model::to_string(static_cast<model::State>(i)));
    return names;
}

std::unexpected<Error> wrong(std::string_view name, const std::string& given,
                             const std::vector<std::string>& choices) {
    return fail(Errc::bad_input,
                std::string(name) + " '" + given + "' is not known; there are: " + listed(choices));
}

Result<> read_one(store::MessageFilter& filter, std::string_view name, const std::string& given,
                  const std::vector<std::string>& networks) {
    if (name == "network") {
        if (std::ranges::find(networks, given) == networks.end()) return wrong(name, given, networks);
        filter.network = NetworkName(given);
    } else if (name == "account") {
        const auto jid = xmpp::Jid::parse(given);
        if (!jid || jid->local().empty())
            return fail(Errc::bad_input, "account '" + given + "' is not the JID of a user");
        filter.user = translate::user_id(*jid);
    } else if (name == "state") {
        const auto names = states();
        const auto found = std::ranges::find(names, given);
        if (found == names.end()) return wrong(name, given, names);
        filter.state = static_cast<model::State>(found - names.begin() + 1);
    } else if (name == "direction") {
        if (given != "to_network" && given != "to_xmpp") return wrong(name, given, {"to_network", "to_xmpp"});
        filter.direction = given == "to_network" ? model::Direction::to_network : model::Direction::to_xmpp;
    } else {
        return fail(Errc::bad_input, "argument '" + std::string(name) + "' is not known");
    }
    return {};
}

Task<Result<json::value>> list_messages(std::shared_ptr<Served> served, json::object arguments) {
    auto filter = read_filter(arguments, served->networks);
    if (!filter) co_return fail(filter.error());
    const auto found = co_await served->desk.find(std::move(*filter));
    if (!found) co_return fail(found.error().code, "the store does not answer: " + found.error().detail);
    json::array list;
    for (const auto& message : *found) list.emplace_back(to_json(message, served->desk.now()));
    co_return json::value(std::move(list));
}

Task<Result<json::value>> trace_message(std::shared_ptr<Served> served, json::object arguments) {
    auto id = read_id(arguments);
    if (!id) co_return fail(id.error());
    store::MessageFilter filter;
    filter.id = std::move(*id);
    const auto found = co_await served->desk.find(std::move(filter));
    if (!found) co_return fail(found.error().code, "the store does not answer: " + found.error().detail);
    json::array list;
    for (const auto& message : *found) list.emplace_back(to_json(message, served->desk.now()));
    co_return json::value(std::move(list));
}

Task<Result<json::value>> move_message(Desk::Wish wish, std::shared_ptr<Served> served,
                                       json::object arguments) {
    auto id = read_id(arguments);
    if (!id) co_return fail(id.error());
    const auto outcome = co_await served->desk.act(wish, NetworkName{}, std::move(*id), "command line");
    json::object answer;
    answer["done"] = delivery::is_done_as_wished(outcome.answer);
    answer["text"] = translate::desk_words(outcome, [](std::string_view text) { return std::string(text); });
    auto& messages = answer["messages"].emplace_array();
    for (const auto& message : outcome.found) messages.emplace_back(message.row.sequence);
    co_return json::value(std::move(answer));
}

}  // namespace

Result<store::MessageFilter> read_filter(const json::object& arguments,
                                         const std::vector<std::string>& networks) {
    store::MessageFilter filter;
    for (const auto& [name, value] : arguments) {
        if (name == "limit") {
            const auto* limit = value.if_int64();
            if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(Desk::kMostFound))
                return fail(Errc::bad_input,
                            "limit is not a whole number from 1 to " + std::to_string(Desk::kMostFound));
            filter.most = static_cast<std::size_t>(*limit);
            continue;
        }
        if (!value.is_string())
            return fail(Errc::bad_input, "argument '" + std::string(name) + "' is not a text");
        const std::string given(value.as_string());
        if (auto read = read_one(filter, name, given, networks); !read) return fail(read.error());
    }
    return filter;
}

Result<std::string> read_id(const json::object& arguments) {
    const auto* id = arguments.if_contains("id");
    if (!id || !id->is_string() || id->as_string().empty() || arguments.size() != 1)
        return fail(Errc::bad_input,
                    "say which message: its number, the stanza's id or one of the network's ids");
    if (id->as_string().size() > Desk::kMostIdBytes)
        return fail(Errc::bad_input,
                    "the id is longer than " + std::to_string(Desk::kMostIdBytes) + " bytes");
    return std::string(id->as_string());
}

json::object to_json(const store::FoundMessage& message, WallTime now) {
    const auto& row = message.row;
    const bool out = row.direction == model::Direction::to_network;
    json::object object;
    object["id"] = row.sequence;
    object["network"] = row.network.str();
    object["direction"] = json::string(model::to_string(row.direction));
    object["state"] = json::string(model::to_string(row.state));
    object["accepted"] = delivery::format_utc_millis(row.accepted);
    object["age_seconds"] = std::max<std::int64_t>((now - row.accepted).count() / 1'000, 0);
    object["attempts"] = row.attempts;
    object["losses"] = row.losses;
    object["user"] = message.user.empty() ? (out ? row.from : row.to) : message.user.str();
    object["contact"] = out ? row.to : row.from;
    object["stanza_id"] = row.stanza_id;
    auto& ids = object["network_ids"].emplace_array();
    for (auto& id : delivery::ids_of(row.network_ids)) ids.emplace_back(std::move(id));
    object["to_be_told"] = json::string(model::to_string(row.notice));
    if (row.state == model::State::deferred) object["next_try"] = delivery::format_utc_millis(row.next);
    object["text_kept"] = !row.text.empty();
    object["reason"] = row.reason;
    auto& steps = object["steps"].emplace_array();
    for (auto& step : delivery::steps_of(row.steps)) {
        json::object one;
        one["state"] = std::move(step.state);
        one["at"] = delivery::format_utc_millis(step.at);
        one["after_ms"] = step.after.count();
        steps.emplace_back(std::move(one));
    }
    return object;
}

std::map<std::string, admin::Command> message_requests(Desk& desk, std::vector<std::string> networks) {
    const auto served = std::make_shared<Served>(desk, std::move(networks));
    std::map<std::string, admin::Command> commands;
    commands["messages"] = [served](json::object given) { return list_messages(served, std::move(given)); };
    commands["trace"] = [served](json::object given) { return trace_message(served, std::move(given)); };
    for (const auto wish : {Desk::Wish::retry, Desk::Wish::release, Desk::Wish::cancel}) {
        commands[std::string(delivery::to_string(wish))] = [served, wish](json::object given) {
            return move_message(wish, served, std::move(given));
        };
    }
    return commands;
}

}  // namespace causeway::app
