import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";
import { scratch } from "./stage-run.ts";
import { env, fine, tool } from "./tool.ts";

const user = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
const group = execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();
const root = process.getuid?.() === 0;

function mode(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

describe("link", () => {
  test("makes a link, and moves one that is there", async () => {
    const link = join(scratch(), "active");
    for (const target of ["/a", "/b"]) {
      expect(await tool(["link", target, link])).toEqual(fine);
      expect(readlinkSync(link)).toBe(target);
    }
  });

  test("a reader finds one of both at every moment while it moves", async () => {
    const folder = scratch();
    const link = join(folder, "active");
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "name"), name);
    }
    symlinkSync(join(folder, "a"), link);
    const stop = join(folder, "stop");
    const reader = spawn("python3", ["-c", reading, link, stop], { env });
    let said = "";
    reader.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const done = new Promise((resolve) => reader.on("close", resolve));
    for (let turn = 0; turn < 12; turn++) await tool(["link", join(folder, turn % 2 ? "a" : "b"), link]);
    writeFileSync(stop, "");
    await done;
    const { reads, missed, seen } = JSON.parse(said);
    expect([missed, seen]).toEqual([0, ["a", "b"]]);
    expect(reads).toBeGreaterThan(100);
  });

  test("does not take the place of a folder, and leaves nothing behind", async () => {
    const folder = scratch();
    mkdirSync(join(folder, "active"));
    expect((await tool(["link", "/a", join(folder, "active")])).code).toBe(1);
    expect(readdirSync(folder)).toEqual(["active"]);
  });
});

const reading = `import json, os, sys
reads, missed, seen = 0, 0, set()
while not os.path.exists(sys.argv[2]):
    reads += 1
    try:
        seen.add(open(sys.argv[1] + "/name").read())
    except OSError:
        missed += 1
print(json.dumps({"reads": reads, "missed": missed, "seen": sorted(seen)}))`;

describe("write", () => {
  const owners: [string, string][] = [[user, group]];
  if (root) owners.push(["nobody", "nogroup"]);

  test.each(["600", "644", "755", "440", "2770"])("gives the file mode %s", async (octal) => {
    const path = join(scratch(), "file");
    expect(await tool(["write", path, octal, user, group], "text")).toEqual(fine);
    expect([mode(path), readFileSync(path, "utf8")]).toEqual([octal, "text"]);
  });

  test.each(owners)("gives the file to %s", async (owner, ownersGroup) => {
    const path = join(scratch(), "file");
    expect(await tool(["write", path, "644", owner, ownersGroup], "text")).toEqual(fine);
    const found = execFileSync("stat", ["-c", "%U:%G", path], { encoding: "utf8" }).trim();
    expect(found).toBe(`${owner}:${ownersGroup}`);
  });

  test("replaces the file whole: who reads the old one goes on reading it", async () => {
    const path = join(scratch(), "file");
    writeFileSync(path, "old");
    const before = lstatSync(path).ino;
    await tool(["write", path, "644", user, group], "new");
    expect([readFileSync(path, "utf8"), lstatSync(path).ino === before]).toEqual(["new", false]);
  });

  test.each([
    ["an owner that is not there", ["644", "no-such-user-here", group]],
    ["a group that is not there", ["644", user, "no-such-group-here"]],
    ["a mode that is none", ["rwx", user, group]],
  ])("with %s leaves the old file, and nothing beside it", async (_, words) => {
    const folder = scratch();
    writeFileSync(join(folder, "file"), "old");
    expect((await tool(["write", join(folder, "file"), ...words], "new")).code).toBe(1);
    expect([readFileSync(join(folder, "file"), "utf8"), readdirSync(folder)]).toEqual(["old", ["file"]]);
  });

  test("carries bytes that are no text", async () => {
    const path = join(scratch(), "file");
    const bytes = Buffer.from([0, 255, 13, 10, 128]);
    execFileSync("python3", ["-B", join(packageRoot, "templates/node/tool.py"), "write", path, "600", user, group], {
      input: bytes,
    });
    expect(readFileSync(path)).toEqual(bytes);
  });
});

// Needs root, which becomes somebody else.
describe.runIf(root)("seed", () => {
  /** A project's files, and a media folder that `nobody` may write to, both where `nobody` may pass. */
  function places() {
    const folder = scratch();
    chmodSync(folder, 0o755);
    const [project, media] = [join(folder, "project"), join(folder, "media")];
    mkdirSync(join(project, "photos"), { recursive: true });
    mkdirSync(media);
    chmodSync(media, 0o777);
    writeFileSync(join(project, "photos", " fern .png"), "fern");
    return { folder, project, media };
  }
  const seed = ({ project, media }: ReturnType<typeof places>, verb = "add") =>
    tool(["seed", "nobody", project, media, verb]);

  test("copies what is not there, under any name, as the user who is named", async () => {
    const at = places();
    expect(await seed(at)).toEqual(fine);
    const copied = join(at.media, "photos", " fern .png");
    expect(readFileSync(copied, "utf8")).toBe("fern");
    expect(statSync(copied).uid).toBe(Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" })));
    expect([mode(copied), mode(join(at.media, "photos"))]).toEqual(["664", "775"]);
  });

  test("leaves what is there as it is", async () => {
    const at = places();
    mkdirSync(join(at.media, "photos"));
    writeFileSync(join(at.media, "photos", " fern .png"), "a visitor's");
    expect(await seed(at)).toEqual(fine);
    expect(readFileSync(join(at.media, "photos", " fern .png"), "utf8")).toBe("a visitor's");
  });

  test("does nothing through a link that the user could not do alone", async () => {
    const at = places();
    const theirs = join(at.folder, "theirs");
    mkdirSync(theirs, { mode: 0o755 });
    symlinkSync(theirs, join(at.media, "photos"));
    const { code, stderr } = await seed(at);
    expect([code, readdirSync(theirs), mode(theirs)]).toEqual([1, [], "755"]);
    expect(stderr).toContain("Permission denied");
  });

  const fern = ({ media }: ReturnType<typeof places>) => join(media, "photos", " fern .png");
  const backup = "/var/local/woven-backup";

  test.each<[string, (path: string, folder: string) => void]>([
    ["a link to what the user may not read", (path, folder) => symlinkSync(join(folder, "secret"), path)],
    ["a link to a device without end", (path) => symlinkSync("/dev/zero", path)],
    ["a FIFO that nobody writes to", (path) => execFileSync("mkfifo", ["-m", "666", path])],
  ])("%s is replaced, and never read", async (_, plant) => {
    const at = places();
    writeFileSync(join(at.folder, "secret"), "secret", { mode: 0o600 });
    mkdirSync(join(at.media, "photos"));
    chmodSync(join(at.media, "photos"), 0o777);
    plant(fern(at), at.folder);
    expect(await seed(at, "replace")).toEqual(fine);
    expect([readFileSync(fern(at), "utf8"), lstatSync(fern(at)).isFile()]).toEqual(["fern", true]);
    expect(readFileSync(join(at.folder, "secret"), "utf8")).toBe("secret");
    expect(existsSync(`${backup}${at.media}`)).toBe(false);
  });

  test("a file that is replaced is kept where only root looks", async () => {
    const at = places();
    onTestFinished(() => rmSync(`${backup}${at.folder}`, { recursive: true, force: true }));
    mkdirSync(join(at.media, "photos"));
    chmodSync(join(at.media, "photos"), 0o777);
    writeFileSync(fern(at), "a visitor's");
    expect(await seed(at, "replace")).toEqual(fine);
    expect(readFileSync(fern(at), "utf8")).toBe("fern");
    const kept = `${backup}${at.media}/photos`;
    const [name = ""] = readdirSync(kept);
    expect(readFileSync(join(kept, name), "utf8")).toBe("a visitor's");
    for (const path of [join(kept, name), kept, dirname(kept), backup])
      expect([mode(path).slice(-2), statSync(path).uid], path).toEqual(["00", 0]);
  });

  test("a file that claims more than there is room for is left, and named", async () => {
    const at = places();
    mkdirSync(join(at.media, "photos"));
    writeFileSync(fern(at), "");
    truncateSync(fern(at), 2 ** 42);
    const { code, stderr } = await seed(at, "replace");
    expect([code, statSync(fern(at)).size]).toEqual([1, 2 ** 42]);
    expect(stderr).toContain(" fern .png has 4398046511104 bytes");
  });
});

describe.runIf(root)("claim", () => {
  /** Static files that `nobody` has collected, with what else it may put there. */
  function collected() {
    const folder = join(scratch(), "static");
    chmodSync(dirname(folder), 0o755);
    mkdirSync(join(folder, "css"), { recursive: true });
    for (const path of ["a.css", "css/b.css"]) writeFileSync(join(folder, path), path, { mode: 0o600 });
    return folder;
  }
  const asNobody = (folder: string) => execFileSync("chown", ["-Rh", "nobody", folder]);
  const claim = (folder: string) => tool(["claim", "nobody", folder]);

  test("makes all of it root's, for all to read, and for nobody else to write", async () => {
    const folder = collected();
    chmodSync(join(folder, "a.css"), 0o4777);
    chmodSync(join(folder, "css"), 0o700);
    asNobody(folder);
    expect(await claim(folder)).toEqual(fine);
    const paths = [folder, join(folder, "css"), join(folder, "a.css"), join(folder, "css/b.css")];
    expect(paths.map(mode)).toEqual(["755", "755", "644", "644"]);
    expect(paths.map((path) => statSync(path).uid)).toEqual([0, 0, 0, 0]);
  });

  test("follows no link, waits for nothing, and removes what is no file", async () => {
    const folder = collected();
    const secret = join(folder, "../secret");
    writeFileSync(secret, "secret", { mode: 0o600 });
    symlinkSync(secret, join(folder, "secret"));
    symlinkSync(dirname(secret), join(folder, "css/up"));
    execFileSync("mkfifo", [join(folder, "fifo")]);
    asNobody(folder);
    expect(await claim(folder)).toEqual(fine);
    expect(readdirSync(folder).sort()).toEqual(["a.css", "css"]);
    expect(readdirSync(join(folder, "css"))).toEqual(["b.css"]);
    expect([mode(secret), readFileSync(secret, "utf8")]).toEqual(["600", "secret"]);
  });

  test("takes no file that has a second name elsewhere", async () => {
    const folder = collected();
    asNobody(folder);
    const other = join(folder, "../other");
    linkSync(join(folder, "a.css"), other);
    expect(await claim(folder)).toEqual(fine);
    expect([statSync(other).uid, statSync(join(folder, "a.css")).uid]).toEqual([statSync(other).uid, 0]);
    expect(statSync(other).uid).not.toBe(0);
    expect(readFileSync(join(folder, "a.css"), "utf8")).toBe("a.css");
    const secret = join(folder, "../secret");
    writeFileSync(secret, "secret", { mode: 0o600 });
    linkSync(secret, join(folder, "secret"));
    expect((await claim(folder)).code).toBe(1);
    expect([mode(secret), statSync(secret).nlink]).toEqual(["600", 2]);
  });
});

describe.runIf(root)("share", () => {
  const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);
  const list = (verb: string, folder: string, ...names: string[]) =>
    execFileSync(
      "python3",
      ["-B", join(packageRoot, "templates/node/tool.py"), "share", verb, folder, "nobody", ...names],
      {
        env,
        encoding: "utf8",
        timeout: 10_000,
      },
    )
      .split("\n")
      .filter(Boolean)
      .map((path) => path.slice(folder.length + 1));

  test("makes the file for all of the folder's group, opens what only its owner may write, and does it once", () => {
    const folder = scratch();
    execFileSync("chgrp", ["daemon", folder]);
    for (const name of ["old.db", "old.db-wal", "notes.txt"]) {
      writeFileSync(join(folder, name), "kept");
      chmodSync(join(folder, name), 0o644);
    }
    const expected = ["new.db", "old.db", "old.db-wal"];
    expect(list("list", folder, "new.db", "old.db")).toEqual(expected);
    expect(readdirSync(folder)).not.toContain("new.db");
    expect(list("apply", folder, "new.db", "old.db")).toEqual(expected);
    expect(["new.db", "old.db", "old.db-wal", "notes.txt"].map((name) => mode(join(folder, name)))).toEqual([
      "660",
      "660",
      "660",
      "644",
    ]);
    const daemon = Number(execFileSync("id", ["-g", "daemon"], { encoding: "utf8" }));
    const nobody = Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }));
    expect([statSync(join(folder, "new.db")).uid, statSync(join(folder, "new.db")).gid]).toEqual([nobody, daemon]);
    expect([statSync(join(folder, "old.db")).gid, readFileSync(join(folder, "old.db"), "utf8")]).toEqual([
      daemon,
      "kept",
    ]);
    expect(list("apply", folder, "new.db", "old.db")).toEqual([]);
  });

  test.each(["symlink", "hard link"])("leaves what a %s leads to", (kind) => {
    const [folder, elsewhere] = [scratch(), join(scratch(), "shadow")];
    writeFileSync(elsewhere, "");
    chmodSync(elsewhere, 0o600);
    (kind === "symlink" ? symlinkSync : linkSync)(elsewhere, join(folder, "a.db"));
    expect(list("apply", folder, "a.db")).toEqual([]);
    expect(mode(elsewhere)).toBe("600");
  });

  test("does not wait for a FIFO", () => {
    const folder = scratch();
    execFileSync("mkfifo", ["-m", "600", join(folder, "a.db")]);
    expect(list("apply", folder, "a.db")).toEqual([]);
    expect(mode(join(folder, "a.db"))).toBe("600");
  });

  test("tells what would be there where there is no folder yet", () => {
    expect(list("list", join(scratch(), "database"), "new.db")).toEqual(["new.db"]);
  });
});

test("the old file of an interrupted write is never half: a write that cannot finish leaves it", async () => {
  const folder = scratch();
  writeFileSync(join(folder, "file"), "old");
  const limited = `ulimit -f 8; trap '' XFSZ; exec python3 -B "$1" write "$2" 644 "$3" "$4"`;
  expect(() =>
    execFileSync(
      "/bin/sh",
      ["-c", limited, "sh", join(packageRoot, "templates/node/tool.py"), join(folder, "file"), user, group],
      { input: "n".repeat(1 << 20), stdio: ["pipe", "ignore", "ignore"] },
    ),
  ).toThrow();
  expect([readFileSync(join(folder, "file"), "utf8"), readdirSync(folder)]).toEqual(["old", ["file"]]);
});
