#pragma once
/// @file tests/unit/irc/scripted.hpp
/// NAME       Scripted: a Client and a server that says what the test says.
#include <gtest/gtest.h>

#include "legacy-adapters/irc/client.hpp"

namespace causeway::irc {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

inline ClientSettings settings_for(std::string nick) {
    ClientSettings settings;
    settings.names = Names{"irc.test"};
    settings.flood = {.burst = 1000, .lines_per_second = 0};
    settings.login.nick = std::move(nick);
    settings.login.username = "user";
    settings.login.realname = "Real Name";
    return settings;
}

class Scripted {
public:
    explicit Scripted(ClientSettings settings = settings_for("me")) : client(std::move(settings)) {
        EXPECT_TRUE(client.connected(now.steady).has_value());
    }

    /// What the client has to say now, line by line.
    Lines written() {
        const std::string bytes = client.flush(now.steady).bytes;
        Lines lines;
        for (std::size_t at = 0; at < bytes.size();) {
            const auto end = bytes.find("\r\n", at);
            lines.push_back(bytes.substr(at, end - at));
            at = end + 2;
        }
        return lines;
    }
    Scripted& says(std::string_view line) {
        client.receive(line, now);
        return *this;
    }
    /// What has happened since the last call.
    Output output() {
        Output out;
        client.take_output(out);
        return out;
    }
    /// Registered, with nothing left over.
    Scripted& ready(std::string_view isupport = "CASEMAPPING=rfc1459 PREFIX=(ohv)@%+",
                    std::string_view caps = {}) {
        (void)written();
        if (!caps.empty()) {
            says(":irc.test CAP * LS :" + std::string(caps))
                .says(":irc.test CAP * ACK :" + std::string(caps));
        }
        says(":irc.test 001 me :Welcome")
            .says(":irc.test 005 me " + std::string(isupport) + " :are supported");
        says(":irc.test 376 me :End of MOTD");
        EXPECT_EQ(client.phase(), Client::Phase::ready);
        (void)written();
        (void)output();
        return *this;
    }
    /// In #c with romeo (operator) and juliet.
    Scripted& in_channel() {
        EXPECT_TRUE(client.join(RoomId("#c%irc.test"), "").has_value());
        (void)written();
        says(":me!user@my.host JOIN #c").says(":irc.test 332 me #c :The topic");
        says(":irc.test 333 me #c romeo!r@h 1700000000");
        says(":irc.test 353 me = #c :me @romeo +juliet").says(":irc.test 366 me #c :End");
        (void)written();
        (void)output();
        return *this;
    }

    template <class T>
    static std::vector<T> only(const std::vector<adapter::EventBody>& events) {
        std::vector<T> found;
        for (const auto& event : events) {
            if (const auto* body = std::get_if<T>(&event)) found.push_back(*body);
        }
        return found;
    }

    Moment now{SteadyTime(1h), WallTime(std::chrono::milliseconds(1'795'000'000'000))};
    Client client;
};

}  // namespace causeway::irc
