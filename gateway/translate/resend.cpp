#include "gateway/translate/resend.hpp"

namespace causeway::translate {

void Resend::send(xml::Element stanza) {
    static_cast<void>(face_.outlet.send(stanza));
    forget_taken();
    if (kept_.size() >= most_) kept_.pop_front();
    kept_.emplace_back(face_.context.clock.steady(), std::move(stanza));
}

void Resend::send_again() {
    forget_taken();
    for (auto& [sent, stanza] : kept_) {
        static_cast<void>(face_.outlet.send(stanza));
        sent = face_.context.clock.steady();
    }
}

void Resend::forget_taken() {
    const auto taken = face_.outlet.taken_until();
    while (!kept_.empty() && kept_.front().first < taken) kept_.pop_front();
}

}  // namespace causeway::translate
