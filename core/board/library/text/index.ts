/** The C library's and glib's functions on text. */
import type { NativeFunction } from "../../run/runner";
import { bufferFunctions } from "./buffers";
import { characterFunctions } from "./characters";
import { numberFunctions } from "./numbers";
import { printfFunctions } from "./printf";
import { searchFunctions } from "./search";
import { stringFunctions } from "./strings";

export const textFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...characterFunctions,
  ...searchFunctions,
  ...stringFunctions,
  ...bufferFunctions,
  ...numberFunctions,
  ...printfFunctions,
];
