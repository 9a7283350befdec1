#pragma once
/// @file gateway/adapter/wording.hpp
/// NAME       Wording: what a network says to people, in their languages. An optional part of the door.
/// WHY        Labels of forms and what is wrong with an answer are an adapter's own words: only it can translate them.
///            A Network that is a Wording too is asked for them once; what it does not list stays English.
/// TESTS      tests/unit/irc/wording_test.cpp
#include <span>

#include "gateway/model/translation.hpp"

namespace causeway::adapter {

class Wording {
public:
    virtual ~Wording() = default;
    /// Lives as long as the network.
    [[nodiscard]] virtual std::span<const model::Translation> wording() const noexcept = 0;
};

}  // namespace causeway::adapter
