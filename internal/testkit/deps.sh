#!/bin/sh
# Installs what the tests need of the system, where we may: as root (or with sudo that asks nothing) on Debian and
# Ubuntu. Anywhere else it says what is missing and fails.
set -eu
# Servers live where only root's PATH looks.
PATH="$PATH:/usr/sbin:/usr/local/sbin"

missing=""
need() { missing="$missing $1"; }
has() {
	for name in "$@"; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	return 1
}
has_font() { has fc-list && fc-list | grep -qi "$1"; }
chromium_without_desktop() {
	if has apt-cache && [ -n "$(apt-cache search --names-only '^chromium-headless-shell$')" ]; then
		need chromium-headless-shell
	else
		has chromium chromium-browser google-chrome google-chrome-stable || need chromium
	fi
}

has go || { echo "Go 1.26 or newer is missing: see https://go.dev/doc/install" >&2; exit 1; }
has npm || { echo "Node 20.19 or newer is missing: see https://nodejs.org" >&2; exit 1; }
has cc gcc clang || need "gcc libc6-dev" # for the race detector
has mariadbd mysqld || need mariadb-server
has redis-server valkey-server || need redis-server
# The shell is the same browser without a desktop, for less than two thirds of the work. Not every system has it by itself.
has chromium-headless-shell || chromium_without_desktop
# What stands beside the servers: proxies, what watches them, and a host to deploy to.
has nginx || need nginx-light
has caddy || need caddy
has promtool || need prometheus
has sshd || need openssh-server
has shellcheck || need shellcheck
has_font 'cjk' || need fonts-noto-cjk
has_font 'emoji' || need fonts-noto-color-emoji
[ -n "$missing" ] || exit 0

if has apt-get; then
	if [ "$(id -u)" = 0 ]; then
		as_root=""
	elif has sudo && sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	else
		echo "Missing:$missing. Run: sudo apt-get install$missing" >&2
		exit 1
	fi
	$as_root apt-get update -q
	# shellcheck disable=SC2086 # a list of words on purpose
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing fontconfig
	exit 0
fi
echo "Missing (by the names of Debian's packages):$missing. Install them, then try again." >&2
exit 1
