#include "gateway/translate/languages.hpp"

#include "component/xml/writer.hpp"
#include "gateway/base/text.hpp"
#include "gateway/translate/errors.hpp"
#include "tests/unit/gateway/commands_fixture.hpp"

namespace causeway::translate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LanguagesTest : public commands::CommandsTest {
protected:
    void speak(std::string_view lang) {
        house.receive("<presence from='romeo@home.test/a' to='net.test' xml:lang='" + std::string(lang) +
                      "'/>");
        forget_so_far();
    }
    /// The text of the error that comes back to words for bob.
    std::string refused() {
        house.receive(
            "<message type='chat' id='m' from='romeo@home.test/a' "
            "to='bob@net.test'><body>hi</body></message>");
        house.loop.settle();
        for (const auto& stanza : house.outlet.take()) {
            if (const auto error = xmpp::read_error(stanza)) return error->text;
        }
        return "";
    }
};

TEST_F(LanguagesTest, ErrorsAreInTheLanguageOfTheClient) {
    house.network.send_error = make_error(Errc::bad_recipient);
    EXPECT_EQ(refused(), sentence(Errc::bad_recipient));
    speak("de-CH");
    EXPECT_EQ(refused(), "Niemand dieses Namens ist jetzt im Netz.");
    speak("zh");
    EXPECT_EQ(refused(), "网络上目前没有此名称的人。");
    speak("en");
    EXPECT_EQ(refused(), sentence(Errc::bad_recipient));
}

TEST_F(LanguagesTest, WhatTheUserPrefersGoesBeforeTheClients) {
    house.network.send_error = make_error(Errc::bad_recipient);
    speak("zh");
    const auto account = house.accounts.ensure(UserId("romeo@home.test"));
    account->row.preferences.language = "de";
    EXPECT_EQ(refused(), "Niemand dieses Namens ist jetzt im Netz.");
    account->row.preferences.language = "en";
    EXPECT_EQ(refused(), sentence(Errc::bad_recipient));
}

TEST_F(LanguagesTest, ARoomsOwnWordsStayAsTheyAre) {
    speak("de");
    house.network.join_error =
        adapter::RoomError{make_error(Errc::refused), model::RoomRefusal::banned, "spam!"};
    house.receive(
        "<presence from='romeo@home.test/a' to='#hall@net.test/romeo' id='j'>"
        "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
    house.loop.settle();
    std::string text;
    for (const auto& stanza : house.outlet.take()) {
        if (const auto error = xmpp::read_error(stanza)) text = error->text;
    }
    EXPECT_EQ(text, "Sie sind aus dem Raum verbannt. (spam!)");
}

TEST_F(LanguagesTest, FormsOfRegistrationSpeakIt) {
    const auto form = iq("romeo@home.test/a", "get", "<query xmlns='jabber:iq:register'/>", "de");
    EXPECT_THAT(xml::to_string(form, xmpp::kComponentNs),
                AllOf(HasSubstr("Rufname"), HasSubstr("Passwort"), Not(HasSubstr("label='Name'"))));
}

TEST_F(LanguagesTest, SettingsAreInTheNetworksOwnWords) {
    house.network.has_options = true;
    EXPECT_THAT(say("settings", commands::kRomeoA, "de"), HasSubstr("Rufname"));
    EXPECT_THAT(say("Romeo Montague", commands::kRomeoA, "de"), HasSubstr("Passwort"));
    EXPECT_THAT(say("-", commands::kRomeoA, "de"), HasSubstr("Rufname: ein Wort"));
}

TEST_F(LanguagesTest, TheGatewaysOwnPresenceSpeaksIt) {
    befriend("bob");
    house.receive("<presence type='subscribe' from='romeo@home.test' to='net.test'/>");
    speak("de");
    house.network.connecting.close();
    house.network.lose(make_error(Errc::not_connected));
    EXPECT_TRUE(house.loop.until([&] {
        for (const auto& line : house.sent()) {
            if (line.contains("Verbindung wird aufgebaut") || line.contains("nicht erreichbar")) return true;
        }
        return false;
    }));
}

TEST_F(LanguagesTest, EverySentenceOfAnErrorIsInTheCatalogue) {
    const auto is_known = [](std::string_view english) {
        return text(Language::german, english) != english && text(Language::chinese, english) != english;
    };
    for (int code = 0; code <= static_cast<int>(Errc::internal); ++code)
        EXPECT_TRUE(is_known(sentence(static_cast<Errc>(code)))) << code;
    for (int refusal = 1; refusal <= static_cast<int>(model::RoomRefusal::no_such_member); ++refusal) {
        const adapter::RoomError error{make_error(Errc::refused), static_cast<model::RoomRefusal>(refusal),
                                       ""};
        EXPECT_TRUE(is_known(to_stanza_error(error).text)) << refusal;
    }
}

TEST_F(LanguagesTest, EveryCommandIsInTheCatalogue) {
    for (const auto* who : {commands::kRomeoA.data(), commands::kAdminA.data()}) {
        const auto english = say("help", who, "en");
        const auto german = say("help", who, "de");
        for (const auto line : causeway::text::lines(english)) {
            const auto meaning = line.find(" — ");
            if (meaning == std::string_view::npos) continue;
            EXPECT_THAT(german, Not(HasSubstr(std::string(line.substr(meaning))))) << line;
        }
    }
}

}  // namespace
}  // namespace causeway::translate
