#include "tests/bench/xmpp_side.hpp"

#include <utility>

namespace causeway::bench {
namespace {

/// The value of attribute ` name=` in the first tag of `stanza`, whichever quotes it has.
std::string_view attribute(std::string_view stanza, std::string_view name) {
    const auto tag = stanza.substr(0, stanza.find('>'));
    for (auto at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
        const auto quote = at + name.size() + 1;
        if (at == 0 || tag[at - 1] != ' ' || quote >= tag.size() || tag[quote - 1] != '=') continue;
        const auto end = tag.find(tag[quote], quote + 1);
        return tag.substr(quote + 1, end - quote - 1);
    }
    return {};
}

/// Status 110: the presence is the user's own, so the room is entered. (XEP-0045 §7.2.2)
bool has_self_status(std::string_view presence) {
    return presence.find("'110'") != std::string_view::npos ||
           presence.find("\"110\"") != std::string_view::npos;
}

/// Length of the first whole element of `bytes`, 0 if its end has not come yet.
std::size_t element_size(std::string_view bytes) {
    int depth = 0;
    for (auto open = bytes.find('<'); open != std::string_view::npos; open = bytes.find('<', open + 1)) {
        const auto close = bytes.find('>', open);
        if (close == std::string_view::npos) return 0;
        if (bytes[open + 1] == '/') {
            --depth;
        } else if (bytes[close - 1] != '/') {
            ++depth;
        }
        if (depth <= 0) return close + 1;
    }
    return 0;
}

}  // namespace

XmppSide::XmppSide(Poller& poller, std::uint16_t port, Names names, Events events)
    : names_(std::move(names)), events_(std::move(events)) {
    poller.listen(port, [this](std::unique_ptr<Stream> stream) {
        link_ = std::move(stream);
        link_->on_data([this](std::string_view bytes) { return feed(bytes); });
        link_->on_close([this] { events_.lost(); });
    });
}

std::size_t XmppSide::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size()) {
        const auto rest = bytes.substr(used);
        const auto open = rest.find('<');
        if (open == std::string_view::npos) return bytes.size();  // keep-alive white space
        const auto size = open_ ? element_size(rest.substr(open)) : header(rest.substr(open));
        if (size == 0) return used;
        if (open_ && size > 2) stanza(rest.substr(open, size));
        used += open + size;
    }
    return used;
}

std::size_t XmppSide::header(std::string_view bytes) {
    const auto close = bytes.find('>');
    if (close == std::string_view::npos) return 0;
    if (!bytes.starts_with("<stream:stream")) return close + 1;
    link_->write(
        "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
        "xmlns='jabber:component:accept' id='bench' from='" +
        names_.component + "'>");
    // What follows must not be taken for the header again; stanza() sees only whole elements.
    open_ = true;
    return close + 1;
}

void XmppSide::stanza(std::string_view text) {
    if (text.starts_with("<message")) {
        if (attribute(text, "type") == "error") return events_.error(text);
        if (const auto sequence = sequence_in(text)) return events_.message(*sequence);
        const auto received = text.find("<received");
        if (received == std::string_view::npos || !events_.receipt) return;
        const auto id = attribute(text.substr(received), "id");
        if (id.ends_with("-" + names_.life)) events_.receipt(number_after(id, 1));
    } else if (text.starts_with("<presence")) {
        if (attribute(text, "type") == "error") return events_.error(text);
        if (!has_self_status(text) || attribute(text, "type") == "unavailable") return;
        const auto to = attribute(text, "to");
        if (to.starts_with("user")) events_.joined(number_after(to, 4));
    } else if (text.starts_with("<iq")) {
        answer_iq(text);
    } else if (text.starts_with("<handshake")) {
        link_->write("<handshake/>");
        ready_ = true;
    } else if (text.starts_with("</stream") || text.starts_with("<stream:error")) {
        link_->write("</stream:stream>");
        link_->close();
        events_.lost();
    }
}

void XmppSide::answer_iq(std::string_view text) {
    // As servers do: what a component sends to its own address comes back to it.
    if (attribute(text, "to") == names_.component) return link_->write(text);
    const auto type = attribute(text, "type");
    if (type != "get" && type != "set") return;
    out_.assign("<iq type='error' id='").append(attribute(text, "id")).append("' from='");
    out_.append(attribute(text, "to")).append("' to='").append(attribute(text, "from"));
    out_.append(
        "'><error type='cancel'><service-unavailable "
        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
    link_->write(out_);
}

void XmppSide::join(std::uint32_t user) {
    const auto number = std::to_string(user);
    out_.assign("<presence from='user").append(number).append("@bench.test/bench' to='#c").append(number);
    out_.append("%")
        .append(names_.irc_server)
        .append("@")
        .append(names_.component)
        .append("/user")
        .append(number);
    out_.append("'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>");
    link_->write(out_);
}

void XmppSide::say(std::uint32_t user, std::uint32_t sequence) {
    const auto number = std::to_string(user);
    out_.assign("<message from='user").append(number).append("@bench.test/bench' to='#c").append(number);
    out_.append("%").append(names_.irc_server).append("@").append(names_.component);
    out_.append("' type='groupchat' id='m").append(std::to_string(sequence)).append("'><body>");
    out_.append(body_(sequence)).append("</body></message>");
    link_->write(out_);
}

void XmppSide::tell(std::uint32_t user, std::uint32_t sequence) {
    const auto number = std::to_string(user);
    out_.assign("<message from='user").append(number).append("@bench.test/bench' to='c").append(number);
    out_.append("@")
        .append(names_.component)
        .append("' type='chat' id='m")
        .append(std::to_string(sequence))
        .append("-")
        .append(names_.life);
    out_.append("'><body>").append(body_(sequence));
    out_.append("</body><request xmlns='urn:xmpp:receipts'/></message>");
    link_->write(out_);
}

}  // namespace causeway::bench
