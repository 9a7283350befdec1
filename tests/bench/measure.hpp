#pragma once
/// @file tests/bench/measure.hpp
/// NAME       What is read of the process under test, and how figures are made from many.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace causeway::bench {

/// The program under test: started on CPU 0, killed when this goes if it has not ended by then.
class Subject {
public:
    /// @param command program and arguments
    explicit Subject(const std::vector<std::string>& command);
    ~Subject();
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    /// CPU time of all its threads so far, user and system.
    [[nodiscard]] std::chrono::nanoseconds cpu() const;
    [[nodiscard]] std::size_t rss_kib() const;
    [[nodiscard]] bool alive();
    /// Asks it to end.
    void terminate();

private:
    pid_t pid_ = -1;
    bool ended_ = false;
};

/// Keeps this process off the CPU that the subject has to itself.
void pin_to_cpu(int cpu);
/// As many descriptors as the machine gives.
void raise_descriptor_limit();

/// @return the value below which `share` of all values lie; 0 of none. Sorts `values`.
[[nodiscard]] double percentile(std::vector<double>& values, double share);

}  // namespace causeway::bench
