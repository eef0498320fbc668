// What GitHub runs: the action, handed the real world. The rest is loaded once the process holds no inputs in its environment.
import { takeInputs } from "../handover.ts";

const inputs = takeInputs(process);
const { runAction } = await import("../main.ts");
await runAction(process, inputs);
