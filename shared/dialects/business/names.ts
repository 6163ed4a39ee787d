import { defined } from '../../chat/defined.ts';
import type { Traits } from '../traits.ts';

/**
 * The dialect's name. It has no schema of its wire: such an API is read and written at the paths that its configuration names
 * (`traits.business`), and nothing else of a reply is looked at.
 */
export const BUSINESS = 'business';

/** Where the fields of such an API are, as dotted paths: `data.answer`, `items.0.text`. */
export interface Fields {
  query: string;
  modelInfo: string;
  /** Absent, the conversation is written into the query. */
  conversation?: string;
  answer: string;
  error: string;
}

const defaults: Fields = { query: 'query', modelInfo: 'model_info', answer: 'data.answer', error: 'error' };

/** The fields of one API: the defaults, with what its configuration says over them. */
export const fieldsOf = ({ business = {} }: Traits): Fields => ({ ...defaults, ...defined(business) });
