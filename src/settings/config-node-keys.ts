// The keys of the configuration about nodes: how Woven reaches them, and how setupnode sets them up.
import * as v from "valibot";
import { apacheModuleProblem } from "./apache-module-names.ts";
import { alsoJudged, judged, key, text, texts, whole } from "./config-key.ts";
import { shownDefault } from "./defaults.ts";
import { ufwRuleProblem } from "./ufw-rule.ts";
import { authorizedKeyProblem, repositoryProblem } from "./value-problems.ts";

export const nodeKeys = {
  roles: key(v.record(text("role"), v.array(v.string())), {
    description:
      "The servers of each role: role → list of `user@host[:port]`. The `roles` input wins, and is the better place for them.",
    example: 'roles = { production = ["woven@web1.example.com"] }',
    was: "HOSTS, ROLEDEFS",
  }),
  user: key(text("user"), {
    description: "The deploy user, if a role's entry names none.",
    example: 'user = "woven"',
    shown: shownDefault("user"),
    was: "HOST_USER",
  }),
  "root-user": key(text("existingUser"), {
    description: "The account that setupnode uses for its first login.",
    example: 'root-user = "root"',
    shown: shownDefault("root-user"),
    was: "ROOT_USER",
  }),
  "ssh-port": key(whole(1, 65_535), {
    description: "The SSH port that setupnode moves the server to. `:port` in a role's entry wins.",
    example: "ssh-port = 10022",
    shown: shownDefault("ssh-port"),
    was: "HOST_SSH_PORT",
  }),
  "default-ssh-port": key(whole(1, 65_535), {
    description: "The SSH port before setupnode moves it.",
    example: "default-ssh-port = 22",
    shown: shownDefault("default-ssh-port"),
    was: "DEFAULT_SSH_PORT",
  }),
  "authorized-keys": key(v.array(judged(authorizedKeyProblem)), {
    description: "More public keys for the deploy user, beside the one of `ssh-key`.",
    example: 'authorized-keys = ["ssh-ed25519 AAAA… ada@example.com"]',
    shown: shownDefault("authorized-keys"),
  }),
  "disable-root": key(v.boolean(), {
    description: "Lock root's password and refuse root over SSH.",
    example: "disable-root = true",
    shown: shownDefault("disable-root"),
    was: "DISABLE_ROOT",
  }),
  "disable-ssh-password": key(v.boolean(), {
    description: "Refuse passwords over SSH.",
    example: "disable-ssh-password = true",
    shown: shownDefault("disable-ssh-password"),
    was: "DISABLE_SSH_PASSWORD",
  }),
  "enable-ufw": key(v.boolean(), {
    description: "Manage the firewall with ufw. With false, Woven does not touch ufw.",
    example: "enable-ufw = true",
    shown: shownDefault("enable-ufw"),
    was: "ENABLE_UFW",
  }),
  "ufw-rules": key(v.array(judged(ufwRuleProblem)), {
    description: "Firewall rules, as in ufw(8). SSH is always allowed.",
    example: 'ufw-rules = ["allow 80,443/tcp"]',
    shown: shownDefault("ufw-rules"),
    was: "UFW_RULES",
  }),
  "role-ufw-rules": key(v.record(text("role"), v.array(judged(ufwRuleProblem))), {
    description: "Firewall rules of a role, instead of `ufw-rules`.",
    example: 'role-ufw-rules = { database = ["allow 5432/tcp"] }',
    shown: shownDefault("role-ufw-rules"),
    was: "ROLE_UFW_RULES",
  }),
  "base-packages": key(texts("package"), {
    description: "Replaces Woven's own list of packages. It must contain the packages that releases need.",
    example: 'base-packages = ["nginx", "apache2", "libapache2-mod-wsgi-py3", "logrotate"]',
    shown: "Woven's list",
    was: "HOST_BASE_PACKAGES",
  }),
  "extra-packages": key(texts("package"), {
    description: "More packages for every server.",
    example: 'extra-packages = ["libpq5"]',
    shown: shownDefault("extra-packages"),
    was: "HOST_EXTRA_PACKAGES",
  }),
  "role-packages": key(v.record(text("role"), texts("package")), {
    description: "All packages of a role, instead of the base and extra packages.",
    example: 'role-packages = { database = ["postgresql"] }',
    shown: shownDefault("role-packages"),
    was: "ROLE_PACKAGES",
  }),
  "package-repositories": key(v.array(judged(repositoryProblem)), {
    description: "More package sources: `ppa:owner/name`, or a deb822 source with `Signed-By`.",
    example: 'package-repositories = ["ppa:deadsnakes/ppa"]',
    shown: shownDefault("package-repositories"),
    was: "LINUX_PACKAGE_REPOSITORIES",
  }),
  "apache-disable-modules": key(v.array(alsoJudged("apacheModule", apacheModuleProblem)), {
    description: "Modules that the Apache of a release does not load.",
    example: 'apache-disable-modules = ["autoindex"]',
    shown: "Woven's list",
    was: "APACHE_DISABLE_MODULES",
  }),
  "deployment-root": key(text("absolutePath"), {
    description: "The folder for releases, media and databases on a server.",
    example: 'deployment-root = "/srv/woven"',
    shown: "the deploy user's home",
    was: "DEPLOYMENT_ROOT",
  }),
  timezone: key(text("timezone"), {
    description: "The server's time zone.",
    example: 'timezone = "Europe/Berlin"',
    shown: "not changed",
    was: "TIME_ZONE",
  }),
};
