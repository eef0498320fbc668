// The switch, told once: deploy, patch, overwrite, activate, rollback and a fleet that rolls back all go through it.
import type { Stage, Step } from "../node/stage.ts";
import { askServices, askVisitor } from "../steps/health.ts";
import { type LeaseRequest, takeLease } from "../steps/lease.ts";
import { retire, type Switch, startServices } from "../steps/services.ts";
import { switchTraffic } from "../steps/switch.ts";

/** What comes between the moves that every switch has. */
export interface SwitchParts {
  readonly change: Switch;
  readonly lease: LeaseRequest;
  /** The release takes its place, with the configuration of its services. */
  readonly place: readonly Step[];
  /** Before traffic comes: what nginx serves, and the record. */
  readonly record: readonly Step[];
  /** It has proved itself: nothing is taken back from here on. */
  readonly settle: readonly Step[];
  /** What is no longer needed goes. */
  readonly tidy: readonly Step[];
  /** What the stage does about the lease, and about what it leaves, when it ends. */
  readonly around: Pick<Stage, "lock" | "finally">;
}

export function switchStage({ change, lease, place, record, settle, tidy, around }: SwitchParts): Stage {
  return {
    name: "switch",
    undoes: "stage",
    steps: [
      takeLease(lease),
      ...place,
      startServices(change),
      askServices(change),
      ...record,
      switchTraffic(change),
      askVisitor(change),
      ...settle,
      retire(change),
      ...tidy,
    ],
    ...around,
  };
}
