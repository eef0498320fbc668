import { expect, test } from "vitest";
import { parseEvent } from "../../src/node/stage-events.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a step's outcome is read with its texts as they were", () => {
  const line = `{"event":"step","n":2,"id":"packages","status":"failed","ms":1500,"details":"${base64("nginx\n\napache2\n")}","data":"${base64("ä")}","output":"${base64('E: "no"\n')}"}`;
  expect(parseEvent(line)).toEqual({
    kind: "step",
    outcome: {
      n: 2,
      id: "packages",
      status: "failed",
      seconds: 1.5,
      details: ["nginx", "apache2"],
      data: "ä",
      output: 'E: "no"\n',
    },
  });
});

test.each([
  ['{"event":"begin","n":1,"id":"lease"}', { kind: "begin", n: 1, id: "lease" }],
  ['{"event":"alive"}', { kind: "alive" }],
  ['{"event":"end","status":"stopped"}', { kind: "end", status: "stopped" }],
  ["", undefined],
  ["/bin/sh: 12: stage.sh: cannot create log: No space left on device", undefined],
  ['{"something":"else"}', undefined],
  ['{"event":"unheard of"}', undefined],
  ['{"event":"step","n":1,"id":"le', undefined],
  ['{"event":"end","status":"wonderful"}', undefined],
  ['{"event":"end","status":{"toString":1}}', undefined],
  ['{"event":"begin","n":1,"id":"a\\nb"}', undefined],
  ['{"event":"step","n":1,"id":"a","status":["ok"],"ms":1,"details":"","data":"","output":""}', undefined],
  ['{"event":"step","n":1,"id":"a","status":"ok","ms":1e999,"details":"","data":"","output":""}', undefined],
  ['{"event":"step","n":1,"id":"a","status":"ok","ms":1,"details":7,"data":"","output":""}', undefined],
])("%j is read", (line, event) => {
  expect(parseEvent(line)).toEqual(event);
});

const told = (texts: { readonly details?: string; readonly output?: string }) => {
  const { details = "", output = "" } = texts;
  const line = `{"event":"step","n":1,"id":"a","status":"failed","ms":1,"details":"${base64(details)}","data":"","output":"${base64(output)}"}`;
  const event = parseEvent(line);
  if (event?.kind !== "step") throw new Error("no step");
  return event.outcome;
};

test("a step that tells of more than anybody reads is cut short, and says so", () => {
  expect(told({ details: "x\n".repeat(1e6) }).details.length).toBe(5001);
  expect(told({ details: "\n".repeat(5e6) }).details).toEqual(["… the rest is in the log on the server"]);
  const { details } = told({ details: "x".repeat(5e6) });
  expect([details.length, details[0]?.length, details[1]]).toEqual([2, 1e6, "… the rest is in the log on the server"]);
});

test("output that was cut off at its start begins with a whole line", () => {
  expect(told({ output: `cret\n${"a\n".repeat(9998)}` }).output.startsWith("a\n")).toBe(true);
  expect(told({ output: "cret\nshort" }).output).toBe("cret\nshort");
});
