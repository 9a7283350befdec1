#include "gateway/translate/texts.hpp"

#include <algorithm>
#include <array>

namespace causeway::translate {
namespace {

constexpr auto kTexts = std::to_array<Translation>({
    {"Commands", "Befehle", "命令"},
    {"Help", "Hilfe", "帮助"},
    {"Lists the commands, or explains one.", "Zeigt die Befehle oder erklärt einen.",
     "列出命令，或说明某个命令。"},
    {"Command", "Befehl", "命令"},
    {"Meaning", "Bedeutung", "含义"},
    {"Status", "Zustand", "状态"},
    {"Shows your sessions and why one is not connected.",
     "Zeigt Ihre Sitzungen und warum eine nicht verbunden ist.", "显示您的会话以及未连接的原因。"},
    {"Server", "Server", "服务器"},
    {"State", "Zustand", "状态"},
    {"Reason", "Grund", "原因"},
    {"Log in", "Anmelden", "登录"},
    {"Connects you again after a logout or a failure.",
     "Verbindet Sie wieder nach einer Abmeldung oder einem Fehler.", "在登出或失败后重新连接。"},
    {"Logging in.", "Sie werden angemeldet.", "正在登录。"},
    {"Log out", "Abmelden", "登出"},
    {"Ends your sessions until you log in again.", "Beendet Ihre Sitzungen, bis Sie sich wieder anmelden.",
     "结束您的会话，直到您再次登录。"},
    {"You are logged out. Say “login” to come back.", "Sie sind abgemeldet. Mit „login“ kommen Sie zurück.",
     "您已登出。输入“login”可重新登录。"},
    {"Rooms", "Räume", "房间"},
    {"Lists the rooms you are in.", "Zeigt die Räume, in denen Sie sind.", "列出您所在的房间。"},
    {"You are in no room.", "Sie sind in keinem Raum.", "您不在任何房间中。"},
    {"Room", "Raum", "房间"},
    {"Contacts", "Kontakte", "联系人"},
    {"Lists your contacts here.", "Zeigt Ihre Kontakte hier.", "列出您在此处的联系人。"},
    {"You have no contacts here.", "Sie haben hier keine Kontakte.", "您在此处没有联系人。"},
    {"Address", "Adresse", "地址"},
    {"Add a contact", "Kontakt hinzufügen", "添加联系人"},
    {"Sends you a contact's request to be added.", "Schickt Ihnen die Anfrage eines Kontakts.",
     "向您发送联系人的添加请求。"},
    {"{} asks you now to be added: accept it in your client.",
     "{} fragt nun bei Ihnen an: nehmen Sie in Ihrem Programm an.", "{} 已向您发出请求：请在客户端中接受。"},
    {"{} comes into your roster.", "{} kommt in Ihre Liste.", "{} 将加入您的名册。"},
    {"Remove a contact", "Kontakt entfernen", "删除联系人"},
    {"Takes a contact out of your roster.", "Nimmt einen Kontakt aus Ihrer Liste.",
     "从您的名册中删除联系人。"},
    {"{} is removed.", "{} ist entfernt.", "{} 已删除。"},
    {"An address looks like {}.", "Eine Adresse sieht so aus: {}.", "地址格式为 {}。"},
    {"This is not an address here.", "Das ist hier keine Adresse.", "这不是此处的有效地址。"},
    {"Join a room", "Raum betreten", "加入房间"},
    {"Sends you an invitation to a room.", "Schickt Ihnen eine Einladung in einen Raum.",
     "向您发送房间邀请。"},
    {"You are invited to {}.", "Sie sind nach {} eingeladen.", "您已被邀请加入 {}。"},
    {"Leave a room", "Raum verlassen", "离开房间"},
    {"Takes all your clients out of a room.", "Nimmt alle Ihre Programme aus einem Raum.",
     "让您的所有客户端离开房间。"},
    {"You have left {}.", "Sie haben {} verlassen.", "您已离开 {}。"},
    {"You are not in this room.", "Sie sind nicht in diesem Raum.", "您不在该房间中。"},
    {"Register", "Registrieren", "注册"},
    {"Registers you, or changes your registration.", "Registriert Sie oder ändert Ihre Registrierung.",
     "注册，或更改您的注册信息。"},
    {"You are registered.", "Sie sind registriert.", "您已注册。"},
    {"Unregister", "Abmelden und löschen", "注销"},
    {"Deletes your registration and everything kept for it.",
     "Löscht Ihre Registrierung und alles, was dazu gespeichert ist.", "删除您的注册及其所有数据。"},
    {"Really? It cannot be undone.", "Wirklich? Es lässt sich nicht rückgängig machen.",
     "确定吗？此操作无法撤销。"},
    {"Nothing was changed.", "Nichts wurde geändert.", "未作任何更改。"},
    {"You are not registered any more.", "Sie sind nicht mehr registriert.", "您的注册已删除。"},
    {"Users", "Benutzer", "用户"},
    {"Lists everybody known here.", "Zeigt alle, die hier bekannt sind.", "列出此处所有已知用户。"},
    {"User", "Benutzer", "用户"},
    {"Registered", "Registriert", "已注册"},
    {"Online", "Online", "在线"},
    {"Sessions", "Sitzungen", "会话"},
    {"Lists all sessions.", "Zeigt alle Sitzungen.", "列出所有会话。"},
    {"There are no sessions.", "Es gibt keine Sitzungen.", "没有会话。"},
    {"Networks", "Netze", "网络"},
    {"Shows the network and its numbers.", "Zeigt das Netz und seine Zahlen.", "显示网络及其统计。"},
    {"Network", "Netz", "网络"},
    {"Announce", "Ankündigen", "公告"},
    {"Sends a text to everybody online.", "Schickt einen Text an alle, die online sind.",
     "向所有在线用户发送文本。"},
    {"Text", "Text", "文本"},
    {"Sent to {} users.", "An {} Benutzer geschickt.", "已发送给 {} 位用户。"},
    {"Disconnect a user", "Benutzer trennen", "断开用户"},
    {"Ends a user's sessions.", "Beendet die Sitzungen eines Benutzers.", "结束某用户的会话。"},
    {"{} is disconnected.", "{} ist getrennt.", "{} 已断开。"},
    {"Nobody of that name is known.", "Niemand dieses Namens ist bekannt.", "没有此名称的用户。"},
    {"Log level", "Protokollstufe", "日志级别"},
    {"Sets how much is written to the log.", "Bestimmt, wie viel protokolliert wird.",
     "设置日志的详细程度。"},
    {"Level", "Stufe", "级别"},
    {"The log level is {} now.", "Die Protokollstufe ist nun {}.", "日志级别现为 {}。"},
    {"Online users", "Benutzer online", "在线用户"},
    {"Lists everybody online.", "Zeigt alle, die online sind.", "列出所有在线用户。"},
    {"Nobody is online.", "Niemand ist online.", "无人在线。"},
    {"Number of registered users", "Zahl der registrierten Benutzer", "注册用户数"},
    {"Counts the registered users.", "Zählt die registrierten Benutzer.", "统计注册用户数。"},
    {"{} users are registered.", "{} Benutzer sind registriert.", "共有 {} 位注册用户。"},
    {"Delete a user", "Benutzer löschen", "删除用户"},
    {"Deletes a user's registration and everything kept for it.",
     "Löscht die Registrierung eines Benutzers und alles dazu Gespeicherte.",
     "删除某用户的注册及其所有数据。"},
    {"{} is deleted.", "{} ist gelöscht.", "{} 已删除。"},
    {"yes", "ja", "是"},
    {"no", "nein", "否"},
    {"There is no such command. Say “help” for the list.",
     "Diesen Befehl gibt es nicht. „help“ zeigt die Liste.", "没有此命令。输入“help”查看列表。"},
    {"You may not do this.", "Das dürfen Sie nicht.", "您无权执行此操作。"},
    {"Cancelled.", "Abgebrochen.", "已取消。"},
    {"There is nothing to cancel.", "Es gibt nichts abzubrechen.", "没有可取消的操作。"},
    {"One moment, please: the last step is still under way.",
     "Einen Moment bitte: der letzte Schritt läuft noch.", "请稍候：上一步仍在进行。"},
    {"Say “cancel” to stop.", "„cancel“ bricht ab.", "输入“cancel”可取消。"},
    {"“-” leaves it as it is.", "„-“ lässt es, wie es ist.", "输入“-”保持不变。"},
    {"“--” empties it.", "„--“ leert es.", "输入“--”清空。"},
    {"Settings", "Einstellungen", "设置"},
    {"Shows and changes what is set for your sessions to one server.",
     "Zeigt und ändert, was für Ihre Sitzungen mit einem Server eingestellt ist.",
     "显示并更改您与某个服务器会话的设置。"},
    {"This is not a server that can be reached from here.",
     "Das ist kein Server, der von hier erreicht werden kann.", "这不是可以从此处连接的服务器。"},
    {"There is nothing to set here.", "Hier gibt es nichts einzustellen.", "此处没有可设置的内容。"},
    {"These settings are in force whenever you connect.",
     "Diese Einstellungen gelten, sooft Sie verbunden werden.", "这些设置在您每次连接时生效。"},
    {"Saved. If you are connected, you are connected anew.",
     "Gespeichert. Wenn Sie verbunden sind, werden Sie neu verbunden.", "已保存。如已连接，将重新连接。"},
    {"Saved.", "Gespeichert.", "已保存。"},
    {"Preferences", "Vorlieben", "偏好"},
    {"Shows and changes what you prefer here.", "Zeigt und ändert, was Sie hier vorziehen.",
     "显示并更改您在此处的偏好。"},
    {"Stay connected without a client", "Ohne Programm verbunden bleiben", "没有客户端时保持连接"},
    {"Language", "Sprache", "语言"},
    {"Put contacts into your list where the server allows it",
     "Kontakte in Ihre Liste eintragen, wo der Server es erlaubt", "在服务器允许时将联系人写入您的名册"},
    {"Show who is typing, and that you are", "Zeigen, wer tippt, und dass Sie tippen",
     "显示谁在输入，以及您正在输入"},
    {"It is not shown again; delete it from your history afterwards.",
     "Es wird nicht wieder gezeigt; löschen Sie es danach aus Ihrem Verlauf.",
     "不会再次显示；之后请从聊天记录中删除。"},
    {"This is needed.", "Das wird gebraucht.", "此项为必填。"},
    {"Choose one of these.", "Wählen Sie eines davon.", "请选择其中之一。"},
    {"Answer yes or no.", "Antworten Sie mit ja oder nein.", "请回答是或否。"},
    {"Something in the form is missing or not valid.", "Im Formular fehlt etwas oder ist ungültig.",
     "表单中有缺失或无效的内容。"},
});

}  // namespace

Language language_of(std::string_view xml_lang) noexcept {
    const auto primary = xml_lang.substr(0, xml_lang.find_first_of("-_"));
    if (primary.size() != 2) return Language::english;
    const auto is = [&](char a, char b) { return (primary[0] | 0x20) == a && (primary[1] | 0x20) == b; };
    if (is('d', 'e')) return Language::german;
    return is('z', 'h') ? Language::chinese : Language::english;
}

std::string_view text(Language language, std::string_view english) noexcept {
    if (language == Language::english) return english;
    const auto found = std::ranges::find(kTexts, english, &Translation::english);
    if (found == kTexts.end()) return english;
    return language == Language::german ? found->german : found->chinese;
}

std::string fill(std::string_view pattern, std::initializer_list<std::string_view> values) {
    std::string result;
    for (const auto value : values) {
        const auto at = pattern.find("{}");
        if (at == std::string_view::npos) break;
        result.append(pattern.substr(0, at)).append(value);
        pattern.remove_prefix(at + 2);
    }
    return result.append(pattern);
}

std::span<const Translation> all_texts() noexcept {
    return kTexts;
}

}  // namespace causeway::translate
