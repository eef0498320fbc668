import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseFacts } from "../../src/node/facts.ts";
import { knownHostsLine } from "../../src/node/known-hosts.ts";
import { known, releaseRecord, webService } from "./records.ts";

/** A node's answers: a name and its value, and for files their paths. */
function said(answers: readonly (readonly [string, string] | readonly [string, string, string])[]): string {
  return answers
    .map(([name, ...values]) => `${name} ${values.map((value) => Buffer.from(value).toString("base64")).join(" ")}\n`)
    .join("");
}

const [one, two] = ["1".repeat(64), "2".repeat(64)];

const debian = [
  ["os", "debian"],
  ["osVersion", "13"],
  ["codename", "trixie"],
  ["machine", "x86_64"],
  ["glibc", "2.41"],
  ["python", "3.13.5"],
  ["user", "woven"],
  ["home", "/home/woven"],
  ["root", "/srv/woven"],
  ["cores", "4"],
  ["memory", "1048576"],
  ["diskFree", "2048"],
  ["systemd", "yes"],
  ["ipv6", "yes"],
] as const;

test("a node's answers are its facts", () => {
  expect(parseFacts(said(debian), known)).toEqual({
    os: "debian",
    osVersion: "13",
    codename: "trixie",
    machine: "x86_64",
    glibc: "2.41",
    python: "3.13.5",
    user: "woven",
    home: "/home/woven",
    deploymentRoot: "/srv/woven",
    diskFree: 2048 * 1024,
    systemd: true,
    ipv6: true,
    certificates: new Map(),
    hostKeys: [],
    kits: [],
    pythons: [],
    recorded: [],
    running: [],
    starting: [],
    enabled: [],
    cores: 4,
    memory: 2 ** 30,
    lost: [],
    missing: { packages: [], rules: [], units: [] },
  });
});

test("an answer of plain words comes as it is, after an equals sign", () => {
  const plain = debian.map(([name, value]) => `${name} =${value}\n`).join("");
  expect(parseFacts(plain, known)).toEqual(parseFacts(said(debian), known));
  const { state } = parseFacts(`active =\n`, known);
  expect(state).toEqual({ releases: [], history: [] });
});

test("a node without Python, systemd or a code name says so", () => {
  const facts = parseFacts(
    said([
      ["os", "debian"],
      ["codename", ""],
      ["python", ""],
    ]),
    known,
  );
  expect(facts).toMatchObject({ codename: "", systemd: false, ipv6: false });
  expect("python" in facts).toBe(false);
});

test("a node lacks only what it was asked about", () => {
  const setup = { packages: ["libpq5", "nginx"], rules: ["allow 80,443/tcp"], units: ["nginx.service"] };
  const answers = said([
    ...debian,
    ["noPackage", "libpq5"],
    ["noPackage", "emacs"],
    ["noRule", "allow 80,443/tcp"],
    ["noRule", "allow 1/tcp"],
    ["noUnit", "\u001b[2J"],
  ]);
  expect(parseFacts(answers, { ...known, setup }).missing).toEqual({
    packages: ["libpq5"],
    rules: ["allow 80,443/tcp"],
    units: [],
  });
});

test("what the login's own start-up files print is no answer", () => {
  expect(parseFacts(`Welcome to web1!\n\nos\n${said(debian)}`, known)).toMatchObject({
    machine: "x86_64",
  });
});

test("host keys come one by one", () => {
  const facts = parseFacts(
    said([
      ["hostKey", `${publicKey("ssh-ed25519")} root@web1\n`],
      ["hostKey", `${publicKey("ssh-rsa")} root@web1\n`],
    ]),
    known,
  );
  expect(facts.hostKeys.map(({ type }) => type)).toEqual(["ssh-ed25519", "ssh-rsa"]);
});

/** The outer form of a key. */
function publicKey(type: string, inside = type): string {
  const field = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
  return `${type} ${Buffer.concat([field(inside), field("x".repeat(32))]).toString("base64")}`;
}

test.each([
  ["a line for another host", `${publicKey("ssh-ed25519")}\nbank.example.com ${publicKey("ssh-ed25519")}\n`, 1],
  ["one behind a carriage return", `${publicKey("ssh-ed25519")}\rbank.example.com ${publicKey("ssh-ed25519")}`, 1],
  ["one behind a tab", `ssh-ed25519\tAAAA\nbank.example.com\t${publicKey("ssh-ed25519")}`, 0],
  ["a marker", `@cert-authority * ${publicKey("ssh-ed25519")}`, 0],
  ["another type inside than outside", publicKey("ssh-ed25519", "ssh-rsa"), 0],
  ["a type that nobody knows", publicKey("ssh-\u202eevil"), 0],
  ["base64 with more behind it", `${publicKey("ssh-ed25519")}!bank`, 0],
  ["words without end", `${publicKey("ssh-ed25519")} ${"x\ty ".repeat(100)}`, 1],
  ["keys without end", `${publicKey("ssh-ed25519")}\n`.repeat(1000), 16],
])("a node's host keys bring no line for anybody else: %s", (_what, text, count) => {
  const { hostKeys } = parseFacts(said([["hostKey", text]]), known);
  const lines = hostKeys.map((key) => knownHostsLine("web1", 10022, key));
  expect(lines).toEqual(Array.from({ length: count }, () => `[web1]:10022 ${publicKey("ssh-ed25519")}`));
});

test("of the Pythons that were brought along only whole ones are known", () => {
  const answers = ["3.12.4", "3.12.4.new", ".new-abcdef", "releases", "3.9.18"].map(
    (name) => ["brought", name] as const,
  );
  expect(parseFacts(said(answers), known).pythons).toEqual(["3.12.4", "3.9.18"]);
});

test.each([
  ["python", "3.13.5\n--index-url=http://elsewhere"],
  ["python", "--config-file=x"],
  ["machine", "x86_64,evil"],
  ["glibc", "2.41; x"],
  ["osVersion", "13\n::error::x"],
])("%s that is none is not passed on", (name, value) => {
  const facts = parseFacts(said([[name, value]]), known);
  expect(Object.values(facts).flat()).not.toContain(value);
});

test("answers of 16 MB are read in well under a second, whatever they are made of", () => {
  for (const line of ["\n", "a b\n", "hostKey AAAA\n", "a".repeat(1e6), "os "]) {
    const text = line.repeat(Math.ceil(16e6 / line.length));
    const started = process.cpuUsage();
    parseFacts(text, known);
    const { user, system } = process.cpuUsage(started);
    expect.soft((user + system) / 1e6, JSON.stringify(line.slice(0, 20))).toBeLessThan(5);
  }
});

test("a record with line breaks in it is an error", () => {
  const file = "/var/local/woven/shop/releases/1.0.json";
  const answers = (record: object) => said([...debian, ["active", ""], ["release", JSON.stringify(record), file]]);
  expect(parseFacts(answers(releaseRecord()), known).lost.length).toBe(1);
  expect(() => parseFacts(answers(releaseRecord({ version: "1.0\n::error::x" })), known)).toThrow(
    expect.objectContaining({ code: "state-broken" }),
  );
});

describe("the list of a release's files", () => {
  const listed = (list: unknown, release = "1.0") =>
    parseFacts(`${said([["filesOf", release]])}files ${packed(JSON.stringify(list))}\n`, known).listed;
  const files = { "project/a b.py": one, "project/manage.py": `x${one}`, "project/caf\udce8": two };

  test("has their hashes, the links, and what somebody has changed", () => {
    expect(listed({ files, symlinks: { "project/now": "a b.py" }, drifted: ["project/manage.py"], same: [] })).toEqual({
      release: "1.0",
      files: new Map(Object.entries(files)),
      symlinks: new Map([["project/now", "a b.py"]]),
      drifted: new Set(["project/manage.py"]),
    });
  });

  test.each<[string, unknown]>([
    ["a hash that is none", { files: { "project/a": "../../etc/passwd" }, symlinks: {}, drifted: [], same: [] }],
    ["a path with a line break", { files: { "project/a\n::error::x": one }, symlinks: {}, drifted: [], same: [] }],
    ["a list of another kind", []],
    ["a part that is none", { files: {}, symlinks: {}, drifted: [], same: [64] }],
  ])("does not count with %s", (_, list) => {
    expect(listed(list)).toBeUndefined();
  });

  test("does not count if it is cut off, or larger than any list", () => {
    const whole = packed(JSON.stringify({ files, symlinks: {}, drifted: [], same: [] }));
    const large = packed(" ".repeat(70 * 2 ** 20));
    for (const text of [whole.slice(0, 40), large])
      expect(parseFacts(`${said([["filesOf", "1.0"]])}files ${text}\n`, known).listed).toBeUndefined();
  });
});

function packed(text: string): string {
  return deflateSync(text, { level: 1 }).toString("base64");
}

test("a distribution that is not there yet has a state without releases; one that was not asked for has none", () => {
  expect(parseFacts(said([...debian, ["active", ""]]), known).state).toEqual({ releases: [], history: [] });
  expect(parseFacts(said(debian), known).state).toBeUndefined();
});

describe("the state", () => {
  const folder = "/var/local/woven/shop";
  const unit = (name: string) => `woven-shop-${name}@.service`;
  const release = (name: string) =>
    releaseRecord({ version: name, name, services: [webService({ files: [`/etc/systemd/system/${unit(name)}`] })] });
  const file = (name: string) => ["release", JSON.stringify(release(name)), `${folder}/releases/${name}.json`] as const;
  const lease = { token: "t", owner: "ada", command: "deploy", expires: 7 };
  const answers = [
    ["active", "1.0"],
    ...["1.0", "0.9", "0.8", "0.7"].map(file),
    ...["1.0", "0.9", "0.8"].map((name) => ["present", name] as const),
    ["units", ["1.0", "0.9", "0.7"].map(unit).join("\n")],
    ["history", '{"at":"t","event":"deploy","version":"1.0"}\n', `${folder}/history.jsonl`],
    ["lease", JSON.stringify(lease), `${folder}/lease.json`],
  ] as const;

  test("is put together from the files it is in; releases whose unit or folder is gone are apart", () => {
    const { state, lost } = parseFacts(said(answers), known);
    expect(state?.releases.map(({ version }) => version)).toEqual(["1.0", "0.9"]);
    expect(lost.map(({ version }) => version)).toEqual(["0.8", "0.7"]);
    expect(state).toMatchObject({ active: "1.0", history: [{ event: "deploy" }], lease: { owner: "ada" } });
  });

  test("that cannot be read is an error that names the file and the node", () => {
    const broken = [...answers, ["release", "{", `${folder}/releases/0.6.json`] as const];
    expect(() => parseFacts(said(broken), known)).toThrow(
      expect.objectContaining({
        code: "state-broken",
        message: expect.stringContaining(`${folder}/releases/0.6.json on web1`),
      }),
    );
  });
});
