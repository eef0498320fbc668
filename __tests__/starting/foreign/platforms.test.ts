// Files of other platforms and tools, read into Woven's words. What has no counterpart is noted.
import { describe, expect, test } from "vitest";
import { projectFiles } from "../../../src/settings/project-files.ts";
import { formation, readAppJson, readAptfile, readNodeBuild } from "../../../src/starting/foreign/app-json.ts";
import { readCrontabs } from "../../../src/starting/foreign/crontab.ts";
import { readFabfile } from "../../../src/starting/foreign/fabfile.ts";
import { readKamal } from "../../../src/starting/foreign/kamal.ts";
import { procfile, procfileLines } from "../../../src/starting/foreign/procfile.ts";
import { readSupervisor } from "../../../src/starting/foreign/supervisor.ts";
import { folderWith } from "../world.ts";

function filesOf(files: Readonly<Record<string, string>>) {
  const folder = folderWith(files);
  return projectFiles(folder, folder);
}

const read = (text: string, counts?: ReadonlyMap<string, number>) => procfile("Procfile", procfileLines(text), counts);

describe("Procfile", () => {
  test("web, release and processes", () => {
    const text =
      "# comment\nweb: gunicorn a.wsgi\r\nrelease: ./manage.py migrate\nworker: celery -A a worker\nno line\n";
    expect(read(text)).toMatchObject({
      server: { program: "gunicorn" },
      releaseCommands: [],
      processes: [{ name: "worker", command: "celery -A a worker" }],
      notes: [],
    });
  });

  test("the number of processes, and none", () => {
    const { processes, notes } = read(
      "worker: celery -A a worker\nold: celery -A b worker\n",
      new Map([
        ["worker", 3],
        ["old", 0],
      ]),
    );
    expect(processes).toEqual([{ name: "worker", command: "celery -A a worker", count: 3 }]);
    expect(notes).toEqual([expect.stringMatching(/^old: /)]);
  });

  test("what no process can be is noted by its name", () => {
    const { processes, notes = [] } = read("web: node server.js\nworker: celery -Q $QUEUES\n2nd: celery worker\n");
    expect(processes).toEqual([]);
    expect(notes.map((note) => note.split(":")[0])).toEqual(["web", "worker", "2nd"]);
  });
});

describe("app.json", () => {
  const app = {
    env: {
      SECRET_KEY: { generator: "secret" },
      API_TOKEN: { required: true },
      OPTIONAL: { required: false },
      TITLE: "Shop",
      PORT: "80",
    },
    addons: ["rediscloud:30", { plan: "papertrail:choklad" }],
    formation: { worker: { quantity: 2 } },
    scripts: { postdeploy: "python manage.py loaddata first" },
  };

  test("variables, services, numbers of processes", () => {
    const files = filesOf({ "app.json": JSON.stringify(app) });
    const found = readAppJson(files);
    expect(found).toMatchObject({ env: { TITLE: "Shop" }, secrets: ["SECRET_KEY", "API_TOKEN"], services: ["redis"] });
    for (const word of ["papertrail", "loaddata first"]) expect(found?.notes?.join("\n")).toContain(word);
    expect([...formation(files)]).toEqual([["worker", 2]]);
  });

  test("a file that is not JSON is noted", () => {
    expect(readAppJson(filesOf({ "app.json": "{" }))?.notes).toHaveLength(1);
  });

  test("Aptfile: packages, and what is none", () => {
    const found = readAptfile(filesOf({ Aptfile: "gettext # for mo files\n\nlibpq5\nhttps://example.com/a.deb\n" }));
    expect(found?.packages).toEqual(["gettext", "libpq5"]);
    expect(found?.notes).toHaveLength(1);
  });

  test("the Node buildpack builds, and without it package.json is no business of Woven", () => {
    const scripts = JSON.stringify({ scripts: { build: "vite build" } });
    expect(readNodeBuild(filesOf({ "package.json": scripts }))).toBeUndefined();
    const files = filesOf({ "package.json": scripts, "package-lock.json": "{}", ".buildpacks": "heroku/nodejs\n" });
    expect(readNodeBuild(files)?.build).toEqual(["npm ci", "npm run build"]);
  });
});

describe("Kamal", () => {
  const config = (more: string) => filesOf({ "config/deploy.yml": `service: a\n${more}`, Dockerfile: "FROM python\n" });

  test.each([
    ["a list of hosts", "servers:\n  - 192.0.2.1\n  - 192.0.2.2: [eu]\n", { hosts: ["192.0.2.1", "192.0.2.2"] }],
    [
      "a command of web",
      "servers:\n  web:\n    hosts: [a.example.com]\n    cmd: bash -c 'gunicorn a.wsgi -w 2'\n",
      { server: { program: "gunicorn", workers: 2 } },
    ],
    [
      "a proxy with HTTPS",
      "proxy:\n  hosts: [a.example.com, b.example.com]\n  ssl: true\nservers: []\n",
      { domains: ["a.example.com", "b.example.com"], tls: "acme" },
    ],
    ["ssh", "servers: []\nssh:\n  user: ubuntu\n  port: 2222\n", { rootUser: "ubuntu", sshPort: 2222 }],
    ["variables without clear", "servers: []\nenv:\n  A: 1\n", { env: { A: "1" }, secrets: [] }],
    [
      "secrets with another name",
      "servers: []\nenv:\n  clear: { A: b }\n  secret: [KEY, DB:MAIN_DB]\n",
      { env: { A: "b" }, secrets: ["KEY", "DB"] },
    ],
    [
      "a volume of the project, and one elsewhere",
      "servers: []\nvolumes: [x:/app/reports, y:/var/lib/y, z:/app/media]\n",
      { writable: ["reports"] },
    ],
    ["ERB", "servers: [<%= ENV['WEB'] %>]\nretain_containers: 3\n", { keepReleases: 3 }],
  ])("%s", (_, more, found) => {
    expect(readKamal(config(more))).toMatchObject(found);
  });

  test("the image's command and packages, on several lines", () => {
    const Dockerfile = `FROM python AS build\nCMD ["sh"]\nFROM python\nRUN apt-get update && apt-get install -y \\\n  gcc libpq-dev \\\n  libmagic1 && rm -rf x\nCMD ["gunicorn", \\\n  "-w", "2", "a.wsgi"]\n`;
    const found = readKamal(filesOf({ "config/deploy.yml": "service: a\nservers: [192.0.2.1]\n", Dockerfile }));
    expect(found).toMatchObject({ packages: ["libmagic1"], server: { program: "gunicorn", workers: 2 } });
  });

  test("hosts of their own, other accessories and a proxy for ssh are noted", () => {
    const more =
      "servers:\n  web: [192.0.2.1]\n  job:\n    hosts: [192.0.2.9]\n    cmd: celery -A a worker\nssh:\n  proxy: root@jump\naccessories:\n  search: { image: opensearch }\n";
    const notes = readKamal(config(more))?.notes?.join("\n");
    for (const word of ["servers.job has hosts", "accessories.search", "root@jump"]) expect(notes).toContain(word);
  });

  test("another file of that name is not Kamal's", () => {
    expect(readKamal(filesOf({ "config/deploy.yml": "name: Deploy\non: push\n" }))).toBeUndefined();
  });
});

describe("fabfile", () => {
  test.each([
    [
      "env.hosts",
      'env.hosts = ["web1.example.com", "ada@web2.example.com:2222"]\n',
      ["web1.example.com", "web2.example.com"],
    ],
    [
      "env.roledefs",
      'env.roledefs = {"web": ["web1.example.com"], "db.main": ["db1.example.com"]}\n',
      ["web1.example.com", "db1.example.com"],
    ],
    ["Fabric 2", 'c = Connection("deploy@192.0.2.3")\n@task(hosts=["192.0.2.4"])\n', ["192.0.2.4", "192.0.2.3"]],
    ["a comment", '# env.hosts = ["old.example.com"]\nenv.hosts = []\n', []],
  ])("hosts by %s", (_, source, hosts) => {
    expect(readFabfile(filesOf({ "fabfile.py": source }))?.hosts).toEqual(hosts);
  });

  test("what it did becomes settings, or is noted", () => {
    const source = `env.user = "deploy"
env.gateway = "ada@jump.example.com"
sudo("apt-get install -y nginx python3-dev libmagic1")
local("npm run build")
run("git pull")
run('venv/bin/python manage.py migrate')
c.run(f"venv/bin/python manage.py rebuild_index --noinput")
run("curl https://example.com/deployed")
`;
    const found = readFabfile(filesOf({ "fabfile.py": source }));
    expect(found).toMatchObject({
      rootUser: "deploy",
      packages: ["libmagic1"],
      build: ["npm run build"],
      releaseCommands: ["rebuild_index --noinput"],
    });
    expect(found?.notes).toEqual([expect.stringContaining("jump.example.com"), expect.stringContaining("curl")]);
  });
});

test("supervisor: the server and the workers, by their names without the project's", () => {
  const conf =
    "[program:shop_web]\ncommand=/srv/v/bin/gunicorn shop.wsgi\n    -w 4\n[program:shop-celery]\ncommand=/srv/v/bin/celery -A shop worker\nnumprocs=2\n[group:shop]\nprograms=shop_web\n";
  expect(readSupervisor(filesOf({ "etc/shop.conf": conf, "other.conf": "[main]\na=b\n" }))).toMatchObject([
    {
      path: "etc/shop.conf",
      server: { program: "gunicorn", workers: 4 },
      processes: [{ name: "celery", command: "celery -A shop worker", count: 2 }],
    },
  ]);
});

test("crontab: times, names that differ, and what needs a shell", () => {
  const text = `SHELL=/bin/sh
# m h dom mon dow
0 4 * * * cd /srv/shop && venv/bin/python manage.py clearsessions >/dev/null 2>&1
*/10 * * * 1-5 /srv/shop/venv/bin/python /srv/shop/manage.py report --days 1
@daily venv/bin/python manage.py report --days 30
5 5 * * * pg_dump shop | gzip > /backup/shop.gz
`;
  const [found, ...more] = readCrontabs(filesOf({ "ops/crontab": text }));
  expect(more).toEqual([]);
  expect(found?.schedules).toEqual([
    { name: "clearsessions", command: "manage clearsessions", when: "0 4 * * *" },
    { name: "report", command: "manage report --days 1", when: "*/10 * * * 1-5" },
    { name: "report-2", command: "manage report --days 30", when: "daily" },
  ]);
  expect(found?.notes).toEqual([expect.stringContaining("pg_dump")]);
});
