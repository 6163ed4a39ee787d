import type { ChatEvent, FinishReason } from '../../../chat/events.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext, StreamWriter } from '../../dialect.ts';
import type { GeminiGlance } from '../glance.ts';
import { writeFinish } from '../names.ts';
import { writeUsage } from '../usage.ts';
import { choiceWriter } from './write-choice.ts';
import { showsThinking } from './write-parts.ts';
import { contentOf } from './write-reply.ts';

/**
 * Writes a stream as Google does: chunks that are replies, the last one with the reason to stop and the counts; nothing marks its end.
 * A call is written whole, with the end: clients of this dialect know no pieces of one.
 */
export function streamWriter({ isList }: Pick<GeminiGlance, 'isList'>, context: DialectContext): StreamWriter {
  const isShown = showsThinking(context.request);
  const choices = new Map<number, { writer: ReturnType<typeof choiceWriter>; finish: FinishReason }>();
  const frame = isList ? listFrame() : eventFrame;
  let head: JsonObject = { modelVersion: context.model, responseId: context.id };
  let usage: Usage | undefined;

  function choiceAt(index: number) {
    const known = choices.get(index) ?? { writer: choiceWriter(isShown), finish: 'stop' };
    choices.set(index, known);
    return known;
  }

  const chunk = (candidates: JsonObject[]): string =>
    frame.chunk({ candidates, ...(usage ? { usageMetadata: writeUsage(usage) } : {}), ...head });

  function write(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        head = { modelVersion: event.model, responseId: event.id };
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'error':
        return '';
      case 'finish':
        choiceAt(event.choice ?? 0).finish = event.reason;
        return '';
      default: {
        const index = event.choice ?? 0;
        const { parts, ...fields } = choiceAt(index).writer.take(event);
        if (parts.length === 0 && Object.keys(fields).length === 0) return '';
        return chunk([{ ...(parts.length > 0 ? { content: contentOf(parts) } : {}), index, ...fields }]);
      }
    }
  }

  return {
    write,
    end() {
      choiceAt(0);
      usage ??= { input: 0, output: 0 };
      const last = [...choices].map(([index, { writer, finish }]) => ({
        content: contentOf(writer.end()),
        finishReason: writeFinish(writer.isRefused() ? 'refused' : finish),
        index,
      }));
      return chunk(last) + frame.end();
    },
  };
}

const eventFrame = {
  chunk: (value: JsonObject): string => `data: ${JSON.stringify(value)}\n\n`,
  end: (): string => '',
};

/** Without `alt=sse` a stream is one JSON list. */
function listFrame(): typeof eventFrame {
  let isBegun = false;
  return {
    chunk(value) {
      const text = `${isBegun ? ',\n' : '['}${JSON.stringify(value)}`;
      isBegun = true;
      return text;
    },
    end: () => ']',
  };
}
