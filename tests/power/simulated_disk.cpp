#include "tests/power/simulated_disk.hpp"

#include <algorithm>
#include <utility>

namespace causeway::power {

namespace {

constexpr std::size_t kSector = 512;

void apply(std::string& content, const Step& step) {
    if (step.kind == Step::Kind::truncate) {
        content.resize(step.at);
    } else {
        put(content, step.at, step.bytes);
    }
}

}  // namespace

void put(std::string& content, std::size_t at, std::string_view bytes) {
    if (content.size() < at + bytes.size()) content.resize(at + bytes.size());
    std::ranges::copy(bytes, content.begin() + static_cast<std::ptrdiff_t>(at));
}

// ------------------------------------------------------------------------------------------------ SimulatedDisk
SimulatedDisk::SimulatedDisk(Image image, Journal journal) : keeps_journal_(journal) {
    for (auto& [name, content] : image) {
        const auto number = create(name);
        note(Step::Kind::write, number, 0, content);
        sync(number);
        file(number).content = std::move(content);
    }
    made_ = journal_.size();
}

void SimulatedDisk::note(Step::Kind kind, std::size_t file, std::size_t at, std::string_view bytes) {
    if (keeps_journal_ == Journal::none) return;
    auto& step = journal_.emplace_back();
    step.kind = kind;
    step.file = file;
    step.at = at;
    step.bytes = bytes;
}

std::optional<std::size_t> SimulatedDisk::find(const std::string& name) const {
    const auto found = names_.find(name);
    if (found == names_.end()) return std::nullopt;
    return found->second;
}

std::size_t SimulatedDisk::create(const std::string& name) {
    note(Step::Kind::create, files_.size(), 0, name);
    files_.push_back(std::make_unique<File>());
    names_[name] = files_.size() - 1;
    return files_.size() - 1;
}

Fault SimulatedDisk::next_fault() {
    const auto number = changes++;
    return number >= fault_at && number < fault_at + fault_count ? fault : Fault::none;
}

Fault SimulatedDisk::write(std::size_t number, std::size_t at, std::string_view bytes) {
    const auto failed = next_fault();
    if (failed == Fault::io_error || failed == Fault::full) return failed;
    if (failed == Fault::short_write) bytes = bytes.substr(0, bytes.size() / 2);
    put(file(number).content, at, bytes);
    note(Step::Kind::write, number, at, bytes);
    return failed;
}

Fault SimulatedDisk::truncate(std::size_t number, std::size_t size) {
    if (const auto failed = next_fault(); failed != Fault::none) return Fault::io_error;
    if (file(number).content.size() <= size) return Fault::none;
    file(number).content.resize(size);
    note(Step::Kind::truncate, number, size, {});
    return Fault::none;
}

void SimulatedDisk::sync(std::size_t number) {
    if (!lies_about_sync) note(Step::Kind::sync, number, 0, {});
}

void SimulatedDisk::remove(const std::string& name, bool names_durable) {
    const auto found = names_.find(name);
    note(Step::Kind::remove, found->second, names_durable ? 1 : 0, name);
    names_.erase(found);
}

// ------------------------------------------------------------------------------------------------ PowerCut
void PowerCut::move_to(std::size_t step) {
    for (; at_ < step; ++at_) take(journal_[at_], at_);
}

void PowerCut::name(Names& names, const Step& step) {
    if (step.kind == Step::Kind::create) {
        names[step.bytes] = step.file;
    } else {
        names.erase(step.bytes);
    }
}

void PowerCut::take(const Step& step, std::size_t number) {
    const auto names_are_durable = [this] {
        for (const auto pending : std::exchange(pending_names_, {})) name(durable_names_, journal_[pending]);
    };
    if (step.kind == Step::Kind::create) {
        files_.emplace_back();
        pending_names_.push_back(number);
    } else if (step.kind == Step::Kind::remove) {
        pending_names_.push_back(number);
        if (step.at != 0) names_are_durable();
    } else if (step.kind == Step::Kind::sync) {
        auto& file = files_[step.file];
        for (const auto pending : std::exchange(file.pending, {})) apply(file.durable, journal_[pending]);
        if (!std::exchange(file.named, true)) names_are_durable();
    } else {
        files_[step.file].pending.push_back(number);
    }
}

Image PowerCut::image(Leaves leaves, std::mt19937_64& random) const {
    auto names = durable_names_;
    for (const auto pending : pending_names_) {
        const bool kept = leaves == Leaves::some ? random() % 2 == 0 : leaves != Leaves::nothing;
        if (kept) name(names, journal_[pending]);
    }
    Image image;
    for (const auto& [name, number] : names) image[name] = content(files_[number], leaves, random);
    return image;
}

std::string PowerCut::content(const State& state, Leaves leaves, std::mt19937_64& random) const {
    auto content = state.durable;
    if (leaves == Leaves::nothing) return content;
    for (const auto pending : state.pending) {
        const auto& step = journal_[pending];
        const bool is_write = step.kind == Step::Kind::write;
        const auto luck = leaves == Leaves::some ? random() % 4 : 3;
        if (leaves == Leaves::torn_end && pending + 1 == at_ && is_write) {
            put(content, step.at, std::string_view(step.bytes).substr(0, random() % step.bytes.size()));
        } else if (luck == 1 && is_write) {
            tear(content, step, random);
        } else if (luck > 0) {
            apply(content, step);
        }
    }
    return content;
}

void PowerCut::tear(std::string& content, const Step& step, std::mt19937_64& random) {
    const std::string_view bytes(step.bytes);
    for (std::size_t from = 0; from < bytes.size();) {
        const auto size = std::min(kSector - (step.at + from) % kSector, bytes.size() - from);
        if (random() % 2 == 0) put(content, step.at + from, bytes.substr(from, size));
        from += size;
    }
}

}  // namespace causeway::power
