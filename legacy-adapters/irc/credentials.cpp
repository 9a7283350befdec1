#include "legacy-adapters/irc/credentials.hpp"

#include <boost/json.hpp>

namespace causeway::irc {

namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, json::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}

}  // namespace

Result<Credentials> parse_credentials(const Secret<std::string>& blob) {
    Credentials credentials;
    if (blob.empty()) return credentials;
    boost::system::error_code error;
    const json::value value = json::parse(blob.reveal(), error);
    if (error || !value.is_object()) return fail(Errc::bad_input, "stored credentials cannot be read");
    const json::object& object = value.get_object();
    credentials.server = text_of(object, "server");
    credentials.nick = text_of(object, "nick");
    credentials.sasl_account = text_of(object, "sasl_account");
    credentials.sasl_password = Secret<std::string>(text_of(object, "sasl_password"));
    credentials.server_password = Secret<std::string>(text_of(object, "server_password"));
    return credentials;
}

Secret<std::string> seal_credentials(const Credentials& credentials) {
    const json::object object{{"server", credentials.server},
                              {"nick", credentials.nick},
                              {"sasl_account", credentials.sasl_account},
                              {"sasl_password", credentials.sasl_password.reveal()},
                              {"server_password", credentials.server_password.reveal()}};
    return Secret<std::string>(json::serialize(object));
}

}  // namespace causeway::irc
