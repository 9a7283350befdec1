#include "tests/unit/store/postgres/postgres_server.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace causeway::store::testing {

namespace {

namespace fs = std::filesystem;

const SystemClock system_clock;

/// Where Debian puts the server's programs: not on the path.
std::string program(const std::string& name) {
    std::vector<fs::path> found;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql"))
        found.push_back(version.path() / "bin" / name);
    if (found.empty()) throw std::runtime_error("the package postgresql is not installed");
    return std::ranges::max(found).string();
}

/// The server refuses to run as root.
const passwd* unprivileged() {
    if (::geteuid() != 0) return nullptr;
    const auto* user = ::getpwnam("postgres");
    return user != nullptr ? user : ::getpwnam("nobody");
}

std::vector<pid_t> children_of(pid_t parent) {
    const auto id = std::to_string(parent);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    std::vector<pid_t> children;
    for (pid_t child = 0; list >> child;) children.push_back(child);
    return children;
}

/// Gone, or only waiting for somebody to take notice.
bool has_ended(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/stat");
    std::string id;
    std::string name;
    std::string state;
    return !(status >> id >> name >> state) || state == "Z" || state == "X";
}

}  // namespace

PostgresServer& PostgresServer::get() {
    static auto* const server =
        static_cast<PostgresServer*>(::testing::AddGlobalTestEnvironment(new PostgresServer));
    return *server;
}

namespace {
const auto& made_before_main = PostgresServer::get();
}

/// From a thread that stays: the kernel takes the end of the thread that started a process for the end of its parent.
pid_t PostgresServer::run(const std::vector<std::string>& command) {
    std::promise<pid_t> started;
    asio::post(starter_, [&] { started.set_value(run_here(command)); });
    return started.get_future().get();
}

pid_t PostgresServer::run_here(const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const auto log = directory_ + "/log";
    const auto* user = unprivileged();
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                            ::setuid(user->pw_uid) != 0 || ::chdir("/") != 0)) {
        ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // should the tests crash
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

void PostgresServer::SetUp() {
    std::string pattern = (fs::temp_directory_path() / "causeway-postgres-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    if (const auto* user = unprivileged()) {
        ASSERT_EQ(::chown(directory_.c_str(), user->pw_uid, user->pw_gid), 0);
    }
    const pid_t maker = run({program("initdb"), "-D", directory_ + "/data", "-A", "trust", "-U", "causeway",
                             "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"});
    int status = 0;
    ::waitpid(maker, &status, 0);
    std::ostringstream said;
    said << std::ifstream(directory_ + "/log").rdbuf();
    ASSERT_EQ(status, 0) << said.str();
    start();
}

void PostgresServer::start() {
    server_ = run({program("postgres"), "-D", directory_ + "/data", "-k", directory_, "-c",
                   "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=50"});
    for (int tries = 0; tries < 300 && !is_up(); ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ASSERT_TRUE(is_up()) << directory_;
}

bool PostgresServer::is_up() const {
    return postgres::Connection::open({"postgresql:///postgres?user=causeway&host=" + directory_, {}, "test"},
                                      system_clock)
        .has_value();
}

void PostgresServer::end(int signal) {
    ::kill(server_, signal);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
}

void PostgresServer::kill_now() {
    const auto children = children_of(server_);
    ::kill(server_, SIGSTOP);  // it must not start new ones meanwhile
    for (const pid_t child : children) ::kill(child, SIGKILL);
    end(SIGKILL);
    // They were children of the server's: nobody here can wait for them.
    for (const pid_t child : children) {
        while (!has_ended(child)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void PostgresServer::TearDown() {
    if (server_ != 0) end(SIGINT);
    if (!directory_.empty()) fs::remove_all(directory_);
}

postgres::Connection PostgresServer::connect(const std::string& uri, const std::string& application) const {
    return postgres::Connection::open({uri, {}, application}, system_clock).value();
}

std::string PostgresServer::fresh_uri() {
    const auto schema = "t" + std::to_string(++schemas_);
    const auto base = "postgresql:///postgres?user=causeway&host=" + directory_;
    auto connection = connect(base);
    EXPECT_TRUE(connection.run_script(("CREATE SCHEMA " + schema).c_str()));
    return base + "&options=-csearch_path%3D" + schema;
}

void PostgresServer::end_sessions() const {
    auto connection = connect("postgresql:///postgres?user=causeway&host=" + directory_);
    constexpr postgres::Statement kEnd{
        nullptr,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'causeway %'"};
    EXPECT_TRUE(connection.ask(kEnd));
}

}  // namespace causeway::store::testing
