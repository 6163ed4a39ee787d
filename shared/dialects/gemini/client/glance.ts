import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { RequestUrl } from '../../dialect.ts';
import { filled } from '../../kit/read-values.ts';
import type { GeminiGlance } from '../glance.ts';
import { checkedRequest } from './check.ts';
import { readUrl } from './path.ts';
import { isForeignSignature } from './signatures.ts';
import type { WireContent, WirePart } from './wire.ts';

/** Checks a request's shape and says what the plan needs to know of it. Model and stream stand in the address. */
export function glance(body: JsonObject, url?: RequestUrl): GeminiGlance {
  const { model, action, isEvents } = readUrl(url);
  if (model === '') throw new GatewayError('invalid_request', 'The URL must name a model: models/{model}:{action}.');
  const { contents, generationConfig, tools, cachedContent } = checkedRequest(body);
  const parts = contents.flatMap(partsOf);
  const stream = action === 'streamGenerateContent';
  const maxTokens = generationConfig?.maxOutputTokens;
  return {
    model,
    stream,
    isList: stream && !isEvents,
    ...(maxTokens ? { maxTokens } : {}),
    hasImages: parts.some(hasImage),
    hasTools: (tools?.length ?? 0) > 0,
    hasThinking: parts.some(({ thought }) => thought === true),
    hasForeignSignatures: parts.some(({ thoughtSignature }) => isForeignSignature(thoughtSignature ?? '')),
    hasUnsignedCalls: hasUnsignedCalls(contents),
    ...(cachedContent ? { onlyPasses: keptElsewhere() } : {}),
  };
}

/** Without what is kept there the conversation would be another one. */
function keptElsewhere(): GatewayError {
  const message =
    "Unsupported value: 'cachedContent'. Only the provider that keeps it can read it, and this request has to be translated.";
  return new GatewayError('invalid_request', message, { param: 'cachedContent', code: 'unsupported_value' });
}

const partsOf = ({ parts }: WireContent): WirePart[] => parts ?? [];

function hasImage({
  inlineData,
  fileData,
  functionResponse,
}: Pick<WirePart, 'inlineData' | 'fileData' | 'functionResponse'>): boolean {
  const type = inlineData?.mimeType ?? fileData?.mimeType;
  return type?.startsWith('image/') === true || (functionResponse?.parts ?? []).some((part) => hasImage(part));
}

/** Of parallel calls only the first is signed. A stream's pieces come back as contents of their own: one turn all the same. */
function hasUnsignedCalls(contents: readonly WireContent[]): boolean {
  let isSigned = false;
  for (const content of contents) {
    if (content.role !== 'model') isSigned = false;
    else {
      for (const { functionCall, thoughtSignature } of partsOf(content)) {
        isSigned ||= filled(thoughtSignature) !== undefined;
        if (functionCall && !isSigned) return true;
      }
    }
  }
  return false;
}
