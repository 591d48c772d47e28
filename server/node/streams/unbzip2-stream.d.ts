declare module "unbzip2-stream" {
  /** A stream of the old kind: it answers `write` at once, before it returns. */
  export default function unbzip2(): {
    on(event: "data", listener: (piece: Uint8Array) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    write(piece: Uint8Array): boolean;
    end(): void;
  };
}
