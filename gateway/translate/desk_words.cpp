#include "gateway/translate/desk_words.hpp"

#include "gateway/translate/texts.hpp"

namespace causeway::translate {

std::string_view sentence(delivery::Desk::Answer answer) noexcept {
    using enum delivery::Desk::Answer;
    switch (answer) {
        case retried:
            return "Message {} is tried again now.";
        case released:
            return "Message {} is sent once more; it may arrive a second time.";
        case cancelled:
            return "Message {} is given up, and its sender is told.";
        case cancelled_in_doubt:
            return "Message {} is given up, and its sender is told; it may have arrived all the same.";
        case cancelled_to_user:
            return "Message {} is given up.";
        case unknown:
            break;
        case several:
            return "Several messages have this id: {}. Say the number of one.";
        case waiting:
            return "Message {} waits for its turn already.";
        case under_way:
            return "Message {} is under way just now. Wait for what becomes of it.";
        case done_already:
            return "Message {} has been taken by the other side already.";
        case given_up_already:
            return "Message {} is given up already.";
        case needs_release:
            return "Message {} may have arrived. Release it if a second one does no harm.";
        case needs_retry:
            return "Message {} has not arrived. Retry it.";
        case text_gone:
            return "The text of message {} is not kept any more.";
        case not_served:
            return "The network of message {} is not served any more.";
        case moved:
            return "Message {} has just changed. Look at it again.";
        case store_failed:
            return "The store does not answer. Try again later.";
    }
    return "There is no message of this id.";
}

std::string desk_words(const delivery::Desk::Outcome& outcome,
                       const std::function<std::string(std::string_view)>& say) {
    std::string numbers;
    for (const auto& message : outcome.found)
        numbers += (numbers.empty() ? "" : ", ") + std::to_string(message.row.sequence);
    return fill(say(sentence(outcome.answer)), {numbers});
}

}  // namespace causeway::translate
