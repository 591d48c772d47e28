/** Who needs whom while loading, and the order that the levels give. */
export { type Dependency, dependencies, warmDependencies } from "./dependencies";
export type { DependencyKind, Evidence, LoadOrder, OrderEdge, OrderEntry, OrderLevel } from "./order";
export { orderDot, orderMermaid } from "./orderGraph";
export { orderMarkdown } from "./orderMarkdown";
export { type LevelMove, type LevelPlan, levelPlan } from "./plan";
export { type Provider, type Providers, providers, warmProviders } from "./providers";
export { machineEdges, type MachineEntry, treeOrder, warmTreeOrder } from "./treeOrder";
