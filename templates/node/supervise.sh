# The supervisor of a stage on a server that has no Python yet: setupnode installs it. It does what woven_node/supervisor.py does, and each
# part of a step costs it some milliseconds more.
child=
stopped=
current=0

empty() { for file; do : >"$run/$file"; done; }
b64() { [ -s "$1" ] && base64 -w0 "$1"; }
# Milliseconds since boot, in steps of 10, without starting a process.
now() { read -r up idle </proc/uptime; echo "${up%.*}${up#*.}0"; }

output_of() { # status: the step's output, if it failed
  case $1 in failed | undo-failed) tail -c 20000 "$run/out" | base64 -w0 ;; esac
}

report() { # status
  # Written to a file first, so that the line is one write(2): the heartbeat writes to the same log.
  printf '{"event":"step","n":%s,"id":"%s","status":"%s","ms":%s,"details":"%s","data":"%s","output":"%s"}\n' \
    "$current" "$id" "$1" "$(($(now) - began))" "$(b64 "$run/details")" "$(b64 "$run/data")" "$(output_of "$1")" >"$run/event"
  cat "$run/event"
}

in_part() { # name
  # A process that a step leaves running must neither keep the stage's lock nor release it.
  eval "[ -n \"\${s${current}_uses_lock-}\" ]" || exec 8>&-
  exec setsid timeout -k 10 "$limit" sh "$0" "$1" "$current"
}

part() { # name: runs that part of the current step in a session of its own, so that all of it can be stopped
  in_part "$1" >>"$run/out" 2>&1 3>>"$run/data" </dev/null &
  child=$!
  wait "$child"
  code=$?
  while [ "$code" -gt 128 ] && kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
  child=
  [ "$code" = 124 ] && echo "stopped after $limit seconds, the time limit of this step" >>"$run/out"
  return "$code"
}

undo_changed() { # newest first; a request to stop does not interrupt it
  trap : TERM INT HUP
  if [ "$undoes" = step ]; then
    case $changed in "$current:"*) changed=${changed%% *} ;; *) changed= ;; esac
  fi
  for entry in $changed; do
    current=${entry%%:*} id=${entry#*:} limit=600
    began=$(now)
    empty out details data
    eval "[ -n \"\${s${current}_undoes-}\" ]" || continue
    if ! part undo; then report undo-failed; elif [ -e "$run/stays" ]; then rm -f "$run/stays"; else report undone; fi
  done
}

finish() { # status
  s_finally "$1" >>"$run/out" 2>&1 || :
  [ -n "${heartbeat-}" ] && kill "$heartbeat" 2>/dev/null
  rm -rf "$files" "$run/kit"
  printf '{"event":"end","status":"%s"}\n' "$1"
  exit 0
}

# The step that failed, for the end of the stage.
failed_step=
settled=
stop() {
  [ -z "$settled" ] || return 0
  stopped=stopped
  [ -n "$child" ] && kill -TERM -"$child" 2>/dev/null
}
trap stop TERM INT HUP

changed=
step() { # number id limit when-to-check in-a-plan what-it-does-to-the-stage
  current=$1 id=$2 limit=$3
  began=$(now)
  empty out details data
  printf '{"event":"begin","n":%s,"id":"%s"}\n' "$current" "$id"
  case $4:$mode:$stopped in
  always:*: | plan:plan:) if part check; then report ok; return; fi ;;
  esac
  if [ "$mode" = plan ] && [ "$5" != runs ] && [ -z "$stopped" ]; then
    part preview || :
    if [ -z "$stopped" ]; then
      if [ "$5" = quiet ]; then report ok; else report changed; fi
      return
    fi
  fi
  empty out data
  # A step that did not begin needs no undo.
  [ -n "$stopped" ] || changed="$current:$id $changed"
  if [ -z "$stopped" ] && part apply && [ -z "$stopped" ]; then
    if [ "$6" = settles ]; then changed= settled=yes; fi
    if [ -e "$run/unchanged" ]; then rm -f "$run/unchanged"; report ok; else report changed; fi
    return
  fi
  [ -n "$stopped" ] && echo "stopped on request" >>"$run/out"
  report failed
  failed_step=$id
  undo_changed
  finish "${stopped:-failed}"
}

beat() {
  while sleep 10; do
    printf '{"event":"alive"}\n'
  done
}
# Without descriptor 8: its last sleep outlives the stage, and must not keep the stage's lock.
(exec 8>&-; beat) &
heartbeat=$!

# A request to stop may have come before this process could receive a signal.
[ ! -e "$run/stop" ] || stop
s_order
finish ok
