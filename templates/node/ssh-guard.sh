#!/bin/sh
# Managed by Woven. The way back from a change of who may log in and where: what was before is kept here, and a timer
# brings it back, also after a reboot, unless a new login has proved that the change works.
#   ssh-guard.sh arm [FILE…]   keep what is now, if it is not kept yet, and (re)start the timer
#   ssh-guard.sh revert   bring back what was kept            ssh-guard.sh disarm   the change works: forget it
set -u
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
guard=/var/local/woven/ssh-guard
units=/etc/systemd/system
kept_files="/etc/ssh/sshd_config.d/00-woven.conf /etc/systemd/system/ssh.socket.d/woven.conf /etc/ufw/applications.d/woven /etc/ufw/user.rules /etc/ufw/user6.rules /etc/ufw/ufw.conf /var/local/woven/ufw-rules"

keep() {
  if grep -qsxF "$1" "$guard/kept"; then return; fi
  if [ -e "$1" ]; then mkdir -p "$guard/files${1%/*}"; cp -p "$1" "$guard/files$1"; fi
  echo "$1" >>"$guard/kept"
}

reload_ssh() {
  systemctl daemon-reload
  # A socket does not start while its service runs. Sessions stay.
  if systemctl is-active --quiet ssh.socket; then systemctl stop ssh.service; systemctl restart ssh.socket; else systemctl reload-or-restart ssh.service; fi
}

stop_timer() {
  systemctl disable --quiet woven-ssh-guard.timer 2>/dev/null
  rm -f "$units/woven-ssh-guard.timer" "$units/woven-ssh-guard.service"
  systemctl stop --no-block woven-ssh-guard.timer 2>/dev/null
  systemctl daemon-reload
}

case $1 in
arm)
  set -e
  if [ ! -e "$guard/armed" ]; then
    rm -rf "$guard"
    install -d -m 700 "$guard" "$guard/files"
    install -m 700 "$(readlink -f "$0")" "$guard/ssh-guard.sh"
    for file in $kept_files; do keep "$file"; done
    passwd -S root | cut -d' ' -f2 >"$guard/root-password"
    cat >"$units/woven-ssh-guard.service" <<UNIT
# Managed by Woven.
[Unit]
Description=Take back a change of SSH access that no login has proved
[Service]
Type=oneshot
ExecStart=/bin/sh $guard/ssh-guard.sh revert
UNIT
    cat >"$units/woven-ssh-guard.timer" <<UNIT
# Managed by Woven.
[Unit]
Description=Time to prove a change of SSH access
StartLimitIntervalSec=0
[Timer]
OnActiveSec=180
AccuracySec=1s
[Install]
WantedBy=timers.target
UNIT
    systemctl daemon-reload
    systemctl enable --quiet woven-ssh-guard.timer
    touch "$guard/armed"
  fi
  shift
  for file in "$@"; do keep "$file"; done
  systemctl restart woven-ssh-guard.timer
  ;;
revert)
  [ -e "$guard/armed" ] || exit 0
  while read -r file; do
    if [ -e "$guard/files$file" ]; then cp -p "$guard/files$file" "$file"; else rm -f "$file"; fi
  done <"$guard/kept"
  [ "$(cat "$guard/root-password")" = P ] && passwd -qu root
  reload_ssh
  if command -v ufw >/dev/null; then
    if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then ufw reload; else ufw --force disable; fi
  fi
  rm -rf "$guard"
  logger -t woven 'a change of SSH access was not proved by a login in time: it has been taken back'
  stop_timer
  ;;
disarm)
  [ -e "$guard/armed" ] || { echo 'the change was taken back already: no login had proved it in time' >&2; exit 1; }
  rm -rf "$guard"
  stop_timer
  ;;
esac
