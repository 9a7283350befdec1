#include "legacy-adapters/loopback/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "gateway/base/text.hpp"

namespace causeway::loopback {
namespace {

using adapter::DeliveryStage;

struct Named {
    std::string_view name;
    Deed deed;
};
// Longer names first: a contact's name is looked for from the top.
constexpr std::array kDeeds{
    Named{"report-failed", Deed::report_failed},
    Named{"silent-lost", Deed::silent_lost},
    Named{"doubt-lost", Deed::doubt_lost},
    Named{"accept", Deed::accept},
    Named{"refuse", Deed::refuse},
    Named{"silent", Deed::silent},
    Named{"report", Deed::report},
    Named{"poison", Deed::poison},
    Named{"doubt", Deed::doubt},
    Named{"busy", Deed::busy},
    Named{"seen", Deed::seen},
};

[[nodiscard]] std::optional<std::uint32_t> number(std::string_view digits) {
    std::uint32_t value = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return value;
}

[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
        const auto end = std::min(line.find_first_of(" \t", at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

[[nodiscard]] bool fits(std::string_view pattern, std::string_view contact) {
    if (pattern.ends_with('*')) return contact.starts_with(pattern.substr(0, pattern.size() - 1));
    return contact == pattern;
}

[[nodiscard]] Verdict refusal(Errc code, Retry retry, Ambiguous ambiguous, bool taken) {
    Verdict verdict{.taken = taken, .answer = Verdict::Answer::error};
    verdict.error = {.code = code, .retry = retry, .ambiguous = ambiguous};
    return verdict;
}

}  // namespace

Result<Script> Script::parse(std::string_view source) {
    Script script;
    std::size_t count = 0;
    for (const auto line : text::lines(source)) {
        ++count;
        if (!script.read_line(line.substr(0, line.find('#'))))
            return fail(Errc::bad_input, "line " + std::to_string(count) + " is not CONTACT DEED [COUNT]");
    }
    return script;
}

bool Script::read_line(std::string_view line) {
    const auto words = words_of(line);
    if (words.empty()) return true;
    if (words.size() == 1) return down_ = words[0] == "down";
    const auto count = words.size() == 3 ? number(words[2]) : std::optional<std::uint32_t>(1);
    if (words[0] == "drop" && words.size() == 2) {
        drops_ = number(words[1]).value_or(0);
        return drops_ != 0;
    }
    const auto* const deed = std::ranges::find(kDeeds, words[1], &Named::name);
    if (words.size() > 3 || !count || deed == kDeeds.end()) return false;
    rules_.push_back({.contact = text::ascii_lower(words[0]), .deed = deed->deed, .count = *count});
    return true;
}

Rule Script::rule_for(std::string_view contact) const {
    const auto written =
        std::ranges::find_if(rules_, [&](const Rule& rule) { return fits(rule.contact, contact); });
    if (written != rules_.end()) return *written;
    const auto* const named =
        std::ranges::find_if(kDeeds, [&](const Named& one) { return contact.starts_with(one.name); });
    Rule rule{.contact = std::string(contact)};
    if (named == kDeeds.end()) return rule;
    rule.deed = named->deed;
    const auto digits = contact.substr(named->name.size());
    const auto end = std::min(digits.find_first_not_of("0123456789"), digits.size());
    rule.count = number(digits.substr(0, end)).value_or(1);
    return rule;
}

Verdict judge(const Rule& rule, std::uint32_t earlier, const Manners& manners) {
    using Answer = Verdict::Answer;
    Verdict accepted;
    if (manners.delivery_reports) accepted.reports = {DeliveryStage::delivered};
    switch (rule.deed) {
        case Deed::accept:
            return accepted;
        case Deed::refuse:
            return refusal(Errc::refused, Retry::never, Ambiguous::no, false);
        case Deed::busy: {
            if (earlier >= rule.count) return accepted;
            auto later = refusal(Errc::rate_limited, Retry::later, Ambiguous::no, false);
            if (manners.retry_after.count() > 0) later.error.retry_after = manners.retry_after;
            return later;
        }
        case Deed::doubt:
            return refusal(Errc::not_connected, Retry::when_connected, Ambiguous::yes, true);
        case Deed::doubt_lost:
            return refusal(Errc::not_connected, Retry::when_connected, Ambiguous::yes, false);
        case Deed::silent:
            return {.taken = true, .answer = Answer::silence};
        case Deed::silent_lost:
            return {.taken = false, .answer = Answer::silence};
        case Deed::report:
            return {.answer = Answer::submitted, .reports = {DeliveryStage::delivered}};
        case Deed::report_failed:
            return {.answer = Answer::submitted, .reports = {DeliveryStage::failed}};
        case Deed::seen:
            accepted.reports.push_back(DeliveryStage::displayed);
            return accepted;
        case Deed::poison:
            if (!manners.poison) return accepted;
            return {.taken = false, .answer = Answer::crash};
    }
    std::unreachable();
}

}  // namespace causeway::loopback
