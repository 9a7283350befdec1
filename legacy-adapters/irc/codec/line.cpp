#include "legacy-adapters/irc/codec/line.hpp"

namespace causeway::irc {

namespace {

std::string_view without_cr(std::string_view line) {
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

}  // namespace

std::optional<std::string_view> LineBuffer::next() {
    while (true) {
        if (skipping_ && !skip_rest_of_line()) return std::nullopt;
        const std::size_t end = buffer_.find('\n', scanned_);
        const std::size_t length = (end == std::string::npos ? buffer_.size() : end) - start_;
        const std::string_view line = std::string_view(buffer_).substr(start_, std::min(length, kMaxLine));
        if (length > kMaxLine) {
            start_ += kMaxLine;
            scanned_ = start_;
            skipping_ = true;
            return without_cr(line);
        }
        if (end == std::string::npos) {
            scanned_ = buffer_.size();
            compact();
            return std::nullopt;
        }
        start_ = scanned_ = end + 1;
        if (const auto text = without_cr(line); !text.empty()) return text;
    }
}

bool LineBuffer::skip_rest_of_line() {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
        start_ = scanned_ = buffer_.size();
        compact();
        return false;
    }
    start_ = scanned_ = end + 1;
    skipping_ = false;
    return true;
}

void LineBuffer::compact() {
    if (start_ == buffer_.size()) {
        std::string().swap(buffer_);  // thousands of idle sessions must not keep a buffer each
    } else if (start_ > 0) {
        buffer_.erase(0, start_);
    }
    scanned_ -= start_;
    start_ = 0;
}

}  // namespace causeway::irc
