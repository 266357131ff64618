/** What a machine boots from. Paths are absolute. */
export interface BootImage {
  readonly kernel: string;
  readonly initrd?: string;
  /** The kernel command line the image wants. */
  readonly cmdline: string;
}

export interface BuiltImage extends BootImage {
  readonly digest: string;
  readonly kernelVersion: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly builtAt: string;
}

export interface BuildProgress {
  readonly step: string;
  readonly detail?: string;
  /** 0 to 1. */
  readonly fraction: number;
}

/** Makes the default image; the real one is in default/. */
export interface ImageBuilder {
  /** @returns undefined when it was not built yet, or its recipe has changed since */
  find(): Promise<BuiltImage | undefined>;
  build(options: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: BuildProgress) => void;
  }): Promise<BuiltImage>;
}
