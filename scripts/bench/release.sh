# What a good system administrator would do on the node itself to bring out the next version, files already there: the measure
# that a warm deploy is held against. sh -eu by-hand.sh FILES NAME ADDRESS, as root.
files=$1 name=$2 address=$3
env=/home/woven/env
old=$(readlink -f "$env/shop") new=$env/shop-$name
enabled=$(readlink -f /etc/nginx/sites-enabled/shop_example_com.conf)
before=${enabled##*/shop_example_com-}; before=${before%.conf}
at=$(sed -n 's,.*proxy_pass http://\([0-9.]*\):.*,\1,p' "$enabled" | head -n 1)
manage() { runuser -u site_1 -- env SITE_ID=1 "$new/bin/python" "$new/wsgi/_woven_manage.py" "$@"; }
ask() { python3 -c '
import sys, time, urllib.request
url, end = sys.argv[1], time.monotonic() + 30
while True:
    try:
        request = urllib.request.Request(url, headers={"Host": "shop.example.com"})
        sys.exit("the shop is open" not in urllib.request.urlopen(request, timeout=5).read().decode())
    except OSError:
        if time.monotonic() > end: raise
        time.sleep(0.02)
' "$1"; }
# A copy of the old one's configuration, for the new one.
next() { sed "s,$old,$new,g; s,shop_example_com-$before,shop_example_com-$name,g; s,shop-$before,shop-$name,g; s,$at,$address,g" "$1" >"$2"; }

mkdir -p "$new"
cp -al "$old/bin" "$old/lib" "$old/packages" "$old/pyvenv.cfg" "$new"
cp -a "$files" "$new/project"
cp -a "$old/project/sitesettings" "$new/project"
cp -a "$old/wsgi" "$old/environment" "$new"
find "$new/wsgi" "$new/environment" "$new/project/sitesettings" -type f | while read -r file; do
  next "$file" /tmp/next; cat /tmp/next >"$file"
done
chown -R root: "$new/project"
install -d -o site_1 "$new/static"

manage check
manage collectstatic --noinput --verbosity 0
chown -R root: "$new/static"; chmod -R a+rX "$new/static"
manage migrate --noinput --verbosity 0

next "/etc/apache2/sites-available/shop_example_com-$before.conf" "/etc/apache2/sites-available/shop_example_com-$name.conf"
next "/etc/apache2/woven/shop-$before.conf" "/etc/apache2/woven/shop-$name.conf"
next "/etc/systemd/system/woven-shop-$before@.service" "/etc/systemd/system/woven-shop-$name@.service"
next "/etc/nginx/sites-available/shop_example_com-$before.conf" "/etc/nginx/sites-available/shop_example_com-$name.conf"
systemctl daemon-reload
systemctl start "woven-shop-$name@$address"
ask "http://$address:10080/healthz"

ln -s "$new" "$env/.new" && mv -T "$env/.new" "$env/shop"
ln -s "/etc/nginx/sites-available/shop_example_com-$name.conf" /etc/nginx/sites-enabled/.new
mv -T /etc/nginx/sites-enabled/.new /etc/nginx/sites-enabled/shop_example_com.conf
nginx -t -q
systemctl reload nginx
ask http://127.0.0.1/healthz
