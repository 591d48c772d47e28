import type { Paint, Style } from "../core/ide/text/style";
import type { Io } from "./io";

/** Colours for a terminal; none elsewhere. https://no-color.org */
export function styleFor(io: Io): Style {
  const forced = io.env.FORCE_COLOR;
  const off = io.env.NO_COLOR !== undefined && io.env.NO_COLOR !== "";
  const on = !off && (io.out.isTerminal || (forced !== undefined && forced !== "0")) && io.env.TERM !== "dumb";
  const paint = (code: number): Paint => (on ? (text) => `\x1b[${code}m${text}\x1b[0m` : (text) => text);
  return {
    bold: paint(1),
    dim: paint(2),
    red: paint(31),
    yellow: paint(33),
    green: paint(32),
    blue: paint(34),
    cyan: paint(36),
  };
}
