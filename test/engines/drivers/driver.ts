/** One page of an engine. */
export interface EnginePage {
  /** Loads an address, and resolves when it is loaded. */
  navigate(url: string): Promise<void>;
  /** Goes back by one page. */
  back(): Promise<void>;
  /** Runs an expression in the page, and gives its value, awaited, as JSON can carry it. */
  evaluate<TValue>(expression: string): Promise<TValue>;
  /** Hides the page as a visitor does: behind another one, or minimised. */
  hide(): Promise<void>;
  /** Brings the page to the front again. */
  show(): Promise<void>;
  close(): Promise<void>;
}

/** A running engine, driven without anything that changes how its pages live. */
export interface Engine {
  /** The folder in which files arrive that a page saves. */
  readonly downloads: string;
  open(): Promise<EnginePage>;
  close(): Promise<void>;
}

export type EngineName = 'chromium' | 'firefox' | 'webkit';
