#include "gateway/base/log.hpp"

#include <array>
#include <atomic>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unicode/uchar.h>

#include "gateway/base/text.hpp"
#include "gateway/base/time.hpp"
#include "gateway/base/utf8.hpp"

namespace causeway::log {

namespace {

/// What could break a line, drive a terminal or reorder what is read: controls, line separators,
/// bidirectional controls. Everything else of Unicode is shown as it is.
bool must_escape(char32_t c) noexcept {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return true;
    return c >= 0x80 && u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_BIDI_CONTROL) != 0;
}

void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (std::size_t i = 0; i < value.size();) {
        const utf8::Decoded next = utf8::decode(value, i);
        const char32_t c = next.code_point;
        if (c == '"' || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (must_escape(c)) {  // all of these are below U+FFFF, so one \uXXXX is enough in JSON too
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(c));
        } else if (!next.well_formed) {
            utf8::append(out, 0xFFFD);
        } else {
            out += value.substr(i, next.length);
        }
        i += next.length;
    }
    out += '"';
}

/// Plain enough to stand without quotes in the text format.
bool is_bare(std::string_view value) noexcept {
    const auto plain = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '=';
    };
    return !value.empty() && std::ranges::all_of(value, plain);
}

std::string render_text(const Message& message, std::span<const Field> fields) {
    std::string out = fmt::format("{} {} {}", to_string(message.level), message.id, message.text);
    for (const Field& field : fields) {
        out += ' ';
        out += field.key;
        out += '=';
        if (is_bare(field.value)) {
            out += field.value;
        } else {
            append_quoted(out, field.value);
        }
    }
    return out;
}

std::string render_json(const Message& message, std::span<const Field> fields) {
    std::string out =
        fmt::format(R"({{"level":"{}","event":"{}","message":)", to_string(message.level), message.id);
    append_quoted(out, message.text);
    for (const Field& field : fields) {
        out += ',';
        append_quoted(out, field.key);
        out += ':';
        append_quoted(out, field.value);
    }
    out += '}';
    return out;
}

// A JSON line is an object, so its time goes inside: the pattern opens the object that `render` then
// continues.
constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v)";

}  // namespace

std::string_view to_string(Level level) noexcept {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

std::string render(const Message& message, std::span<const Field> fields, Format format) {
    return format == Format::json ? render_json(message, fields) : render_text(message, fields);
}

struct StderrSink::Impl {
    std::atomic<Level> level = Level::info;
    Format format = Format::text;
    std::array<std::uint8_t, 32> person_key{};
    spdlog::logger logger{"causeway", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

StderrSink::StderrSink(Level level, Format format) : impl_(std::make_unique<Impl>()) {
    impl_->level = level;
    impl_->format = format;
    SystemRandom().fill(impl_->person_key);
    impl_->logger.set_level(spdlog::level::trace);  // enabled() decides
    impl_->logger.flush_on(spdlog::level::trace);
    impl_->logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        format == Format::json ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc));
}

StderrSink::~StderrSink() = default;

bool StderrSink::enabled(Level level) const noexcept {
    return level >= impl_->level.load(std::memory_order_relaxed);
}

void StderrSink::set_level(Level level) noexcept {
    impl_->level.store(level, std::memory_order_relaxed);
}

void StderrSink::write(const Message& message, std::span<const Field> fields) noexcept {
    try {
        const std::string line = render(message, fields, impl_->format);
        const std::string_view rest = std::string_view(line).substr(impl_->format == Format::json ? 1 : 0);
        impl_->logger.log(spdlog::level::info, spdlog::string_view_t(rest.data(), rest.size()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): out of memory, or stderr is gone; nobody is left to tell
    }
}

std::string StderrSink::person(std::string_view address) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), impl_->person_key.data(), static_cast<int>(impl_->person_key.size()),
         reinterpret_cast<const unsigned char*>(address.data()), address.size(), digest.data(), &size);
    std::string out(10, 'a');
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>('a' + digest[i] % 26);
    return out;
}

}  // namespace causeway::log
