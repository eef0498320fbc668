// How Woven calls apt-get on a node.
import { sh } from "../node/sh.ts";

/**
 * apt-get asks no questions, waits for dpkg's lock and keeps configuration files that somebody changed. needrestart, which Ubuntu
 * runs after apt, is suspended: it could ask a question, or restart the unit that runs this stage.
 */
export const aptGet = sh`env NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;
