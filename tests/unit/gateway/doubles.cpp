#include "tests/unit/gateway/doubles.hpp"

#include "component/stanza/stanza_error.hpp"
#include "component/xep/xep0045_muc.hpp"
#include "component/xml/stream_parser.hpp"

namespace causeway::test {

void Loop::settle() {
    std::size_t ran = 0;
    do {
        io_.restart();
        ran = io_.poll();
    } while (ran != 0);
}

bool Loop::until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    settle();
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        io_.restart();
        io_.run_one_for(std::chrono::milliseconds(20));
        settle();
    }
    return true;
}

Result<> RecordingOutlet::send(const xml::Element& stanza) {
    if (down) return fail(Errc::not_connected);
    sent_.push_back(stanza);
    return {};
}

Result<> RecordingOutlet::send_written(std::string_view stanza) {
    if (down) return fail(Errc::not_connected);
    sent_.push_back(parse_element(stanza));
    return {};
}

Task<Result<>> RecordingOutlet::barrier(SteadyTime) {
    if (down) co_return fail(Errc::not_connected);
    co_return Result<>{};
}

// -------------------------------------------------------------------------------------------------- store

Task<Result<>> MemoryStore::commit(store::Batch batch) {
    if (held) co_await held->wait();
    ++commits;
    if (failing) co_return fail(Errc::storage, "told to fail");
    for (const auto& change : batch) apply(change);
    co_return Result<>{};
}

void MemoryStore::apply(const store::Change& change) {
    const auto put = [](auto& list, const auto& row, const auto& same) {
        std::erase_if(list, same);
        list.push_back(row);
    };
    if (const auto* account = std::get_if<store::PutAccount>(&change)) {
        put(rows.accounts, account->row, [&](const auto& row) { return row.id == account->row.id; });
    } else if (const auto* gone = std::get_if<store::RemoveAccount>(&change)) {
        std::erase_if(rows.accounts, [&](const auto& row) { return row.id == gone->id; });
        std::erase_if(rows.contacts, [&](const auto& row) { return row.account == gone->id; });
        std::erase_if(rows.joins, [&](const auto& row) { return row.account == gone->id; });
        std::erase_if(rows.options, [&](const auto& row) { return row.account == gone->id; });
    } else if (const auto* contact = std::get_if<store::PutContact>(&change)) {
        put(rows.contacts, contact->row, [&](const auto& row) {
            return row.account == contact->row.account && row.contact == contact->row.contact;
        });
    } else if (const auto* no_contact = std::get_if<store::RemoveContact>(&change)) {
        std::erase_if(rows.contacts, [&](const auto& row) {
            return row.account == no_contact->account && row.contact == no_contact->contact;
        });
    } else if (const auto* join = std::get_if<store::PutJoin>(&change)) {
        put(rows.joins, join->row, [&](const auto& row) {
            return row.account == join->row.account && row.room == join->row.room &&
                   row.resource_jid == join->row.resource_jid;
        });
    } else if (const auto* no_join = std::get_if<store::RemoveJoin>(&change)) {
        std::erase_if(rows.joins, [&](const auto& row) {
            return row.account == no_join->account && row.room == no_join->room &&
                   (no_join->resource_jid.empty() || row.resource_jid == no_join->resource_jid);
        });
    } else if (const auto* record = std::get_if<store::PutRecord>(&change)) {
        const auto key = std::pair{record->account, record->key};
        std::erase_if(records_, [&](const auto& entry) { return entry.first == key; });
        if (!record->value.empty()) records_.emplace_back(key, record->value);
    } else if (const auto* options = std::get_if<store::PutOptions>(&change)) {
        put(rows.options, options->row, [&](const auto& row) {
            return row.account == options->row.account && row.endpoint == options->row.endpoint;
        });
    } else if (const auto* known = std::get_if<store::PutNetworkRecord>(&change)) {
        rows.records.erase(known->key);
        if (!known->value.empty()) rows.records.emplace(known->key, known->value);
    } else if (const auto* secret = std::get_if<store::PutNetworkSecret>(&change)) {
        rows.sealed_network_secret = secret->sealed;
    }
}

Task<Result<store::NetworkRows>> MemoryStore::load(NetworkName) {
    co_return rows;
}

Task<Result<std::optional<std::string>>> MemoryStore::record(AccountId account, std::string key) {
    for (const auto& [name, value] : records_) {
        if (name == std::pair{account, key}) co_return std::optional<std::string>{value};
    }
    co_return std::optional<std::string>{};
}

Task<Result<std::vector<store::SealedValue>>> MemoryStore::all_sealed() {
    co_return std::vector<store::SealedValue>{};
}

Task<Result<std::int64_t>> MemoryStore::last_sequence() {
    co_return std::int64_t{0};
}

Task<Result<std::vector<store::OpenMessage>>> MemoryStore::open_messages(NetworkName, std::int64_t,
                                                                         std::size_t) {
    co_return std::vector<store::OpenMessage>{};
}

Task<Result<std::vector<store::MessageRow>>> MemoryStore::messages(std::vector<std::int64_t>) {
    co_return std::vector<store::MessageRow>{};
}

Task<Result<std::optional<store::MessageRow>>> MemoryStore::message_of_key(AccountId, model::Direction,
                                                                           MessageKey) {
    co_return std::optional<store::MessageRow>{};
}

Task<Result<std::vector<store::FoundMessage>>> MemoryStore::find_messages(store::MessageFilter filter) {
    asked_for = std::move(filter);
    if (failing) co_return fail(Errc::storage, "the store fails on purpose");
    co_return found;
}

Task<Result<std::vector<store::MessageCount>>> MemoryStore::count_messages() {
    co_return std::vector<store::MessageCount>{};
}

// ------------------------------------------------------------------------------------------------- stanzas

namespace {

struct Keep final : xml::StreamEvents {
    void on_stream_open(xml::Element) override {}
    void on_stanza(xml::Element stanza) override { stanzas.push_back(std::move(stanza)); }
    void on_oversize(xml::Element, std::string_view) override {}
    void on_stream_close() override {}
    std::vector<xml::Element> stanzas;
};

void add_quoted(std::string& line, std::string_view name, const std::optional<std::string>& value) {
    if (value) line += " " + std::string(name) + "=\"" + *value + "\"";
}

/// The status codes of a room's `<x/>`, as they stand: `(110,210)`.
std::string codes_of(const xml::Element& stanza) {
    const auto* x = stanza.child("x", xmpp::xep0045::kUserNs);
    if (x == nullptr) return "";
    std::string codes;
    for (const auto* child : x->children()) {
        if (child->name() != "status") continue;
        codes += (codes.empty() ? "" : ",") + std::string(child->attr("code"));
    }
    return codes.empty() ? "" : " (" + codes + ")";
}

}  // namespace

xml::Element parse_element(std::string_view text) {
    Keep keep;
    xml::StreamParser parser({}, keep);
    const auto opened = parser.feed(
        "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>");
    const auto fed = parser.feed(text);
    CAUSEWAY_ASSERT(opened && fed && keep.stanzas.size() == 1);
    return std::move(keep.stanzas.front());
}

xmpp::Stanza parse_stanza(std::string_view text) {
    auto element = parse_element(text);
    auto head = xmpp::read_head(element);
    CAUSEWAY_ASSERT(head);
    return {std::move(*head), std::move(element)};
}

xmpp::Jid jid(std::string_view text) {
    auto parsed = xmpp::Jid::parse(text);
    CAUSEWAY_ASSERT(parsed);
    return std::move(*parsed);
}

std::string brief(const xml::Element& stanza) {
    std::string line = stanza.name();
    if (stanza.has_attr("type")) line += ":" + std::string(stanza.attr("type"));
    line += " " + std::string(stanza.attr("from")) + " > " + std::string(stanza.attr("to"));
    line += codes_of(stanza);
    for (const auto* name : {"show", "status", "body", "subject"})
        add_quoted(line, name, stanza.child_text(name));
    if (const auto error = xmpp::read_error(stanza); error && stanza.attr("type") == "error") {
        line += " " + std::string(xmpp::to_string(error->condition));
    }
    return line;
}

std::vector<std::string> brief(const std::vector<xml::Element>& stanzas) {
    std::vector<std::string> lines;
    for (const auto& stanza : stanzas) lines.push_back(brief(stanza));
    return lines;
}

}  // namespace causeway::test
