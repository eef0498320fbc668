// The scripts that the runner sends to a node about a stage: receive it, follow its log, stop it.
import { lines, type Shell, sh } from "./sh.ts";

// A plan leaves no trace: its folder is in /run, and is removed after its log was read.
const folder = sh`if [ "$2" = plan ]; then run=/run/woven/$1; else run=/var/local/woven/runs/$1; fi`;

/**
 * Only root can read what Woven keeps. Others can pass through /var/local/woven to the few programs in it that they run. Needs
 * `umask 077`. Folders and files of earlier versions of Woven get the same modes.
 */
const privateState = sh`mkdir -p /var/local/woven/runs; chmod 711 /var/local/woven
find /var/local/woven -mindepth 1 -maxdepth 1 \( -type f -o -type d ! -name tools ! -name python ! -name hooks \) -perm /077 -exec chmod go= {} +
if [ -d /var/local/woven-backup ]; then chmod 700 /var/local/woven-backup; fi`;

/** Unpacks a stage from stdin and starts it as a unit. `$1` is its id, `$2` is `run` or `plan`, `$4` is the kit's name. */
const receive = sh`set -eu; umask 077
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

/** Prints the log from byte `$3` on, until the stage ends. */
export const follow = sh`${folder}
[ -e "$run/stage.sh" ] || { echo "no such run: $1" >&2; exit 44; }
pid=$(systemctl show --property=MainPID --value "woven-$1.service")
if [ "$pid" != 0 ]; then tail -c "+$3" -s 0.02 --pid="$pid" -f "$run/log"; else tail -c "+$3" "$run/log"; fi
# Ended by somebody else, by a reboot or by a fault of its own: nothing will tell of the end any more.
if ! grep -q '^{"event":"end"' "$run/log" && ! systemctl is-active -q "woven-$1.service"; then printf '\n{"event":"end","status":"died"}\n'; fi
if [ "$2" = plan ]; then rm -rf "$run"; rmdir /run/woven 2>/dev/null || :; fi`;

/** Keeps the folders of the last runs, for reading their logs, and removes older ones. */
const prune = sh`cd /var/local/woven/runs 2>/dev/null && ls -1t | tail -n +21 | while read -r old; do
  systemctl is-active -q "woven-$old.service" || rm -rf -- "./$old"; done; cd /`;

/** All that a stage needs of one command: it is received and started, and its log is followed. The kit has it, too: a node keeps it. */
export const receiveAndFollow = lines([receive, prune, follow]);

/** The same, by the name of a kit that the node keeps: a tenth of the bytes. */
export function receiveByKit(kit: string): Shell {
  return sh`. ${`/var/local/woven/tools/${kit}/receive.sh`}`;
}

/** Stops a stage. Also one that has not started: `receive` and the stage itself look for the file `stop`. */
export const stop = sh`${folder}
umask 077; mkdir -p "$run" && : >"$run/stop"
systemctl stop --no-block "woven-$1.service" 2>/dev/null || :`;
