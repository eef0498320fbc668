// What the runner says to a node about a stage: take it, tell how it goes, stop it.
import { sh } from "./sh.ts";

// A plan leaves no trace: its folder is in /run, and goes when it has been read.
const folder = sh`if [ "$2" = plan ]; then run=/run/woven/$1; else run=/var/local/woven/runs/$1; fi`;

/**
 * What Woven keeps is root's alone; /var/local/woven can be passed, for the few things below it that others run. Needs `umask 077`.
 * Folders and files of earlier versions are closed as well.
 */
const privateState = sh`mkdir -p /var/local/woven/runs; chmod 711 /var/local/woven
find /var/local/woven -mindepth 1 -maxdepth 1 \( -type f -o -type d ! -name tools ! -name python ! -name hooks \) -perm /077 -exec chmod go= {} +
if [ -d /var/local/woven-backup ]; then chmod 700 /var/local/woven-backup; fi`;

/** Unpacks a stage from stdin and starts it as a unit of its own. `$1` its id, `$2` `run` or `plan`, `$4` the kit's name. */
export const receive = sh`set -eu; umask 077
${folder}
if [ "$2" = plan ]; then
  # Sockets of releases are below it, too.
  [ -d /run/woven ] || mkdir -m 711 /run/woven
else
  ${privateState}
fi
mkdir -p "$run"
trap 'rm -rf "$run"' EXIT
tar -xzf - -C "$run"
kept=/var/local/woven/tools/$4
if [ ! -d "$run/kit" ]; then cp -R "$kept" "$run/kit"
elif [ "$2" != plan ]; then
  mkdir -p /var/local/woven/tools
  cp -R "$run/kit" "$run/kit.new"; rm -rf "$kept"
  mv -T "$run/kit.new" "$kept" 2>/dev/null || rm -rf "$run/kit.new"
fi
if [ -e "$run/stop" ]; then exit 45; fi
systemd-run --quiet --collect --unit="woven-$1" --service-type=exec -p KillMode=mixed -p TimeoutStopSec=600 \
  -p StandardOutput="append:$run/log" -p StandardError="append:$run/log" /bin/sh "$run/stage.sh" "$2"
trap - EXIT`;

/** Prints the log from byte `$3` on, until the stage has ended. */
export const follow = sh`${folder}
[ -e "$run/stage.sh" ] || { echo "no such run: $1" >&2; exit 44; }
pid=$(systemctl show --property=MainPID --value "woven-$1.service")
if [ "$pid" != 0 ]; then tail -c "+$3" -s 0.05 --pid="$pid" -f "$run/log"; else tail -c "+$3" "$run/log"; fi
# Ended by somebody else, by a reboot or by a fault of its own: nothing will tell of the end any more.
if ! grep -q '^{"event":"end"' "$run/log" && ! systemctl is-active -q "woven-$1.service"; then printf '\n{"event":"end","status":"died"}\n'; fi
if [ "$2" = plan ]; then rm -rf "$run"; rmdir /run/woven 2>/dev/null || :; fi`;

/** Runs of earlier commands that are kept for reading; older ones go. */
export const prune = sh`cd /var/local/woven/runs 2>/dev/null && ls -1t | tail -n +21 | while read -r old; do
  systemctl is-active -q "woven-$old.service" || rm -rf -- "./$old"; done; cd /`;

/** Ends it. Also before it has begun: the mark is seen by what would start it, and by the stage itself. */
export const stop = sh`${folder}
umask 077; mkdir -p "$run" && : >"$run/stop"
systemctl stop --no-block "woven-$1.service" 2>/dev/null || :`;
