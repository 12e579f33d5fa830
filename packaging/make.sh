#!/usr/bin/env bash
# One package per tier out of a published program: make.sh PROGRAM FOLDER REVISION
set -euo pipefail
program=$1 folder=$2 revision=$3
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")-$revision
# What a self-contained .NET program needs of the system.
runtime='libc6 (>= 2.36), libgcc-s1, libstdc++6, libssl3 | libssl3t64, libicu72 | libicu74 | libicu76, zlib1g, tzdata, ca-certificates, systemd | systemd-standalone-sysusers, init-system-helpers, passwd, util-linux'
mkdir -p "$folder"

for tier in cloud operator site; do
    case $tier in cloud) number=1 ;; operator) number=2 ;; site) number=3 ;; esac
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' EXIT
    (cd "$here/template" && find . -type f) | while read -r file; do
        mkdir -p "$tree/$(dirname "${file//@TIER@/$tier}")"
        cp -p "$here/template/$file" "$tree/${file//@TIER@/$tier}"
    done
    mkdir -p "$tree/usr/lib" "$tree/etc/juming" "$tree/usr/share/doc/juming-$tier"
    # Hard links: three copies of the program would only cost time.
    cp -al "$program" "$tree/usr/lib/juming-$tier"
    rm -f "$tree/usr/lib/juming-$tier"/appsettings.Tier*.json
    depends=$runtime
    # Nothing at these tiers asks for namespaces or for more than a service's calls; the runtime counts processors by trying them.
    pages='RestrictNamespaces=yes
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallFilter=sched_setaffinity
ProcSubset=pid'
    if [ "$tier" = site ]; then
        depends="$depends, chromium, fonts-noto-cjk | fonts-wqy-microhei"
        # The sandbox of Chromium puts pages into user, process and network namespaces and changes its root.
        pages='RestrictNamespaces=user pid net
SystemCallFilter=@system-service chroot
SystemCallFilter=~@reboot @swap @module @raw-io @cpu-emulation @debug @obsolete'
    else
        rm -rf "$tree/usr/lib/juming-$tier/.playwright"
    fi
    cp "$root/appsettings.Tier$number.json" "$tree/etc/juming/$tier.json"
    cp "$root/docs/operations.md" "$root/docs/user-guide.md" "$tree/usr/share/doc/juming-$tier/"
    size=$(du -sk --apparent-size "$tree" | cut -f1)
    find "$tree" -path "$tree/usr/lib/juming-$tier" -prune -o -type f -print | while read -r file; do
        case $file in *.md | */etc/juming/*) continue ;; esac
        T=$tier N=$number V=$version D=$depends S=$size P=$pages perl -0pi -e 's/\@TIER\@/$ENV{T}/g; s/\@NUMBER\@/$ENV{N}/g; s/\@VERSION\@/$ENV{V}/g; s/\@DEPENDS\@/$ENV{D}/g; s/\@SIZE\@/$ENV{S}/g; s/\@PAGES\@/$ENV{P}/g' "$file"
    done
    # The links share their modes with the program's folder, which is ours alone.
    find "$tree" -type d -exec chmod 755 {} +
    find "$tree/etc" "$tree/usr/share" "$tree/usr/lib/systemd" "$tree/usr/lib/sysusers.d" -type f -exec chmod 644 {} +
    chmod -R u+rwX,go+rX,go-w "$tree/usr/lib/juming-$tier"
    dpkg-deb --root-owner-group -Zzstd --build "$tree" "$folder/juming-${tier}_${version}_amd64.deb" >/dev/null
    rm -rf "$tree"
    trap - EXIT
    echo "$folder/juming-${tier}_${version}_amd64.deb"
done
