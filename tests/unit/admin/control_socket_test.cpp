#include "gateway/admin/control_socket.hpp"

#include <sys/stat.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>

#include <fstream>

#include "tests/unit/admin/admin_fixture.hpp"

namespace causeway::admin {
namespace {

using asio::local::stream_protocol;
using ::testing::HasSubstr;
namespace json = boost::json;

constexpr Millis kSoon{5'000};

class ControlSocketTest : public testing::AdminFixture {
protected:
    void SetUp() override {
        path = directory + "/control.sock";
        on_loop<void>([this] { control = make(); });
    }
    void TearDown() override {
        on_loop<void>([this] { control.reset(); });
    }

    std::unique_ptr<ControlSocket> make() {
        std::map<std::string, Command> commands;
        commands.emplace("status", [](const json::object&) { return answer(json::object{{"links", 1}}); });
        commands.emplace("fail", [](const json::object&) { return answer(fail(Errc::refused, "not now")); });
        commands.emplace("echo", [](const json::object& arguments) { return answer(arguments); });
        return std::make_unique<ControlSocket>(loop.get_executor(), std::move(commands), context);
    }
    static Task<Result<json::value>> answer(Result<json::value> result) { co_return result; }
    Result<> start() {
        return on_loop<Result<>>([this] { return control->start(path); });
    }
    std::string raw(const std::string& line) {
        asio::io_context client;
        stream_protocol::socket socket(client);
        socket.connect(stream_protocol::endpoint(path));
        boost::system::error_code ignored;
        asio::write(socket, asio::buffer(line), ignored);
        std::string reply;
        asio::read(socket, asio::dynamic_buffer(reply), ignored);
        return reply;
    }

    std::string path;
    std::unique_ptr<ControlSocket> control;
};

TEST_F(ControlSocketTest, CommandsAnswerOrFail) {
    ASSERT_TRUE(start());
    const auto status = ask_control(path, "status", kSoon);
    ASSERT_TRUE(status) << status.error().detail;
    EXPECT_EQ(status->at("links"), 1);
    const auto refused = ask_control(path, "fail", kSoon);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, "not now");
    EXPECT_EQ(ask_control(path, "absent", kSoon).error().detail, "unknown command");
}

TEST_F(ControlSocketTest, SocketIsItsOwnersAlone) {
    ASSERT_TRUE(start());
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ControlSocketTest, StrangeLinesAreAnsweredWithAnError) {
    ASSERT_TRUE(start());
    for (const char* line : {"\n", "nonsense\n", "[]\n", "{}\n", "{\"command\":1}\n"}) {
        EXPECT_THAT(raw(line), HasSubstr("\"ok\":false")) << line;
    }
    for (const char* line :
         {"{\"command\":\"echo\",\"arguments\":[1]}\n", "{\"command\":\"echo\",\"arguments\":7}\n"})
        EXPECT_THAT(raw(line), HasSubstr("is not an object")) << line;
    EXPECT_THAT(raw(std::string(5'000, 'x')), HasSubstr("longer than 4096 bytes"));
    EXPECT_THAT(raw("{\"command\":\"echo\",\"arguments\":" + std::string(1'000, '[') + "\n"),
                HasSubstr("\"ok\":false"));
    EXPECT_TRUE(ask_control(path, "status", kSoon));
}

TEST_F(ControlSocketTest, ArgumentsReachTheCommandAsTheyAre) {
    ASSERT_TRUE(start());
    const json::object given{{"id", "a \"b\"\n\u0001\u00e9"}, {"limit", 7}};
    const auto echoed = ask_control(path, "echo", kSoon, given);
    ASSERT_TRUE(echoed) << echoed.error().detail;
    EXPECT_EQ(*echoed, json::value(given));
    EXPECT_EQ(*ask_control(path, "echo", kSoon), json::value(json::object{}));
    const auto refused = ask_control(path, "echo", kSoon, {{"id", std::string(5'000, 'x')}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::too_large) << "it is not even sent";
}

TEST_F(ControlSocketTest, WhoNeverEndsTheLineHoldsUpNobody) {
    ASSERT_TRUE(start());
    asio::io_context client;
    stream_protocol::socket slow(client);
    slow.connect(stream_protocol::endpoint(path));
    asio::write(slow, asio::buffer(std::string_view("{\"command\":")));
    EXPECT_TRUE(ask_control(path, "status", kSoon));
}

TEST_F(ControlSocketTest, SocketOfADeadProcessIsReplacedOfALiveOneNot) {
    {
        asio::io_context other;
        stream_protocol::acceptor dead(other, stream_protocol::endpoint(path));
    }  // closed, its file is still there
    ASSERT_TRUE(std::filesystem::exists(path));
    ASSERT_TRUE(start());
    EXPECT_TRUE(ask_control(path, "status", kSoon));
    on_loop<void>([this] {
        auto second = make();
        EXPECT_EQ(second->start(path).error().code, Errc::conflict);
    });
    EXPECT_TRUE(ask_control(path, "status", kSoon));
}

TEST_F(ControlSocketTest, FileThatIsNoSocketIsLeftAlone) {
    std::ofstream(path) << "precious";
    EXPECT_EQ(start().error().code, Errc::conflict);
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST_F(ControlSocketTest, StoppingRemovesTheFile) {
    ASSERT_TRUE(start());
    on_loop<void>([this] { control->stop(); });
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(ask_control(path, "status", kSoon).error().code, Errc::not_connected);
}

TEST_F(ControlSocketTest, PathThatCannotBeIsAnError) {
    path = directory + "/" + std::string(200, 'x');
    EXPECT_EQ(start().error().code, Errc::bad_input);
    path = directory + "/absent/control.sock";
    EXPECT_FALSE(start());
}

}  // namespace
}  // namespace causeway::admin
