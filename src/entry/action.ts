// What GitHub runs: the action, handed the real world.
import { runAction } from "../main.ts";

await runAction(process);
