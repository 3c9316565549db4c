declare module 'virtual:reference' {
  import type { Reference } from './reference.ts';

  export const reference: Reference;
}
