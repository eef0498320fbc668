// The defaults of the configuration. The documentation of each key is made from them, too.

export const defaults = {
  user: "woven",
  "root-user": "root",
  "ssh-port": 10_022,
  "default-ssh-port": 22,
  "authorized-keys": [] as readonly string[],
  "disable-root": true,
  "disable-ssh-password": true,
  "enable-ufw": true,
  "ufw-rules": ["allow 80,443/tcp"] as readonly string[],
  "role-ufw-rules": {} as Readonly<Record<string, readonly string[]>>,
  "extra-packages": [] as readonly string[],
  "role-packages": {} as Readonly<Record<string, readonly string[]>>,
  "package-repositories": [] as readonly string[],
  "version-from": "project",
  migrate: "auto",
  server: "apache",
  "server.threads": 15,
  "server.timeout": 90,
  tls: false,
  "acme-directory": "production",
  "trusted-proxies": [] as readonly string[],
  include: [] as readonly string[],
  exclude: [] as readonly string[],
  env: {} as Readonly<Record<string, string>>,
  "sites-from": "settings",
  "keep-releases": 5,
  drain: 60,
  "web.max-body": "20m",
  "web.gzip": true,
  "web.noindex": false,
  "web.redirect-domains": true,
  "health.path": "/",
  "health.timeout": 30,
  settle: 10,
  "processes.count": 1,
  "processes.stop-signal": "TERM",
  "processes.drain": 60,
  "schedules.timeout": 3600,
  "preview-ttl": "7d",
  "preview.drafts": true,
  "preview.most": 10,
  "preview.memory": "512M",
  "preview.tasks": 200,
  "preview.keep-free": "1G",
  "preview.basic-auth": true,
} as const;

/** The default for the documentation: numbers and booleans as they are, everything else as code. */
export function shownDefault(name: keyof typeof defaults): string {
  const value = defaults[name];
  switch (typeof value) {
    case "number":
    case "boolean":
      return String(value);
    case "string":
      return `\`${value}\``;
    default:
      return `\`${JSON.stringify(value)}\``;
  }
}
