#pragma once
/// @file tests/bench/xmpp_side.hpp
/// NAME       XmppSide: the XMPP server as the gateway sees it, with all its users.
/// WHY        Does what Prosody does for a component (XEP-0114 handshake, IQs to the component's own JID come back)
///            and no more, so cheaply that it is never the bottleneck: stanzas are cut by counting tags.
/// TRUST      Expects well-formed XML from the program under test, whose attributes hold no raw '>'.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/bench/poller.hpp"
#include "tests/bench/traffic.hpp"

namespace causeway::bench {

class XmppSide {
public:
    struct Names {
        std::string component;   ///< irc.bench.test
        std::string irc_server;  ///< what stands after `%` in addresses
        std::string life;        ///< ends the ids of what is told: receipts of an earlier life are not ours
    };
    struct Events {
        std::function<void(std::uint32_t user)> joined;
        std::function<void(std::uint32_t sequence)> message;
        std::function<void(std::uint32_t sequence)> receipt;  ///< may be empty: none is wanted
        std::function<void(std::string_view stanza)> error;
        std::function<void()> lost;
    };

    XmppSide(Poller& poller, std::uint16_t port, Names names, Events events);

    [[nodiscard]] bool ready() const noexcept { return ready_; }
    void join(std::uint32_t user);
    void say(std::uint32_t user, std::uint32_t sequence);
    /// To a contact of the component's network, with the wish for a receipt.
    void tell(std::uint32_t user, std::uint32_t sequence);

private:
    std::size_t feed(std::string_view bytes);
    std::size_t header(std::string_view bytes);
    void stanza(std::string_view text);
    void answer_iq(std::string_view text);

    Names names_;
    Events events_;
    std::unique_ptr<Stream> link_;
    std::string out_;
    Body body_;
    bool open_ = false;
    bool ready_ = false;
};

}  // namespace causeway::bench
