#pragma once
/// @file gateway/translate/resend.hpp
/// NAME       Resend: stanzas that nothing later makes up for, kept until the XMPP server has surely taken them.
/// WHY        What is written to a link that dies may never arrive. State that is known is told again from what is
///            known (rooms, presence); farewells, refusals and subscriptions are said once, and live here meanwhile.
/// INVARIANTS In order; bounded: beyond `most`, the oldest is given up.
/// TESTS      tests/unit/gateway/resend_test.cpp, tests/chaos/test_faults.py
#include <deque>
#include <utility>

#include "gateway/translate/face.hpp"

namespace causeway::translate {

class Resend {
public:
    explicit Resend(Face face, std::size_t most = 10'000) : face_(face), most_(most) {}

    /// Sends it, and once more after the link was lost, unless it is known by then to have been taken.
    void send(xml::Element stanza);
    /// The link is back.
    void send_again();

private:
    void forget_taken();

    Face face_;
    std::size_t most_;
    std::deque<std::pair<SteadyTime, xml::Element>> kept_;
};

}  // namespace causeway::translate
