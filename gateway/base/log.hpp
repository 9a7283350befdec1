#pragma once
/// @file gateway/base/log.hpp
/// NAME       Structured log: each line has a stable id that gateway/doc/log-messages.md explains.
/// INVARIANTS No message bodies, no secrets. Addresses of people are written through `Log::person` above debug.
/// TESTS      tests/lint checks that every id declared is documented, and the other way round.
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace causeway::log {

enum class Level : std::uint8_t { debug, info, warning, error };

/// Declared once, `constexpr`, in the file that writes it:
///   constexpr log::Message kLinkLost{"CAUSEWAY_LINK_LOST", log::Level::warning, "component link lost"};
struct Message {
    std::string_view id;
    Level level;
    std::string_view text;  ///< a fixed sentence; what varies goes into fields
};

/// `key=value`. Values are escaped on output; they may hold anything.
struct Field {
    std::string_view key;
    std::string value;

    Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    Field(std::string_view k, const char* v) : key(k), value(v) {}
    template <class Number>
        requires std::is_arithmetic_v<Number>
    Field(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
};

/// Where lines go. @threads any
class Sink {
public:
    virtual ~Sink() = default;
    [[nodiscard]] virtual bool enabled(Level level) const noexcept = 0;
    virtual void write(const Message& message, std::span<const Field> fields) noexcept = 0;
    /// A person's address as 10 letters: the same for one address within one process (keyed by a random value
    /// made at start), so that an operator can follow one user without learning who it is.
    [[nodiscard]] virtual std::string person(std::string_view address) const = 0;
};

/// A cheap handle that is passed around by value.
class Log {
public:
    Log() = default;  ///< writes nowhere
    explicit Log(Sink& sink) : sink_(&sink) {}

    void event(const Message& message, std::initializer_list<Field> fields = {}) const noexcept {
        if (enabled(message.level)) sink_->write(message, {fields.begin(), fields.size()});
    }
    [[nodiscard]] bool enabled(Level level) const noexcept {
        return sink_ != nullptr && sink_->enabled(level);
    }
    /// For fields of lines above debug: `{"user", log.person(jid)}`.
    [[nodiscard]] std::string person(std::string_view address) const {
        return sink_ != nullptr ? sink_->person(address) : std::string{};
    }

private:
    Sink* sink_ = nullptr;
};

enum class Format : std::uint8_t { text, json };

/// stderr through spdlog; `level` may be changed while running.
class StderrSink final : public Sink {
public:
    StderrSink(Level level, Format format);
    ~StderrSink() override;
    [[nodiscard]] bool enabled(Level level) const noexcept override;
    void write(const Message& message, std::span<const Field> fields) noexcept override;
    [[nodiscard]] std::string person(std::string_view address) const override;
    void set_level(Level level) noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// One line as it is written (without time): for the sink and its tests.
[[nodiscard]] std::string render(const Message& message, std::span<const Field> fields, Format format);

[[nodiscard]] std::string_view to_string(Level level) noexcept;

}  // namespace causeway::log
