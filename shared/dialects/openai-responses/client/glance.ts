import { defined } from '../../../chat/defined.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { checked } from '../../kit/checked.ts';
import { isOurCompaction } from '../compaction.ts';
import type { ResponsesGlance } from '../glance.ts';
import { isOurReasoning } from '../names.ts';
import { isOpenaiItem, isOpenaiTool } from '../openai-forms.ts';
import { type WireItem, type WireRequest, wireRequest } from '../wire.ts';

/** Checks a request's shape and says what the plan needs to know of it. */
export function glance(body: JsonObject): ResponsesGlance {
  // What the provider keeps may hold all of it.
  if (body.input == null && keptInput.every((name) => body[name] == null)) throw missingInput();
  const request = checked(wireRequest, body.input == null ? { ...body, input: [] } : body);
  const { previous_response_id: previous } = request;
  const items = typeof request.input === 'string' ? [] : request.input;
  const refusal = storeError(request);
  return {
    ...defined({ onlyPasses: refusal, goesOnFrom: previous ?? undefined }),
    ...(request.background === true ? { isLater: true } : {}),
    keeps: request.store !== false,
    model: request.model,
    stream: request.stream ?? false,
    ...(request.max_output_tokens == null ? {} : { maxTokens: request.max_output_tokens }),
    hasImages: items.some(hasImage),
    hasTools: (request.tools?.length ?? 0) > 0,
    hasDeveloper: items.some(({ role }) => role === 'developer'),
    hasThinking: items.some(({ type }) => type === 'reasoning'),
    hasForeignSignatures: items.some((item) => isOurReasoning(item) || isOurCompaction(item) || hasSignature(item)),
    hasOpenaiForms: (request.tools ?? []).some(isOpenaiTool) || items.some(isOpenaiItem),
    hasReferences: items.some(({ type }) => type === 'item_reference'),
  };
}

const keptInput = ['prompt', 'previous_response_id', 'conversation'] as const;

function missingInput(): GatewayError {
  const details = { param: 'input', code: 'missing_required_parameter' };
  return new GatewayError('invalid_request', "Missing required parameter: 'input'.", details);
}

/** Why a request is refused where nothing is kept: what it asks for lives in the store of a provider. */
function storeError(request: WireRequest): GatewayError | undefined {
  const { previous_response_id: previous, conversation, background, prompt } = request;
  if (previous != null) {
    const message = `Previous response with id '${previous.slice(0, 100)}' not found. The provider of this model keeps no responses; send the whole conversation as 'input'.`;
    const details = { param: 'previous_response_id', code: 'previous_response_not_found' };
    return new GatewayError('invalid_request', message, details);
  }
  if (conversation != null) return unsupported('conversation', "send the whole conversation as 'input'");
  if (background === true) return unsupported('background', "use 'stream' for long answers");
  if (prompt != null) return unsupported('prompt', "send its text as 'instructions' and 'input'");
  return undefined;
}

function unsupported(param: string, instead: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Unsupported parameter: '${param}' is not supported with this model; ${instead}.`,
    {
      param,
      code: 'unsupported_parameter',
    },
  );
}

/** Our own field for other vendors' signatures on calls and texts. */
function hasSignature({ signature, content }: WireItem): boolean {
  if (isJsonObject(signature)) return true;
  return Array.isArray(content) && content.some((part) => isJsonObject(part) && isJsonObject(part.signature));
}

function hasImage({ content, output }: WireItem): boolean {
  return [content, output].some(
    (parts) => Array.isArray(parts) && parts.some((part) => isJsonObject(part) && part.type === 'input_image'),
  );
}
