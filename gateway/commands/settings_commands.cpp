// Commands, third part: what users set for themselves.
#include <algorithm>
#include <array>
#include <set>

#include "gateway/accounts/slot.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/translate/errors.hpp"

namespace causeway::commands {
namespace {

using adapter::Field;

constexpr std::string_view kAsTheClientSays = "auto";
constexpr std::array<std::string_view, 4> kLanguages{kAsTheClientSays, "en", "de", "zh"};

Field boolean_field(const Asker& asker, std::string id, std::string_view label, bool value) {
    Field field;
    field.id = std::move(id);
    field.label = asker.say(label);
    field.kind = Field::Kind::boolean;
    field.required = false;
    field.value = value ? "true" : "false";
    return field;
}

/// "field: what was expected", as networks say it, with the field's name as the form shows it.
std::string refusal_of(const Error& error, const std::vector<Field>& fields, const Asker& asker) {
    const auto colon = error.detail.find(": ");
    const auto field = std::ranges::find(fields, error.detail.substr(0, colon), &Field::id);
    if (error.code != Errc::bad_input || colon == std::string::npos || field == fields.end())
        return asker.say(translate::to_stanza_error(error).text);
    return asker.say(field->label) + ": " + asker.say(error.detail.substr(colon + 2));
}

}  // namespace

void Commands::add_settings() {
    // Where one has to register there is nothing to set before.
    const auto& info = face_.network.info();
    const auto audience = info.login_required ? Audience::registered : Audience::everybody;
    add("settings", "settings", "Settings", "Shows and changes what is set for your sessions to one server.",
        audience, &Commands::settings);
    add("preferences", "preferences", "Preferences", "Shows and changes what you prefer here.", audience,
        &Commands::preferences);
}

Form Commands::ask_endpoint(const Asker& asker) const {
    auto form = ask_one(asker, "endpoint", "Server");
    std::set<EndpointId> known;
    if (asker.account) {
        for (const auto& [endpoint, slot] : asker.account->slots) known.insert(endpoint);
        for (const auto& [endpoint, sealed] : asker.account->sealed_options) known.insert(endpoint);
        if (const auto credentials = in_.accounts.credentials(*asker.account); credentials)
            for (const auto& home : face_.network.home_endpoints(*credentials)) known.insert(home);
    }
    known.erase(EndpointId{});
    if (known.empty()) return form;
    form.fields.front().value = known.begin()->str();
    for (const auto& endpoint : known)
        form.instructions += (form.instructions.empty() ? "" : ", ") + endpoint.str();
    return form;
}

Task<Step> Commands::settings(Asker asker, Answers answers) {
    EndpointId endpoint;
    if (face_.network.info().many_endpoints) {
        if (!has_answer(answers, "endpoint")) co_return ask_endpoint(asker);
        const auto entity = entity_of(answer(answers, "endpoint"));
        if (!entity || entity->kind != translate::Entity::Kind::endpoint)
            co_return Failed{asker.say("This is not a server that can be reached from here.")};
        endpoint = entity->address.endpoint;
    }
    const auto account = in_.accounts.ensure(asker.user);
    const auto on_file = in_.accounts.options(*account, endpoint);
    if (!on_file) co_return Failed{asker.say(translate::sentence(on_file.error().code))};
    auto fields = face_.network.option_fields(endpoint, *on_file);
    if (fields.empty()) co_return Failed{asker.say("There is nothing to set here.")};
    if (!has_answer(answers, fields.front().id)) {
        for (auto& field : fields) field.label = asker.say(field.label);
        co_return Form{asker.say("These settings are in force whenever you connect."), std::move(fields)};
    }
    auto changed = face_.network.change_options(endpoint, *on_file, answers);
    if (!changed) co_return Failed{refusal_of(changed.error(), fields, asker)};
    const auto kept = co_await in_.accounts.keep_options(account, endpoint, std::move(*changed));
    if (!kept) co_return Failed{asker.say(translate::sentence(kept.error().code))};
    Done done;
    done.text = asker.say("Saved. If you are connected, you are connected anew.");
    done.afterwards = [account, endpoint] {
        if (const auto slot = account->slots.find(endpoint); slot != account->slots.end())
            slot->second->restart();
    };
    co_return done;
}

Form Commands::preferences_form(const Asker& asker) const {
    const auto& capabilities = face_.network.info().capabilities;
    const auto row = asker.account ? asker.account->row : store::AccountRow{};
    Form form;
    form.fields.push_back(
        boolean_field(asker, "always_on", "Stay connected without a client", row.always_on));
    Field language;
    language.id = "language";
    language.label = asker.say("Language");
    language.kind = Field::Kind::choice;
    language.required = false;
    language.value = row.preferences.language.empty() ? kAsTheClientSays : row.preferences.language;
    language.choices.assign(kLanguages.begin(), kLanguages.end());
    form.fields.push_back(std::move(language));
    if (capabilities.has(adapter::Capability::roster))
        form.fields.push_back(boolean_field(asker, "write_roster",
                                            "Put contacts into your list where the server allows it",
                                            row.preferences.write_roster));
    if (capabilities.has(adapter::Capability::typing))
        form.fields.push_back(boolean_field(asker, "show_typing", "Show who is typing, and that you are",
                                            row.preferences.show_typing));
    return form;
}

Task<Step> Commands::preferences(Asker asker, Answers answers) {
    if (!has_answer(answers, "always_on")) co_return preferences_form(asker);
    const auto account = in_.accounts.ensure(asker.user);
    const auto is_on = [&](std::string_view field, bool before) {
        const auto given = answer(answers, field);
        return given.empty() ? before : given == "true";
    };
    auto& preferences = account->row.preferences;
    preferences.write_roster = is_on("write_roster", preferences.write_roster);
    preferences.show_typing = is_on("show_typing", preferences.show_typing);
    if (const auto language = answer(answers, "language"); !language.empty()) {
        preferences.language = language == kAsTheClientSays ? "" : language;
        if (!preferences.language.empty()) asker.language = translate::language_of(language);
    }
    in_.accounts.save(account);
    in_.presence.set_always_on(account, is_on("always_on", account->row.always_on));
    co_return Done{asker.say("Saved."), {}, {}};
}

}  // namespace causeway::commands
