#include "legacy-adapters/irc/registration.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace causeway::irc {

namespace {

constexpr std::size_t kMaxOffered = 8192;
constexpr int kMaxNickAttempts = 8;
constexpr std::size_t kAuthenticateChunk = 400;

std::string_view take_word(std::string_view& list) {
    while (list.starts_with(' ')) list.remove_prefix(1);
    const auto word = list.substr(0, list.find(' '));
    list.remove_prefix(word.size());
    return word;
}

std::optional<Cap> cap_of(std::string_view name) {
    const auto found = std::ranges::find(kCaps, name, &std::pair<std::string_view, Cap>::first);
    return found == kCaps.end() ? std::nullopt : std::optional(found->second);
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto rest = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8U | (k < rest ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= rest ? alphabet[group >> (18U - 6U * k) & 0x3fU] : '=';
        }
    }
    return out;
}

}  // namespace

std::string alternative_nick(std::string_view nick, int attempt, std::size_t most) {
    constexpr std::size_t kSafeLength = 9;  // RFC 1459: what every server takes
    if (attempt <= 2) {
        std::string longer(nick);
        longer.append(static_cast<std::size_t>(attempt), '_');
        if (most == 0 || longer.size() <= most) return longer;
    }
    const std::string number = std::to_string(attempt);
    const std::size_t limit = std::max(most == 0 ? kSafeLength : most, number.size() + 1);
    const std::size_t room = limit - number.size();
    return std::string(text::prefix(nick, room)) + number;
}

std::string authenticate_lines(std::string_view payload) {
    const std::string encoded = base64(payload);
    std::string lines;
    std::size_t at = 0;
    for (; at + kAuthenticateChunk <= encoded.size(); at += kAuthenticateChunk) {
        lines += "AUTHENTICATE " + encoded.substr(at, kAuthenticateChunk) + "\r\n";
    }
    lines += "AUTHENTICATE " + (at < encoded.size() ? encoded.substr(at) : std::string("+")) + "\r\n";
    return lines;
}

void apply_caps(CapSet& caps, std::string_view names, bool granted) {
    for (auto word = take_word(names); !word.empty(); word = take_word(names)) {
        const bool removes = word.starts_with('-');
        if (removes) word.remove_prefix(1);
        const auto cap = cap_of(word.substr(0, word.find('=')));
        if (!cap) continue;
        if (granted && !removes)
            caps.add(*cap);
        else
            caps.remove(*cap);
    }
}

Registration::Registration(LoginDetails details, Identity& identity)
    : details_(std::move(details)), identity_(identity), wants_sasl_(!details_.sasl_password.empty()) {
    identity_.nick = details_.nick;
}

Result<std::string> Registration::start() {
    std::string lines = "CAP LS 302\r\n";
    if (!details_.server_password.empty()) {
        const auto pass = encode("PASS", {details_.server_password.reveal()});
        if (!pass) return fail(pass.error());
        lines += *pass;
    }
    const auto nick = encode("NICK", {details_.nick});
    if (!nick) return fail(nick.error());
    const auto user = encode("USER", {details_.username, "0", "*", details_.realname});
    if (!user) return fail(user.error());
    return lines + *nick + *user;
}

void Registration::receive(const Message& message, std::string& out) {
    if (message.numeric != 0)
        on_numeric(message, out);
    else if (message.is("CAP"))
        on_cap(message, out);
    else if (message.is("AUTHENTICATE"))
        on_authenticate(message, out);
    else if (message.is("ERROR") && !error_)
        give_up(Errc::not_connected, message, "closed by the server");
    else if (message.is("NICK") && identity_.is_me(message.source.nick) && is_bearable_name(message.param(0)))
        identity_.nick = message.param(0);
}

void Registration::on_cap(const Message& message, std::string& out) {
    const auto verb = message.param(1);
    if (verb == "LS")
        on_cap_list(message, out);
    else if (verb == "ACK")
        on_cap_answer(message, true, out);
    else if (verb == "NAK")
        on_cap_answer(message, false, out);
}

void Registration::on_cap_list(const Message& message, std::string& out) {
    if (cap_ended_ || answers_due_ > 0) return;
    const auto names = message.last().substr(0, kMaxOffered);
    if (offered_.size() < kMaxOffered) offered_.append(names).append(" ");
    if (message.size() > 3 && message.param(2) == "*") return;  // more follows
    std::vector<std::string_view> wanted;
    std::string_view rest = offered_;
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
        const auto name = word.substr(0, word.find('='));
        const auto cap = cap_of(name);
        if (!cap || (*cap == Cap::sasl && !wants_sasl_) || std::ranges::find(wanted, name) != wanted.end()) {
            continue;
        };
        wanted.push_back(name);
    }
    if (wanted.empty()) return end_caps(out);
    request(wanted, out);
}

void Registration::request(const std::vector<std::string_view>& names, std::string& out) {
    std::string list;
    for (const auto name : names) list.append(list.empty() ? "" : " ").append(name);
    out += "CAP REQ :" + list + "\r\n";
    ++answers_due_;
}

void Registration::on_cap_answer(const Message& message, bool granted, std::string& out) {
    const auto names = message.last();
    if (granted) apply_caps(identity_.caps, names, true);
    if (answers_due_ == 0 || cap_ended_) return;
    --answers_due_;
    if (!granted && !asked_one_by_one_ && names.find(' ') != std::string_view::npos) {
        asked_one_by_one_ = true;  // one bad name refuses them all: find out which are good
        std::string_view rest = names;
        for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
            if (cap_of(word)) request({word}, out);
        }
    }
    if (answers_due_ == 0) proceed(out);
}

void Registration::proceed(std::string& out) {
    if (wants_sasl_ && identity_.caps.has(Cap::sasl))
        out += "AUTHENTICATE PLAIN\r\n";
    else
        end_caps(out);
}

void Registration::end_caps(std::string& out) {
    if (cap_ended_) return;
    cap_ended_ = true;
    out += "CAP END\r\n";
}

void Registration::on_authenticate(const Message& message, std::string& out) {
    if (message.param(0) != "+" || cap_ended_ || !wants_sasl_ || password_sent_) return;
    password_sent_ = true;
    const std::string& account = details_.sasl_account.empty() ? details_.nick : details_.sasl_account;
    std::string payload = account;  // authzid NUL authcid NUL password
    payload += '\0';
    payload += account;
    payload += '\0';
    payload += details_.sasl_password.reveal();
    out += authenticate_lines(payload);
    wipe(payload.data(), payload.size());
}

void Registration::on_numeric(const Message& message, std::string& out) {
    switch (message.numeric) {
        case 1:
            identity_.nick = message.param(0);
            cap_ended_ = true;
            break;
        case 5:
            for (std::size_t i = 1; i + 1 < message.size(); ++i) identity_.isupport.apply(message.param(i));
            break;
        case 376:
        case 422:
            done_ = true;
            break;
        case 903:
        case 907:
            authenticated_ = true;
            end_caps(out);
            break;
        case 902:
        case 904:
        case 905:
        case 906:
            give_up(Errc::bad_credentials, message, "SASL login refused");
            break;
        case 464:
            give_up(Errc::bad_credentials, message, "server password refused");
            break;
        case 463:
        case 465:
            give_up(Errc::refused, message, "banned from the server");
            break;
        case 432:
            next_nick(true, out);
            break;
        case 433:
        case 436:
        case 437:
            next_nick(false, out);
            break;
        default:
            break;
    }
    if (error_ && error_->code == Errc::bad_input) reason_ = identity_.text(message.last());
}

void Registration::next_nick(bool invalid, std::string& out) {
    // Names that the server finds ill-formed may just be too long for it: go straight to the short ones.
    if (invalid && nick_attempt_ < 2) nick_attempt_ = 2;
    if (++nick_attempt_ > kMaxNickAttempts || (invalid && nick_attempt_ > 4)) {
        error_ = make_error(invalid ? Errc::bad_input : Errc::conflict, "no nickname was accepted");
        return;
    }
    const auto line =
        encode("NICK", {alternative_nick(details_.nick, nick_attempt_, identity_.isupport.nicklen)});
    if (line) out += *line;
}

void Registration::give_up(Errc code, const Message& message, std::string detail) {
    Error error = make_error(code, std::move(detail));
    const std::string lower = text::ascii_lower(message.last());
    if (code == Errc::not_connected) error.retry = Retry::later;
    if (code == Errc::not_connected && (lower.contains("banned") || lower.contains("-line"))) {
        error = make_error(Errc::refused, "banned from the server");
    }
    error_ = std::move(error);
    reason_ = identity_.text(message.last());
}

}  // namespace causeway::irc
