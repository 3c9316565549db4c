import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';

/** What the schemas below make of a price. */
export interface Price {
  symbol: string;
  value: number;
}

export const zodPrice = z.object({ symbol: z.string(), value: z.number() });
export const valibotPrice = v.object({ symbol: v.string(), value: v.number() });
export const arktypePrice = type({ symbol: 'string', value: 'number' });

export const zodNote = z.string();
export const valibotNote = v.string();
export const arktypeNote = type('string');
