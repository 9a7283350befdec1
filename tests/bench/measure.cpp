#include "tests/bench/measure.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace causeway::bench {
namespace {

std::string proc(pid_t pid, const std::string& name) {
    return "/proc/" + std::to_string(pid) + "/" + name;
}

}  // namespace

Subject::Subject(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    // execvp() takes what it does not change as `char*`.
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing is left behind if the driver dies
        pin_to_cpu(0);
        ::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
}

Subject::~Subject() {
    if (!alive()) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Subject::terminate() {
    if (alive()) ::kill(pid_, SIGTERM);
}

bool Subject::alive() {
    if (!ended_) ended_ = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
    return !ended_;
}

std::chrono::nanoseconds Subject::cpu() const {
    std::chrono::nanoseconds total{};
    for (const auto& task : std::filesystem::directory_iterator(proc(pid_, "task"))) {
        std::int64_t run_time = 0;
        std::ifstream(task.path() / "schedstat") >> run_time;
        total += std::chrono::nanoseconds(run_time);
    }
    return total;
}

std::size_t Subject::rss_kib() const {
    std::ifstream status(proc(pid_, "status"));
    for (std::string word; status >> word;) {
        if (word != "VmRSS:") continue;
        std::size_t kib = 0;
        status >> kib;
        return kib;
    }
    return 0;
}

void pin_to_cpu(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    ::sched_setaffinity(0, sizeof set, &set);  // on a machine with one CPU it fails, and the figures say so
}

void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

double percentile(std::vector<double>& values, double share) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

}  // namespace causeway::bench
