import type { ChatReply } from '../chat/reply.ts';

/** How usable a describer's answer is. */
export type Judged = { type: 'good' | 'short'; text: string; isCut: boolean } | { type: 'refused' | 'empty' };

/** Answers of fewer characters count as too short. */
const SHORT = 20;
/** Only answers of fewer characters are checked for words of refusal: a long description may begin with the same words. */
const BRIEF = 300;

const refusalWords =
  /^(?:i['’]?m (?:very )?sorry|sorry|i apologi[sz]e|unfortunately|as an ai)?[,.!\s]*(?:but )?(?:i(?: am|['’]m)? (?:cannot|can['’]?t|unable|not able)|i (?:do not|don['’]t) (?:see|have)) |^(?:抱歉|对不起|很抱歉|非常抱歉|我(?:无法|不能))/i;

export function judge({ choices: [choice] }: ChatReply): Judged {
  if (!choice) return { type: 'empty' };
  const { parts, finish } = choice;
  if (finish === 'refused' || parts.some(({ type }) => type === 'refusal')) return { type: 'refused' };
  const text = parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('')
    .trim();
  if (text === '') return { type: 'empty' };
  if (text.length < BRIEF && refusalWords.test(text)) return { type: 'refused' };
  return { type: text.length < SHORT ? 'short' : 'good', text, isCut: finish === 'length' || finish === 'context' };
}
