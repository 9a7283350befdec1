#include "gateway/app/fsck.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/app/daemon.hpp"
#include "gateway/app/wiring.hpp"
#include "gateway/delivery/message_state.hpp"
#include "gateway/delivery/trace.hpp"
#include "gateway/store/postgres/check.hpp"
#include "gateway/store/sqlite/check.hpp"

namespace causeway::app {
namespace {

using store::Checked;

constexpr std::size_t kMostShown = 20;  ///< of one kind

/// Counts findings, and prints the first of each kind.
class Findings {
public:
    explicit Findings(std::ostream& out) : out_(out) {}
    void begin(std::string kind) {
        close_kind();
        kind_ = std::move(kind);
        of_kind_ = 0;
    }
    void add(const std::string& what) {
        ++all_;
        if (of_kind_++ < kMostShown) out_ << "  " << kind_ << ": " << what << "\n";
    }
    [[nodiscard]] std::size_t end() {
        close_kind();
        return all_;
    }

private:
    void close_kind() {
        if (of_kind_ > kMostShown) out_ << "  " << kind_ << ": and " << of_kind_ - kMostShown << " more\n";
        of_kind_ = 0;
    }

    std::ostream& out_;
    std::string kind_;
    std::size_t of_kind_ = 0;
    std::size_t all_ = 0;
};

std::optional<model::State> state_of(std::string_view name) {
    for (int number = 0; number <= static_cast<int>(model::State::quarantined); ++number) {
        const auto state = static_cast<model::State>(number);
        if (to_string(state) == name) return state;
    }
    return std::nullopt;
}

bool can_follow(model::State from, model::State to) {
    if (from == to) return true;  // a notice was kept: its sender was warned, or told once more
    for (std::size_t step = 0; step < delivery::kSteps; ++step) {
        if (delivery::after(from, static_cast<delivery::Step>(step)) == to) return true;
    }
    return false;
}

/// Why these steps cannot have led to this state; "" if they can.
std::string impossible(model::State state, std::string_view steps) {
    auto at = model::State::received;
    for (const auto& step : delivery::steps_of(steps)) {
        const auto next = state_of(step.state);
        if (!next) return "went through a state that there is not";
        if (!can_follow(at, *next))
            return "cannot go from " + std::string(to_string(at)) + " to " + step.state;
        at = *next;
    }
    if (at == state) return {};
    return "is " + std::string(to_string(state)) + ", but its last step says " + std::string(to_string(at));
}

struct Messages {
    std::size_t all = 0;
    std::size_t open = 0;
};

Result<Messages> check_messages(Checked& store, Findings& findings) {
    findings.begin("messages");
    Messages messages;
    auto read = store.each_message(
        [&](std::int64_t sequence, model::State state, std::string_view steps, bool has_text) {
            ++messages.all;
            if (!store::is_done(state)) ++messages.open;
            auto why = impossible(state, steps);
            if (why.empty() && !store::is_done(state) && !has_text) why = "waits, and has no text";
            if (!why.empty()) findings.add("number " + std::to_string(sequence) + " " + why);
        });
    if (!read) return fail(std::move(read.error()));
    return messages;
}

/// What is sealed does not open with a key that is not there: that is one finding, not many.
Result<std::size_t> check_sealed(Checked& store, const config::Config& config, Findings& findings) {
    findings.begin("sealed values");
    auto sealed = store.sealed();
    if (!sealed) return fail(std::move(sealed.error()));
    SystemRandom random;
    const auto vault = open_vault(config.vault, random);
    if (!vault) {
        findings.add("the vault's key cannot be read: " + vault.error().detail);
    } else if (const auto opened = vault->check_all(*sealed); !opened) {
        findings.add(opened.error().detail);
    }
    return sealed->size();
}

/// @return whether the rows can be understood
bool check_version(Checked& store, Findings& findings, std::ostream& out) {
    findings.begin("schema");
    const auto version = store.version();
    if (!version) {
        findings.add("there is no version; is it a Causeway store? " + version.error().detail);
        return false;
    }
    out << "  schema version " << *version << ", this program's is " << store.newest_version() << "\n";
    if (*version < store.newest_version())
        out << "  it will be brought up to date by the next start; messages are checked after that\n";
    if (*version > store.newest_version())
        findings.add("a newer Causeway wrote it: use that one, or a backup made before the upgrade");
    return *version == store.newest_version();
}

bool is_file(const FsckOptions& options) {
    return !options.file.empty() || options.config.store.driver == config::StoreDriver::sqlite;
}

std::string named(const FsckOptions& options) {
    if (!is_file(options)) return options.config.store.uri;
    return options.file.empty() ? options.config.store.path : options.file;
}

Result<std::unique_ptr<Checked>> open(const FsckOptions& options, const Clock& clock) {
    if (is_file(options)) return store::sqlite::open_to_check(named(options));
    const auto settings = postgres_settings(options.config.store);
    if (!settings) return fail(settings.error());
    return store::postgres::open_to_check(*settings, clock);
}

}  // namespace

int fsck(const FsckOptions& options, std::ostream& out, std::ostream& errors) {
    const SystemClock clock;
    auto opened = open(options, clock);
    if (!opened) {
        errors << "causeway fsck: " << opened.error().detail << "\n";
        return opened.error().code == Errc::bad_input ? kDamaged : kFailed;
    }
    auto& store = **opened;
    out << named(options) << "\n";
    Findings findings(out);
    findings.begin("file");
    for (const auto& line : store.damage()) findings.add(line);
    if (check_version(store, findings, out)) {
        if (const auto messages = check_messages(store, findings); !messages) {
            findings.add(messages.error().detail);
        } else {
            out << "  " << messages->all << " messages, " << messages->open << " of them not done\n";
        }
        if (const auto sealed = check_sealed(store, options.config, findings); !sealed) {
            findings.add(sealed.error().detail);
        } else {
            out << "  " << *sealed << " sealed values\n";
        }
    }
    if (const auto found = findings.end(); found > 0) {
        out << "NOT RIGHT: " << found << (found == 1 ? " finding\n" : " findings\n");
        return kDamaged;
    }
    out << "all is well\n";
    return kOk;
}

}  // namespace causeway::app
