import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readSettings } from "../../src/settings/read.ts";
import { secret, secretParts } from "../../src/settings/secret.ts";
import { rightInputs, smallProject, worldOf } from "./source.ts";

test("a secret shows itself in no way but one", () => {
  const hidden = secret("hunter22");
  const shown = [
    String(hidden),
    `${hidden}`,
    JSON.stringify({ hidden }),
    inspect({ hidden }, { depth: 5, showHidden: true }),
  ];
  expect(shown.filter((text) => text.includes("hunter22"))).toEqual([]);
  expect(hidden.reveal()).toBe("hunter22");
});

test("the password in a URL is masked as it is written and plain", () => {
  const forms = secretParts("postgres://shop:p%40ss%2Fword@db.example.com:5432/shop");
  expect(forms).toEqual(expect.arrayContaining(["p%40ss%2Fword", "p@ss/word"]));
  expect(secretParts("redis://:s3cret@cache/0")).toContain("s3cret");
});

test("a key is masked line by line, also where its line ends were lost or it is base64", () => {
  const body = ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "AAAAtzc2gtZWQyNTUxOQAAACBhcLO1"];
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
  for (const pasted of [
    key,
    key.replaceAll("\n", "\\n"),
    key.replaceAll("\n", " "),
    Buffer.from(key).toString("base64"),
  ]) {
    expect(secretParts(pasted)).toEqual(expect.arrayContaining(body));
  }
});

test("an empty text has no part to mask", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(secretParts(text)).not.toContain("");
    }),
  );
});

test("every secret of a run is masked before anything is logged", async () => {
  const order: string[] = [];
  const inputs = {
    ...rightInputs,
    env: "SECRET_KEY=django-insecure-x1\nDATABASE_URL=postgres://a:hidden-pw@db/x",
    "ssh-passphrase": "open sesame",
  };
  const world = worldOf({ inputs, files: smallProject });
  const settings = await readSettings({
    ...world,
    mask: (text) => order.push(`mask ${text}`),
    log: () => order.push("log"),
  });
  const masked = order.slice(0, order.indexOf("log"));
  for (const text of ["django-insecure-x1", "hidden-pw", "open sesame"]) expect(masked).toContain(`mask ${text}`);
  expect(inspect(settings, { depth: 9 })).not.toMatch(/insecure-x1|hidden-pw|sesame/);
  expect(settings.secretEnv["SECRET_KEY"]?.reveal()).toBe("django-insecure-x1");
});
