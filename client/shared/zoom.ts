/** The part of a long axis that is in sight, in sections from 0. */
export interface View {
  readonly from: number;
  readonly count: number;
}

/** Fewer are never in sight, so that there is something around what is looked at. */
const fewest = 4;

export function wholeView(total: number): View {
  return { from: 0, count: Math.max(1, total) };
}

/** `factor` below 1 goes nearer; what stands at `around` stays where it is. */
export function zoomed(view: View, total: number, factor: number, around: number): View {
  const most = Math.max(1, total);
  const count = Math.min(most, Math.max(Math.min(fewest, most), view.count * factor));
  const from = around - ((around - view.from) / view.count) * count;
  return within({ from, count }, total);
}

export function shifted(view: View, total: number, by: number): View {
  return within({ ...view, from: view.from + by }, total);
}

/** Moved no further than it takes to have a section in sight. */
export function showing(view: View, total: number, at: number): View {
  if (at < view.from) return within({ ...view, from: at }, total);
  return at + 1 > view.from + view.count ? within({ ...view, from: at + 1 - view.count }, total) : view;
}

function within({ from, count }: View, total: number): View {
  return { from: Math.max(0, Math.min(Math.max(1, total) - count, from)), count };
}
