#pragma once
/// @file gateway/delivery/crash_point.hpp
/// NAME       crash_point: the places of the ledger at which the process can be told to die, as by kill -9.
/// WHY        Random instants find the wide windows; the narrow ones, between a step and its commit, are hit by name.
/// INVARIANTS Does nothing in builds without tests, and nothing unless the environment says CAUSEWAY_CRASH_AT=NAME:N: then the
///            N-th pass of that place, counted from the start, is the last thing that the process does.
/// TESTS      tests/crash/test_spool.py reads the names from here, and proves that each is passed.
#include <array>
#include <cstddef>
#include <string_view>

namespace causeway::delivery {

enum class CrashPoint {
    message_read,    // from XMPP; nothing of it is kept
    commit_asked,    // a batch of either half was handed to nobody yet
    committed,       // kept, and nobody has been told
    before_send,     // kept as under way; the network knows nothing
    after_send,      // the network has answered; that is not kept
    event_read,      // from the network; nothing of it is kept
    event_kept,      // kept; the network does not know
    after_write,     // words are on their way to the XMPP server; no barrier follows them yet
    after_notice,    // the same of a receipt or an error
    barrier_passed,  // the XMPP server has taken it; that is not kept
    report_read,     // the network has reported a delivery; that is not kept
};

inline constexpr std::array<std::string_view, 11> kCrashPoints{
    "message_read", "commit_asked", "committed",    "before_send",    "after_send", "event_read",
    "event_kept",   "after_write",  "after_notice", "barrier_passed", "report_read"};

void crash_point(CrashPoint point) noexcept;

}  // namespace causeway::delivery
