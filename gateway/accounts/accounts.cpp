#include "gateway/accounts/accounts.hpp"

#include "gateway/accounts/slot.hpp"
#include "gateway/base/async.hpp"

namespace causeway::accounts {
namespace {

constexpr log::Message kNotSaved{"CAUSEWAY_ACCOUNT_NOT_SAVED", log::Level::error,
                                 "a change of an account could not be stored"};
constexpr std::size_t kNetworkSecretBytes = 32;
constexpr std::size_t kMostOptions = 64;  // what users can name without end is not kept without end

Task<> commit_and_log(store::Store* store, store::Batch batch, log::Log log, std::string network) {
    const auto done = co_await store->commit(std::move(batch));
    if (!done) log.event(kNotSaved, {{"network", network}, {"error", done.error().detail}});
}

}  // namespace

Accounts::Accounts(Executor executor, NetworkName network, store::Store& store, const security::Vault& vault,
                   Context context)
    : executor_(std::move(executor)),
      network_(std::move(network)),
      store_(store),
      vault_(vault),
      context_(context),
      count_(context_.metrics.gauge("causeway_accounts", "Accounts: users known on a network",
                                    {{"network", network_.str()}})) {}

Task<Result<std::vector<store::JoinRow>>> Accounts::load() {
    auto rows = co_await store_.load(network_);
    if (!rows) co_return fail(rows.error());
    if (auto taken = co_await take_secret(rows->sealed_network_secret); !taken) co_return fail(taken.error());
    for (auto& row : rows->accounts) {
        auto account = std::make_shared<Account>();
        account->row = std::move(row);
        by_user_.emplace(account->row.user, account);
        by_id_.emplace(account->row.id, account);
    }
    for (auto& row : rows->contacts) {
        if (const auto owner = by_id(row.account)) owner->contacts.emplace(row.contact, std::move(row));
    }
    for (auto& row : rows->options) {
        if (const auto owner = by_id(row.account))
            owner->sealed_options.emplace(row.endpoint, std::move(row.sealed));
    }
    count_.Set(static_cast<double>(size()));
    left_records_ = std::move(rows->records);
    co_return std::move(rows->joins);
}

Task<Result<>> Accounts::take_secret(std::string sealed) {
    const auto owner = security::sealed_owner(network_);
    if (!sealed.empty()) {
        auto opened = vault_.open(sealed, owner);
        if (!opened) co_return fail(opened.error());
        network_secret_ = std::move(*opened);
        co_return Result<>{};
    }
    network_secret_ = Secret<>(context_.random.token(kNetworkSecretBytes));
    auto made = vault_.seal(network_secret_, owner);
    if (!made) co_return fail(made.error());
    store::Batch batch;
    batch.emplace_back(store::PutNetworkSecret{network_, std::move(*made)});
    co_return co_await store_.commit(std::move(batch));
}

AccountPtr Accounts::find(const UserId& user) const {
    const auto found = by_user_.find(user);
    return found == by_user_.end() ? nullptr : found->second;
}

AccountPtr Accounts::by_id(const AccountId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

std::vector<AccountPtr> Accounts::all() const {
    std::vector<AccountPtr> accounts;
    accounts.reserve(by_user_.size());
    for (const auto& [user, account] : by_user_) accounts.push_back(account);
    return accounts;
}

store::AccountRow Accounts::new_row(const UserId& user) {
    store::AccountRow row;
    row.id = AccountId{context_.random.token()};
    row.network = network_;
    row.user = user;
    row.created = context_.clock.wall();
    return row;
}

AccountPtr Accounts::ensure(const UserId& user) {
    if (auto known = find(user)) return known;
    auto account = insert(new_row(user));
    save(account);
    return account;
}

AccountPtr Accounts::insert(store::AccountRow row) {
    auto account = std::make_shared<Account>();
    account->row = std::move(row);
    by_user_.emplace(account->row.user, account);
    by_id_.emplace(account->row.id, account);
    count_.Set(static_cast<double>(size()));
    return account;
}

void Accounts::erase(const Account& account) {
    by_id_.erase(account.row.id);
    by_user_.erase(account.row.user);
    count_.Set(static_cast<double>(size()));
}

Task<Result<AccountPtr>> Accounts::enrol(UserId user, std::string remote_name,
                                         Secret<std::string> credentials) {
    // In memory before the commit, so that a first use meanwhile does not make a second account of the user.
    const auto known = find(user);
    const auto account = known ? known : insert(new_row(user));
    auto row = account->row;
    auto sealed = vault_.seal(credentials, security::sealed_owner(row.id));
    if (!sealed) {
        if (!known) erase(*account);
        co_return fail(sealed.error());
    }
    row.registered = true;
    row.logged_out = false;
    row.remote_name = std::move(remote_name);
    row.sealed_credentials = std::move(*sealed);

    store::Batch batch;
    batch.emplace_back(store::PutAccount{row});
    if (const auto kept = co_await store_.commit(std::move(batch)); !kept) {
        if (!known && account->slots.empty() && account->contacts.empty()) erase(*account);
        co_return fail(kept.error());
    }
    account->row = std::move(row);
    co_return account;
}

Task<Result<>> Accounts::keep_options(AccountPtr account, EndpointId endpoint, Secret<std::string> options) {
    auto& kept = account->sealed_options;
    if (kept.size() >= kMostOptions && !kept.contains(endpoint)) co_return fail(Errc::rate_limited);
    auto sealed = vault_.seal(options, security::sealed_owner(account->row.id, endpoint));
    if (!sealed) co_return fail(sealed.error());
    store::Batch batch;
    batch.emplace_back(store::PutOptions{{account->row.id, endpoint, *sealed}});
    if (const auto done = co_await store_.commit(std::move(batch)); !done) co_return fail(done.error());
    kept.insert_or_assign(std::move(endpoint), std::move(*sealed));
    co_return Result<>{};
}

Task<Result<>> Accounts::forget(AccountPtr account) {
    store::Batch batch;
    batch.emplace_back(store::RemoveAccount{account->row.id});
    if (const auto kept = co_await store_.commit(std::move(batch)); !kept) co_return fail(kept.error());
    erase(*account);
    if (forgotten_) forgotten_(account->row.id);
    co_return Result<>{};
}

void Accounts::save(const AccountPtr& account) {
    commit_behind(store::PutAccount{account->row});
}

void Accounts::save_contact(const AccountPtr& account, store::ContactRow row) {
    row.account = account->row.id;
    account->contacts[row.contact] = row;
    commit_behind(store::PutContact{std::move(row)});
}

void Accounts::drop_contact(const AccountPtr& account, const ContactId& contact) {
    if (account->contacts.erase(contact) == 0) return;
    commit_behind(store::RemoveContact{account->row.id, contact});
}

Task<> Accounts::save_join(store::JoinRow row, Secret<> password) {
    if (!password.empty()) {
        if (auto sealed = vault_.seal(password, security::sealed_owner(row.account)))
            row.sealed_password = std::move(*sealed);
    }
    store::Batch batch;
    batch.emplace_back(store::PutJoin{std::move(row)});
    co_await commit_and_log(&store_, std::move(batch), context_.log, network_.str());
}

Secret<> Accounts::password_of(const store::JoinRow& row) const {
    if (row.sealed_password.empty()) return {};
    auto opened = vault_.open(row.sealed_password, security::sealed_owner(row.account));
    return opened ? std::move(*opened) : Secret<>{};
}

void Accounts::put_record(std::string key, std::string value) {
    commit_behind(store::PutNetworkRecord{network_, std::move(key), std::move(value)});
}

void Accounts::drop_join(const AccountPtr& account, const RoomId& room, const std::string& resource_jid) {
    commit_behind(store::RemoveJoin{account->row.id, room, resource_jid});
}

void Accounts::commit_behind(store::Change change) {
    store::Batch batch;
    batch.push_back(std::move(change));
    spawn(executor_, commit_and_log(&store_, std::move(batch), context_.log, network_.str()));
}

Result<Secret<std::string>> Accounts::options(const Account& account, const EndpointId& endpoint) const {
    const auto kept = account.sealed_options.find(endpoint);
    if (kept == account.sealed_options.end()) return Secret<std::string>{};
    return vault_.open(kept->second, security::sealed_owner(account.row.id, endpoint));
}

Result<Secret<std::string>> Accounts::credentials(const Account& account) const {
    if (account.row.sealed_credentials.empty()) return Secret<std::string>{};
    return vault_.open(account.row.sealed_credentials, security::sealed_owner(account.row.id));
}

}  // namespace causeway::accounts
