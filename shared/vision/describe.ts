import type { Meter } from '../accounting/meter.ts';
import type { Delegate, Target } from '../catalog/catalog.ts';
import type { ImagePart } from '../chat/request.ts';
import { type ErrorKind, GatewayError, isRefusal, type Refusal, toGatewayError } from '../errors.ts';
import type { LoadedImage } from '../media/load-image.ts';
import { askModel } from '../roads/ask-model.ts';
import { attempt } from '../routing/attempt.ts';
import type { Exchange } from '../upstream/ask.ts';
import { type Judged, judge } from './judge.ts';
import { describingRequest, imageToDescribe } from './prompt.ts';

export interface ToDescribe {
  image: ImagePart;
  loaded: LoadedImage;
  /** What the caller wants to know; empty where the description is for others too. */
  question: string;
  delegates: readonly Delegate[];
  exchange: Omit<Exchange, 'stream'>;
  /** The books of one delegate: opened before it is asked, closed after it has answered or failed. */
  openBooks: (delegate: Delegate) => { meter: Meter; close: () => void };
}

export type Told = Extract<Judged, { text: string }>;

/**
 * One image in words. The delegates are asked in order, the next where one fails, says nothing, refuses or says too little;
 * of answers that are all too short, the longest is taken. Fails with `invalid_request` where it is the image's own fault,
 * else with what the delegates failed at.
 */
export async function describe(work: ToDescribe): Promise<Told> {
  const failures: GatewayError[] = [];
  let best: Told | undefined;
  for (const delegate of work.delegates) {
    const answer = await askDelegate(work, delegate);
    if (isRefusal(answer)) {
      failures.push(answer.refusal);
      if (answer.refusal.kind === 'caller_left') break;
      continue;
    }
    if (answer.type === 'good') return answer;
    if (answer.type === 'short' && answer.text.length > (best?.text.length ?? 0)) best = answer;
    if (answer.type === 'refused' || answer.type === 'empty') failures.push(saidNothing(answer.type));
  }
  if (best) return best;
  throw failures.find(isImagesFault) ?? failures.find(({ kind }) => kind === 'rate_limited') ?? failures.at(-1);
}

async function askDelegate(work: ToDescribe, delegate: Delegate): Promise<Judged | Refusal> {
  const { loaded, image, question, exchange } = work;
  const able = delegate.targets.filter((target) => loaded.bytes <= mostBytes(target, exchange));
  if (able.length === 0) return { refusal: tooLarge(loaded, delegate.targets, exchange) };
  const { maxTokens } = exchange.parts.catalog.config.vision;
  const request = describingRequest(imageToDescribe(image, loaded.source), question, maxTokens);
  const { meter, close } = work.openBooks(delegate);
  try {
    const reply = await attempt(able, (target) => {
      meter.asked(target);
      return askModel(exchange, { ...request, model: target.model }, target);
    });
    meter.answered();
    meter.seeReply(reply);
    return judge(reply);
  } catch (thrown) {
    const refusal = toGatewayError(thrown);
    meter.failed(refusal);
    return { refusal };
  } finally {
    close();
  }
}

const mostBytes = ({ abilities }: Target, { parts }: Pick<Exchange, 'parts'>): number =>
  abilities.maxImageBytes ?? parts.catalog.config.media.maxBytes;

function tooLarge({ bytes }: LoadedImage, targets: readonly Target[], exchange: Pick<Exchange, 'parts'>): GatewayError {
  const most = Math.max(...targets.map((target) => mostBytes(target, exchange)));
  const message = `The image is too large: it has ${bytes} bytes, and ${most} is the most that the vision model takes.`;
  return new GatewayError('invalid_request', message, { code: 'image_too_large' });
}

const saidNothing = (how: 'refused' | 'empty'): GatewayError =>
  new GatewayError(
    'upstream',
    how === 'refused' ? 'The vision model refused to describe the image.' : 'The vision model gave no description.',
  );

const imagesFaults: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'invalid_request',
  'too_large',
  'unprocessable',
  'unsupported_media_type',
]);

/** Whether the image is what was refused, as against whoever should have described it. */
export const isImagesFault = ({ kind }: GatewayError): boolean => imagesFaults.has(kind);
