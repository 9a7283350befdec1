#pragma once
/// @file legacy-adapters/loopback/far_side.hpp
/// NAME       FarSide: the network behind a durable loopback: a journal of what it took, and a file of what it offers.
/// WHY        Both survive kill -9 of the gateway, so that afterwards a test can compare what was promised with what is.
/// INVARIANTS A message is in the journal before anything is said about it; a line is one write(2). What is offered
///            and not acknowledged is offered again, under its key, until it is.
/// TRUST      The files are the tester's own. They are read on the loop: this is no network for real traffic.
/// TESTS      tests/unit/loopback/far_side_test.cpp, tests/crash
///
/// Journal, one JSON object a line: {"n", "key", "account", "contact", "text", "attempt"}, and "repeat": true where an
/// idempotent network has seen the key before and shows nothing. Beside it `JOURNAL.acks`: {"user", "key"} for each
/// offer that the gateway has kept, {"unreadable": LINE} for what is no offer. Offers: {"user", "contact", "text",
/// "key"}, written at the end of the file, a line at once.
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/adapter/adapter.hpp"
#include "legacy-adapters/loopback/durable.hpp"
#include "legacy-adapters/loopback/script.hpp"

namespace causeway::loopback {

/// A file that only grows, a whole line at a time.
class LineFile {
public:
    ~LineFile();
    LineFile() = default;
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    /// Makes it if it is not there. @return what it holds, without a last line that is not whole
    [[nodiscard]] Result<std::string> open(const std::string& path);
    /// @param line without its end. @return false: it is not there, or not whole and will be taken for nothing
    [[nodiscard]] bool append(std::string_view line);

private:
    int descriptor_ = -1;
    bool torn_ = false;  ///< the last line is not whole: it is ended first
};

/// Something that a contact says to a user.
struct Offer {
    std::uint64_t number = 0;  ///< line of the file
    std::string user;
    std::string contact;
    std::string text;
    std::string key;
};

class FarSide {
public:
    explicit FarSide(DurableOptions options) : options_(std::move(options)) {}

    /// Reads the files, and again what has changed in them since. Cheap when nothing has.
    /// @return not_connected: the script says `down`, or a file cannot be read
    [[nodiscard]] Result<> look();
    [[nodiscard]] const Script& script() const noexcept { return script_; }

    [[nodiscard]] Verdict judge(const AccountId& account, const adapter::OutgoingMessage& message);
    /// Writes it into the journal. @return the network's id of it; nothing if it could not be written
    [[nodiscard]] std::optional<LegacyMessageId> take(const AccountId& account,
                                                      const adapter::OutgoingMessage& message);

    /// The oldest for this user that is not acknowledged; null: there is none. @lifetime until the next look()
    [[nodiscard]] const Offer* next_offer(const std::string& user) const;
    /// It is not offered any more. @return false: this could not be written, and it will be
    [[nodiscard]] bool acknowledge(const Offer& offer);

    struct DueReport {
        SteadyTime at;
        MessageKey key;
        adapter::DeliveryStage stage;
    };
    void plan_report(const AccountId& account, DueReport report);
    /// The next report of this account that is due by `now`.
    [[nodiscard]] std::optional<DueReport> due_report(const AccountId& account, SteadyTime now);

private:
    using Owned = std::pair<std::string, std::string>;  ///< account or user, and a key of theirs

    [[nodiscard]] Result<> open_once();
    [[nodiscard]] Result<> read_script();
    [[nodiscard]] Result<> read_offers();
    void read_offer(std::string_view line);

    DurableOptions options_;
    Script script_;
    std::string script_stamp_;  ///< which version of the file it was read from
    LineFile journal_, acks_;
    bool opened_ = false;
    std::uint64_t taken_ = 0;                 ///< lines of the journal
    std::map<Owned, std::uint64_t> shown_;    ///< idempotent networks: line by message
    std::map<Owned, std::uint32_t> refused_;  ///< for now, so often
    std::set<Owned> acknowledged_;
    std::uint64_t offers_read_ = 0;  ///< bytes of the file of offers
    std::uint64_t offer_lines_ = 0;
    std::map<std::string, std::deque<Offer>> offers_;  ///< by user
    std::map<AccountId, std::deque<DueReport>> reports_;
};

}  // namespace causeway::loopback
