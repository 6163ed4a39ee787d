import type { Glance } from '../dialect.ts';

/** What the short road between callers and providers of this dialect needs to know of a request. */
export interface ResponsesGlance extends Glance {
  /** An item of OpenAI's `developer` role is in it. */
  hasDeveloper: boolean;
  /** The model's thinking comes back with the history. */
  hasThinking: boolean;
  /** Its answer is kept, where the provider keeps any. */
  keeps: boolean;
  /** A signature of another dialect's vendor is in it, or one under our own mark: a 400 at OpenAI. */
  hasForeignSignatures: boolean;
  /** A tool or an item is in it that OpenAI alone takes. */
  hasOpenaiForms: boolean;
  /** Items that are named and not sent: only a vendor's store has them, which is not open to callers of this gateway. */
  hasReferences: boolean;
  /** A summary is asked for at the path that gives nothing else. */
  compacts?: boolean;
}
