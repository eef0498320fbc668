#!/bin/sh
# Runs a program that may run code of packages. The program sees only its own processes and none of the folders to hide, and cannot
# become another user. src/bundle/confinement.ts starts this script as root of its own mount and PID namespaces:
#
#   confine.sh <kind> <uid> <gid> <scratch> <directory> [keep <path>]... [hide <folder>]... [cover <file>]... -- <program> [argument]...
#
# <kind> is how the program runs: `root`; `user`, in a user namespace of that user; `sudo`, as <uid>, when root is the real root.
# A path to keep stays visible inside a folder to hide. A file to cover reads as empty. Standard input has the variables: a line with the
# name and a line with the value (printf %b) each, and an empty line at the end. The rest of it is for the program.
set -eu

kind=$1 uid=$2 gid=$3 scratch=$4 directory=$5
shift 5

mount -t tmpfs -o mode=0700 woven "$scratch"
: >"$scratch/paths"
held=0
while [ "$1" = keep ]; do
    held=$((held + 1))
    if [ -d "$2" ]; then mkdir "$scratch/$held"; else : >"$scratch/$held"; fi
    mount --rbind "$2" "$scratch/$held"
    printf '%s\n' "$2" >>"$scratch/paths"
    shift 2
done
while [ "$1" = hide ]; do
    if [ -d "$2" ]; then mount -t tmpfs -o mode=0755 woven "$2"; fi
    shift 2
done
held=0
while IFS= read -r path; do
    held=$((held + 1))
    if [ -d "$scratch/$held" ]; then
        mkdir -p "$path"
    else
        mkdir -p "${path%/*}"
        [ -e "$path" ] || : >"$path"
    fi
    mount --rbind "$scratch/$held" "$path"
done <"$scratch/paths"
umount --lazy "$scratch"
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
