#include "gateway/app/status.hpp"

#include <ostream>

#include <boost/json/serialize.hpp>

#include "gateway/admin/control_socket.hpp"

namespace causeway::app {
namespace {

constexpr Millis kAnswerWithin{5'000};

std::string text_of(const boost::json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
}

void print_object(const boost::json::object& object, const std::string& indent, std::ostream& out) {
    for (const auto& [key, value] : object) {
        const auto* list = value.if_array();
        if (!list) {
            out << indent << key << ": " << text_of(value) << '\n';
            continue;
        }
        for (const auto& entry : *list) {
            out << indent << key << ":\n";
            if (entry.is_object()) print_object(entry.as_object(), indent + "  ", out);
        }
    }
}

}  // namespace

int print_status(const std::string& control_socket, StatusFormat format, std::ostream& out,
                 std::ostream& errors) {
    const auto answer = admin::ask_control(control_socket, "status", kAnswerWithin);
    if (!answer) {
        errors << "causeway status: no daemon answered (" << answer.error().detail << ")\n";
        return 1;
    }
    if (format == StatusFormat::json || !answer->is_object()) {
        out << boost::json::serialize(*answer) << '\n';
    } else {
        print_object(answer->as_object(), "", out);
    }
    return 0;
}

}  // namespace causeway::app
