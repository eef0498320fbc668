// What `systemctl show` says of units, as Debian 13 printed it.
import { expect, test } from "vitest";
import { parseUnitStates } from "../../src/node/unit-states.ts";

const shown = `Result=exit-code
NRestarts=3
ExecMainStartTimestamp=Mon 2026-11-30 12:36:47 UTC
ExecMainExitTimestamp=Mon 2026-11-30 12:36:48 UTC
ExecMainStatus=3
Id=worker@0a0b0c.service
ActiveState=activating

NextElapseUSecRealtime=Tue 2026-12-01 00:00:00 UTC
Result=success
Id=clear\\x2dsessions@0a0b0c.timer
ActiveState=active

Result=success
NRestarts=0
ExecMainStartTimestamp=
ExecMainExitTimestamp=
ExecMainStatus=0
Id=clear\\x2dsessions@0a0b0c.service
ActiveState=inactive
`;

test("each unit has its state, and the times that there are", () => {
  expect(Object.fromEntries(parseUnitStates(shown))).toEqual({
    "worker@0a0b0c.service": {
      active: "activating",
      restarts: 3,
      result: "exit-code",
      exit: 3,
      started: "2026-11-30 12:36:47",
      ended: "2026-11-30 12:36:48",
    },
    "clear\\x2dsessions@0a0b0c.timer": {
      active: "active",
      restarts: 0,
      result: "success",
      nextRun: "2026-12-01 00:00:00",
    },
    "clear\\x2dsessions@0a0b0c.service": { active: "inactive", restarts: 0, result: "success" },
  });
});

test("what a node may say instead gets into no line of a report", () => {
  const odd = "Id=a.service\nActiveState=act\u001b[1mive\nNRestarts=many\nResult=so so\nExecMainExitTimestamp=soon\n";
  expect(parseUnitStates(odd).get("a.service")).toEqual({ active: "unknown", restarts: 0, result: "success" });
});
