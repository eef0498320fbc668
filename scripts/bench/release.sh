# What a good system administrator would do on the node itself to bring out the next version: the measure that a warm deploy is held
# against, and what the scripts of the other tools call, a step at a time. It has no way back, and starts the new release without a user
# noticing only if nothing fails. As root: sh -eu release.sh NAME ADDRESS STEP…
#   NAME     of the release; those with the same beginning, up to the last dash, are pruned
#   STEP     unpack FILES | packages | configure | check | static | migrate | services | start | switch | prune, or `all FILES`.
#   or       share, as NAME `shared`: from then on, one server serves what a symbolic link names
#            point RELEASE | reload TEXT PATH: changes that link, or only reloads that server, and waits until visitors get what is new
# FILES is a folder, or an archive that has been sent.
name=$1 address=$2; shift 2
keep=3 open="the shop is open"
env=/home/woven/env
old=$(readlink -f "$env/shop") new=$env/shop-$name
enabled=$(readlink -f /etc/nginx/sites-enabled/shop_example_com.conf)
before=${enabled##*/shop_example_com-}; before=${before%.conf}
at=$(sed -n 's,.*proxy_pass http://\([0-9.]*\):.*,\1,p' "$enabled" | head -n 1)
manage() { runuser -u site_1 -- env SITE_ID=1 "$new/bin/python" "$new/wsgi/_woven_manage.py" "$@"; }
# Asks once more after 20 ms, for 30 seconds, until the page has the text $1: $2 is the URL, and further words are headers.
ask() { python3 -c '
import sys, time, urllib.request
text, url, *headers = sys.argv[1:]
given = {"Host": "shop.example.com", **dict(header.split(": ", 1) for header in headers)}
end = time.monotonic() + 30
while True:
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=given), timeout=5).read().decode()
        if text in answer: sys.exit()
    except OSError:
        pass
    if time.monotonic() > end: sys.exit(f"{url} does not answer with {text}")
    time.sleep(0.02)
' "$@"; }
# A copy of the old one's configuration, for the new one.
next() { sed "s,$old,$new,g; s,shop_example_com-$before,shop_example_com-$name,g; s,shop-$before,shop-$name,g; s,$at,$address,g" "$1" >"$2"; }

unpack() { # files
  mkdir -p "$new"
  if [ -d "$1" ]; then cp -a "$1" "$new/project"; else mkdir -p "$new/project"; tar -xzf "$1" -C "$new/project"; fi
  cp -a "$old/project/sitesettings" "$new/project"
  # The page /version shows this name.
  echo "$name" >"$new/project/templates/version.txt"
  chown -R root: "$new/project"
  chgrp --reference="$old/project" "$new/project"; chmod --reference="$old/project" "$new/project"
}
packages() { cp -al "$old/bin" "$old/lib" "$old/packages" "$old/pyvenv.cfg" "$new"; }
configure() {
  cp -a "$old/wsgi" "$old/environment" "$new"
  find "$new/wsgi" "$new/environment" "$new/project/sitesettings" -type f | while read -r file; do
    next "$file" /tmp/next; cat /tmp/next >"$file"
  done
}
check() { manage check; }
static() {
  install -d -o site_1 "$new/static"
  manage collectstatic --noinput --verbosity 0
  chown -R root: "$new/static"; chmod -R a+rX "$new/static"
}
migrate() { manage migrate --noinput --verbosity 0; }
services() {
  for file in /etc/apache2/sites-available/shop_example_com-$before.conf /etc/nginx/sites-available/shop_example_com-$before.conf \
    "/etc/systemd/system/woven-shop-$before@.service" "/etc/apache2/woven/shop-$before".* "/etc/nginx/woven/shop-$before"@*; do
    [ -e "$file" ] || continue
    copy=$(printf '%s\n' "$file" | sed "s,shop_example_com-$before,shop_example_com-$name,; s,shop-$before,shop-$name,")
    next "$file" "$copy"
    chmod --reference="$file" "$copy"
  done
}
start() {
  systemctl daemon-reload
  systemctl start "woven-shop-$name@$address"
  key=$(sed -n 's/^proxy_set_header \(.*\) "\(.*\)";/\1: \2/p' "/etc/nginx/woven/shop-$name"@* | head -n 1)
  port=$(sed -n 's,.*proxy_pass http://[0-9.]*:\([0-9]*\).*,\1,p' "$enabled" | head -n 1)
  ask "$open" "http://$address:$port/healthz" ${key:+"$key"}
}
switch() {
  ln -s "$new" "$env/.new" && mv -T "$env/.new" "$env/shop"
  ln -s "/etc/nginx/sites-available/shop_example_com-$name.conf" /etc/nginx/sites-enabled/.new
  mv -T /etc/nginx/sites-enabled/.new /etc/nginx/sites-enabled/shop_example_com.conf
  nginx -t -q
  systemctl reload nginx
  ask "$open" http://127.0.0.1/healthz
}
share() {
  ln -s "$old" "$new"
  services
  # Few have set it, and with it, a reload waits for so long.
  sed -i 's/ graceful-timeout=[0-9]*//' "/etc/apache2/sites-available/shop_example_com-$name.conf"
  start
  switch
}
point() { # release
  ln -s "$env/shop-$1" "$env/.new" && mv -T "$env/.new" "$new"
  reload "\"template_version\": \"$1\"" /version
}
reload() { # text path
  systemctl reload "woven-shop-$name@*"
  ask "$1" "http://127.0.0.1$2"
}
prune() {
  ls -1td "$env/shop-${name%-*}"-* | tail -n "+$((keep + 1))" | while read -r folder; do
    gone=${folder#"$env/shop-"}
    systemctl stop "woven-shop-$gone@*"
    rm -rf "$folder" /etc/apache2/sites-available/"shop_example_com-$gone.conf" /etc/nginx/sites-available/"shop_example_com-$gone.conf" \
      "/etc/systemd/system/woven-shop-$gone@.service" "/etc/apache2/woven/shop-$gone".* "/etc/nginx/woven/shop-$gone"@*
  done
}

case $1 in
all) unpack "$2"; for step in packages configure check static migrate services start switch prune; do "$step"; done ;;
*) "$@" ;;
esac
