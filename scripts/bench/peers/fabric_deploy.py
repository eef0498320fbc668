"""A warm deploy as a script with Fabric does it: one connection, a file sent, and a command for each thing to do.

usage: fabric_deploy.py HOST PORT KEY ARCHIVE NAME ADDRESS
"""

import sys

from fabric import Connection

host, port, key, archive, name, address = sys.argv[1:]
KEEP = 3
ENV, NGINX, APACHE = "/home/woven/env", "/etc/nginx", "/etc/apache2"
SITE = "shop_example_com"
new, sent = f"{ENV}/shop-{name}", f"/tmp/{name}.tar.gz"

with Connection(host, user="woven", port=int(port), connect_kwargs={"key_filename": key}) as node:

    def sudo(command):
        return node.sudo(command, hide=True).stdout.strip()

    def manage(words):
        sudo(f"runuser -u site_1 -- env SITE_ID=1 {new}/bin/python {new}/wsgi/_woven_manage.py {words}")

    def ask(url, header=""):
        sudo(f"sh -eu /root/release.sh {name} {address} ask 'the shop is open' {url} {header}")

    # Where things are now.
    old = sudo(f"readlink -f {ENV}/shop")
    before = sudo(f"readlink -f {NGINX}/sites-enabled/{SITE}.conf").split(f"{SITE}-")[1].removesuffix(".conf")
    passed_to = sudo(f"grep -m 1 proxy_pass {NGINX}/sites-enabled/{SITE}.conf").split("//")[1].rstrip(";")
    at, served = passed_to.split(":")
    adapt = (
        f"sed -e s,{old},{new},g -e s,{SITE}-{before},{SITE}-{name},g -e s,shop-{before},shop-{name},g -e s,{at},{address},g"
    )

    # The files, and the packages of the release before.
    node.put(archive, sent)
    sudo(f"mkdir -p {new}/project")
    sudo(f"tar -xzf {sent} -C {new}/project")
    sudo(f"cp -a {old}/project/sitesettings {new}/project")
    sudo(f"chown -R root: {new}/project")
    sudo(f"chgrp --reference={old}/project {new}/project")
    sudo(f"chmod --reference={old}/project {new}/project")
    sudo(f"cp -al {old}/bin {old}/lib {old}/packages {old}/pyvenv.cfg {new}")
    sudo(f"cp -a {old}/wsgi {old}/environment {new}")
    sudo(f"find {new}/wsgi {new}/environment {new}/project/sitesettings -type f -exec {adapt.replace('sed', 'sed -i', 1)} {{}} +")

    # Django.
    manage("check")
    sudo(f"install -d -o site_1 {new}/static")
    manage("collectstatic --noinput --verbosity 0")
    sudo(f"chown -R root: {new}/static")
    sudo(f"chmod -R a+rX {new}/static")
    manage("migrate --noinput --verbosity 0")

    # Its own server, beside the live one.
    globs = [
        f"{APACHE}/sites-available/{SITE}-{before}.conf",
        f"{NGINX}/sites-available/{SITE}-{before}.conf",
        f"/etc/systemd/system/woven-shop-{before}@.service",
        f"{APACHE}/woven/shop-{before}.*",
        f"{NGINX}/woven/shop-{before}@*",
    ]
    for file in sudo(f"sh -c 'ls {' '.join(globs)}'").split():
        copy = file.replace(f"{SITE}-{before}", f"{SITE}-{name}").replace(f"shop-{before}", f"shop-{name}")
        sudo(f"cp -p {file} {copy}")
        sudo(adapt.replace("sed", "sed -i", 1) + f" {copy}")
    sudo("systemctl daemon-reload")
    sudo(f"systemctl start woven-shop-{name}@{address}")
    header = sudo(f"sh -c 'cat {NGINX}/woven/shop-{name}@*'").split("proxy_set_header ")[1].split(";")[0].split()
    ask(f"http://{address}:{served}/healthz", f"'{header[0]}: {header[1].strip(chr(34))}'")

    # The switch.
    sudo(f"ln -s {new} {ENV}/.new")
    sudo(f"mv -T {ENV}/.new {ENV}/shop")
    sudo(f"ln -s {NGINX}/sites-available/{SITE}-{name}.conf {NGINX}/sites-enabled/.new")
    sudo(f"mv -T {NGINX}/sites-enabled/.new {NGINX}/sites-enabled/{SITE}.conf")
    sudo("nginx -t -q")
    sudo("systemctl reload nginx")
    ask("http://127.0.0.1/healthz")

    # Old releases.
    maker = name.rsplit("-", 1)[0]
    for folder in sudo(f"sh -c 'ls -1td {ENV}/shop-{maker}-*'").split()[KEEP:]:
        gone = folder.removeprefix(f"{ENV}/shop-")
        sudo(f"systemctl stop 'woven-shop-{gone}@*'")
        others = [pattern.replace(before, gone) for pattern in globs]
        sudo(f"sh -c 'rm -rf {folder} {' '.join(others)}'")
