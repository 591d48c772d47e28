export interface AuditReport {
  readonly vulnerabilities: Readonly<Record<string, { readonly via: readonly (string | Advisory)[] }>>;
}
export interface Advisory {
  readonly url: string;
  readonly severity: string;
  readonly name: string;
  readonly range: string;
  readonly title: string;
}
export function advisoriesOf(report: AuditReport): ReadonlyMap<string, string>;
export function problemsOf(
  advisories: ReadonlyMap<string, string>,
  reasons: Readonly<Record<string, string>>,
): readonly string[];
