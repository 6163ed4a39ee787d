import type { AssistantPart, ResultPart, UserPart } from '../../chat/request.ts';
import { GatewayError } from '../../errors.ts';
import { wordOf } from './read-values.ts';

/** A request that the provider cannot serve as it is asked: `param` is the caller's field, `message` says what is wrong. */
export const unsupported = (message: string, param: string): GatewayError =>
  new GatewayError('invalid_request', message, { param, code: 'unsupported_value' });

/** A field whose value the provider cannot serve; `reason` goes on after "The model's provider". */
export const unsupportedValue = (param: string, reason: string): GatewayError =>
  unsupported(`Unsupported value: '${param}'. The model's provider ${reason}.`, param);

/** A part of a message that the dialect has no form for, by the name its caller gave it. */
export const unsupportedContent = (type: string, param: string): GatewayError =>
  unsupported(`The model's provider takes no content of type '${type}' in this form.`, param);

/** The type of a part for a refusal: of a part that only another dialect knows, that dialect's name for it. */
export const typeOfPart = (part: UserPart | AssistantPart | ResultPart): string =>
  part.type === 'native' ? wordOf(part.native.fields.type) : part.type;

/** A tool that only another vendor runs. */
export const unsupportedTool = (type: string, param: string): GatewayError =>
  unsupported(`The model's provider has no tool of type '${type}'.`, param);

/** Several answers are never silently one. */
export function refuseChoices(choices = 1): void {
  if (choices > 1)
    throw unsupported(`Unsupported value: 'n' does not support ${choices} with this model; only 1 is.`, 'n');
}
