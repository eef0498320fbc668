#!/bin/sh
# Managed by Woven. Undoes a change of SSH access that does not work. It saves the files as they were, and a timer restores them, also
# after a reboot, unless a new login proves that the change works.
#   ssh-guard.sh arm RUN [FILE…]   save the files that are not saved yet, and (re)start the timer; RUN is the folder of the stage
#   ssh-guard.sh revert            restore the saved files; tried again until all of them are restored
#   ssh-guard.sh disarm RUN        the change of RUN works: stop the timer and remove the saved files
set -u
umask 022
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/local/woven
guard=$state/ssh-guard
ended=$state/.ssh-guard-ended
units=/etc/systemd/system
kept_files="/etc/ssh/sshd_config.d/00-woven.conf /etc/systemd/system/ssh.socket.d/woven.conf"

# One call at a time: the timer may fire while a stage runs, or while a login proves the change.
lock() {
  (umask 077; : >>"$state/.ssh-guard.lock")
  exec 9>>"$state/.ssh-guard.lock"
  flock -w 120 9 || { echo "another change of SSH access has not ended after two minutes: $(cat "$guard/armed" 2>/dev/null)" >&2; exit 75; }
}

# Syncs files and their folders to disk: they survive a power cut.
durable() { # reads paths from stdin
  while read -r path; do
    [ ! -e "$path" ] || sync "$path"
    [ ! -d "${path%/*}" ] || sync "${path%/*}"
  done
}

replace() { # FILE: its new content comes from stdin
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
Description=Undo a change of SSH access that no login has proved
ConditionPathExists=$guard/armed
StartLimitIntervalSec=0
[Service]
Type=oneshot
ExecStart=/bin/sh $guard/ssh-guard.sh revert
# The next try may succeed.
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

restore() { # FILE
  there=${1%/*}/.woven-before
  if [ ! -e "$guard/files$1" ]; then rm -f "$1"; return; fi
  # Copied beside it, then renamed: never half a file. If the disk is full, a hard link needs no space.
  mkdir -p "${1%/*}" && { cp -p "$guard/files$1" "$there" || ln -f "$guard/files$1" "$there"; } && mv -f "$there" "$1"
}

reload_ssh() {
  systemctl daemon-reload
  mkdir -p /run/sshd
  # The socket cannot start while the service runs. Sessions stay open. If the socket fails, start the service instead.
  if systemctl is-active --quiet ssh.socket || systemctl is-failed --quiet ssh.socket; then
    systemctl stop ssh.service; systemctl restart ssh.socket || systemctl restart ssh.service
  else
    systemctl reload-or-restart ssh.service
  fi
}

# A run that did not change the firewall saved none of its files (enable-ufw = false). Then the firewall is left alone.
firewall_saved() {
  grep -qsxF /etc/ufw/ufw.conf "$guard/kept"
}

ufw_enabled() {
  command -v ufw >/dev/null && grep -q '^ENABLED=yes' /etc/ufw/ufw.conf
}

# Before the previous files are restored: they may not name everything that the firewall filters now.
stop_firewall() {
  firewall_saved || return 0
  if ufw_enabled; then touch "$guard/firewall"; fi
  if [ -e "$guard/firewall" ]; then /usr/lib/ufw/ufw-init force-stop >/dev/null 2>&1; fi
}

# If ufw is off and Woven did not turn it on, the owner may have iptables rules of their own: leave them alone.
reload_firewall() {
  firewall_saved || return 0
  [ -e "$guard/firewall" ] || ufw_enabled || return 0
  if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then timeout 60 ufw reload; else timeout 60 ufw --force disable; fi
}

unlock_root() {
  if [ "$(cat "$guard/root-password")" = P ] && [ "$(passwd -S root | cut -d' ' -f2)" = L ]; then passwd -qu root; fi
}

end_guard() { # RESULT. It removes `armed` first: while that file exists, the change can still be undone
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
      echo 'no login proved the change of SSH access in time, so the server has undone it' >&2
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
  # Cancel a revert that waits for this lock or for its next try: this run continues from the present state.
  systemctl stop woven-ssh-guard.service
  ;;
revert)
  lock
  [ -e "$guard/armed" ] || exit 0
  failed=
  stop_firewall || :
  while read -r file; do restore "$file" || failed="$failed $file"; done <"$guard/kept"
  # One failure must not stop the rest.
  reload_ssh || failed="$failed ssh"
  unlock_root || failed="$failed root-password"
  reload_firewall || failed="$failed ufw"
  durable <"$guard/kept"
  if [ -n "$failed" ]; then
    echo "some changes are not undone yet, and will be tried again:$failed" >&2
    exit 1
  fi
  end_guard 'taken back'
  logger -t woven 'no login proved the change of SSH access in time: it was undone'
  ;;
disarm)
  run=$2
  # If another run has taken over this change, that run proves it soon, or the node undoes it.
  for try in $(seq 240); do
    lock
    if [ ! -e "$guard/armed" ] || [ "$(cat "$guard/armed")" = "${run##*/}" ]; then break; fi
    flock -u 9
    sleep 0.5
  done
  if [ ! -e "$guard/armed" ]; then
    [ "$(cat "$ended" 2>/dev/null)" = proved ] && exit 0
    echo 'no login proved the change in time, so the server has undone it' >&2
    exit 1
  fi
  if [ "$(cat "$guard/armed")" != "${run##*/}" ]; then
    echo 'another setupnode has taken over the change, and has not proved it yet' >&2
    exit 3
  fi
  # The proved change must survive a power cut. ufw, for example, does not sync its files.
  { cat "$guard/kept"; printf '%s\n' /etc/shadow "$units/multi-user.target.wants/ufw.service"; } | durable
  end_guard proved
  ;;
esac
