/** JSON as Python's json.dumps(indent=4) prints it, without the newline behind it. */
import { jsonPieces } from "./jsonText";
import type { Json } from "./trailer";

/** `level`: levels around it. */
export function pythonJson(json: Json, level = 0): Generator<string> {
  return jsonPieces(json, { indent: 4, quote: quoted, level });
}

/** A string in ASCII. */
export function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (!/[\u007f-\uffff]/.test(json)) return json;
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
