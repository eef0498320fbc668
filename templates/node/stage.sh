# What all stages share. A stage (stage.sh of a run) defines its steps and sources this file. A supervisor then checks and applies them in
# order and reports each result as a line of JSON. If a step fails, or if the stage is asked to stop (SIGTERM), it undoes what it changed.
# It runs as a transient systemd unit, so it goes on if the SSH connection breaks.
#   stage.sh            run the stage        stage.sh plan      check only, change nothing
#   stage.sh check N    one part of a step, in a process group of its own
#   stage.sh finally STATUS STEP             what runs last; the step that failed, if one did
set -u
umask 022
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
files=$run/files

# Functions for steps.
detail() { printf '%s\n' "$*" >>"$run/details"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
tool() { python3 -IS "$run/kit/tool.py" "$@"; }
# Without descriptor 3: a program of another user must not write into the step's data. What it prints cannot fill the disk. A stage with a
# slice (systemd.slice(5)) runs what sites run within its limits.
as() {
  user=$1; shift
  set -- runuser -u "$user" -- "$@"
  case ${slice:+$user} in site_*) set -- systemd-run --quiet --scope --collect --slice="$slice" "$@" ;; esac
  tool bounded "$@" 3>&-
}
same() { cmp -s "$1" "$2"; }

# Takes the stage's lock (descriptor 8 is open on its file), waiting for some seconds. Fails if another run of Woven has it. If another
# program has it, the message names that program.
take_lock() { # file seconds
  if flock -w "$2" 8; then return; fi
  lock_holders "$1" >"$run/holders"
  if [ -s "$run/holders" ] && ! grep -q '/stage\.sh' "$run/holders"; then
    fail "$1 is locked by a program that is not Woven's: $(cut -d' ' -f1,2 "$run/holders" | sort -u | tr '\n' ' ')(process, name). Nothing was changed. End that program, and run Woven again."
  fi
  return 1
}

# One line for each process that holds the lock: its ID, its name and its command line (proc(5): /proc/pid/fdinfo).
lock_holders() { # file
  grep -lsE "^lock:.*:$(stat -c %i "$1") " /proc/[0-9]*/fdinfo/* | while read -r info; do
    process=${info%/fdinfo/*}
    [ "$process/fd/${info##*/}" -ef "$1" ] || continue
    printf '%s %s %s\n' "${process#/proc/}" "$(tr ' ' _ <"$process/comm")" "$(tr '\0' ' ' <"$process/cmdline")"
  done 2>/dev/null
}

case ${1:-run} in
run | plan) mode=${1:-run} ;;
finally)
  failed_step=$3
  s_finally "$2"
  exit
  ;;
*)
  set -eu
  "s$2_$1"
  exit
  ;;
esac

# Only the supervisor gets this far.
if [ "$mode" = plan ]; then
  # A dry run writes nothing, not even apt's caches.
  printf 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n' >"$run/apt.conf"
  export APT_CONFIG="$run/apt.conf"
fi
if command -v python3 >/dev/null; then exec python3 -IS "$run/kit/tool.py" supervise "$0" "$mode"; fi
. "$run/kit/supervise.sh"
