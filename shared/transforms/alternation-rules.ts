import { EMPTY_RESULT } from '../chat/turns.ts';

/** Texts that are sent where a strict model demands words and the conversation has none. */
export interface Fillers {
  /** The user's, before a conversation that the assistant begins. */
  first: string;
  /** The user's, at the end where the assistant spoke last, and in a turn of pictures without text. */
  goOn: string;
  /** The assistant's, between the results of tools and what the user typed after them. */
  between: string;
  /** The assistant's, before the names of the tools it called without any text. */
  calls: string;
  /** A tool's that returned nothing. */
  result: string;
}

/** Chinese, since it is Chinese models that are so strict. */
export const chineseFillers: Fillers = {
  first: '继续',
  goOn: '请继续。',
  between: '好的。',
  calls: '调用工具：',
  result: EMPTY_RESULT,
};

export interface AlternationRules {
  /** Those that are not given are the Chinese ones. */
  fillers?: { [Name in keyof Fillers]?: string | undefined } | undefined;
  /** Most messages in all, instructions and each result of a tool counted; at least 4. */
  mostMessages?: number | undefined;
  /** Whether the assistant's thinking may stay in the history; it may unless said otherwise. */
  thinkingHistory?: 'keep' | 'strip' | undefined;
}
