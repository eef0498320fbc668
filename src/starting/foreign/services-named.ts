// The services of Woven that an add-on or an image is: `heroku-redis:mini`, `valkey/valkey:8`.
import { type DataServiceName, dataServiceNames } from "../../settings/data-services.ts";

/** By the name of the service. One that this Woven does not have is no service of the project. */
const patterns: Readonly<Record<string, RegExp>> = {
  redis: /redis|valkey|upstash/i,
  memcached: /memcach/i,
  postgresql: /postgres|postgis/i,
  mariadb: /mariadb|mysql/i,
};

export function servicesNamed(text: string): readonly DataServiceName[] {
  return dataServiceNames.filter((name) => patterns[name]?.test(text) ?? false);
}
