#include "legacy-adapters/loopback/far_side.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <boost/json.hpp>

#include "gateway/base/text.hpp"

namespace causeway::loopback {
namespace {

namespace json = boost::json;

[[nodiscard]] Error unreadable(const std::string& path) {
    Error error{.code = Errc::not_connected, .retry = Retry::when_connected};
    error.detail = path + ": " + std::strerror(errno);
    return error;
}

/// What the file holds from `from` on.
[[nodiscard]] Result<std::string> read_from(const std::string& path, std::uint64_t from) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(unreadable(path));
    std::string content;
    std::array<char, 65536> piece{};
    for (;;) {
        const auto at = static_cast<off_t>(from + content.size());
        const auto got = ::pread(descriptor, piece.data(), piece.size(), at);
        if (got <= 0) break;
        content.append(piece.data(), static_cast<std::size_t>(got));
    }
    ::close(descriptor);
    return content;
}

/// One object of a line; empty if it is none.
[[nodiscard]] json::object object_of(std::string_view line) {
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // of strangers; it is repaired below
    boost::system::error_code error;
    const auto value = json::parse(line, error, {}, options);
    return !error && value.is_object() ? value.get_object() : json::object{};
}

[[nodiscard]] std::string text_of(const json::object& object, std::string_view name) {
    const auto* const found = object.if_contains(name);
    if (found == nullptr || !found->is_string()) return {};
    return text::repair(std::string_view(found->get_string()));
}

template <class Each>
void for_each_line(std::string_view content, Each each) {
    for (std::size_t start = 0; start < content.size();) {
        const auto end = content.find('\n', start);
        if (end == std::string_view::npos) return;
        each(content.substr(start, end - start));
        start = end + 1;
    }
}

/// Which version of a file this is; "" if it is not there.
[[nodiscard]] std::string stamp_of(const std::string& path) {
    struct stat found{};
    if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
    return std::to_string(found.st_ino) + "/" + std::to_string(found.st_size) + "/" +
           std::to_string(found.st_mtim.tv_sec) + "." + std::to_string(found.st_mtim.tv_nsec);
}

}  // namespace

// ------------------------------------------------------------------------------------------------ LineFile
LineFile::~LineFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string> LineFile::open(const std::string& path) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) return fail(unreadable(path));
    auto content = read_from(path, 0);
    if (!content) return content;
    torn_ = !content->empty() && !content->ends_with('\n');
    content->resize(content->rfind('\n') + 1);  // npos + 1: nothing whole
    return content;
}

bool LineFile::append(std::string_view line) {
    std::string bytes(torn_ ? "\n" : "");
    bytes.append(line).push_back('\n');
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) torn_ = static_cast<std::size_t>(written) != bytes.size();
    return written > 0 && !torn_;
}

// ------------------------------------------------------------------------------------------------ FarSide
Result<> FarSide::open_once() {
    if (opened_) return {};
    const auto journal = journal_.open(options_.journal);
    if (!journal) return fail(journal.error());
    const auto acks = acks_.open(options_.journal + ".acks");
    if (!acks) return fail(acks.error());
    for_each_line(*journal, [&](std::string_view line) {
        ++taken_;
        if (!options_.idempotent) return;
        const auto object = object_of(line);
        shown_.try_emplace({text_of(object, "account"), text_of(object, "key")}, taken_);
    });
    for_each_line(*acks, [&](std::string_view line) {
        const auto object = object_of(line);
        acknowledged_.emplace(text_of(object, "user"), text_of(object, "key"));
    });
    opened_ = true;
    return {};
}

Result<> FarSide::look() {
    if (auto opened = open_once(); !opened) return opened;
    if (auto read = read_script(); !read) return read;
    if (script_.is_down())
        return fail({.code = Errc::not_connected, .retry = Retry::when_connected, .detail = "down"});
    return read_offers();
}

Result<> FarSide::read_script() {
    auto stamp = stamp_of(options_.script);
    if (stamp == script_stamp_) return {};
    script_ = Script{};
    if (!stamp.empty()) {
        const auto content = read_from(options_.script, 0);
        if (!content) return fail(content.error());
        auto parsed = Script::parse(*content);
        if (!parsed) {
            return fail({.code = Errc::not_connected,
                         .retry = Retry::when_connected,
                         .detail = options_.script + ": " + parsed.error().detail});
        }
        script_ = std::move(*parsed);
    }
    script_stamp_ = std::move(stamp);
    return {};
}

Result<> FarSide::read_offers() {
    struct stat found{};
    if (options_.offers.empty() || ::stat(options_.offers.c_str(), &found) != 0) return {};
    if (static_cast<std::uint64_t>(found.st_size) <= offers_read_) return {};
    const auto news = read_from(options_.offers, offers_read_);
    if (!news) return fail(news.error());
    for_each_line(*news, [&](std::string_view line) {
        offers_read_ += line.size() + 1;
        ++offer_lines_;
        read_offer(line);
    });
    return {};
}

void FarSide::read_offer(std::string_view line) {
    const auto object = object_of(line);
    Offer offer{.number = offer_lines_, .user = text_of(object, "user")};
    offer.contact = text_of(object, "contact");
    offer.text = text_of(object, "text");
    offer.key = text_of(object, "key");
    if (offer.user.empty() || offer.contact.empty() || offer.key.empty()) {
        (void)acks_.append(json::serialize(json::object{{"unreadable", offer_lines_}}));
        return;
    }
    if (!acknowledged_.contains({offer.user, offer.key})) offers_[offer.user].push_back(std::move(offer));
}

Verdict FarSide::judge(const AccountId& account, const adapter::OutgoingMessage& message) {
    const Manners manners{options_.delivery_reports, options_.poison, options_.retry_after};
    const auto& contact = std::get<ContactId>(message.to).str();
    const Owned owned{account.str(), message.key.str()};
    const auto before = refused_.find(owned);
    auto verdict =
        loopback::judge(script_.rule_for(contact), before == refused_.end() ? 0 : before->second, manners);
    if (verdict.taken) {
        refused_.erase(owned);
    } else if (verdict.error.retry == Retry::later) {
        ++refused_[owned];
    }
    return verdict;
}

std::optional<LegacyMessageId> FarSide::take(const AccountId& account,
                                             const adapter::OutgoingMessage& message) {
    json::object line{{"n", taken_ + 1}, {"key", message.key.str()}, {"account", account.str()}};
    line["contact"] = std::get<ContactId>(message.to).str();
    line["text"] = text::repair(message.text);
    line["attempt"] = message.attempt;
    auto number = taken_ + 1;
    if (options_.idempotent) {
        const auto [shown, is_new] = shown_.try_emplace({account.str(), message.key.str()}, number);
        if (!is_new) line["repeat"] = true;
        number = shown->second;
    }
    if (!journal_.append(json::serialize(line))) {
        if (number == taken_ + 1) shown_.erase({account.str(), message.key.str()});
        return std::nullopt;
    }
    ++taken_;
    return LegacyMessageId("far" + std::to_string(number));
}

const Offer* FarSide::next_offer(const std::string& user) const {
    const auto found = offers_.find(user);
    return found == offers_.end() || found->second.empty() ? nullptr : &found->second.front();
}

bool FarSide::acknowledge(const Offer& offer) {
    if (!acks_.append(json::serialize(json::object{{"user", offer.user}, {"key", offer.key}}))) return false;
    acknowledged_.emplace(offer.user, offer.key);
    std::erase_if(offers_[offer.user], [&](const Offer& one) { return one.number == offer.number; });
    return true;
}

void FarSide::plan_report(const AccountId& account, DueReport report) {
    reports_[account].push_back(std::move(report));
}

std::optional<FarSide::DueReport> FarSide::due_report(const AccountId& account, SteadyTime now) {
    const auto found = reports_.find(account);
    if (found == reports_.end()) return std::nullopt;
    const auto due = std::ranges::find_if(found->second, [&](const auto& one) { return one.at <= now; });
    if (due == found->second.end()) return std::nullopt;
    auto report = std::move(*due);
    found->second.erase(due);
    return report;
}

}  // namespace causeway::loopback
