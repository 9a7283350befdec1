#include "gateway/rooms/doubts.hpp"

#include <algorithm>
#include <utility>

namespace causeway::rooms {
namespace {
constexpr std::size_t kFew = 16;  ///< not worth a look
}

void Doubts::note(std::string_view resource, SteadyTime now, SteadyTime taken_until, bool was_own) {
    if (resources_.size() >= look_again_at_) {
        forget_taken(taken_until);
        look_again_at_ = std::max(kFew, 2 * resources_.size());
    }
    auto& about = resources_[std::string(resource)];
    about.was_own = was_own || (about.was_own && about.told >= taken_until);
    about.told = now;
}

Doubts::Resources Doubts::take(SteadyTime taken_until) {
    forget_taken(taken_until);
    return std::exchange(resources_, {});
}

bool Doubts::take_subject(SteadyTime taken_until) noexcept {
    const auto told = std::exchange(subject_, std::nullopt);
    return told && *told >= taken_until;
}

void Doubts::forget_taken(SteadyTime taken_until) {
    std::erase_if(resources_, [&](const auto& entry) { return entry.second.told < taken_until; });
}

}  // namespace causeway::rooms
