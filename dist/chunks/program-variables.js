import { n as programVariables, r as veiled, t as isProgramVariable } from "./program-variables2.js";

export { veiled };