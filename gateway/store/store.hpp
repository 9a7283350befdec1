#pragma once
/// @file gateway/store/store.hpp
/// NAME       Store: the port to durable state. Drivers: sqlite, postgres.
/// WHY        One function, commit(), after which "kept" may be said (STYLE §3); reads happen at start.
/// INVARIANTS A batch is committed whole or not at all; commits are in the order of calls; after a failed fsync
///            the process ends, because what is on disk is not known any more.
/// THREADS    Called and resumed on the loop; the driver works on its own storage thread and commits in groups.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/task.hpp"
#include "gateway/base/time.hpp"
#include "gateway/model/ids.hpp"
#include "gateway/store/message_rows.hpp"

namespace causeway::store {

/// What a user prefers on one network.
struct Preferences {
    std::string language;      ///< of what the gateway says ("de"); "" = as the client says
    bool write_roster = true;  ///< contacts may be written into the roster where the server lets us
    bool show_typing = true;   ///< typing is told, both ways

    friend bool operator==(const Preferences&, const Preferences&) = default;
};

/// One entry of the legacy session map.
struct AccountRow {
    AccountId id;
    NetworkName network;
    UserId user;
    bool registered = false;         ///< by XEP-0077; false: came into being by use
    bool logged_out = false;         ///< the user said "log out": do not log in by presence
    bool always_on = false;          ///< the user wants to stay logged in when the last resource goes
    std::string remote_name;         ///< what StepDone said
    std::string sealed_credentials;  ///< from the vault; empty = none
    WallTime created{};
    Preferences preferences;
};

/// What an account has set for its sessions to one endpoint.
struct OptionsRow {
    AccountId account;
    EndpointId endpoint;
    std::string sealed;  ///< from the vault
};

/// What the user and a contact decided about each other's presence. Kept for ever, never asked again.
enum class Decision : std::uint8_t {
    none = 0,
    pending_out = 1,  ///< the user asked, the network has not answered
    subscribed = 2,
    refused = 3,
    removed = 4,
};

struct ContactRow {
    AccountId account;
    ContactId contact;
    std::string address;                     ///< Network::format_address of it: how it is written in JIDs
    Decision user_sees = Decision::none;     ///< the user's subscription to the contact
    Decision contact_sees = Decision::none;  ///< the contact's to the user
};

/// A resource of the user that sits in a room: taken up again after a crash.
struct JoinRow {
    AccountId account;
    RoomId room;
    std::string address;       ///< Network::format_address of the room
    std::string resource_jid;  ///< full JID that joined
    std::string nick;
    std::string sealed_password;  ///< from the vault, to enter again with; empty = none
};

struct PutAccount {
    AccountRow row;
};
/// Takes everything that belongs to the account with it.
struct RemoveAccount {
    AccountId id;
};
struct PutContact {
    ContactRow row;
};
struct RemoveContact {
    AccountId account;
    ContactId contact;
};
struct PutJoin {
    JoinRow row;
};
/// An empty resource_jid stands for everyone who joined the room.
struct RemoveJoin {
    AccountId account;
    RoomId room;
    std::string resource_jid;
};
/// An empty value removes the record.
struct PutRecord {
    AccountId account;
    std::string key;
    std::string value;
};
struct PutOptions {
    OptionsRow row;
};
/// A room's own secret, made once: occupant ids come from it.
struct PutNetworkSecret {
    NetworkName network;
    std::string sealed;
};

/// Something that is known of the network as a whole. An empty value removes the record.
struct PutNetworkRecord {
    NetworkName network;
    std::string key;
    std::string value;
};

using Change = std::variant<PutAccount, RemoveAccount, PutContact, RemoveContact, PutJoin, RemoveJoin,
                            PutRecord, PutOptions, PutNetworkSecret, PutNetworkRecord, PutMessage,
                            MoveMessage, SettleMessages, SettleNotice, PurgeMessages>;
using Batch = std::vector<Change>;

/// Everything the store holds for one network.
struct NetworkRows {
    std::vector<AccountRow> accounts;
    std::vector<ContactRow> contacts;
    std::vector<JoinRow> joins;
    std::vector<OptionsRow> options;
    std::map<std::string, std::string, std::less<>> records;  ///< of the network as a whole
    std::string sealed_network_secret;
};

/// A sealed value and what it was sealed for: the vault needs both to open it.
struct SealedValue {
    std::string sealed;
    std::string owner;  ///< what sealed_owner() says; the vault's additional authenticated data
};

/// The owner that a sealed value is bound to, so that it cannot be moved to another row.
[[nodiscard]] inline std::string sealed_owner(const AccountId& account) {
    return "account:" + account.str();
}
/// An account's id holds no "/", so nothing else has this owner.
[[nodiscard]] inline std::string sealed_owner(const AccountId& account, const EndpointId& endpoint) {
    return "account:" + account.str() + "/options:" + endpoint.str();
}
[[nodiscard]] inline std::string sealed_owner(const NetworkName& network) {
    return "network:" + network.str();
}

class Store {
public:
    virtual ~Store() = default;
    /// The durability point. @return after fsync; an error if nothing of the batch was kept: storage, or conflict (a
    ///         message that is there already, or is not in the state that was expected; this process is no longer the
    ///         holder of the lease)
    [[nodiscard]] virtual Task<Result<>> commit(Batch batch) = 0;
    [[nodiscard]] virtual Task<Result<NetworkRows>> load(NetworkName network) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<std::string>>> record(AccountId account,
                                                                          std::string key) = 0;
    /// Every sealed value there is, for the start-up check that the vault can open them.
    [[nodiscard]] virtual Task<Result<std::vector<SealedValue>>> all_sealed() = 0;

    // ---- messages
    /// The greatest sequence ever given out, 0 if none.
    [[nodiscard]] virtual Task<Result<std::int64_t>> last_sequence() = 0;
    /// Those of the network that are not done, or whose sender is still to be told, in order of their sequence: at most
    /// `most` of those after `after`.
    [[nodiscard]] virtual Task<Result<std::vector<OpenMessage>>> open_messages(NetworkName network,
                                                                               std::int64_t after,
                                                                               std::size_t most) = 0;
    /// Those that are there, in order of their sequence.
    [[nodiscard]] virtual Task<Result<std::vector<MessageRow>>> messages(
        std::vector<std::int64_t> sequences) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<MessageRow>>> message_of_key(AccountId account,
                                                                                 model::Direction direction,
                                                                                 MessageKey key) = 0;
    /// Newest first.
    [[nodiscard]] virtual Task<Result<std::vector<FoundMessage>>> find_messages(MessageFilter filter) = 0;
    [[nodiscard]] virtual Task<Result<std::vector<MessageCount>>> count_messages() = 0;
    /// Whether PurgeMessages with this `before` would find something. Cheap where the driver has an index for it.
    [[nodiscard]] virtual Task<Result<bool>> any_to_purge(WallTime before);

    /// Commits what waits, then closes. Later calls fail with `storage`.
    [[nodiscard]] virtual Task<> close() = 0;
    /// Items waiting for a commit now.
    [[nodiscard]] virtual std::size_t queue_depth() const noexcept = 0;
};

}  // namespace causeway::store
