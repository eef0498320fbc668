// The one description of the switch. deploy, patch, overwrite, activate, rollback and a fleet that rolls back all use it.
import type { Stage, Step } from "../node/stage.ts";
import { noteBackground, switchBackground } from "../steps/background.ts";
import { askServices, askVisitor } from "../steps/health.ts";
import { runHealthCommands } from "../steps/health-command.ts";
import { claimNames } from "../steps/release-names.ts";
import { retire, type Switch, startServices } from "../steps/services.ts";
import { switchTraffic } from "../steps/switch.ts";

/** The steps that differ from switch to switch. */
export interface SwitchParts {
  readonly change: Switch;
  /** Takes the lease: for a first stage, or for a later one. */
  readonly lease: Step;
  /** Moves the release and the configuration of its services into place. */
  readonly place: readonly Step[];
  /** Before the traffic moves: nginx's configuration, and the record. */
  readonly record: readonly Step[];
  /** The release is healthy: from here on, nothing is undone. */
  readonly settle: readonly Step[];
  /** Removes what is no longer needed, once the run has ended: visitors do not need it. */
  readonly tidy: readonly Step[];
  /** What the stage does with the lease, and with leftovers, when it ends. */
  readonly around: Pick<Stage, "lock" | "finally" | "slice">;
}

export function switchStage({ change, lease, place, record, settle, tidy, around }: SwitchParts): Stage {
  return {
    name: "switch",
    undoes: "stage",
    steps: [
      lease,
      claimNames(change.to),
      ...noteBackground(change),
      ...place,
      startServices(change),
      askServices(change),
      ...runHealthCommands(change),
      ...record,
      switchTraffic(change),
      askVisitor(change),
      ...switchBackground(change),
      ...settle,
      ...[retire(change), ...tidy].map((step): Step => ({ ...step, afterwards: true })),
    ],
    ...around,
  };
}
