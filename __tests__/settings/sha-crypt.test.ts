import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shaCrypt } from "../../src/settings/sha-crypt.ts";

const long = "a password that is longer than two blocks of the hash, so that every branch of it is taken: 0123456789";

test.each([
  ["secret", "abcdefgh"],
  ["x", "saltsaltsaltsalt"],
  ["pässword", "a.b/c0Z9"],
  [long, "0"],
])("%j is kept as crypt(3) does", (password, salt) => {
  const words = ["passwd", "-6", "-salt", salt, "-stdin"];
  expect(shaCrypt(password, salt)).toBe(execFileSync("openssl", words, { input: password, encoding: "utf8" }).trim());
});
