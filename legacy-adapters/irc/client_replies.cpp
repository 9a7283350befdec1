// Numeric replies: answers to what we asked, and errors that belong to exactly one request.
#include <algorithm>

#include "legacy-adapters/irc/client.hpp"

namespace causeway::irc {

namespace {

using model::RoomRefusal;

bool is_nick_error(int numeric) {
    switch (numeric) {
        case 430:
        case 431:
        case 432:
        case 433:
        case 436:
        case 437:
        case 438:
        case 447:
        case 484:
            return true;
        default:
            return false;
    }
}

/// The nick may be had later.
bool is_taken(int numeric) {
    return numeric == 433 || numeric == 436 || numeric == 437 || numeric == 438;
}

/// The one nick in `nick!user@host`.
std::string_view nick_in(std::string_view source) {
    return source.substr(0, source.find_first_of("!,"));
}

/// Errors that tell nobody anything: 421 for what old servers do not know, 422 no MOTD, 462 registered already.
bool is_noise(int numeric) {
    return numeric == 421 || numeric == 422 || numeric == 451 || numeric == 462;
}

bool is_message_error(int numeric) {
    switch (numeric) {
        case 263:
        case 401:
        case 402:
        case 403:
        case 404:
        case 405:
        case 407:
        case 408:
        case 411:
        case 412:
        case 413:
        case 414:
        case 415:
        case 416:
        case 417:
        case 439:
        case 442:
        case 461:
        case 477:
        case 481:
        case 482:
        case 486:
        case 487:
        case 489:
        case 492:
        case 494:
        case 502:
        case 531:
        case 707:
        case 716:
            return true;
        default:
            return false;
    }
}

bool is_membership_error(int numeric) {
    return numeric == 403 || numeric == 442 || numeric == 461 || numeric == 476 || numeric == 479;
}

/// Errors of MODE that tell the letter that the server does not want.
bool names_no_channel(int numeric) {
    return numeric == 472 || numeric == 501 || numeric == 974;
}

bool is_list_error(int numeric) {
    return numeric == 263 || numeric == 416 || numeric == 421 || numeric == 461 || numeric == 481;
}

/// Names both what the request was about and what the numeric speaks of.
bool concerns(const Waiting& request, int numeric, std::string_view first, std::string_view second) {
    if (!request.written) return false;
    switch (request.ask) {
        case Ask::message:
            return is_message_error(numeric) && request.target == first;
        case Ask::join:
            return request.target == first && numeric != 404 && numeric != 482;
        case Ask::part:
            return request.target == first && is_membership_error(numeric);
        case Ask::topic:
            return request.target == first && numeric != 404;
        case Ask::kick:
            if (numeric == 401 || numeric == 402) return request.detail == first;
            if (numeric == 441) return request.detail == first && request.target == second;
            return request.target == first && numeric != 404;
        case Ask::mode:
            if (names_no_channel(numeric)) return true;
            if (numeric == 401 || numeric == 402) return request.detail == first;
            if (numeric == 441) return request.detail == first && request.target == second;
            return request.target == first && numeric != 404;
        case Ask::bans:
            return request.target == first &&
                   (is_membership_error(numeric) || numeric == 482 || numeric == 481);
        case Ask::invite:
            if (numeric == 401 || numeric == 402) return request.detail == first;
            if (numeric == 443) return request.detail == first && request.target == second;
            return request.target == first && numeric != 404;
        case Ask::list:
            return is_list_error(numeric) && (first == "list" || first.empty());
        case Ask::nick:
            return is_nick_error(numeric);
        case Ask::version:
        case Ask::ping:
            return request.target == first && is_message_error(numeric);
    }
    return false;
}

}  // namespace

RoomRefusal refusal_of(int numeric, std::string_view words) noexcept {
    const auto closed_by = [&](std::string_view mode) { return words.find(mode) != std::string_view::npos; };
    switch (numeric) {
        case 403:
        case 476:
        case 479:
        case 448:
            return RoomRefusal::no_such_room;
        case 405:
            return RoomRefusal::too_many_rooms;
        case 471:  // ngIRCd's for every mode that closes a channel to some
            if (closed_by("(+R)")) return RoomRefusal::registered_only;
            if (closed_by("(+O)") || closed_by("(+z)")) return RoomRefusal::not_permitted;
            return RoomRefusal::full;
        case 473:
            return RoomRefusal::invite_only;
        case 474:
            return RoomRefusal::banned;
        case 475:
            return RoomRefusal::password;
        case 477:
            return RoomRefusal::registered_only;
        case 433:
        case 436:
            return RoomRefusal::nick_in_use;
        case 431:
        case 432:
            return RoomRefusal::bad_nick;
        case 401:
        case 441:
            return RoomRefusal::no_such_member;
        case 481:
        case 482:
        case 484:
        case 485:
        case 442:
        case 520:
            return RoomRefusal::not_permitted;
        default:
            return RoomRefusal::other;
    }
}

Error error_of(int numeric) {
    switch (numeric) {
        case 401:
        case 402:
        case 403:
        case 406:
            return make_error(Errc::bad_recipient, std::to_string(numeric));
        case 412:
        case 411:
        case 461:
        case 696:
            return make_error(Errc::bad_input, std::to_string(numeric));
        case 472:
        case 501:
        case 974:
            return make_error(Errc::unsupported, std::to_string(numeric));
        case 417:
            return make_error(Errc::too_large, std::to_string(numeric));
        case 432:
        case 431:
            return make_error(Errc::bad_input, std::to_string(numeric));
        case 433:
        case 436:
        case 443:
            return make_error(Errc::conflict, std::to_string(numeric));
        case 263:
        case 439:
        case 480:
        case 707: {
            Error error = make_error(Errc::rate_limited, std::to_string(numeric));
            error.retry = Retry::later;
            return error;
        }
        default:
            return make_error(Errc::refused, std::to_string(numeric));
    }
}

void Client::on_numeric(const Message& message) {
    switch (message.numeric) {
        case 5:
            for (std::size_t i = 1; i + 1 < message.size(); ++i) me_.isupport.apply(message.param(i));
            return;
        case 301:
            return watch_.seen_away(message.param(1), true, me_.text(message.param(2)), output_.hints);
        case 302:
            return watch_.on_userhost(message.last(), output_.hints);
        case 303:
            return watch_.on_ison(message.last(), output_.hints);
        case 324:
        case 331:
        case 332:
        case 333:
        case 353:
            return channels_.on_reply(message, output_.events);
        case 366:
            return on_end_of_names(message.param(1));
        case 396:
            me_.host = message.param(1);
            return;
        case 730:
            return watch_.on_monitor_online(message.last());
        case 731:
            nick_is_free(nick_in(message.last()));
            return watch_.on_monitor_offline(message.last(), output_.hints);
        case 734:
            return watch_.on_monitor_full(message.param(2));
        default:
            if (on_room_reply(message)) return;
            break;
    }
    const bool is_error = (message.numeric >= 400 && message.numeric < 600) || message.numeric == 263 ||
                          message.numeric == 696 || message.numeric == 707 || message.numeric == 716 ||
                          message.numeric == 974;
    if (!is_error || on_error_numeric(message) || is_noise(message.numeric)) return;
    std::string text;
    for (const auto param : message.params().subspan(std::min<std::size_t>(1, message.size()))) {
        text.append(text.empty() ? "" : " ").append(me_.text(param));
    }
    notice(std::move(text));
}

bool Client::on_error_numeric(const Message& message) {
    const std::string first = me_.isupport.fold(message.size() > 2 ? message.param(1) : std::string_view{});
    const std::string second = me_.isupport.fold(message.size() > 3 ? message.param(2) : std::string_view{});
    const int numeric = message.numeric;
    const Waiting* request =
        requests_.oldest([&](const Waiting& waiting) { return concerns(waiting, numeric, first, second); });
    // 411, 412, 417: the server does not say for whom it was; it answers in order.
    if (request == nullptr && (numeric == 411 || numeric == 412 || numeric == 417)) {
        request = requests_.oldest(
            [](const Waiting& waiting) { return waiting.ask == Ask::message && waiting.written; });
    }
    if (request == nullptr) return false;
    if (numeric == 401 && (request->ask == Ask::message)) watch_.seen_gone(message.param(1), output_.hints);
    if (request->ask == Ask::part) {  // not in there: what was wanted
        requests_.settle(request->tag, Reply{});
        return true;
    }
    if (request->ask == Ask::nick && !is_taken(numeric)) reclaims_nick_ = false;  // it will never be had
    adapter::RoomError error{.error = error_of(numeric),
                             .refusal = refusal_of(numeric, message.last()),
                             .reason = me_.text(message.last())};
    if (request->ask == Ask::join)
        return settle_all(Ask::join, first, std::unexpected(std::move(error))), true;
    requests_.settle(request->tag, std::unexpected(std::move(error)));
    return true;
}

}  // namespace causeway::irc
