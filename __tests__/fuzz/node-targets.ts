// Whatever a node, or what is between it and the runner, may say.
import { generateKeyPairSync } from "node:crypto";
import { describeNode } from "../../src/commands/status.ts";
import { WovenError } from "../../src/errors.ts";
import { createLog, disarm } from "../../src/log.ts";
import { createMasker } from "../../src/mask.ts";
import { parseFacts } from "../../src/node/facts.ts";
import { knownHostsLine, lookup, parseKnownHosts, readPublicKeys } from "../../src/node/known-hosts.ts";
import { readLines } from "../../src/node/line-reader.ts";
import { readPrivateKey } from "../../src/node/private-key.ts";
import { quote, sh } from "../../src/node/sh.ts";
import { parseEvent } from "../../src/node/stage-events.ts";
import { type DistributionState, parseState } from "../../src/node/state.ts";
import { layout } from "../../src/release/layout.ts";
import { readDjangoReport } from "../../src/rollout/django-report.ts";
import { webSites } from "../../src/servers/processes.ts";
import { serverNames } from "../../src/settings/settings.ts";
import { templates } from "../../src/steps/templates.ts";
import { webConfFiles } from "../../src/steps/webconf.ts";
import { known, releaseRecord } from "../node/records.ts";
import { hold, isInert, isOneLine, shapeOf, shellWords } from "./escapes.ts";
import type { Target } from "./target.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQHJvWcQyyxwLkWZCSuFvOJ2LSY7eQmv2v0kVhLJQyH";
const rsa = `ssh-rsa ${Buffer.concat(["ssh-rsa", "\x01\0\x01", "x".repeat(257)].map(field)).toString("base64")}`;

function field(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text, "latin1")]);
}

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const privateKeys = [
  ec.export({ type: "sec1", format: "pem" }).toString(),
  ec.export({ type: "pkcs8", format: "pem" }).toString(),
  ec.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString(),
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64(`openssh-key-v1\0${"\0\0\0\x04none".repeat(2)}\0\0\0\0\0\0\0\x01`)}\n-----END OPENSSH PRIVATE KEY-----\n`,
  "PuTTY-User-Key-File-3: ssh-ed25519\n",
];

const record = JSON.stringify(
  releaseRecord({
    described: {
      django: "5.2",
      staticUrl: "/static/",
      mediaUrl: "/media/",
      databases: { default: "sqlite" },
      templateDirs: ["shop/templates"],
      mediaSeed: null,
    },
  }),
);
const history = '{"at":"2026-01-01T00:00:00Z","event":"deploy","version":"1.0","actor":"ada"}';
const lease = '{"token":"t","owner":"ada","command":"deploy","expires":1}';
const report = JSON.stringify({
  django: "5.2.1",
  staticUrl: "static/",
  mediaUrl: "/media/",
  databases: { default: "django.db.backends.sqlite3" },
  ownDatabases: ["default"],
  sqliteFiles: ["db.sqlite3"],
  templateDirs: ["shop/templates"],
  mediaSeed: "media",
});

const own = templates("/nonexistent");
const place = layout("/home/woven", "shop", "1.0");

/** The configuration of a release with these URLs. */
function configurationOf(staticUrl: string | null, mediaUrl: string) {
  const sites = [{ id: 1, domains: ["shop.example.com", "www.shop.example.com"] }];
  const web = { place, version: "1.0", build: "010203", key: "f".repeat(64), setup: {} };
  return serverNames
    .map((server) => webSites({ server, serverOptions: {} }, sites, { cores: 1, memory: 2 ** 31 }))
    .flatMap((all) => webConfFiles({ web: { ...web, sites: all }, ipv6: true, staticUrl, mediaUrl }, own));
}

/** What reading the state comes to; an error of Woven's own, of one line, is right. */
function stateOr<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WovenError)) throw error;
    hold(["state-broken", "state-newer"].includes(error.code), "another error than of the state");
    hold(isOneLine(error.message), "an error of more than one line");
    return undefined;
  }
}

function checkStatus(state: DistributionState): void {
  const facts = { ...parseFacts("", known), state };
  const lines = describeNode(facts, 0).split("\n");
  const services = state.releases.reduce((sum, release) => sum + release.services.length, 0);
  hold(lines.length <= 1 + state.releases.length + services + 1 + 5 + 1, "a record of more than one line");
  checkLog((log) => log.remote("web1", lines.join("\n")));
}

const shapes = new Set(
  [
    ["/static/", "/media/"],
    ["/static/", ""],
    [null, "/media/"],
    [null, ""],
  ].map(([one, other]) => shapesOf(one ?? null, other ?? "")),
);

function shapesOf(staticUrl: string | null, mediaUrl: string): string {
  return configurationOf(staticUrl, mediaUrl)
    .map(({ content }) => shapeOf(String(content)))
    .join("\n---\n");
}

export const nodeTargets: readonly Target[] = [
  {
    name: "known_hosts",
    samples: [
      `web1.example.com,10.0.0.1 ${ed25519} ada@example.com\n[web1]:10022 ${rsa}\n`,
      `# comment\n@cert-authority *.example.com ${ed25519}\n@revoked * ${rsa}\n!web2,web* ${ed25519}`,
      `|1|${base64("s".repeat(20))}|${base64("h".repeat(20))} ${ed25519}\n`,
    ],
    run(text) {
      const { entries, problems } = parseKnownHosts(text);
      lookup(entries, "web1.example.com", 10022);
      for (const { key } of entries) checkLine(knownHostsLine("web1", 22, key));
      for (const { what, where } of problems) hold(isOneLine(what + where), "a problem of more than one line");
    },
  },
  {
    name: "public keys of a node",
    samples: [`${ed25519} root@web1\n`, `${rsa} root@web1\n${ed25519}`],
    run(text) {
      for (const key of readPublicKeys(text)) checkLine(knownHostsLine("web1", 10022, key));
    },
  },
  {
    name: "private keys",
    samples: privateKeys,
    run(text) {
      try {
        readPrivateKey(text, "x");
      } catch (error) {
        if (!(error instanceof WovenError)) throw error;
        const said = `${error.message}\n${error.details.next}`;
        for (const [piece] of text.matchAll(/[A-Za-z0-9+/]{24}/g))
          hold(!said.includes(piece) || piece.includes("aaaa"), "an error with a part of the key in it");
      }
    },
  },
  {
    name: "node events",
    samples: [
      '{"event":"begin","n":1,"id":"lease"}',
      `{"event":"step","n":2,"id":"packages","status":"failed","ms":1500,"details":"${base64("nginx\napache2")}","data":"${base64("x")}","output":"${base64("E: no")}"}`,
      '{"event":"alive"}',
      '{"event":"end","status":"stopped"}',
    ],
    run(text) {
      const event = parseEvent(text);
      if (event?.kind !== "step") return;
      const { id, status, seconds, details, output } = event.outcome;
      hold(isOneLine(id) && id.length <= 100 && typeof status === "string" && seconds >= 0, "a strange step");
      checkLog((log) => log.remote("web1", [...details, output].join("\n")));
    },
  },
  {
    name: "records",
    samples: [record, history, `${history}\n${history}`, lease],
    run(text) {
      const place = "/var/local/woven/shop";
      const files = { active: "1.0", releases: new Map([["1.0", record]]), history: "", lease: "", place };
      const broken = [
        {
          releases: new Map([
            ["1.0", record],
            ["1.1", text],
          ]),
        },
        { history: text },
        { lease: text },
      ];
      for (const one of broken) {
        const state = stateOr(() => parseState({ ...files, ...one }, known));
        if (state) checkStatus(state);
      }
    },
  },
  {
    name: "describe's answer",
    samples: [report, report.replace('"static/"', "null"), report.replace('"/media/"', '"https://cdn.example.com/m/"')],
    run(text) {
      let told: ReturnType<typeof readDjangoReport>;
      try {
        told = readDjangoReport(text, [{ id: 1 }], "web1");
      } catch (error) {
        if (!(error instanceof WovenError)) throw error;
        checkLog((log) => log.error(error.message));
        return;
      }
      hold(shapes.has(shapesOf(told.staticUrl, told.mediaUrl)), "a URL that changes the shape of a configuration");
      for (const name of [...(told.ownDatabases ?? []), ...Object.keys(told.databases)])
        hold(/^[A-Za-z0-9_]/.test(name), "a database that is an option");
    },
  },
  {
    name: "facts",
    samples: [
      `os ${base64("debian")}\npython ${base64("3.13.5")}\nhostKey ${base64(ed25519)}\nhome ${base64("/home/woven")}\nactive ${base64("1.0")}\nrelease ${base64(record)} ${base64("/var/local/woven/shop/releases/1.0.json")}\nunits ${base64("woven-shop-1.0@.service")}\nfiles ${base64(`${"1".repeat(64)}  project/a.py`)}\n`,
    ],
    run(text) {
      const facts = stateOr(() => parseFacts(text, known));
      if (!facts) return;
      for (const value of [facts.os, facts.osVersion, facts.machine, facts.glibc, facts.python ?? "", facts.user])
        hold(isOneLine(value), "an answer of more than one line");
      hold(
        !/[^A-Za-z0-9_.+]/.test(facts.machine + facts.glibc + (facts.python ?? "")),
        "an answer that is an argument",
      );
      describeNode(facts, 0);
    },
  },
  {
    name: "the log",
    samples: ["::error::x\n##[group]y\r\n\u001b[31mred\u001b[0m", "Migrating… 10%\r20%\n", "a │ b"],
    run(text) {
      checkLog((log) => log.info(text));
      checkLog((log) => log.remote("web1", text));
      checkLog((log) => log.error(text, { title: text, file: text, line: 1 }));
      hold(disarm(disarm(text)).split("\n").every(isInert), "a command after cleaning twice");
    },
  },
  {
    name: "lines",
    samples: ["one\ntwo\r\nthree", "without end"],
    run(text) {
      const read: string[] = [];
      const reader = readLines((line) => read.push(line), 64);
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 7) reader.push(bytes.subarray(at, at + 7));
      reader.end();
      hold(
        read.every((line) => !line.includes("\n") && line.length <= 64),
        "a line that is too long",
      );
    },
  },
  {
    name: "masking",
    samples: [
      "xk2)f=1v$#^&*(-_=+)abcdefghij",
      "postgres://shop:p%40ss%2Fword@db/shop",
      "password123",
      `{"private_key": "-----BEGIN X-----\\nabc\\n"}`,
    ],
    run(long) {
      // Of a secret that repeats itself, each repetition is a start: a thousand characters of that are more than anybody has.
      const text = long.slice(0, 1000);
      const masker = createMasker();
      masker.add(text);
      const hidden = masker.hide(`<${text}> "${JSON.stringify(text)}" ${encodeURIComponent(text.toWellFormed())}`);
      const line = text.split(/\r\n|\n|\r|\\n/)[0]?.trim() ?? "";
      if (line.length >= 12 && !/^-----/.test(line)) hold(!hidden.includes(line), "a secret that is printed");
    },
  },
  {
    name: "shell words made here",
    samples: ["plain", "it's", "$(id) `id` ; rm -rf /", "-option", "a b"],
    run(text) {
      if (text.includes("\0")) return;
      hold(shellWords(quote(text))?.join("|") === text, "a word that the shell reads otherwise");
      const words = shellWords(sh`install -d ${text} ${[text, "end"]}`.text);
      hold(words?.join("|") === ["install", "-d", text, text, "end"].join("|"), "words that the shell reads otherwise");
    },
  },
];

function checkLine(line: string): void {
  hold(isOneLine(line) && line.split(" ").length === 3, "a line of known_hosts with more than three fields");
  hold(parseKnownHosts(line).entries.length === 1, "a line of known_hosts that cannot be read again");
}

function checkLog(say: (log: ReturnType<typeof createLog>) => void): void {
  const lines: string[] = [];
  say(createLog((line) => lines.push(line)));
  hold(lines.every(isInert), "a command for the runner or the terminal");
  hold(
    lines.every((line) => !/[\r\n]/.test(line)),
    "a line that is two",
  );
}
