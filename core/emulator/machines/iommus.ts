/** How the state of an IOMMU model says what its unit needs: field names of its section, and constants of its hardware. */
export type IommuKind =
  | {
      readonly unit: "vtd";
      readonly type: string;
      /** Fields with the Root Table Address Register and the flag that remapping is on. */
      readonly rootTable: string;
      readonly enabled: string;
    }
  /** A list of mappings, kept in the section itself. */
  | { readonly unit: "mappings"; readonly type: string };

/** By QOM type or ancestor. An IOMMU that is not listed is taken for one that keeps a list of mappings. */
export const iommuKinds: readonly IommuKind[] = [
  { unit: "vtd", type: "intel-iommu", rootTable: "root", enabled: "dmar_enabled" },
  { unit: "mappings", type: "virtio-iommu-device" },
];
