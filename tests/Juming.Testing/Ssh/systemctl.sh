#!/bin/sh
# Stands in for systemd, which has no place in a test: keeps for each unit whether it is enabled and active, and reloads sshd as the real one would.
verb=$1
shift
[ "${1-}" = -- ] && shift
unit=${1-}
unit=${unit%.service}
file=/run/units/$unit
[ "$verb" = list-timers ] || [ "$verb" = list-unit-files ] || [ -f "$file" ] || { echo "Unit $unit could not be found." >&2; exit 4; }
read -r enabled active 2>/dev/null <"$file"
keep() { echo "$enabled $active" >"$file"; echo "$verb $unit" >>/run/units.log; }
case $verb in
  cat) exit 0 ;;
  is-active) echo "$active"; [ "$active" = active ] ;;
  is-enabled) echo "$enabled"; [ "$enabled" = enabled ] ;;
  start) active=active; keep ;;
  stop) active=inactive; keep ;;
  enable) enabled=enabled; keep ;;
  disable) enabled=disabled; keep ;;
  reload) kill -HUP "$(cat /run/sshd.pid)" ;;
esac
