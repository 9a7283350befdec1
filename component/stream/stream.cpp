#include "component/stream/stream.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "component/stanza/stanza_error.hpp"
#include "component/xep/xep0114_component.hpp"
#include "component/xml/writer.hpp"
#include "gateway/base/assert.hpp"

namespace causeway::xmpp {

namespace {

constexpr std::string_view kStreamErrorNs = "urn:ietf:params:xml:ns:xmpp-streams";
constexpr std::string_view kPingNs = "urn:xmpp:ping";

xml::ParserLimits parser_limits(const StreamSettings& settings) {
    xml::ParserLimits limits;
    limits.stanza_bytes = settings.max_stanza_bytes;
    return limits;
}

bool is_stanza_name(std::string_view name) noexcept {
    return name == "message" || name == "presence" || name == "iq";
}

/// jabberd2 delivers stanzas in jabber:client; the others in the component namespace.
bool is_stanza_ns(std::string_view ns) noexcept {
    return ns == kComponentNs || ns == kClientNs;
}

/// The domain part as it is written.
std::string_view written_domain(std::string_view jid) noexcept {
    jid = jid.substr(0, jid.find('/'));
    const std::size_t at = jid.find('@');
    return at == std::string_view::npos ? jid : jid.substr(at + 1);
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view prefix) noexcept {
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::string_view to_string(Refusal refusal) noexcept {
    switch (refusal) {
        case Refusal::out_bad_address:
            return "out_bad_address";
        case Refusal::out_foreign_from:
            return "out_foreign_from";
        case Refusal::out_too_large:
            return "out_too_large";
        case Refusal::in_bad_address:
            return "in_bad_address";
        case Refusal::in_foreign_to:
            return "in_foreign_to";
        case Refusal::in_own_from:
            return "in_own_from";
        case Refusal::in_too_early:
            return "in_too_early";
        case Refusal::in_unknown:
            return "in_unknown";
    }
    return "unknown";
}

ComponentStream::ComponentStream(StreamSettings settings, StreamListener& listener, SteadyTime now)
    : settings_(std::move(settings)),
      listener_(listener),
      parser_(parser_limits(settings_), *this),
      ping_prefix_("b-" + std::to_string(settings_.epoch) + "-"),
      now_(now),
      phase_began_(now),
      last_in_(now),
      last_out_(now),
      pinged_at_(now) {
    output_ = xep0114::stream_header(settings_.domain);
}

// --- time ---------------------------------------------------------------------------------------------------

SteadyTime ComponentStream::next_deadline() const noexcept {
    switch (phase_) {
        case StreamPhase::opening:
        case StreamPhase::handshaking:
            return phase_began_ + settings_.handshake_timeout;
        case StreamPhase::closing:
        case StreamPhase::closed:
            return SteadyTime::max();
        case StreamPhase::up:
            break;
    }
    SteadyTime when = last_out_ + settings_.keepalive;
    if (target_ == PingTarget::none) return when;
    when = std::min(when, ping_is_out_ ? pinged_at_ + settings_.dead_after : last_in_ + settings_.keepalive);
    if (target_ == PingTarget::self && !loop_seen_)
        when = std::min(when, phase_began_ + settings_.loop_timeout);
    return when;
}

void ComponentStream::tick(SteadyTime now) {
    now_ = now;
    if (phase_ == StreamPhase::opening || phase_ == StreamPhase::handshaking) {
        if (now >= phase_began_ + settings_.handshake_timeout) {
            fail_stream("connection-timeout", {LossKind::timed_out, {}, "no answer to the handshake"});
        }
        return;
    }
    if (phase_ != StreamPhase::up) return;

    if (target_ == PingTarget::self && !loop_seen_ && now >= phase_began_ + settings_.loop_timeout)
        give_up_loop();
    if (target_ != PingTarget::none) {
        if (ping_is_out_ && now >= pinged_at_ + settings_.dead_after) {
            return lose({LossKind::dead, {}, "no byte came after a ping"});
        }
        if (!ping_is_out_ && now >= last_in_ + settings_.keepalive) {
            write_ping(++pings_);
            ping_is_out_ = true;
            pinged_at_ = now;
        }
    }
    if (now >= last_out_ + settings_.keepalive) {
        // Some servers drop a component that says nothing for minutes. Between stanzas a space is harmless.
        if (output_.empty()) output_ += ' ';
        last_out_ = now;
    }
}

void ComponentStream::give_up_loop() {
    target_ = settings_.server_domain.empty() ? PingTarget::none : PingTarget::server;
    listener_.on_no_loop();
    // One ping to the new target stands for every earlier one that has not come back.
    if (target_ == PingTarget::server) write_ping(pings_);
}

// --- in -----------------------------------------------------------------------------------------------------

void ComponentStream::feed(std::string_view bytes, SteadyTime now) {
    if (phase_ == StreamPhase::closed) return;
    now_ = now;
    last_in_ = now;
    ping_is_out_ = false;
    if (const Result<> fed = parser_.feed(bytes); !fed && phase_ != StreamPhase::closed) {
        const bool over_limit = fed.error().code == Errc::too_large;
        fail_stream(over_limit ? "policy-violation" : "not-well-formed",
                    {LossKind::ill_formed, {}, fed.error().detail});
    }
}

void ComponentStream::on_stream_open(xml::Element header) {
    if (phase_ != StreamPhase::opening) return;
    if (!header.is("stream", xep0114::kStreamsNs)) {
        return fail_stream("invalid-namespace", {LossKind::ill_formed, {}, "not an XMPP stream header"});
    }
    if (!header.has_attr("id")) {
        return fail_stream("bad-format", {LossKind::ill_formed, {}, "the stream header has no id"});
    }
    output_ += "<handshake>";
    output_ += xep0114::handshake_digest(header.attr("id"), settings_.secret);
    output_ += "</handshake>";
    phase_ = StreamPhase::handshaking;
}

void ComponentStream::on_stanza(xml::Element element) {
    if (phase_ == StreamPhase::closed) return;
    if (element.ns() == xep0114::kStreamsNs) {
        if (element.name() == "error") on_stream_error(element);
        return;  // features and what may come after them: nothing to do
    }
    if (phase_ == StreamPhase::handshaking && element.name() == "handshake" && is_stanza_ns(element.ns())) {
        return on_handshake_answer();
    }
    if (!is_stanza_ns(element.ns()) || !is_stanza_name(element.name())) return refuse(Refusal::in_unknown);
    if (phase_ == StreamPhase::opening || phase_ == StreamPhase::handshaking)
        return refuse(Refusal::in_too_early);

    ++counters_.stanzas_in;
    Result<StanzaHead> head = read_head(element);
    if (!head) {
        refuse(Refusal::in_bad_address);
        return answer_bad_to(element);
    }
    on_addressed(Stanza{std::move(*head), std::move(element)});
}

void ComponentStream::on_handshake_answer() {
    phase_ = StreamPhase::up;
    phase_began_ = now_;
    settings_.secret = {};  // not needed again
    listener_.on_ready();
    if (phase_ == StreamPhase::up) write_ping(++pings_);  // does this server loop our own IQs back?
}

void ComponentStream::on_addressed(Stanza stanza) {
    if (is_ping_back(stanza.head)) return;
    if (addressed_to_us(stanza.head)) listener_.on_stanza(std::move(stanza));
}

bool ComponentStream::addressed_to_us(const StanzaHead& head) {
    if (head.to.domain() != settings_.domain) {
        refuse(Refusal::in_foreign_to);
        return false;
    }
    if (head.from.domain() == settings_.domain) {
        refuse(Refusal::in_own_from);
        return false;
    }
    return true;
}

/// Our ping, looped back as it is, or answered (by whatever: an answer proves as much as the ping itself).
bool ComponentStream::is_ping_back(const StanzaHead& head) {
    if (head.kind != StanzaKind::iq || head.to.str() != settings_.domain) return false;
    const bool looped = head.from.str() == settings_.domain;
    const bool answered = !head.is_request() && head.from.str() == settings_.server_domain;
    if (!looped && !answered) return false;
    const std::optional<std::uint64_t> number = number_after(head.id, ping_prefix_);
    if (!number || *number > pings_) return false;
    loop_seen_ = loop_seen_ || looped;
    if (*number > pings_back_) {
        pings_back_ = *number;
        listener_.on_ping_back(*number);
    }
    return true;
}

/// A stanza with a usable sender but an address of ours that cannot be prepared: the sender is told, as ourselves.
void ComponentStream::answer_bad_to(const xml::Element& element) {
    if (phase_ != StreamPhase::up || element.name() == "presence" || element.attr("to").empty()) return;
    Result<Jid> from = Jid::parse(element.attr("from"));
    Result<Jid> self = Jid::parse(settings_.domain);
    if (!from || !self || from->domain() == self->domain()) return;
    const StanzaKind kind = element.name() == "iq" ? StanzaKind::iq : StanzaKind::message;
    const StanzaHead head{kind, std::move(*from), std::move(*self), std::string(element.attr("id")),
                          std::string(element.attr("type"))};
    const auto reply = make_error_reply(head, make_condition(Condition::jid_malformed));
    if (reply) static_cast<void>(send(*reply));  // what cannot be sent is counted there
}

void ComponentStream::on_oversize(xml::Element element, std::string_view limit) {
    if (phase_ != StreamPhase::up && phase_ != StreamPhase::closing) return;
    if (!is_stanza_ns(element.ns()) || !is_stanza_name(element.name())) return refuse(Refusal::in_unknown);
    Result<StanzaHead> head = read_head(element);
    if (!head) return refuse(Refusal::in_bad_address);
    if (addressed_to_us(*head)) listener_.on_oversize(std::move(*head), limit);
}

void ComponentStream::on_stream_error(const xml::Element& error) {
    Loss loss{LossKind::stream_error, "undefined-condition", error.text()};
    for (const xml::Element* child : error.children()) {
        if (child->ns() != kStreamErrorNs) continue;
        if (child->name() == "text") {
            loss.text = child->text();
        } else {
            loss.condition = child->name();
        }
    }
    write_close();
    lose(std::move(loss));
}

void ComponentStream::on_stream_close() {
    write_close();
    lose({LossKind::closed, {}, phase_ == StreamPhase::up ? "" : "before the handshake was answered"});
}

// --- out ----------------------------------------------------------------------------------------------------

Result<> ComponentStream::send(const xml::Element& stanza) {
    if (phase_ != StreamPhase::up) return fail(Errc::not_connected);
    if (const Result<> checked = check_addresses(stanza); !checked) return checked;
    const std::size_t before = output_.size();
    xml::Writer(output_, kComponentNs).element(stanza);
    if (const Result<> checked = check_size(output_.size() - before); !checked) {
        output_.resize(before);
        return checked;
    }
    ++counters_.stanzas_out;
    return {};
}

Result<> ComponentStream::send_written(std::string_view stanza) {
    if (phase_ != StreamPhase::up) return fail(Errc::not_connected);
    if (const Result<> checked = check_size(stanza.size()); !checked) return checked;
    output_ += stanza;
    ++counters_.stanzas_out;
    return {};
}

Result<std::uint64_t> ComponentStream::ping() {
    if (phase_ != StreamPhase::up) return fail(Errc::not_connected);
    write_ping(++pings_);
    return pings_;
}

Result<> ComponentStream::check_addresses(const xml::Element& stanza) {
    const bool right_ns = stanza.ns().empty() || stanza.ns() == kComponentNs;
    if (!right_ns || !is_stanza_name(stanza.name())) return fail(Errc::bad_input, "not a stanza");
    if (stanza.attr("from").empty() || stanza.attr("to").empty()) {
        refuse(Refusal::out_bad_address);
        return fail(Errc::bad_input, "a stanza without from or to");
    }
    if (!is_ours(stanza.attr("from"))) {
        refuse(Refusal::out_foreign_from);
        return fail(Errc::bad_input, "a stanza from a domain that is not ours");
    }
    return {};
}

bool ComponentStream::is_ours(std::string_view from) const {
    if (written_domain(from) == settings_.domain) return true;
    const Result<Jid> jid = Jid::parse(from);
    return jid && jid->domain() == settings_.domain;
}

Result<> ComponentStream::check_size(std::size_t bytes) {
    if (bytes <= settings_.max_stanza_bytes) return {};
    refuse(Refusal::out_too_large);
    return fail(Errc::too_large, std::to_string(bytes) + " bytes");
}

void ComponentStream::write_ping(std::uint64_t number) {
    const bool to_self = target_ != PingTarget::server;
    ++counters_.stanzas_out;
    xml::Writer(output_, kComponentNs)
        .open("iq")
        .attr("type", "get")
        .attr("from", settings_.domain)
        .attr("to", to_self ? settings_.domain : settings_.server_domain)
        .attr("id", ping_prefix_ + std::to_string(number))
        .open("ping", kPingNs)
        .close()
        .close();
}

void ComponentStream::take_output(std::string& buffer, SteadyTime now) {
    CAUSEWAY_ASSERT(buffer.empty());
    if (output_.empty()) return;
    buffer.swap(output_);
    last_out_ = now;
}

// --- end ----------------------------------------------------------------------------------------------------

void ComponentStream::close() {
    if (phase_ == StreamPhase::closing || phase_ == StreamPhase::closed) return;
    write_close();
    phase_ = StreamPhase::closing;
    loss_ = {LossKind::stopped, {}, {}};
}

void ComponentStream::lose(Loss loss) {
    if (phase_ == StreamPhase::closed) return;
    if (phase_ != StreamPhase::closing)
        loss_ = std::move(loss);  // otherwise it was our own wish, and stays so
    phase_ = StreamPhase::closed;
}

void ComponentStream::fail_stream(std::string_view condition, Loss loss) {
    if (!close_written_) {
        output_ += "<stream:error><";
        output_ += condition;
        output_ += " xmlns='";
        output_ += kStreamErrorNs;
        output_ += "'/></stream:error>";
    }
    write_close();
    lose(std::move(loss));
}

void ComponentStream::write_close() {
    if (close_written_) return;
    output_ += "</stream:stream>";
    close_written_ = true;
}

}  // namespace causeway::xmpp
