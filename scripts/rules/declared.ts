/** The rules as they are declared, with what is written from them. */
export { streamCodes as comparisonCodes } from "../../core/compat";
export { rules } from "../../core/check/rules/list";
export { ruleTable, settingNames, withHead } from "./generate";
export { judgedByRule, withRecord } from "./record";
export { loadFixes, orderFixes, tableFixes } from "../../test/qemu/fixCases";
