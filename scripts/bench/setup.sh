# What a good system administrator would look at on a server that is set up already: the measure that a second setupnode is held against.
# As root: sh -eu setup.sh FILES PACKAGE…; FILES is a folder with the contents that files have to have.
files=$1; shift
[ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime -1)" ] || apt-get -qq update
[ "$(dpkg-query -W -f '${db:Status-Status}\n' "$@" | grep -cx installed)" = $# ]
! apt-get -s upgrade | grep -q '^Inst ' || apt-get -q -y upgrade
getent passwd woven | grep -q ':/bin/bash$'
cmp -s "$files/authorized_keys" /home/woven/.ssh/authorized_keys
cmp -s "$files/sudoers" /etc/sudoers.d/woven-woven
cmp -s "$files/sshd.conf" /etc/ssh/sshd_config.d/00-woven.conf
cmp -s "$files/nginx.conf" /etc/nginx/conf.d/woven.conf
ufw status | grep -q '^80,443/tcp .*ALLOW'
ufw status | grep -q '^Woven SSH .*\(ALLOW\|LIMIT\)'
systemctl is-active -q ssh nginx
systemctl is-enabled -q ssh nginx
