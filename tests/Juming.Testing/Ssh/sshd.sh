# A host in a room of its own: private mounts and processes, so that a command may change accounts, services and settings without touching the machine.
set -eu
room=$1
port=$2
# Whoever signs in comes through the folder to its keys.
chmod 755 "$room" "$room/systemctl"
cp -a /etc "$room/etc"
mkdir -p "$room/home" "$room/sys/net/ipv4/conf/all" "$room/sys/kernel"
echo 0 >"$room/sys/net/ipv4/tcp_syncookies"
echo 1 >"$room/sys/net/ipv4/conf/all/accept_redirects"
mount --bind "$room/etc" /etc
mount --bind "$room/home" /home
mount --bind "$room/sys" /proc/sys
for place in /run /srv /var/lib /var/spool; do mount -t tmpfs tmpfs "$place"; done
mount --bind "$room/systemctl" /usr/bin/systemctl
mkdir -p /run/sshd /run/units /var/lib/sudo /var/spool/cron/crontabs
for unit in auditd nginx ssh; do echo 'disabled inactive' >"/run/units/$unit"; done
echo 'enabled active' >/run/units/nginx

useradd -m -s /bin/sh ops
useradd -m -s /bin/sh plain
useradd -m -s /bin/sh zhang
printf '%s\n' 'ops:Correct-horse-1' 'plain:Correct-horse-2' 'zhang:Correct-horse-3' | chpasswd -c SHA512
groupadd -f webadmin
gpasswd -a zhang sudo >/dev/null
rm -rf /etc/sudoers.d/*
printf 'ops ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/juming
printf 'zhang ALL=(ALL) ALL\n' >/etc/sudoers.d/zhang
chmod 440 /etc/sudoers.d/*
rm -f /etc/ssh/ssh_host_* /etc/ssh/sshd_config.d/* /etc/nologin
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
for key in root other; do ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$room/$key"; done
ssh-keygen -q -t ed25519 -N 'open sesame' -C sealed -f "$room/sealed"
mkdir -p "$room/keys"
cat "$room/root.pub" "$room/sealed.pub" >"$room/keys/root"
mkdir -m 700 /home/zhang/.ssh
{ printf 'ssh-ed25519 broken line\n# a note\n'; cat "$room/other.pub"; } >/home/zhang/.ssh/authorized_keys
chmod 600 /home/zhang/.ssh/authorized_keys
chown -R zhang: /home/zhang/.ssh
cat >/etc/ssh/sshd_config <<EOF
Port $port
$(for last in $(seq 1 15); do echo "ListenAddress 127.0.0.$last"; done)
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
PidFile /run/sshd.pid
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication yes
AuthorizedKeysFile $room/keys/%u
MaxAuthTries 6
MaxStartups 200
MaxSessions 100
LogLevel VERBOSE
EOF
chmod 644 /etc/ssh/sshd_config
/usr/sbin/sshd -D -E "$room/sshd.log" &
until [ -s /run/sshd.pid ]; do kill -0 $!; sleep 0.02; done
echo ready
wait
sleep infinity
