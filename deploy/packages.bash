# shellcheck shell=bash
# Debian 12 packages by purpose, and how they are installed without any of their services being started.
# Sourced by tests/run, deploy/demo and deploy/clients.

# shellcheck disable=SC2034  # the lists are for whoever sources this file
PACKAGES_BUILD=(clang-19 lld-19 libclang-rt-19-dev libstdc++-12-dev cmake ninja-build ccache git pkg-config
    libboost1.81-dev libboost-json1.81-dev libssl-dev libexpat1-dev libicu-dev libsqlite3-dev libpq-dev libyaml-cpp-dev
    prometheus-cpp-dev libcurl4-openssl-dev zlib1g-dev libfmt-dev libspdlog-dev libcli11-dev libsystemd-dev
    libmimalloc-dev)
# shellcheck disable=SC2034
PACKAGES_PEERS=(prosody ngircd python3 python3-slixmpp python3-yaml ca-certificates)
# shellcheck disable=SC2034
PACKAGES_TEST=(clang-tidy-19 clang-format-19 libgtest-dev libgmock-dev inspircd ejabberd jabberd2 postgresql prosody-modules
    prometheus python3-pytest python3-pytest-xdist shellcheck)

# shellcheck disable=SC2034
PACKAGES_CLIENTS=(profanity tmux gajim xvfb openbox xdotool imagemagick dbus-x11 libglib2.0-bin fonts-dejavu-core)

# missing_packages NAMES...: prints those that are not installed
missing_packages() {
    local name
    for name in "$@"; do
        [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || printf '%s\n' "$name"
    done
}

# install_packages NAMES...: what is missing, by apt; a policy-rc.d of our own keeps services from starting meanwhile
install_packages() {
    local missing policy=/usr/sbin/policy-rc.d kept status=0
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        echo "These packages are missing, and only root can install them: ${missing[*]}" >&2
        return 1
    fi
    kept="$(mktemp -d)"
    [[ ! -e "$policy" ]] || cp -a "$policy" "$kept/policy-rc.d"
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
            --no-install-recommends install "${missing[@]}"; } || status=$?
    rm -f "$policy"
    [[ ! -e "$kept/policy-rc.d" ]] || mv "$kept/policy-rc.d" "$policy"
    rm -rf "$kept"
    return "$status"
}
