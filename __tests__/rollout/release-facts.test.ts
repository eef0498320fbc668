import { expect, test } from "vitest";
import { isLive, requireOwnNames } from "../../src/rollout/release-facts.ts";
import { nodeFacts, releaseRecord, webService } from "../node/records.ts";

const unit = "woven-shop-1.0\\x2bg1a2b3c4@127.1.2.3.service";
const services = [webService({ units: [unit] })];
const release = releaseRecord({ version: "1.0+g1a2b3c4", name: "1.0+g1a2b3c4", services });
const socket = unit.replace("service", "socket");
const whole = {
  running: [unit],
  starting: [unit],
  enabled: ["/etc/nginx/sites-available/shop_example_com-1.0+g1a2b3c4.conf"],
};

test.each([
  ["runs, starts at boot, and nginx has its domains", {}, {}, true],
  ["runs beside one that ends soon", { running: ["woven-shop-0.9@127.9.9.9.service", unit] }, {}, true],
  ["is not alone on the node", { starting: [unit, "woven-shop\\x2dadmin-1.0@127.9.9.9.service"] }, {}, true],
  ["does not run", { running: [] }, {}, false],
  ["runs as another build", { running: [unit.replace("127.1.2.3", "127.9.9.9")] }, {}, false],
  ["has a unit that does not run", {}, { services: [webService({ units: [socket, unit] })] }, false],
  ["is not what nginx has", { enabled: [] }, {}, false],
  ["has not proved itself", {}, { healthy: false }, false],
  ["is beside one that would start at boot, too", { starting: ["woven-shop-0.9@127.9.9.9.service", unit] }, {}, false],
])("a release that %s", (_, facts, record, expected) => {
  expect(isLive(nodeFacts({ ...whole, ...facts }), { ...release, ...record })).toBe(expected);
});

test.each([
  ["admin-1.0", [{ distribution: "shop-admin", name: "1.0" }], "name-taken"],
  ["admin", [{ distribution: "shop-admin", name: "1.0" }], "name-taken"],
  ["admin-1.0", [{ distribution: "shop", name: "admin-1.0" }], "free"],
  ["admin-1.0.1", [{ distribution: "shop-admin", name: "1.0" }], "free"],
])("shop %s beside %j: the name is %s", (name, recorded, expected) => {
  const ask = () => requireOwnNames(nodeFacts({ recorded }), { distribution: "shop", name }, "web1");
  if (expected === "free") expect(ask).not.toThrow();
  else expect(ask).toThrow(expect.objectContaining({ code: expected }));
});
