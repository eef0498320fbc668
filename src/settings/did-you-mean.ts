// Finds the known name that a misspelt one probably means.
import { distance } from "fastest-levenshtein";

/** The known name nearest to `name`, or undefined if none is near enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = simplified(name);
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(plain, simplified(candidate)) }))
    .toSorted((a, b) => a.far - b.far);
  const best = ranked[0];
  if (best === undefined) return undefined;
  const reach = Math.max(1, Math.floor(Math.max(plain.length, best.candidate.length) / 3));
  return best.far <= reach ? best.candidate : undefined;
}

/** `Did you mean x?`, or else the list of known names. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? "There are none." : `Known are: ${known.join(", ")}.`;
}

function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]+/g, "-");
}
