#include "gateway/security/vault.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "gateway/base/assert.hpp"
#include "gateway/security/key_text.hpp"

namespace causeway::security {

namespace {

constexpr std::string_view kVersion = "v1";
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kMaxKeyFileBytes = 4096;
constexpr std::size_t kMaxPlainBytes = 64 * 1024;

struct CipherFree {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherFree>;

/// A file descriptor that closes itself.
class File {
public:
    explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

[[nodiscard]] const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}
[[nodiscard]] unsigned char* bytes_of(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}

[[nodiscard]] std::unexpected<Error> system_failure(const std::string& doing, const std::string& path) {
    return fail(Errc::bad_input, doing + " " + path + ": " + std::strerror(errno));
}

enum class Guard : std::uint8_t { by_mode, by_systemd };

[[nodiscard]] Result<> check_mode(int descriptor, const std::string& path) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return system_failure("cannot look at", path);
    const auto mode = status.st_mode & 07777U;
    if (mode == 0600U || mode == 0400U) return {};
    return fail(Errc::bad_input, "the key file " + path + " must have mode 0600 or 0400: chmod 600 " + path);
}

[[nodiscard]] Result<Secret<>> read_key_file(const std::string& path, Guard guard) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return system_failure("cannot read the key", path);
    if (guard == Guard::by_mode) {
        if (auto checked = check_mode(file.get(), path); !checked) return fail(std::move(checked.error()));
    }
    std::string content(kMaxKeyFileBytes, '\0');
    const auto count = ::read(file.get(), content.data(), content.size());
    if (count < 0) return system_failure("cannot read the key", path);
    wipe(content.data() + count, content.size() - static_cast<std::size_t>(count));
    content.resize(static_cast<std::size_t>(count));
    return Secret<>(std::move(content));
}

/// 32 raw bytes, or their hexadecimal or base64 form with white space around it.
[[nodiscard]] Result<Secret<>> parse_key(const Secret<>& content, const std::string& path) {
    if (content.reveal().size() == Vault::kKeyBytes) return content;
    constexpr std::string_view kSpace = " \t\r\n";
    std::string_view text = content.reveal();
    const auto first = text.find_first_not_of(kSpace);
    if (first != std::string_view::npos) text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
    auto key = from_hex(text);
    if (!key || key->size() != Vault::kKeyBytes) key = from_base64(text);
    if (!key || key->size() != Vault::kKeyBytes) {
        return fail(Errc::bad_input, "the key file " + path +
                                         " must hold 32 bytes: raw, as 64 hexadecimal digits, or as base64");
    }
    return Secret<>(std::move(*key));
}

[[nodiscard]] Result<Vault> load(const std::string& path, Guard guard, Random& random) {
    auto content = read_key_file(path, guard);
    if (!content) return fail(std::move(content.error()));
    auto key = parse_key(*content, path);
    if (!key) return fail(std::move(key.error()));
    return Vault::from_key(std::move(*key), random);
}

[[nodiscard]] std::string id_of(const Secret<>& key) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    const int ok =
        EVP_Digest(key.reveal().data(), key.reveal().size(), bytes_of(digest), &size, EVP_sha256(), nullptr);
    CAUSEWAY_ASSERT(ok == 1 && size >= kKeyIdBytes);
    return to_hex(std::string_view(digest).substr(0, kKeyIdBytes));
}

}  // namespace

Vault::Vault(Secret<> key, std::string key_id, Random& random)
    : key_(std::move(key)), key_id_(std::move(key_id)), random_(&random) {}

Result<Vault> Vault::from_key(Secret<> key, Random& random) {
    if (key.reveal().size() != kKeyBytes) return fail(Errc::bad_input, "a vault key has 32 bytes");
    auto id = id_of(key);
    return Vault(std::move(key), std::move(id), random);
}

Result<Vault> Vault::from_file(const std::string& path, Random& random) {
    return load(path, Guard::by_mode, random);
}

Result<Vault> Vault::from_credential(const std::string& directory, const std::string& name, Random& random) {
    if (directory.empty()) {
        return fail(Errc::bad_input,
                    "the vault key is to come from the systemd credential '" + name +
                        "', but CREDENTIALS_DIRECTORY is not set: add LoadCredential= to the unit");
    }
    if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.')) {
        return fail(Errc::bad_input, "'" + name + "' is not a credential's name");
    }
    return load(directory + "/" + name, Guard::by_systemd, random);
}

Result<std::string> Vault::seal(const Secret<>& plain, std::string_view owner) const {
    const auto& text = plain.reveal();
    if (text.size() > kMaxPlainBytes) return fail(Errc::too_large, "a sealed value has at most 64 KiB");
    std::string box(kNonceBytes + text.size() + kTagBytes, '\0');
    random_->fill({bytes_of(box), kNonceBytes});
    unsigned char* const cipher_text = bytes_of(box) + kNonceBytes;

    const Cipher cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool sealed =
        cipher != nullptr &&
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                           bytes_of(std::string_view(key_.reveal())), bytes_of(box)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(owner), static_cast<int>(owner.size())) ==
            1 &&
        EVP_EncryptUpdate(cipher.get(), cipher_text, &length, bytes_of(std::string_view(text)),
                          static_cast<int>(text.size())) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), cipher_text + length, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, cipher_text + text.size()) == 1;
    if (!sealed) return fail(Errc::internal, "OpenSSL could not seal");
    return std::string(kVersion) + ":" + key_id_ + ":" + to_base64(box);
}

Result<Secret<>> Vault::open(std::string_view sealed, std::string_view owner) const {
    const auto first = sealed.find(':');
    const auto second = first == std::string_view::npos ? first : sealed.find(':', first + 1);
    if (second == std::string_view::npos || sealed.substr(0, first) != kVersion) {
        return fail(Errc::bad_input, "not a sealed value");
    }
    const auto key_id = sealed.substr(first + 1, second - first - 1);
    if (key_id != key_id_) {
        return fail(Errc::bad_credentials,
                    "sealed with key " + std::string(key_id) + ", the vault has " + key_id_);
    }
    auto box = from_base64(sealed.substr(second + 1));
    if (!box || box->size() < kNonceBytes + kTagBytes)
        return fail(Errc::bad_input, "the sealed value is damaged");

    const std::size_t size = box->size() - kNonceBytes - kTagBytes;
    std::string plain(size, '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool opened = cipher != nullptr &&
                        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                                           bytes_of(std::string_view(key_.reveal())), bytes_of(*box)) == 1 &&
                        EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(owner),
                                          static_cast<int>(owner.size())) == 1 &&
                        EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &length,
                                          bytes_of(*box) + kNonceBytes, static_cast<int>(size)) == 1 &&
                        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes,
                                            bytes_of(*box) + kNonceBytes + size) == 1 &&
                        EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + length, &length) == 1;
    if (!opened) {
        wipe(plain.data(), plain.size());
        return fail(Errc::bad_input, "the sealed value is damaged or belongs to another owner");
    }
    return Secret<>(std::move(plain));
}

Result<> Vault::check_all(std::span<const store::SealedValue> values) const {
    std::size_t broken = 0;
    std::string first;
    for (const auto& value : values) {
        const auto opened = open(value.sealed, value.owner);
        if (opened) continue;
        if (broken++ == 0) first = opened.error().detail;
    }
    if (broken == 0) return {};
    return fail(Errc::bad_credentials, std::to_string(broken) + " of " + std::to_string(values.size()) +
                                           " sealed values cannot be opened with key " + key_id_ + ": " +
                                           first);
}

Result<> generate_key_file(const std::string& path, Random& random) {
    std::array<std::uint8_t, Vault::kKeyBytes> key{};
    random.fill(key);
    const Secret<> text(to_hex({reinterpret_cast<const char*>(key.data()), key.size()}) + "\n");
    wipe(key.data(), key.size());
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) {
        const auto code = errno == EEXIST ? Errc::conflict : Errc::bad_input;
        return fail(code, "cannot make the key file " + path + ": " + std::strerror(errno));
    }
    const auto& line = text.reveal();
    if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(file.get()) != 0) {
        return system_failure("cannot write the key file", path);
    }
    return {};
}

}  // namespace causeway::security
