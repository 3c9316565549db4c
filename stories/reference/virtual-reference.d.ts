/** What the Vite plugin makes of the sources. */
declare module 'virtual:reference' {
  /** A field of a type, as its table shows it. */
  export interface Field {
    readonly name: string;
    readonly type: string;
    readonly isRequired: boolean;
    /** The doc comment: prose with backticks and `{@link}`. */
    readonly text: string;
  }

  /** An export of an entry. */
  export interface Export {
    readonly name: string;
    readonly text: string;
    /** How it is called, one for each overload; empty for a type. */
    readonly signatures: readonly string[];
    /** What the doc comment says of parameters. */
    readonly parameters: readonly { readonly name: string; readonly text: string }[];
    readonly examples: readonly string[];
    /** The fields of an interface or a class. */
    readonly fields: readonly Field[];
  }

  /** What the source says of itself. */
  export interface Reference {
    /** The fields of the types in `described-types.ts`, by the name of the type. */
    readonly fields: Readonly<Record<string, readonly Field[]>>;
    /** The exports of the entries, by the name of the entry. */
    readonly exports: Readonly<Record<string, readonly Export[]>>;
    /** The error codes, with what each means. */
    readonly errorCodes: readonly { readonly name: string; readonly text: string }[];
  }

  export const reference: Reference;
}
