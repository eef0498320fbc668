// How apt is called on a node, everywhere.
import { sh } from "../node/sh.ts";

/**
 * It never asks, waits for dpkg's lock, and keeps configuration files that somebody changed. needrestart, which Ubuntu runs after
 * apt, is told to wait for the next one: it might ask, and it might restart what runs this very stage.
 */
export const aptGet = sh`env NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;
