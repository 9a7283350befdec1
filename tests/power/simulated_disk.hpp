#pragma once
/// @file tests/power/simulated_disk.hpp
/// NAME       SimulatedDisk: files in memory, and the journal of everything that was done to them. PowerCut: what a power cut
///            at any step of a journal may leave.
/// WHY        A kernel keeps what is written in memory, and brings it to the disk when and in the order it likes: only fsync
///            makes it stay. So what was not synced is lost, torn at sectors, or there while what came before it is not.
/// INVARIANTS A new file's name is as durable as its directory, which is synced with the first sync of the file.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::power {

/// What was done to the disk, in order.
struct Step {
    enum class Kind : std::uint8_t { create, write, truncate, sync, remove };
    Kind kind = Kind::write;
    std::size_t file = 0;  ///< number of the file; a name that is used again is another one
    std::size_t at =
        0;  ///< write: where; truncate: the new size; remove: 1 if the directory was synced with it
    std::string bytes;  ///< write: what; create, remove: the name
};

/// Names and contents.
using Image = std::map<std::string, std::string>;

/// What the disk does to an operation instead of doing it.
enum class Fault : std::uint8_t { none, io_error, full, short_write };

/// Puts `bytes` into `content`, which grows as it must.
void put(std::string& content, std::size_t at, std::string_view bytes);

class SimulatedDisk {
public:
    SimulatedDisk() = default;
    enum class Journal : bool { none, kept };
    /// After a cut. Without a journal, many of them are quick.
    explicit SimulatedDisk(Image image, Journal journal = Journal::none);

    struct File {
        std::string content;
        std::map<int, std::unique_ptr<std::vector<char>>> shared;  ///< SQLite's shared memory, by region
    };

    [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;
    [[nodiscard]] File& file(std::size_t number) { return *files_[number]; }
    std::size_t create(const std::string& name);
    [[nodiscard]] Fault write(std::size_t number, std::size_t at, std::string_view bytes);
    [[nodiscard]] Fault truncate(std::size_t number, std::size_t size);
    void sync(std::size_t number);
    void remove(const std::string& name, bool names_durable);

    [[nodiscard]] const std::vector<Step>& journal() const noexcept { return journal_; }
    /// The steps that made the image.
    [[nodiscard]] std::size_t made() const noexcept { return made_; }

    bool lies_about_sync = false;  ///< says that all is synced, and does nothing
    /// From the `fault_at`th change of content on, `fault_count` of them fail like this.
    Fault fault = Fault::none;
    std::size_t fault_at = 0;
    std::size_t fault_count = 1;
    std::size_t changes = 0;  ///< of content that were asked for

private:
    [[nodiscard]] Fault next_fault();
    void note(Step::Kind kind, std::size_t file, std::size_t at, std::string_view bytes);

    Journal keeps_journal_ = Journal::kept;
    std::size_t made_ = 0;
    std::vector<std::unique_ptr<File>> files_;
    std::map<std::string, std::size_t> names_;
    std::vector<Step> journal_;
};

/// Walks along a journal, and says what a cut right there may leave.
class PowerCut {
public:
    /// What becomes of what was not synced.
    enum class Leaves : std::uint8_t {
        nothing,   ///< of it
        all,       ///< as if the process alone had died
        torn_end,  ///< all, but of the last write only its first bytes
        some,      ///< any of it: writes and names in any order, and of each write any of its sectors
    };

    explicit PowerCut(const std::vector<Step>& journal) : journal_(journal) {}

    /// Before the step of this number. Only forwards.
    void move_to(std::size_t step);
    [[nodiscard]] Image image(Leaves leaves, std::mt19937_64& random) const;

private:
    struct State {
        std::string durable;
        std::vector<std::size_t> pending;  ///< steps since the last sync
        bool named = false;                ///< its name stays
    };
    using Names = std::map<std::string, std::size_t>;

    void take(const Step& step, std::size_t number);
    static void name(Names& names, const Step& step);
    [[nodiscard]] std::string content(const State& state, Leaves leaves, std::mt19937_64& random) const;
    static void tear(std::string& content, const Step& step, std::mt19937_64& random);

    const std::vector<Step>& journal_;
    std::size_t at_ = 0;
    std::vector<State> files_;
    Names durable_names_;
    std::vector<std::size_t> pending_names_;  ///< steps
};

}  // namespace causeway::power
