import type { ChatEvent } from '../../../chat/events.ts';
import { tokenCount, type Usage } from '../../../chat/usage.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../../http/json.ts';
import type { OpenReplies, StreamReader, StreamState } from '../../dialect.ts';
import { brokeOff, notJson } from '../provider-failures.ts';
import { readStatuslessError } from './errors.ts';

type UsageOf = (reply: JsonObject) => Usage | undefined;
type ContentOf = OpenReplies['contentOf'];

/**
 * Tokens as images, speech and transcripts report them, whole and in the last event of a stream.
 * @see https://platform.openai.com/docs/api-reference/images/object
 */
export const imageUsage: UsageOf = ({ usage }) => tokensIn(usage);

/** Every token that speech is made of is sound. */
export const speechUsage: UsageOf = ({ usage }) => {
  const tokens = tokensIn(usage);
  return tokens && { ...tokens, audioOutput: tokens.output };
};

/** Some models charge by seconds; older ones, and other servers, say only how long the sound was. */
export const transcriptUsage: UsageOf = ({ usage, duration }) => {
  const seconds = secondsOf(isJsonObject(usage) && usage.type === 'duration' ? usage.seconds : duration);
  return tokensIn(usage) ?? (seconds === undefined ? undefined : { input: 0, output: 0, audioSeconds: seconds });
};

function tokensIn(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const input = tokenCount(usage.input_tokens ?? usage.prompt_tokens);
  const output = tokenCount(usage.output_tokens ?? usage.completion_tokens);
  if (input === undefined && output === undefined) return undefined;
  const details = usage.input_token_details ?? usage.input_tokens_details;
  const audio = isJsonObject(details) ? tokenCount(details.audio_tokens) : undefined;
  return { input: input ?? 0, output: output ?? 0, ...(audio === undefined ? {} : { audioInput: audio }) };
}

function secondsOf(value: unknown): number | undefined {
  const seconds = tokenCount(value);
  return seconds === undefined ? undefined : tokenCount(Math.ceil(Number(value)));
}

const image: ChatEvent = { type: 'media', media: 'image', mediaType: '', data: '' };
const sound: ChatEvent = { type: 'media', media: 'audio', mediaType: '', data: '' };
const textOf = (text: unknown): ChatEvent => ({ type: 'text', text: typeof text === 'string' ? text : '' });

const imagesIn: ContentOf = ({ data }) => (Array.isArray(data) ? data.slice(0, 1_000).map(() => image) : []);
const textIn: ContentOf = ({ text }) => [textOf(text)];

export const imageReplies: OpenReplies = {
  holds: 'media',
  contentOf: imagesIn,
  unread: ({ n }) =>
    Array.from({ length: Math.min(MOST_IMAGES, Math.max(1, Math.floor(Number(n)) || 1)) }, () => image),
  streamReader: imageReader,
};

/** Most that a request may ask for, as `n`. */
const MOST_IMAGES = 10;

/** The parts of an image come before the whole of it: it counts from the first, since it is charged for though its caller leaves. */
function imageReader(): StreamReader {
  let isCounted = false;
  return eventReader(imageUsage, ({ type }) => {
    if (!isLast(type) && !isPart(type)) return [];
    const isNew = !isCounted;
    isCounted = isPart(type);
    return isNew ? [image] : [];
  });
}

export const speechReplies: OpenReplies = {
  holds: 'media',
  contentOf: () => [sound],
  unread: () => [sound],
  streamReader: () => eventReader(speechUsage, () => [sound]),
};

export const transcriptReplies: OpenReplies = {
  holds: 'text',
  contentOf: textIn,
  unread: () => [],
  streamReader: transcriptReader,
};

/** The last event has all of the text again. Some servers write chunks in the form of a conversation's. */
function transcriptReader(): StreamReader {
  let hasText = false;
  return eventReader(transcriptUsage, ({ type, delta, text, choices }) => {
    const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
    const said = isJsonObject(first) && isJsonObject(first.delta) ? first.delta.content : delta;
    if (typeof said === 'string') hasText = true;
    return isLast(type) && !hasText ? [textOf(text)] : [textOf(said)];
  });
}

const isPart = (type: unknown): boolean => typeof type === 'string' && /\.partial_image$/.test(type);
const isLast = (type: unknown): boolean => typeof type === 'string' && /\.(?:done|completed)$/.test(type);

/**
 * Reads the events of images, speech and transcripts for what they used. Whatever an event holds counts as content, so that servers
 * with events of their own are read too; an end is the last event of the answer, or `[DONE]`. Several images may follow one
 * another, so an image is no end of the stream.
 */
function eventReader(usageOf: UsageOf, contentOf: ContentOf): StreamReader {
  let state: StreamState = 'open';
  let isFinished = false;
  return {
    state: () => state,
    read({ data }) {
      if (data.trim() === '[DONE]') {
        isFinished = true;
        state = 'over';
        return [];
      }
      const event = tryParseJson(data);
      if (!isJsonObject(event)) throw notJson();
      const { type, error } = event;
      if (error != null || type === 'error') {
        return [{ type: 'error', error: readStatuslessError(error ?? event) }];
      }
      const usage = usageOf(event);
      const content = contentOf(event);
      const events: ChatEvent[] = content.length === 0 ? [textOf('')] : content;
      if (usage) events.push({ type: 'usage', usage });
      if (isLast(type)) {
        isFinished = true;
        if (type !== undefined && !String(type).startsWith('image')) state = 'ending';
        events.push({ type: 'finish', reason: 'stop' });
      }
      return events;
    },
    end: () => (isFinished ? [] : [{ type: 'error', error: brokeOff() }]),
  };
}
