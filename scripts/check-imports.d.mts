export function checkImports(root: string): { modules: number; imports: number; problems: string[] };
