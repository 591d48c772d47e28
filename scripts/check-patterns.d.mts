export interface Patterns {
  readonly modules: number;
  readonly found: readonly { readonly file: string; readonly line: number }[];
}
export function patternsOf(root: string): Patterns;
export function verdict(read: Patterns, most?: number): string | undefined;
