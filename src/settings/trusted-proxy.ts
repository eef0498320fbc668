// The addresses of proxies in front of a server: an address, or a network in CIDR notation.
import { isIP } from "node:net";

/** What is wrong with an entry of `trusted-proxies`, as text after the entry. Undefined if it is right. */
export function trustedProxyProblem(entry: string): string | undefined {
  const [address = "", bits, ...more] = entry.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0 || address.includes("%"))
    return "is not an address or a network, such as 10.0.0.0/8 or 2001:db8::/32";
  if (bits === undefined) return undefined;
  const most = family === 4 ? 32 : 128;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return `has no number from 1 to ${most} after its slash`;
  if (Number(bits) === 0) return "is every address there is: anybody could forge where a visitor comes from";
  return undefined;
}
