#!/usr/bin/env bash
# Tries the package of a tier in a private root with a systemd of its own: check.sh TIER FOLDER LATER
# LATER holds the packages of the upgrade. What is checked is printed as it holds; the first thing that does not ends it.
set -euo pipefail
tier=$1 folder=$2 later=$3
name=juming-$tier
base=$(cd "$(dirname "$0")/.." && pwd)/artifacts/package/base
mkdir -p "$(dirname "$base")"
root=$(mktemp -d "$(dirname "$base")/root-XXXXXX")
case $tier in cloud) port=8441 ;; operator) port=8442 ;; site) port=8443 ;; esac
boot=
say() { echo "$name: $*"; }
fail() { echo "$name: FAILED: $*" >&2; in_root journalctl -u "$name" --no-pager -n 40 >&2 || true; exit 1; }
end() {
    # Its mounts are its own and go with it.
    if [ -n "$boot" ]; then kill -9 "$boot" 2>/dev/null || true; wait "$boot" 2>/dev/null || true; fi
    rm -rf --one-file-system "$root" "$root.apt" "$root.log"
}
trap end EXIT

# A root to copy from, once.
if [ ! -e "$base/done" ]; then
    rm -rf "$base"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates,curl,procps "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$base" "${JUMING_MIRROR:-http://deb.debian.org/debian}" >"$base.log" 2>&1 || { tail -5 "$base.log" >&2; exit 1; }
    touch "$base/done"
fi
cp -a "$base/." "$root/"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
for file in /etc/apt/apt.conf.d/*; do cp -n "$file" "$root/etc/apt/apt.conf.d/" 2>/dev/null || true; done
cp "$folder"/${name}_*.deb "$root/root/now.deb"
cp "$later"/${name}_*.deb "$root/root/later.deb"

# Boots it with namespaces of its own for processes, mounts and names; the network is the machine's, for the packages that are fetched.
unshare --fork --pid --mount --uts --ipc --cgroup --propagation private --kill-child bash -c '
    set -e
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount -t tmpfs tmpfs "$1/run"
    mount -t tmpfs tmpfs "$1/tmp"
    mount -t sysfs -o ro sysfs "$1/sys"
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
    else
        mount -t tmpfs tmpfs "$1/sys/fs/cgroup"
        for kind in name=systemd,none pids memory cpu devices; do
            folder=$1/sys/fs/cgroup/$(case $kind in name*) echo systemd ;; *) echo "$kind" ;; esac)
            mkdir "$folder"
            mount -t cgroup -o "$kind" cgroup "$folder"
        done
    fi
    mount -t tmpfs tmpfs "$1/dev"
    for node in null zero full random urandom tty; do cp -a "/dev/$node" "$1/dev/"; done
    mkdir "$1/dev/pts" "$1/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
    mount -t tmpfs tmpfs "$1/dev/shm"
    ln -s pts/ptmx "$1/dev/ptmx"
    ln -s /proc/self/fd "$1/dev/fd"
    # Not a mere chroot: in one the kernel refuses namespaces to those without rights, and so to the sandbox of Chromium.
    cd "$1"
    mkdir -p machine
    pivot_root . machine
    umount -l /machine
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=juming /lib/systemd/systemd --system --log-target=journal --show-status=0 systemd.unit=basic.target' boot "$root" >"$root.log" 2>&1 </dev/null &
boot=$!
in_root() {
    local pid
    pid=$(pgrep -P "$boot" | head -1)
    nsenter -t "$pid" -p -m -u -i -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"
}
for _ in $(seq 60); do in_root systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break; sleep 1; done
in_root systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' || { tail -20 "$root.log" >&2; fail "its systemd does not start here"; }
say "a private root with a systemd of its own runs"

answers() { for _ in $(seq 90); do in_root curl -skf "https://127.0.0.1:$port/healthz" >/dev/null && return 0; sleep 1; done; return 1; }
version() { in_root dpkg-query -W -f '${Version}' "$name"; }
identity() { in_root sha256sum "/var/lib/$name/keys/vault.key" | cut -d' ' -f1; }

in_root apt-get update -qq
in_root apt-get install -y -qq --no-install-recommends /root/now.deb >"$root.apt" 2>&1 || { tail -20 "$root.apt" >&2; fail "it does not install"; }
first=$(version)
answers || fail "it does not answer after the installation"
[ "$(in_root systemctl is-active "$name")" = active ] || fail "the unit is not active"
[ "$(in_root systemctl is-enabled "$name")" = enabled ] || fail "the unit is not enabled"
[ "$(in_root ps -o user= -C juming | sort -u)" = "$name" ] || [ "$(in_root stat -c %U "/var/lib/$name")" = "$name" ] || fail "it does not run as its own account"
in_root journalctl -u "$name" --no-pager | grep -q '/setup#' || fail "the journal has no set-up link"
in_root "$name" version | grep -q juming || fail "its verbs do not run"
in_root "$name" doctor --json >/dev/null || [ $? -eq 1 ] || fail "doctor can't ask the running process"
say "$first installs, starts as its own account, answers, and its verbs reach it"

in_root systemd-analyze verify "$name.service" || fail "the unit has faults"
score=$(in_root systemd-analyze security --no-pager "$name.service" | sed -n 's/.*Overall exposure level.*: \([0-9.]*\).*/\1/p')
limit=$([ "$tier" = site ] && echo 2.5 || echo 2.0)
awk "BEGIN { exit !($score <= $limit) }" || fail "its exposure is $score, more than $limit"
say "exposure $score of at most $limit"

if [ "$tier" = site ]; then
    # What the service's rooms allow is what Chromium gets: it is started inside them.
    mapfile -t limits < <(sed -nE 's/^((Ambient|Capability|NoNew|Protect|Private|Restrict|Lock|RemoveIPC|SystemCall|UMask)[A-Za-z]*=.*)/-p\n\1/p' "$root/lib/systemd/system/$name.service")
    in_root systemd-run --quiet --wait --pipe --collect -p "User=$name" "${limits[@]}" -p Environment=HOME=/tmp \
        chromium --headless=new --disable-gpu --dump-dom 'data:text/html,<p>seen</p>' 2>/dev/null | grep -q seen || fail "Chromium does not run within the unit's limits"
    say "Chromium runs within the unit's limits, its sandbox on"
fi

key=$(identity)
echo '# of the owner' >"$root/root/mark"
sed -i '0,/"Zone": "Asia\/Shanghai"/s//"Zone": "Asia\/Singapore"/' "$root/etc/juming/$tier.json"
in_root apt-get install -y -qq /root/later.deb >"$root.apt" 2>&1 || { tail -20 "$root.apt" >&2; fail "it does not upgrade"; }
[ "$(version)" != "$first" ] || fail "the upgrade changed nothing"
answers || fail "it does not answer after the upgrade"
[ "$(identity)" = "$key" ] || fail "the upgrade lost the data"
grep -q Asia/Singapore "$root/etc/juming/$tier.json" || fail "the upgrade lost a changed setting"
say "$(version): upgrade keeps data and settings"

in_root apt-get install -y -qq --allow-downgrades /root/now.deb >"$root.apt" 2>&1 || { tail -20 "$root.apt" >&2; fail "it does not go back"; }
[ "$(version)" = "$first" ] || fail "it did not go back"
answers || fail "it does not answer after going back"
[ "$(identity)" = "$key" ] || fail "going back lost the data"
say "$first: back again, with the data"

in_root apt-get remove -y -qq "$name" >"$root.apt" 2>&1 || { tail -20 "$root.apt" >&2; fail "it can't be removed"; }
[ ! -e "$root/usr/lib/$name" ] || fail "the program is still there after its removal"
[ "$(identity)" = "$key" ] && [ -e "$root/etc/juming/$tier.json" ] || fail "the removal took data or settings"
! in_root pgrep -x juming >/dev/null || fail "a process outlived the removal"
in_root apt-get purge -y -qq "$name" >"$root.apt" 2>&1 || { tail -20 "$root.apt" >&2; fail "it can't be purged"; }
[ ! -e "$root/var/lib/$name" ] && [ ! -e "$root/etc/juming/$tier.json" ] || fail "the purge left data or settings"
! in_root getent passwd "$name" >/dev/null || fail "the purge left the account"
say "removal keeps data and settings, purge takes them and the account"
