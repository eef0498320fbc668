// The table of a stage's steps, for the supervisor on the node (supervisor.py): their order, and which parts are more than one shell.
import { type Piece, piecesOf } from "./pieces.ts";
import type { Stage, Step } from "./stage.ts";

/** As JSON. What has its default is left out. */
export function stepTable(stage: Stage): string {
  const last = stage.finally;
  const ok = last === undefined || "text" in last ? [] : (piecesOf(last.ok) ?? []);
  const calls = ok.flatMap((piece) => (piece.kind === "tool" ? [piece.call] : []));
  const packed = stage.steps.flatMap(({ files = [] }) => files.flatMap((file) => (file.packed ? [file.name] : [])));
  return JSON.stringify({
    undoes: stage.undoes,
    ...(packed.length === 0 ? {} : { packed }),
    steps: stage.steps.map((step, index) => ({
      id: step.id,
      ...(step.limit === undefined ? {} : { limit: step.limit }),
      ...(step.check ? { check: step.checks ?? "always" } : {}),
      ...(step.plan ? { plan: step.plan } : {}),
      ...(step.settles ? { settles: true } : {}),
      ...(step.afterwards ? { afterwards: true } : {}),
      ...(step.undo ? { undo: true } : {}),
      ...(step.usesLock ? { lock: true } : {}),
      ...partsOf(step, index + 1),
    })),
    ...(last === undefined ? {} : { finally: { all: [["finally"]], ...(calls.length === 1 ? { ok: calls } : {}) } }),
  });
}

/** The parts that have pieces. Of others, the supervisor knows what to run. */
function partsOf(step: Step, n: number): { readonly parts?: Readonly<Record<string, readonly unknown[]>> } {
  const parts = (["check", "apply", "preview", "undo"] as const).flatMap((name) => {
    const pieces = step[name] && piecesOf(step[name]);
    const entry = (piece: Piece, index: number) =>
      piece.kind === "shell" ? [`${name}_${index + 1}`, String(n)] : piece.call;
    return pieces ? [[name, pieces.map(entry)] as const] : [];
  });
  return parts.length === 0 ? {} : { parts: Object.fromEntries(parts) };
}
