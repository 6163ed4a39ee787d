import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { checked } from '../../kit/checked.ts';
import type { ResponsesGlance } from '../glance.ts';
import { isOurReasoning } from '../names.ts';
import { type WireItem, type WireRequest, wireRequest } from '../wire.ts';

/** Checks a request's shape and says what the plan needs to know of it. */
export function glance(body: JsonObject): ResponsesGlance {
  if (body.input == null) throw missingInput();
  const request = checked(wireRequest, body);
  refuseStoredState(request);
  const items = typeof request.input === 'string' ? [] : request.input;
  items.forEach(refuseReference);
  return {
    model: request.model,
    stream: request.stream ?? false,
    ...(request.max_output_tokens == null ? {} : { maxTokens: request.max_output_tokens }),
    hasImages: items.some(hasImage),
    hasTools: (request.tools?.length ?? 0) > 0,
    hasDeveloper: items.some(({ role }) => role === 'developer'),
    hasThinking: items.some(({ type }) => type === 'reasoning'),
    hasForeignSignatures: items.some((item) => isOurReasoning(item) || hasSignature(item)),
  };
}

function missingInput(): GatewayError {
  const details = { param: 'input', code: 'missing_required_parameter' };
  return new GatewayError('invalid_request', "Missing required parameter: 'input'.", details);
}

/** What lives in OpenAI's store cannot be had here: nothing is stored, and one account's store is shared by all callers. */
function refuseStoredState(request: WireRequest): void {
  const { previous_response_id: previous, conversation, background, prompt } = request;
  if (previous != null) {
    const message = `Previous response with id '${previous.slice(0, 100)}' not found. Responses are not stored here; send the whole conversation as 'input'.`;
    throw new GatewayError('invalid_request', message, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  }
  if (conversation != null) throw unsupported('conversation', "send the whole conversation as 'input'");
  if (background === true) throw unsupported('background', "use 'stream' for long answers");
  if (prompt != null) throw unsupported('prompt', "send its text as 'instructions' and 'input'");
}

function refuseReference(item: WireItem, index: number): void {
  if (item.type !== 'item_reference') return;
  throw unsupported(`input[${index}]`, 'items are not stored here, so send the item itself');
}

function unsupported(param: string, instead: string): GatewayError {
  return new GatewayError('invalid_request', `Unsupported parameter: '${param}' is not supported here; ${instead}.`, {
    param,
    code: 'unsupported_parameter',
  });
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
