// The action that GitHub runs. The rest is loaded after the inputs were removed from the environment of the process.
import { takeInputs } from "../handover.ts";

const inputs = takeInputs(process);
const { runAction } = await import("../main.ts");
await runAction(process, inputs);
