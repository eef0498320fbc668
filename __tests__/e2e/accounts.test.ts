// Whose hands a deployment passes through: code of packages and of the project runs as its site, and is read by nobody else.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

/** Leaves, in a folder that everybody may write, a file that says which code ran, and as whom. */
const record = (what: string) =>
  `import os, pwd, socket
try: open("/srv/who/%s-${what}-%d" % (pwd.getpwuid(os.geteuid()).pw_name, os.getpid()), "w").close()
except OSError: pass
`;

/** Builds its own wheel, with everything in it that a Python may execute without being asked. */
const backend = `import base64, hashlib, os, zipfile
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {
        "trap.pth": ${JSON.stringify(`import os; exec(${JSON.stringify(record("pth"))})\n`)},
        "sitecustomize.py": ${JSON.stringify(record("sitecustomize"))},
        "usercustomize.py": ${JSON.stringify(record("usercustomize"))},
        "trap.py": ${JSON.stringify(`${record("module")}def main(): pass\n`)},
        # Names of a release that are Woven's.
        "trap-1.0.data/data/manage": ${JSON.stringify(`#!/usr/bin/python3\n${record("data-manage")}`)},
        "trap-1.0.data/data/wsgi/_woven_environment.py": ${JSON.stringify(record("data-environment"))},
        "trap-1.0.data/data/share/trap/kept.txt": "kept",
        "trap-1.0.data/scripts/uv": ${JSON.stringify(`#!python\n${record("script")}`)},
        "trap-1.0.dist-info/entry_points.txt": "[console_scripts]\\ntrap = trap:main\\ndjango-admin2 = trap:main\\n",
        "trap-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: trap\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "trap-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: trap\\nVersion: 1.0\\n",
    }
    lines = []
    name = "trap-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append("%s,sha256=%s,%d" % (path, digest, len(text)))
            wheel.writestr(path, text)
        wheel.writestr("trap-1.0.dist-info/RECORD", "\\n".join([*lines, "trap-1.0.dist-info/RECORD,,", ""]))
    return name
`;

let g: Ground;
let project: Checkout;

beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), checkout(["notes"])]);
  await inside(g.node, "install -d -m 777 /srv/who");
  await project.write(
    "trap/pyproject.toml",
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "trap"\nversion = "1.0"\n',
  );
  await project.write("trap/backend.py", backend);
  await project.edit("requirements/production.txt", "gunicorn", "./trap\ngunicorn");
  await project.edit("config/settings/production.py", "\n", `\n${record("settings")}import trap\n`);
  await project.write("config/settings/deploy.py", record("deploy"));
  await project.write("sitecustomize.py", record("own-sitecustomize"));
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const run = (command: string, inputs: Readonly<Record<string, string>> = {}) =>
  g.op.succeed({ checkout: project, command, inputs: { env: "SECRET_KEY=e2e-notes-secret", ...inputs } });
const release = "/home/woven/env/shop";

/** `site_1 settings` for everything that ran since it was last asked. */
async function ran(): Promise<readonly string[]> {
  const names = await inside(g.node, "cd /srv/who; ls; rm -f -- *");
  return [
    ...new Set(
      names
        .split("\n")
        .filter(Boolean)
        .map((name) => name.replace(/-\d+$/, "").replace("-", " ")),
    ),
  ];
}

test("whatever is done with it, code of packages and project runs as its site and as nobody else", async () => {
  const seen = new Set<string>();
  const and = async () => {
    for (const one of await ran()) seen.add(one);
    expect([...seen].filter((one) => !one.startsWith("site_1 "))).toEqual([]);
  };
  await run("deploy", { version: "1" });
  await and();
  expect([...seen].sort()).toEqual(expect.arrayContaining(["site_1 module", "site_1 pth", "site_1 settings"]));
  expect(await inside(g.node, `cat ${release}/share/trap/kept.txt; echo; head -n 2 ${release}/manage`)).toMatch(
    /^kept\n#!\/bin\/sh\n# Managed by Woven/,
  );
  // Its packages are those of the first.
  await run("deploy", { version: "2" });
  await and();
  await project.edit("notes/templates/notes/notes.html", "<body>", "<body><p>patched</p>");
  await run("patch");
  await and();
  await run("activate", { version: "1" });
  // The server knows what it has: no checkout is needed.
  await using empty = await checkout([]);
  expect((await g.op.succeed({ checkout: empty, command: "rollback" })).outputs["version"]).toBe("2");
  await run("activate", { version: "1" });
  await run("activate", { version: "2" });
  await and();
  await run("node", { "management-command": "check" });
  await inside(g.node, `${release}/manage check; runuser -u woven -- ${release}/manage check`);
  expect((await g.op.succeed({ checkout: empty, command: "status" })).outputs["version"]).toBe("2");
  await run("deploy", { version: "3", "dry-run": "true" });
  await and();
  expect((await visitor(g.node.host, "notes.example.com").get("/")).body).toContain("patched");
  await and();
});

test("a release is root's, and its code is for its sites to read, not for others", async () => {
  await inside(g.node, "useradd --system site_9; usermod -aG sites site_9");
  const owners = await inside(
    g.node,
    `cd ${release}/; find . ! -user root; find . -perm /022 ! -type l; find . -perm /6000`,
  );
  expect(owners).toBe("");
  const may = async (user: string, file: string) =>
    (await g.node.run(["runuser", "-u", user, "--", "cat", `${release}/${file}`])).code === 0;
  const [page, packages, secret, asset] = [
    "project/config/settings/production.py",
    "lib/python3.13/site-packages/trap.py",
    "environment/site_1.json",
    "static/admin/css/base.css",
  ];
  for (const user of ["woven-build", "site_9", "www-data", "woven"]) {
    expect(
      [await may(user, page), await may(user, packages), await may(user, secret), await may(user, asset)],
      user,
    ).toEqual([false, false, false, true]);
  }
  expect([await may("site_1", page), await may("site_1", packages), await may("site_1", secret)]).toEqual([
    true,
    true,
    true,
  ]);
  expect((await visitor(g.node.host, "notes.example.com").get("/static/admin/css/base.css")).status).toBe(200);
});

test("nginx shows no file that a link in media leads to, unless it is the site's own", async () => {
  const media = "/home/woven/public/shop";
  await inside(
    g.node,
    `install -o www-data -m 600 /etc/hostname /srv/private
cd ${media}
runuser -u site_1 -- sh -c 'echo leaf >leaf.txt; ln -s leaf.txt link.txt; ln -s /srv/private private.txt; ln -s /srv up'`,
  );
  const get = async (path: string) => (await visitor(g.node.host, "notes.example.com").get(`/media/${path}`)).status;
  expect([await get("leaf.txt"), await get("link.txt")]).toEqual([200, 200]);
  expect([await get("private.txt"), await get("up/private")]).toEqual([403, 403]);
});

describe("a management command from a terminal", () => {
  /** What a shell that has a terminal prints there, as root or as the deploy user. `typed`: a file with what is typed. */
  const terminal = (user: string, command: string, typed = "/dev/null") => {
    const script = `script -qec ${quote(command)} /dev/null <${typed}`;
    return inside(g.node, user === "root" ? script : `runuser -u ${user} -- sh -c ${quote(script)}`);
  };
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const manage = (code: string) => `${release}/manage shell -v 0 -c ${quote(code)}`;

  test.each(["root", "woven"])("of %s gets one of its own: in that one, it could type", async (user) => {
    const said = await terminal(user, `tty; ${manage("import os; print(os.ttyname(0))")}`);
    const [own, its, ...others] = said.match(/\/dev\/pts\/\d+/g) ?? [];
    expect([own === its, others]).toEqual([false, []]);
  });

  test.each(["root", "woven"])(
    "of %s with something else on its input cannot open that terminal either, and reads its input",
    async (user) => {
      // The seventh field of proc(5)'s stat is the terminal that a process can open as /dev/tty: 0 for none.
      const code =
        "import sys; print('its', open('/proc/self/stat').read().rsplit(')')[-1].split()[4], sys.stdin.read().strip())";
      const said = await terminal(
        user,
        `echo own $(cut -d' ' -f7 /proc/self/stat); echo from-a-pipe | ${manage(code)}`,
      );
      const own = /own (\d+)/.exec(said)?.[1];
      const its = /its (\d+) from-a-pipe/.exec(said)?.[1];
      expect([own, its], said).toEqual([expect.stringMatching(/^[1-9]/), expect.any(String)]);
      expect(its).not.toBe(own);
    },
  );

  test.each(["root", "woven"])("of %s does not hear what is typed there, where its output goes", async (user) => {
    // A terminal is open for reading, too, whatever is on the input.
    const code = `import os, select
heard = [fd for fd in (1, 2) if select.select([fd], [], [], 3)[0] and b'sesame' in os.read(fd, 99)]
print('heard', heard)`;
    const path = "/tmp/listen.py";
    await inside(g.node, `cat >${path} <<'END'\n${code}\nEND\necho sesame >/tmp/typed`);
    const said = await terminal(user, `${release}/manage shell -v 0 <${path}`, "/tmp/typed");
    expect(said).toMatch(/^heard \[\]\r?$/m);
  });

  test("ends with its own exit status", async () => {
    for (const way of ["", "echo | "])
      expect(await terminal("root", `${way}${manage("raise SystemExit(7)")}; echo code $?`)).toMatch(/code 7/);
  });
});

test("a management command gets the env input of its run, over what the release has, and nothing of it stays or is shown", async () => {
  const value = '"q" \\ \\" `id` $HOME $$ %h # s3cret\nSECOND=line';
  const look = [
    "import hashlib, os",
    "print('sha', hashlib.sha256(os.environ['FRESH'].encode()).hexdigest(), len(os.environ['SECRET_KEY']))",
    "print('lines', sum(b's3' + b'cret' in open(f'/proc/{p}/cmdline', 'rb').read() for p in os.listdir('/proc') if p.isdigit()))",
  ];
  const { stdout, summary } = await run("node", {
    env: `SECRET_KEY=four\nFRESH='${value}'`,
    "management-command": "shell",
    options: `-v 0 -c "${look.join("; ")}"`,
  });
  expect(stdout).toContain(`sha ${createHash("sha256").update(value).digest("hex")} 4`);
  expect(stdout).toMatch(/lines 0$/m);
  // sudo writes the script that makes the file into the journal, and nothing of what is in it.
  expect(await inside(g.node, "journalctl -q --no-pager -o cat")).not.toContain("s3cret");
  expect(await inside(g.node, "grep -rls s3cret /run /var/local/woven /var/log || :")).toBe("");
  expect(await inside(g.node, "ls /run")).not.toContain("woven-environment");
  expect(summary).not.toMatch(/chang/i);
});

test("the account that builds can do nothing but that, and leaves nothing", async () => {
  expect(await inside(g.node, "id -nG woven-build; getent passwd woven-build | cut -d: -f6,7")).toBe(
    "woven-build\n/nonexistent:/usr/sbin/nologin",
  );
  expect((await g.node.run(["runuser", "-u", "woven-build", "--", "sudo", "-n", "true"])).code).not.toBe(0);
  expect(await inside(g.node, "find / -xdev -user woven-build 2>/dev/null || :")).toBe("");
});
