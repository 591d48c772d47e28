/** How the state of an IOMMU model says what its unit needs: field names of its section, and constants of its hardware. */
export type IommuKind =
  | {
      readonly unit: "vtd";
      readonly type: string;
      /** Fields with the Root Table Address Register and the flag that remapping is on. */
      readonly rootTable: string;
      readonly enabled: string;
    }
  | {
      readonly unit: "smmuv3";
      readonly type: string;
      /** Fields with STRTAB_BASE, STRTAB_BASE_CFG and the array whose first element is CR0. */
      readonly streamTable: string;
      readonly streamTableConfig: string;
      readonly control: string;
    }
  | {
      readonly unit: "amdvi";
      readonly type: string;
      /** Fields with the address of the device table, its bytes, and the flag that translation is on. */
      readonly deviceTable: string;
      readonly deviceTableSize: string;
      readonly enabled: string;
    }
  /** A list of mappings, kept in the section itself. */
  | { readonly unit: "mappings"; readonly type: string };

/** By QOM type or ancestor. An IOMMU that is not listed is taken for one that keeps a list of mappings. */
export const iommuKinds: readonly IommuKind[] = [
  { unit: "vtd", type: "intel-iommu", rootTable: "root", enabled: "dmar_enabled" },
  {
    unit: "smmuv3",
    type: "arm-smmuv3",
    streamTable: "strtab_base",
    streamTableConfig: "strtab_base_cfg",
    control: "cr",
  },
  { unit: "amdvi", type: "amd-iommu", deviceTable: "devtab", deviceTableSize: "devtab_len", enabled: "enabled" },
  { unit: "mappings", type: "virtio-iommu-device" },
];
