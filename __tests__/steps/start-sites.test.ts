// How sites join: real steps with a systemctl, an nginx and a probe of the test's own.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Shell, sh } from "../../src/node/sh.ts";
import type { Step } from "../../src/node/stage.ts";
import { joiningSite } from "../../src/rollout/joining-sites.ts";
import { replacing, sharedFiles } from "../../src/rollout/shared-service.ts";
import { noFacts } from "../../src/rollout/site-stages.ts";
import { publishSites } from "../../src/steps/publish-sites.ts";
import { moveToNext, retireReplaced } from "../../src/steps/replace-instance.ts";
import { checkSites, readChecks, readLeftOut } from "../../src/steps/site-check.ts";
import { startSites } from "../../src/steps/start-sites.ts";
import { run, scratch, stage } from "../node/stage-run.ts";
import { joining, liveRelease } from "../setup/site-stages.ts";

/** The probes of `wrong` fail: of its service (`health`), or through nginx (`verify`). */
function stubs(wrong: string): Shell {
  return sh`systemctl() { printf 'systemctl %s\n' "$*" >>"$run/details"; case $* in is-active*) return 1 ;; *start*) case $* in *${sh`$broken`}*) return 1 ;; esac ;; esac; }
journalctl() { echo "a unit that does not start"; }
nginx() { :; }
tool() {
  case $1 in
  probe) read -r spec; case $spec in *${wrong}*) echo "http://${wrong}/ answered 500" >&2; return 1 ;; esac ;;
  probes) echo healthy ;;
  link) printf 'link %s\n' "$3" >>"$run/details" ;;
  esac
}`;
}

async function started(wrong: string, broken = "nothing") {
  const live = await liveRelease("gunicorn");
  const all = joining.map((site) => joiningSite(live, site, noFacts).joining);
  const to = { place: live.place, record: live.record };
  const steps = [startSites(to, all, undefined), publishSites(to, all, [])].map((step): Step => {
    const { undo: _, ...rest } = step;
    return {
      ...rest,
      apply: sh`broken=${broken}
${stubs(wrong)}
${step.apply}`,
    };
  });
  const { outcomes } = await run(stage(steps));
  return {
    statuses: outcomes.map(({ status }) => status),
    details: outcomes.flatMap(({ details }) => details),
    leftOut: [...readLeftOut(outcomes.map(({ data }) => data).join("\n"))],
  };
}

describe("the checks of sites that join", () => {
  const commands = sh`as() { shift; [ "$2" != "" ] || return 1
case "$*" in *" 12 "*) echo "no such app" >&2; return 1 ;; esac
echo '{}'; echo "413.html cannot be rendered"; shift 2; while [ "$1" != pages ]; do shift; done; echo own >"$2/404.html"; }
tool() { :; }
install() { case $* in *-o*) shift 2 ;; esac; command mkdir -p "$(printf '%s\n' "$@" | tail -n 1)"; }`;

  test("render their error pages into the live release, as a deployment does", async () => {
    const release = scratch();
    const { undo: _, ...step } = checkSites(release, joining);
    const { outcomes } = await run(
      stage([
        {
          ...step,
          apply: sh`${commands}
${step.apply}`,
        },
      ]),
    );
    expect(readChecks(outcomes[0]?.data ?? "").map(({ name, kind }) => [name, kind])).toEqual([
      ["site_4", "ok"],
      ["site_12", "failed"],
    ]);
    expect(readFileSync(`${release}/errors/site_4/404.html`, "utf8")).toBe("own\n");
    expect(outcomes[0]?.details).toContain("413.html cannot be rendered");
  });
});

describe("sites that join", () => {
  test("are all linked, and nginx is reloaded once", async () => {
    const { details, leftOut } = await started("nobody");
    expect(leftOut).toEqual([]);
    expect(details.filter((line) => line.startsWith("link /etc/nginx"))).toEqual([
      "link /etc/nginx/sites-enabled/four_example_com.conf",
      "link /etc/nginx/sites-enabled/twelve_example_com.conf",
    ]);
    expect(details.filter((line) => line === "systemctl reload nginx")).toHaveLength(1);
  });

  test("one whose service answers wrongly is left out with its answer, and the other is linked", async () => {
    const { statuses, details, leftOut } = await started("twelve.example.com");
    expect(statuses).toEqual(["changed", "changed"]);
    expect(leftOut).toEqual([["site_12", expect.stringMatching(/answered 500\n?$/)]]);
    expect(details.filter((line) => line.startsWith("link /etc/nginx"))).toEqual([
      "link /etc/nginx/sites-enabled/four_example_com.conf",
    ]);
  });

  test("one whose health command fails gets no visitors", async () => {
    const live = await liveRelease("gunicorn", {
      health: { path: "/", timeout: 5, command: { kind: "manage", words: ["checks"] } },
    });
    const all = joining.map((site) => joiningSite(live, site, noFacts).joining);
    const step = startSites({ place: live.place, record: live.record }, all, undefined);
    const { undo: _, ...rest } = step;
    const { outcomes } = await run(
      stage([
        {
          ...rest,
          apply: sh`broken=nothing
${stubs("nobody")}
grep() { case $* in *either*) return 0 ;; *) command grep "$@" ;; esac; }
as() { [ "$1" != site_12 ]; }
${step.apply}`,
        },
      ]),
    );
    const leftOut = readLeftOut(outcomes.map(({ data }) => data).join("\n"));
    expect([...leftOut]).toEqual([["site_12", expect.stringMatching(/health command ended with status 1\n?$/)]]);
  });

  describe("a service that all share", () => {
    async function replaced(wrong: string) {
      const live = await liveRelease("apache");
      const all = joining.map((site) => joiningSite(live, site, noFacts).joining);
      const [list = "", ...confs] = sharedFiles(live);
      const file = { content: "top\n", mode: "644", group: "root" };
      const moving = replacing(live, all, [], new Map([list, ...confs].map((path) => [path, file])));
      if (moving === undefined) throw new Error("nothing is replaced");
      const to = { place: live.place, record: live.record };
      const { replacement } = moving;
      const steps = [
        startSites(to, all, replacement),
        ...moveToNext({ ...moving, confs: [] }, to, [publishSites(to, all, [])]),
        retireReplaced(replacement, 7),
      ].map(
        ({ undo: _, ...step }): Step => ({
          ...step,
          apply: sh`broken=nothing
env() { :; }
pgrep() { :; }
mkdir -p "$run/bin"; PATH=$run/bin:$PATH
for name in systemctl systemd-run; do
  printf '#!/bin/sh\necho "%s $*" >>"%s/details"\n' "$name" "$run" >"$run/bin/$name"; chmod +x "$run/bin/$name"
done
${stubs(wrong)}
${step.apply}`,
        }),
      );
      const { outcomes } = await run(stage(steps));
      const details = outcomes.flatMap((one) => one.details);
      const unit = (word: string) =>
        details.filter((line) => line.startsWith(`systemctl ${word} `) && line.includes("@127."));
      return { unit, retired: details.filter((line) => line.startsWith("systemd-run ")), outcomes };
    }
    const next = "woven-shop-1.2@127.9.8.7.service";

    test("is replaced by an instance that starts once, and the first one is retired", async () => {
      const { unit, retired, outcomes } = await replaced("nobody");
      expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual([
        "start-sites changed",
        "health-others ok",
        "nginx-move changed",
        "publish-sites changed",
        "verify-others ok",
        "retire-instance ok",
      ]);
      expect([unit("start"), unit("restart"), unit("reload")]).toEqual([[`systemctl start ${next}`], [], []]);
      expect(retired).toEqual([
        expect.stringMatching(/--on-active=7 .*systemctl stop woven-shop-1\.2@(?!127\.9\.8\.7)/),
      ]);
    });

    test("is started again without a site that does not answer, before anybody is led there", async () => {
      const { unit, retired } = await replaced("twelve.example.com");
      expect([unit("restart"), retired.length]).toEqual([[`systemctl restart ${next}`], 1]);
    });

    test("stays if no site of those that join it answers", async () => {
      const { unit, retired, outcomes } = await replaced("e.example.com");
      expect([unit("kill").length, retired]).toEqual([1, []]);
      expect(outcomes.filter(({ status }) => status === "failed")).toEqual([]);
    });
  });

  test("one whose unit does not start is left out with its journal, and the other is linked", async () => {
    const { details, leftOut } = await started("nobody", "site_4");
    expect(leftOut).toEqual([["site_4", expect.stringContaining("a unit that does not start")]]);
    expect(details).toContain("link /etc/nginx/sites-enabled/twelve_example_com.conf");
  });
});
