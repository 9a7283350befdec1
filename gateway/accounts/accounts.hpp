#pragma once
/// @file gateway/accounts/accounts.hpp
/// NAME       Accounts: the legacy session map of one network, in memory and in the store.
/// WHY        One XMPP user (bare JID) has at most one account on a network; everything that is known of it hangs
///            here: registration, sealed credentials, contacts with what the user decided, sessions.
/// INVARIANTS Memory is changed first and committed behind (order is kept by the store); what must not be said
///            before it is durable (registration, removal) is a coroutine that returns after the commit.
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "gateway/adapter/adapter.hpp"
#include "gateway/base/context.hpp"
#include "gateway/base/task.hpp"
#include "gateway/security/vault.hpp"
#include "gateway/store/store.hpp"

namespace causeway::accounts {

class Slot;

struct Account {
    store::AccountRow row;
    std::map<ContactId, store::ContactRow> contacts;
    std::map<EndpointId, std::shared_ptr<Slot>> slots;
    std::map<EndpointId, std::string> sealed_options;  ///< what the user has set for sessions to an endpoint
    model::Presence presence;  ///< the user's, merged over resources; offline when none is known
};
using AccountPtr = std::shared_ptr<Account>;

class Accounts {
public:
    Accounts(Executor executor, NetworkName network, store::Store& store, const security::Vault& vault,
             Context context);

    /// Reads everything of the network. @return the joins that a crash left behind
    [[nodiscard]] Task<Result<std::vector<store::JoinRow>>> load();

    [[nodiscard]] AccountPtr find(const UserId& user) const;
    [[nodiscard]] AccountPtr by_id(const AccountId& id) const;
    /// The user's account; made on first use, for networks that need no login.
    [[nodiscard]] AccountPtr ensure(const UserId& user);
    [[nodiscard]] std::vector<AccountPtr> all() const;
    [[nodiscard]] std::size_t size() const noexcept { return by_user_.size(); }

    /// Registers or re-registers. @return after the commit
    [[nodiscard]] Task<Result<AccountPtr>> enrol(UserId user, std::string remote_name,
                                                 Secret<std::string> credentials);
    /// Keeps what the user has set for an endpoint. @return after the commit; rate_limited: for too many endpoints
    [[nodiscard]] Task<Result<>> keep_options(AccountPtr account, EndpointId endpoint,
                                              Secret<std::string> options);
    /// Deletes everything of the user. @return after the commit
    [[nodiscard]] Task<Result<>> forget(AccountPtr account);
    /// Who else has something of an account that is gone.
    void when_forgotten(std::function<void(const AccountId&)> tell) { forgotten_ = std::move(tell); }

    void save(const AccountPtr& account);
    void save_contact(const AccountPtr& account, store::ContactRow row);
    void drop_contact(const AccountPtr& account, const ContactId& contact);
    /// Returns when the join is kept, or cannot be (logged). The password is kept sealed; without one that the vault takes,
    /// the join is kept without.
    [[nodiscard]] Task<> save_join(store::JoinRow row, Secret<> password);
    /// The password that a join was made with; empty when there was none.
    [[nodiscard]] Secret<> password_of(const store::JoinRow& row) const;
    void drop_join(const AccountPtr& account, const RoomId& room, const std::string& resource_jid);

    /// What the network as a whole had on record when it was loaded, by key; later changes are not in it.
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& left_records() const noexcept {
        return left_records_;
    }
    /// An empty value removes the record.
    void put_record(std::string key, std::string value);

    /// Unsealed credentials; empty when there are none. @return internal when the vault cannot open them
    [[nodiscard]] Result<Secret<std::string>> credentials(const Account& account) const;
    /// What the user has set for an endpoint; empty when nothing is. @return internal when it cannot be opened
    [[nodiscard]] Result<Secret<std::string>> options(const Account& account,
                                                      const EndpointId& endpoint) const;
    /// What ids that others must not undo are made with: made once, by the first load(), and the same ever after.
    [[nodiscard]] const Secret<>& network_secret() const noexcept { return network_secret_; }
    [[nodiscard]] store::Store& store() noexcept { return store_; }
    [[nodiscard]] const NetworkName& network() const noexcept { return network_; }

private:
    [[nodiscard]] store::AccountRow new_row(const UserId& user);
    AccountPtr insert(store::AccountRow row);
    void erase(const Account& account);
    [[nodiscard]] Task<Result<>> take_secret(std::string sealed);
    void commit_behind(store::Change change);

    Executor executor_;
    NetworkName network_;
    store::Store& store_;
    const security::Vault& vault_;
    Context context_;
    Gauge& count_;
    std::function<void(const AccountId&)> forgotten_;
    Secret<> network_secret_;
    std::map<std::string, std::string, std::less<>> left_records_;
    std::unordered_map<UserId, AccountPtr> by_user_;
    std::unordered_map<AccountId, AccountPtr> by_id_;
};

}  // namespace causeway::accounts
