#!/bin/sh
# Managed by Woven. The way back from a change of who may log in and where: what was before is kept here, and a timer
# brings it back, also after a reboot, unless a new login has proved that the change works.
#   ssh-guard.sh arm RUN [FILE…]   keep what is now, if it is not kept yet, and (re)start the timer; RUN is the folder of the stage
#   ssh-guard.sh revert            bring back what was kept; tried again until all of it is back
#   ssh-guard.sh disarm RUN        the change that RUN has made works: forget what was before
set -u
umask 022
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/local/woven
guard=$state/ssh-guard
ended=$state/.ssh-guard-ended
units=/etc/systemd/system
kept_files="/etc/ssh/sshd_config.d/00-woven.conf /etc/systemd/system/ssh.socket.d/woven.conf"

# One at a time: the timer may be up while a stage goes on, or while a login proves it.
lock() {
  (umask 077; : >>"$state/.ssh-guard.lock")
  exec 9>>"$state/.ssh-guard.lock"
  flock -w 120 9 || { echo "another change of SSH access does not come to its end: $(cat "$guard/armed" 2>/dev/null)" >&2; exit 75; }
}

# On the disk, each with the folder it is named in: a power cut at any later moment finds it.
durable() { # the paths come on stdin
  while read -r path; do
    [ ! -e "$path" ] || sync "$path"
    [ ! -d "${path%/*}" ] || sync "${path%/*}"
  done
}

replace() { # FILE, with what comes on stdin
  cat >"$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

keep() {
  if grep -qsxF "$1" "$guard/kept"; then return; fi
  if [ -e "$1" ]; then
    mkdir -p "$guard/files${1%/*}"
    cp -p "$1" "$guard/files$1.new"
    mv -f "$guard/files$1.new" "$guard/files$1"
    find "$guard/files" -exec sync {} +
  fi
  { cat "$guard/kept" 2>/dev/null || :; echo "$1"; } | replace "$guard/kept"
}

write_units() {
  cat >"$units/woven-ssh-guard.service" <<UNIT
# Managed by Woven.
[Unit]
Description=Take back a change of SSH access that no login has proved
ConditionPathExists=$guard/armed
StartLimitIntervalSec=0
[Service]
Type=oneshot
ExecStart=/bin/sh $guard/ssh-guard.sh revert
# Whatever was in its way may be gone the next time.
Restart=on-failure
RestartSec=10
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
  printf '%s\n' "$units/woven-ssh-guard.service" "$units/woven-ssh-guard.timer" "$units/timers.target.wants/woven-ssh-guard.timer" | durable
}

bring_back() { # FILE
  there=${1%/*}/.woven-before
  if [ ! -e "$guard/files$1" ]; then rm -f "$1"; return; fi
  # Beside it, then in its place: never half of it. A second name needs no room on a disk that is full.
  mkdir -p "${1%/*}" && { cp -p "$guard/files$1" "$there" || ln -f "$guard/files$1" "$there"; } && mv -f "$there" "$1"
}

reload_ssh() {
  systemctl daemon-reload
  mkdir -p /run/sshd
  # A socket does not start while its service runs. Sessions stay. Without the socket, the service is better than nobody.
  if systemctl is-active --quiet ssh.socket || systemctl is-failed --quiet ssh.socket; then
    systemctl stop ssh.service; systemctl restart ssh.socket || systemctl restart ssh.service
  else
    systemctl reload-or-restart ssh.service
  fi
}

# Whoever changed nothing of the firewall kept nothing of it (enable-ufw = false): then it is left alone here, too.
firewall_kept() {
  grep -qsxF /etc/ufw/ufw.conf "$guard/kept"
}

ufw_enabled() {
  command -v ufw >/dev/null && grep -q '^ENABLED=yes' /etc/ufw/ufw.conf
}

# With the settings that it was started with: those of before may not know of all that it filters.
stop_firewall() {
  firewall_kept || return 0
  if ufw_enabled; then touch "$guard/firewall"; fi
  if [ -e "$guard/firewall" ]; then /usr/lib/ufw/ufw-init force-stop >/dev/null 2>&1; fi
}

# One that Woven never turned on may be held by the owner's own rules: that is nothing to take back.
reload_firewall() {
  firewall_kept || return 0
  [ -e "$guard/firewall" ] || ufw_enabled || return 0
  if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then timeout 60 ufw reload; else timeout 60 ufw --force disable; fi
}

unlock_root() {
  if [ "$(cat "$guard/root-password")" = P ] && [ "$(passwd -S root | cut -d' ' -f2)" = L ]; then passwd -qu root; fi
}

forget() { # what became of it: as long as `armed` is there, nothing is forgotten
  (umask 077; echo "$1" >"$ended")
  rm -f "$guard/armed"
  sync "$guard"
  systemctl disable --quiet woven-ssh-guard.timer 2>/dev/null
  rm -f "$units/woven-ssh-guard.timer" "$units/woven-ssh-guard.service"
  systemctl stop --no-block woven-ssh-guard.timer 2>/dev/null
  systemctl daemon-reload
  rm -rf "$guard"
}

case $1 in
arm)
  set -e
  run=$2
  shift 2
  lock
  if [ ! -e "$guard/armed" ]; then
    if [ -e "$run/armed" ]; then
      echo 'the node has taken back what this run had changed: no login had proved it in time' >&2
      exit 1
    fi
    rm -rf "$guard" "$ended"
    install -d -m 700 "$guard" "$guard/files"
    install -m 700 "$(readlink -f "$0")" "$guard/ssh-guard.sh"
    for file in $kept_files "$@"; do keep "$file"; done
    passwd -S root | cut -d' ' -f2 >"$guard/root-password"
    find "$guard" -exec sync {} +
    sync "$state"
    write_units
  else
    for file in "$@"; do keep "$file"; done
  fi
  if [ "$(cat "$guard/armed" 2>/dev/null)" != "${run##*/}" ]; then echo "${run##*/}" | replace "$guard/armed"; fi
  touch "$run/armed"
  systemctl restart woven-ssh-guard.timer
  # A revert that waits for this lock, or for its next try, is too late: this run goes on from what it left.
  systemctl stop woven-ssh-guard.service
  ;;
revert)
  lock
  [ -e "$guard/armed" ] || exit 0
  failed=
  stop_firewall || :
  while read -r file; do bring_back "$file" || failed="$failed $file"; done <"$guard/kept"
  # Each by itself: what cannot be brought back yet must not keep the rest from it.
  reload_ssh || failed="$failed ssh"
  unlock_root || failed="$failed root-password"
  reload_firewall || failed="$failed ufw"
  durable <"$guard/kept"
  if [ -n "$failed" ]; then
    echo "not taken back yet, and tried again:$failed" >&2
    exit 1
  fi
  forget 'taken back'
  logger -t woven 'a change of SSH access was not proved by a login in time: it has been taken back'
  ;;
disarm)
  run=$2
  # Another run that has gone on from this one's change proves it, or the node takes it back: either is soon.
  for try in $(seq 240); do
    lock
    if [ ! -e "$guard/armed" ] || [ "$(cat "$guard/armed")" = "${run##*/}" ]; then break; fi
    flock -u 9
    sleep 0.5
  done
  if [ ! -e "$guard/armed" ]; then
    [ "$(cat "$ended" 2>/dev/null)" = proved ] && exit 0
    echo 'the change was taken back already: no login had proved it in time' >&2
    exit 1
  fi
  if [ "$(cat "$guard/armed")" != "${run##*/}" ]; then
    echo 'another setupnode has gone on from it, and has not proved it yet' >&2
    exit 3
  fi
  # What was proved must be there after a power cut, too; ufw, for one, leaves that to chance.
  { cat "$guard/kept"; printf '%s\n' /etc/shadow "$units/multi-user.target.wants/ufw.service"; } | durable
  forget proved
  ;;
esac
