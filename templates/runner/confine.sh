#!/bin/sh
# Runs a program that may run code of packages. The program sees only its own processes and none of the folders to hide, changes only
# its own folder, and cannot become another user. src/bundle/confinement.ts starts this script as root of its own mount and PID
# namespaces:
#
#   confine.sh <kind> <uid> <gid> <scratch> <own> <directory> \
#     [keep <path>]... [hide <folder>]... [discard <folder>]... [cover <file>]... -- <program> [argument]...
#
# <kind> is how the program runs: `root`; `user`, in a user namespace of that user; `sudo`, as <uid>, when root is the real root.
# <own> is the only folder in which the program's changes stay. In a folder to discard it can write, but the changes are lost with the
# program. Everything else is read-only. A path to keep stays visible inside a folder to hide. A file to cover reads as empty. Standard
# input has the variables: a line with the name and a line with the value (printf %b) each, and an empty line at the end. The rest of it
# is for the program.
set -eu

kind=$1 uid=$2 gid=$3 scratch=$4 own=$5 directory=$6
shift 6
mount_of() { sed -n 's/^mnt_id:[[:space:]]*//p' /proc/self/fdinfo/8 8<"$1"; }
change() { mount --options-source mtab --options-mode prepend -o "remount,bind,$1" "$2"; }

# By its descriptor, the own folder stays reachable when another mount covers its path. So do the paths to keep from the current folder.
# With -c, mount takes such paths as they are.
exec 9<"$own"
mount -t tmpfs -o mode=0700 woven "$scratch"
cd "$scratch"
: >paths
held=0
while [ "$1" = keep ]; do
    held=$((held + 1))
    if [ -d "$2" ]; then mkdir "$held"; else : >"$held"; fi
    mount --rbind "$2" "$scratch/$held"
    printf '%s\n' "$2" >>paths
    shift 2
done
open=
while [ "$1" = hide ]; do
    if [ -d "$2" ]; then
        mode=0755
        case $2 in /tmp | /var/tmp) mode=1777 open="$open $2" ;; esac
        mount -t tmpfs -o "mode=$mode" woven "$2"
    fi
    shift 2
done
held=0
while IFS= read -r path; do
    held=$((held + 1))
    if [ -d "$held" ]; then
        mkdir -p "$path"
    else
        mkdir -p "${path%/*}"
        [ -e "$path" ] || : >"$path"
    fi
    mount -c --rbind "$held" "$path"
done <paths
[ -d "$own" ] || mkdir -p "$own"
cd /
umount --lazy "$scratch" 2>/dev/null || [ ! -e "$scratch/paths" ]

# A mount that this script cannot reach, because another one covers it, is out of the program's reach, too. The unshare at the end
# writes to /proc.
sed 's/\\/\\0/g' /proc/self/mountinfo | while read -r id _ _ _ path _; do
    path=$(printf '%b.' "$path")
    path=${path%.}
    case $kind$path in user/proc) continue ;; esac
    change ro "$path" 2>/dev/null || [ "$(mount_of "$path" 2>/dev/null)" != "$id" ]
done
for folder in $open; do change rw "$folder"; done
if [ -d /dev/shm ]; then mount -t tmpfs -o mode=1777 woven /dev/shm; fi

# The changes to discard are kept in memory, in a mount that the own folder then covers.
mount -t tmpfs -o mode=0755 woven "$own"
layers=0
while [ "$1" = discard ]; do
    layers=$((layers + 1))
    upper=$own/$layers/upper
    mkdir -p "$upper" "$own/$layers/work"
    chown --reference="$2" "$upper" 2>/dev/null || :
    chmod --reference="$2" "$upper"
    # If the kernel refuses the overlay, the folder is copied.
    if ! (cd "$2" && mount -t overlay -o "lowerdir=.,upperdir=$upper,workdir=$own/$layers/work" woven "$2") 2>/dev/null; then
        cp -a "$2/." "$upper"
        mount --bind "$upper" "$2"
    fi
    shift 2
done
mkdir -p "$own"
mount -c --rbind /proc/self/fd/9 "$own"
change rw "$own"
exec 9<&-
while [ "$1" = cover ]; do
    if [ -e "$2" ]; then mount --bind /dev/null "$2"; fi
    shift 2
done
shift
cd "$directory"

while IFS= read -r name && [ -n "$name" ]; do
    IFS= read -r value
    value=$(printf '%b.' "$value")
    export "$name=${value%.}"
done

case $kind in
    root) exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@" ;;
    user) exec unshare --user --map-user="$uid" --map-group="$gid" setpriv --no-new-privs "$@" ;;
    sudo) exec setpriv --reuid="$uid" --regid="$gid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@" ;;
esac
