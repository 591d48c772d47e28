export interface Docs {
  readonly pages: number;
  readonly links: number;
  readonly problems: readonly string[];
}
export function checkDocs(root: string): Docs;
