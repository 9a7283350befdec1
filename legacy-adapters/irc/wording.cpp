#include "legacy-adapters/irc/wording.hpp"

#include <array>

namespace causeway::irc {

namespace {

constexpr auto kTexts = std::to_array<model::Translation>({
    {"nickname", "Nickname", "昵称"},
    {"Nickname", "Nickname", "昵称"},
    {"Real name", "Richtiger Name", "真实姓名"},
    {"Account (SASL)", "Konto (SASL)", "账户（SASL）"},
    {"Password of the account (empty: as before)", "Passwort des Kontos (leer: wie bisher)",
     "账户密码（留空：保持不变）"},
    {"Password for NickServ (empty: as before)", "Passwort für NickServ (leer: wie bisher)",
     "NickServ 密码（留空：保持不变）"},
    {"IRC commands after connecting", "IRC-Befehle nach dem Verbinden", "连接后执行的 IRC 命令"},
    {"Encoding of text that is not UTF-8", "Kodierung von Text, der nicht UTF-8 ist", "非 UTF-8 文本的编码"},
    {"IRC server", "IRC-Server", "IRC 服务器"},
    {"Account (if it differs from the nickname)", "Konto (wenn es nicht wie der Nickname heißt)",
     "账户（如与昵称不同）"},
    {"Password of the server (empty: as before)", "Passwort des Servers (leer: wie bisher)",
     "服务器密码（留空：保持不变）"},
    {"Your nickname on IRC. Account and password are only needed where the nickname is registered.",
     "Ihr Nickname im IRC. Konto und Passwort braucht nur, wer den Nickname registriert hat.",
     "您在 IRC 上的昵称。仅在昵称已注册时才需要账户和密码。"},
    {"a nickname", "ein Nickname", "应为昵称"},
    {"one line of 100 bytes", "eine Zeile von 100 Byte", "一行，最多 100 字节"},
    {"one line of 300 bytes", "eine Zeile von 300 Byte", "一行，最多 300 字节"},
    {"at most 20 lines of IRC, one command each", "höchstens 20 Zeilen IRC, je ein Befehl",
     "最多 20 行 IRC，每行一个命令"},
    {"one of those offered", "eines der angebotenen", "请从给出的选项中选择"},
});

}  // namespace

std::span<const model::Translation> wording() noexcept {
    return kTexts;
}

}  // namespace causeway::irc
