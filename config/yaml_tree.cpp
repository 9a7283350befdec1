#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>

#include <sstream>
#include <utility>

namespace causeway::config {

namespace {

struct Refusal {
    YAML::Mark mark;
    std::string what;
};

/// Walks the events and throws at the first that is over a limit; builds nothing. yaml-cpp speaks in exceptions,
/// and all of them end in parse_yaml.
class LimitCheck final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(mark, "", anchor); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string&) override {
        check(mark, tag, anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        check(mark, tag, anchor);
        enter(mark);
    }
    void OnSequenceEnd() override { --depth_; }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        check(mark, tag, anchor);
        enter(mark);
    }
    void OnMapEnd() override { --depth_; }

private:
    static void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) refuse_anchor(mark);
        // "?" is a plain value, "!" a quoted one.
        if (!tag.empty() && tag != "?" && tag != "!") throw Refusal{mark, "YAML tags (!…) are not used here"};
    }
    [[noreturn]] static void refuse_anchor(const YAML::Mark& mark) {
        throw Refusal{mark, "YAML anchors and aliases (& and *) are not allowed: write the value out"};
    }
    void enter(const YAML::Mark& mark) {
        if (++depth_ > kMaxDepth) {
            throw Refusal{mark, "sections are nested more than " + std::to_string(kMaxDepth) + " deep"};
        }
    }

    int depth_ = 0;
};

void report(Reading& reading, const YAML::Mark& mark, std::string what) {
    Problem problem;
    problem.file = reading.file;
    if (!mark.is_null()) {
        problem.line = mark.line + 1;
        problem.column = mark.column + 1;
    }
    problem.what = std::move(what);
    reading.problems.push_back(std::move(problem));
}

}  // namespace

std::optional<YAML::Node> parse_yaml(const std::string& text, Reading& reading) {
    if (text.size() > kMaxFileBytes) {
        report(reading, YAML::Mark::null_mark(), "the file is larger than 1 MiB");
        return std::nullopt;
    }
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        LimitCheck limits;
        if (parser.HandleNextDocument(limits) && parser.HandleNextDocument(limits)) {
            report(reading, YAML::Mark::null_mark(), "the file holds more than one YAML document ('---')");
            return std::nullopt;
        }
        return YAML::Load(text);
    } catch (const Refusal& refusal) {
        report(reading, refusal.mark, refusal.what);
    } catch (const YAML::Exception& error) {
        report(reading, error.mark, "this is not YAML: " + error.msg);
    }
    return std::nullopt;
}

}  // namespace causeway::config
