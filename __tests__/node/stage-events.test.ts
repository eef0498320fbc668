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
])("%j is read", (line, event) => {
  expect(parseEvent(line)).toEqual(event);
});
